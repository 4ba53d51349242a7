/*
report = "19"
title = {zh = "曝光与宣传", en = "Exposure and publicity"}
question = {zh = "曝光了什么，解决了吗？", en = "What was exposed, is it solved?"}
rules = ["R70", "R71"]
roles = ["supervision-office", "discipline-commission", "city-government"]
date = {zh = "发布日期；未发布的：提请日期", en = "publication; of what waits, when it was proposed"}
rows = ["outlet", "kind", "heading", "each"]
order = "date, ix"
dimensions = [
  {name = "outlet", zh = "媒体", en = "outlet"},
  {name = "heading", zh = "专栏", en = "column"},
  {name = "kind", zh = "类别", en = "kind", every = ["exposure", "penalty", "news"]}]
columns = [
  {name = "items", zh = "条数", en = "items", kind = "count"},
  {name = "exposures", zh = "曝光", en = "exposures", kind = "count", where = "kind = 'exposure'"},
  {name = "waiting", zh = "提请未发布", en = "proposed, not published", kind = "count", where = "published IS NULL AND refused IS NULL"},
  {name = "published", zh = "已发布", en = "published", kind = "count", where = "published IS NOT NULL"},
  {name = "withdrawn", zh = "已撤回", en = "withdrawn", kind = "count", where = "withdrawn IS NOT NULL"},
  {name = "unsolved", zh = "曝光未解决", en = "exposed, not solved", kind = "count", where = "kind = 'exposure' AND published IS NOT NULL AND closed IS NULL AND withdrawn IS NULL"}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "title", zh = "标题", en = "title", kind = "text"},
  {name = "ground", zh = "情形", en = "ground", kind = "text", codes = "exposure-ground"},
  {name = "approved", zh = "批准", en = "approved", kind = "date"},
  {name = "published", zh = "发布", en = "published", kind = "date"},
  {name = "withdrawn", zh = "撤回", en = "withdrawn", kind = "date"},
  {name = "closed", zh = "隐患销号", en = "hazard closed", kind = "date", entry = "finding_ix"}]
*/
-- 一条隐患一行：提请曝光的隐患，及其他发布 / a row for each finding that is proposed, and for whatever else was published
WITH proposed AS MATERIALIZED (SELECT ix, id, area, visit, finding, ground, outlet, proposed, approved, refused FROM exposures),
item AS MATERIALIZED (SELECT ix, area, kind, outlet, heading, title, exposure, published, withdrawn FROM publications),
hazard AS (
  SELECT f.ix, f.visit, f.finding,
         CASE WHEN d.failed IS NULL THEN coalesce(f.fixed, d.verified) WHEN d.verified > d.failed THEN d.verified END AS closed
  FROM proposed x JOIN findings f ON f.visit = x.visit AND f.finding = x.finding
  LEFT JOIN (SELECT visit, finding, max(verified) AS verified, max(failed) AS failed FROM dispositions GROUP BY visit, finding) d
    ON d.visit = f.visit AND d.finding = f.finding
  GROUP BY f.ix)
SELECT x.ix, substr(coalesce(p.published, x.proposed), 1, 10) AS date, x.area AS county, 'exposure' AS kind, coalesce(p.outlet, x.outlet) AS outlet,
       p.heading, p.title, x.ground, x.approved, x.refused, p.published, p.withdrawn, h.ix AS finding_ix, h.closed
FROM proposed x LEFT JOIN item p ON p.exposure = x.id
LEFT JOIN hazard h ON h.visit = x.visit AND h.finding = x.finding
UNION ALL
SELECT p.ix, substr(p.published, 1, 10), p.area, p.kind, p.outlet, p.heading, p.title, NULL, NULL, NULL, p.published, p.withdrawn, NULL, NULL
FROM item p WHERE p.exposure IS NULL

/*
report = "L5"
part = "c"
title = {zh = "停产关闭与措施", en = "Stops, closures and measures"}
question = {zh = "关停、处罚、移送各用了多少？", en = "Which measures were taken?"}
rules = ["R46", "R55"]
law = {zh = "安全生产法第65、70、113条", en = "Work Safety Law Arts 65, 70, 113"}
roles = ["county-government", "department", "committee"]
date = {zh = "发现日期；提请关闭：提请日期", en = "found; of a closure, when it was proposed"}
rows = ["county", "authority", "sector", "each"]
order = "thing, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"}]
columns = [
  {name = "findings", zh = "隐患", en = "findings", kind = "count", where = "thing = 'finding'"},
  {name = "stopped", zh = "关停", en = "stopped", kind = "count", where = "thing = 'finding' AND stop_ix IS NOT NULL", entry = "stop_ix"},
  {name = "penalised", zh = "处罚", en = "punished", kind = "count", where = "thing = 'finding' AND penalised"},
  {name = "transferred", zh = "移送", en = "handed over", kind = "count", where = "thing = 'finding' AND transferred"},
  {name = "none", zh = "均无", en = "none of the three", kind = "count", where = "thing = 'finding' AND stop_ix IS NULL AND NOT penalised AND NOT transferred"},
  {name = "reasoned", zh = "说明未采取理由", en = "reasons why not", kind = "count", where = "thing = 'finding' AND not_applied IS NOT NULL"},
  {name = "unexplained", zh = "未采取也未说明", en = "neither applied nor explained", kind = "count", where = "thing = 'finding' AND unexplained"},
  {name = "closures", zh = "提请关闭", en = "closures proposed", kind = "count", where = "thing = 'closure'"},
  {name = "closures_granted", zh = "政府同意关闭", en = "closures decided", kind = "count", where = "thing = 'closure' AND granted IS NOT NULL"},
  {name = "days", zh = "停产天数中位数", en = "median days of a stop", kind = "median", of = "stop_days", unit = "days", entry = "stop_ix"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "name", zh = "检查对象", en = "subject", kind = "text"},
  {name = "stop", zh = "措施", en = "measure", kind = "text", codes = "order-kind", entry = "stop_ix"},
  {name = "law", zh = "措施依据", en = "law of the measure", kind = "text"},
  {name = "article", zh = "条", en = "article", kind = "text"},
  {name = "extent", zh = "范围", en = "scope", kind = "text", codes = "order-scope"},
  {name = "until", zh = "停至", en = "until", kind = "date"},
  {name = "not_applied", zh = "说明未采取", en = "not applied, with reasons", kind = "text", codes = "four-measure"},
  {name = "ground", zh = "关闭情形", en = "ground of the closure", kind = "text", codes = "closure-ground"},
  {name = "granted", zh = "同意关闭", en = "closure decided", kind = "date"},
  {name = "stop_days", zh = "天数", en = "days", kind = "number"}]
*/
-- 曝光由市级发布，见报表 19 / what is exposed is published by the city: report 19
WITH ordered AS MATERIALIZED (
  SELECT ix, subject, campaign, area, team, kind, law, article, extent, until, issued, ground, granted FROM orders
  WHERE kind NOT LIKE 'rectify%' AND kind NOT IN ('correct-on-spot', 'register-evidence')),
disposed AS (
  SELECT visit, finding, kind, final, ix, since, lifted,
         measure NOT LIKE 'rectify%' AND measure NOT IN ('correct-on-spot', 'register-evidence') AS halts,
         measure IN ('stop', 'stop-using', 'withdraw-people', 'cut-supply') AS stops
  FROM dispositions)
SELECT f.ix, 'finding' AS thing, substr(f.found, 1, 10) AS date, f.campaign, f.area AS county, f.sector, f.team, f.authority,
       (SELECT s.name FROM subjects s WHERE s.id = f.subject) AS name,
       o.kind AS stop, d.stop_ix, o.law, o.article, o.extent, o.until, f.not_applied, coalesce(g.silent, 0) AS unexplained,
       NULL AS ground, NULL AS granted, days(coalesce(d.lifted, :now)) - days(d.stopped) AS stop_days,
       coalesce(d.penalised, 0) AS penalised, coalesce(d.transferred, 0) AS transferred
FROM findings f
LEFT JOIN (SELECT visit, finding, max(kind = 'transfer') AS transferred, max(kind = 'penalty' AND final) AS penalised,
                  max(CASE WHEN halts THEN ix END) AS stop_ix, min(CASE WHEN stops THEN since END) AS stopped,
                  CASE WHEN count(*) FILTER (WHERE stops AND lifted IS NULL) = 0 THEN max(CASE WHEN stops THEN lifted END) END AS lifted
           FROM disposed GROUP BY visit, finding) d ON d.visit = f.visit AND d.finding = f.finding
LEFT JOIN ordered o ON o.ix = d.stop_ix
LEFT JOIN (SELECT visit, item, 1 AS silent FROM flags WHERE code = 'measure-unexplained' AND state <> 'lapsed' GROUP BY visit, item) g
  ON g.visit = f.visit AND g.item = f.finding
UNION ALL
SELECT o.ix, 'closure', substr(o.issued, 1, 10), o.campaign, o.area, NULL, o.team, NULL, (SELECT s.name FROM subjects s WHERE s.id = o.subject),
       o.kind, o.ix, o.law, o.article, o.extent, o.until, NULL, 0, o.ground, o.granted, NULL, 0, 0
FROM ordered o WHERE o.kind = 'closure-proposed'

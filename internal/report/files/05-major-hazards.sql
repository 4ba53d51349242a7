/*
report = "5"
title = {zh = "重大隐患", en = "Major hazards"}
question = {zh = "是否停产，是否消除？", en = "Are they stopped and solved?"}
rules = ["R20", "R47"]
law = {zh = "安全生产法第70条；重大事故隐患判定标准", en = "Work Safety Law Art. 70; standards by which a hazard is major"}
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee", "team-leader"]
date = {zh = "发现日期", en = "found"}
rows = ["each", "county", "sector", "state"]
order = "state, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "state", zh = "状态", en = "state", every = ["open", "ordered", "reported", "solved"]}]
columns = [
  {name = "hazards", zh = "重大隐患", en = "major hazards", kind = "count"},
  {name = "stopped", zh = "已停产停用", en = "stopped", kind = "count", where = "stop IS NOT NULL", entry = "stop_ix"},
  {name = "supervised", zh = "现场督办", en = "supervised on the spot", kind = "count", where = "on_site"},
  {name = "listed", zh = "挂牌督办", en = "listed", kind = "count", where = "listing IS NOT NULL"},
  {name = "unsolved", zh = "未消除", en = "not solved", kind = "count", where = "state <> 'solved'"},
  {name = "overdue", zh = "逾期", en = "overdue", kind = "count", where = "state <> 'solved' AND due < substr(:now, 1, 10)"}]
detail = [
  {name = "date", zh = "发现日期", en = "found", kind = "date"},
  {name = "name", zh = "检查对象", en = "subject", kind = "text"},
  {name = "standard", zh = "判定标准", en = "standard", kind = "text"},
  {name = "clause", zh = "条款", en = "clause", kind = "text"},
  {name = "ground", zh = "关闭情形", en = "ground of a closure", kind = "text", codes = "closure-ground"},
  {name = "stop", zh = "停产停用措施", en = "stop", kind = "text", codes = "order-kind", entry = "stop_ix"},
  {name = "due", zh = "期限", en = "due", kind = "date"},
  {name = "on_site", zh = "现场督办", en = "supervised on the spot", kind = "flag"},
  {name = "listing", zh = "挂牌文号", en = "listed by", kind = "text"},
  {name = "state", zh = "状态", en = "state", kind = "text"}]
*/
-- 一条隐患一行：限期取最晚的责令期限；只查重大隐患的处置 / one row for each hazard; due is the latest day that an order of it states.
-- Of dispositions and orders those of these hazards alone are looked up.
WITH hazard AS MATERIALIZED (
  SELECT ix, visit, finding, found, campaign, area, sector, team, subject, law, article, supervised_until, on_site, listed, fixed
  FROM findings WHERE level = 'major')
SELECT f.ix, substr(f.found, 1, 10) AS date, f.campaign, f.area AS county, f.sector, f.team, s.name, f.law AS standard, f.article AS clause,
       c.ground, o.stop, o.stop_ix, coalesce(f.supervised_until, o.due) AS due, f.on_site, f.listed AS listing,
       CASE WHEN CASE WHEN o.failed IS NULL THEN coalesce(f.fixed, o.verified) WHEN o.verified > o.failed THEN o.verified END IS NOT NULL THEN 'solved'
            WHEN o.reported IS NOT NULL THEN 'reported' WHEN o.ordered THEN 'ordered' ELSE 'open' END AS state
FROM hazard f
LEFT JOIN subjects s ON s.id = f.subject
LEFT JOIN (SELECT d.visit, d.finding, max(o.due) AS due, max(o.reported) AS reported, max(d.verified) AS verified, max(d.failed) AS failed,
                  max(o.id IS NOT NULL) AS ordered,
                  max(CASE WHEN o.kind IN ('stop', 'stop-using', 'withdraw-people', 'seal', 'cut-supply') THEN o.kind END) AS stop,
                  max(CASE WHEN o.kind IN ('stop', 'stop-using', 'withdraw-people', 'seal', 'cut-supply') THEN o.ix END) AS stop_ix
           FROM hazard h CROSS JOIN dispositions d ON d.visit = h.visit AND d.finding = h.finding LEFT JOIN orders o ON o.id = d.matter
           GROUP BY d.visit, d.finding) o ON o.visit = f.visit AND o.finding = f.finding
LEFT JOIN (SELECT subject, max(ground) AS ground FROM orders WHERE kind = 'closure-proposed' GROUP BY subject) c ON c.subject = f.subject

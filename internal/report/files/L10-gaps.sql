/*
report = "L10"
title = {zh = "空窗、盲区、专项行动", en = "Gaps, blind spots, campaign"}
question = {zh = "哪里久未检查，哪里有没登记的对象，还有多少风险未消？", en = "Where was nobody for long, what is in no register, which risks are open?"}
rules = ["R03", "R05", "R06", "R13", "R48", "R74"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "到达、登记、发现日期", en = "arrival, registration, found"}
rows = ["county, sector", "county", "sector", "month", "each"]
order = "thing, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector", every = "sectors"},
  {name = "month", zh = "月份", en = "month"}]
columns = [
  {name = "visits", zh = "检查", en = "visits", kind = "count", where = "thing = 'visit'"},
  {name = "gaps", zh = "空窗", en = "gaps", kind = "count", where = "thing = 'visit' AND gap >= :gap_days"},
  {name = "longest", zh = "最长空窗天数", en = "longest gap", kind = "max", of = "gap", unit = "days"},
  {name = "last_visit", zh = "最近检查", en = "last visit", kind = "max", of = "date", where = "thing = 'visit'"},
  {name = "blind", zh = "现场发现的未登记对象", en = "found in the field", kind = "distinct", of = "subject", where = "thing = 'subject'"},
  {name = "risks", zh = "未消除重大隐患", en = "major hazards open", kind = "count", where = "thing = 'risk'"},
  {name = "plans", zh = "方案版本", en = "versions of the plan", kind = "count", where = "thing = 'campaign-plan-published'", only = "total"},
  {name = "links", zh = "行动依据", en = "links of the campaign", kind = "count", where = "thing = 'campaign-linked'", only = "total"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "gap", zh = "天数", en = "days", kind = "number"}]
[parameters]
gap_days = {type = "number", default = 7, zh = "空窗天数", en = "days without activity"}
*/
WITH visit AS MATERIALIZED (
  SELECT ix, id, coalesce(arrived, started) AS date, campaign, area, sector, subject, counted FROM visits)
SELECT *, substr(date, 1, 7) AS month FROM (
SELECT v.ix, 'visit' AS thing, substr(v.date, 1, 10) AS date, v.campaign, v.area AS county, v.sector, v.subject,
       days(lead(v.date, 1, :now) OVER (PARTITION BY v.area, v.sector ORDER BY v.date, v.ix))
         - days(v.date) AS gap
FROM visit v WHERE v.counted
UNION ALL
SELECT s.ix, 'subject', substr(s.registered, 1, 10), s.campaign, s.area, k.code, s.id, NULL
FROM subjects s JOIN sectors k ON s.sectors & k.bit WHERE s.discovery = 'field'
UNION ALL
SELECT f.ix, 'risk', substr(f.found, 1, 10), f.campaign, f.area, v.sector, f.subject, NULL
FROM findings f JOIN visit v ON v.id = f.visit
LEFT JOIN (SELECT visit, finding, max(verified) AS verified, max(failed) AS failed FROM dispositions GROUP BY visit, finding) d
  ON d.visit = f.visit AND d.finding = f.finding
WHERE f.level = 'major' AND CASE WHEN d.failed IS NULL THEN coalesce(f.fixed, d.verified) WHEN d.verified > d.failed THEN d.verified END IS NULL
UNION ALL
SELECT e.ix, e.type, substr(e.occurred, 1, 10), c.id, NULL, NULL, NULL, NULL
FROM campaigns c JOIN entries e ON e.stream = c.id WHERE e.type IN ('campaign-plan-published', 'campaign-linked'))

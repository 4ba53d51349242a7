/*
report = "L10"
title = {zh = "空窗、盲区、专项行动", en = "Gaps, blind spots, campaign"}
question = {zh = "哪里久未检查，哪里有没登记的对象，还有多少风险未消？", en = "Where was nobody for long, what is in no register, which risks are open?"}
rules = ["R03", "R05", "R06", "R13", "R48", "R74"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "到达、登记、发现、消除日期", en = "arrival, registration, found, solved"}
rows = ["county, sector", "county", "sector", "year", "quarter", "month", "week", "day", "county, year", "sector, year", "each"]
order = "thing, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector", every = "sectors"},
  {name = "year", zh = "年度", en = "year"},
  {name = "quarter", zh = "季度", en = "quarter"},
  {name = "month", zh = "月份", en = "month"},
  {name = "week", zh = "周（周一日期）", en = "week, by its Monday"},
  {name = "day", zh = "日期", en = "day"}]
columns = [
  {name = "visits", zh = "检查", en = "visits", kind = "count", where = "thing = 'visit'"},
  {name = "gaps", zh = "空窗", en = "gaps", kind = "count", where = "thing = 'visit' AND gap >= :gap_days"},
  {name = "longest", zh = "最长空窗天数", en = "longest gap", kind = "max", of = "gap", unit = "days"},
  {name = "last_visit", zh = "最近检查", en = "last visit", kind = "max", of = "date", where = "thing = 'visit'"},
  {name = "blind", zh = "现场发现的未登记对象", en = "found in the field", kind = "distinct", of = "subject", where = "thing = 'subject'"},
  {name = "risks_found", zh = "发现重大隐患", en = "major hazards found", kind = "count", where = "thing = 'found'"},
  {name = "risks_solved", zh = "消除重大隐患", en = "major hazards solved", kind = "count", where = "thing = 'solved'"},
  {name = "risks", zh = "未消除重大隐患", en = "major hazards open", kind = "count", where = "thing = 'risk'"},
  {name = "plans", zh = "方案版本", en = "versions of the plan", kind = "count", where = "thing = 'campaign-plan-published'", only = "total"},
  {name = "links", zh = "行动依据", en = "links of the campaign", kind = "count", where = "thing = 'campaign-linked'", only = "total"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "gap", zh = "天数", en = "days", kind = "number"}]
notes = [{zh = "发现与消除按各自的日期，未消除按发现日期：一段时间内发现减消除，即风险的增减。", en = "What was found and what was solved stand at their own dates, what is open at the date when it was found: found less solved is by how much the risk grew."}]
[parameters]
gap_days = {type = "number", default = 7, zh = "空窗天数", en = "days without activity"}
*/
WITH visit AS MATERIALIZED (
  SELECT ix, id, coalesce(arrived, started) AS date, campaign, area, sector, subject, counted FROM visits)
SELECT *, substr(date, 1, 4) AS year, substr(date, 1, 4) || ' Q' || ((substr(date, 6, 2) + 2) / 3) AS quarter, substr(date, 1, 7) AS month,
       day_of(days(date) - (days(date) + 3) % 7) AS week, date AS day FROM (
SELECT v.ix, 'visit' AS thing, substr(v.date, 1, 10) AS date, v.campaign, v.area AS county, v.sector, v.subject,
       days(lead(v.date, 1, :now) OVER (PARTITION BY v.area, v.sector ORDER BY v.date, v.ix))
         - days(v.date) AS gap
FROM visit v WHERE v.counted
UNION ALL
SELECT s.ix, 'subject', substr(s.registered, 1, 10), s.campaign, s.area, k.code, s.id, NULL
FROM subjects s JOIN sectors k ON s.sectors & k.bit WHERE s.discovery = 'field'
UNION ALL
SELECT f.ix, m.thing, substr(CASE m.thing WHEN 'solved' THEN f.closed ELSE f.found END, 1, 10), f.campaign, f.area, f.sector, f.subject, NULL
FROM (SELECT f.ix, f.found, f.campaign, f.area, f.sector, f.subject,
             CASE WHEN d.failed IS NULL THEN coalesce(f.fixed, d.verified) WHEN d.verified > d.failed THEN d.verified END AS closed
      FROM findings f
      LEFT JOIN (SELECT visit, finding, max(verified) AS verified, max(failed) AS failed FROM dispositions
                 WHERE verified IS NOT NULL OR failed IS NOT NULL GROUP BY visit, finding) d
        ON d.visit = f.visit AND d.finding = f.finding
      WHERE f.level = 'major') f
JOIN (SELECT 'found' AS thing UNION ALL SELECT 'solved' UNION ALL SELECT 'risk') m
  ON m.thing = 'found' OR CASE WHEN f.closed IS NULL THEN m.thing = 'risk' ELSE m.thing = 'solved' END
UNION ALL
SELECT e.ix, e.type, substr(e.occurred, 1, 10), c.id, NULL, NULL, NULL, NULL
FROM campaigns c JOIN entries e ON e.stream = c.id WHERE e.type IN ('campaign-plan-published', 'campaign-linked'))

/*
report = "20"
title = {zh = "每日调度", en = "Daily bulletin"}
question = {zh = "今天有什么变化？", en = "What changed today?"}
rules = ["R15", "R48"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government"]
date = {zh = "到达、发现、决定日期；义务：期限", en = "arrival, found, decided; of what is owed, when it is due"}
rows = ["county", "team", "county, team"]
notes = [{zh = "第 {day_no} 天，共 {days} 天。", en = "Day {day_no} of {days}."}]
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"}]
columns = [
  {name = "visits_today", zh = "今日检查", en = "visits today", kind = "count", where = "thing = 'visit' AND date = :day"},
  {name = "visits", zh = "累计检查", en = "visits, total", kind = "count", where = "thing = 'visit' AND date <= :day"},
  {name = "findings_today", zh = "今日隐患", en = "findings today", kind = "count", where = "thing = 'finding' AND date = :day"},
  {name = "findings", zh = "累计隐患", en = "findings, total", kind = "count", where = "thing = 'finding' AND date <= :day"},
  {name = "major", zh = "累计重大隐患", en = "major hazards, total", kind = "count", where = "thing = 'finding' AND major AND date <= :day"},
  {name = "penalties_today", zh = "今日处罚", en = "penalties today", kind = "count", where = "thing = 'penalty' AND date = :day"},
  {name = "penalties", zh = "累计处罚", en = "penalties, total", kind = "count", where = "thing = 'penalty' AND date <= :day"},
  {name = "fines", zh = "累计罚款", en = "fines, total", kind = "sum", of = "amount", where = "thing = 'penalty' AND date <= :day", unit = "fen"},
  {name = "overdue", zh = "逾期", en = "overdue", kind = "count", where = "thing = 'obligation' AND date < :day"},
  {name = "targets_missed", zh = "未达目标", en = "targets missed", kind = "count", where = "thing = 'target'", only = "total"},
  {name = "day_no", zh = "第几天", en = "day", kind = "max", of = "day_no", only = "total"},
  {name = "days", zh = "共几天", en = "days", kind = "max", of = "days", only = "total"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "team", zh = "督查组", en = "team", kind = "id"},
  {name = "amount", zh = "罚款", en = "fine", kind = "money"}]
[parameters]
day = {type = "date", default = "today", zh = "日期", en = "day"}
*/
WITH plan AS MATERIALIZED (SELECT ix, id, start, finish FROM campaigns)
SELECT ix, 'visit' AS thing, substr(coalesce(arrived, started), 1, 10) AS date, campaign, area AS county, team, NULL AS amount, 0 AS major,
       NULL AS day_no, NULL AS days
FROM visits WHERE counted
UNION ALL
SELECT ix, 'finding', substr(found, 1, 10), campaign, area, team, NULL, level = 'major', NULL, NULL FROM findings
UNION ALL
SELECT ix, 'penalty', substr(decided, 1, 10), campaign, area, team, fine, 0, NULL, NULL FROM penalties WHERE kind <> 'none' AND final AND NOT annulled
UNION ALL
SELECT ix, 'obligation', substr(due, 1, 10), campaign, area, team, NULL, 0, NULL, NULL FROM obligations WHERE state = 'open'
UNION ALL
SELECT c.ix, 'campaign', NULL, c.id, NULL, NULL, NULL, 0, CASE WHEN :day >= c.start THEN days(:day) - days(c.start) + 1 END,
       days(c.finish) - days(c.start)
FROM plan c WHERE c.start IS NOT NULL AND :day >= substr(c.start, 1, 10) AND :day <= c.finish
UNION ALL
SELECT e.ix, 'target', substr(e.recorded, 1, 10), c.id, NULL, NULL, NULL, 0, NULL, NULL
FROM plan c JOIN entries e ON e.stream = c.id WHERE e.type = 'target-missed'

/*
report = "10"
title = {zh = "零发现督查组", en = "Teams that find nothing"}
question = {zh = "哪个组查不出问题？", en = "Which team sees nothing?"}
rules = ["R63", "R64"]
roles = ["supervision-office", "discipline-commission"]
date = {zh = "检查、隐患：到达日期；复查：标记或派员日期", en = "of visits and findings, arrival; of reviews, when flagged or ordered"}
rows = ["team", "each"]
order = "thing, date, ix"
dimensions = [
  {name = "team", zh = "督查组", en = "team", every = "teams"}]
columns = [
  {name = "visits", zh = "检查", en = "visits in the window", kind = "count", where = "thing = 'visit' AND inside"},
  {name = "findings", zh = "隐患", en = "findings in the window", kind = "sum", of = "found", where = "thing = 'visit' AND inside"},
  {name = "rate", zh = "每次检查隐患数", en = "findings per visit", kind = "ratio", of = ["findings", "visits"]},
  {name = "zero_visits", zh = "零发现检查", en = "visits without finding", kind = "count", where = "thing = 'visit' AND inside AND found = 0"},
  {name = "last_visits", zh = "最近 k 次检查", en = "last k visits", kind = "count", where = "thing = 'visit' AND nth <= :k"},
  {name = "last_findings", zh = "最近 k 次隐患", en = "findings of the last k visits", kind = "sum", of = "found", where = "thing = 'visit' AND nth <= :k"},
  {name = "flagged", zh = "已标记", en = "flagged", kind = "count", where = "thing = 'review' AND flagged IS NOT NULL"},
  {name = "ordered", zh = "已派复查", en = "review ordered", kind = "count", where = "thing = 'review' AND ordered IS NOT NULL"},
  {name = "reviewed", zh = "已复查", en = "reviewed", kind = "count", where = "thing = 'review' AND completed IS NOT NULL"},
  {name = "problems", zh = "复查发现问题", en = "problem found", kind = "count", where = "thing = 'review' AND problem"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "team", zh = "督查组", en = "team", kind = "id"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "found", zh = "隐患数", en = "findings", kind = "number"},
  {name = "by_team", zh = "复查组", en = "reviewed by", kind = "id"},
  {name = "problem", zh = "发现问题", en = "problem found", kind = "flag"}]
[parameters]
window = {type = "number", default = 7, zh = "窗口天数", en = "days of the window"}
k = {type = "number", default = 10, zh = "最近次数", en = "last visits"}
*/
-- Unary plus: SQLite would go by an index of all versions, and look up each of those that count.
SELECT v.ix, 'visit' AS thing, substr(coalesce(v.arrived, v.started), 1, 10) AS date, v.campaign, v.area AS county, v.sector, v.team, v.subject,
       row_number() OVER (PARTITION BY +v.team ORDER BY coalesce(v.arrived, v.started) DESC, v.ix DESC) AS nth,
       days(:now) - days(coalesce(v.arrived, v.started)) < :window AS inside, coalesce(f.n, 0) AS found, NULL AS flagged, NULL AS ordered, NULL AS completed,
       NULL AS problem, NULL AS by_team
FROM visits v LEFT JOIN (SELECT visit, count(*) AS n FROM findings GROUP BY +visit) f ON f.visit = v.id
WHERE v.counted AND +v.team IS NOT NULL
UNION ALL
SELECT r.ix, 'review', substr(coalesce(r.flagged, r.ordered), 1, 10), r.campaign, r.area, NULL, r.reviewed, NULL, NULL, 0, r.findings,
       CASE WHEN NOT r.lapsed THEN r.flagged END, r.ordered, r.completed, r.problem, r.by_team
FROM team_reviews r WHERE NOT r.lapsed OR r.ordered IS NOT NULL

/*
report = "11"
title = {zh = "作风与检查质量", en = "Conduct and quality of visits"}
question = {zh = "检查得怎么样？", en = "How do they inspect?"}
rules = ["R08", "R37", "R38"]
roles = ["supervision-office", "discipline-commission", "team-leader"]
date = {zh = "检查：到达日期；偏差：标记日期", en = "of visits, arrival; of flags, when raised"}
rows = ["team", "county", "authority", "each"]
order = "thing, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"}]
columns = [
  {name = "visits", zh = "检查", en = "visits", kind = "count", where = "thing = 'visit'"},
  {name = "declared", zh = "已作声明", en = "conduct declared", kind = "count", where = "thing = 'visit' AND advance_notice IS NOT NULL"},
  {name = "notice", zh = "事先通知", en = "advance notice", kind = "count", where = "thing = 'visit' AND advance_notice"},
  {name = "briefing", zh = "听汇报", en = "briefing heard", kind = "count", where = "thing = 'visit' AND briefing"},
  {name = "company", zh = "陪同", en = "accompanied", kind = "count", where = "thing = 'visit' AND company > 0"},
  {name = "reception", zh = "接待", en = "reception", kind = "count", where = "thing = 'visit' AND reception"},
  {name = "short", zh = "停留过短", en = "short stays", kind = "count", where = "thing = 'visit' AND stay < :shortest"},
  {name = "stay", zh = "停留分钟", en = "stay, minutes", kind = "distribution", of = "stay", bands = "stay_bands"},
  {name = "median_stay", zh = "停留分钟中位数", en = "median stay", kind = "median", of = "stay", unit = "minutes"},
  {name = "no_photo", zh = "无照片", en = "no photo", kind = "count", where = "thing = 'visit' AND no_photo"},
  {name = "same_text", zh = "雷同描述", en = "same text", kind = "count", where = "thing = 'visit' AND same_text"},
  {name = "flags_open", zh = "偏差未说明", en = "flags open", kind = "count", where = "thing = 'flag' AND state = 'open'"},
  {name = "flags_explained", zh = "偏差已说明", en = "flags explained", kind = "count", where = "thing = 'flag' AND state = 'explained'"},
  {name = "flags_accepted", zh = "说明获认可", en = "explanations accepted", kind = "count", where = "thing = 'flag' AND state = 'accepted'"},
  {name = "flags_confirmed", zh = "偏差已确认", en = "flags confirmed", kind = "count", where = "thing = 'flag' AND state = 'not-accepted'"},
  {name = "notice_share", zh = "事先通知率", en = "share with notice", kind = "share", of = ["notice", "declared"]}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "name", zh = "检查对象", en = "subject", kind = "text"},
  {name = "stay", zh = "停留分钟", en = "stay", kind = "number"},
  {name = "code", zh = "偏差", en = "flag", kind = "text"},
  {name = "state", zh = "状态", en = "state", kind = "text"}]
notes = [{zh = "偏差已确认：其说明未获认可。被检单位的说法见 11p。", en = "Confirmed: its explanation was not accepted. What the inspected party says stands in 11p."}]
[parameters]
shortest = {type = "number", default = 40, zh = "最短分钟", en = "shortest stay, minutes"}
stay_bands = {type = "bands", default = "20,40,80,120", zh = "停留分段", en = "bands of stay"}
*/
WITH flag AS (
  SELECT visit, max(code = 'no-photo') AS no_photo, max(code = 'identical-findings') AS same_text
  FROM flags WHERE state <> 'lapsed' AND code IN ('no-photo', 'identical-findings') GROUP BY visit)
SELECT v.ix, 'visit' AS thing, substr(coalesce(v.arrived, v.started), 1, 10) AS date, v.campaign, v.area AS county, v.sector, v.team, v.authority,
       s.name, v.advance_notice, v.briefing, v.company, v.reception, NULL AS code, NULL AS state, minutes(v.departed) - minutes(v.arrived) AS stay,
       coalesce(f.no_photo, 0) AS no_photo, coalesce(f.same_text, 0) AS same_text
FROM visits v LEFT JOIN flag f ON f.visit = v.id LEFT JOIN subjects s ON s.id = v.subject
WHERE v.counted
UNION ALL
SELECT g.ix, 'flag', substr(g.raised, 1, 10), g.campaign, g.area, v.sector, coalesce(v.team, g.team), v.authority, s.name, NULL, NULL, NULL, NULL, g.code,
       g.state, NULL, 0, 0
FROM flags g LEFT JOIN visits v ON v.id = g.visit LEFT JOIN subjects s ON s.id = v.subject
WHERE g.state <> 'lapsed' AND g.kind IN ('inspection', 'flag')

/*
report = "11"
part = "p"
title = {zh = "作风：被检单位的说法", en = "Conduct: what the inspected party says"}
question = {zh = "被检单位怎么说？", en = "What does the inspected party say?"}
rules = ["R38"]
roles = ["supervision-office", "discipline-commission"]
date = {zh = "评价日期", en = "when it was said"}
rows = ["team", "county", "authority", "each"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"}]
columns = [
  {name = "said", zh = "评价数", en = "evaluations", kind = "count"},
  {name = "notice", zh = "事先通知", en = "advance notice", kind = "count", where = "advance_notice"},
  {name = "briefing", zh = "听汇报", en = "briefing heard", kind = "count", where = "briefing"},
  {name = "accompanied", zh = "陪同", en = "accompanied", kind = "count", where = "accompanied"},
  {name = "reception", zh = "接待", en = "reception", kind = "count", where = "reception"},
  {name = "otherwise", zh = "与声明不一致", en = "other than declared", kind = "count", where = "otherwise"},
  {name = "otherwise_share", zh = "不一致率", en = "share other than declared", kind = "share", of = ["otherwise", "said"]}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "name", zh = "检查对象", en = "subject", kind = "text"},
  {name = "notice", zh = "事先通知", en = "advance notice", kind = "flag"},
  {name = "briefing", zh = "听汇报", en = "briefing", kind = "flag"},
  {name = "accompanied", zh = "陪同", en = "accompanied", kind = "flag"},
  {name = "reception", zh = "接待", en = "reception", kind = "flag"},
  {name = "otherwise", zh = "不一致", en = "other than declared", kind = "flag"}]
*/
SELECT e.ix, substr(e.date, 1, 10) AS date, v.campaign, v.area AS county, v.sector, v.team, v.authority, s.name, e.advance_notice,
       e.advance_notice AS notice, e.briefing, e.accompanied, e.reception,
       e.advance_notice > coalesce(v.advance_notice, 0) OR e.briefing > coalesce(v.briefing, 0) OR e.reception > coalesce(v.reception, 0)
         OR e.accompanied > (coalesce(v.company, 0) > 0) AS otherwise
FROM evaluations e JOIN visits v ON v.evaluation = e.id LEFT JOIN subjects s ON s.id = v.subject

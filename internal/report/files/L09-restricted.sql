/*
report = "L9"
title = {zh = "纪检专用", en = "Of the discipline commission"}
question = {zh = "有哪些观察、干预、立案，结论如何？", en = "Which observations, interference, inquiries, with what result?"}
rules = ["R39", "R49", "R52", "R53", "R64"]
roles = ["discipline-commission"]
date = {zh = "陈述日期", en = "when it was stated"}
rows = ["team", "kind", "each"]
order = "date, ix"
dimensions = [
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "kind", zh = "种类", en = "kind", every = ["observation", "interference", "inquiry"]}]
columns = [
  {name = "matters", zh = "事项", en = "matters", kind = "count"},
  {name = "ended", zh = "已有结论", en = "with a conclusion", kind = "count", where = "ended IS NOT NULL"},
  {name = "running", zh = "立案未结", en = "inquiries running", kind = "count", where = "kind = 'inquiry' AND ended IS NULL"}]
detail = [
  {name = "kind", zh = "种类", en = "kind", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "team", zh = "督查组", en = "team", kind = "id"},
  {name = "visit", zh = "检查", en = "visit", kind = "id"},
  {name = "pressure", zh = "压力来源", en = "pressure", kind = "text", codes = "pressure"},
  {name = "breach", zh = "履职不到位", en = "breach", kind = "text", codes = "duty-breach"},
  {name = "consequence", zh = "不良后果", en = "consequence", kind = "text", codes = "bad-consequence"},
  {name = "ended", zh = "结论时间", en = "ended", kind = "date"},
  {name = "result", zh = "结论", en = "result", kind = "text", codes = "inquiry-result"}]
notes = [{zh = "泄密核查用访问日志，不在台账中：anjian access-log；复查结论见报表 10。", en = "Who read of a visit before it was disclosed is found in the access log, which is no register: anjian access-log; outcomes of team reviews stand in report 10."}]
*/
SELECT o.ix, substr(o.date, 1, 10) AS date, o.area AS county, coalesce(o.observed, v.team) AS team, o.kind, o.visit, o.pressure, o.breach, o.consequence,
       o.ended, o.result
FROM observations o LEFT JOIN visits v ON v.id = o.visit

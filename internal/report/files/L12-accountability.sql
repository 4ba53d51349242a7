/*
report = "L12"
title = {zh = "责任追究登记", en = "Accountability register"}
question = {zh = "倒查了什么，决定了没有？", en = "What is reviewed, and is it decided?"}
rules = ["R44", "R66"]
roles = ["supervision-office", "discipline-commission"]
date = {zh = "启动日期", en = "opening"}
rows = ["each", "cause", "ground", "county"]
order = "decided IS NOT NULL, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "cause", zh = "起因", en = "cause", codes = "review-problem"},
  {name = "ground", zh = "情形", en = "first ground", codes = "review-ground"}]
columns = [
  {name = "reviews", zh = "倒查", en = "reviews", kind = "count"},
  {name = "closed", zh = "已决定", en = "decided", kind = "count", where = "decided IS NOT NULL"},
  {name = "faults", zh = "失职", en = "duty neglected", kind = "count", where = "fault"},
  {name = "overdue", zh = "逾期", en = "overdue", kind = "count", where = "decided IS NULL AND due < :now"}]
detail = [
  {name = "date", zh = "启动", en = "opened", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "person", zh = "被倒查人员", en = "person", kind = "id", person = true},
  {name = "cause", zh = "起因", en = "cause", kind = "text", codes = "review-problem"},
  {name = "grounds", zh = "情形", en = "grounds", kind = "text"},
  {name = "due", zh = "期限", en = "due", kind = "date"},
  {name = "decided", zh = "决定", en = "decided", kind = "date"},
  {name = "fault", zh = "失职", en = "duty neglected", kind = "flag"}]
*/
SELECT r.ix, substr(r.opened, 1, 10) AS date, r.area AS county, r.subject, r.person, r.cause, trim(r.grounds) AS grounds,
       substr(trim(r.grounds), 1, instr(trim(r.grounds) || ' ', ' ') - 1) AS ground,
       (SELECT min(o.due) FROM obligations o WHERE o.matter = r.id AND o.state IN ('open', 'met', 'late')) AS due, r.decided, r.fault
FROM reviews r
WHERE NOT r.lapsed OR r.decided IS NOT NULL

/*
report = "16"
title = {zh = "考核扣分", en = "Deductions in the assessment"}
question = {zh = "扣了哪些，哪些还没扣？", en = "What was deducted, what not yet?"}
rules = ["R67", "R69"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "应扣或扣分日期", en = "when it was due, or deducted"}
rows = ["unit", "rule", "assessed, unit", "each"]
order = "unit, date, ix"
dimensions = [
  {name = "unit", zh = "单位", en = "unit", kind = "id"},
  {name = "assessed", zh = "考核年度", en = "year of assessment"},
  {name = "rule", zh = "扣分规则", en = "rule"}]
columns = [
  {name = "events", zh = "应扣分事项", en = "deductible events", kind = "count", where = "rule IS NOT NULL", entry = "event_ix"},
  {name = "deducted", zh = "已扣分", en = "deducted", kind = "count", where = "points IS NOT NULL"},
  {name = "points", zh = "扣分", en = "points", kind = "sum", of = "points"},
  {name = "missing", zh = "未扣分", en = "not deducted", kind = "count", where = "rule IS NOT NULL AND points IS NULL", entry = "event_ix"},
  {name = "overdue", zh = "逾期未扣", en = "overdue", kind = "count", where = "rule IS NOT NULL AND points IS NULL AND due < :now", entry = "event_ix"},
  {name = "used", zh = "结果运用", en = "results used", kind = "count", where = "used IS NOT NULL"}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "unit", zh = "单位", en = "unit", kind = "id"},
  {name = "rule", zh = "规则", en = "rule", kind = "text"},
  {name = "event_ix", zh = "事项", en = "event", kind = "entry"},
  {name = "due", zh = "期限", en = "due", kind = "date"},
  {name = "points", zh = "分值", en = "points", kind = "number"},
  {name = "used", zh = "运用", en = "use", kind = "text", codes = "assessment-use"}]
*/
SELECT d.ix, substr(coalesce(d.entailed, d.deducted, e.occurred), 1, 10) AS date, d.area AS county, d.unit, d.year AS assessed, d.rule, d.event_ix, d.points, o.due, d.used
FROM deductions d JOIN entries e ON e.ix = d.ix
LEFT JOIN obligations o ON o.matter = e.stream AND o.kind = 'deduction' AND o.event = d.said AND o.state IN ('open', 'met', 'late')
WHERE NOT d.lapsed OR d.points IS NOT NULL

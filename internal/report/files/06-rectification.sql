/*
report = "6"
title = {zh = "整改逾期与复查不合格", en = "Rectification overdue or failed"}
question = {zh = "哪些逾期，哪些复查不合格？", en = "What is overdue, what failed?"}
rules = ["R20"]
roles = ["supervision-office", "discipline-commission", "county-government", "department", "committee", "team-leader", "inspected-party"]
date = {zh = "下达日期", en = "issued"}
rows = ["each", "county", "sector", "authority", "team"]
order = "days_over DESC, due, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"},
  {name = "team", zh = "督查组", en = "team", kind = "id"}]
columns = [
  {name = "orders", zh = "责令整改", en = "orders", kind = "count"},
  {name = "reported", zh = "已报整改", en = "reported", kind = "count", where = "reported IS NOT NULL"},
  {name = "verified", zh = "复查合格", en = "verified", kind = "count", where = "verified IS NOT NULL"},
  {name = "failed", zh = "复查不合格次数", en = "times failed", kind = "sum", of = "failed"},
  {name = "overdue", zh = "逾期未整改", en = "overdue", kind = "count", where = "verified IS NULL AND days_over > 0"},
  {name = "days_over", zh = "逾期天数中位数", en = "median days over", kind = "median", of = "days_over", where = "days_over > 0", unit = "days"}]
detail = [
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "document_no", zh = "文书号", en = "paper", kind = "text"},
  {name = "date", zh = "下达", en = "issued", kind = "date"},
  {name = "due", zh = "期限", en = "due", kind = "date"},
  {name = "reported", zh = "报告", en = "reported", kind = "date"},
  {name = "verified", zh = "复查", en = "re-checked", kind = "date"},
  {name = "failed", zh = "不合格次数", en = "times failed", kind = "number"},
  {name = "days_over", zh = "逾期天数", en = "days over", kind = "number"}]
*/
SELECT o.ix, substr(o.issued, 1, 10) AS date, o.campaign, o.area AS county, v.sector, o.team, v.authority, o.subject, o.document_no, o.due,
       o.reported, o.verified, o.failed, max(0, days(coalesce(o.verified, :now)) - days(o.due)) AS days_over
FROM orders o LEFT JOIN visits v ON v.id = o.visit
WHERE o.due IS NOT NULL

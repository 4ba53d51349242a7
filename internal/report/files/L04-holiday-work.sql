/*
report = "L4"
title = {zh = "节日不放假工地", en = "Holiday work"}
question = {zh = "哪些工地节日施工，两家都同意了吗，查了没有？", en = "Which sites work in a holiday, did both agree, were they visited?"}
rules = ["R26"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "备案日期", en = "filing"}
rows = ["each", "county", "holiday"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "holiday", zh = "节日", en = "holiday"}]
columns = [
  {name = "sites", zh = "已备案", en = "filed", kind = "count"},
  {name = "approved", zh = "两家同意", en = "approved by both", kind = "count", where = "government = 'approved' AND department = 'approved'"},
  {name = "refused", zh = "不同意", en = "refused", kind = "count", where = "government = 'refused' OR department = 'refused'"},
  {name = "undecided", zh = "未决定", en = "undecided", kind = "count", where = "government IS NULL OR department IS NULL"},
  {name = "visited", zh = "加强监管检查", en = "visited in the holiday", kind = "count", where = "visits > 0"}]
detail = [
  {name = "name", zh = "工地", en = "site", kind = "text"},
  {name = "holiday", zh = "节日", en = "holiday", kind = "text"},
  {name = "filed", zh = "备案", en = "filed", kind = "date"},
  {name = "start", zh = "起", en = "from", kind = "date"},
  {name = "finish", zh = "止", en = "to", kind = "date"},
  {name = "government", zh = "政府", en = "government", kind = "text"},
  {name = "department", zh = "部门", en = "department", kind = "text"},
  {name = "visits", zh = "检查次数", en = "visits", kind = "number"}]
*/
SELECT h.ix, substr(h.filed, 1, 10) AS date, h.area AS county, h.holiday, h.filed, h.start, h.finish, h.government, h.department, s.name,
       (SELECT count(*) FROM visits v WHERE v.subject = h.subject AND v.counted
          AND substr(coalesce(v.arrived, v.started), 1, 10) BETWEEN h.start AND h.finish) AS visits
FROM holiday_work h LEFT JOIN subjects s ON s.id = h.subject

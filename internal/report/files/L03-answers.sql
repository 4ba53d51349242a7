/*
report = "L3"
title = {zh = "检查表作答", en = "Answers by item"}
question = {zh = "哪些检查项不合格？", en = "Which items are not in order?"}
rules = ["R21", "R22", "R23", "R24", "R25", "R27", "R29", "R32", "R33", "R34", "R35"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "作答日期", en = "when it was answered"}
rows = ["item", "county, item", "sector, item", "venue, item", "high_risk, item", "authority, item", "section", "county, authority", "subject"]
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "item", zh = "检查项", en = "item"},
  {name = "venue", zh = "场所类型", en = "venue type", codes = "venue-type"},
  {name = "high_risk", zh = "高危", en = "high risk", every = ["yes", "no"]},
  {name = "authority", zh = "主管部门", en = "department", kind = "id"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "section", zh = "环节", en = "section", every = ["production", "management", "system"], codes = "section"}]
columns = [
  {name = "answers", zh = "作答", en = "answers", kind = "count"},
  {name = "bad", zh = "不合格", en = "not in order", kind = "count", where = "answer = 'no'"},
  {name = "not_applicable", zh = "不适用", en = "not applicable", kind = "count", where = "answer = 'not-applicable'"},
  {name = "applicable", zh = "适用", en = "applicable", kind = "count", where = "answer <> 'not-applicable'"},
  {name = "bad_share", zh = "不合格率", en = "share not in order", kind = "share", of = ["bad", "applicable"]},
  {name = "subjects", zh = "检查对象", en = "subjects", kind = "distinct", of = "subject"},
  {name = "bad_subjects", zh = "有不合格的对象", en = "subjects with one not in order", kind = "distinct", of = "subject", where = "answer = 'no'"}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "item", zh = "检查项", en = "item", kind = "text"},
  {name = "answer", zh = "作答", en = "answer", kind = "text", codes = "answer"}]
*/
-- 按作答顺序读；检查对象的两列只在用到时查 / answers are read as they stand; of the subject is read what is asked for
SELECT c.ix, substr(c.date, 1, 10) AS date, c.area AS county, c.sector, c.campaign, c.team, c.subject, c.item, c.section, c.answer,
       (SELECT s.venue FROM subjects s WHERE s.id = c.subject) AS venue,
       CASE WHEN (SELECT s.risk FROM subjects s WHERE s.id = c.subject) IS NULL THEN 'no' ELSE 'yes' END AS high_risk, c.authority
FROM checks c

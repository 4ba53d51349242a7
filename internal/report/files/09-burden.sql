/*
report = "9"
title = {zh = "重复检查与基层负担", en = "Duplicates and burden"}
question = {zh = "谁被检查得太多？", en = "Who is visited too often?"}
rules = ["R04", "R31", "R40"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "检查开始", en = "begin of the visit"}
rows = ["county", "subject", "sector"]
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"}]
columns = [
  {name = "visits", zh = "检查次数", en = "visits of all campaigns", kind = "count"},
  {name = "subjects", zh = "被检对象", en = "subjects visited", kind = "distinct", of = "subject"},
  {name = "duplicates", zh = "重复检查", en = "duplicates", kind = "count", where = "duplicate"},
  {name = "justified", zh = "有说明的", en = "of these justified", kind = "count", where = "duplicate AND justified"},
  {name = "documents", zh = "索要材料", en = "documents asked", kind = "sum", of = "documents_asked"},
  {name = "hours", zh = "占用工时", en = "staff hours", kind = "sum", of = "staff_hours", unit = "hours"},
  {name = "burden", zh = "负担指数", en = "visits per subject", kind = "ratio", of = ["visits", "subjects"]}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "team", zh = "督查组", en = "team", kind = "id"},
  {name = "type", zh = "检查类型", en = "visit type", kind = "text", codes = "visit-type"}]
*/
SELECT v.ix, substr(coalesce(v.arrived, v.started), 1, 10) AS date, v.campaign, v.area AS county, v.sector, v.team, v.subject, v.type,
       v.justified, v.documents_asked, v.staff_hours,
       v.type = 'initial' AND row_number() OVER (PARTITION BY v.campaign, v.subject, v.sector, v.type
                                                 ORDER BY coalesce(v.arrived, v.started), v.ix) > 1 AS duplicate
FROM visits v
WHERE v.started IS NOT NULL AND (v.attempted IS NULL OR v.arrived IS NOT NULL) AND NOT v.off_site AND coalesce(v.class, '') <> 'guidance'

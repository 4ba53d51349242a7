/*
report = "3"
title = {zh = "隐患分类台账", en = "Findings by class"}
question = {zh = "查出了什么，拖了多久？", en = "What was found, and how old is it?"}
rules = ["R07", "R19", "R20", "R54"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee", "team-leader"]
date = {zh = "发现日期", en = "found"}
rows = ["county, sector", "county", "category", "violation", "level", "age", "county, sector, category", "team", "each"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "category", zh = "类别", en = "category"},
  {name = "violation", zh = "违法行为", en = "violation", codes = "violation"},
  {name = "level", zh = "级别", en = "level", every = ["general", "major"], codes = "level"},
  {name = "age", zh = "未整改天数", en = "days open", of = "open_days", bands = "age_bands"}]
columns = [
  {name = "found", zh = "发现", en = "found", kind = "count"},
  {name = "fixed", zh = "现场整改", en = "fixed on site", kind = "count", where = "fixed IS NOT NULL"},
  {name = "ordered", zh = "责令整改", en = "ordered", kind = "count", where = "ordered"},
  {name = "closed", zh = "已销号", en = "closed", kind = "count", where = "closed IS NOT NULL"},
  {name = "open", zh = "未整改", en = "open", kind = "count", where = "closed IS NULL"},
  {name = "open_share", zh = "未整改率", en = "share open", kind = "share", of = ["open", "found"]},
  {name = "median_age", zh = "未整改天数中位数", en = "median days open", kind = "median", of = "open_days", unit = "days"},
  {name = "main_duty", zh = "主体责任类", en = "on main duty", kind = "count", where = "violation = 'main-duty' OR category = 'main-duty'"},
  {name = "main_duty_share", zh = "主体责任占比", en = "share on main duty", kind = "share", of = ["main_duty", "found"]}]
detail = [
  {name = "date", zh = "发现日期", en = "found", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "category", zh = "类别", en = "category", kind = "text"},
  {name = "level", zh = "级别", en = "level", kind = "text", codes = "level"},
  {name = "closed", zh = "销号", en = "closed", kind = "date"},
  {name = "open_days", zh = "未整改天数", en = "days open", kind = "number"}]
[parameters]
age_bands = {type = "bands", default = "7,15,30", zh = "天数分段", en = "age bands"}
*/
WITH disposed AS MATERIALIZED (
  SELECT visit, finding, max(kind = 'order') AS ordered, min(verified) AS verified FROM dispositions GROUP BY visit, finding)
SELECT *, CASE WHEN closed IS NULL THEN days(:now) - days(date) END AS open_days
FROM (SELECT f.ix, substr(f.found, 1, 10) AS date, f.campaign, f.area AS county, f.sector, f.team, f.subject, f.category, f.violation,
             f.level, f.fixed, coalesce(d.ordered, 0) AS ordered, coalesce(f.fixed, d.verified) AS closed
      FROM findings f LEFT JOIN disposed d ON d.visit = f.visit AND d.finding = f.finding)

/*
report = "1"
title = {zh = "覆盖率与未检名单", en = "Coverage and the uninspected"}
question = {zh = "谁检查过，谁没有？", en = "Who was inspected, who was not?"}
rules = ["R18", "R23", "R28", "R29", "R30"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "检查开始", en = "begin of the visit"}
rows = ["county, sector, production", "county, sector", "county", "sector", "venue"]
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "production", zh = "生产状态", en = "production", codes = "production"},
  {name = "venue", zh = "场所类型", en = "venue type", codes = "venue-type"}]
columns = [
  {name = "registered", zh = "登记数", en = "registered", kind = "distinct", of = "subject"},
  {name = "excluded", zh = "剔除数", en = "excluded", kind = "distinct", of = "subject", where = "excluded"},
  {name = "in_scope", zh = "应检数", en = "in scope", kind = "distinct", of = "subject", where = "NOT excluded"},
  {name = "attempted", zh = "检查未果", en = "attempted", kind = "distinct", of = "subject", where = "NOT excluded AND reached = 1"},
  {name = "inspected", zh = "已检数", en = "inspected", kind = "distinct", of = "subject", where = "NOT excluded AND reached = 2"},
  {name = "coverage", zh = "覆盖率", en = "coverage", kind = "share", of = ["inspected", "in_scope"]},
  {name = "uninspected", zh = "未检名单", en = "not inspected", kind = "distinct", of = "subject || ' ' || sector", where = "NOT excluded AND reached < 2"}]
detail = [
  {name = "name", zh = "名称", en = "name", kind = "text"},
  {name = "uscc", zh = "统一社会信用代码", en = "credit code", kind = "text"},
  {name = "sector", zh = "行业领域", en = "sector", kind = "text"}]
[parameters]
register = {type = "position", default = "latest", zh = "名录版本（位置）", en = "register as of this position"}
*/
-- A subject of two sectors is a thing in each: it is inspected there when a visit in that sector reached it.
SELECT s.ix, s.id AS subject, s.name, s.uscc, s.area AS county, k.code AS sector, s.production, s.venue, s.excluded,
       coalesce(v.reached, 0) AS reached
FROM subjects s
CROSS JOIN sectors k ON s.sectors & k.bit
LEFT JOIN (SELECT subject, sector, max(CASE WHEN attempted IS NOT NULL AND arrived IS NULL THEN 1 ELSE 2 END) AS reached
           FROM visits
           WHERE coalesce(started, arrived, attempted) IS NOT NULL AND NOT off_site AND coalesce(class, '') <> 'guidance'
             AND (:campaign IS NULL OR campaign = :campaign)
             AND (:from IS NULL OR coalesce(started, arrived, attempted) >= :from)
             AND (:to IS NULL OR coalesce(started, arrived, attempted) < :to)
           GROUP BY subject, sector) v ON v.subject = s.id AND v.sector = k.code
WHERE s.ix <= :register AND (s.ended IS NULL OR s.ended > :today)

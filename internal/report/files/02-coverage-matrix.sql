/*
report = "2"
title = {zh = "“四个不放过”矩阵", en = "Coverage matrix: four things not passed over"}
question = {zh = "有没有放过的？", en = "Is anything passed over?"}
rules = ["R36"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
rows = ["county, sector", "county", "sector"]
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"}]
columns = [
  {name = "fields", zh = "行业领域", en = "sectors and fields", kind = "count", where = "thing = 'field'"},
  {name = "fields_done", zh = "已查行业领域", en = "of these visited", kind = "count", where = "thing = 'field' AND done"},
  {name = "fields_share", zh = "行业领域覆盖率", en = "share visited", kind = "share", of = ["fields_done", "fields"]},
  {name = "subjects", zh = "企业", en = "enterprises", kind = "distinct", of = "matter", where = "thing = 'subject'"},
  {name = "subjects_done", zh = "已查企业", en = "of these inspected", kind = "distinct", of = "matter", where = "thing = 'subject' AND done"},
  {name = "subjects_share", zh = "企业覆盖率", en = "share inspected", kind = "share", of = ["subjects_done", "subjects"]},
  {name = "said", zh = "检查项与隐患", en = "checks and findings", kind = "count", where = "thing IN ('check', 'finding')"},
  {name = "at_post", zh = "到岗位", en = "of these at a post", kind = "count", where = "thing IN ('check', 'finding') AND post"},
  {name = "post_share", zh = "到岗位占比", en = "share at a post", kind = "share", of = ["at_post", "said"]},
  {name = "at_facility", zh = "到设施设备", en = "of these at a facility", kind = "count", where = "thing IN ('check', 'finding') AND facility"},
  {name = "facility_share", zh = "到设施设备占比", en = "share at a facility", kind = "share", of = ["at_facility", "said"]},
  {name = "findings", zh = "隐患", en = "findings", kind = "count", where = "thing = 'finding'"},
  {name = "findings_done", zh = "已处置隐患", en = "with disposition", kind = "count", where = "thing = 'finding' AND done"},
  {name = "findings_share", zh = "隐患处置率", en = "share with disposition", kind = "share", of = ["findings_done", "findings"]}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "name", zh = "名称", en = "name", kind = "text"}]
notes = [
  {zh = "岗位、设施设备的总数未记录；所列为写明岗位、设施设备的检查项与隐患占全部的比例。", en = "How many posts and facilities there are is not recorded; shown is how many checks and findings name one."},
  {zh = "已处置：现场整改、复查合格、责令、最终处罚或依法不予处罚。", en = "With disposition: put right, ordered, finally punished, or lawfully left unpunished."}]
*/
-- 已检以开始时间计，不含检查未果、非现场与帮扶指导（visits.counted） / inspected: what counts as an inspection
WITH visit AS MATERIALIZED (SELECT id, subject, sector, campaign, counted FROM visits),
reached AS (
  SELECT subject, sector FROM visit WHERE counted AND (:campaign IS NULL OR campaign = :campaign) GROUP BY subject, sector),
registered AS MATERIALIZED (
  SELECT s.ix, s.id, s.name, s.area, k.code AS sector, r.subject IS NOT NULL AS done
  FROM subjects s JOIN sectors k ON s.sectors & k.bit LEFT JOIN reached r ON r.subject = s.id AND r.sector = k.code
  WHERE NOT s.excluded)
SELECT ix, 'field' AS thing, NULL AS matter, NULL AS name, :campaign AS campaign, area AS county, sector, done, 0 AS post, 0 AS facility
FROM (SELECT min(ix) AS ix, area, sector, max(done) AS done FROM registered GROUP BY area, sector)
UNION ALL
SELECT ix, 'subject', id, name, :campaign, area, sector, done, 0, 0 FROM registered
UNION ALL
SELECT c.ix, 'check', NULL, c.item, c.campaign, c.area, v.sector, 1, c.post, c.facility FROM checks c JOIN visit v ON v.id = c.visit
UNION ALL
SELECT f.ix, 'finding', NULL, f.finding, f.campaign, f.area, v.sector, f.fixed IS NOT NULL OR coalesce(d.done, 0), f.post, f.facility
FROM findings f JOIN visit v ON v.id = f.visit
LEFT JOIN (SELECT d.visit, d.finding, max(d.kind = 'order' OR d.verified IS NOT NULL OR coalesce(p.final AND NOT p.annulled, 0)) AS done
           FROM dispositions d LEFT JOIN penalties p ON p.matter = d.matter AND p.penalty = d.penalty
           GROUP BY d.visit, d.finding) d ON d.visit = f.visit AND d.finding = f.finding

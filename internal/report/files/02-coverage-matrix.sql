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
  {name = "fields", zh = "行业领域", en = "sectors and fields", kind = "count", where = "field IS NOT NULL"},
  {name = "fields_done", zh = "已查行业领域", en = "of these visited", kind = "count", where = "field"},
  {name = "fields_share", zh = "行业领域覆盖率", en = "share visited", kind = "share", of = ["fields_done", "fields"]},
  {name = "subjects", zh = "企业", en = "enterprises", kind = "distinct", of = "matter", where = "firm IS NOT NULL"},
  {name = "subjects_done", zh = "已查企业", en = "of these inspected", kind = "distinct", of = "matter", where = "firm"},
  {name = "subjects_share", zh = "企业覆盖率", en = "share inspected", kind = "share", of = ["subjects_done", "subjects"]},
  {name = "said", zh = "检查项与隐患", en = "checks and findings", kind = "count", where = "post IS NOT NULL"},
  {name = "at_post", zh = "到岗位", en = "of these at a post", kind = "count", where = "post"},
  {name = "post_share", zh = "到岗位占比", en = "share at a post", kind = "share", of = ["at_post", "said"]},
  {name = "at_facility", zh = "到设施设备", en = "of these at a facility", kind = "count", where = "facility"},
  {name = "facility_share", zh = "到设施设备占比", en = "share at a facility", kind = "share", of = ["at_facility", "said"]},
  {name = "findings", zh = "隐患", en = "findings", kind = "count", where = "disposed IS NOT NULL"},
  {name = "findings_done", zh = "已处置隐患", en = "with disposition", kind = "count", where = "disposed"},
  {name = "findings_share", zh = "隐患处置率", en = "share with disposition", kind = "share", of = ["findings_done", "findings"]}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "name", zh = "名称", en = "name", kind = "text"}]
notes = [
  {zh = "岗位、设施设备的总数未记录；所列为写明岗位、设施设备的检查项与隐患占全部的比例。", en = "How many posts and facilities there are is not recorded; shown is how many checks and findings name one."},
  {zh = "已处置：现场整改、复查合格、责令、最终处罚或依法不予处罚。", en = "With disposition: put right, ordered, finally punished, or lawfully left unpunished."}]
*/
-- 已检以开始时间计，不含检查未果、非现场与帮扶指导（visits.counted） / inspected: what counts as an inspection
WITH reached AS (
  SELECT subject, sector FROM visits WHERE counted AND (:campaign IS NULL OR campaign = :campaign) GROUP BY subject, sector),
registered AS MATERIALIZED (
  SELECT s.ix, s.id, s.name, s.area, k.code AS sector, r.subject IS NOT NULL AS done
  FROM subjects s CROSS JOIN sectors k ON s.sectors & k.bit LEFT JOIN reached r ON r.subject = s.id AND r.sector = k.code
  WHERE NOT s.excluded)
-- 各项只对其所属类别有值（1：已查、已处置、写明），其余为 NULL / 1: visited, inspected, with disposition, named; NULL: the thing is no such thing
-- Unary plus: where no arm gives a field an affinity, the things of all arms come without being copied.
SELECT +ix AS ix, 'field' AS thing, NULL AS matter, NULL AS name, :campaign AS campaign, +area AS county, +sector AS sector, +done AS field,
       NULL AS firm, NULL AS disposed, NULL AS post, NULL AS facility
FROM (SELECT min(ix) AS ix, area, sector, max(done) AS done FROM registered GROUP BY area, sector)
UNION ALL
SELECT +ix, 'subject', +id, +name, :campaign, +area, +sector, NULL, +done, NULL, NULL, NULL FROM registered
UNION ALL
SELECT +ix, 'check', NULL, +item, +campaign, +area, +sector, NULL, NULL, NULL, +post, +facility FROM checks
UNION ALL
SELECT +f.ix, 'finding', NULL, +f.finding, +f.campaign, +f.area, +f.sector, NULL, NULL,
       f.fixed IS NOT NULL OR EXISTS (
         SELECT 1 FROM dispositions d WHERE d.visit = f.visit AND d.finding = f.finding
           AND (d.kind = 'order' OR d.verified IS NOT NULL OR d.final)), +f.post, +f.facility
FROM findings f

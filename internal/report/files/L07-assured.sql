/*
report = "L7"
title = {zh = "放心企业、放心行业", en = "Assured enterprises and sectors"}
question = {zh = "查过的企业、行业放心吗？", en = "Are those that were inspected in order?"}
rules = ["R50"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
rows = ["county, sector", "county", "sector", "each"]
order = "assured, name, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"}]
columns = [
  {name = "registered", zh = "登记数", en = "registered", kind = "distinct", of = "subject"},
  {name = "inspected", zh = "已检数", en = "inspected", kind = "distinct", of = "subject", where = "inspected"},
  {name = "assured", zh = "放心企业", en = "assured", kind = "distinct", of = "subject", where = "assured"},
  {name = "share", zh = "放心率", en = "assured of inspected", kind = "share", of = ["assured", "inspected"]},
  {name = "coverage", zh = "覆盖率", en = "coverage", kind = "share", of = ["inspected", "registered"]}]
detail = [
  {name = "name", zh = "名称", en = "name", kind = "text"},
  {name = "inspected", zh = "已检", en = "inspected", kind = "flag"},
  {name = "open_findings", zh = "未整改", en = "open findings", kind = "number"},
  {name = "overdue", zh = "逾期", en = "overdue", kind = "number"},
  {name = "flags", zh = "偏差", en = "open flags", kind = "number"},
  {name = "assured", zh = "放心", en = "assured", kind = "flag"}]
notes = [{zh = "放心行业：该县区该行业已检企业全部放心，即放心率为百分之百；覆盖率并列。", en = "A sector is assured in a county when all that was inspected there is: a share of 100 %. The coverage stands beside it."}]
*/
-- Unary plus: SQLite would go by an index of all versions, and look up each of those that count.
WITH visit AS MATERIALIZED (SELECT id, subject, sector, counted FROM visits WHERE (:campaign IS NULL OR campaign = :campaign)),
reached AS (SELECT subject, sector FROM visit WHERE counted GROUP BY subject, sector),
open AS (
  SELECT f.subject, count(*) AS n
  FROM findings f
  LEFT JOIN (SELECT visit, finding, max(verified) AS verified, max(failed) AS failed FROM dispositions
             WHERE verified IS NOT NULL OR failed IS NOT NULL GROUP BY +visit, +finding) d
    ON d.visit = f.visit AND d.finding = f.finding
  WHERE CASE WHEN d.failed IS NULL THEN coalesce(f.fixed, d.verified) WHEN d.verified > d.failed THEN d.verified END IS NULL
  GROUP BY +f.subject),
late AS (SELECT subject, count(*) AS n FROM orders WHERE verified IS NULL AND lifted IS NULL AND due < substr(:now, 1, 10) GROUP BY +subject),
flagged AS (
  SELECT v.subject, count(*) AS n FROM flags g CROSS JOIN visit v ON v.id = g.visit
  WHERE g.state IN ('open', 'explained', 'not-accepted') GROUP BY v.subject)
SELECT s.ix, s.id AS subject, s.name, :campaign AS campaign, s.area AS county, k.code AS sector, r.subject IS NOT NULL AS inspected,
       coalesce(o.n, 0) AS open_findings, coalesce(l.n, 0) AS overdue, coalesce(g.n, 0) AS flags,
       r.subject IS NOT NULL AND o.n IS NULL AND l.n IS NULL AND g.n IS NULL AS assured
FROM subjects s
CROSS JOIN sectors k ON s.sectors & k.bit
LEFT JOIN reached r ON r.subject = s.id AND r.sector = k.code
LEFT JOIN open o ON o.subject = s.id
LEFT JOIN late l ON l.subject = s.id
LEFT JOIN flagged g ON g.subject = s.id
WHERE NOT s.excluded

/*
report = "22"
title = {zh = "执法统计月报", en = "Monthly enforcement statistics"}
question = {zh = "部里报表要什么？", en = "What does the ministry's form ask?"}
law = {zh = "安全生产执法统计", en = "Statistics of work-safety enforcement"}
roles = ["supervision-office", "discipline-commission", "city-government", "department", "committee"]
date = {zh = "到达、发现、整改、下达、决定、缴款日期", en = "arrival, found, rectified, issued, decided, paid"}
rows = ["month, authority", "month", "authority"]
dimensions = [
  {name = "month", zh = "月份", en = "month"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"}]
columns = [
  {name = "visits", zh = "检查次数", en = "checks", kind = "count", where = "thing = 'visit'"},
  {name = "random", zh = "双随机检查", en = "drawn at random", kind = "count", where = "thing = 'visit' AND random"},
  {name = "random_unknown", zh = "是否双随机未记录", en = "random or not: not recorded", kind = "count", where = "thing = 'visit' AND random IS NULL"},
  {name = "rechecks", zh = "复查", en = "re-checks", kind = "count", where = "thing = 'visit' AND class = 'verify'"},
  {name = "tip_checks", zh = "举报核查", en = "verification of tips", kind = "count", where = "thing = 'visit' AND class = 'tip'"},
  {name = "violations", zh = "违法行为", en = "violations found", kind = "count", where = "thing = 'finding' AND violation IS NOT NULL"},
  {name = "general", zh = "一般隐患", en = "general hazards", kind = "count", where = "thing = 'finding' AND class = 'general'"},
  {name = "major", zh = "重大隐患", en = "major hazards", kind = "count", where = "thing = 'finding' AND class = 'major'"},
  {name = "listed", zh = "挂牌督办", en = "listed", kind = "count", where = "thing = 'finding' AND listed"},
  {name = "records", zh = "现场检查记录", en = "site records", kind = "count", where = "thing = 'document' AND class = 'record'"},
  {name = "orders", zh = "责令限期整改", en = "rectification orders", kind = "count", where = "thing = 'order' AND class = 'rectify-by-date'"},
  {name = "filings", zh = "立案", en = "case filings", kind = "count", where = "thing = 'document' AND class = 'case'"},
  {name = "decisions", zh = "处罚决定", en = "penalty decisions", kind = "count", where = "thing = 'penalty'"},
  {name = "fixed", zh = "已整改违法行为", en = "violations fixed", kind = "count", where = "thing = 'fixed' AND violation IS NOT NULL"},
  {name = "general_fixed", zh = "已整改一般隐患", en = "general hazards fixed", kind = "count", where = "thing = 'fixed' AND class = 'general'"},
  {name = "major_fixed", zh = "已整改重大隐患", en = "major hazards fixed", kind = "count", where = "thing = 'fixed' AND class = 'major'"},
  {name = "units_penalised", zh = "处罚单位（个）", en = "units penalised", kind = "distinct", of = "subject", where = "thing = 'penalty' AND NOT of_person"},
  {name = "persons_penalised", zh = "处罚个人（次）", en = "decisions that penalise a person", kind = "count", where = "thing = 'penalty' AND of_person"},
  {name = "stops", zh = "责令停产停业", en = "stops ordered", kind = "count", where = "thing = 'order' AND class = 'stop'"},
  {name = "closures_proposed", zh = "提请关闭", en = "closures proposed", kind = "count", where = "thing = 'order' AND class = 'closure-proposed'"},
  {name = "closures", zh = "政府同意关闭", en = "closures decided", kind = "count", where = "thing = 'closure'"},
  {name = "fines", zh = "罚款金额", en = "fines", kind = "sum", of = "amount", where = "thing = 'penalty'", unit = "fen"},
  {name = "fines_persons", zh = "其中对个人罚款", en = "of these, of persons", kind = "sum", of = "amount", where = "thing = 'penalty' AND of_person", unit = "fen"},
  {name = "collected", zh = "收缴罚款", en = "fines collected", kind = "sum", of = "amount", where = "thing = 'payment'", unit = "fen"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "subject", zh = "单位", en = "subject", kind = "id"},
  {name = "class", zh = "种类", en = "class", kind = "text"},
  {name = "amount", zh = "金额", en = "amount", kind = "money"}]
notes = [
  {zh = "检查开始未写明事由的，是否双随机未记录。处罚个人不分主要负责人与其他人员。收缴按最近一次缴款的月份。", en = "Whether a visit was drawn at random is known where its start states a purpose. Persons are heads, managers and workers alike. What was collected stands in the month of the last payment."}]
*/
-- Unary plus: SQLite would go by an index of all versions, and look up each of those that count.
WITH visit AS MATERIALIZED (
  SELECT ix, id, coalesce(arrived, started) AS date, campaign, area, sector, authority, subject, type, random, counted FROM visits),
finding AS MATERIALIZED (
  SELECT f.ix, f.visit, f.found, f.campaign, f.area, f.subject, f.level, f.violation, f.listed IS NOT NULL AS listed,
         CASE WHEN d.failed IS NULL THEN coalesce(f.fixed, d.verified) WHEN d.verified > d.failed THEN d.verified END AS closed, f.sector, f.authority
  FROM findings f
  LEFT JOIN (SELECT visit, finding, max(verified) AS verified, max(failed) AS failed FROM dispositions
             WHERE verified IS NOT NULL OR failed IS NOT NULL GROUP BY +visit, +finding) d
    ON d.visit = f.visit AND d.finding = f.finding)
SELECT *, substr(date, 1, 7) AS month FROM (
SELECT ix, 'visit' AS thing, substr(date, 1, 10) AS date, campaign, area AS county, sector, authority, subject, type AS class,
       NULL AS violation, 0 AS listed, random, 0 AS of_person, NULL AS amount
FROM visit WHERE counted
UNION ALL
SELECT ix, 'finding', substr(found, 1, 10), campaign, area, sector, authority, subject, level, violation, listed, 0, 0, NULL FROM finding
UNION ALL
SELECT ix, 'fixed', substr(closed, 1, 10), campaign, area, sector, authority, subject, level, violation, 0, 0, 0, NULL
FROM finding WHERE closed IS NOT NULL
UNION ALL
SELECT d.ix, 'document', substr(d.issued, 1, 10), d.campaign, d.area, v.sector, coalesce(v.authority, c.authority), d.subject, d.kind, NULL, 0, 0, 0, NULL
FROM documents d LEFT JOIN visit v ON v.id = d.visit LEFT JOIN cases c ON c.id = d.matter
UNION ALL
SELECT o.ix, m.thing, substr(CASE m.thing WHEN 'order' THEN o.issued ELSE o.granted END, 1, 10), o.campaign, o.area, v.sector, v.authority, o.subject,
       o.kind, NULL, 0, 0, 0, NULL
FROM orders o JOIN (SELECT 'order' AS thing UNION ALL SELECT 'closure') m ON m.thing = 'order' OR o.granted IS NOT NULL
LEFT JOIN visit v ON v.id = o.visit
UNION ALL
SELECT p.ix, m.thing, substr(CASE m.thing WHEN 'penalty' THEN p.decided ELSE p.paid_on END, 1, 10), p.campaign, p.area, v.sector,
       coalesce(v.authority, c.authority), p.subject, p.kind, NULL, 0, 0, p.of_person, CASE m.thing WHEN 'penalty' THEN p.fine ELSE p.paid END
FROM penalties p JOIN (SELECT 'penalty' AS thing UNION ALL SELECT 'payment') m ON m.thing = 'penalty' OR p.paid_on IS NOT NULL
LEFT JOIN cases c ON c.id = p.matter LEFT JOIN visit v ON v.id = coalesce(p.visit, c.visit)
WHERE p.kind <> 'none' AND p.final AND NOT p.annulled)

/*
report = "4"
title = {zh = "检查执法处罚转化", en = "From finding to penalty"}
question = {zh = "查出的问题处罚了吗？", en = "Do findings lead to penalties?"}
rules = ["R41", "R56", "R57"]
law = {zh = "行政处罚法第33、57条；安全生产法第65条", en = "Administrative Penalty Law Arts 33, 57; Work Safety Law Art. 65"}
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee", "team-leader"]
date = {zh = "隐患：发现日期；检查：到达日期", en = "of findings, when found; of visits, arrival"}
rows = ["team", "county", "authority", "each"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"}]
columns = [
  {name = "findings", zh = "隐患", en = "findings", kind = "count", where = "thing = 'finding'"},
  {name = "punishable", zh = "应处罚", en = "punishable", kind = "count", where = "thing = 'finding' AND punishable"},
  {name = "ordered", zh = "责令", en = "with order", kind = "count", where = "thing = 'finding' AND ordered"},
  {name = "cases", zh = "立案", en = "with case", kind = "count", where = "thing = 'finding' AND cased"},
  {name = "penalised", zh = "处罚", en = "with final penalty", kind = "count", where = "thing = 'finding' AND outcome = 'penalty'"},
  {name = "punishable_penalised", zh = "应处罚且已处罚", en = "punishable, with final penalty", kind = "count", where = "thing = 'finding' AND punishable AND outcome = 'penalty'"},
  {name = "no_penalty", zh = "不予处罚", en = "no penalty, approved", kind = "count", where = "thing = 'finding' AND outcome = 'none'"},
  {name = "pending", zh = "待处罚", en = "penalty pending", kind = "count", where = "thing = 'finding' AND punishable AND outcome IS NULL"},
  {name = "conversion", zh = "处罚率", en = "penalised of punishable", kind = "share", of = ["punishable_penalised", "punishable"]},
  {name = "inspect_only", zh = "只检查不执法", en = "inspected, not enforced", kind = "count", where = "thing = 'visit' AND found > 0 AND papers = 0"},
  {name = "enforce_only", zh = "只执法不处罚", en = "enforced, not punished", kind = "count", where = "thing = 'visit' AND papers > 0 AND punishable > 0 AND outcome IS NULL"},
  {name = "rectified_unpunished", zh = "以整改代处罚", en = "rectified, not punished", kind = "count", where = "thing = 'finding' AND punishable AND closed IS NOT NULL AND outcome IS NULL"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "name", zh = "检查对象", en = "subject", kind = "text"},
  {name = "ordered", zh = "责令", en = "ordered", kind = "flag"},
  {name = "cased", zh = "立案", en = "case filed", kind = "flag"},
  {name = "outcome", zh = "结果", en = "outcome", kind = "text"},
  {name = "closed", zh = "销号", en = "closed", kind = "date"}]
notes = [
  {zh = "按隐患计：有责令、有立案、有最终处罚（未撤销）。“只检查不执法”“只执法不处罚”按已办结的检查计。", en = "Counted are findings that have an order, a case, a final penalty that was not annulled. The lists of visits count closed ones."}]
*/
WITH disposed AS (
  SELECT visit, finding, max(kind = 'order') AS ordered, max(kind = 'case') AS cased, max(verified) AS verified, max(failed) AS failed,
         count(*) AS papers,
         CASE WHEN max(kind = 'penalty' AND final) THEN 'penalty' WHEN max(kind = 'none' AND final) THEN 'none' END AS outcome
  FROM dispositions
  WHERE kind <> 'recheck'
  GROUP BY visit, finding),
finding AS MATERIALIZED (
  SELECT f.ix, f.visit, f.campaign, f.area, f.sector, f.team, f.authority, f.subject, f.punishable, substr(f.found, 1, 10) AS date,
         coalesce(d.ordered, 0) AS ordered, coalesce(d.cased, 0) AS cased, d.outcome, coalesce(d.papers, 0) AS papers,
         CASE WHEN d.failed IS NULL THEN coalesce(f.fixed, d.verified) WHEN d.verified > d.failed THEN d.verified END AS closed
  FROM findings f LEFT JOIN disposed d ON d.visit = f.visit AND d.finding = f.finding)
SELECT f.ix, 'finding' AS thing, f.date, f.campaign, f.area AS county, f.sector, f.team, f.authority,
       (SELECT s.name FROM subjects s WHERE s.id = f.subject) AS name, f.punishable, f.ordered, f.cased,
       f.outcome, f.closed, 1 AS found, f.papers
FROM finding f
UNION ALL
SELECT v.ix, 'visit', substr(coalesce(v.arrived, v.started), 1, 10), v.campaign, v.area, v.sector, v.team, v.authority,
       (SELECT s.name FROM subjects s WHERE s.id = v.subject),
       coalesce(f.punishable, 0), 0, 0, f.outcome, v.closed, coalesce(f.n, 0), coalesce(f.papers, 0)
FROM visits v
LEFT JOIN (SELECT visit, count(*) AS n, sum(punishable) AS punishable, max(outcome) AS outcome, sum(papers) AS papers
           FROM finding GROUP BY visit) f ON f.visit = v.id
WHERE v.closed IS NOT NULL AND v.counted

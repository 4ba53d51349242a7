/*
report = "L11"
title = {zh = "执法一致性", en = "Consistency of enforcement"}
question = {zh = "同样的违法，处罚一样吗？", en = "Is the same punished alike?"}
rules = ["R09", "N11"]
roles = ["supervision-office", "discipline-commission"]
date = {zh = "发现日期", en = "found"}
rows = ["team", "county", "authority", "ownership", "size", "category", "violation", "each"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"},
  {name = "ownership", zh = "所有制", en = "ownership", codes = "ownership"},
  {name = "size", zh = "规模", en = "size", codes = "subject-size"},
  {name = "category", zh = "类别", en = "category"},
  {name = "violation", zh = "违法行为", en = "violation", codes = "violation"}]
columns = [
  {name = "punishable", zh = "应处罚", en = "punishable", kind = "count"},
  {name = "penalised", zh = "已处罚", en = "punished", kind = "count", where = "penalised"},
  {name = "rate", zh = "处罚率", en = "penalty rate", kind = "share", of = ["penalised", "punishable"], interval = true},
  {name = "median_fine", zh = "罚款中位数", en = "median fine", kind = "median", of = "fine", where = "fine > 0", unit = "fen"}]
detail = [
  {name = "date", zh = "发现", en = "found", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "category", zh = "类别", en = "category", kind = "text"},
  {name = "penalised", zh = "已处罚", en = "punished", kind = "flag"},
  {name = "fine", zh = "罚款", en = "fine", kind = "money"}]
notes = [{zh = "比率附 95% 置信区间，供提示，不作排名。罚款为涉及该隐患的最高一项。", en = "Rates have their 95 % interval: a hint, no league table. The fine is the highest of those that name the finding."}]
*/
SELECT f.ix, substr(f.found, 1, 10) AS date, f.campaign, f.area AS county, f.sector, f.team, f.authority, f.subject, f.category, f.violation,
       s.ownership, s.size, coalesce(d.penalised, 0) AS penalised, d.fine
FROM findings f
LEFT JOIN subjects s ON s.id = f.subject
LEFT JOIN (SELECT d.visit, d.finding, 1 AS penalised, max(p.fine) AS fine
           FROM dispositions d JOIN penalties p ON p.matter = d.matter AND p.penalty = d.penalty
           WHERE p.kind <> 'none' AND p.final AND NOT p.annulled GROUP BY d.visit, d.finding) d ON d.visit = f.visit AND d.finding = f.finding
WHERE f.punishable

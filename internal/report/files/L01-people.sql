/*
report = "L1"
title = {zh = "人员：培训、承诺、抽调、组长", en = "People: training, discipline, secondment, leaders"}
question = {zh = "谁在组里、何时起止、有何欠缺？", en = "Who serves where, since when, and lacks what?"}
rules = ["R01", "R02", "R51", "R59", "R60", "R61"]
roles = ["supervision-office", "discipline-commission", "team-leader"]
rows = ["each", "unit", "team", "kind"]
order = "team, kind, name, ix"
dimensions = [
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "unit", zh = "单位", en = "home unit", kind = "id"},
  {name = "kind", zh = "身份", en = "kind", every = ["leader", "member", "seconded", "observer", "official"]}]
columns = [
  {name = "people", zh = "人员", en = "people", kind = "distinct", of = "person"},
  {name = "untrained", zh = "未培训", en = "not trained", kind = "distinct", of = "person", where = "trained IS NULL"},
  {name = "unacknowledged", zh = "未承诺", en = "rules not acknowledged", kind = "distinct", of = "person", where = "acknowledged IS NULL"},
  {name = "uncertified", zh = "组员无有效证件", en = "in a team without valid certificate", kind = "distinct", of = "person", where = "kind IN ('leader', 'member', 'seconded') AND (certificate IS NULL OR certificate_until < substr(:now, 1, 10))"},
  {name = "seconded", zh = "抽调", en = "seconded", kind = "distinct", of = "person", where = "kind = 'seconded'"},
  {name = "conflicts", zh = "回避申报", en = "conflicts declared", kind = "distinct", of = "person", where = "conflicts > 0"},
  {name = "open_matters", zh = "组长未了事项", en = "open matters of leaders", kind = "sum", of = "open_matters"}]
detail = [
  {name = "name", zh = "姓名", en = "name", kind = "text", person = true},
  {name = "kind", zh = "身份", en = "kind", kind = "text"},
  {name = "team", zh = "督查组", en = "team", kind = "id"},
  {name = "unit", zh = "单位", en = "home unit", kind = "id"},
  {name = "post", zh = "职务", en = "post", kind = "text"},
  {name = "start", zh = "起", en = "from", kind = "date"},
  {name = "finish", zh = "止", en = "to", kind = "date"},
  {name = "trained", zh = "培训", en = "trained", kind = "date"},
  {name = "acknowledged", zh = "承诺", en = "acknowledged", kind = "date"},
  {name = "certificate_until", zh = "证件有效期", en = "certificate until", kind = "date"},
  {name = "conflicts", zh = "回避申报", en = "conflicts declared", kind = "number"},
  {name = "open_matters", zh = "未了事项", en = "open matters", kind = "number"}]
*/
SELECT coalesce(a.ix, p.ix) AS ix, p.id AS person, p.name, coalesce(a.unit, p.unit) AS unit, p.trained, p.acknowledged, p.certificate, p.certificate_until,
       a.kind, a.in_team AS team, a.post, a.start, a.finish, coalesce(c.n, 0) AS conflicts,
       CASE WHEN a.kind = 'leader' AND a.finish IS NULL THEN coalesce(v.n, 0) ELSE 0 END AS open_matters
FROM people p
LEFT JOIN appointments a ON a.person = p.id
LEFT JOIN (SELECT stream, count(*) AS n FROM entries WHERE kind = 'person' AND type = 'conflict-declared' GROUP BY stream) c ON c.stream = p.id
LEFT JOIN (SELECT team, count(*) AS n FROM visits WHERE counted AND closed IS NULL GROUP BY team) v ON v.team = a.in_team

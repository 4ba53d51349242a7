/*
report = "L2"
title = {zh = "督查组与分工", en = "Teams and their scope"}
question = {zh = "哪个组查哪个领域、哪些县区？", en = "Which team inspects which sector and where?"}
rules = ["R17"]
roles = ["supervision-office", "discipline-commission", "team-leader"]
rows = ["team, sector", "sector", "team", "each"]
order = "name, sector"
dimensions = [
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "sector", zh = "行业领域", en = "sector"}]
columns = [
  {name = "teams", zh = "组数", en = "teams", kind = "distinct", of = "team"},
  {name = "visits", zh = "检查", en = "visits in scope", kind = "sum", of = "visits"},
  {name = "unvisited", zh = "尚无检查的分工", en = "parts of a scope without visit", kind = "count", where = "visits = 0"}]
detail = [
  {name = "name", zh = "名称", en = "name", kind = "text"},
  {name = "kind", zh = "类别", en = "kind", kind = "text", codes = "team-kind"},
  {name = "sector", zh = "行业领域", en = "sector", kind = "text"},
  {name = "areas", zh = "县区", en = "counties", kind = "text"},
  {name = "leader", zh = "组长", en = "leader", kind = "id", person = true},
  {name = "members", zh = "组员数", en = "members", kind = "number"},
  {name = "active", zh = "启用", en = "active", kind = "flag"},
  {name = "visits", zh = "检查", en = "visits", kind = "number"}]
*/
-- 未写明领域、县区的，为全部 / a scope that names no sector or county has all
SELECT t.ix, t.id AS team, t.name, t.kind, k.code AS sector, trim(t.scope_areas) AS areas, t.leader, t.members, t.active, coalesce(v.n, 0) AS visits
FROM teams t
JOIN sectors k ON t.scope_sectors IS NULL OR instr(t.scope_sectors, ' ' || k.code || ' ') > 0
LEFT JOIN (SELECT team, sector, count(*) AS n FROM visits WHERE counted AND (:campaign IS NULL OR campaign = :campaign) GROUP BY team, sector) v
  ON v.team = t.id AND v.sector = k.code

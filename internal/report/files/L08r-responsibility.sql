/*
report = "L8"
part = "r"
title = {zh = "责任单位与专委会", en = "Who answers for which sector"}
question = {zh = "哪个单位管哪个行业领域？", en = "Which unit answers for which sector?"}
rules = ["R75", "R76"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
rows = ["sector, unit", "sector", "unit", "each"]
order = "sector, kind, name"
dimensions = [
  {name = "sector", zh = "行业领域", en = "sector", every = "sectors"},
  {name = "unit", zh = "单位", en = "unit", kind = "id"}]
columns = [
  {name = "units", zh = "分管单位", en = "units in charge", kind = "count", where = "kind = 'unit'"},
  {name = "enforcing", zh = "其中执法单位", en = "of these enforcing", kind = "count", where = "kind = 'unit' AND enforces IS NOT NULL"},
  {name = "committees", zh = "专委会", en = "committees", kind = "count", where = "kind = 'committee'"}]
detail = [
  {name = "sector", zh = "行业领域", en = "sector", kind = "text"},
  {name = "name", zh = "名称", en = "name", kind = "text"},
  {name = "kind", zh = "类别", en = "kind", kind = "text"},
  {name = "area_code", zh = "县区", en = "county", kind = "text"},
  {name = "enforces", zh = "执法主体类别", en = "enforces", kind = "text", codes = "enforcement"},
  {name = "lead", zh = "牵头单位", en = "lead", kind = "id"}]
*/
SELECT u.ix, u.id AS unit, u.name, u.kind, u.county AS area_code, k.code AS sector, u.enforces, u.lead
FROM units u JOIN sectors k ON instr(u.in_charge, ' ' || k.code || ' ') > 0

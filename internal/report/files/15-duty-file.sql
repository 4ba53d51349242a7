/*
report = "15"
title = {zh = "履职档案", en = "Duty file"}
question = {zh = "此人做了什么？", en = "What did this official or inspector do?"}
rules = ["R65", "R66"]
roles = ["supervision-office", "discipline-commission", "county-government", "department", "committee"]
date = {zh = "履职日期；记录：发生日期", en = "of duties, when done; of entries, occurrence"}
rows = ["person", "unit", "item", "each"]
order = "person, date, ix"
dimensions = [
  {name = "person", zh = "人员", en = "person", kind = "id"},
  {name = "unit", zh = "单位", en = "unit", kind = "id"},
  {name = "item", zh = "事项", en = "duty item or entry"}]
columns = [
  {name = "performed", zh = "已履职", en = "duties performed", kind = "count", where = "thing = 'duty'"},
  {name = "with_evidence", zh = "有佐证", en = "with evidence", kind = "count", where = "thing = 'duty' AND evidence > 0"},
  {name = "share", zh = "佐证率", en = "share with evidence", kind = "share", of = ["with_evidence", "performed"]},
  {name = "items", zh = "涉及清单事项", en = "items of the list", kind = "distinct", of = "item", where = "thing = 'duty'"},
  {name = "authored", zh = "所写记录", en = "entries as author", kind = "count", where = "thing = 'entry'"}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "person", zh = "人员", en = "person", kind = "id", person = true},
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "version", zh = "清单版本", en = "list version", kind = "entry"},
  {name = "item", zh = "事项", en = "item", kind = "text"},
  {name = "evidence", zh = "佐证", en = "evidence", kind = "number"}]
[parameters]
person = {type = "id", zh = "人员", en = "person; if none is named, all duties and no entries"}
*/
SELECT d.ix, 'duty' AS thing, d.performed AS date, d.person, d.unit, d.list_version AS version, d.item, d.evidence
FROM duty_items d WHERE :person IS NULL OR d.person = :person
UNION ALL
SELECT e.ix, 'entry', substr(e.occurred, 1, 10), e.person, NULL, NULL, e.type, e.evidence FROM entries e WHERE :person IS NOT NULL AND e.person = :person

/*
report = "15"
title = {zh = "履职档案", en = "Duty file"}
question = {zh = "此人做了什么，清单上哪些没有做？", en = "What did this official or inspector do, and what of the list not?"}
rules = ["R65", "R66"]
roles = ["supervision-office", "discipline-commission", "county-government", "department", "committee"]
date = {zh = "履职日期；记录：发生日期；清单事项：所问期间", en = "of duties, when done; of entries, occurrence; of items of the list, the period that is asked for"}
rows = ["person", "unit", "item", "each"]
order = "person, thing, date, ix"
dimensions = [
  {name = "person", zh = "人员", en = "person", kind = "id"},
  {name = "unit", zh = "单位", en = "unit", kind = "id"},
  {name = "item", zh = "事项", en = "duty item or entry"}]
columns = [
  {name = "performed", zh = "已履职", en = "duties performed", kind = "count", where = "thing = 'duty'"},
  {name = "with_evidence", zh = "有佐证", en = "with evidence", kind = "count", where = "thing = 'duty' AND evidence > 0"},
  {name = "share", zh = "佐证率", en = "share with evidence", kind = "share", of = ["with_evidence", "performed"]},
  {name = "owed", zh = "清单应履职", en = "items of the list to be done", kind = "count", where = "thing = 'listed'"},
  {name = "missing", zh = "清单未履职", en = "items of the list not done", kind = "count", where = "thing = 'listed' AND NOT done"},
  {name = "done_share", zh = "清单履职率", en = "share of the list done", kind = "share", of = ["done", "owed"]},
  {name = "done", zh = "清单已履职", en = "items of the list done", kind = "count", where = "thing = 'listed' AND done"},
  {name = "items", zh = "涉及清单事项", en = "items of the list", kind = "distinct", of = "item", where = "thing = 'duty'"},
  {name = "authored", zh = "所写记录", en = "entries as author", kind = "count", where = "thing = 'entry'"}]
detail = [
  {name = "day", zh = "日期", en = "date", kind = "date"},
  {name = "person", zh = "人员", en = "person", kind = "id", person = true},
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "version", zh = "清单版本", en = "list version", kind = "entry"},
  {name = "item", zh = "事项", en = "item", kind = "text"},
  {name = "text", zh = "事项内容", en = "what is to be done", kind = "text"},
  {name = "done", zh = "已履职", en = "done", kind = "flag"},
  {name = "evidence", zh = "佐证", en = "evidence", kind = "number"}]
notes = [{zh = "清单应履职：现行清单的事项，单位的每项一条，岗位的对期间内在该岗位的每名官员各一条。期间内有履职记录即为已履职，期间未给出时看全部记录。", en = "Items to be done are those of the lists in force: of a unit once, of a post once for each official who held it in the period. One record in the period makes an item done; without a period any record does."}]
[parameters]
person = {type = "id", zh = "人员", en = "person; if none is named, all duties and no entries"}
*/
WITH performed AS MATERIALIZED (SELECT ix, unit, person, item, performed, list_version, evidence FROM duty_items)
SELECT d.ix, 'duty' AS thing, d.performed AS date, d.performed AS day, d.person, d.unit, d.list_version AS version, d.item, NULL AS text, NULL AS done,
       d.evidence
FROM performed d WHERE :person IS NULL OR d.person = :person
UNION ALL
SELECT l.ix, 'listed', coalesce(:from, day_of(days(:to) - 1), substr(:now, 1, 10)), NULL, a.person, l.unit, NULL, l.item, l.text,
       EXISTS (SELECT 1 FROM performed d WHERE d.unit = l.unit AND d.item = l.item AND (a.person IS NULL OR d.person = a.person)
                 AND (:from IS NULL OR d.performed >= :from) AND (:to IS NULL OR d.performed < :to)), NULL
FROM listed_duties l
LEFT JOIN appointments a ON l.post IS NOT NULL AND a.unit = l.unit AND a.kind = 'official' AND a.post = l.post
  AND (a.start IS NULL OR :to IS NULL OR a.start < :to) AND (a.finish IS NULL OR a.finish >= coalesce(:from, substr(:now, 1, 10)))
WHERE (:person IS NULL OR a.person = :person)
  AND ((SELECT unit FROM reach) IS NULL OR l.unit = (SELECT unit FROM reach))
UNION ALL
SELECT e.ix, 'entry', substr(e.occurred, 1, 10), substr(e.occurred, 1, 10), e.person, NULL, NULL, e.type, NULL, NULL, e.evidence
FROM entries e WHERE :person IS NOT NULL AND e.person = :person

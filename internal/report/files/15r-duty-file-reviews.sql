/*
report = "15"
part = "r"
title = {zh = "履职档案：被提及与责任审查", en = "Duty file: named in entries, reviews"}
question = {zh = "何处被提及，有何审查？", en = "Where is the person named, which reviews?"}
rules = ["R65", "R66"]
roles = ["supervision-office", "discipline-commission"]
date = {zh = "记录、启动、审阅日期", en = "of the entry, of opening, of reviewing"}
rows = ["person", "each"]
order = "person, date, ix"
dimensions = [
  {name = "person", zh = "人员", en = "person", kind = "id"}]
columns = [
  {name = "named", zh = "被提及", en = "entries that name the person", kind = "count", where = "thing = 'mention'"},
  {name = "file_reviews", zh = "档案审阅", en = "reviews of the file", kind = "count", where = "thing = 'file-review'"},
  {name = "reviews", zh = "责任倒查", en = "accountability reviews", kind = "count", where = "thing = 'review'"},
  {name = "undecided", zh = "未决定", en = "undecided", kind = "count", where = "thing = 'review' AND decided IS NULL"},
  {name = "faults", zh = "失职", en = "duty neglected", kind = "count", where = "thing = 'review' AND fault"}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "person", zh = "人员", en = "person", kind = "id", person = true},
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "item", zh = "事项", en = "part, cause or missing items", kind = "text"},
  {name = "decided", zh = "决定", en = "decided", kind = "date"},
  {name = "fault", zh = "失职", en = "duty neglected", kind = "flag"}]
[parameters]
person = {type = "id", zh = "人员", en = "person; if none is named, all"}
*/
SELECT m.ix, 'mention' AS thing, substr(m.date, 1, 10) AS date, m.person, m.part AS item, NULL AS decided, NULL AS fault
FROM mentions m WHERE :person IS NULL OR m.person = :person
UNION ALL
SELECT r.ix, 'file-review', substr(r.reviewed, 1, 10), r.person, trim(r.missing), NULL, NULL
FROM duty_reviews r WHERE r.person IS NOT NULL AND (:person IS NULL OR r.person = :person)
UNION ALL
SELECT r.ix, 'review', substr(r.opened, 1, 10), r.person, r.cause, r.decided, r.fault
FROM reviews r WHERE r.person IS NOT NULL AND (NOT r.lapsed OR r.decided IS NOT NULL) AND (:person IS NULL OR r.person = :person)

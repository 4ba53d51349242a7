/*
report = "14"
part = "p"
title = {zh = "检查对象倒查：本单位", en = "Trace-back of the own unit"}
question = {zh = "谁、何时、查了什么？", en = "Who checked what, when?"}
rules = ["R16", "R44"]
roles = ["inspected-party"]
date = {zh = "发生日期", en = "occurrence"}
rows = ["each", "team", "person", "type"]
order = "occurred, ix"
dimensions = [
  {name = "team", zh = "督查组", en = "team", kind = "id"},
  {name = "person", zh = "人员", en = "person", kind = "id"},
  {name = "type", zh = "事项", en = "entry"}]
columns = [
  {name = "entries", zh = "记录数", en = "entries", kind = "count"},
  {name = "visits", zh = "检查", en = "visits", kind = "distinct", of = "visit"},
  {name = "evidence", zh = "带证据的记录", en = "entries with evidence", kind = "count", where = "evidence > 0"},
  {name = "files", zh = "证据数", en = "files", kind = "sum", of = "evidence"},
  {name = "late", zh = "补录", en = "recorded a day or more later", kind = "count", where = "days(recorded) - days(occurred) >= 1"}]
detail = [
  {name = "occurred", zh = "发生", en = "occurred", kind = "date"},
  {name = "recorded", zh = "入账", en = "recorded", kind = "date"},
  {name = "type", zh = "事项", en = "entry", kind = "text"},
  {name = "visit", zh = "检查", en = "visit", kind = "id"},
  {name = "team", zh = "督查组", en = "team", kind = "id"},
  {name = "person", zh = "人员", en = "person", kind = "id", person = true},
  {name = "role", zh = "角色", en = "role", kind = "text"},
  {name = "evidence", zh = "证据", en = "evidence", kind = "number"}]
*/
SELECT e.ix, substr(e.occurred, 1, 10) AS date, e.campaign, e.area AS county, e.occurred, e.recorded, e.type,
       CASE WHEN e.kind = 'inspection' THEN e.stream END AS visit, e.team, e.person, e.role, e.evidence
FROM entries e

/*
report = "14"
title = {zh = "检查对象倒查", en = "Trace-back of one subject"}
question = {zh = "谁、何时、查了什么、当时知道什么？", en = "Who checked what, knew what, when?"}
rules = ["R16", "R44"]
roles = ["supervision-office", "discipline-commission", "team-leader"]
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
  {name = "evidence", zh = "证据", en = "evidence", kind = "number"},
  {name = "briefed_ix", zh = "所见位置", en = "position seen", kind = "number"},
  {name = "open_then", zh = "当时未整改隐患", en = "findings open then", kind = "number"}]
[parameters]
subject = {type = "id", zh = "检查对象", en = "subject; if none is named, that of the latest finding"}
*/
-- 所见位置 = 行前查阅的账本条数：序号小于它的条目当时可见 / the size of the ledger they had read: what has a smaller index was seen
SELECT e.ix, substr(e.occurred, 1, 10) AS date, e.campaign, e.area AS county, e.occurred, e.recorded, e.type,
       CASE WHEN e.kind = 'inspection' THEN e.stream END AS visit, e.team, e.person, e.role, e.evidence,
       CASE WHEN e.type = 'pre-inspection-briefed' THEN v.briefed_ix END AS briefed_ix,
       CASE WHEN e.type = 'pre-inspection-briefed' AND v.briefed_ix IS NOT NULL THEN
         (SELECT count(*) FROM findings_history f WHERE f.subject = e.subject AND f.since_ix < v.briefed_ix AND f.until_ix >= v.briefed_ix AND f.fixed IS NULL
            AND NOT EXISTS (SELECT 1 FROM dispositions_history d WHERE d.visit = f.visit AND d.finding = f.finding AND d.verified IS NOT NULL
                              AND d.since_ix < v.briefed_ix AND d.until_ix >= v.briefed_ix)) END AS open_then
FROM entries e LEFT JOIN visits v ON e.kind = 'inspection' AND v.id = e.stream
WHERE e.subject = coalesce(:subject, (SELECT subject FROM entries WHERE type = 'finding-recorded' ORDER BY ix DESC LIMIT 1))

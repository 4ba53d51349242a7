/*
report = "8"
title = {zh = "告示、记录、拒签", en = "Notices, records, refusals"}
question = {zh = "哪些检查缺少告示或记录？", en = "Which visits lack them?"}
rules = ["R42", "R72"]
law = {zh = "安全生产法第68条", en = "Work Safety Law Art. 68"}
roles = ["supervision-office", "discipline-commission", "team-leader"]
date = {zh = "到达日期", en = "arrival"}
rows = ["team", "county", "authority", "each"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "authority", zh = "执法部门", en = "enforcing department", kind = "id"}]
columns = [
  {name = "visits", zh = "检查", en = "visits", kind = "count"},
  {name = "no_notice", zh = "未张贴告示", en = "no notice", kind = "count", where = "notice IS NULL AND notice_due"},
  {name = "no_photo", zh = "告示照片未到", en = "photo bytes missing", kind = "count", where = "photo_missing"},
  {name = "no_record", zh = "无现场记录", en = "no record", kind = "count", where = "recorded IS NULL"},
  {name = "refused", zh = "拒签", en = "signature refused", kind = "count", where = "refused"},
  {name = "unwitnessed", zh = "拒签无见证", en = "refused without witness", kind = "count", where = "refused AND witness IS NULL"},
  {name = "hours", zh = "成文时数中位数", en = "median hours to the record", kind = "median", of = "hours", unit = "hours"}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "name", zh = "检查对象", en = "subject", kind = "text"},
  {name = "notice", zh = "告示", en = "notice", kind = "text"},
  {name = "photo_missing", zh = "照片未到", en = "photo missing", kind = "flag"},
  {name = "recorded", zh = "记录", en = "record", kind = "date"},
  {name = "refused", zh = "拒签", en = "refused", kind = "flag"},
  {name = "witness", zh = "见证人", en = "witness", kind = "text", person = true},
  {name = "hours", zh = "时数", en = "hours", kind = "number"}]
notes = [{zh = "不含导入的检查：其来源不说明告示与记录。", en = "Without imported visits, whose sources say nothing of notices and records."}]
*/
SELECT v.ix, substr(v.arrived, 1, 10) AS date, v.campaign, v.area AS county, v.sector, v.team, v.authority, s.name, v.notice,
       coalesce(s.kind, '') NOT IN ('road-section', 'government') AS notice_due, v.recorded, v.refused, v.witness,
       v.notice_photo IS NOT NULL AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.stream = v.notice_photo AND e.type = 'evidence-received') AS photo_missing,
       round((minutes(v.recorded) - minutes(v.arrived)) / 60.0, 1) AS hours
FROM visits v LEFT JOIN subjects s ON s.id = v.subject
WHERE v.counted AND NOT v.imported

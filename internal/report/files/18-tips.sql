/*
report = "18"
title = {zh = "群众举报", en = "Tips from the public"}
question = {zh = "哪些没有结果？", en = "Which have no outcome?"}
rules = ["R73"]
roles = ["supervision-office", "discipline-commission"]
date = {zh = "收到日期", en = "receipt"}
rows = ["each", "channel", "violation", "result"]
order = "days_waiting DESC, date, ix"
dimensions = [
  {name = "channel", zh = "渠道", en = "channel", codes = "tip-channel"},
  {name = "violation", zh = "违法行为", en = "violation"},
  {name = "result", zh = "核查结果", en = "result", codes = "tip-result"}]
columns = [
  {name = "received", zh = "收到", en = "received", kind = "count"},
  {name = "accepted", zh = "受理", en = "accepted", kind = "count", where = "accepted IS NOT NULL"},
  {name = "investigated", zh = "核查", en = "investigated", kind = "count", where = "investigated IS NOT NULL"},
  {name = "answered", zh = "答复", en = "answered", kind = "count", where = "answered IS NOT NULL"},
  {name = "transferred", zh = "移送", en = "transferred", kind = "count", where = "transferred IS NOT NULL"},
  {name = "without_outcome", zh = "无结果", en = "without outcome", kind = "count", where = "NOT done"},
  {name = "median_days", zh = "答复天数中位数", en = "median days until answered", kind = "median", of = "days_taken", unit = "days"}]
detail = [
  {name = "date", zh = "收到", en = "received", kind = "date"},
  {name = "channel", zh = "渠道", en = "channel", kind = "text", codes = "tip-channel"},
  {name = "violation", zh = "违法行为", en = "violation", kind = "text"},
  {name = "accepted", zh = "受理", en = "accepted", kind = "date"},
  {name = "investigated", zh = "核查", en = "investigated", kind = "date"},
  {name = "result", zh = "结果", en = "result", kind = "text", codes = "tip-result"},
  {name = "answered", zh = "答复", en = "answered", kind = "date"},
  {name = "transferred", zh = "移送", en = "transferred", kind = "date"},
  {name = "days_waiting", zh = "未了天数", en = "days without outcome", kind = "number"}]
*/
-- Who sent a tip is sealed, and in no register.
SELECT *, answered IS NOT NULL OR transferred IS NOT NULL AS done, days(answered) - days(date) AS days_taken,
       CASE WHEN answered IS NULL AND transferred IS NULL THEN days(:now) - days(date) ELSE 0 END AS days_waiting
FROM (SELECT t.ix, substr(t.received, 1, 10) AS date, t.campaign, t.area AS county, t.channel, t.violation, t.accepted, t.investigated, t.result, t.answered,
             (SELECT min(h.sent) FROM transfers h WHERE h.tip = t.id) AS transferred
      FROM tips t)

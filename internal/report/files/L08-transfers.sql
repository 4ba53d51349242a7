/*
report = "L8"
title = {zh = "移送事项", en = "Hand-overs outstanding"}
question = {zh = "移送的事项办了吗？", en = "Which hand-overs are outstanding?"}
rules = ["R75", "R76", "R77"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "移送日期", en = "sending"}
rows = ["receiver", "sender", "matter", "each"]
order = "answered IS NOT NULL, due, ix"
dimensions = [
  {name = "receiver", zh = "接收单位", en = "receiver"},
  {name = "sender", zh = "移送单位", en = "sender"},
  {name = "matter", zh = "事项", en = "matter", codes = "transfer-matter"}]
columns = [
  {name = "sent", zh = "移送", en = "sent", kind = "count"},
  {name = "accepted", zh = "已接收", en = "accepted", kind = "count", where = "accepted IS NOT NULL"},
  {name = "answered", zh = "已答复", en = "answered", kind = "count", where = "answered IS NOT NULL"},
  {name = "returned", zh = "已退回", en = "returned", kind = "count", where = "outcome = 'returned'"},
  {name = "outstanding", zh = "未答复", en = "outstanding", kind = "count", where = "answered IS NULL"},
  {name = "overdue", zh = "逾期", en = "overdue", kind = "count", where = "answered IS NULL AND due < substr(:now, 1, 10)"},
  {name = "days", zh = "办理天数中位数", en = "median days to the answer", kind = "median", of = "days", unit = "days"}]
detail = [
  {name = "date", zh = "日期", en = "sent", kind = "date"},
  {name = "sender", zh = "移送", en = "from", kind = "text"},
  {name = "receiver", zh = "接收", en = "to", kind = "text"},
  {name = "matter", zh = "事项", en = "matter", kind = "text", codes = "transfer-matter"},
  {name = "ground", zh = "事由", en = "ground", kind = "text", codes = "transfer-ground"},
  {name = "due", zh = "期限", en = "due", kind = "date"},
  {name = "accepted", zh = "接收", en = "accepted", kind = "date"},
  {name = "answered", zh = "答复", en = "answered", kind = "date"}]
*/
SELECT t.ix, substr(t.sent, 1, 10) AS date, t.campaign, t.area AS county, t.team, t.sender, t.receiver, t.matter, t.ground, t.due, t.accepted,
       t.answered, t.outcome, days(t.answered) - days(t.sent) AS days
FROM transfers t

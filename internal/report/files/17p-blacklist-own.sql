/*
report = "17"
part = "p"
title = {zh = "“黑名单”：本单位", en = "Blacklist: the own unit"}
question = {zh = "本单位是否在名单上，为什么，到何时？", en = "Is the own unit on it, why, till when?"}
rules = ["R58"]
law = {zh = "安全生产法第78条；安全生产严重失信主体名单管理办法", en = "Work Safety Law Art. 78; rules on the list of gravely untrustworthy firms"}
roles = ["inspected-party"]
date = {zh = "提出日期", en = "proposal"}
rows = ["each", "cause", "county", "state"]
order = "state, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "cause", zh = "事由", en = "trigger", codes = "blacklist-trigger"},
  {name = "state", zh = "状态", en = "state", every = ["proposed", "refused", "on-list", "off-list"]}]
columns = [
  {name = "proposed", zh = "提出", en = "proposed", kind = "count"},
  {name = "objected", zh = "有异议", en = "objected", kind = "count", where = "objected IS NOT NULL"},
  {name = "on_list", zh = "在列", en = "on the list", kind = "count", where = "state = 'on-list'"},
  {name = "pending", zh = "待决定", en = "pending", kind = "count", where = "state = 'proposed'"},
  {name = "policy", zh = "在列中政策名单", en = "of these on the policy list", kind = "count", where = "state = 'on-list' AND list = 'policy'"}]
detail = [
  {name = "date", zh = "提出", en = "proposed", kind = "date"},
  {name = "cause", zh = "事由", en = "trigger", kind = "text", codes = "blacklist-trigger"},
  {name = "evidence", zh = "依据事件", en = "evidence", kind = "id"},
  {name = "notified", zh = "告知", en = "notified", kind = "date"},
  {name = "objected", zh = "异议", en = "objected", kind = "date"},
  {name = "entered", zh = "列入", en = "entered", kind = "date"},
  {name = "until", zh = "期限", en = "until", kind = "date"},
  {name = "list", zh = "名单", en = "legal or policy", kind = "text", codes = "blacklist-list"},
  {name = "removed", zh = "移出", en = "removed", kind = "date"},
  {name = "state", zh = "状态", en = "state", kind = "text"}]
[parameters]
on = {type = "date", default = "today", zh = "该日在列", en = "on the list on this day"}
*/
SELECT b.ix, substr(b.proposed, 1, 10) AS date, b.area AS county, b.cause, b.evidence, b.notified, b.objected, b.entered, b.until, b.removed, b.list,
       CASE WHEN substr(b.removed, 1, 10) <= :on OR b.until < :on THEN 'off-list' WHEN b.entered <= :on THEN 'on-list'
            WHEN b.refused IS NOT NULL THEN 'refused' ELSE 'proposed' END AS state
FROM blacklist b
WHERE NOT b.lapsed OR b.entered IS NOT NULL

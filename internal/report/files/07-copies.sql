/*
report = "7"
title = {zh = "四份文书送达", en = "Delivery of the four copies"}
question = {zh = "四份是否都送到？", en = "Has each recipient its copy?"}
rules = ["R43"]
roles = ["supervision-office", "discipline-commission", "county-government", "department", "committee", "team-leader"]
date = {zh = "记录日期", en = "record"}
rows = ["recipient", "county, recipient", "team", "each"]
order = "date, ix, recipient, due"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "recipient", zh = "接收方", en = "recipient"}]
columns = [
  {name = "owed", zh = "应送", en = "owed", kind = "count"},
  {name = "delivered", zh = "已送", en = "delivered", kind = "count", where = "delivered IS NOT NULL", entry = "copy_ix"},
  {name = "receipts", zh = "回执", en = "receipts", kind = "count", where = "receipt IS NOT NULL", entry = "copy_ix"},
  {name = "late", zh = "逾期", en = "late", kind = "count", where = "coalesce(delivered, :now) > due"},
  {name = "other_text", zh = "内容不一致", en = "other hash than the record", kind = "count", where = "delivered IS NOT NULL AND NOT same", entry = "copy_ix"},
  {name = "rate", zh = "送达率", en = "share delivered", kind = "share", of = ["delivered", "owed"]},
  {name = "days", zh = "送达天数中位数", en = "median days", kind = "median", of = "days", entry = "copy_ix", unit = "days"}]
detail = [
  {name = "date", zh = "记录", en = "record", kind = "date"},
  {name = "number", zh = "记录编号", en = "record no.", kind = "text"},
  {name = "recipient", zh = "接收方", en = "recipient", kind = "text"},
  {name = "due", zh = "期限", en = "due", kind = "date"},
  {name = "delivered", zh = "送达", en = "delivered", kind = "date", entry = "copy_ix"},
  {name = "receipt", zh = "回执", en = "receipt", kind = "date", entry = "copy_ix"},
  {name = "same", zh = "内容一致", en = "same hash", kind = "flag"},
  {name = "days", zh = "天数", en = "days", kind = "number"}]
notes = [{zh = "应送的接收方按检查方案；期限含方案规定的日数。", en = "Who is to get a copy, and until when, follows the plan."}]
*/
SELECT ix, substr(issued, 1, 10) AS date, campaign, area AS county, sector, team, record_no AS number, recipient, due, copy_ix, delivered, receipt,
       same, days(delivered) - days(issued) AS days
FROM recipients

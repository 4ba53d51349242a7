/*
report = "L6"
title = {zh = "服务企业", en = "Services"}
question = {zh = "帮扶了谁、帮了什么？", en = "Who was helped, and with what?"}
rules = ["R45"]
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "服务日期", en = "when it was given"}
rows = ["team", "county", "topic", "each"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "team", zh = "督查组", en = "team", every = "teams"},
  {name = "topic", zh = "主题", en = "topic"}]
columns = [
  {name = "services", zh = "服务", en = "services", kind = "count"},
  {name = "subjects", zh = "受益对象", en = "subjects", kind = "distinct", of = "subject"}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "topic", zh = "主题", en = "topic", kind = "text"}]
*/
SELECT v.ix, substr(v.date, 1, 10) AS date, v.campaign, v.area AS county, v.team, v.subject, v.topic FROM services v

/*
report = "13"
title = {zh = "事故结果与调查时限", en = "Accidents: result and time limits"}
question = {zh = "是否件件有结果？", en = "Has each its result?"}
rules = ["R10", "R11", "R41", "R68"]
law = {zh = "国务院令第493号第9、13、29、32条；安全生产法第86条", en = "State Council Order 493 Arts 9, 13, 29, 32; Work Safety Law Art. 86"}
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "发生日期", en = "occurrence"}
rows = ["each", "county", "grade", "sector"]
order = "result IS NOT NULL, date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"},
  {name = "grade", zh = "等级", en = "grade", codes = "accident-grade"}]
columns = [
  {name = "accidents", zh = "事故", en = "accidents", kind = "count"},
  {name = "late_reports", zh = "迟报", en = "reported late", kind = "count", where = "late_report"},
  {name = "running", zh = "调查中", en = "inquiry running", kind = "count", where = "opened IS NOT NULL AND inquiry IS NULL"},
  {name = "inquiry_over", zh = "调查超期", en = "inquiry overdue", kind = "count", where = "days_over > 0"},
  {name = "extended", zh = "已延期", en = "extended", kind = "count", where = "extended"},
  {name = "without_result", zh = "无结果", en = "without result", kind = "count", where = "result IS NULL"},
  {name = "without_evaluation", zh = "未评估", en = "not evaluated", kind = "count", where = "replied IS NOT NULL AND evaluated IS NULL"},
  {name = "penalties", zh = "处罚", en = "penalties", kind = "sum", of = "penalties"},
  {name = "fines", zh = "罚款", en = "fines", kind = "sum", of = "fines", unit = "fen"},
  {name = "fines_unknown", zh = "罚款数额不明", en = "fines of unknown amount", kind = "sum", of = "fines_unknown"}]
detail = [
  {name = "date", zh = "发生", en = "happened", kind = "date"},
  {name = "name", zh = "单位", en = "subject", kind = "text"},
  {name = "grade", zh = "等级", en = "grade", kind = "text", codes = "accident-grade"},
  {name = "deaths", zh = "死亡", en = "deaths", kind = "number"},
  {name = "injured", zh = "受伤", en = "injured", kind = "number"},
  {name = "loss", zh = "损失", en = "loss", kind = "money"},
  {name = "hours_to_report", zh = "报告用时", en = "hours to the report", kind = "number"},
  {name = "late_report", zh = "迟报", en = "reported late", kind = "flag"},
  {name = "opened", zh = "调查", en = "inquiry opened", kind = "date"},
  {name = "inquiry_due", zh = "期限", en = "due", kind = "date"},
  {name = "extended", zh = "延期", en = "extended", kind = "flag"},
  {name = "inquiry", zh = "调查报告", en = "report of the inquiry", kind = "date"},
  {name = "days_over", zh = "超期天数", en = "days over", kind = "number"},
  {name = "replied", zh = "批复", en = "reply", kind = "date"},
  {name = "result", zh = "结果", en = "result", kind = "date"},
  {name = "evaluated", zh = "评估", en = "evaluated", kind = "date"},
  {name = "penalties", zh = "处罚", en = "penalties", kind = "number"},
  {name = "fines", zh = "罚款", en = "fines", kind = "money"},
  {name = "fines_unknown", zh = "罚款数额不明", en = "fines of unknown amount", kind = "number"}]
*/
SELECT a.ix, substr(a.happened, 1, 10) AS date, a.area AS county, k.code AS sector, s.name, a.grade, a.deaths, a.injured, a.loss, a.opened,
       a.inquiry_due, a.inquiry, a.replied, a.result, a.evaluated, p.penalties, p.fines, p.fines_unknown,
       EXISTS (SELECT 1 FROM extensions x WHERE x.matter = a.id AND x.state = 'granted' AND x.obligation = 'investigation') AS extended,
       round((minutes(a.reported) - minutes(a.happened)) / 60.0, 1) AS hours_to_report,
       EXISTS (SELECT 1 FROM flags g WHERE g.matter = a.id AND g.code = 'accident-reported-late' AND g.state <> 'lapsed') AS late_report,
       max(0, days(coalesce(a.inquiry, :now)) - days(a.inquiry_due)) AS days_over
FROM (SELECT a.*, (SELECT max(o.due) FROM obligations o
                   WHERE o.matter = a.id AND o.kind = 'investigation' AND o.state NOT IN ('void', 'lapsed')) AS inquiry_due
      FROM accidents a) a
LEFT JOIN subjects s ON s.id = a.subject
LEFT JOIN sectors k ON k.bit = a.sectors & -a.sectors
LEFT JOIN (SELECT accident, count(*) AS penalties, sum(fine) AS fines, sum(kind = 'fine' AND fine IS NULL) AS fines_unknown
           FROM penalties
           WHERE accident IS NOT NULL AND kind <> 'none' AND final AND NOT annulled
           GROUP BY accident) p ON p.accident = a.id

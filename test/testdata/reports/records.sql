/*
report = "records"
title = {zh = "外来记录：每个对象每年的检查、隐患与处罚", en = "Records of others: visits, findings and penalties of each subject and year"}
roles = ["supervision-office"]
date = {zh = "检查、发现、决定日期", en = "visited, found, decided"}
rows = ["subject, year", "year", "subject"]
dimensions = [
  {name = "subject", zh = "检查对象", en = "subject", kind = "id"},
  {name = "year", zh = "年份", en = "year"}]
columns = [
  {name = "visits", zh = "检查", en = "visits", kind = "count", where = "thing = 'visit'"},
  {name = "findings", zh = "隐患", en = "findings", kind = "count", where = "thing = 'finding'"},
  {name = "penalties", zh = "处罚", en = "penalties", kind = "count", where = "thing = 'penalty'"},
  {name = "fines", zh = "罚款", en = "fines", kind = "sum", of = "fine", unit = "fen"},
  {name = "punished", zh = "受罚隐患", en = "findings that were punished", kind = "count", where = "punished"},
  {name = "punished_share", zh = "受罚率", en = "share punished", kind = "share", of = ["punished", "findings"]}]
detail = [
  {name = "date", zh = "日期", en = "date", kind = "date"},
  {name = "thing", zh = "类别", en = "what", kind = "text"},
  {name = "fine", zh = "罚款", en = "fine", kind = "money"}]
*/
SELECT *, substr(date, 1, 4) AS year
FROM (
  SELECT ix, subject, 'visit' AS thing, substr(started, 1, 10) AS date, NULL AS fine, 0 AS punished FROM visits WHERE started IS NOT NULL
  UNION ALL
  SELECT f.ix, f.subject, 'finding', substr(f.found, 1, 10), NULL,
         EXISTS (SELECT 1 FROM dispositions d WHERE d.visit = f.visit AND d.finding = f.finding AND d.kind = 'penalty')
  FROM findings f
  UNION ALL
  SELECT ix, subject, 'penalty', substr(decided, 1, 10), fine, 0 FROM penalties WHERE kind <> 'none' AND NOT annulled)

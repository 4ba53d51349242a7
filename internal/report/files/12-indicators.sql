/*
report = "12"
title = {zh = "四项指标", en = "The four indicators"}
question = {zh = "是否下降？", en = "Do they fall?"}
rules = ["R12", "R14", "R15"]
law = {zh = "国务院令第493号第3条；生产安全事故统计", en = "State Council Order 493 Art. 3; accident statistics"}
roles = ["supervision-office", "discipline-commission", "city-government", "county-government", "department", "committee"]
date = {zh = "发生日期；按统计年度时为该年的同月同日", en = "occurrence; by statistical year that year with the day of occurrence"}
base = true
rows = ["county, sector", "county", "sector", "each"]
order = "date, ix"
dimensions = [
  {name = "county", zh = "县区", en = "county", every = "areas"},
  {name = "sector", zh = "行业领域", en = "sector"}]
columns = [
  {name = "accidents", zh = "事故起数", en = "accidents", kind = "sum", of = "accidents", where = "thing = 'accident'"},
  {name = "accidents_base", zh = "事故起数（基期）", en = "accidents, base", kind = "sum", of = "accidents", where = "of_base", period = "base"},
  {name = "accidents_change", zh = "事故起数同比", en = "accidents, change", kind = "change", of = ["accidents", "accidents_base"]},
  {name = "deaths", zh = "死亡人数", en = "deaths", kind = "sum", of = "deaths", where = "thing = 'accident'"},
  {name = "deaths_base", zh = "死亡人数（基期）", en = "deaths, base", kind = "sum", of = "deaths", where = "of_base", period = "base"},
  {name = "deaths_change", zh = "死亡人数同比", en = "deaths, change", kind = "change", of = ["deaths", "deaths_base"]},
  {name = "injured", zh = "受伤人数", en = "injured", kind = "sum", of = "injured", where = "thing = 'accident'"},
  {name = "injured_base", zh = "受伤人数（基期）", en = "injured, base", kind = "sum", of = "injured", where = "of_base", period = "base"},
  {name = "injured_change", zh = "受伤人数同比", en = "injured, change", kind = "change", of = ["injured", "injured_base"]},
  {name = "loss", zh = "直接经济损失", en = "direct loss", kind = "sum", of = "loss", where = "thing = 'accident'", unit = "fen"},
  {name = "loss_base", zh = "直接经济损失（基期）", en = "direct loss, base", kind = "sum", of = "loss", where = "of_base", period = "base", unit = "fen"},
  {name = "loss_change", zh = "直接经济损失同比", en = "direct loss, change", kind = "change", of = ["loss", "loss_base"]},
  {name = "set", zh = "设定的基数（条）", en = "figures that were set as base", kind = "count", where = "thing = 'baseline'", period = "base"},
  {name = "unknown", zh = "损害未查明", en = "with harm not known", kind = "count", where = "thing = 'accident' AND (deaths IS NULL OR injured IS NULL OR loss IS NULL)"},
  {name = "larger", zh = "较大及以上事故", en = "larger or worse", kind = "count", where = "grade IN ('larger', 'major', 'especially-major')"},
  {name = "other_year", zh = "统计年份不同", en = "counted in another year", kind = "count", where = "statistical_year <> substr(happened, 1, 4) + 0"}]
detail = [
  {name = "thing", zh = "类别", en = "thing", kind = "text"},
  {name = "happened", zh = "发生", en = "happened", kind = "date"},
  {name = "statistical_year", zh = "统计年份", en = "statistical year", kind = "number"},
  {name = "grade", zh = "等级", en = "grade", kind = "text", codes = "accident-grade"},
  {name = "deaths", zh = "死亡", en = "deaths", kind = "number"},
  {name = "injured", zh = "受伤", en = "injured", kind = "number"},
  {name = "loss", zh = "损失", en = "loss", kind = "money"}]
notes = [
  {zh = "未查明的损害不计入合计，其事故数另列。", en = "What is not known is not in the sums; how many accidents do not state it stands beside."},
  {zh = "基期来源为 set 时，只用基期起止与所问基期完全相同的设定：分领域之外的部分列为未说明领域，有县区基数的不再计全市基数。设定的基数为 0 条时，基期的 0 是没有设定。", en = "With baseline = set only figures count that were set for exactly the base period that is asked for: what a county has beyond its sectors has no sector, and where counties have figures that of the city does not count. If 0 were set, a base of 0 says only that."}]
[parameters]
basis = {type = "text", default = "occurred", choices = ["occurred", "statistical"], zh = "统计口径：发生日期或统计年度", en = "counting basis: occurrence or statistical year"}
baseline = {type = "text", default = "ledger", choices = ["ledger", "set"], zh = "基期数据：台账中的事故，或设定的指标基数", en = "base: accidents of the ledger, or the figures that were set"}
*/
SELECT a.ix, 'accident' AS thing, CASE WHEN :basis = 'occurred' OR a.statistical_year IS NULL THEN substr(a.happened, 1, 10)
            ELSE a.statistical_year || substr(a.happened, 5, 6) END AS date, a.area AS county, k.code AS sector, 1 AS accidents, a.deaths,
       a.injured, a.loss, a.grade, a.happened, a.statistical_year, :baseline = 'ledger' AS of_base
FROM accidents a
LEFT JOIN sectors k ON k.bit = a.sectors & -a.sectors
UNION ALL
-- What was set last for a period and a row; a county's figures of all sectors less those of its sectors are of no sector.
SELECT ix, 'baseline', base_start, CASE WHEN of_city THEN NULL ELSE county END, sector, accidents - CASE WHEN sector IS NULL THEN split_a ELSE 0 END,
       deaths - CASE WHEN sector IS NULL THEN split_d ELSE 0 END, injured - CASE WHEN sector IS NULL THEN split_i ELSE 0 END,
       loss - CASE WHEN sector IS NULL THEN split_l ELSE 0 END, NULL, base_start, NULL, 1
FROM (SELECT b.*, min(of_city) OVER () AS city_only,
             coalesce(sum(accidents) FILTER (WHERE sector IS NOT NULL) OVER same, 0) AS split_a,
             coalesce(sum(deaths) FILTER (WHERE sector IS NOT NULL) OVER same, 0) AS split_d,
             coalesce(sum(injured) FILTER (WHERE sector IS NOT NULL) OVER same, 0) AS split_i,
             coalesce(sum(loss) FILTER (WHERE sector IS NOT NULL) OVER same, 0) AS split_l
      FROM (SELECT ix, base_start, county, sector, accidents, deaths, injured, loss, county NOT IN (SELECT member FROM area_members) AS of_city,
                   row_number() OVER (PARTITION BY county, sector ORDER BY version DESC) AS newest
            FROM baselines WHERE :baseline = 'set' AND base_start = :base_from AND days(base_finish) + 1 = days(:base_to)) b
      WHERE newest = 1 WINDOW same AS (PARTITION BY county))
WHERE (of_city = city_only) AND (sector IS NOT NULL AND sector IN (SELECT code FROM sectors) OR sector IS NULL AND (SELECT sectors FROM reach))
  AND (NOT of_city OR (SELECT areas FROM reach))

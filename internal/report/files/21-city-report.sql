/*
report = "21"
title = {zh = "全市报告", en = "City report"}
question = {zh = "专项行动结果如何？", en = "What does the campaign report?"}
rules = ["R62"]
roles = ["supervision-office", "discipline-commission", "city-government"]
parts = ["1", "2", "3", "4", "5", "9", "12", "20"]
text = [
  {zh = "全市登记检查对象 {r1_registered} 家，应检 {r1_in_scope} 家，已检 {r1_inspected} 家，覆盖率 {r1_coverage}。", en = "{r1_registered} subjects are registered, {r1_in_scope} are in scope, {r1_inspected} were inspected ({r1_coverage})."},
  {zh = "发现隐患 {r3_found} 处，现场整改 {r3_fixed} 处，未整改 {r3_open} 处；重大隐患 {r5_hazards} 处，未消除 {r5_unsolved} 处。", en = "{r3_found} findings, {r3_fixed} fixed on site, {r3_open} open; {r5_hazards} major hazards, {r5_unsolved} not solved."},
  {zh = "应处罚 {r4_punishable} 处，已处罚 {r4_penalised} 处，待处罚 {r4_pending} 处；罚款 {r20_fines} 元。", en = "{r4_punishable} punishable, {r4_penalised} punished, {r4_pending} pending; fines of {r20_fines} yuan."},
  {zh = "重复检查 {r9_duplicates} 次，其中有说明 {r9_justified} 次。", en = "{r9_duplicates} duplicate visits, {r9_justified} of them justified."},
  {zh = "事故 {r12_accidents} 起，死亡 {r12_deaths} 人，同比 {r12_deaths_change}。", en = "{r12_accidents} accidents with {r12_deaths} deaths (change {r12_deaths_change})."}]
*/

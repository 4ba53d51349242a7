/*
report = "21"
part = "t"
title = {zh = "督查组汇报", en = "Report of one team"}
question = {zh = "本组结果如何？", en = "What does the team report?"}
rules = ["R62"]
roles = ["supervision-office", "discipline-commission", "team-leader"]
parts = ["3", "4", "8", "11"]
text = [
  {zh = "检查 {r8_visits} 次，发现隐患 {r3_found} 处，未整改 {r3_open} 处，待处罚 {r4_pending} 处。", en = "{r8_visits} visits, {r3_found} findings, {r3_open} open, {r4_pending} penalties pending."},
  {zh = "停留中位数 {r11_median_stay} 分钟，偏差未说明 {r11_flags_open} 项。", en = "Median stay {r11_median_stay} minutes, {r11_flags_open} flags open."}]
*/

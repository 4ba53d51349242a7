#!/bin/sh
# Totals that an import must reproduce, counted from the files by awk alone.
# Usage: import_totals.sh [--by-year] msha|toronto FILE, or: import_totals.sh [--by-year] chicago INSPECTIONS ITEMS
# (.gz accepted). Prints name=value lines; fines are in integer minor units. With --by-year it prints a line for each subject, as
# its source calls it, and year: subject, year, visits, findings, penalties, fines, and
# fines that are final, with tabs between.
set -eu

show() { case $1 in *.gz) gzip -dc "$1" ;; *) cat "$1" ;; esac; }

# split_csv fills F[1…] from one line; columns are addressed by C["name"].
csv='
function split_csv(line,   n, i, ch, quoted) {
  split("", F); n = 1; quoted = 0; F[1] = ""
  for (i = 1; i <= length(line); i++) {
    ch = substr(line, i, 1)
    if (ch == "\"") { if (quoted && substr(line, i + 1, 1) == "\"") { F[n] = F[n] ch; i++ } else quoted = !quoted }
    else if (ch == "," && !quoted) F[++n] = ""
    else F[n] = F[n] ch
  }
}
function cents(s,   p) {
  split(s, p, "."); return p[1] * 100 + substr(p[2] "00", 1, 2)
}
{ sub(/\r$/, ""); split_csv($0) }
FNR == 1 { split("", C); for (i in F) C[F[i]] = i; next }
'

# years counts what befell a subject, by kind and date, and prints the lines of --by-year.
years='
function at(subject, date, kind, n,   key) { key = subject "\t" substr(date, 1, 4); keys[key]; sum[key, kind] += n }
END { for (key in keys) printf "%s\t%d\t%d\t%d\t%.0f\t%.0f\n", key, sum[key, "visit"], sum[key, "finding"], sum[key, "penalty"], sum[key, "fine"], sum[key, "final"] }
'

by=
if [ "$1" = --by-year ]; then
  by=-by-year
  shift
fi
format=$1$by
shift
case $format in
msha-by-year)
  show "$1" | awk "$years$csv"'
  { mine = F[C["mine_name"]]; begun = F[C["inspection_begin_dt"]]; cited = F[C["iss_dt"]]; c = cents(F[C["current_assessment_amt"]])
    if (!((mine, begun) in visits)) { visits[mine, begun]; at(mine, begun, "visit", 1) }
    at(mine, cited, "finding", 1)
    if (c > 0) { at(mine, cited, "penalty", 1); at(mine, cited, "fine", c); at(mine, cited, "final", c) } }'
  ;;
toronto-by-year)
  show "$1" | awk "$years$csv"'
  { place = F[C["Establishment ID"]]; visit = F[C["Inspection ID"]]; day = F[C["Inspection Date"]]; c = cents(F[C["Amount Fined"]])
    if (!(visit in visits)) { visits[visit]; at(place, day, "visit", 1) }
    if (F[C["Infraction Details"]] != "") at(place, day, "finding", 1)
    if (c > 0 || F[C["Outcome"]] ~ /^Conviction - Fined/) { at(place, day, "penalty", 1); at(place, day, "fine", c) }
    if (F[C["Outcome"]] ~ /^Conviction/) at(place, day, "final", c) }'
  ;;
chicago-by-year)
  { show "$1"; show "$2"; } | awk "$years$csv"'
  F[1] == "Inspection_ID" { split("", C); for (i in F) C[F[i]] = i; next }
  { visit = F[C["Inspection_ID"]] }
  "License" in C { license[visit] = F[C["License"]]; date[visit] = F[C["Inspection_Date"]]; at(license[visit], date[visit], "visit", 1) }
  "item_no" in C { at(license[visit], date[visit], "finding", F[C["count"]]) }'
  ;;
msha)
  show "$1" | awk "$csv"'
  { findings++; mines[F[C["mine_name"]]]; visits[F[C["mine_name"]] "|" F[C["inspection_begin_dt"]]]
    c = cents(F[C["current_assessment_amt"]]); if (c > 0) { penalties++; fines += c }
    if (F[C["iss_dt"]] <= "2010-04-04") before++ }
  END { for (m in mines) s++; for (v in visits) n++
    printf "subjects=%d\ninspections=%d\nfindings=%d\npenalties=%d\nfines_USD=%.0f\nfindings_until_2010_04_04=%d\n", s, n, findings, penalties, fines, before }'
  ;;
toronto)
  show "$1" | awk "$csv"'
  { places[F[C["Establishment ID"]]]; visits[F[C["Inspection ID"]]]
    if (F[C["Infraction Details"]] == "") next
    findings++
    if (F[C["Severity"]] == "C - Crucial") major++
    a = F[C["Action"]]; o = F[C["Outcome"]]; c = cents(F[C["Amount Fined"]])
    if (a == "Notice to Comply" || a == "Closure Order" || a == "Summons and Health Hazard Order") orders++
    if (a == "Corrected During Inspection") fixed++
    if (c > 0 || o ~ /^Conviction - Fined/) penalties++
    else if (o ~ /^Charges / || o == "Conviction - Suspended Sentence") none++
    if (c > 0 && o !~ /^Conviction/) contradictions++
    fines += c }
  END { for (p in places) s++; for (v in visits) n++
    printf "subjects=%d\ninspections=%d\nfindings=%d\nmajor_findings=%d\norders=%d\nfixed_on_site=%d\npenalties=%d\nno_penalties=%d\ncontradictions=%d\nfines_CAD=%.0f\n", s, n, findings, major, orders, fixed, penalties, none, contradictions, fines }'
  ;;
chicago)
  show "$1" | awk "$csv"'
  { n++; licenses[F[C["License"]]]; if (F[C["sanitarian"]] != "") teams[F[C["sanitarian"]]]; else none++; results[F[C["Results"]]]++ }
  END { for (l in licenses) s++; for (t in teams) k++
    printf "subjects=%d\ninspections=%d\nteams=%d\ninspections_without_team=%d\npass=%d\nconditional=%d\nfail=%d\n", s, n, k, none, results["Pass"], results["Pass w/ Conditions"], results["Fail"] }'
  show "$2" | awk "$csv"'{ checks++; findings += F[C["count"]] } END { printf "checks=%d\nfindings=%d\n", checks, findings }'
  ;;
*)
  echo "unknown format $format" >&2
  exit 2
  ;;
esac

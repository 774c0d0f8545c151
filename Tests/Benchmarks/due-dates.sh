#!/usr/bin/env bash
# Dossier's due dates beside those of businesstimedelta from PyPI, in turn on one machine: only the ratios of one
# run say something.
#
#   due-dates.sh [--rounds N] [--seconds S] [--json]
#
#   --rounds N   rounds of peer and bench; default 3
#   --seconds S  length of one run of the peer; default 3
#   --json       print JSON only
#
# Both answer the same question: when have 1 to 3 business days of Monday to Friday, 09:00 to 18:00, without China's
# public holidays, run off from a random moment of 2024 to 2026? Before it is measured the peer has to give the due
# dates of the worked cases. Dossier runs on one core as the peer does. The peer is installed by pip into an
# environment of its own, kept under ${XDG_CACHE_HOME:-~/.cache}/dossier-peers; where that cannot be done this ends
# with 77 and says so.
# DOSSIER names the program, if it is neither on the PATH nor built in .build/release.
set -euo pipefail
export LC_ALL=C

fail() { echo "due-dates.sh: $1" >&2; exit "${2:-64}"; }
rounds=3 seconds=3 json=false
while (($#)); do
  case $1 in
    --rounds | --seconds)
      (($# > 1)) || fail "$1 needs a value"
      [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 takes a whole number from 1, not '$2'"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    --json) json=true; shift ;;
    --help | -h) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"; exit ;;
    *) fail "there is no option $1; see --help" ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dossier=${DOSSIER:-$(command -v dossier || echo "$root/.build/release/dossier")}
command -v "$dossier" >/dev/null || fail "there is no '$dossier'; build it with: swift build -c release" 69

peers=${XDG_CACHE_HOME:-$HOME/.cache}/dossier-peers
python=$peers/bin/python
if ! "$python" -c 'import businesstimedelta, holidays, pytz' 2>/dev/null; then
  { python3 -m venv "$peers" && "$peers/bin/pip" install --quiet businesstimedelta==1.0.1 holidays pytz; } >&2 \
    || fail "skipped: businesstimedelta cannot be installed by pip into $peers" 77
fi

peer() {
  "$python" - "$seconds" <<'PYTHON'
import datetime, random, sys, time
import businesstimedelta, holidays, pytz

zone = pytz.timezone("Asia/Shanghai")
days = businesstimedelta.WorkDayRule(
    start_time=datetime.time(9), end_time=datetime.time(18), working_days=[0, 1, 2, 3, 4], tz=zone)
closed = businesstimedelta.HolidayRule(holidays.CN(years=range(2023, 2028)), tz=zone)
rules = businesstimedelta.Rules([days, closed])

def due(start, count):
    return start + businesstimedelta.BusinessTimeDelta(rules, hours=9 * count)

for start, count, expected in [
    ((2026, 2, 13, 17), 1, (2026, 2, 24, 17)), ((2026, 9, 21, 10, 30), 3, (2026, 9, 24, 10, 30)),
]:
    found = due(zone.localize(datetime.datetime(*start)), count)
    assert found == zone.localize(datetime.datetime(*expected)), (start, count, found)

random.seed(7)
begin = datetime.datetime(2024, 1, 1, tzinfo=pytz.utc)
done, started = 0, time.perf_counter()
while (spent := time.perf_counter() - started) < float(sys.argv[1]):
    due((begin + datetime.timedelta(seconds=random.randrange(3 * 365 * 86400))).astimezone(zone), random.randint(1, 3))
    done += 1
print(done / spent)
PYTHON
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for ((round = 1; round <= rounds; round++)); do
  $json || echo "round $round of $rounds" >&2
  rate=$(peer) || fail "the peer does not give the due dates of the worked cases" 1
  answer=$("$dossier" bench --due-dates --output jsonl)
  echo "{\"peer\": $rate, \"dossier\": $answer}" >>"$work/rounds"
done

"$python" - "$work/rounds" $json <<'PYTHON'
import json, statistics, sys

rounds = [json.loads(line) for line in open(sys.argv[1])]
peer = statistics.median(r["peer"] for r in rounds)
cores = rounds[0]["dossier"]["cores"]
figures = []
for name, key, goal in [
    ("due dates, one core", "per_second", 3000), (f"due dates, {cores} cores", "all_cores_per_second", None),
    ("explained, one core", "explained_per_second", 30),
]:
    ratios = [r["dossier"][key] / r["peer"] for r in rounds]
    figures.append({
        "figure": name, "dossier": statistics.median(r["dossier"][key] for r in rounds), "peer": peer,
        "ratio": statistics.median(ratios), "least": min(ratios), "most": max(ratios), "goal": goal})
if sys.argv[2] == "true":
    print(json.dumps({"rounds": len(rounds), "figures": figures, "runs": rounds}))
else:
    print(f"{'figure':<24}{'dossier 1/s':>14}{'peer 1/s':>10}{'ratio':>8}  range")
    for f in figures:
        goal = "" if f["goal"] is None else f"  ≥ {f['goal']}: " + ("reached" if f["ratio"] >= f["goal"] else "missed")
        print(f"{f['figure']:<24}{f['dossier']:>14.0f}{f['peer']:>10.0f}{f['ratio']:>8.0f}  "
              f"{f['least']:.0f}–{f['most']:.0f}{goal}")
PYTHON

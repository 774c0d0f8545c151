#!/usr/bin/env bash
# Dossier's figures beside those of bare PostgreSQL, in one run on one machine: figures of different machines,
# or of different hours of one, say nothing about each other.
#
#   peers.sh [--rounds N] [--seconds S] [--limit S] [--json] [URL] [-- ARGUMENTS OF dossier bench]
#
#   URL          database to work in; default: what `dossier database url` says. The peers use a schema of
#                their own there, which is dropped at the end.
#   --rounds N   rounds of peer, bench, peer, bench …; default 3
#   --seconds S  length of one pgbench run; default 5
#   --limit S    no round begins that would end later than this; a bench that runs past it is stopped; default 170
#   --json       print JSON only
#
# The peers, each in every round:
#   inserts      pgbench, 32 clients, single-row inserts of 400 bytes into (id bigserial primary key, payload
#                bytea), durable
#   commit       pgbench, one connection, one pg_logical_emit_message a transaction
#   copy         COPY … TO STDOUT (FORMAT binary) of the ledger's events as plain bytea rows, or of as many rows
#                of 400 bytes where the database holds no events
#   bench_…      the same two, as dossier bench has measured them itself: a commit on the connection of its
#                commands, awaited as they are (commit) and on the connection's own thread (thread); a COPY of its
#                own events
# DOSSIER names the program, if it is neither on the PATH nor built in .build/release.
set -euo pipefail
export LC_ALL=C

fail() { echo "peers.sh: $1" >&2; exit "${2:-64}"; }
number() { [[ $2 =~ ^[1-9][0-9]*$ ]] || fail "$1 takes a whole number from 1, not '$2'"; }

rounds=3 seconds=5 limit=170 json=false url=
while (($#)); do
  case $1 in
    --rounds | --seconds | --limit)
      (($# > 1)) || fail "$1 needs a value"
      number "$1" "$2"
      printf -v "${1#--}" %s "$2"
      shift 2
      ;;
    --json) json=true; shift ;;
    --help | -h) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0"; exit ;;
    --) shift; break ;;
    -*) fail "there is no option $1; see --help" ;;
    *) [[ -z $url ]] || fail "one database URL is enough: '$url'"; url=$1; shift ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dossier=${DOSSIER:-$(command -v dossier || echo "$root/.build/release/dossier")}
command -v "$dossier" >/dev/null || fail "there is no '$dossier'; build it with: swift build -c release" 69
for tool in psql pgbench timeout; do
  command -v "$tool" >/dev/null || fail "there is no '$tool' on the PATH; PostgreSQL's client programs are wanted" 69
done

bench=("$dossier" bench --output json)
if [[ -n $url ]]; then
  bench+=(--database "$url")
else
  # The first command makes the private database.
  "$dossier" organization list >/dev/null || fail "there is no private database to work in" 69
  url=$("$dossier" database url)
fi
bench+=("$@")

work=$(mktemp -d)
schema=peers_$$
clean_up() {
  trap - EXIT
  sql -c "drop schema if exists $schema cascade" >/dev/null 2>&1 || true
  rm -rf "$work"
}
sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$url" "$@"; }
trap clean_up EXIT
trap 'exit 130' INT TERM
say() { $json || echo "$*" >&2; }
now() { date +%s.%N; }
note() { sql -c "insert into $schema.results values ($1, '$2', $3)"; }

sql <<SQL >/dev/null
set client_min_messages = warning;
create schema $schema;
create table $schema.results (round integer, measure text, value double precision);
create table $schema.benches (round integer, answer jsonb);
create table $schema.events (id bigserial primary key, payload bytea not null);
SQL
for setting in fsync synchronous_commit full_page_writes; do
  [[ $(sql -c "show $setting") != off ]] || fail "$setting is off in this database: what is not durable is no peer" 78
done
payload=$(sql -c "select string_agg(md5(random()::text), '') from generate_series(1, 25)")
echo "insert into $schema.events (payload) values ('\\x$payload');" >"$work/insert.sql"
echo "select pg_logical_emit_message(true, 'peers', 'commit');" >"$work/commit.sql"

run_pgbench() { # script, options …
  local script=$1
  shift
  pgbench --no-vacuum --protocol prepared --time "$seconds" --file "$work/$script.sql" "$@" "$url" \
    >"$work/pgbench.txt" 2>&1 || fail "pgbench: $(tail -n 1 "$work/pgbench.txt")" 69
}

peer_inserts() {
  sql -c "truncate $schema.events"
  run_pgbench insert --client 32 --jobs "$(nproc)"
  note "$1" inserts "$(awk '/^tps = / { print $3 }' "$work/pgbench.txt")"
}

peer_commit() {
  rm -f "$work"/latency.*
  run_pgbench commit --client 1 --log --log-prefix "$work/latency"
  # From one end to the next, for one client: where the server answers at once, pgbench logs a latency of 0.
  note "$1" commit_ms "$(cat "$work"/latency.* \
    | awk '{ end = $5 * 1000 + $6 / 1000; if (NR > 1) printf "%.3f\n", end - last; last = end }' | sort -n \
    | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }')"
}

# What there is to copy: made once, after the first bench has left its events.
prepare_copy() {
  local have=0 wanted
  [[ -z $(sql -c "select to_regclass('dossier.events')") ]] || have=$(sql -c "select count(*) from dossier.events")
  wanted=$(sql -c "select greatest(10000, least(1000000, max((answer #>> '{replay,events}')::bigint))) from $schema.benches")
  if ((have >= 10000)); then
    copied=events
    sql -c "create table $schema.plain as select data as payload from dossier.events limit $wanted"
  else
    copied=generated
    sql -c "create table $schema.plain as
      select decode(repeat(md5(i::text), 25), 'hex') as payload from generate_series(1, ${wanted:-100000}) i"
  fi
  sql -c "vacuum analyze $schema.plain"
  rows=$(sql -c "select count(*) from $schema.plain")
}

time_copy() { # query: seconds from start to end of psql
  local start
  start=$(now)
  sql -c "copy ($1) to stdout (format binary)" >/dev/null
  awk -v a="$start" -v b="$(now)" 'BEGIN { print b - a }'
}

peer_copy() {
  local empty full
  [[ -n ${copied-} ]] || prepare_copy
  empty=$(time_copy "select payload from $schema.plain limit 0")
  full=$(time_copy "select payload from $schema.plain")
  note "$1" copy "$(awk -v r="$rows" -v e="$empty" -v f="$full" 'BEGIN { d = f - e; print r / (d > 0.001 ? d : 0.001) }')"
}

run_bench() {
  local left=$((limit - SECONDS)) status=0
  timeout --foreground --signal=INT --kill-after=10 $((left > 10 ? left : 10)) "${bench[@]}" >"$work/bench.json" || status=$?
  ((status != 124)) || fail "dossier bench did not end within the limit of $limit seconds; see --limit" 1
  ((status == 0)) || fail "dossier bench ended with $status" "$status"
  sql --set answer="$(<"$work/bench.json")" --set round="$1" <<SQL || fail "what dossier bench printed is no JSON" 65
insert into $schema.benches values (:round, :'answer');
insert into $schema.results
select :round, measure, value
from (select :'answer'::jsonb as answer) as bench,
  lateral (values ('bench_copy', (answer #>> '{copy,per_second}')::double precision),
    ('bench_commit_ms', (answer ->> 'bare_commit_ms')::double precision),
    ('bench_thread_ms', (answer ->> 'commit_on_thread_ms')::double precision)) as own (measure, value)
where value > 0;
SQL
}

slowest=0 done=0
for ((round = 1; round <= rounds; round++)); do
  started=$SECONDS
  if ((round > 1 && SECONDS + slowest > limit)); then
    say "stopping after $done of $rounds rounds: the next would end after the limit of $limit seconds"
    break
  fi
  say "round $round of $rounds"
  # Who comes first alternates, so that neither always finds the disk as the other has left it.
  if ((round % 2)); then
    peer_inserts $round; peer_commit $round; run_bench $round; peer_copy $round
  else
    run_bench $round; peer_copy $round; peer_inserts $round; peer_commit $round
  fi
  done=$round
  ((SECONDS - started <= slowest)) || slowest=$((SECONDS - started))
done

sql <<SQL
create view $schema.figures as
with figures (place, figure, path, unit, peer, goal, more_is_better) as (
  values
    (1, 'commands, 64 in flight', 'c64.per_second', '1/s', 'inserts', 1.0, true),
    (2, 'commands, 8 in flight', 'c8.per_second', '1/s', 'inserts', null, true),
    (3, 'one command alone, p50', 'c1.latency_ms.p50', 'ms', 'commit_ms', 1.5, false),
    (4, 'one command alone, p50', 'c1.latency_ms.p50', 'ms', 'bench_commit_ms', 1.5, false),
    (4, 'one command alone, p50', 'c1.latency_ms.p50', 'ms', 'bench_thread_ms', null, false),
    (5, 'replay', 'replay.per_second', '1/s', 'copy', 0.7, true),
    (6, 'replay', 'replay.per_second', '1/s', 'bench_copy', 0.7, true)
),
answers as (
  select round, answer || coalesce((
    select jsonb_object_agg('c' || (command ->> 'in_flight'), command)
    from jsonb_array_elements(answer -> 'commands') command), '{}') as answer
  from $schema.benches
)
select place, figure, unit, peer, goal, more_is_better,
  percentile_cont(0.5) within group (order by mine.value) as dossier,
  percentile_cont(0.5) within group (order by r.value) as bare,
  percentile_cont(0.5) within group (order by mine.value / nullif(r.value, 0)) as ratio,
  min(mine.value / nullif(r.value, 0)) as least, max(mine.value / nullif(r.value, 0)) as most,
  count(*) as rounds
from figures
join answers on true
cross join lateral (select (answer #>> string_to_array(path, '.'))::double precision) mine (value)
join $schema.results r on r.round = answers.round and r.measure = peer
where mine.value is not null
group by place, figure, unit, peer, goal, more_is_better;
SQL

if ! $json; then
  psql --no-psqlrc --quiet --pset footer=off --pset null=- --dbname "$url" <<SQL
select figure, round(dossier::numeric, 2) as dossier, peer, round(bare::numeric, 2) as bare, unit,
  round(ratio::numeric, 2) as ratio, round(least::numeric, 2) || '–' || round(most::numeric, 2) as range,
  case when more_is_better then '≥ ' else '≤ ' end || goal as goal,
  case when goal is null then '' when more_is_better = (ratio >= goal) or ratio = goal then 'reached' else 'missed' end
    as result
from $schema.figures order by place;
SQL
  echo "medians of $done rounds; copied $rows rows: ${copied/generated/generated, for the database holds no events}"
fi
sql <<SQL
select jsonb_build_object(
  'rounds', $done, 'copied', '$copied', 'copied_rows', $rows, 'server', current_setting('server_version'),
  'figures', (select jsonb_agg(jsonb_build_object(
    'figure', figure, 'unit', unit, 'dossier', dossier, 'peer', peer, 'bare', bare, 'ratio', ratio,
    'least', least, 'most', most, 'goal', goal) order by place) from $schema.figures),
  'peers', (select jsonb_agg(to_jsonb(r) order by round, measure) from $schema.results r),
  'benches', (select jsonb_agg(answer order by round) from $schema.benches));
SQL

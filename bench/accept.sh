#!/usr/bin/env bash
# Runs the acceptance checks of a topic and prints a line for each requirement:
# command, bar, measured, pass or fail. Exits with 1 if a line fails.
#
#   bench/accept.sh whole-way          from members' data to a training set that keeps its promises
#   bench/accept.sh sources-and-lake   every way in, and what happens to rows in the lake
#   bench/accept.sh corpus             from rows to a training set that engineers want
#
# Needs cargo and python3; real data where ZWECK_DATA says (by default ../shared/data). The lines
# of speed are judged by the results that bench/run.sh left in ZWECK_BENCH_FOLDER.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/zweck/target}"
data="$(realpath -m "${ZWECK_DATA:-../shared/data}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
zweck="$CARGO_TARGET_DIR/debug/zweck"
# what speed and memory are measured with: optimised, as it is run
measured="${ZWECK_RELEASE_DIR:-$HOME/.cache/zweck/release}"
at="2026-11-21T00:00:00Z"
failed=0

# line COMMAND BAR MEASURED true|false
line() {
    local verdict=pass
    [ "$4" = true ] || { verdict=FAIL && failed=1; }
    printf '%-58s | %-34s | %-34s | %s\n' "$1" "$2" "$3" "$verdict"
}

# holds COMMAND…: says true or false
holds() {
    if "$@" >"$work/out" 2>&1; then echo true; else echo false; fi
}

# number JSON-FILE KEY: one figure of the script's JSON
number() {
    "$work/venv/bin/python" -c 'import json, sys; print(json.load(open(sys.argv[1])).get(sys.argv[2]))' "$1" "$2"
}

# zero COMMAND BAR MEASURED: passes if it measured 0
zero() {
    line "$1" "$2" "$3" "$([ "$3" = 0 ] && echo true || echo false)"
}

tests() {
    local crate=$1 filter=$2 what=$3
    local ok
    ok=$(holds cargo test -q -p "$crate" -- "$filter")
    line "cargo test -p $crate -- $filter" "$what" "$(grep -ohE '[0-9]+ passed' "$work/out" | awk '{n+=$1} END {print n+0}') tests passed" "$ok"
}

demo() {
    local start=$SECONDS ok
    ok=$(cd "$work" && holds "$zweck" demo)
    local took=$((SECONDS - start))
    [ $took -lt 120 ] || ok=false
    line "zweck demo" "2,000 members, under 120 s" "$took s" "$ok"
}

real_site() {
    local dump="$data/stackexchange-quantumcomputing"
    if [ ! -d "$dump" ]; then
        line "bench/stack_exchange.py" "the real site" "skipped: no data at ZWECK_DATA" false
        return
    fi
    python3 -m venv "$work/venv" && "$work/venv/bin/pip" -q install pyarrow
    local look=("$work/venv/bin/python" bench/stack_exchange.py --zweck "$zweck" --dump "$dump")
    "${look[@]}" --state "$work/bare/state" --no-declaration >"$work/bare.json"
    zero "stack_exchange.py --no-declaration" "0 rows permitted" "$(number "$work/bare.json" 'kept without a declaration')"
    "${look[@]}" --state "$work/site/state" >"$work/site.json"
    zero "stack_exchange.py" "0 rows of objectors" "$(number "$work/site.json" 'rows of objectors in the corpus')"
    zero "stack_exchange.py" "0 @forms the thread resolves" "$(number "$work/site.json" 'of those, still in the corpus')"
    zero "stack_exchange.py" "0 full names left" "$(number "$work/site.json" 'full names')"
    zero "stack_exchange.py" "0 forms only objectors have" "$(number "$work/site.json" 'forms that only objectors have')"
    export ZWECK_STATE="$work/site/state"
    line "zweck corpus verify site" "no finding" "$("$zweck" --at $at corpus verify site 2>&1 | tail -1 | cut -c1-34)" \
        "$(holds "$zweck" --at $at corpus verify site)"
    local before after
    before=$("$zweck" --at $at --json lake show | tr -d ' \n' | grep -o '"version":[0-9]*' | head -1)
    "$zweck" --at $at import "$dump" --format stack-exchange --declare "$work/site/declaration.toml" >/dev/null 2>&1
    after=$("$zweck" --at $at --json lake show | tr -d ' \n' | grep -o '"version":[0-9]*' | head -1)
    line "zweck import (the same again)" "no new lake version" "$before → $after" "$([ "$before" = "$after" ] && echo true || echo false)"
    unset ZWECK_STATE
}

# judged COMMAND…: what a script says of what was measured, a line COMMAND|BAR|MEASURED|MET for each bar
judged() {
    local command bar measured met
    while IFS='|' read -r command bar measured met; do
        line "$command" "$bar" "$measured" "$met"
    done < <("$@")
}

# The bars of speed, from what bench/run.sh measured; one that was not measured is not met.
speed() {
    judged python3 bench/table.py bars "${ZWECK_BENCH_FOLDER:-${TMPDIR:-/tmp}/zweck-bench}/results"
}

whole_way() {
    cargo build -q -p zweck || exit 1
    line "zweck policy check 2024-11-20 2025-11-03" "both are sound" "" "$(holds "$zweck" policy check 2024-11-20 2025-11-03)"
    tests policy the_decision_tables "the whole decision table"
    tests policy properties "refusal wins, nothing missing"
    tests gate differential "gate = decide = naive reference"
    tests gate barrier "COUNT, MIN, MAX, LIMIT do not leak"
    tests gate removals "a holder that lies is caught"
    tests lake race "erasure against append, compaction"
    tests corpus history "no holder keeps what is refused"
    tests corpus determinism "same inputs, same bytes"
    tests audit faults "planted faults are found"
    tests zweck canaries "nothing of an erased member is left"
    tests zweck kill "kill -9: nothing acknowledged is lost"
    demo
    real_site
    speed
}

# seconds NAME FILE: what a script of bench/ timed under a name
seconds() {
    awk -v name="$1" 'index($0, name) == 1 { print $(NF - 1); exit }' "$2"
}

feed() {
    ZWECK="$measured/release/zweck" bench/feed.sh 100000 >"$work/feed" 2>&1
    local took
    took=$(seconds "import --follow" "$work/feed")
    line "bench/feed.sh 100000" "100,000 events under 20 s" "${took:-failed} s" \
        "$(awk -v took="${took:-99}" 'BEGIN { print took < 20 ? "true" : "false" }')"
}

# How fast each source is read, beside plain readers of the same bytes.
reading() {
    BENCH_SOURCES="$measured/release/bench-sources" ZWECK_DATA="$data" \
        bench/sources.sh 100 2>/dev/null >"$work/sources"
    judged python3 bench/table.py sources "$work/sources"
}

# The peak of the largest input is under 500 MB, and at most half as much again as of the smallest.
memory() {
    local kind
    for kind in ndjson linkedin stack-exchange; do
        KINDS=$kind ZWECK="$measured/release/zweck" bench/memory.sh ${MEGABYTES:-10 100 1000} >"$work/memory" 2>&1
        local peaks verdict
        peaks=$(awk '/ peak / { print $5 }' "$work/memory" | paste -sd/ -)
        verdict=$(awk '/ peak / { if (!first) first = $5; if ($5 > most) most = $5 }
            END { print (first && most < 500 && most <= 1.5 * first) ? "true" : "false" }' "$work/memory")
        line "KINDS=$kind bench/memory.sh ${MEGABYTES:-10 100 1000}" "peak flat, under 500 MB" "${peaks:-failed} MB" "$verdict"
    done
}

# The cost of a row stays level: at 20 M rows at most a quarter more than at 1 M, the median of three.
level() {
    local rows costs=() one
    for rows in ${ROWS:-1000000 20000000}; do
        : >"$work/import"
        for one in 1 2 3; do
            [ "$one" = 1 ] || [ "$rows" -le 1000000 ] || break
            ZWECK="$measured/release/zweck" bench/import.sh "$rows" >>"$work/import" 2>&1
        done
        costs+=("$(grep -oE '[0-9.]+ us a row' "$work/import" | cut -d' ' -f1 | sort -n |
            awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }')")
    done
    line "bench/import.sh ${ROWS:-1000000 20000000}" "as much a row" "${costs[*]} µs a row" \
        "$(awk -v few="${costs[0]:-0}" -v many="${costs[-1]:-0}" \
            'BEGIN { print (few > 0 && many > 0 && many <= 1.25 * few) ? "true" : "false" }')"
}

sources_and_lake() {
    cargo build -q -p zweck || exit 1
    tests sources feed "a feed: order, once, removals"
    tests zweck follow "a feed is killed and read on"
    tests zweck beside "PostgreSQL's own replication"
    tests sources attach "tables in place"
    tests zweck tables_in_place "the document's commands"
    tests check "" "rows that must not be there"
    tests sources linkedin "LinkedIn's archive, each quirk"
    tests zweck linkedin "export, and in again"
    tests sources bundestag "protocols"
    tests zweck bundestag "the real protocols"
    export ZWECK_LAKE_ROWS=1000000
    tests lake cost "1 M rows: at most 1/16 rewritten"
    unset ZWECK_LAKE_ROWS
    tests lake compact "compaction"
    tests zweck bucket "a real S3 server"
    tests store postgresql "every test of the store again"
    tests zweck postgres "commands on PostgreSQL"
    tests zweck keeping "backup, restore, journal, retention"
    tests zweck keys "keys rotate, modes are checked"
    tests zweck operators "acts are logged"
    tests sources bad "bad input"
    tests sources fuzz "arbitrary bytes"
    CARGO_TARGET_DIR="$measured" \
        cargo build -q --release --config bench/measured.toml -p zweck -p bench --bin zweck --bin bench-sources || exit 1
    reading
    feed
    memory
    level
}

# The bar of the finder of personal data, on texts that others have marked.
personal_data() {
    local marked="$data/pii-presidio/synth_dataset_v2.json" said
    python3 bench/personal_data/measure.py "$marked" --finder "zweck=$zweck --json recipe try -" \
        --bar zweck >"$work/personal-data" 2>&1
    while read -r said; do
        line "bench/personal_data/measure.py" "${said#*: }" "" "$([ "${said%%:*}" = met ] && echo true || echo false)"
    done < <(grep -E '^(met|NOT MET): ' "$work/personal-data" || echo "NOT MET: it runs")
}

# sensitive SCRIPT OPTION FOLDER KEY BAR: the share of what the gate calls sensitive in real data
sensitive() {
    local script=$1 option=$2 folder=$3 key=$4 bar=$5
    if [ ! -d "$folder" ]; then
        line "bench/$script" "$bar" "skipped: no data at ZWECK_DATA" false
        return
    fi
    mkdir -p "$work/$script"
    "$work/venv/bin/python" "bench/$script" --zweck "$zweck" "$option" "$folder" \
        --state "$work/$script/state" >"$work/$script/figures" 2>&1
    local share
    share=$("$work/venv/bin/python" - "$work/$script/figures" "$key" <<'PYTHON'
import json, sys
found = json.load(open(sys.argv[1]))["under the shipped policy"]
found = found.get(sys.argv[2], {"sensitive": found["sensitive"], "of": found["sensitive"] + found["kept"]})
print(round(100 * found["sensitive"] / found["of"], 2))
PYTHON
)
    line "bench/$script" "$bar" "${share:-failed} %" \
        "$(awk -v share="${share:-x}" -v bar="$bar" 'BEGIN {
            split(bar, words, " "); is = share != "x" && (words[3] == "least" ? share >= words[4] : share <= words[4])
            print is ? "true" : "false" }')"
}

corpus() {
    cargo build -q -p zweck || exit 1
    tests text "" "each step over one text"
    tests gate sensitive "special categories are refused"
    tests corpus recipe "what a recipe does to a corpus"
    tests corpus standing "who stands for duplicates"
    tests corpus pairs "task pairs and facts"
    tests corpus following "only what is new is taken in"
    tests handover "" "a corpus described"
    tests elsewhere "" "what left, and evidence"
    tests zweck elsewhere "holders elsewhere, a training job"
    tests audit "" "a corpus after a recipe is verified"
    personal_data
    python3 -m venv "$work/venv" && "$work/venv/bin/pip" -q install pyarrow
    sensitive bundestag.py --protocols "$data/bundestag-19" speeches "speeches: at least 90 %"
    sensitive stack_exchange.py --dump "$data/stackexchange-quantumcomputing" items "items: at most 2 %"
    CARGO_TARGET_DIR="$measured" cargo build -q --release --config bench/measured.toml \
        -p zweck -p bench --bin zweck --bin bench-texts --bin bench-duplicates || exit 1
    duplicates
    increment
    chain
}

# Near duplicates among many short documents are found in bounded memory.
duplicates() {
    local documents=${DOCUMENTS:-20000000} megabytes
    "$measured/release/bench-duplicates" "$documents" >"$work/duplicates" 2>&1
    megabytes=$(grep -oE '"peak_memory_bytes":[0-9]+' "$work/duplicates" | awk -F: '{ print int($2 / 1e6) }')
    line "bench-duplicates $documents" "under 4 GB" "${megabytes:-failed} MB" \
        "$([ "${megabytes:-4000}" -lt 4000 ] && echo true || echo false)"
}

# A hundredth more documents costs less than three hundredths of a whole build.
increment() {
    local share verdict=false
    mkdir -p "$work/increment"
    python3 bench/increment.py --zweck "$measured/release/zweck" --bar 0.03 \
        --dump "$data/stackexchange-quantumcomputing" --state "$work/increment/state" \
        >"$work/increment.json" 2>&1 && verdict=true
    share=$("$work/venv/bin/python" -c 'import json, sys
share = json.load(open(sys.argv[1]))["share"]
print(", ".join(f"{100 * share[key]:.1f} % of {key}" for key in share))' "$work/increment.json" 2>/dev/null)
    line "bench/increment.py" "1 % more: under 3 %" "${share:-failed}" "$verdict"
}

# Every step of a recipe, and all of them, beside the peers on the same texts.
chain() {
    BENCH_TEXTS="$measured/release/bench-texts" ZWECK_DATA="$data" ZWECK_BENCH_FOLDER="$work/texts" \
        bench/texts/run.sh >"$work/chain" 2>&1
    if [ -s "$work/texts/results/texts.jsonl" ]; then
        judged python3 bench/texts/table.py bars "$work/texts/results/texts.jsonl"
    else
        line "bench/texts/run.sh" "it runs" "failed" false
    fi
}

case "${1:-}" in
whole-way) whole_way ;;
sources-and-lake) sources_and_lake ;;
corpus) corpus ;;
*)
    echo "usage: bench/accept.sh TOPIC; topics: whole-way, sources-and-lake, corpus" >&2
    exit 2
    ;;
esac
exit $failed

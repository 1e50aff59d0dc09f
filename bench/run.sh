#!/usr/bin/env bash
# Measures one topic and writes one line of JSON for each run.
#
#   bench/run.sh make           the tables (some 5 GB)
#   bench/run.sh equal          the rows of all engines against those of the reference
#   bench/run.sh gate           CPU time: scan, gate, gate and write, nine runs of each in turns
#   bench/run.sh instructions   the same scan with and without the gate, under callgrind
#   bench/run.sh choices        a choice against a bare append
#   bench/run.sh answers        the memory of a billion members' answers
#   bench/run.sh table          docs/benchmarks.md's tables from the results
#
# ZWECK_BENCH_FOLDER holds tables and results, by default /tmp/zweck-bench. RUNS is the number of
# runs. CASES, for example "1000000:member 50000000:random", limits the tables.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
export ZWECK_BENCH_FOLDER="${ZWECK_BENCH_FOLDER:-${TMPDIR:-/tmp}/zweck-bench}"
target="${CARGO_TARGET_DIR:-$HOME/.cache/zweck/release}"
results="$ZWECK_BENCH_FOLDER/results"
rows="${ROWS:-5000000}"
threads="${THREADS:-2}"
runs="${RUNS:-9}"
cases="${CASES:-1000000:member 1000000:random 50000000:member 50000000:random}"
mkdir -p "$results"

build() {
    CARGO_TARGET_DIR="$target" cargo build --release --config "$here/measured.toml" \
        --package bench --manifest-path "$here/Cargo.toml" >&2
}

# gate TASK CASE THREADS [COLUMNS [NAMES]]
gate() {
    "$target/release/bench-gate" "$1" "$(folder "$2")" "${2#*:}" "${2%:*}" "$rows" "${@:3}"
}

# peer ENGINE TASK CASE
peer() {
    "$("$here/peers.sh")" "$here/gate.py" "$1" "$2" "$(folder "$3")" "${3#*:}" "$threads"
}

folder() {
    echo "$ZWECK_BENCH_FOLDER/${1#*:}-${1%:*}"
}

# record FILE CASE ENGINE TASK JSON
record() {
    local line="{\"case\": \"$2\", \"engine\": \"$3\", \"task\": \"$4\", \"result\": $5}"
    echo "$line" | tee -a "$results/$1.jsonl"
}

make_tables() {
    for case in $cases; do
        record make "$case" zweck make "$(gate make "$case" 2)"
        record make "$case" zweck refused "$(gate refused "$case" 2)"
    done
}

equal() {
    : > "$results/equal.jsonl"
    for case in $cases; do
        record equal "$case" decide reference "$(gate reference "$case" 2)"
        record equal "$case" zweck gate "$(gate gate "$case" "$threads")"
        for engine in duckdb polars; do
            record equal "$case" "$engine" gate "$(peer "$engine" gate "$case")"
        done
    done
    python3 "$here/table.py" check "$results/equal.jsonl"
}

measure_gate() {
    : > "$results/gate.jsonl"
    for case in $cases; do
        for _ in $(seq "$runs"); do
            for task in ${TASKS:-scan gate write-gate}; do
                record gate "$case" zweck "$task" "$(gate "$task" "$case" "$threads")"
                for engine in duckdb polars; do
                    record gate "$case" "$engine" "$task" "$(peer "$engine" "$task" "$case")"
                done
            done
        done
    done
}

# Counts the instructions of the scan alone: planning is over, facts are resolved, one thread.
# What else runs does not change the count, so two are counted at once.
instructions() {
    : > "$results/instructions.jsonl"
    for case in $cases; do
        for task in ${COUNTS:-count-scan:decided count-gate:decided count-scan:document count-gate:document}; do
            [ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
            count_instructions "$case" "$task" &
        done
    done
    while [ -n "$(jobs -p)" ]; do wait -n; done
}

# count_instructions CASE TASK:COLUMNS
count_instructions() {
    local out="$results/callgrind.${1/:/-}.${2/:/-}" from_start=yes
    # the program says where to begin where it knows how
    [ "$(uname -m)" != x86_64 ] || from_start=no
    rm -f "$out"*
    local result
    result="$(valgrind --tool=callgrind --instr-atstart=$from_start --collect-atstart=no \
        --toggle-collect='*measured_scan*' --callgrind-out-file="$out" \
        "$target/release/bench-gate" "${2%:*}" "$(folder "$1")" "${1#*:}" \
        "${1%:*}" "$rows" 1 "${2#*:}" 2> "$out.log")"
    local count
    count="$(sed -n 's/^summary: //p; s/^totals: //p' "$out" | head -1)"
    record instructions "$1" zweck "$2" "{\"instructions\": $count, \"run\": $result}"
}

case "${1:-}" in
    make) build; make_tables ;;
    equal) build; equal ;;
    gate) build; measure_gate ;;
    instructions) build; instructions ;;
    choices)
        build
        out="$ZWECK_BENCH_FOLDER/choices"
        rm -rf "$out"
        result="$("$target/release/bench-choices" run "$out" 20000 2000)"
        record choices 20000 zweck choices "$result"
        rm -rf "$out"
        ;;
    answers)
        build
        result="$("$target/release/bench-answers" 1000000000)"
        record answers 1000000000 zweck answers "$result"
        ;;
    table) python3 "$here/table.py" tables "$results" ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

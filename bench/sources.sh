#!/usr/bin/env bash
# How fast each source is read, beside plain readers of the same bytes: Rust's (serde_json, csv,
# quick-xml) and Python's (json, csv and zipfile, ElementTree). CPU time, in turns.
#
#   bench/sources.sh [MEGABYTES]       RUNS=3 by default; ZWECK_DATA adds the protocols
#
# BENCH_SOURCES=path names the program `bench-sources`; else it is built with optimisation.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
megabytes=${1:-100}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/zweck-sources.XXXXXX")
trap 'rm -rf "$work"' EXIT

reader=${BENCH_SOURCES:-}
if [ -z "$reader" ]; then
    target="${CARGO_TARGET_DIR:-$HOME/.cache/zweck/release}"
    CARGO_TARGET_DIR="$target" cargo build --release --config "$here/measured.toml" \
        --package bench --bin bench-sources --manifest-path "$here/Cargo.toml" >&2
    reader=$target/release/bench-sources
fi

python3 "$here/make_source.py" ndjson "$megabytes" "$work/events.ndjson"
python3 "$here/make_source.py" stack-exchange "$megabytes" "$work/dump"
python3 "$here/make_source.py" linkedin "$megabytes" "$work/archive.zip"
python3 -m zipfile -e "$work/archive.zip" "$work/archive"

# of HOW KIND PATH PYTHONS-PATH
one() {
    "$reader" ours "$1" "$2"
    "$reader" plain "$1" "$2"
    python3 "$here/plain.py" "$1" "$3"
}

echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $megabytes MB each" >&2
for _ in $(seq "${RUNS:-3}"); do
    one ndjson "$work/events.ndjson" "$work/events.ndjson"
    one stack-exchange "$work/dump" "$work/dump"
    one linkedin "$work/archive" "$work/archive.zip"
    protocols="${ZWECK_DATA:-/nowhere}/bundestag-19"
    [ ! -d "$protocols" ] || one bundestag "$protocols" "$protocols"
done

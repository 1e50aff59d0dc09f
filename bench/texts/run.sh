#!/usr/bin/env bash
# How fast each step of a recipe is, and all of them, beside the peers on the same texts: CPU time of one thread.
#
#   bench/texts/run.sh [FILE]      JSON lines {"id", "text"}
#
# Without a file the texts are made of the Stack Exchange dump in ZWECK_DATA. RUNS=3 by default; PEERS, for example
# "rensa dolma", limits the peers. BENCH_TEXTS=path names the program `bench-texts`; else it is built with optimisation.
# ZWECK=path names the program `zweck`: with it the texts that pass by the rules for web pages are compared, too.
# Results go to ZWECK_BENCH_FOLDER, by default /tmp/zweck-bench.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
folder="${ZWECK_BENCH_FOLDER:-${TMPDIR:-/tmp}/zweck-bench}"
results="$folder/results/texts.jsonl"
peers="${PEERS-datatrove rensa languages dolma}"
mkdir -p "$folder/results"

program="${BENCH_TEXTS:-}"
if [ -z "$program" ]; then
    target="${CARGO_TARGET_DIR:-$HOME/.cache/zweck/release}"
    CARGO_TARGET_DIR="$target" cargo build --release --config "$here/../measured.toml" \
        --package bench --bin bench-texts --manifest-path "$here/../Cargo.toml" >&2
    program="$target/release/bench-texts"
fi

texts="${1:-$folder/texts.jsonl}"
[ -n "${1:-}" ] || python3 "$here/plain_texts.py" "${ZWECK_DATA:?or a file}/stackexchange-quantumcomputing" > "$texts"

# peer NAME: a Python that has it
peer() {
    case "$1" in
    rensa | languages | kept) "$here/peers.sh" datatrove ;;
    *) "$here/peers.sh" "$1" ;;
    esac
}

for one in $peers; do peer "$one" > /dev/null; done
echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(wc -l < "$texts") texts" >&2

ours() {
    for step in normalise find redact language quality sensitive minhash recipe; do "$program" "$step" "$texts"; done
}

: > "$results"
for _ in $(seq "${RUNS:-3}"); do
    for one in $peers; do "$(peer "$one")" "$here/peers.py" "$one" "$texts" | tee -a "$results"; done
    ours | tee -a "$results"
done
python3 "$here/table.py" speed "$results"

if [ -n "${ZWECK:-}" ]; then
    printf '[quality]\npreset = "web"\n' > "$folder/web.toml"
    "$ZWECK" --json recipe try "$texts" --recipe "$folder/web.toml" > "$folder/results/texts-ours.jsonl"
    "$(peer kept)" "$here/peers.py" kept "$texts" > "$folder/results/texts-kept.txt"
    python3 "$here/table.py" agree "$texts" "$folder/results/texts-ours.jsonl" "$folder/results/texts-kept.txt"
fi

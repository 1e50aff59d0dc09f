#!/usr/bin/env bash
# 100,000 events of a feed, durable: how long `zweck import --follow` takes from the first byte to
# the end, and a plain import of the same file beside it, in the same run.
#
#   bench/feed.sh [EVENTS]        ZWECK=path/to/zweck names the binary, else the one on the path
set -euo pipefail
cd "$(dirname "$0")/.."
events=${1:-100000}
zweck=$(command -v "${ZWECK:-zweck}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 bench/feed.py "$events" > "$work/feed.ndjson"
bytes=$(stat -c %s "$work/feed.ndjson")
echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); $events events, $bytes bytes"

timed() {
    local name=$1 start end
    shift
    start=$(date +%s.%N)
    "$@" > "$work/said"
    end=$(date +%s.%N)
    printf '%-28s %6.1f s\n' "$name" "$(echo "$end $start" | awk '{print $1 - $2}')"
}

followed() { "$zweck" --state "$work/followed" import --follow < "$work/feed.ndjson"; }
imported() { "$zweck" --state "$work/imported" import "$work/feed.ndjson"; }
timed "cat, and sync" sh -c "cat '$work/feed.ndjson' > '$work/copy' && sync '$work/copy'"
timed "import" imported
timed "import --follow" followed
grep -c '"committed"' "$work/said" | sed 's/$/ commits/'

# Equal work: both hold the same rows.
rows() { "$zweck" --json --state "$1" lake show | python3 -c '
import json, sys
print({one["table"]: one["rows"] for one in json.load(sys.stdin)["tables"]})'; }
diff <(rows "$work/followed") <(rows "$work/imported") && rows "$work/followed"

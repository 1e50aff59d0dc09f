#!/usr/bin/env bash
# Imports so many items of a twentieth as many members, and prints one line: rows, input, seconds,
# microseconds a row, peak memory, bytes of lake and store a row.
#
#   bench/import.sh ROWS               1000000 for the first step, 20000000 for a network
#
# ZWECK=path/to/zweck names the binary, else the one on the path.
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:?how many rows}
zweck=$(command -v "${ZWECK:-zweck}")
work=$(mktemp -d "${TMPDIR:-/var/tmp}/zweck-import.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 bench/make_source.py members "$rows" "$work/events.ndjson"
python3 - "$rows" "$work" "$zweck" <<'PYTHON'
import os, resource, subprocess, sys, time

rows, work, zweck = int(sys.argv[1]), *sys.argv[2:]
os.makedirs(f"{work}/run")
events = f"{work}/events.ndjson"
start = time.monotonic()
subprocess.run([zweck, "--state", f"{work}/run/state", "import", events], check=True,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.monotonic() - start
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def size(path):
    return sum(os.path.getsize(f"{at}/{name}") for at, _, names in os.walk(path) for name in names)


lake, all_ = size(f"{work}/run/state/lake"), size(f"{work}/run")
print(f"{rows} rows  {os.path.getsize(events) / 1e6:.0f} MB  {seconds:.1f} s  "
      f"{seconds / rows * 1e6:.1f} us a row  peak {peak:.0f} MB  "
      f"lake {lake / rows:.0f} B a row  store {(all_ - lake) / rows:.0f} B a row")
PYTHON

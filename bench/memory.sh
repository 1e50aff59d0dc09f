#!/usr/bin/env bash
# The peak memory of `zweck import`, for sources of several sizes: one line for each.
#
#   bench/memory.sh [MEGABYTES…]      by default 10 100 400 1000
#
# ZWECK=path/to/zweck names the binary, else the one on the path; KINDS limits the sources. Peak
# memory is the maximum resident set of the process, as `getrusage` says.
set -euo pipefail
cd "$(dirname "$0")/.."
zweck=$(command -v "${ZWECK:-zweck}")
work=$(mktemp -d "${TMPDIR:-/var/tmp}/zweck-memory.XXXXXX")
trap 'rm -rf "$work"' EXIT

place() {
    case $1 in
    ndjson) echo "$work/events.ndjson" ;;
    linkedin) echo "$work/Complete_LinkedInDataExport_01-15-2026.zip" ;;
    stack-exchange) echo "$work/dump" ;;
    esac
}

echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $("$zweck" --version)"
for kind in ${KINDS:-ndjson linkedin stack-exchange}; do
    for megabytes in "${@:-10 100 400 1000}"; do
        for size in $megabytes; do
            python3 bench/make_source.py "$kind" "$size" "$(place "$kind")"
            mkdir -p "$work/run"
            options=(--format "$kind")
            [ "$kind" != linkedin ] || options+=(--member ada)
            python3 - "$kind" "$size" "$zweck" --state "$work/run/state" import "${options[@]}" \
                "$(place "$kind")" <<'PYTHON'
import resource, subprocess, sys, time

kind, size, *command = sys.argv[1:]
start = time.monotonic()
done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"{kind:15} {size:>5} MB  peak {peak:6.0f} MB  {time.monotonic() - start:7.1f} s", flush=True)
if done.returncode not in (0, 3):
    sys.exit(done.stderr.decode()[-2000:])
PYTHON
            rm -rf "$work/run" "$(place "$kind")"
        done
    done
done

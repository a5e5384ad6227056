#!/usr/bin/env bash
# http_bench.sh BUILD_DIR INDEX QUERIES [SECONDS]: how long searches take over HTTP.
# Starts readout-searchd on INDEX, sends the lines of QUERIES as searches with wrk: on one keep-alive
# connection (nothing waits: what HTTP itself adds) and on 16; also how long it takes from the start to
# the first answer, the index being in memory and not, and what memory is resident beside mapped
# files; searches with the cache of answers off, and as it is by default. Then the time /healthz takes
# while four workers run the slowest of them.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage="usage: http_bench.sh BUILD_DIR INDEX QUERIES [SECONDS]"
bin=${1:?$usage}/bin
index=${2:?$usage}
queries=${3:?$usage}
seconds=${4:-10}

work=$(mktemp -d)
. "$here/service.sh"
need curl fincore wrk
trap 'stop; rm -rf "$work"' EXIT

measure() { # measure CONNECTIONS SECONDS
    local from
    from=$(processor)
    load "$1" "$2" "$queries" | tee "$work/measured"
    per_search "$work/measured" "$from"
}

# The first answer, by asking again and again.
first() {
    local from=$EPOCHREALTIME tries=0
    launch "$index"
    until [ -s "$work/port" ] &&
        curl -fso /dev/null "http://127.0.0.1:$(cat "$work/port")/v1/search?q=president+talks"; do
        ((++tries < 2000)) || exit 1
        sleep 0.002
    done
    awk -v a="$from" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.0f ms\n", (b - a) * 1000 }'
    stop
}

# Takes the files of the index out of memory, as after a start of the machine; says what stayed, which
# another process has mapped.
forget() {
    sync -f "$index"
    find "$index" -type f ! -name '*-shm' -exec dd if={} iflag=nocache count=0 status=none \;
    find "$index" -type f ! -name '*-shm' -exec fincore -nbo RES {} + |
        awk '{ bytes += $1 } END { if (bytes) printf "== in memory still: %.1f MB of the index\n", bytes / 1e6 }'
}

for _ in 1 2 3; do
    echo "== from the start to the first answer: $(first)"
done
for _ in 1 2 3; do
    forget
    echo "== the same, the index not in memory: $(first)"
done
for cache in 0 32M; do
    start "$index" --cache "$cache"
    measure 1 2 >/dev/null # warms the pages of the index
    for connections in 1 16; do
        echo "== connections: $connections, --cache $cache"
        measure "$connections" "$seconds"
    done
done
echo "== resident beside mapped files: $(awk '/^RssAnon/ { printf "%.0f MB", $2 / 1000 }' "/proc/$daemon/status")"
echo "== /healthz alone, 16 connections"
wrk -t1 -c16 -d3s --latency "http://127.0.0.1:$port/healthz" | grep -E '^ +(50|99)%|Requests/sec'

# The slowest: the commonest words of the queries, all of them, as many hits as allowed.
words=$(tr -cs '[:alpha:]' '\n' <"$queries" | sort | uniq -c | sort -rn | awk 'NR <= 40 { print $2 }')
printf '{"q":"%s","match":"any","limit":1000,"facets":["source","year"]}' \
    "$(paste -sd' ' <<<"$words")" >"$work/slow.json"
start "$index" --workers 4 --deadline 30s --cache 0
busy=()
for _ in 1 2 3 4; do
    (while :; do
        curl -so /dev/null -H 'Content-Type: application/json' -d @"$work/slow.json" \
            "http://127.0.0.1:$port/v1/query" || break
    done) &
    busy+=($!)
done
sleep 1
echo "== /healthz while 4 workers run the slowest query"
wrk -t1 -c1 -d"${seconds}s" --latency "http://127.0.0.1:$port/healthz" | grep -E '^ +(50|99)%'
kill "${busy[@]}"
wait "${busy[@]}" 2>/dev/null || true

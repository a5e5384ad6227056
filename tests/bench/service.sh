# shellcheck shell=bash
# Sourced by the benchmarks of the service: the daemon on a free port, and wrk against it. Expects `here`,
# this directory, `bin`, where the programs are, and `work`, a directory of its own.
: "${here:?}" "${bin:?}" "${work:?}"

need() { # need TOOL…
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || {
            echo "$0: $tool is missing" >&2
            exit 1
        }
    done
}

daemon=
stop() {
    [ -z "$daemon" ] || { kill "$daemon" && wait "$daemon"; } || true
    daemon=
}

launch() { # launch INDEX [OPTION…]: sets daemon; its port comes into the file $work/port
    rm -f "$work/port"
    "$bin/readout-searchd" --index "$1" --listen 127.0.0.1:0 --port-file "$work/port" --log-level error "${@:2}" &
    daemon=$!
}

start() { # start INDEX [OPTION…]: in the place of the one before; sets daemon and port, and waits until it is ready
    stop
    launch "$@"
    for _ in {1..300}; do
        if [ -s "$work/port" ] && port=$(<"$work/port") && curl -fso /dev/null "http://127.0.0.1:$port/readyz"; then
            return 0
        fi
        kill -0 "$daemon" 2>/dev/null || exit 1 # it has said why
        sleep 0.1
    done
    echo "$0: the daemon did not become ready" >&2
    exit 1
}

load() { # load CONNECTIONS SECONDS QUERIES [PATH MORE]: what http_bench.lua tells; THREADS, as many as connections
    wrk -t"${THREADS:-$1}" -c"$1" -d"$2s" --timeout 30s -s "$here/http_bench.lua" "http://127.0.0.1:$port" -- "${@:3}" |
        sed -n '/answers/,$p'
}

processor() { awk '{ print ($14 + $15) * 10 }' "/proc/$daemon/stat"; } # milliseconds of the daemon until now

per_search() { # per_search FILE FROM: of processor time, of what `load` wrote into FILE since `processor` was FROM
    awk -v used="$(($(processor) - $2))" '/answers/ { printf "%.2f ms of processor time each\n", used / $1 }' "$1"
}

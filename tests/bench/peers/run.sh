#!/usr/bin/env bash
# run.sh BUILD_DIR CORPUS QUERIES [ARTICLES]: our sealed leaf beside other engines; README.md tells how.
# CORPUS is the articles as JSON lines; ARTICLES other than their number makes so many of them.
# PEERS (readout tantivy lucene xapian fts5) says which, ROUNDS (3) how often they take turns.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
usage="usage: run.sh BUILD_DIR CORPUS QUERIES [ARTICLES]"
build=$(realpath "${1:?$usage}")
corpus=$(realpath "${2:?$usage}")
queries=$(realpath "${3:?$usage}")
articles=${4:-all}
read -ra peers <<<"${PEERS:-readout tantivy lucene xapian fts5}"
rounds=${ROUNDS:-3}
work=$build/bench/peers
data=$work/$articles
mkdir -p "$data"

# ---- the drivers

wants() { [[ " ${peers[*]} " == *" $1 "* ]]; }

if wants tantivy; then
    cargo build --quiet --release --manifest-path "$here/tantivy/Cargo.toml" --target-dir "$work/cargo"
fi
if wants xapian; then
    g++ -O2 -std=c++17 "$here/xapian.cc" -o "$work/xapian" -lxapian
fi
if wants lucene; then
    # Debian 12 has Java 17. This package brings a current runtime, with the vector module.
    if [ -z "${PEER_JAVA:-}" ]; then
        [ -d "$work/venv" ] || python3 -m venv "$work/venv"
        "$work/venv/bin/pip" install -q --no-deps arcadedb-embedded
        PEER_JAVA=$(find "$work/venv" -path '*/jre/bin/java')
    fi
    mvn -q -f "$here/lucene/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/lucene"
    "$PEER_JAVA" -cp "$work/lucene/*" org.eclipse.jdt.internal.compiler.batch.Main -21 -nowarn \
        -cp "$(find "$work/lucene" -name 'lucene-core-*.jar')" -d "$work/lucene" "$here/lucene/Peer.java"
fi

driver() { # driver PEER ARGUMENT…
    case $1 in
    tantivy) "$work/cargo/release/peer-tantivy" "${@:2}" ;;
    xapian) "$work/xapian" "${@:2}" ;;
    lucene)
        "$PEER_JAVA" -Xmx2g --enable-native-access=ALL-UNNAMED --add-modules jdk.incubator.vector -cp "$work/lucene:$work/lucene/*" \
            Peer "${@:2}" 2> >(grep -vi -e 'incubator' -e 'PanamaVectorization' >&2)
        ;;
    *) "$build/bench/peer_$1" "${@:2}" ;;
    esac
}

# ---- what they read

[ -s "$work/all.terms" ] || "$build/bench/peer_terms" articles <"$corpus" >"$work/all.terms"
terms=$work/all.terms
if [ "$articles" != all ]; then
    terms=$data/terms
    [ -s "$terms" ] || "$build/bench/peer_terms" grow "$articles" "$work/all.terms" >"$terms"
fi
[ -s "$work/queries" ] || "$build/bench/peer_terms" queries 10 "$work/all.terms" <"$queries" >"$work/queries"
awk 'NR % 8 == 0' "$work/queries" >"$work/queries.few" # for the engines that take long

# ---- indexing: one processor for one thread, two for two

# A line: threads, articles, seconds, seconds of processor time (of all the program did, unless it
# tells what it took until it could be searched).
index() { # index PEER THREADS
    local TIMEFORMAT='%U %S' processors=0
    [ "$2" = 1 ] || processors=0,1
    rm -rf "${data:?}/$1" "$data/$1.raw"
    { time driver_on "$processors" "$1" index "$terms" "$data/$1" "$2" >"$data/said"; } 2>"$data/time"
    awk -v n="$2" 'NR == FNR { last = $1 + $2; next } /^indexed/ { print n, $2, $3, $4 ? $4 : last }' \
        "$data/time" "$data/said" >>"$data/$1.rates"
    rm -rf "$data/$1.raw"
}

driver_on() { # driver_on PROCESSORS PEER ARGUMENT…
    (
        taskset -pc "$1" "$BASHPID" >/dev/null
        driver "${@:2}"
    )
}

for peer in "${peers[@]}"; do
    rm -f "$data/$peer.rates" "$data/$peer".[0-9]*.out
    driver "$peer" version | tee "$data/$peer.version"
    [[ $peer =~ xapian|fts5 ]] || index "$peer" 2
    index "$peer" 1
    du -sb "$data/$peer" | cut -f1 >"$data/$peer.size"
done

# ---- searching, in turns

for round in $(seq "$rounds"); do
    for peer in "${peers[@]}"; do
        few=
        [[ $peer =~ xapian|fts5 ]] && few=.few
        driver_on 1 "$peer" search "$data/$peer" "$work/queries$few" "$data/$peer.$round.out" 3
    done
done
python3 "$here/compare.py" "$data" "${peers[@]}"

# Shared by the commands of this folder; sourced, not run. Sets the working directory to the top of the
# checkout and `jobs` to the number of processors.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck disable=SC2034 # for those who source this
jobs=$(nproc)

say() {
    printf '\n== %s\n' "$*"
}

# need GROUP…: installs the Debian packages of the groups in tools/packages that are missing.
need() {
    local group package missing=()
    for group in "$@"; do
        while read -r package; do
            dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
                missing+=("$package")
        done < <(awk -v group="$group" '$1 == group { for (i = 2; i <= NF; i++) print $i }' tools/packages)
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    say "installing ${missing[*]}"
    "${root[@]}" apt-get update -q -o Acquire::Retries=5
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends -o Acquire::Retries=5 "${missing[@]}"
}

# build PRESET [TARGET…]: configures and builds it; the programs are in BUILD_DIR/bin.
build() {
    cmake --preset "$1" >/dev/null
    cmake --build --preset "$1" --parallel "$jobs" ${2:+--target "${@:2}"}
}

# shellcheck disable=SC2034
programs=(readout-indexer readout-query readout-searchd)

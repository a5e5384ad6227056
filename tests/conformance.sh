#!/bin/sh
# The test fixture `conformance`: unpacks the outside test data ARCHIVE into DIRECTORY, unless what
# is there is as new. Without the archive there is nothing to do: the tests that want it skip.
set -eu
archive=$1
directory=$2
if [ ! -r "$archive" ]; then
    echo "no outside test data: $(basename "$archive") is not there"
    exit 0
fi
if [ ! "$directory/.unpacked" -nt "$archive" ]; then
    rm -rf "$directory"
    mkdir -p "$directory"
    tar -I zstd -xf "$archive" -C "$directory" --strip-components=1
    touch "$directory/.unpacked"
fi

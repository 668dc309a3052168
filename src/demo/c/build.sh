#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the demo plugin into OUTPUT_DIR, unless it is there and newer than everything it is made of.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUTPUT_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
bindings=$here/../../../bindings
compiler=${CC:-cc} # may have arguments, so it is not quoted below
flags=
case $(uname -s):$compiler in
    *:*mingw*) # for Windows, with the threads and the rest of its runtime inside
        library=$1/turnstile_demo.dll
        flags=-static
        ;;
    Darwin:*) library=$1/libturnstile_demo.dylib ;;
    *) library=$1/libturnstile_demo.so ;;
esac

if [ -f "$library" ] && [ -z "$(find "$here" "$bindings/rustbridge.h" -type f -newer "$library")" ]; then
    exit 0
fi

if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
    echo "no C compiler: '${compiler%% *}' was not found; install gcc or clang, e.g. apt-get install gcc, or set CC" >&2
    exit 1
fi

# Under another name first: whoever loaded the old file keeps it, and a build that fails leaves nothing half done.
mkdir -p "$1"
unfinished=$library.$$
trap 'rm -f "$unfinished"' EXIT
# shellcheck disable=SC2086
$compiler -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    -fPIC -shared -fvisibility=hidden -pthread $flags ${CFLAGS:-} -I "$bindings" -o "$unfinished" "$here"/*.c
mv "$unfinished" "$library"

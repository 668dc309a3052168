#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds turnstile-host, the small process for an isolated plugin, into OUTPUT_DIR, unless it is there and newer than everything it is made of. On
# systems other than Linux there is none, and nothing is done.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUTPUT_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
bindings=$here/../../../bindings
program=$1/turnstile-host
[ "$(uname -s)" = Linux ] || exit 0
if [ -f "$program" ] && [ -z "$(find "$here" "$bindings/rustbridge.h" -type f -newer "$program")" ]; then
    exit 0
fi

compiler=${CC:-cc} # may have arguments, so it is not quoted below
if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
    echo "no C compiler: '${compiler%% *}' was not found; install gcc or clang, e.g. apt-get install gcc, or set CC" >&2
    exit 1
fi

# Under another name first: a process that runs the old file keeps it, and a build that fails leaves nothing half done.
mkdir -p "$1"
unfinished=$program.$$
trap 'rm -f "$unfinished"' EXIT
# shellcheck disable=SC2086
$compiler -std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -pthread ${CFLAGS:-} -I "$bindings" \
    -o "$unfinished" "$here"/*.c -ldl
mv "$unfinished" "$program"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the host in C into OUTPUT_DIR/host, unless it is there and newer than what it is made of.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUTPUT_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
bindings=$here/../../../bindings
host=$1/host

if [ -f "$host" ] && [ -z "$(find "$here" "$bindings/rustbridge.h" -type f -newer "$host")" ]; then
    exit 0
fi

compiler=${CC:-cc} # may have arguments, so it is not quoted below
if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
    echo "no C compiler: '${compiler%% *}' was not found; install gcc or clang, e.g. apt-get install gcc, or set CC" >&2
    exit 1
fi

# Under another name first: a build that fails leaves nothing half done.
mkdir -p "$1"
unfinished=$host.$$
trap 'rm -f "$unfinished"' EXIT
# shellcheck disable=SC2086
$compiler -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    ${CFLAGS:-} -I "$bindings" -o "$unfinished" "$here"/host.c -ldl
mv "$unfinished" "$host"

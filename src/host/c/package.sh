#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds turnstile-host for each platform that there is a compiler for, each into a directory below OUTPUT_DIR with what its jar has. For another
# processor than this one's that is Debian's cross compiler, e.g. apt-get install gcc-aarch64-linux-gnu.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUTPUT_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
[ "$(uname -s)" = Linux ] || exit 0

for architecture in x86_64 aarch64; do
    if [ "$(uname -m)" = "$architecture" ]; then compiler=${CC:-cc}; else compiler=$architecture-linux-gnu-gcc; fi
    command -v "${compiler%% *}" >/dev/null 2>&1 || continue
    platform=linux-$architecture
    CC=$compiler CFLAGS="${CFLAGS:-} -s" sh "$here/build.sh" "$1/$platform/META-INF/turnstile/host/$platform"
    cp "$here/../../../LICENSE" "$here/../../../NOTICE" "$1/$platform/META-INF/"
done

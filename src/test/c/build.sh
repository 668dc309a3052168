#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the test plugins into OUTPUT_DIR, one library lib<name> for each <name>.c that is newer than its library; and, on Linux, a plugin
# with its dependencies into OUTPUT_DIR/neighbours.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUTPUT_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
bindings=$here/../../../bindings
case $(uname -s) in
    Darwin) suffix=dylib ;;
    *) suffix=so ;;
esac

compiler=${CC:-cc} # may have arguments, so it is not quoted below
unfinished=
trap 'rm -f "$unfinished"' EXIT
need_compiler() {
    if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
        echo "no C compiler: '${compiler%% *}' was not found; install gcc or clang, e.g. apt-get install gcc, or set CC" >&2
        exit 1
    fi
}

# build SOURCE LIBRARY [FLAG...]
build() {
    source=$1
    library=$2
    shift 2
    need_compiler
    # Under another name first: whoever loaded the old file keeps it, and a build that fails leaves nothing half done.
    mkdir -p "$(dirname "$library")"
    unfinished=$library.$$
    # shellcheck disable=SC2086
    $compiler -std=c11 -D_POSIX_C_SOURCE=200809L -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
        -fPIC -shared -fvisibility=hidden -pthread ${CFLAGS:-} -I "$bindings" -o "$unfinished" "$source" "$@"
    mv "$unfinished" "$library"
}

for source in "$here"/*.c; do
    library=$1/lib$(basename "$source" .c).$suffix
    if [ -f "$library" ] &&
        [ -z "$(find "$source" "$here/tiny_plugin.h" "$here/build.sh" "$bindings/rustbridge.h" -newer "$library")" ]; then
        continue
    fi
    build "$source" "$library"
done

# A program, which uses what Linux alone has.
hostile=$1/turnstile-hostile-host
if [ "$suffix" = so ] && { [ ! -f "$hostile" ] || [ -n "$(find "$here/hostile" "$here/build.sh" -newer "$hostile")" ]; }; then
    need_compiler
    unfinished=$hostile.$$
    # shellcheck disable=SC2086
    $compiler -std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror ${CFLAGS:-} -o "$unfinished" "$here/hostile/hostile_host.c"
    mv "$unfinished" "$hostile"
fi

neighbours=$1/neighbours
if [ "$suffix" = so ] &&
    { [ ! -f "$neighbours/app/plugins/libneighbours.so" ] ||
        [ -n "$(find "$here/neighbours" "$here/tiny_plugin.h" "$here/build.sh" -newer "$neighbours/app/plugins/libneighbours.so")" ]; }; then
    build "$here/neighbours/leaf.c" "$neighbours/app/plugins/sub/libturnstile_below.so" -DLEAF=turnstile_below
    build "$here/neighbours/leaf.c" "$neighbours/lib/libturnstile_above.so" -DLEAF=turnstile_above
    # shellcheck disable=SC2016
    build "$here/neighbours/beside.c" "$neighbours/app/plugins/libturnstile_beside.so" \
        -L "$neighbours/app/plugins/sub" -lturnstile_below -Wl,-rpath,'$ORIGIN/sub'
    # shellcheck disable=SC2016
    build "$here/neighbours/plugin.c" "$neighbours/app/plugins/libneighbours.so" \
        -L "$neighbours/app/plugins" -lturnstile_beside -L "$neighbours/lib" -lturnstile_above \
        -Wl,-rpath-link,"$neighbours/app/plugins/sub" -Wl,-rpath,'$ORIGIN:${ORIGIN}/../../lib'
fi

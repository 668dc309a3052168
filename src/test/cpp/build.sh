#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the test plugin in C++ into OUTPUT_DIR twice: libheader_state as a compiler does by itself, and libheader_state_separate with
# -fno-gnu-unique. Says so and ends well where there is no C++ compiler; the tests that need it are skipped then.
set -eu

[ $# -eq 1 ] || { echo "usage: $0 OUTPUT_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
bindings=$here/../../../bindings
case $(uname -s) in
    Darwin) suffix=dylib ;;
    *) suffix=so ;;
esac

compiler=${CXX:-c++} # may have arguments, so it is not quoted below
if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
    echo "no C++ compiler ('${compiler%% *}'): the tests of a plugin in C++ are skipped"
    exit 0
fi
unfinished=
trap 'rm -f "$unfinished"' EXIT

# build DIRECTORY NAME [FLAG...]
build() {
    library=$1/lib$2.$suffix
    shift 2
    if [ -f "$library" ] && [ -z "$(find "$here" "$bindings/rustbridge.h" -newer "$library")" ]; then
        return
    fi
    mkdir -p "$(dirname "$library")"
    unfinished=$library.$$
    # shellcheck disable=SC2086
    $compiler -std=c++17 -O2 -Wall -Wextra -Wshadow -Werror -fPIC -shared ${CXXFLAGS:-} "$@" -I "$bindings" \
        -o "$unfinished" "$here/header_state.cpp"
    mv "$unfinished" "$library"
}

build "$1" header_state
# Only GCC has the option; other compilers do not need it.
if $compiler -fno-gnu-unique -fsyntax-only -x c++ /dev/null 2>/dev/null; then
    build "$1" header_state_separate -fno-gnu-unique
else
    build "$1" header_state_separate
fi

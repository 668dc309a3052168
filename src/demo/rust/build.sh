#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the sync-demo plugin into a directory.
#
#   build.sh OUTPUT_DIR
#
# Exit code 0: OUTPUT_DIR holds the library (libsync_demo.so, libsync_demo.dylib or sync_demo.dll), or, when there is no
# fitting Rust here or its crates cannot be had, no library, and one line says why.
# Any other exit code: it should have been possible to build it and it was not.
# The sources are built from a copy in OUTPUT_DIR, so the source tree stays as it is.
set -eu

needed=1.90

if [ $# -ne 1 ] || [ -z "$1" ]; then
    echo "usage: build.sh OUTPUT_DIR" >&2
    exit 2
fi
sources=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p -- "$1"
output=$(CDPATH='' cd -- "$1" && pwd)
build=$output/sync-demo-build
stamp=$build/built-from
log=$build/fetch.log

unavailable() {
    rm -f -- "$output/libsync_demo.so" "$output/libsync_demo.dylib" "$output/sync_demo.dll" "$stamp"
    echo "sync-demo not built: $1"
    exit 0
}

failed() {
    rm -f -- "$library" "$stamp"
    echo "sync-demo: $1" >&2
    exit 1
}

# The two must answer, not just be there: a rustup proxy without a toolchain is on PATH, too.
command -v cargo >/dev/null 2>&1 || unavailable "cargo is not on PATH (Rust $needed or later is needed)"
cargo --version >/dev/null 2>&1 || unavailable "cargo does not run (Rust $needed or later is needed)"
rustc=$("${RUSTC:-rustc}" -vV 2>/dev/null) || unavailable "rustc does not run (Rust $needed or later is needed)"
release=$(printf '%s\n' "$rustc" | sed -n 's/^release: //p')
host=$(printf '%s\n' "$rustc" | sed -n 's/^host: //p')
major=${release%%.*}
minor=${release#*.}
minor=${minor%%.*}
if [ "$major" -lt "${needed%%.*}" ] ||
    { [ "$major" -eq "${needed%%.*}" ] && [ "$minor" -lt "${needed#*.}" ]; }; then
    unavailable "Rust $release is too old ($needed or later is needed)"
fi

case $host in
*-apple-*) name=libsync_demo.dylib ;;
*-windows-*) name=sync_demo.dll ;;
*) name=libsync_demo.so ;;
esac
library=$output/$name

# Our own warnings are errors; cargo caps the lints of the crates we depend on.
RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }-D warnings"
export RUSTFLAGS
unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS

made_from=$(
    cd -- "$sources"
    cksum build.sh Cargo.toml src/*.rs
    printf '%s\n' "$rustc" "$RUSTFLAGS"
)
if [ -f "$library" ] && [ -f "$stamp" ] && [ "$made_from" = "$(cat -- "$stamp")" ]; then
    exit 0
fi

rm -rf -- "$build/src" "$stamp"
mkdir -p -- "$build"
cp -R -- "$sources/Cargo.toml" "$sources/src" "$build/"
cd -- "$build"

cargo metadata --quiet --no-deps --offline --format-version 1 >"$log" 2>&1 || {
    cat -- "$log" >&2
    failed "Cargo.toml is not valid"
}

# What is at hand is enough. If not, ask the registry; if it answers that there is no such version, the pin is wrong.
fetch() {
    cargo fetch --quiet --target "$host" "$@" >"$log" 2>&1
}
if ! { [ -f Cargo.lock ] && fetch --offline; } && ! fetch; then
    if grep -q 'failed to select a version' "$log"; then
        cat -- "$log" >&2
        failed "the dependencies in Cargo.toml cannot be resolved"
    fi
    reason=$(sed -n 's/^error: //p; /^Caused by:/{n;p;}' "$log" | sed -n '$s/^ *//p')
    fetch --offline || unavailable "its crates cannot be fetched: ${reason:-see $log}"
fi

echo "sync-demo: building with Rust $release"
cargo build --quiet --release --offline --target "$host" --target-dir "$build/target" ||
    failed "cargo build failed"

# A new file under the old name: a process that has the old one loaded keeps it.
cp -- "target/$host/release/$name" "$library.$$"
mv -f -- "$library.$$" "$library"
printf '%s\n' "$made_from" >"$stamp"

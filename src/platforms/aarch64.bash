# Part of scripts/platforms: linux-aarch64, by qemu. Beside the machine stands an unpacked Debian for arm64 with a Java; nothing is installed there, since qemu starts
# each program by itself.
need 'gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static debootstrap debian-archive-keyring' \
    aarch64-linux-gnu-gcc qemu-aarch64-static debootstrap flock

tree=$cache/arm64
java=$tree/usr/lib/jvm/java-25-openjdk-arm64/bin/java

# Makes a program of the tree start by qemu: the kernel need not know how.
wrap() {
    local elf
    elf=$(dirname "$1")/.$(basename "$1").elf
    mv "$1" "$elf"
    printf '%s\n' '#!/bin/sh' "exec $(command -v qemu-aarch64-static) -0 \"\$0\" -L '$tree' '${2-$elf}' \"\$@\"" >"$1"
    chmod 755 "$1"
}

unpack_tree() {
    local new=$tree.new log=$tree.log package link target mirror
    [ "$(id -u)" = 0 ] || refuse 1 'unpacking a Debian takes root'
    rm -rf "$new"
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' | awk '$2 == "main" && !seen++ { print $1 }')
    echo "Unpacking a Debian for arm64 into $tree ..." >&2
    debootstrap --foreign --variant=minbase --arch=arm64 --include=openjdk-25-jre-headless trixie "$new" "$mirror" >"$log" 2>&1 9>&- ||
        { tail -n 3 "$log" >&2; refuse 1 'debootstrap failed, see above.'; }
    for package in "$new"/var/cache/apt/archives/*.deb; do dpkg-deb -x "$package" "$new"; done
    rm -rf "$new/var/cache/apt" "$new/debootstrap"
    # Links as this system, outside of the tree, has to follow them.
    find "$new" -type l -lname '/*' | while IFS= read -r link; do
        target=$(readlink "$link")
        ln -srfn "$new$target" "$link"
    done
    (
        tree_of_files=$new/usr/lib/jvm/java-25-openjdk-arm64
        for program in "$tree_of_files"/bin/* "$tree_of_files"/lib/jspawnhelper; do
            [ "$(head -c 4 "$program" | tail -c 3)" = ELF ] || continue
            final=$tree${program#"$new"}
            wrap "$program" "$(dirname "$final")/.$(basename "$final").elf"
        done
    )
    rm -rf "$tree"
    mv "$new" "$tree"
}

if [ ! -x "$java" ]; then
    mkdir -p "$cache"
    exec 9>"$tree.lock"
    flock 9
    [ -x "$java" ] || unpack_tree
    exec 9>&-
fi

build_plugins
CC=aarch64-linux-gnu-gcc sh src/host/c/build.sh "$files/linux-aarch64"
wrap "$files/linux-aarch64/turnstile-host"

export LC_ALL=C.UTF-8
# One compiler: the better one costs more under qemu than it saves.
exec "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED "-Dturnstile.extraction.dir=$place" \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$(class_path | paste -s -d : -)" dev.turnstile.platforms.PlatformChecks "$files" 2000

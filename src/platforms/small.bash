# Part of scripts/platforms: machines that lack something, made of this one. Each row of the table says what is lacking and what came of it: it works, or a message
# says what is wrong. A row whose outcome is another one than that which is written here makes the script fail.
need 'util-linux coreutils' unshare setpriv mount taskset timeout
[ "$(id -u)" = 0 ] || refuse 1 'mounts file systems and changes users for some rows: start it as root'
[ "$(uname -s)" = Linux ] || refuse 1 'makes small machines of Linux only'

build_plugins
sh src/host/c/build.sh "$files/linux-$(uname -m)"
mkdir "$work/lib"
class_path | grep '\.jar$' | while IFS= read -r jar; do cp "$jar" "$work/lib"; done # where other users can read them
jdk=$(sh scripts/jdk 22)
"$jdk/bin/jar" --create --file "$work/lib/turnstile.jar" -C target/classes .
"$jdk/bin/jar" --create --file "$work/lib/checks.jar" -C target/test-classes dev/turnstile/platforms
chmod -R a+rX "$work"
chmod 777 "$place"
java=$(sh scripts/jdk 21)/bin/java
jar=$work/lib
said=$work/said
failed=0

# All the checks, and one command, which says in one line what goes wrong. What comes first starts java with some options: OPTION... or PREFIX... java OPTION...
options=(--enable-native-access=ALL-UNNAMED -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$jar/*")
checks() { timeout 300 "$@" "-Dturnstile.extraction.dir=$place" "${options[@]}" dev.turnstile.platforms.PlatformChecks "$files" 10000; }
call() { timeout 60 "$@" "${options[@]}" dev.turnstile.cli.Main call "$files/plugin.rbp" --key-file "$files/plugin.pub" echo '{"message":"hello"}'; }

# row LACKING EXPECTED COMMAND...: EXPECTED is `works`, or a part of the message.
row() {
    local lacking=$1 expected=$2 outcome=works code=0
    shift 2
    "$@" >"$said" 2>&1 </dev/null || code=$?
    if [ "$code" != 0 ]; then
        # The library's own words come before those of the JVM.
        outcome=$({ grep -aE '^(FAILED|turnstile: )' "$said" || grep -aE 'OutOfMemoryError' "$said" || cat "$said"; } | sed -n 1p | cut -c 1-500)
        outcome="exit code $code: ${outcome//"$work"/WORK}"
    fi
    printf '| %s | %s |\n' "$lacking" "$outcome"
    case $outcome in
        *"$expected"*) ;;
        *)
            echo "FAILED: \"$expected\" was expected. All that was said:"
            sed 's/^/    /' "$said" | head -n 60
            failed=1
            ;;
    esac
}

# The beginning of a command in a mount namespace of its own, where these lines of shell come first.
mounted() { prefix=(unshare --mount --propagation private sh -ec "$1"'; exec "$@"' sh); }
limited() { prefix=(bash -ec "ulimit $1"'; exec "$@"' bash); }

echo '| what is lacking | what comes of it |'
echo '| --- | --- |'
row 'processors: one' works checks taskset -c 0 "$java"
row 'processors: one, the JVM says (`-XX:ActiveProcessorCount=1`)' works checks "$java" -XX:ActiveProcessorCount=1
row 'memory: a heap of 64 MB' works checks "$java" -Xmx64m
row 'stack: 256 KB for each thread' works checks "$java" -Xss256k
row 'all of that' works checks taskset -c 0 "$java" -Xmx64m -Xss256k

row 'the directory for temporary files: there is none' 'turnstile.extraction.dir' call "$java" -Djava.io.tmpdir=/missing
row '… and another place is named (`turnstile.extraction.dir`)' works checks "$java" -Djava.io.tmpdir=/missing
mkdir "$work/tmp"
mounted "mount -t tmpfs -o noexec none '$work/tmp'"
row '… it is mounted `noexec`' noexec call "${prefix[@]}" "$java" "-Djava.io.tmpdir=$work/tmp"
mounted "mount -t tmpfs -o size=4k none '$work/tmp'"
row '… it is full' 'No space left' call "${prefix[@]}" "$java" "-Djava.io.tmpdir=$work/tmp"
mounted 'mount -o remount,bind,ro /; mount -o remount,bind,ro /dev/shm'
row 'files that can be written: none' 'Read-only file system' call "${prefix[@]}" "$java"
mounted "mount -t tmpfs none '$place'; mount -o remount,bind,ro /; mount -o remount,bind,ro /dev/shm"
row '… but in one place, which is named' works checks "${prefix[@]}" "$java"

limited '-n 64'
row 'file descriptors: 64' works checks "${prefix[@]}" "$java"
limited '-n 32'
row 'file descriptors: 32' 'Too many open files' checks "${prefix[@]}" "$java"
limited '-n 16'
row 'file descriptors: 16' 'ulimit -n' call "${prefix[@]}" "$java"

# A user that has no other process. The JVM itself needs about 13 threads.
as_user=(setpriv --reuid=54321 --regid=54321 --clear-groups)
if "${as_user[@]}" test -x "$java" -a -r "$jar/checks.jar"; then
    for threads in 32 20; do
        limited "-u $threads"
        row "threads of the user: $threads" works call "${as_user[@]}" "${prefix[@]}" "$java" -XX:+UseSerialGC
    done
    limited '-u 12'
    row 'threads of the user: 12' 'unable to create native thread' call "${as_user[@]}" "${prefix[@]}" "$java" -XX:+UseSerialGC
else
    echo "| threads of the user | not tried: no other user can read $java or $jar |"
fi
exit "$failed"

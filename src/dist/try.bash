# Unpacks, installs and runs the downloads in minimal Debians, for scripts/package --try: one with nothing in it, and one with a Java, shells and man.
# Arguments: the directory of the downloads, and the names of the two archives without their endings.
set -euo pipefail
dist=$1
name=$2
linux=$3
root=$PWD/$dist/work/root
said=$dist/work/said

refuse() {
    printf 'scripts/package --try: %s\n' "$@" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || refuse 'a Debian is installed in a directory by root only'
command -v debootstrap >/dev/null || refuse 'there is no debootstrap to install one with'
mirror=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 2>/dev/null | awk '$2 == "main" { print $1; exit }')
[ -n "$mirror" ] || refuse 'apt names no mirror'
[ -f target/native/turnstile-demo.rbp ] || refuse 'there is no demo bundle: scripts/demo makes it'

mounted=
clean_up() {
    for place in $mounted; do umount "$root/$place" || umount -l "$root/$place"; done
    mounted=
    rm -rf --one-file-system "$root"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

install_debian() {
    clean_up
    echo "A minimal Debian${1:+ with $1} ..."
    debootstrap --variant=minbase ${1:+--include="$1"} trixie "$root" "$mirror" >"$dist/work/debootstrap.log" 2>&1 ||
        refuse "debootstrap failed: $(tail -n 3 "$dist/work/debootstrap.log")"
    # A JVM needs the one, and a shell's completion the other.
    mount -t proc proc "$root/proc" || refuse '/proc cannot be mounted here'
    mounted=proc
    mkdir -p "$root/dev/pts"
    if mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts" 2>/dev/null; then mounted+=' dev/pts'; fi
    mkdir "$root/try"
    cp target/native/turnstile-demo.rbp target/native/demo.pub target/native/libturnstile_demo.so "$root/try"
    chmod 1777 "$root/try"
}

# Runs a program in that Debian as a user, with nothing in its environment but a PATH, and this.
in_debian() {
    local user=$1
    shift
    env -i PATH=/usr/bin:/bin "${variables[@]}" "$chroot" --userspec="$user" "$root" "$@" </dev/null >"$said" 2>&1 || return
}
variables=()
chroot=$(command -v chroot) || refuse "there is no chroot"

failed=0
# expect WHAT TEXT USER COMMAND...: the command ends well, and says the text, and nothing but that if it begins with =
expect() {
    local what=$1 text=$2 code=0
    shift 2
    in_debian "$@" || code=$?
    if [ "$code" = 0 ] && if [[ $text == =* ]]; then [ "$(<"$said")" = "${text#=}" ]; else grep -qF -- "$text" "$said"; fi; then
        echo "  ok      $what"
    else
        echo "  FAILED  $what (exit code $code):"
        sed 's/^/          /' "$said"
        failed=1
    fi
}

hello='={"message":"hello","length":5}'
call=(call /try/turnstile-demo.rbp --key-file /try/demo.pub echo '{"message":"hello"}')

try_program() {
    local program=$1 user who
    for user in root:root nobody:nogroup; do
        who=${user%%:*}
        expect "$who: --version" 'turnstile ' "$user" "$program" --version
        expect "$who: inspect" 'turnstile-demo' "$user" "$program" inspect /try/turnstile-demo.rbp
        expect "$who: inspect --json" '"turnstile-demo"' "$user" "$program" inspect --json /try/turnstile-demo.rbp
        expect "$who: call" "$hello" "$user" "$program" "${call[@]}"
        expect "$who: call --isolated" "$hello" "$user" "$program" "${call[@]}" --isolated
        expect "$who: doctor" 'a sound plugin' "$user" "$program" doctor /try/libturnstile_demo.so
        variables=(HOME="/try/$who" TURNSTILE_KEY_PASSWORD=geheim)
        expect "$who: keygen" 'RW' "$user" "$program" keygen --output "/try/$who.key"
        expect "$who: pack" '.rbp' "$user" "$program" pack echo 1.0.0 --lib host:/try/libturnstile_demo.so --sign-key "/try/$who.key" \
            --output "/try/$who.rbp"
        expect "$who: verify" 'echo 1.0.0' "$user" "$program" verify "/try/$who.rbp" --key-file "/try/$who.pub"
        variables=()
    done
}

unpack() {
    mkdir -p "$root/opt/mit ü"
    case $1 in
        *.zip) unzip -q "$1" -d "$root/opt/mit ü" ;;
        *) tar -xzf "$1" -C "$root/opt/mit ü" --no-same-owner ;;
    esac
    ln -sfn "/opt/mit ü/$2/bin/turnstile" "$root/usr/local/bin/turnstile"
}

install_debian ''
echo "$name.tar.gz, where there is no Java:"
unpack "$dist/$name.tar.gz" "$name"
if in_debian root:root /usr/local/bin/turnstile --version; then failed=1; fi
if grep -q 'needs Java 21 or newer, and found none' "$said"; then echo '  ok      it says so'; else failed=1; cat "$said"; fi
rm -rf "$root/opt/mit ü"

echo "$linux.tar.gz:"
unpack "$dist/$linux.tar.gz" "$linux"
try_program /usr/local/bin/turnstile
rm -rf "$root/opt/mit ü" "$root/usr/local/bin/turnstile" "$root"/try/{root,nobody}*

for deb in "$dist"/turnstile_*.deb; do
    [ -f "$deb" ] || continue
    echo "${deb##*/}:"
    cp "$deb" "$root/try/turnstile.deb"
    variables=(PATH=/usr/sbin:/usr/bin:/sbin:/bin)
    expect 'it is installed' 'Setting up turnstile' root:root dpkg --install /try/turnstile.deb
    variables=()
    try_program turnstile
    variables=(PATH=/usr/sbin:/usr/bin:/sbin:/bin)
    expect 'it is removed' 'Removing turnstile' root:root dpkg --remove turnstile
    variables=()
    if [ -e "$root/usr/lib/turnstile" ]; then
        echo '  FAILED  something is left of it'
        failed=1
    fi
done

install_debian openjdk-21-jre-headless,zsh,fish,bash-completion,man-db,mandoc
for archive in "$name.tar.gz" "$name.zip"; do
    echo "$archive, with Java 21:"
    unpack "$dist/$archive" "$name"
    try_program /usr/local/bin/turnstile
    # The first runs with a home have made an archive of the classes, or still do.
    archives=("$root/try/nobody/.cache/turnstile/"*.jsa)
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        if [ -s "${archives[0]}" ]; then break; fi
        sleep 3
    done
    variables=(HOME=/try/nobody)
    if [ -s "${archives[0]}" ]; then expect 'call, with an archive of the classes' "$hello" nobody:nogroup /usr/local/bin/turnstile "${call[@]}"; else failed=1; echo '  FAILED  no archive'; fi
    variables=()
    if [ "$archive" = "$name.zip" ]; then break; fi
    rm -rf "$root/opt/mit ü" "$root"/try/{root,nobody}*
done

echo 'Completions and man page:'
place=/opt/mit\ ü/$name/share
expect 'bash, loaded from beside the program' '=call combine' root:root bash --norc -c "
    . /usr/share/bash-completion/bash_completion
    . '$place/bash-completion/completions/turnstile'
    COMP_WORDS=(turnstile c) COMP_CWORD=1 COMP_LINE='turnstile c' COMP_POINT=11
    \$(complete -p turnstile | sed 's/.*-F \\([^ ]*\\).*/\\1/') turnstile c turnstile; echo \$(printf '%s\\n' \"\${COMPREPLY[@]}\" | sort)"
expect 'fish' '--at-least' root:root fish --no-config -c "source '$place/fish/vendor_completions.d/turnstile.fish'; complete -C 'turnstile verify --at'"
expect 'fish: platforms' 'linux-x86_64' root:root fish --no-config -c "source '$place/fish/vendor_completions.d/turnstile.fish'; complete -C 'turnstile slim --platform '"
cp src/dist/zsh-completions "$root/try/zsh-completions"
expect 'zsh' 'combine' root:root zsh -f /try/zsh-completions "$place/zsh/site-functions" 'turnstile c'
expect 'zsh: options' '--at-least' root:root zsh -f /try/zsh-completions "$place/zsh/site-functions" 'turnstile verify --a'
expect 'zsh: platforms' 'linux-x86_64' root:root zsh -f /try/zsh-completions "$place/zsh/site-functions" 'turnstile slim --platform l'
expect 'man finds the page' 'EXIT STATUS' root:root env MANPAGER=cat MANPATH="$place/man" man turnstile
expect 'mandoc has no complaint' '=' root:root mandoc -T lint -W warning "$place/man/man1/turnstile.1"
exit "$failed"

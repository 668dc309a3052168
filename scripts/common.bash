# What the scripts share; each reads this file first. It then stands in the project's directory, ends at the first error, and has
#
#   refuse CODE LINE...   says why the script goes no further, and ends it with that exit code
set -euo pipefail
unset CDPATH
script=scripts/$(basename "${BASH_SOURCE[1]}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

refuse() {
    local code=$1
    shift
    printf "$script: %s\n" "$@" >&2
    exit "$code"
}

#!/bin/sh
# Usage: environment.sh NAME
# Makes the virtual environment .venv/NAME from tests/requirements/NAME.txt, unless it is there and up to date.
# PYTHON names the interpreter to make it with (python3 if unset).
set -eu

name=$1
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/../.." && pwd)
environment=$root/.venv/$name
log=$root/build/logs/environment-$name.log

fail() {
    echo "$1" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    fail "Python 3.11, 3.12 or 3.13 is needed and '$python' was not found: install one, or name it (make PYTHON=/path/to/python3.11 ...)."
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || fail "'$python' does not run as a Python."
case $version in
3.11 | 3.12 | 3.13) ;;
*) fail "Python 3.11, 3.12 or 3.13 is needed and '$python' is $version: name another one (make PYTHON=/path/to/python3.11 ...)." ;;
esac
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "'$python' lacks the modules venv and ensurepip: install them (on Debian and Ubuntu the package python$version-venv)."

# The requirements files of this environment, those that they include too.
files() {
    echo "$root/tests/requirements/$1"
    sed -n 's/^-r //p' "$root/tests/requirements/$1" | while read -r included; do files "$included"; done
}

# The path counts because the scripts of a moved environment point to the old place.
key="$environment $version $(files "$name.txt" | xargs cat | cksum)"
if [ "$(cat "$environment/.complete" 2>/dev/null)" = "$key" ]; then exit 0; fi

echo "Making the environment .venv/$name with Python $version ..."
mkdir -p "$root/build/logs"
rm -rf "$environment"
if ! { "$python" -m venv "$environment" &&
    "$environment/bin/python" -m pip install --disable-pip-version-check --quiet -r "$root/tests/requirements/$name.txt"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    fail "The environment .venv/$name could not be made; the whole of pip's output is in build/logs/environment-$name.log."
fi
printf '%s' "$key" >"$environment/.complete"

#!/bin/sh
# Makes .venv, a virtual environment with the locked versions and this package: environment.sh [LOCK_FILE]
# Without a lock file's name, with everything: requirements.lock. Done already, it costs nothing.
# PYTHON=... says which interpreter to build it from.
set -eu
cd "$(dirname "$0")/../.."
# Else uv trusts its own list of certificates alone, and not those of a university's network.
export UV_SYSTEM_CERTS=1

say() { printf '%s\n' "$*" >&2; }

supported='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))'
find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c "$supported" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    say "This course needs Python 3.11 to 3.14 and found none: install one, or name it with PYTHON=/path/to/it."
    return 1
}

make_fresh_venv() {
    interpreter=$(find_python)
    if ! "$interpreter" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian keeps this part of Python in a package of its own.
        sh helpers/setup/system_packages.sh \
            "$("$interpreter" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')"
    fi
    "$interpreter" -m venv --clear .venv
}

install_locked_versions() {
    # uv takes seconds where pip takes a minute, but only pip reads the mirrors and the like that pip was set up
    # with. Compiled here and now, as pip does it: else every kernel would compile what it imports, where a setting
    # keeps Python from writing that down. In the lock file, uv's entry goes on to the first line that does not end in a backslash.
    if ! { sed -n '/^uv==/,/[^\]$/p' "$lock" | pip_install --require-hashes -r /dev/stdin &&
        .venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python "$lock"; }; then
        say "uv could not install the locked versions; trying once more with pip."
        pip_install --require-hashes -r "$lock"
    fi
    pip_install --no-index --no-build-isolation --editable .
}
pip_install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps "$@"; }

full=requirements.lock
lock=${1:-$full}
stamp=.venv/.set-up
here=$(pwd)
found=
if .venv/bin/python -c "$supported" 2>/dev/null && [ -f "$stamp" ]; then
    found=$(cat "$stamp")
fi
# Whoever has everything has what learners need, and keeps it.
case $found in "$here $full "*) lock=$full ;; esac
# An environment cannot be moved, so its place is part of what the stamp stands for.
wanted="$here $lock $(cat "$lock" pyproject.toml helpers/setup/environment.sh | cksum)"
if [ "$found" = "$wanted" ]; then
    exit
fi

rm -f "$stamp"
case $found in
"$here "*) ;;
*) make_fresh_venv ;;
esac
say "Installing the locked versions into .venv; the first time takes a minute or two on a slow connection."
install_locked_versions
printf '%s\n' "$wanted" >"$stamp"

#!/bin/sh
# Makes the environments in which tests run lessons: one in build/environments for each lock file in
# tests/environments, without this package. Done already, it costs nothing.
set -eu
cd "$(dirname "$0")/../.."
# Else uv trusts its own list of certificates alone, and not those of a university's network.
export UV_SYSTEM_CERTS=1

install_locked_versions() {
    if ! .venv/bin/uv pip sync --quiet --compile-bytecode --python "$1/bin/python" "$2"; then
        # Only pip reads the mirrors and the like that pip was set up with.
        echo "uv could not install the locked versions; trying once more with pip." >&2
        .venv/bin/python -m pip --python "$1/bin/python" install --quiet --no-deps --require-hashes -r "$2"
    fi
}

for lock in tests/environments/*.lock; do
    folder=build/environments/$(basename "$lock" .lock)
    wanted="$(pwd) $(.venv/bin/python --version) $(cat "$lock" helpers/setup/test_environments.sh | cksum)"
    if [ -f "$folder/.set-up" ] && [ "$(cat "$folder/.set-up")" = "$wanted" ]; then
        continue
    fi
    rm -rf "$folder"
    python=.venv/bin/python
    # NumPy and Matplotlib were not yet made for newer ones.
    case $lock in */floors.lock) "$python" -c 'import sys; sys.exit(sys.version_info >= (3, 13))' || python='>=3.11,<3.13' ;; esac
    .venv/bin/uv venv --quiet --python "$python" "$folder"
    install_locked_versions "$folder" "$lock"
    printf '%s\n' "$wanted" >"$folder/.set-up"
done

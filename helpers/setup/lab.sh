#!/bin/sh
# Opens JupyterLab at the first lesson: lab.sh [OPTION...], with any option of "jupyter lab".
# Prints the address instead where no browser can be opened, as on a remote machine.
set -eu
cd "$(dirname "$0")/../.."

# Below warnings, only the address to open is printed. The settings keep a question about news off the lesson.
set -- --log-level=WARN \
    --LabApp.app_settings_dir="$PWD/helpers/setup/lab" \
    --LabApp.default_url=/lab/tree/notebooks/00_computation_graphs/00_computation_graphs.ipynb "$@"
# On Linux without a desktop, Python would try browsers made for terminals. Elsewhere a desktop is taken as given.
if [ "$(uname)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${BROWSER:-}" ]; then
    set -- --no-browser "$@"
    if [ -n "${SSH_CONNECTION:-}" ]; then
        echo "To use it from your own computer, with the port shown below:" \
            "ssh -N -L PORT:localhost:PORT THIS_MACHINE"
    fi
fi
if [ "$(id -u)" = 0 ]; then
    set -- --allow-root "$@"
fi
exec jupyter lab "$@"

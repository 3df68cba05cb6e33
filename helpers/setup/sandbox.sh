#!/bin/sh
# Sees to what grading in a sandbox needs of the operating system: bubblewrap, and the library for system call filters.
set -eu
cd "$(dirname "$0")/../.."

missing=
command -v bwrap >/dev/null || missing=bubblewrap
.venv/bin/python -c 'import ctypes.util, sys; sys.exit(not ctypes.util.find_library("seccomp"))' ||
    missing="$missing libseccomp2"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # one word for each package
    exec sh helpers/setup/system_packages.sh $missing
fi

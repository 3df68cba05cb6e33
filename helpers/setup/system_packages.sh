#!/bin/sh
# Installs packages of the operating system: system_packages.sh NAME...
# On Debian as root or through sudo; where that is not possible, says what to type.
set -eu

say() { printf '%s\n' "$*" >&2; }

if ! command -v apt-get >/dev/null; then
    for manager in "sudo dnf install" "sudo pacman -S" "sudo apk add" "brew install"; do
        program=${manager#sudo }
        if command -v "${program%% *}" >/dev/null; then
            say "Missing: $*. Please run this, then make again:"
            say "    $manager $*"
            exit 1
        fi
    done
    say "Missing: $*. Please install it with your system's package manager, then run make again."
    exit 1
fi

as_root=
if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    # Without a terminal nobody can type a password.
    if ! command -v sudo >/dev/null || ! { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        say "Missing: $*. Please have this run as root, then run make again:"
        say "    apt-get update && apt-get install --yes $*"
        exit 1
    fi
fi

say "Installing with apt: $*"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@" >/dev/null

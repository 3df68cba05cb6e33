#!/bin/sh
# Sees to what the browser tests need of the operating system: a browser, and what Playwright needs to drive it.
set -eu
cd "$(dirname "$0")/../.."

missing=chromium
for browser in chromium chromium-browser google-chrome; do
    if command -v "$browser" >/dev/null; then
        missing=
    fi
done
# Playwright brings its own Node.js, which needs this library; a minimal Debian has none.
if ! .venv/bin/playwright --version >/dev/null 2>&1; then
    missing="$missing libatomic1"
fi
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # one word for each package
    exec sh helpers/setup/system_packages.sh $missing
fi

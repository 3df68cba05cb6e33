#!/bin/sh
# Sees to the database server that the tests need: each starts one of its own, and no other is touched.
set -eu
cd "$(dirname "$0")/../.."

# Debian keeps these programs off PATH.
for program in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || :)"; do
    if [ -x "$program" ]; then
        exit
    fi
done
exec sh helpers/setup/system_packages.sh postgresql

#!/bin/sh
# Makes the locks anew: hashed requirements files without addresses, one per extra and one for development.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}
lock() {
    target=$1
    shift
    compile --override requirements/overrides.txt "$@" pyproject.toml --output-file "requirements/$target.lock"
}
compile requirements/uv.in --output-file requirements/uv.lock
lock dev --extra worker --extra gateway --group dev
lock worker --extra worker --constraint requirements/dev.lock
lock gateway --extra gateway --constraint requirements/dev.lock

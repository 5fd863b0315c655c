#!/bin/sh
# Makes the locks anew: hashed requirements files without addresses, one per extra and one for development.
set -eu
cd "$(dirname "$0")/.."
lock() {
    target=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        --override requirements/overrides.txt "$@" pyproject.toml --output-file "requirements/$target.lock"
}
lock dev --extra worker --extra gateway --group dev
lock worker --extra worker --constraint requirements/dev.lock
lock gateway --extra gateway --constraint requirements/dev.lock

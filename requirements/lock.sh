#!/usr/bin/env bash
# Writes the lock files anew from pyproject.toml. They hold no address of a package index, so that they work with any.
# usage: requirements/lock.sh [keep]
# `keep` moves nothing that is locked already: for a package that was added or left out.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
.venv/bin/python -m venv "$tools"
"$tools/bin/pip" install --quiet uv

upgrade=--upgrade
if [ "${1-}" = keep ]; then upgrade=--no-upgrade; fi

compile() {
  "$tools/bin/uv" pip compile --quiet "$upgrade" --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header "$@"
}

# dev.lock is held to run.lock, so that what is tested is what runs.
compile pyproject.toml --group build --output-file requirements/run.lock
compile pyproject.toml --group build --group dev --constraints requirements/run.lock --output-file requirements/dev.lock
compile --group node --output-file requirements/node.lock
compile --group cc --output-file requirements/cc.lock

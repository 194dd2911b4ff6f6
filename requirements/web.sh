#!/usr/bin/env bash
# Does something with the web client, with the machine's Node, or one of its own in .venv where there is none.
# usage: requirements/web.sh build, or another script of entrypoints/web/package.json
# `build` does nothing when the sources are those of the last build.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export npm_config_update_notifier=false
built=entrypoints/web/dist/.built-from
installed=entrypoints/web/node_modules/.installed-from

# What the build depends on, as a list of checksums.
sources() {
  find entrypoints/web \( -name node_modules -o -name dist -o -name coverage \) -prune -o -type f -print0 |
    xargs -0 cksum | LC_ALL=C sort
}

# Vite asks for ^20.19 or >=22.12; Debian packs npm apart from Node.
has_node() {
  npm --version >/dev/null 2>&1 && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null
}

use_node() {
  has_node && return
  export PATH="$root/.venv/bin:$PATH"
  has_node && return
  echo "Installing Node into .venv"
  .venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes --no-deps \
    -r requirements/node.lock
  hash -r
}

install_packages() {
  cmp -s entrypoints/web/package-lock.json "$installed" && return
  echo "Installing the web client's packages"
  (cd entrypoints/web && npm ci --no-audit --no-fund --loglevel=error)
  cp entrypoints/web/package-lock.json "$installed"
}

if [ "$1" = build ] && sources | cmp -s - "$built"; then exit 0; fi
use_node
install_packages
(cd entrypoints/web && npm run --loglevel=error "$1")
if [ "$1" = build ]; then sources > "$built"; fi

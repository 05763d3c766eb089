#!/usr/bin/env bash
# Every test, lint and type check, with all their set-up: `bash tests/run.sh`. Words after it go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${VIRTUAL_ENV:-}" ] && [ "$VIRTUAL_ENV" != "$PWD/.venv" ]; then
  echo "Using a virtual environment of its own (.venv), not $VIRTUAL_ENV." >&2
fi
[ -x .venv/bin/python ] || python3 -m venv .venv
. .venv/bin/activate
pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt

# The browser tests drive Debian's Chromium, its headless shell where there is one, as that takes half the time;
# without either they fail rather than being left out.
install() {
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$1"
}
if ! command -v chromium-headless-shell >/dev/null; then
  install chromium-headless-shell || command -v chromium >/dev/null || install chromium
fi

ruff check .
ruff format --check .
mypy
python -m tests.catalogue --check
# Two at a time, a file at a time, in the order of the folders: a browser, a server and its workers fill two cores, and a
# third made nothing faster. The files that take long (app/, browser/) come first, so that none is left for the end.
python -m pytest -n 2 --dist loadfile --no-loadscope-reorder "$@"

#!/bin/sh
# The whole suite: `sh tools/test.sh [pytest arguments]`. Tests run even when the lint fails; either fails the whole.
set -u
cd "$(dirname "$0")/.."
. tools/words.sh

mkdir -p "$TOOLS"
export PATH="$(pwd)/.venv/bin:$PATH"
# Beside the tests, which leave a processor idle now and then; what it says stands below theirs.
sh tools/lint.sh >"$TOOLS/lint.log" 2>&1 &
lint=$!
.venv/bin/python -c 'from zhenggai.ui import assets; assets.build()' || fail "界面资源没有生成（原因见上）。"
# Four processes at most: each may hold a browser.
.venv/bin/python -m pytest -n logical --maxprocesses 4 --dist worksteal "$@" </dev/null
tests=$?
wait "$lint"
lint=$?
cat "$TOOLS/lint.log"
[ "$lint" = 0 ] && exit "$tests"
exit 1

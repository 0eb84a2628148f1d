#!/bin/sh
# The whole suite: `sh tools/test.sh [pytest arguments]`. Tests run even when the lint fails; either fails the whole.
set -u
cd "$(dirname "$0")/.."
. tools/words.sh

mkdir -p "$TOOLS"
export PATH="$(pwd)/.venv/bin:$PATH"
lint=0
sh tools/lint.sh || lint=1
.venv/bin/python -c 'from zhenggai.ui import assets; assets.build()' || fail "界面资源没有生成（原因见上）。"
# Four processes at most: each may hold a browser.
.venv/bin/python -m pytest -n logical --maxprocesses 4 --dist worksteal "$@" </dev/null
tests=$?
[ "$lint" = 0 ] || echo "注意：代码检查没有通过，见最上面。"
[ "$lint" = 0 ] && exit "$tests"
exit 1

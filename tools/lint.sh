#!/bin/sh
# Style, import order, types. All four run, then it fails if one of them did.
set -u
cd "$(dirname "$0")/.."
. tools/words.sh

# mypy's Django plugin loads the settings; nothing is connected to.
export DATABASE_URL=postgresql://lint@127.0.0.1:1/lint ZHENGGAI_SECRET_KEY=lint
failed=""
.venv/bin/ruff check --quiet . || failed="$failed ruff-check"
.venv/bin/ruff format --check --quiet . || failed="$failed ruff-format（make format 可修）"
.venv/bin/lint-imports --no-logo >"$TOOLS/imports.log" 2>&1 || { cat "$TOOLS/imports.log"; failed="$failed lint-imports"; }
.venv/bin/mypy --no-error-summary zhenggai config || failed="$failed mypy"
[ -z "$failed" ] || fail "代码检查没有通过：$failed"
echo "代码检查通过：ruff、格式、导入方向、类型。"

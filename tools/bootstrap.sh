#!/bin/sh
# Makes .venv with the packages of uv.lock: `sh tools/bootstrap.sh run` or `… test` (all groups).
# Nothing happens when neither the lock nor the place of the checkout has changed.
set -eu
cd "$(dirname "$0")/.."
. tools/words.sh

UV_VERSION=0.13.9 # what we install when there is none
UV_FLOOR=8        # 0.8: older ones do not know this lock

case "${1:-run}" in
    test) GROUPS_WANTED="--all-groups" ;;
    *) GROUPS_WANTED="--no-dev --group assets" ;;
esac

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        # A version manager's python3 may be a stub that fails; the base interpreter outlives an activated environment.
        PYTHON_FOUND=$("$candidate" -c 'import sys
if sys.version_info >= (3, 11): print(getattr(sys, "_base_executable", None) or sys.executable)' 2>/dev/null) || continue
        [ -n "$PYTHON_FOUND" ] && return
    done
    fail "需要 Python 3.11 或更新的版本，没有找到。
  Debian 12 / Ubuntu 24.04 及以后：sudo apt-get install -y python3 python3-venv
  macOS：brew install python@3.13
  已经装在别处：make run PYTHON=/路径/python3.13"
}

is_new_enough() {
    "$1" --version 2>/dev/null | awk -v floor="$UV_FLOOR" '
        { split($2, v, "."); found = 1; ok = v[1] > 0 || v[2] + 0 >= floor } END { exit !(found && ok) }'
}

find_uv() {
    for UV in uv "$TOOLS/uv/bin/uv" "$TOOLS/uv-target/bin/uv"; do
        if is_new_enough "$UV"; then return; fi
    done
    echo "安装 uv $UV_VERSION……"
    mkdir -p "$TOOLS" || fail "没有权限写 $TOOLS。请改用这个文件夹的主人运行。"
    if install_uv; then return; fi
    if may_apt; then
        echo "系统缺少 python3-venv，正在用 apt 安装……"
        if apt_install python3-venv && install_uv; then return; fi
    fi
    cat "$TOOLS/uv.log" >&2
    fail "没能安装 uv（原因见上）。多半是缺少 python3-venv 或连不上 PyPI。请运行：
  sudo apt-get install -y python3-venv
然后再运行一次；或者自己安装 uv（0.$UV_FLOOR 以上）放进 PATH。"
}

# A private environment; where Debian has taken ensurepip away, a plain folder filled by the system's pip.
install_uv() {
    if "$PYTHON_FOUND" -m venv "$TOOLS/uv" >"$TOOLS/uv.log" 2>&1; then
        UV="$TOOLS/uv/bin/uv"
        "$TOOLS/uv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION" \
            >>"$TOOLS/uv.log" 2>&1 && return
    fi
    rm -rf "$TOOLS/uv"
    UV="$TOOLS/uv-target/bin/uv"
    "$PYTHON_FOUND" -m pip install --quiet --disable-pip-version-check --target "$TOOLS/uv-target" \
        "uv==$UV_VERSION" >>"$TOOLS/uv.log" 2>&1
}

synchronise() {
    [ -w . ] || fail "没有权限写 $(pwd)。请改用这个文件夹的主人运行，或把它复制到自己的目录。"
    # Scripts of an environment name its place: after a move they are made anew.
    if [ -f .venv/.place ] && [ "$(cat .venv/.place)" != "$(pwd)" ]; then rm -rf .venv; fi
    mkdir -p "${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/uv}" 2>/dev/null ||
        export UV_CACHE_DIR="$TOOLS/cache"
    export UV_PYTHON="$PYTHON_FOUND" UV_PYTHON_DOWNLOADS=never
    quiet="--quiet"
    if [ -t 2 ]; then quiet=""; fi
    # Compiled now, on all cores, rather than at the first start, one after the other.
    # shellcheck disable=SC2086
    "$UV" sync --frozen --inexact --compile-bytecode $quiet $GROUPS_WANTED || fail "安装 Python 包没有成功（原因见上）。"
    pwd >.venv/.place
}

wanted="$(cksum uv.lock pyproject.toml) $(pwd)"
for stamp in ".venv/.synced-${1:-run}" .venv/.synced-test; do
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi
done
find_python
find_uv
echo "准备 Python 环境（第一次要下载，通常一两分钟）……"
synchronise
printf '%s\n' "$wanted" >".venv/.synced-${1:-run}"

#!/bin/sh
# Chromium and Chinese fonts for the browser tests, where apt may install them. Never fails: what is missing is said,
# and the tests that need it say so again when they are left out.
set -eu
cd "$(dirname "$0")/.."
. tools/words.sh

has_chromium() {
    for name in chromium chromium-browser google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if command -v "$name" >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

has_fonts() {
    [ "$(uname)" = Darwin ] || [ -n "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ]
}

missing=""
has_chromium || missing="chromium"
has_fonts || missing="$missing fontconfig fonts-noto-cjk"
[ -n "$missing" ] || exit 0

mkdir -p "$TOOLS"
if may_apt; then
    echo "用 apt 安装浏览器测试要用的：$missing……"
    # shellcheck disable=SC2086
    apt_install $missing || echo "没有装成（见 $TOOLS/apt.log）。"
else
    echo "缺少：$missing。这里不能用 apt 自动安装；Debian/Ubuntu 上可运行：sudo apt-get install -y $missing"
fi
has_chromium || echo "没有 Chromium：浏览器测试这次不运行。"
has_fonts || echo "没有中文字体：浏览器里的汉字显示为方框，截图不可作准。"

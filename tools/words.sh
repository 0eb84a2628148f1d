# Shared by the other scripts of this folder; to be sourced from the root of the checkout.

export PYTHONUTF8=1
unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT PYTHONHOME PYTHONPATH

TOOLS="${ZHENGGAI_VAR:-var}/tools"

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# Whether packages of Debian and Ubuntu may be installed without asking anybody.
may_apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Install Debian packages; a failed refresh of the lists is not yet a failure.
apt_install() {
    as_root apt-get update -qq >/dev/null 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@" >"$TOOLS/apt.log" 2>&1 </dev/null
}

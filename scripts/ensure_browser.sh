#!/usr/bin/env bash
# Usage: ensure_browser.sh PYTHON. Sees to it that the browser tests find a Chromium:
# the system's, else Debian's package, else the one that Playwright downloads.
set -euo pipefail
python=$1

system_chromium() {
    for name in chromium chromium-browser google-chrome; do
        # Running it is the test: Ubuntu's package of that name is only a pointer to a snap.
        "$name" --version 2>/dev/null && return
    done
    return 1
}

debian_chromium() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 -qq update &&
        apt-get -o DPkg::Lock::Timeout=300 -qq install -y chromium >/dev/null &&
        system_chromium
}

system_chromium || debian_chromium || "$python" -m playwright install chromium || {
    echo "No Chromium for the browser tests: install one as chromium, chromium-browser or google-chrome." >&2
    exit 1
}

#!/usr/bin/env bash
# Usage: create_venv.sh FOLDER. Makes a virtual environment there with Python 3.11, or else a newer one.
set -euo pipefail

for python in python3.11 python3 python; do
    # Running it is the test: a version manager's shim may be on PATH for a Python that is not there.
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        if "$python" -m venv "$1"; then
            exit 0
        fi
        rm -rf "$1"
        echo "$python cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
done
echo "No Python 3.11 or newer was found on PATH (python3.11, python3, python); install one and run make again." >&2
exit 1

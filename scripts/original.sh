#!/usr/bin/env bash
# Installs the original, Python's Colmena, in an environment of its own below target/, once for each version of its list of
# packages, with the package in python/, once for each version of that; and prints the path of its Python. Needs Python 3.10 or
# newer and PyPI.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Prints the first Python on the PATH that is new enough for the original.
find_python() {
    local python
    for python in python3 python3.10 python3.11 python3.12 python3.13 python3.14; do
        if "$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
            printf '%s\n' "$python"
            return
        fi
    done
    printf 'the original needs Python 3.10 or newer, with its module venv, on the PATH\n' >&2
    return 1
}

environment=$(realpath -m "${CARGO_TARGET_DIR:-target}")/original
wanted=benches/original/requirements.txt
cmp -s "$wanted" "$environment/installed.txt" || {
    python=$(find_python)
    printf 'installing the original in %s\n' "$environment" >&2
    "$python" -m venv --clear "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted" >&2
    cp "$wanted" "$environment/installed.txt"
}
ours=$(cat python/pyproject.toml python/README.md python/src/colmena_rs/*.py)
[[ $ours == "$(cat "$environment/ours.txt" 2>/dev/null)" ]] || {
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall ./python >&2
    printf '%s\n' "$ours" >"$environment/ours.txt"
}
printf '%s\n' "$environment/bin/python"

#!/usr/bin/env bash
# Prints the table of measures (ours, the yardstick of the same run, their ratio, the goal); fails if a row misses its goal.
# `--quick` takes less than two minutes, once it is built; other words pick rows by parts of their names.
# `--original` instead runs the same campaigns in the original, which it installs below target/, and here, and prints both;
# it needs Python and PyPI, and uses a redis-server if there is one. It takes some 8 minutes, with `--quick` less than three.
# Fails if it misses an aim.
# `--rehearsal` instead prints what rehearsals cost.
# `--macros` instead compares `cargo check` of a thinker of 50 agents with that of its expansion as plain code.
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
    printf 'scripts/bench.sh --original needs Python 3.10 or newer, with its module venv, on the PATH\n' >&2
    return 1
}

# Installs the original in an environment of its own, once for each version of its list of packages.
install_original() {
    local environment=$1 wanted=benches/original/requirements.txt python
    cmp -s "$wanted" "$environment/installed.txt" && return
    python=$(find_python)
    printf 'installing the original in %s\n' "$environment" >&2
    "$python" -m venv --clear "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$environment/installed.txt"
}

if [[ " $* " == *' --original '* ]]; then
    environment=${CARGO_TARGET_DIR:-target}/original
    install_original "$environment"
    exec cargo bench --locked --quiet --package colmena --bench original -- --python "$environment/bin/python" "$@"
fi

if [[ " $* " == *' --rehearsal '* ]]; then
    exec cargo bench --locked --quiet --package colmena --bench rehearsal
fi

if [[ " $* " == *' --macros '* ]]; then
    exec cargo bench --locked --quiet --package colmena --bench macros -- "$@"
fi

missed=0
cargo bench --locked --quiet --package colmena --bench speed -- "$@" || missed=1
cargo bench --locked --quiet --package colmena --bench memory || missed=1
exit "$missed"

#!/usr/bin/env bash
# Prints the table of measures (ours, the yardstick of the same run, their ratio, the goal); fails if a row misses its goal.
# `--quick` takes less than two minutes, once it is built; other words pick rows by parts of their names.
# `--original` instead runs the same campaigns in the original, which it installs below target/, and here, and prints both;
# it needs Python and PyPI, and uses a redis-server if there is one. It takes some 8 minutes, with `--quick` less than three.
# Fails if it misses an aim.
# `--redis` instead measures queues over Redis, beside the original's, `redis-benchmark` and a bare client; it needs what
# `--original` needs and a redis-server, without which it says so.
# `--processes` instead prints what worker processes cost.
# `--rehearsal` instead prints what rehearsals cost.
# `--report` instead times `colmena report` on a million results.
# `--macros` instead compares `cargo check` of a thinker of 50 agents with that of its expansion as plain code.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ " $* " == *' --original '* ]]; then
    python=$(scripts/original.sh)
    exec cargo bench --locked --quiet --package colmena --bench original -- --python "$python" "$@"
fi

if [[ " $* " == *' --redis '* ]]; then
    python=$(scripts/original.sh)
    exec cargo bench --locked --quiet --package colmena --features redis --bench redis -- --python "$python" "$@"
fi

if [[ " $* " == *' --processes '* ]]; then
    exec cargo bench --locked --quiet --package colmena --bench processes
fi

if [[ " $* " == *' --rehearsal '* ]]; then
    exec cargo bench --locked --quiet --package colmena --bench rehearsal
fi

if [[ " $* " == *' --report '* ]]; then
    exec cargo bench --locked --quiet --package colmena --features cli --bench report
fi

if [[ " $* " == *' --macros '* ]]; then
    exec cargo bench --locked --quiet --package colmena --bench macros -- "$@"
fi

missed=0
cargo bench --locked --quiet --package colmena --bench speed -- "$@" || missed=1
cargo bench --locked --quiet --package colmena --bench memory || missed=1
exit "$missed"

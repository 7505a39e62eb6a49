#!/usr/bin/env bash
# Prints the table of measures (ours, the yardstick of the same run, their ratio, the goal); fails if a row misses its goal.
# `--quick` takes less than two minutes, once it is built; other words pick rows by parts of their names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missed=0
cargo bench --locked --quiet --package colmena --bench speed -- "$@" || missed=1
cargo bench --locked --quiet --package colmena --bench memory || missed=1
exit "$missed"

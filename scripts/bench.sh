#!/usr/bin/env bash
# Prints the table of measures (ours, the yardstick of the same run, their ratio, the goal); fails if a row misses its goal.
# `--quick` takes less than two minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec cargo bench --locked --package colmena --bench speed -- "$@"

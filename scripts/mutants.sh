#!/usr/bin/env bash
# Changes the pure state machines, one spot at a time, and fails if the tests of colmena-core do not notice.
# Arguments go to cargo mutants: `scripts/mutants.sh --list`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! cargo mutants --version >/dev/null 2>&1; then
    echo 'cargo-mutants is not installed: cargo install --locked cargo-mutants' >&2
    exit 1
fi

files=(colmena-core/src/resources/ledger.rs colmena-core/src/resources/ledger/{pool,request,settling}.rs colmena-core/src/queue/in_flight.rs)
selected=()
for file in "${files[@]}"; do
    [[ -f $file ]] || {
        echo "no such file: $file" >&2
        exit 1
    }
    selected+=(--file "$file")
done

status=0
cargo mutants --package colmena-core --output target "${selected[@]}" "$@" -- --locked --lib || status=$?
# 3: tests that did not end noticed some mutants; whether others survived is in the list.
[[ $status -eq 3 && ! -s target/mutants.out/missed.txt ]] || exit "$status"

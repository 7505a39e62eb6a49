#!/usr/bin/env bash
# Plants known faults, one at a time, in a copy of the last commit, and fails unless the seeded orders find each of them.
# Prints in how many orders. Arguments choose patches: `scripts/faults.sh f01 w02`; COLMENA_ORDERS says how many to try.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

top=$PWD
copy="${CARGO_TARGET_DIR:-$top/target}/faults/tree"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$top/target}/faults/target" RUST_BACKTRACE=0
out=$(mktemp)
trap 'rm -rf "$copy" "$out"' EXIT

# within SECONDS COMMAND ARGS.. : a fault may hang what it is planted in
within() {
    if command -v timeout >/dev/null; then
        timeout --kill-after=10 "$@"
    else
        shift
        "$@"
    fi
}

missed=0
found=0
for patch in tests/faults/*.patch; do
    name=$(basename "$patch" .patch)
    if [[ $# -gt 0 ]]; then
        wanted=no
        for chosen in "$@"; do
            [[ $name == "$chosen"* ]] && wanted=yes
        done
        [[ $wanted == yes ]] || continue
    fi
    # The line of the patch that says which tests are to find it.
    read -ra tests < <(sed -n 's/^tests: //p' "$patch")
    rm -rf "$copy"
    mkdir -p "$copy"
    git archive HEAD | tar -x -C "$copy"
    # Some context may have moved on. Outside a repository, since git would take the paths for those of this one.
    (cd "$copy" && GIT_CEILING_DIRECTORIES="$copy/.." git apply -C1 "$top/$patch")
    filter=${tests[-1]}
    unset 'tests[-1]'
    (cd "$copy" && cargo test -q --locked "${tests[@]}" --no-run >"$out" 2>&1) || {
        cat "$out"
        echo "$name: the copy does not build" >&2
        exit 1
    }
    if (cd "$copy" && within 600 cargo test -q --locked "${tests[@]}" -- "$filter" >"$out" 2>&1); then
        missed=$((missed + 1))
        printf '%-44s NOT FOUND\n' "$name"
        continue
    fi
    orders=$(awk '/^thread / { split($2, test, "\x27"); name = test[2] } /^order [0-9]+ \(seed/ { printf "    %s in %s orders\n", name, $2 }' "$out")
    if [[ -z $orders ]]; then
        tail -n 40 "$out"
        echo "$name: the tests failed, but not in an order" >&2
        exit 1
    fi
    found=$((found + 1))
    printf '%s: found by\n%s\n' "$name" "$orders"
done
printf 'faults: %d found, %d not found\n' "$found" "$missed"
[[ $missed -eq 0 && $found -gt 0 ]]

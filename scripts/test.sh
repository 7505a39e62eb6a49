#!/usr/bin/env bash
# Everything that must hold before a change lands: format, lints, tests, documentation, examples, licences.
# Stops at the first step that fails. Needs Rust alone; uses cargo-nextest and cargo-deny where they are installed. Some tests
# and examples run other programs, which scripts/programs.sh installs if it can; what is not run without them is said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One set of features for all steps, so that nothing is built twice. (`cargo run` knows no `--workspace`, without which it builds
# the dependencies again, with fewer features: so examples are built first, and run as they are.)
all=(--locked --all-features --workspace)
examples=${CARGO_TARGET_DIR:-target}/debug/examples
scratch=$(mktemp -d)
current='(none)'
passed=0
skipped=0
times=() # of each step that has passed: its seconds, and its headline
finish() {
    local status=$?
    wait # for what is installed meanwhile
    rm -rf "$scratch"
    printf '\nseconds: %d, of which\n' "$SECONDS"
    [[ $passed -eq 0 ]] || printf '%5d  %s\n' "${times[@]}"
    [[ $skipped -eq 0 ]] || printf '\nnot run, since programs are missing: %d steps\n' "$skipped"
    if [[ $status -eq 0 ]]; then
        printf '\nsteps: %d passed, 0 failed\n' "$passed"
    else
        printf '\nFAILED: %s\n' "$current"
    fi
}
trap finish EXIT

# step HEADLINE COMMAND ARGS..
step() {
    local start=$SECONDS
    current=$1
    shift
    printf '\n== %s\n' "$current"
    "$@"
    passed=$((passed + 1))
    times+=($((SECONDS - start)) "$current")
}

# within SECONDS COMMAND ARGS.. : no step may hang, where the system can see to it
within() {
    if command -v timeout >/dev/null; then
        timeout --kill-after=10 "$@"
    else
        shift
        "$@"
    fi
}

has() {
    cargo "$1" --version >/dev/null 2>&1
}

# example NAME ARGS.. -- REGEX : runs it; the last line that it prints must match. Its help and its report fit a terminal.
example() {
    local name=$1 out="$scratch/$1.out" args=() last
    shift
    while [[ $1 != -- ]]; do
        args+=("$1")
        shift
    done
    within 120 "$examples/$name" "${args[@]}" >"$out" || {
        cat "$out"
        return 1
    }
    "$examples/$name" --help >"$out.help"
    awk 'length > 80 { print FILENAME ": over 80 columns: " $0; wide = 1 } END { exit wide }' "$out" "$out.help"
    last=$(awk 'NF { line = $0 } END { print line }' "$out")
    printf '%s: %s\n' "$name" "$last"
    [[ $last =~ $2 ]] || {
        cat "$out"
        printf 'the last line of %s should match %s\n' "$name" "$2"
        return 1
    }
}

# tests WHICH.. -- ARGS.. : of a test that hangs the name and the output are printed, if nextest is there
tests() {
    if has nextest; then
        cargo nextest run "${all[@]}" "$@"
    else
        within 1200 cargo test "${all[@]}" --no-fail-fast "$@"
    fi
}

# with GROUP STEP.. : if the programs of the group are there; else says what is not run
with() {
    local group=$1
    shift
    if [[ " ${missing[*]} " == *" $group "* ]]; then
        printf '\n== %s: not run, since programs are missing: scripts/programs.sh %s\n' "$2" "$group"
        skipped=$((skipped + 1))
    else
        "$@"
    fi
}

# The example reallocation, with its methods on workers of Parsl; Redis and the server end with it.
reallocation_on_parsl() (
    port=$((20000 + RANDOM % 10000))
    trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
    coproc redis { exec redis-server --bind 127.0.0.1 --save '' --port "$port"; }
    grep -q 'Ready to accept connections' <&"${redis[0]}" || return 1 # it has ended: the port is taken
    "$COLMENA_PYTHON" -m colmena_rs --redis "redis://127.0.0.1:$port" --prefix reallocation \
        --folder "$scratch/reallocation" "$examples/reallocation" &
    example reallocation --redis "redis://127.0.0.1:$port" "$@"
)

# Groups of programs that are not there.
mapfile -t missing < <(scripts/programs.sh xtb mpi redis slurm chromium)
scripts/original.sh >"$scratch/python" & # mostly waits for the network
original=$!

step 'Format' \
    cargo fmt --all --check
step 'Lints' \
    cargo clippy "${all[@]}" --all-targets -- -D warnings
step 'Without features' \
    cargo check --locked -p colmena --no-default-features
left_out=() # tests that need what is missing
for group in "${missing[@]}"; do
    with "$group" step "Tests that need $group"
    left_out+=(--skip "needs_${group}_")
done
step 'Tests: build' \
    cargo test "${all[@]}" --tests --no-run
step 'Examples: build' \
    cargo build "${all[@]}" --examples
wait "$original" || {
    printf '\n== What runs the original: not run, since it cannot be installed\n'
    skipped=$((skipped + 1))
}
COLMENA_PYTHON=$(<"$scratch/python")
export COLMENA_PYTHON
own_step=(--skip needs_redis_ --skip needs_slurm_) # they start servers, and measure how soon something comes back
step 'Tests' \
    tests --tests -- "${left_out[@]}" "${own_step[@]}"
if [[ $COLMENA_PYTHON ]]; then
    with redis step 'Tests over Redis, with the original' \
        tests --test interop -- "${left_out[@]}"
    with redis step 'Example: reallocation, on Parsl' \
        reallocation_on_parsl --candidates 500 --budget 60 --retrain-every 10 --run-time 20 --rank-time 0 -- \
        '^Steering found [0-9.]+ in 60 simulations; random order finds [0-9.]+\.$'
    with redis step 'Example: parsl' \
        example parsl --budget 300 --folder "$scratch/parsl" -- \
        '^Answer: 30[0-9] tracks, the best takes 1\.0[0-9]+ times as long as a cycloid\.$'
    step 'Example: parsl, rehearsed' \
        example parsl --rehearse 64 -- \
        '^On 64 slots, (9[0-9]|100) % will be in use, if decisions take as long as here\.$'
    with redis step 'Example: python_thinker' \
        example python_thinker -- \
        '^Answer: f\(-?0\.[0-9]+\) = (3\.9[0-9]+|4\.000), by a thinker in Python$'
fi
step 'Tests in the documentation' \
    within 900 cargo test "${all[@]}" --doc
step 'Documentation' \
    env RUSTDOCFLAGS='-D warnings' cargo doc "${all[@]}" --no-deps
step 'Guide' \
    env RUSTDOCFLAGS='-D warnings' scripts/guide.sh

step 'Example: quickstart' \
    example quickstart --guesses 100 --run-time 2 --start -2 -- \
    '^Answer: f\(-?0\.[0-9]+\) = (3\.[5-9][0-9]*|4\.000) after 10[0-9] guesses$'
step 'Example: resource_limited' \
    example resource_limited --nodes 4 --pause 20 -- \
    '^4 of 4 nodes went from a to b in [0-9.]+ s$'
step 'Example: reallocation' \
    example reallocation --candidates 500 --budget 60 --retrain-every 10 --run-time 20 --rank-time 0 -- \
    '^Steering found [0-9.]+ in 60 simulations; random order finds [0-9.]+\.$'
step 'Example: reallocation, in worker processes' \
    example reallocation --processes --candidates 500 --budget 60 --retrain-every 10 --run-time 20 --rank-time 0 -- \
    '^Steering found [0-9.]+ in 60 simulations; random order finds [0-9.]+\.$'
step 'Example: reallocation, recorded' \
    example reallocation --record "$scratch/run" --candidates 500 --budget 60 --retrain-every 10 --run-time 20 -- \
    '^Steering found [0-9.]+ in 60 simulations; random order finds [0-9.]+\.$'
step 'Example: reallocation, taken up again' \
    example reallocation --resume "$scratch/run" --candidates 500 --budget 60 --retrain-every 10 --run-time 20 -- \
    '^Steering found [0-9.]+ in 60 simulations; random order finds [0-9.]+\.$'
step 'Example: batch' \
    example batch --candidates 500 --budget 60 --run-time 50 --rank-time 10 -- \
    '^Slots in use: [1-9][0-9]* % in [0-9.]+ s, for 60 simulations\.$'
step 'Example: streaming' \
    example streaming --candidates 500 --budget 60 --run-time 50 --rank-time 10 -- \
    '^Slots in use: [1-9][0-9]* % in [0-9.]+ s, for 60 simulations\.$'
step 'Example: interleaved' \
    example interleaved --candidates 500 --budget 60 --run-time 50 --rank-time 10 -- \
    '^Slots in use: [1-9][0-9]* % in [0-9.]+ s, for 60 simulations\.$'
step 'Example: optimizers' \
    example optimizers --candidates 500 --budget 60 --run-time 50 --rank-time 10 -- \
    '^Slots in use: batch [1-9][0-9]* %, streaming [1-9][0-9]* %, interleaved [1-9][0-9]* %\.$'
step 'Example: optimizers, rehearsed' \
    example optimizers --rehearse 256 -- \
    '^Slots in use: batch [12][0-9] %, streaming [1-9] %, interleaved [89][0-9] %\.$'
step 'Example: envelope' \
    example envelope --run-time 0 10 --size 1000 --seconds 1 -- \
    '^Utilisation: 0\.[0-9]+ at 0 ms, 0\.[89][0-9]+ at 10 ms\.$'
step 'Example: envelope, rehearsed' \
    example envelope --rehearse 8 512 4096 --run-time 10 1000 -- \
    '^100 at 10 ms, 10000 at 1 s\.$'
step 'Example: reallocation, rehearsed' \
    example reallocation --rehearse 512 --rehearse-check -- \
    '^On 512 slots, [789][0-9] % will be in use, if decisions take as long as here\.$'
step 'Example: active_learning, rehearsed' \
    example active_learning --rehearse 32 -- \
    '^On 32 slots, 9[0-9] % will be in use, if decisions take as long as here\.$'
step 'Example: mcmc, rehearsed' \
    example mcmc --rehearse 512 -- \
    '^On 512 slots, ([89][0-9]|100) % will be in use, if decisions take as long as here\.$'
step 'Example: ensemble, rehearsed' \
    example ensemble --rehearse 60 -- \
    '^Visited 3 of 3 valleys by iteration [1-3]; without learning, [23] of 3\.$'
step 'Example: generator, rehearsed' \
    example generator --rehearse 8 -- \
    '^On 8 slots, (9[0-9]|100) % will be in use, if decisions take as long as here\.$'
step 'Example: executable, rehearsed' \
    example executable --rehearse 512 -- \
    '^On 512 slots, (9[0-9]|100) % will be in use, if decisions take as long as here\.$'
step 'Example: molecules, rehearsed' \
    example molecules --rehearse 16 -- \
    '^On 16 slots, 9[0-9] % will be in use, if decisions take as long as here\.$'
step 'Example: mpi, rehearsed' \
    example mpi --rehearse 64 -- \
    '^On 64 slots, (9[0-9]|100) % will be in use, if decisions take as long as here\.$'
step 'Example: ensemble' \
    example ensemble --run-time 40 --learning-time 10 -- \
    '^Visited [23] of 3 valleys by iteration [1-8]; without learning, 2 of 3\.$'
step 'Example: active_learning' \
    example active_learning --candidates 1000 --budget 80 --run-time 60 -- \
    '^Steering found [1-9][0-9]* of the best 10 with 80 energies; random order finds [0-9]+\.$'
step 'Example: generator' \
    example generator --snapshots 1500 --frame-time 4 --analysis-time 10 -- \
    '^Reached well [1-9][0-9]* with 150[0-9] snapshots, [1-9][0-9]+ of them analysed; unsteered, well [1-3]\.$'
step 'Example: mcmc' \
    example mcmc --samples 4000 --run-time 1 -- \
    '^400[0-7] samples, 4[0-9] % accepted: mean \(-?[01]\.[0-9]+, -?[01]\.[0-9]+\), variance \([2-6]\.[0-9]+, [2-6]\.[0-9]+\)$'

step 'Example: executable' \
    example executable --runs 22 --folder "$scratch/executable" -- \
    '^Answer: a damping of 1\.[5-9] brings it to rest in [4-9]\.[0-9]+ s; it swings back to -?0\.0[0-9]+$'
with xtb step 'Example: molecules' \
    example molecules --budget 60 --folder "$scratch/molecules" -- \
    '^Best: FC\(F\)=O, 14\.7[0-9] eV, after [1-5]?[0-9] evaluations; at random, on average at most 124$'
with mpi step 'Example: mpi' \
    example mpi --size 32 --points 9 --folder "$scratch/mpi" -- \
    '^Answer: the magnet melts at T = 2\.[2-4][0-9], an endless one at 2\.269$'

if has deny; then
    step 'Licences, bans, sources' \
        cargo deny --locked check licenses bans sources
else
    printf '\n== Licences, bans, sources: not checked, since cargo-deny is not installed\n'
fi

#!/usr/bin/env bash
# scripts/fuzz.sh [SECONDS]: fuzzes the readers of the original's messages, each target of fuzz/ for ten minutes or so many
# seconds, and keeps a small corpus that reaches as much. Needs cargo-fuzz and a C++ compiler, but no nightly: without `unsafe`
# no sanitizer is needed. What it finds fails, and is in fuzz/artifacts/: mended, it goes to fuzz/corpus/ as found-*, for the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-600}
small=$(mktemp -d)
trap 'rm -rf "$small"' EXIT

for target in message json pickle; do
    corpus=fuzz/corpus/$target
    fuzz=(cargo fuzz run --sanitizer none "$target")
    "${fuzz[@]}" "$corpus" tests/wire/captured tests/wire/derived -- \
        -max_total_time="$seconds" -timeout=20 -max_len=4096 -verbosity=0 -print_final_stats=1
    # What reaches more than the messages of the tests do.
    rm -rf "$small" && mkdir -p "$small/all"
    cp tests/wire/captured/* tests/wire/derived/* "$small/all"
    ls "$small/all" >"$small/known"
    "${fuzz[@]}" "$small/all" "$corpus" -- -merge=1 -set_cover_merge=1 -use_counters=0
    (cd "$small/all" && xargs rm -f <"$small/known")
    cp "$corpus"/found-* "$small/all" 2>/dev/null || true
    rm -rf "$corpus" && mv "$small/all" "$corpus"
done
du -sh --apparent-size fuzz/corpus

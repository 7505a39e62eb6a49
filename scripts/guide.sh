#!/usr/bin/env bash
# Builds the guide into target/guide, beside the rustdoc in target/doc, since each links to the other. Fails on any
# warning and on any of these links that leads nowhere. (tests/tidy.rs checks the links between chapters.)
# The first time it installs its mdBook into target/tools, unoptimised, which takes half a minute on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

version=0.5.4
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

is_right() {
    [[ $("$1" --version 2>/dev/null) == "mdbook v$version" ]]
}

mdbook=mdbook
if ! is_right "$mdbook"; then
    mdbook=$target/tools/bin/mdbook
    is_right "$mdbook" ||
        env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0 cargo install mdbook --version "$version" --quiet --locked \
            --force --debug --no-default-features --features search --root "$target/tools"
fi

rm -rf "$target/guide"
said=$(MDBOOK_LOG=warn "$mdbook" build guide --dest-dir "$target/guide" 2>&1) || {
    printf '%s\n' "$said"
    exit 1
}
if [[ -n $said ]]; then
    printf '%s\nthe guide must be built without warnings\n' "$said"
    exit 1
fi

cargo doc --quiet --locked --workspace --no-deps --all-features
missing=0
# check FOLDER LINKS.. : each link, seen from the folder, must lead to a file
check() {
    local folder=$1 link
    shift
    for link in "$@"; do
        if [[ ! -f $target/$folder/${link%%#*} ]]; then
            printf 'a link from %s leads nowhere: %s\n' "$folder" "$link"
            missing=1
        fi
    done
}
mapfile -t to_rustdoc < <(grep -rhoE '\]\(\.\./doc/[^)]+' guide/src | cut -c3- | sort -u)
mapfile -t to_guide < <(grep -oE '\]\(\.\./\.\./guide/[^)]+' src/lib.rs | cut -c3- | sort -u)
check guide "${to_rustdoc[@]}"
check doc/colmena "${to_guide[@]}"
[[ $missing -eq 0 ]] && printf 'guide: %s/index.html (%d links to rustdoc, %d back)\n' \
    "$target/guide" "${#to_rustdoc[@]}" "${#to_guide[@]}"

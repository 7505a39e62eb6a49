#!/usr/bin/env bash
# Installs the programs that some tests and examples run, where they are missing: those of the groups named, or of all.
# Only as root, with apt-get (Debian, Ubuntu). Prints which groups are missing in the end, one a line, and says why on
# standard error; fails if any is. A test that needs a group has it in its name: `needs_xtb_..`.
set -euo pipefail

declare -A programs=([chromium]='chromium' [xtb]='obabel xtb' [mpi]='mpicc mpirun' [redis]='openssl redis-cli redis-server'
    [slurm]='munged scancel sinfo slurmctld slurmd srun')
declare -A packages=([chromium]='chromium' [xtb]='openbabel xtb' [mpi]='gcc libopenmpi-dev openmpi-bin' [redis]='openssl redis-server'
    [slurm]='munge slurm-client slurmctld slurmd')

# are_there GROUP : whether all its programs are on the PATH
are_there() {
    local program
    for program in ${programs[$1]}; do
        command -v "$program" >/dev/null || return 1
    done
}

# install PACKAGES.. : from lists as they are, or else from new ones
install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq)
    "${apt[@]}" install -y --no-install-recommends "$@" || {
        "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@"
    }
}

groups=("$@")
[[ $# -gt 0 ]] || groups=(xtb mpi redis slurm chromium)
missing=0
for group in "${groups[@]}"; do
    [[ -v programs[$group] ]] || {
        printf 'no such group: %s; there are %s\n' "$group" "${!programs[*]}" >&2
        exit 2
    }
    are_there "$group" && continue
    read -ra wanted <<<"${packages[$group]}"
    reason='that takes root, and apt-get'
    if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
        reason='it failed'
        install "${wanted[@]}" >&2 </dev/null || true
    fi
    are_there "$group" && continue
    missing=1
    printf 'not on the PATH: one of %s; not installed, since %s: apt-get install -y %s\n' \
        "${programs[$group]// /, }" "$reason" "${packages[$group]}" >&2
    printf '%s\n' "$group"
done
exit "$missing"

#!/usr/bin/env bash
# A Slurm of one node, for tests.
#
#     slurm.sh FOLDER PORT PORT
#
# Sets it up in the folder (which is made), with a key of its own, and prints `ready`. When its standard input ends, which also is the case
# when who started it is killed, it ends all jobs and itself. SLURM_CONF=FOLDER/slurm.conf is for its users.
set -euo pipefail
folder=$1 host=$(hostname)
mkdir -p "$folder"/{spool,state,log}
folder=$(cd "$folder" && pwd)
export SLURM_CONF="$folder/slurm.conf"
munge_socket="$folder/munge.sock"

finish() {
    trap - EXIT
    scancel --signal=KILL --full --user="$(id -un)" 2>/dev/null || true
    node_is idle 50 2>/dev/null || true
    scontrol shutdown 2>/dev/null || true
    wait "${slurm[@]}" 2>/dev/null || true
    kill "${munge[@]}" 2>/dev/null || true
    wait
}
slurm=() munge=()
trap finish EXIT
trap 'exit 1' TERM INT

# node_is STATE : waits for it, at most so many seconds as there are tries
node_is() {
    local tries=$2
    until [[ $(sinfo --noheader --format=%T 2>/dev/null) == "$1" ]]; do
        ((tries-- > 0)) || {
            printf 'the node is not %s; %s\n' "$1" "$(tail -n 5 "$folder"/log/*.log)" >&2
            return 1
        }
        sleep 0.2
    done
}

(umask 077 && head -c 128 /dev/urandom >"$folder/munge.key")
munged --foreground --force --key-file="$folder/munge.key" --socket="$munge_socket" \
    --pid-file="$folder/munged.pid" --seed-file="$folder/munge.seed" 2>"$folder/log/munged.log" &
munge=($!)
until [[ -S $munge_socket ]]; do
    kill -0 "${munge[0]}" || { cat "$folder/log/munged.log" >&2; exit 1; }
    sleep 0.05
done

cat >"$SLURM_CONF" <<CONF
ClusterName=colmena
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$munge_socket
SlurmctldPort=$2
SlurmdPort=$3
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=0,sched_interval=1,bf_interval=1,defer
ReturnToService=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
KillWait=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
slurmctld -D -c 2>"$folder/log/slurmctld.log" &
slurm=($!)
slurmd -D 2>"$folder/log/slurmd.log" &
slurm+=($!)
node_is idle 150
echo ready
read -r || true

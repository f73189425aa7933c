#!/bin/bash
# A sweep as one MPI job under Slurm: shards are handed out to the ranks as they become free.
#
#   sbatch examples/slurm-mpi.sh sweep.toml result.sqlite
#
# Finished shards stand in result.sqlite.shards, in a folder that all nodes see. A job that was
# killed, lost a node or ran out of time goes on when it is submitted again, on any number of nodes.
#SBATCH --job-name=redline-mpi
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=2
#SBATCH --cpus-per-task=16
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@60
set -euo pipefail

sweep=${1:?usage: sbatch slurm-mpi.sh SWEEP.toml OUTPUT}
output=${2:?usage: sbatch slurm-mpi.sh SWEEP.toml OUTPUT}

exec srun --kill-on-bad-exit=1 redline-mpi search run "$sweep" -o "$output" --resume \
  --threads "${SLURM_CPUS_PER_TASK:-1}"

#!/bin/bash
# A sweep as tasks of a Slurm array: each works out one shard, on any node, in any order.
#
#   sbatch examples/slurm-array.sh sweep.toml shards
#   redline merge shards -o result.sqlite          when all tasks are done
#
# A task that was killed or requeued goes on from the rows that it has kept; submitting the array
# again works out what is missing and leaves the rest. Any queue that numbers its tasks will do.
#SBATCH --job-name=redline
#SBATCH --array=1-64
#SBATCH --cpus-per-task=4
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue
set -euo pipefail

sweep=${1:?usage: sbatch slurm-array.sh SWEEP.toml FOLDER [SHARDS]}
folder=${2:?usage: sbatch slurm-array.sh SWEEP.toml FOLDER [SHARDS]}
# As many as --array above has tasks; `sbatch --array=3,7` does some of them again.
shards=${3:-64}

# A minute before its time is up the task is told (--signal) and keeps what it has.
exec redline search run "$sweep" -o "$folder/" --resume \
  --shard "$SLURM_ARRAY_TASK_ID/$shards" \
  --threads "${SLURM_CPUS_PER_TASK:-1}"

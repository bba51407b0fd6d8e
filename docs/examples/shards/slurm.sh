#!/bin/bash
# Runs a scenario file in virtual time as an array of 16 Slurm tasks, and merges them:
#   sbatch --array=0-15 docs/examples/shards/slurm.sh scenarios.yaml
# The folder has to be on a file system that all nodes share.
#SBATCH --job-name=kvbench
#SBATCH --cpus-per-task=4
set -eu

file=$1
out=$SLURM_SUBMIT_DIR/results/slurm-$SLURM_ARRAY_JOB_ID
kvbench run "$file" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --run-id "slurm-$SLURM_ARRAY_JOB_ID" --out "$out/shards/$SLURM_ARRAY_TASK_ID"

# The first task has all merged when all have ended well; whoever wants what there is of others
# runs it by hand with --allow-missing.
if [ "$SLURM_ARRAY_TASK_ID" = 0 ]; then
	sbatch --dependency="afterok:$SLURM_ARRAY_JOB_ID" --job-name=kvbench-merge --wrap="kvbench merge '$out'/shards/* --out '$out/merged'"
fi

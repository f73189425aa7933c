#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a bounded time from its kept corpus.
#   tools/fuzz.sh [SECONDS [TARGET…]]     SECONDS for each target, default 60
# New inputs stay in build/asan/found/<target>; an input that fails is kept there and named.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
cmake --preset asan --log-level=WARNING
cmake --build --preset asan --parallel "${JOBS:-$(nproc)}"

targets=("$@")
if ((${#targets[@]} == 0)); then
  for program in build/asan/fuzz/*_fuzz; do
    name=$(basename "$program")
    targets+=("${name%_fuzz}")
  done
fi

failed=()
for target in "${targets[@]}"; do
  found=build/asan/found/$target
  mkdir -p "$found"
  options=(-max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096 -max_len=20000
           -artifact_prefix="$found/" -print_final_stats=1)
  if [[ -f tests/fuzz/$target.dict ]]; then
    options+=(-dict="tests/fuzz/$target.dict")
  fi
  log=$found/log.txt
  if [[ ! -d tests/fuzz/corpus/$target ]]; then
    echo "fuzz: $target has no inputs to begin with: tests/fuzz/corpus/$target" >&2
    failed+=("$target")
    continue
  fi
  if "build/asan/fuzz/${target}_fuzz" "${options[@]}" "$found" "tests/fuzz/corpus/$target" \
      >"$log" 2>&1 </dev/null; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "fuzz: $target: $runs inputs, nothing found"
  else
    tail -n 40 "$log" >&2
    echo "fuzz: $target FAILED" >&2
    failed+=("$target")
  fi
done
if ((${#failed[@]})); then
  echo "fuzz: failed: ${failed[*]}" >&2
  exit 1
fi

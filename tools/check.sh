#!/usr/bin/env bash
# The slow checks, cheapest first; stops at the first that fails. `make check` calls this.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=${JOBS:-$(nproc)}
step() { printf '\n== check: %s (%d min) ==\n' "$1" $((SECONDS / 60)); }

step "format, shell scripts, clang-tidy"
tools/lint.sh

step "packaging"
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --parallel "$jobs"
ctest --preset release --label-regex slow

step "address and undefined-behaviour sanitizers"
cmake --preset asan --log-level=WARNING >/dev/null
cmake --build --preset asan --parallel "$jobs"
ctest --preset asan --parallel "$jobs" --label-exclude slow

step "thread sanitizer: batch and searches on several threads"
cmake --preset tsan --log-level=WARNING >/dev/null
cmake --build --preset tsan --parallel "$jobs" --target redline
python3 tests/transcripts.py build/tsan/redline tests/cli/batch.txt tests/cli/search.txt

step "fuzzing, ${FUZZ_SECONDS:-30} s a target"
tools/fuzz.sh "${FUZZ_SECONDS:-30}"

printf '\ncheck: all passed in %d min\n' $((SECONDS / 60))

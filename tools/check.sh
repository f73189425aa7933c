#!/usr/bin/env bash
# The slow checks, cheapest first; stops at the first that fails. `make check` calls this.
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=${JOBS:-$(nproc)}
step() { printf '\n== check: %s (%d min) ==\n' "$1" $((SECONDS / 60)); }

step "format, shell scripts, clang-tidy"
tools/lint.sh

step "packaging; calibration; large runs: faults, 200 kills, 2 and 4 ranks of MPI"
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --parallel "$jobs"
ctest --preset release --parallel "$jobs" --label-regex slow

step "pages: types, unit tests, whether they are built, a browser on each"
tools/ui.sh check

step "address and undefined-behaviour sanitizers"
cmake --preset asan --log-level=WARNING >/dev/null
cmake --build --preset asan --parallel "$jobs"
ctest --preset asan --parallel "$jobs" --exclude-regex '^(packaging|calibration|runs\.kills|server\.)'

step "thread sanitizer: batch, searches, sweeps, simulations, exposure and the server on several threads"
cmake --preset tsan --log-level=WARNING >/dev/null
cmake --build --preset tsan --parallel "$jobs" --target redline redline_store_test redline_server_test
printf 'tests/cli/%s.txt\n' search sweep simulate exposure batch |
  xargs -n 1 -P "$jobs" python3 tests/transcripts.py build/tsan/redline
build/tsan/tests/redline_store_test --gtest_brief=1
build/tsan/tests/redline_server_test --gtest_brief=1

step "fuzzing, ${FUZZ_SECONDS:-10} s a target"
tools/fuzz.sh "${FUZZ_SECONDS:-10}"

printf '\ncheck: all passed in %d min\n' $((SECONDS / 60))

#!/usr/bin/env bash
# House format and clang-tidy over all C++ sources. Fails on the first kind that finds something.
#   tools/lint.sh               report only
#   tools/lint.sh --fix-format  rewrite the format
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t all < <(git ls-files --cached --others --exclude-standard -- '*.h' '*.cc' | sort)
sources=()
for file in "${all[@]}"; do
  [[ -f $file && $file != tests/compile_fail/* ]] && sources+=("$file")
done

if [[ ${1:-} == --fix-format ]]; then
  clang-format-16 -i "${sources[@]}"
  exit 0
fi

echo "lint: format of ${#sources[@]} files"
if ! clang-format-16 --dry-run --Werror "${sources[@]}" 2>/tmp/redline-format.$$; then
  grep -E 'error:' /tmp/redline-format.$$ | cut -d: -f1 | sort | uniq -c >&2 || true
  rm -f /tmp/redline-format.$$
  echo "lint: run make format" >&2
  exit 1
fi
rm -f /tmp/redline-format.$$

mapfile -t scripts < <(git ls-files --cached --others --exclude-standard -- '*.sh' .ci/run)
echo "lint: ${#scripts[@]} shell scripts"
shellcheck "${scripts[@]}"

# Tests and benchmarks are macros of other people's; the rest is read with care.
tidy=()
for file in "${sources[@]}"; do
  [[ $file == src/*.cc || $file == cli/*.cc || $file == server/*.cc ]] || continue
  [[ $file == *_test.cc ]] || tidy+=("$file")
done
echo "lint: clang-tidy over ${#tidy[@]} files"
cmake --preset release --log-level=WARNING
printf '%s\0' "${tidy[@]}" |
  xargs -0 -n 1 -P "${JOBS:-$(nproc)}" clang-tidy-16 -p build/release --quiet --warnings-as-errors='*' \
    2> >(grep -v 'warnings generated\|warnings treated as errors' >&2 || true)

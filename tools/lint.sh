#!/usr/bin/env bash
# House format, shell scripts and clang-tidy. Fails if any of them finds something.
#   tools/lint.sh               report only
#   tools/lint.sh --fix-format  rewrite the format
set -euo pipefail
cd "$(dirname "$0")/.."

# Tracked files and new ones that git does not ignore; ours only, and only those that exist.
list() {
  git ls-files --cached --others --exclude-standard -- "$@" | sort -u | while read -r file; do
    if [[ -f $file ]]; then echo "$file"; fi
  done
}

mapfile -t sources < <(list '*.h' '*.cc')
if [[ ${1:-} == --fix-format ]]; then
  clang-format-16 -i "${sources[@]}"
  exit 0
fi

failed=0
echo "lint: format of ${#sources[@]} files"
report=$(mktemp)
trap 'rm -f "$report"' EXIT
if ! clang-format-16 --dry-run --Werror "${sources[@]}" 2>"$report"; then
  { grep -E 'error:' "$report" || cat "$report"; } | cut -d: -f1 | sort | uniq -c >&2
  echo "lint: not in the house format; run make format" >&2
  failed=1
fi

mapfile -t scripts < <(list '*.sh' .ci/run)
echo "lint: ${#scripts[@]} shell scripts"
shellcheck "${scripts[@]}" || failed=1

# Tests and benchmarks are made of other people's macros; the rest is read with care, in the groups
# that the build compiles together: each header is parsed once a group and not once a file.
cmake --preset release --log-level=WARNING >/dev/null
mapfile -t tidy < <(python3 - <<'PY'
import json, os, re
for entry in json.load(open("build/release/compile_commands.json")):
    name = os.path.relpath(entry["file"])
    own = re.match(r"(src|cli|server|mpi)/.*(?<!_test)\.cc$", name)
    group = re.match(r"build/release/CMakeFiles/.*/Unity/", name)
    if own or group:
        print(name)
PY
)
echo "lint: clang-tidy over ${#tidy[@]} files and groups of files"
printf '%s\0' "${tidy[@]}" |
  xargs -0 -n 1 -P "${JOBS:-$(nproc)}" \
    clang-tidy-16 -p build/release --quiet --extra-arg=-Wno-unknown-warning-option \
      --extra-arg=-Wno-ignored-optimization-argument \
    2>"$report" || failed=1
if ((failed)); then
  grep -v 'warnings generated\|warnings treated as errors' "$report" >&2 || true
fi
exit "$failed"

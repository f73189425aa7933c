#!/usr/bin/env bash
# The pages of web/.
#   tools/ui.sh build   build them into web/dist, which is committed and part of the program
#   tools/ui.sh check   types, unit tests, whether web/dist is what its sources give, and a real browser
#                       on the pages of PROGRAM (default build/release/redline)
# Node 20.19 or later builds them; without it `check` compares the sources with those that were built.
set -euo pipefail
cd "$(dirname "$0")/.."

sources() {
  git ls-files --cached --others --exclude-standard -- web/src web/i18n web/public web/index.html \
    web/vite.config.ts web/package-lock.json | sort -u | xargs sha256sum | sha256sum | cut -d' ' -f1
}
has_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
npm_in_web() { (cd web && npm "$@" --no-fund --no-audit --loglevel=error); }

case ${1:-} in
  build)
    has_node || { echo "ui: Node 20.19 or later is needed" >&2; exit 1; }
    npm_in_web ci
    npm_in_web run build
    sources >web/sources.sha256
    ;;
  check)
    if [[ $(sources) != "$(cat web/sources.sha256)" ]]; then
      echo "ui: web/dist is stale; run make ui" >&2
      exit 1
    fi
    if ! has_node; then
      echo "ui: no Node 20.19 here; the built pages stand as they are"
      exit 0
    fi
    npm_in_web ci
    npm_in_web run check
    npm_in_web test
    built=$(mktemp -d)
    trap 'rm -rf "$built"' EXIT
    (cd web && npx vite build --outDir "$built/dist" --emptyOutDir --logLevel error)
    if ! diff -rq web/dist "$built/dist"; then
      echo "ui: web/dist is not what its sources give; run make ui" >&2
      exit 1
    fi
    program=$(realpath "${2:-build/release/redline}")
    # Every page in the language that has most to get wrong, and the brief; `npm run test:browser` has
    # all of them.
    export SERVER=redline REDLINE=$program
    (cd web && node tests/browser.mjs zh-Hans dark && node tests/browser.mjs brief)
    ;;
  *)
    echo "ui: build or check" >&2
    exit 2
    ;;
esac

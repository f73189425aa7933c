#!/usr/bin/env bash
# Installs the Debian packages that Redline needs and does nothing where they are there.
#   tools/install_deps.sh [build|check]
# build: to build, run and test. check: those of `make check` too (clang, a browser, CJK fonts, a
# second shell, groff, Open MPI).
set -euo pipefail

mode=${1:-build}
packages=(
  make git pkg-config ccache python3 g++ cmake ninja-build mold
  libcli11-dev nlohmann-json3-dev libtomlplusplus-dev libfmt-dev libexpected-dev libxxhash-dev
  libsqlite3-dev libcpp-httplib-dev zlib1g-dev librandom123-dev libboost-dev libgtest-dev librapidcheck-dev libbenchmark-dev
)
case $mode in
  build) ;;
  check)
    packages+=(clang-16 clang-tidy-16 clang-format-16 libclang-rt-16-dev shellcheck
               chromium fonts-noto-cjk zsh groff-base libopenmpi-dev openmpi-bin)
    ;;
  *)
    echo "install_deps: unknown mode '$mode'; use build or check" >&2
    exit 2
    ;;
esac

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $status == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
    echo "install_deps: these packages are missing, and installing them takes root: ${missing[*]}" >&2
    echo "install_deps: run: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null; then
  echo "install_deps: no apt-get here; install these by other means: ${missing[*]}" >&2
  exit 1
fi

echo "install_deps: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 \
    -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 </dev/null
}
if ! apt update || ! apt install --yes --no-remove --no-install-recommends "${missing[@]}"; then
  tail -n 20 "$log" >&2
  echo "install_deps: could not install: ${missing[*]}" >&2
  exit 1
fi

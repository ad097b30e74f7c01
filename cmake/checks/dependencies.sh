#!/usr/bin/env bash
# Installs the packages of the named sections of cmake/dependencies.txt that are missing, and says what it found.
#
#   cmake/checks/dependencies.sh build test
set -euo pipefail
list="$(cd "$(dirname "$0")/.." && pwd)/dependencies.txt"

if [ $# -eq 0 ]; then
  echo "usage: $0 SECTION...   (sections: $(sed -n 's/^\[\(.*\)\]$/\1/p' "$list" | tr '\n' ' '))" >&2
  exit 2
fi

packages_of() {
  awk -v wanted="[$1]" '/^\[/ { inside = ($1 == wanted); next } /^[^#]/ && inside { print $1 }' "$list"
}

packages=()
for section in "$@"; do
  mapfile -t found < <(packages_of "$section")
  if [ ${#found[@]} -eq 0 ]; then
    echo "dependencies: no section [$section] in $list" >&2
    exit 2
  fi
  packages+=("${found[@]}")
done

if ! command -v dpkg-query >/dev/null; then
  echo "dependencies: this is not a Debian or Ubuntu system. Install the equivalents of: ${packages[*]}" >&2
  exit 1
fi

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done

echo "dependencies [$*]: ${packages[*]}"
if [ ${#missing[@]} -eq 0 ]; then
  echo "dependencies: all ${#packages[@]} are installed"
  exit 0
fi
echo "dependencies: installing ${missing[*]}"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "dependencies: run this as root, then try again: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
"${as_root[@]}" apt-get update --quiet
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --quiet --no-install-recommends "${missing[@]}" </dev/null

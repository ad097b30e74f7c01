#!/usr/bin/env bash
# Looks at Debian packages that `make package` has made: each has what it is for, and asks for what it needs.
#
#   packaging/check_packages.sh build/release/packages
set -euo pipefail
folder=$1
failed=0

# expect PACKAGE WHAT PATTERN: WHAT is `info` or `contents`; some line of it has to match PATTERN.
expect() {
  local package=$1 what=$2 pattern=$3
  if ! grep -Eq -- "$pattern" "$folder/$package.$what"; then
    echo "packages: $package: no line of dpkg-deb --$what matches: $pattern" >&2
    failed=1
  fi
}
# refuse PACKAGE WHAT PATTERN: no line may.
refuse() {
  local package=$1 what=$2 pattern=$3
  if grep -E -- "$pattern" "$folder/$package.$what"; then
    echo "packages: $package: this line of dpkg-deb --$what has no place there" >&2
    failed=1
  fi
}

shopt -s nullglob
for package in sluice libsluice libsluice-dev; do
  case $package in
    libsluice) files=("$folder"/libsluice[0-9]*.deb) ;;
    *) files=("$folder/$package"_*.deb) ;;
  esac
  if [ ${#files[@]} -ne 1 ]; then
    echo "packages: $folder has ${#files[@]} files of $package, not one: remove what is old" >&2
    exit 1
  fi
  dpkg-deb --info "${files[0]}" >"$folder/$package.info"
  dpkg-deb --contents "${files[0]}" >"$folder/$package.contents"
done

for package in sluice libsluice libsluice-dev; do
  expect $package contents ' \./usr/share/doc/(sluice|libsluice[0-9.]+|libsluice-dev)/copyright$'
done
expect sluice contents ' \./usr/bin/sluice$'
expect sluice contents ' \./usr/lib/systemd/system/sluice\.service$'
expect sluice contents ' \./usr/share/bash-completion/completions/sluice$'
expect sluice info '^ Depends: .*libcaf-core0\.17.*'
expect sluice info '^ Depends: .*libssl3.*'
refuse sluice info '^ Depends: .*libsluice'
refuse sluice contents '\.(hpp|a|so[.0-9]*)( ->.*)?$'

expect libsluice contents ' \./usr/lib/libsluice-flow\.so\.[0-9.]+$'
expect libsluice contents ' \./usr/lib/libsluice-runs\.so\.[0-9.]+$'
expect libsluice info '^ Depends: .*libcaf-core0\.17.*'
expect libsluice info '^ Depends: .*libsqlite3-0.*'
refuse libsluice contents '\.(hpp|a|so)( ->.*)?$'

expect libsluice-dev contents ' \./usr/include/sluice/flow\.hpp$'
expect libsluice-dev contents ' \./usr/include/sluice/host_actors\.hpp$'
expect libsluice-dev contents ' \./usr/lib/cmake/sluice/sluiceConfig\.cmake$'
expect libsluice-dev contents ' \./usr/lib/pkgconfig/sluice-flow\.pc$'
expect libsluice-dev contents ' \./usr/lib/libsluice-flow\.so -> libsluice-flow\.so\.[0-9.]+$'
expect libsluice-dev contents ' \./usr/lib/libsluice-flow\.a$'
expect libsluice-dev info '^ Depends: libsluice[0-9.]+ \(= [0-9.]+\), libcaf-dev .*nlohmann-json3-dev'
refuse libsluice-dev contents 'runtime/(cli|server|http)/'

[ $failed -eq 0 ] && ls -l "$folder"/*.deb && echo "packages: three packages, each with what it is for"
exit $failed

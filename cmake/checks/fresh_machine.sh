#!/usr/bin/env bash
# Runs make's targets on a Debian 12 that has nothing but make: what dependencies.txt leaves out is missing there, whatever
# the machine at hand has installed. The tree is what git would commit. Needs root, for chroot and mount.
#
#   cmake/checks/fresh_machine.sh demo test
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ $# -eq 0 ]; then
  echo "usage: $0 TARGET...   (targets of the Makefile, such as demo)" >&2
  exit 2
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "fresh_machine: needs root, to make a Debian of its own and to enter it: run it with sudo" >&2
  exit 1
fi

mirror=${MIRROR:-http://deb.debian.org/debian}
mkdir -p build
fresh=$(mktemp -d "$PWD/build/fresh.XXXXXX")

# What is mounted there is the machine's own: nothing may be removed before that is gone.
put_away() {
  local place
  for place in dev/shm dev/pts dev sys proc; do
    if mountpoint -q "$fresh/$place"; then umount "$fresh/$place"; fi
  done
  rm -rf --one-file-system "$fresh"
}
trap put_away EXIT

echo "fresh_machine: a Debian 12 from $mirror"
if ! debootstrap --variant=minbase --include=make,ca-certificates bookworm "$fresh" "$mirror" >"$fresh.log" 2>&1; then
  tail -20 "$fresh.log" >&2
  echo "fresh_machine: debootstrap failed: MIRROR= names another mirror; its log is $fresh.log" >&2
  exit 1
fi
rm "$fresh.log"
cp /etc/resolv.conf /etc/hosts "$fresh/etc/"
mount -t proc proc "$fresh/proc"
mount -t sysfs sysfs "$fresh/sys"
mount --bind /dev "$fresh/dev"
mount --bind /dev/pts "$fresh/dev/pts"
mount --bind /dev/shm "$fresh/dev/shm"

mkdir "$fresh/sluice"
git ls-files --cached --others --exclude-standard -z | tar --create --null --files-from=- | tar --extract --directory="$fresh/sluice"

for target in "$@"; do
  echo "fresh_machine: make $target"
  chroot "$fresh" /usr/bin/env -i HOME=/tmp PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 \
    make --directory=/sluice "$target" </dev/null
done
echo "fresh_machine: passed: $*"

#!/usr/bin/env bash
# Says which files clang-format would change (exit 1), or with --fix changes them.
set -euo pipefail
cd "$(dirname "$0")/../.."

mapfile -d '' -t files < <(find . -type d \( -name 'build*' -o -name '.?*' \) -prune -o \( -name '*.hpp' -o -name '*.cpp' \) -print0 | sort -z)
if [ "${1:-}" = --fix ]; then
  clang-format -i "${files[@]}"
  echo "format: ${#files[@]} files formatted"
  exit 0
fi

# Many files for each process, and a process for each core. xargs ends with 123 when one of them found something.
found=0
said=$(printf '%s\0' "${files[@]}" | xargs -0 -n 50 -P "$(nproc)" clang-format --dry-run --Werror 2>&1) || found=$?
if [ "$found" -ne 0 ]; then
  mapfile -t wrong < <(sed -n 's/:[0-9]*:[0-9]*: error: code should be clang-formatted.*//p' <<< "$said" | sort -u)
  if [ ${#wrong[@]} -eq 0 ]; then
    printf 'format: clang-format failed:\n%s\n' "$said"
    exit 1
  fi
  printf 'format: %s is not formatted as .clang-format says\n' "${wrong[@]}"
  echo "format: 'make format' mends it"
  exit 1
fi
echo "format: ${#files[@]} files are as .clang-format says"

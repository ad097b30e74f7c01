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

wrong=()
for file in "${files[@]}"; do
  clang-format --dry-run --Werror "$file" 2>/dev/null || wrong+=("$file")
done
if [ ${#wrong[@]} -ne 0 ]; then
  printf 'format: %s is not formatted as .clang-format says\n' "${wrong[@]}"
  echo "format: 'make format' mends it"
  exit 1
fi
echo "format: ${#files[@]} files are as .clang-format says"

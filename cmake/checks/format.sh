#!/usr/bin/env bash
# Says which files clang-format would change (exit 1), or with --fix changes them.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Many files for each process. Only when it finds something they are looked at one by one, for a line for each.
complaints() {
  local file said some=0
  clang-format --dry-run --Werror "$@" > /dev/null 2>&1 && return
  for file; do
    said=$(clang-format --dry-run --Werror "$file" 2>&1) && continue
    some=1
    if [[ $said == *"code should be clang-formatted"* ]]; then
      printf 'format: %s is not formatted as .clang-format says\n' "$file"
    else
      printf 'format: clang-format failed with %s: %s\n' "$file" "$said"
    fi
  done
  [ "$some" -eq 1 ] || printf 'format: clang-format failed with these files together: %s\n' "$*"
  return 1
}
export -f complaints

mapfile -d '' -t files < <(find . -type d \( -name 'build*' -o -name '.?*' \) -prune -o \( -name '*.hpp' -o -name '*.cpp' \) -printf '%P\0' | sort -z)
if [ "${1:-}" = --fix ]; then
  clang-format -i "${files[@]}"
  echo "format: ${#files[@]} files formatted"
  exit 0
fi

if ! printf '%s\0' "${files[@]}" | xargs -0 -n 50 -P "$(nproc)" bash -c 'complaints "$@"' _; then
  echo "format: 'make format' mends what is not formatted"
  exit 1
fi
echo "format: ${#files[@]} files are as .clang-format says"

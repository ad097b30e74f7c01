# For .ci/run and .ci/nightly: stages that all run, so that one run shows everything that is wrong, and a table at the end.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null
export LC_ALL=C.UTF-8

failed=()
report=()

# stage NAME COMMAND...
stage() {
  local name=$1 started=$SECONDS
  shift
  echo "── $name: $*"
  if "$@"; then
    report+=("$(printf '%-28s %5ds  passed' "$name" $((SECONDS - started)))")
  else
    report+=("$(printf '%-28s %5ds  FAILED' "$name" $((SECONDS - started)))")
    failed+=("$name")
  fi
}

# skip NAME REASON
skip() {
  report+=("$(printf '%-28s        skipped: %s' "$1" "$2")")
}

print_report() {
  echo "── stages"
  printf '   %s\n' "${report[@]}"
}

# Prints what failed, and returns 1 if anything has.
end_of_stages() {
  if [ ${#failed[@]} -ne 0 ]; then
    print_report
    printf 'failed: %s\n' "${failed[@]}"
    return 1
  fi
}

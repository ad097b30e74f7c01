#!/usr/bin/env bash
# Runs cppcheck over the product; anything it says fails. What it has seen before and has not changed is not looked at again.
#
#   cmake/checks/cppcheck.sh [JOBS]
set -euo pipefail
cd "$(dirname "$0")/../.."
memory=build/cppcheck
mkdir -p "$memory"

# Library headers are not followed: cppcheck knows the standard library by heart, and the rest is not ours.
suppressed=(
  missingIncludeSystem
  missingInclude
  unmatchedSuppression
  # clang-tidy follows moves and sinks more closely (bugprone-use-after-move, performance-unnecessary-value-param).
  accessMoved
  passedByValue
  # Constructors that read something and may fail say so in their body.
  useInitializationList
  # It cannot read a fold of member pointers.
  syntaxError:runtime/config/server_setting_table.cpp
  # It takes one `id` for another.
  invalidLifetime:model/rules/rule_reader.cpp
  # It takes the same expression twice for two containers.
  iterators3:persistence/memory/memory_runs.cpp
)
exec cppcheck --quiet --error-exitcode=1 -j "${1:-2}" --cppcheck-build-dir="$memory" --std=c++20 --language=c++ \
  --enable=warning,performance,portability --inline-suppr "${suppressed[@]/#/--suppress=}" -I . \
  --template='{file}:{line}: {id}: {message}' \
  model nodes steps metrics persistence actors runtime

"""Which suites may notice a mutant, and what counts as noticing. Pure: what is run comes in as a function."""

import difflib
import re
from typing import List, NamedTuple

import mutants

# Suites from near to far: the first that fails ends it. Names of targets, which are names of tests.
NEAR = {
    "model/run": ["test_model", "test_persistence", "test_run_actors"],
    "model": ["test_model", "test_nodes", "test_actors", "test_runtime"],
    "persistence": ["test_persistence", "test_store_actors", "test_run_actors"],
    "actors/flow": ["test_actors", "test_stress"],
    "actors/messaging": ["test_actors"],
    "actors/store": ["test_store_actors", "test_run_actors"],
    "actors/runs": ["test_run_actors", "test_run_exclusion"],
    "actors/rules": ["test_rule_actors"],
    "actors": ["test_actors", "test_run_actors"],
}
# All that drive the core, but for those that kill workers for many minutes (tests/faults): only what gets past all of these survives.
CORE_SUITES = [
    "test_model", "test_nodes", "test_persistence", "test_actors", "test_store_actors", "test_run_actors", "test_rule_actors",
    "test_embed", "test_runtime", "test_server", "test_run_exclusion", "test_stress",
]
LAST_LINES = 12
# What gcc and clang say of a place in a file that they do not take. A compiler that is killed, or has no room, names none.
REFUSAL = re.compile(r"^\S+:\d+:\d+: error: ", re.M)


class build_failed(Exception):
    """The build broke, and not by the mutant: nothing that follows would mean anything."""


class verdict(NamedTuple):
    # Who killed it; "": nobody did.
    killer: str
    # The last lines of what the killer printed, or why it was stopped.
    last_lines: str
    # Suites that failed once and passed when they were run again.
    flaky: List[str]


def near_suites(path):
    return NEAR[max((room for room in NEAR if path.startswith(room + "/")), key=len)]


def far_suites(path):
    return [each for each in CORE_SUITES if each not in near_suites(path)]


def last_of(text):
    """Returns the last lines that say something."""
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-LAST_LINES:])


def is_refused(output):
    """True when the compiler refused a build that printed this: the mutant is no program. Throws when it broke otherwise."""
    if REFUSAL.search(output):
        return True
    raise build_failed(last_of(output) or "the build failed and said nothing")


def judge(suites, run):
    """`run(suite)` returns None when the suite passes, else what it printed. A suite that fails has to fail again: otherwise what
    notices the mutant is chance, and it goes on to the next."""
    flaky = []
    for suite in suites:
        if run(suite) is None:
            continue
        again = run(suite)
        if again is not None:
            return verdict(suite, last_of(again), flaky)
        flaky.append(suite)
    return verdict("", "", flaky)


def as_patch(path, text, number, new):
    """Returns the mutant as `git apply` takes it."""
    mutated = mutants.apply(text, number, new)
    return "".join(difflib.unified_diff(text.splitlines(keepends=True), mutated.splitlines(keepends=True), f"a/{path}", f"b/{path}"))

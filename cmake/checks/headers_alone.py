#!/usr/bin/env python3
"""Compiles every header alone, twice in one unit, with warnings as errors.

    headers_alone.py --compiler g++ --units build/dev/headers_alone [--jobs 2]
    headers_alone.py --compiler g++ --self-test
"""

import argparse
import pathlib
import sys
import tempfile

import alone
import source_tree


def check(compiler, root, units, jobs):
    """Returns (headers, troubles)."""
    names = [one.relative_to(root).as_posix() for one in source_tree.files(root, (".hpp",))]
    return len(names), alone.unit_folder(units, compiler, ["-Wshadow"]).troubles_of(root, names, jobs)


def self_test(compiler):
    """Returns what went wrong when a sound header and three broken ones were checked, twice, and again after a change."""
    planted = {
        "sound.hpp": "#pragma once\n#include <string>\ninline std::string name() { return {}; }\n",
        "needs_string.hpp": "#pragma once\ninline std::string title() { return {}; }\n",
        "unguarded.hpp": "inline int three() { return 3; }\n",
        "narrowing.hpp": "#pragma once\ninline short half(int whole) { return whole / 2; }\n",
    }
    broken = {"needs_string.hpp", "unguarded.hpp", "narrowing.hpp"}
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, content in planted.items():
            (root / name).write_text(content)
        for what, expected in (("first", broken), ("second", broken), ("third", {*broken, "sound.hpp"})):
            if what == "third":
                (root / "sound.hpp").write_text("#pragma once\ninline int x = undeclared;\n")
            looked_at, troubles = check(compiler, root, root / "units", 2)
            found = {one.split(" ", 1)[0] for one in troubles}
            if looked_at != len(planted) or found != expected:
                wrong.append(f"{what} round: looked at {looked_at}, found {sorted(found)}, expected {sorted(expected)}")
    return wrong


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--compiler", required=True)
    arguments.add_argument("--units", type=pathlib.Path, help="a folder for what is compiled")
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--self-test", action="store_true")
    given = arguments.parse_args()
    if given.self_test:
        troubles = self_test(given.compiler)
        closing = f"headers alone: self-test, {len(troubles)} rounds went wrong"
    elif given.units is None:
        arguments.error("--units is needed: a folder for what is compiled")
    else:
        count, troubles = check(given.compiler, source_tree.ROOT, given.units, given.jobs)
        closing = f"headers alone: {count} headers, {len(troubles)} broken"
    print("\n".join([*troubles, closing]))
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())

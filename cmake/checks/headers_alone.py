#!/usr/bin/env python3
"""Compiles every header alone, twice in one unit, with warnings as errors.

    headers_alone.py --compiler g++ --cache build/dev/headers.json [--jobs 2]
    headers_alone.py --compiler g++ --self-test
"""

import argparse
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

import source_tree

FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def trouble_of(compiler, root, header):
    """Returns what the compiler says about a unit that includes only this header."""
    name = header.relative_to(root).as_posix()
    unit = f'#include "{name}"\n#include "{name}"\n'
    command = [compiler, *FLAGS, f"-I{root}", "-x", "c++", "-"]
    result = subprocess.run(command, input=unit, capture_output=True, text=True, timeout=120, check=False)
    return "" if result.returncode == 0 else f"{name} does not compile alone:\n{result.stderr}"


def check(compiler, root, cache, jobs):
    """Returns (headers, compiled now, troubles)."""
    digests = source_tree.closure_digest(root)
    salt = source_tree.version_of(compiler) + " ".join(FLAGS)
    headers = {one: digests.of(one, salt) for one in source_tree.files(root, (".hpp",))}
    changed = [one for one, digest in headers.items() if not cache.knows(digest)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        troubles = list(pool.map(lambda one: trouble_of(compiler, root, one), changed))
    for one, trouble in zip(changed, troubles):
        if not trouble:
            cache.add(headers[one])
    cache.save()
    return len(headers), len(changed), [one for one in troubles if one]


def self_test(compiler):
    """Returns what went wrong when a sound header and three broken ones were checked, and again after a change."""
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
        cache_file = root / "cache.json"
        _, compiled, troubles = check(compiler, root, source_tree.memory(cache_file), 2)
        found = {one.split(" ", 1)[0] for one in troubles}
        if found != broken or compiled != len(planted):
            wrong.append(f"first round: compiled {compiled}, found {sorted(found)}, expected {sorted(broken)}")
        _, compiled, _ = check(compiler, root, source_tree.memory(cache_file), 2)
        if compiled != len(broken):
            wrong.append(f"second round: compiled {compiled}, expected only the {len(broken)} that failed")
        (root / "sound.hpp").write_text("#pragma once\ninline int x = undeclared;\n")
        _, _, troubles = check(compiler, root, source_tree.memory(cache_file), 2)
        if not any(one.startswith("sound.hpp") for one in troubles):
            wrong.append("third round: a header that was broken after it had passed was not looked at again")
    return wrong


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--compiler", required=True)
    arguments.add_argument("--cache", type=pathlib.Path)
    arguments.add_argument("--jobs", type=int, default=2)
    arguments.add_argument("--self-test", action="store_true")
    given = arguments.parse_args()
    if given.self_test:
        troubles = self_test(given.compiler)
        closing = f"headers alone: self-test, {len(troubles)} rounds went wrong"
    elif given.cache is None:
        arguments.error("--cache is needed: a file that remembers which headers passed")
    else:
        count, compiled, troubles = check(
            given.compiler, source_tree.ROOT, source_tree.memory(given.cache), given.jobs)
        closing = f"headers alone: {count} headers, {compiled} compiled now, {len(troubles)} broken"
    print("\n".join([*troubles, closing]))
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())

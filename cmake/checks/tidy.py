#!/usr/bin/env python3
"""Runs clang-tidy over every source file that changed, or includes what changed, since it was last quiet.

    tidy.py --build build/dev [--jobs 2]     the build folder has compile_commands.json, and keeps the memory
"""

import argparse
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys

import source_tree

# clang counts what it did not show you; nobody needs to know.
NOISE = re.compile(r"^(\d+ warnings? (generated|treated as errors?)\.?|Suppressed \d+ warnings.*|Use -header-filter.*)$")


def trouble_of(build, file):
    """Returns what clang-tidy says about one file; empty when it is quiet."""
    # clang does not know g++'s own warnings by name.
    command = ["clang-tidy", "-p", str(build), "--quiet", "--extra-arg=-Wno-unknown-warning-option", str(file)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=source_tree.ROOT)
    if result.returncode == 0:
        return ""
    said = [line for line in (result.stdout + result.stderr).splitlines() if not NOISE.match(line)]
    return "\n".join(said) or f"{file}: clang-tidy ended with {result.returncode} and said nothing"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--build", type=pathlib.Path, required=True)
    arguments.add_argument("--jobs", type=int, default=2)
    given = arguments.parse_args()

    commands = json.loads((given.build / "compile_commands.json").read_text())
    compiled = sorted({pathlib.Path(one["file"]) for one in commands})
    files = [one for one in compiled if one.is_file() and one.is_relative_to(source_tree.ROOT)]
    cache = source_tree.memory(given.build / "tidy.json")
    digests = source_tree.closure_digest()
    salt = source_tree.version_of("clang-tidy") + (source_tree.ROOT / ".clang-tidy").read_text()
    wanted = {one: digests.of(one, salt) for one in files}
    changed = [one for one, digest in wanted.items() if not cache.knows(digest)]

    found = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for one, trouble in zip(changed, pool.map(lambda file: trouble_of(given.build, file), changed)):
            if trouble:
                found += 1
                print(trouble, flush=True)
            else:
                cache.add(wanted[one])
    cache.save()
    print(f"lint: {len(files)} files, {len(changed)} looked at now, {found} with findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

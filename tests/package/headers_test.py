#!/usr/bin/env python3
"""Compiles every installed header alone, as it is installed, with the warnings that a careful program switches on.

    headers_test.py --build build/release --version 0.1.0 --compiler g++ --with clang++
"""

import concurrent.futures
import hashlib
import pathlib
import subprocess
import sys

import package_case
from package_case import places

FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
JOBS = 2


def trouble_of(folder, name):
    """Returns what the compiler says about a unit that includes only this header, twice."""
    unit = f"#include <{name}>\n#include <{name}>\n"
    # Not as a system header: those may do what they like.
    command = [places.compare_with, *FLAGS, f"-I{folder}", "-x", "c++", "-"]
    result = subprocess.run(command, input=unit, capture_output=True, text=True, timeout=package_case.PATIENCE, check=False)
    return "" if result.returncode == 0 else f"{name} does not compile alone:\n{result.stderr}"


class digests:
    """Tells whether a header, or anything that it includes of ours, has changed."""

    def __init__(self, folder, salt):
        self._folder, self._salt, self._own = folder, salt, {}

    def _content(self, name):
        import source_tree

        if name not in self._own:
            file = self._folder / name
            inner = [other for _, _, other in source_tree.includes(file) if other.startswith("sluice/")]
            self._own[name] = (hashlib.sha256(file.read_bytes()).hexdigest(), inner)
        return self._own[name]

    def of(self, name):
        seen, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(self._content(one)[1])
        whole = self._salt + "".join(f"{one} {self._content(one)[0]}\n" for one in sorted(seen))
        return hashlib.sha256(whole.encode()).hexdigest()


class headers(package_case.package_case):
    def test_every_header_compiles_alone(self):
        import source_tree

        folder = places.prefix / "include"
        cache = source_tree.memory(places.scratch / f"headers_{pathlib.Path(places.compare_with).name}.json")
        digest = digests(folder, source_tree.version_of(places.compare_with) + " ".join(FLAGS))
        names = ["sluice/flow.hpp", "sluice/runs.hpp", "sluice/host_actors.hpp",
                 *(f"sluice/{header}" for _, _, header in package_case.public_rows())]
        self.assertGreater(len(names), 90)
        wanted = [name for name in names if not cache.knows(digest.of(name))]
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            said = list(pool.map(lambda name: trouble_of(folder, name), wanted))
        for name, trouble in zip(wanted, said):
            if not trouble:
                cache.add(digest.of(name))
        cache.save()
        print(f"{len(names)} headers, {len(wanted)} compiled now with {places.compare_with}")
        self.assertEqual("\n".join(one for one in said if one), "")

    def test_a_header_that_needs_another_or_narrows_is_found(self):
        folder = places.scratch / "planted"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "needs.hpp").write_text("#pragma once\ninline std::string name() { return {}; }\n")
        (folder / "narrows.hpp").write_text("#pragma once\ninline short half(int whole) { return whole / 2; }\n")
        (folder / "sound.hpp").write_text("#pragma once\ninline int half(int whole) { return whole / 2; }\n")
        self.assertIn("string", trouble_of(folder, "needs.hpp"))
        self.assertIn("conver", trouble_of(folder, "narrows.hpp"))
        self.assertEqual(trouble_of(folder, "sound.hpp"), "")


if __name__ == "__main__":
    sys.exit(package_case.main(__doc__))

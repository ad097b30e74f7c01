#!/usr/bin/env python3
"""Compiles every installed header alone, as it is installed, with the warnings that a careful program switches on.

    headers_test.py --build build/release --version 0.1.0 --compiler g++ --with clang++
"""

import pathlib
import sys

import package_case
from package_case import places

JOBS = 2


def units(name):
    """Returns where headers are compiled, apart for each compiler."""
    import alone

    return alone.unit_folder(places.scratch / f"{name}_{pathlib.Path(places.compare_with).name}", places.compare_with)


class headers(package_case.package_case):
    def test_every_header_compiles_alone(self):
        names = ["sluice/flow.hpp", "sluice/runs.hpp", "sluice/host_actors.hpp",
                 *(f"sluice/{header}" for _, _, header in package_case.public_rows())]
        self.assertGreater(len(names), 90)
        troubles = units("headers").troubles_of(places.prefix / "include", names, JOBS)
        print(f"{len(names)} headers compiled with {places.compare_with}")
        self.assertEqual("\n".join(troubles), "")

    def test_a_header_that_needs_another_or_narrows_is_found(self):
        folder = places.scratch / "planted"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "needs.hpp").write_text("#pragma once\ninline std::string name() { return {}; }\n")
        (folder / "narrows.hpp").write_text("#pragma once\ninline short half(int whole) { return whole / 2; }\n")
        (folder / "sound.hpp").write_text("#pragma once\ninline int half(int whole) { return whole / 2; }\n")
        compiled = units("planted_units")
        self.assertIn("string", compiled.trouble_of(folder, "needs.hpp"))
        self.assertIn("conver", compiled.trouble_of(folder, "narrows.hpp"))
        self.assertEqual(compiled.trouble_of(folder, "sound.hpp"), "")


if __name__ == "__main__":
    sys.exit(package_case.main(__doc__))

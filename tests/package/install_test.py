#!/usr/bin/env python3
"""Installs the build below an empty prefix, for the other tests of this folder.

    install_test.py --build build/release --version 0.1.0 --compiler g++
"""

import shutil
import sys

import package_case
from package_case import places


class installing(package_case.package_case):
    def test_a_build_is_installed_below_an_empty_prefix(self):
        shutil.rmtree(places.prefix, ignore_errors=True)
        self.run_program("cmake", "--install", places.build, "--prefix", places.prefix)
        self.assertIn(places.version, self.run_program(places.prefix / "bin/sluice", "--version"))

    def test_installing_again_writes_no_header_anew(self):
        header = places.prefix / "include/sluice/flow.hpp"
        before = header.stat().st_mtime_ns
        said = self.run_program("cmake", "--install", places.build, "--prefix", places.prefix, "--component", "development")
        self.assertIn(f"Up-to-date: {header}", said)
        self.assertEqual(header.stat().st_mtime_ns, before)


if __name__ == "__main__":
    sys.exit(package_case.main(__doc__))

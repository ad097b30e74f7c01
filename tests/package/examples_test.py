#!/usr/bin/env python3
"""Builds the project examples/embed against the installed package and runs its programs: with the shared libraries, with the
static ones, and with AddressSanitizer. Also what a program's CMakeLists.txt may ask for, and what it is told.

    examples_test.py --build build/release --version 0.1.0 --compiler g++ [-k shared]
"""

import os
import re
import select
import shutil
import subprocess
import sys
import time
import urllib.request

import package_case
from package_case import places

PROGRAMS = ["price_bars", "durable_orders", "host_actor"]
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror"


class project_case(package_case.package_case):
    def configure(self, source, name, *options, status=0):
        """Configures a project in a build folder of its own, and returns that and what CMake said."""
        folder = places.scratch / name
        # What an earlier run found must not be found by this one.
        (folder / "CMakeCache.txt").unlink(missing_ok=True)
        launcher = shutil.which("ccache")
        said = self.run_program(
            "cmake", "-S", source, "-B", folder, "-G", "Ninja", "-Wno-dev", f"-DCMAKE_CXX_COMPILER={places.compiler}",
            f"-DCMAKE_PREFIX_PATH={places.prefix}", *([f"-DCMAKE_CXX_COMPILER_LAUNCHER={launcher}"] if launcher else []),
            *options, status=status)
        return folder, said

    def build(self, name, programs, *options):
        folder, _ = self.configure(package_case.ROOT / "examples" / "embed", name, *options)
        self.run_program("cmake", "--build", folder, "--parallel", 2, "--target", *programs)
        return folder

    def check_answers(self, folder, programs, environment=None):
        expected = {
            "price_bars": ["ACME closes at 10099", "INIT closes at 10499", "return ends it"],
            "durable_orders": ["shipped with receipt", "charged in attempt 2, the order succeeded"],
            "host_actor": ["the flow finished\n1000 orders worth 499500"],
        }
        for program in programs:
            said = self.run_program(folder / program, environment=environment or {})
            for text in expected[program]:
                self.assertIn(text, said)


class examples(project_case):
    def test_they_build_and_run_with_the_shared_libraries(self):
        folder = self.build("shared", PROGRAMS, f"-DCMAKE_CXX_FLAGS={WARNINGS}", "-DCMAKE_BUILD_TYPE=Release")
        self.check_answers(folder, PROGRAMS)
        for program in PROGRAMS:
            names = " ".join(self.needed(folder / program))
            self.assertIn("libsluice-flow.so.", names)
            self.assertEqual("libsluice-runs.so." in names, program == "durable_orders", program)
        self.check_metrics(folder / "price_bars")

    def check_metrics(self, program):
        """Asks a program that serves metrics for them, as Prometheus would, before it is told to end."""
        process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            said = self.read_until(process, "return ends it")
            address = re.search(r"http://\S+", said).group(0)
            with urllib.request.urlopen(address, timeout=package_case.PATIENCE) as answer:
                figures = answer.read().decode()
            edge = r'sluice_edge_%s_total\{flow="price-bars",edge="prices[^"]*bars[^"]*"\} (\d+)'
            fates = [int(re.search(edge % fate, figures).group(1)) for fate in ["delivered", "replaced"]]
            self.assertEqual(sum(fates), 20000, figures)
            process.communicate(b"\n", timeout=package_case.PATIENCE)
            self.assertEqual(process.returncode, 0)
        finally:
            process.kill()
            process.communicate()

    def read_until(self, process, last):
        said, deadline = "", time.monotonic() + package_case.PATIENCE
        while last not in said:
            ready, _, _ = select.select([process.stdout], [], [], max(0, deadline - time.monotonic()))
            self.assertTrue(ready, f"printed only {said!r}")
            more = os.read(process.stdout.fileno(), 65536).decode()
            self.assertNotEqual(more, "", f"ended after {said!r}")
            said += more
        return said

    def test_they_build_and_run_with_the_static_libraries(self):
        programs = ["durable_orders", "host_actor"]
        folder = self.build("static", programs, "-DEMBED_STATIC=ON", "-DCMAKE_BUILD_TYPE=Release")
        self.check_answers(folder, programs)
        for program in programs:
            self.assertNotIn("libsluice", " ".join(self.needed(folder / program)))
        self.assertNotIn("libsqlite3", self.run_program("ldd", folder / "host_actor"))

    def test_they_run_with_the_address_sanitizer(self):
        flags = "-fsanitize=address -fno-omit-frame-pointer -O0 -g1"
        folder = self.build("asan", PROGRAMS, f"-DCMAKE_CXX_FLAGS={flags}", "-DCMAKE_BUILD_TYPE=")
        self.check_answers(folder, PROGRAMS, {"ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1"})


class finding(project_case):
    def project(self, name, text):
        folder = places.scratch / "projects" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "CMakeLists.txt").write_text(f"cmake_minimum_required(VERSION 3.25)\nproject({name} LANGUAGES CXX)\n{text}")
        return folder

    def test_without_components_there_are_flow_runs_and_the_sum_of_both(self):
        text = "find_package(sluice REQUIRED)\nforeach(each IN ITEMS flow runs sluice)\n" \
               "if(NOT TARGET sluice::${each})\nmessage(FATAL_ERROR ${each})\nendif()\nendforeach()\n" \
               "if(TARGET sluice::flow_static OR CMAKE_MODULE_PATH)\nmessage(FATAL_ERROR more)\nendif()\n"
        self.configure(self.project("everything", text), "finding_everything")

    def test_a_component_that_does_not_exist_is_named(self):
        _, said = self.configure(self.project("unknown", "find_package(sluice REQUIRED COMPONENTS flows)\n"), "finding_unknown", status=1)
        self.assertRegex(" ".join(said.split()), "no component 'flows'; there are flow, runs, flow_static and runs_static")

    def test_another_minor_version_does_not_fit(self):
        for wanted, fits in [("0.1", True), ("0.0", False), ("0.2", False), ("1.0", False)]:
            project = self.project("version", f"find_package(sluice {wanted} REQUIRED)\n")
            self.configure(project, "finding_version", status=0 if fits else 1)

    def test_another_series_of_caf_is_refused(self):
        folder = self.project("other_caf", "find_package(sluice REQUIRED COMPONENTS flow)\n")
        (folder / "CAFConfig.cmake").write_text("add_library(CAF::core INTERFACE IMPORTED)\n")
        (folder / "CAFConfigVersion.cmake").write_text("set(PACKAGE_VERSION 0.18.0)\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n")
        _, said = self.configure(folder, "finding_other_caf", f"-DCAF_DIR={folder}", status=1)
        self.assertRegex(" ".join(said.split()), r"built with CAF 0\.17\.\d+, which CAF 0\.18\.0 cannot stand in for")


if __name__ == "__main__":
    sys.exit(package_case.main(__doc__))

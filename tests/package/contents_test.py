#!/usr/bin/env python3
"""Looks at what was installed: files, headers, exported symbols, dependencies, and what finds them.

    contents_test.py --build build/release --version 0.1.0 --compiler g++ [-k symbols]
"""

import pathlib
import re
import sys

import package_case
from package_case import places

# As the compiler mangles them: functions, tables, types and static objects of the namespace sluice, or inside its functions.
OURS = re.compile(r"_Z(T[VTISC]|GV|Th?n?\d+_|Tv\d+_n\d+_)?Z?N[KRO]*6sluice")
# What a program that wants flows alone must not get to see, as file names of libraries.
RUNS_ONLY = re.compile(r"libsqlite|libSQLite|libcurl|libssl|libcrypto|libsluice-runs")


class files(package_case.package_case):
    def test_the_list_of_headers_is_what_is_installed(self):
        folder = places.prefix / "include"
        listed = {f"sluice/{header}" for _, _, header in package_case.public_rows()}
        present = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
        self.assertEqual(present, listed | {"sluice/flow.hpp", "sluice/runs.hpp", "sluice/host_actors.hpp"})

    def test_installed_headers_include_each_other_and_nothing_else_of_ours(self):
        import source_tree

        folder = places.prefix / "include"
        for file in folder.rglob("*.hpp"):
            for line, mark, name in source_tree.includes(file):
                where = f"{file.relative_to(folder)}:{line}: {name}"
                self.assertEqual(mark, "<", where)
                if name.startswith("sluice/"):
                    self.assertTrue((folder / name).is_file(), where)

    def test_flow_includes_nothing_of_runs(self):
        import source_tree

        runs = {f"sluice/{header}" for component, _, header in package_case.public_rows() if component == "runs"}
        for component, _, header in package_case.public_rows():
            if component == "flow":
                names = {name for _, _, name in source_tree.includes(places.prefix / "include/sluice" / header)}
                self.assertEqual(names & runs, set(), header)

    def test_only_the_header_of_host_actors_compiles_caf(self):
        for name, expected in [("flow.hpp", False), ("runs.hpp", False), ("host_actors.hpp", True)]:
            said = self.run_program(places.compiler, "-std=c++20", "-M", f"-I{places.prefix}/include", places.prefix / "include/sluice" / name)
            self.assertEqual(re.search(r"/caf/\S+\.hpp", said) is not None, expected, name)

    def test_unit_completions_and_papers_are_there(self):
        for name in ["lib/systemd/system/sluice.service", "share/bash-completion/completions/sluice",
                     "share/zsh/vendor-completions/_sluice", "share/fish/vendor_completions.d/sluice.fish",
                     "share/doc/sluice/LICENSE", "share/doc/sluice/docs/embedding.md",
                     "share/doc/sluice/examples/embed/price_bars.cpp", "share/doc/sluice/examples/server/service.yaml"]:
            self.assertGreater((places.prefix / name).stat().st_size, 0, name)

    def test_the_unit_starts_the_program_that_was_installed(self):
        unit = (places.prefix / "lib/systemd/system/sluice.service").read_text()
        self.assertIn(f"\nExecStart={places.prefix}/bin/sluice serve --config /etc/sluice/server.yaml\n", unit)

    def test_the_unit_names_files_of_the_package_that_are_there(self):
        unit = (places.prefix / "lib/systemd/system/sluice.service").read_text()
        named = re.findall(r"/\S+/share/doc/\S+", unit)
        self.assertTrue(named, unit)
        for name in named:
            self.assertTrue(pathlib.Path(name).is_relative_to(places.prefix) and pathlib.Path(name).is_file(), name)

    def test_no_path_of_this_machine_is_in_what_programs_are_built_with(self):
        texts = [*places.prefix.rglob("*.cmake"), *places.prefix.rglob("*.pc"), *(places.prefix / "include").rglob("*.hpp")]
        self.assertGreater(len(texts), 90)
        for file in texts:
            for path in [package_case.ROOT, places.build, places.prefix]:
                self.assertNotIn(str(path), file.read_text(), file)


class libraries(package_case.package_case):
    def dynamic_symbols(self, library):
        """Returns what `nm` says is defined and visible, without the names of versions."""
        lines = self.run_program("nm", "--dynamic", "--defined-only", library).splitlines()
        return [(kind, name.split("@")[0]) for _, kind, name in (line.split() for line in lines) if kind != "A"]

    def test_only_symbols_of_sluice_are_exported(self):
        for name in ["libsluice-flow.so", "libsluice-runs.so"]:
            symbols = self.dynamic_symbols(self.library(name))
            self.assertGreater(len(symbols), 100, name)
            self.assertEqual([each for each in symbols if not OURS.match(each[1])], [], name)

    def test_exported_symbols_carry_the_version(self):
        series = "SLUICE_" + ".".join(places.version.split(".")[:2])
        said = self.run_program("nm", "--dynamic", "--defined-only", self.library("libsluice-flow.so"))
        unversioned = [line for line in said.splitlines() if " A " not in line and f"@{series}" not in line]
        self.assertEqual(unversioned, [])

    def test_the_name_has_the_version_that_programs_are_bound_to(self):
        series = ".".join(places.version.split(".")[:2])
        for component in ["flow", "runs"]:
            said = self.run_program("readelf", "--dynamic", "--wide", self.library(f"libsluice-{component}.so"))
            self.assertIn(f"soname: [libsluice-{component}.so.{series}]", said)
            self.assertTrue(self.library(f"libsluice-{component}.so.{places.version}").is_file())
            self.assertTrue(self.library(f"libsluice-{component}.a").is_file())

    def test_runs_stand_on_flow_and_do_not_contain_it(self):
        flow, runs = self.library("libsluice-flow.so"), self.library("libsluice-runs.so")
        self.assertIn(f"libsluice-flow.so.{'.'.join(places.version.split('.')[:2])}", self.needed(runs))
        # Functions that are not inline are in one of the two.
        both = {name for kind, name in self.dynamic_symbols(flow) if kind == "T"} & \
               {name for kind, name in self.dynamic_symbols(runs) if kind == "T"}
        self.assertEqual(both, set())

    def test_flow_brings_neither_database_nor_http(self):
        flow = self.library("libsluice-flow.so")
        self.assertEqual([name for name in self.needed(flow) if RUNS_ONLY.search(name)], [])
        reached = self.run_program("ldd", flow)
        self.assertIn("libcaf_core", reached)
        self.assertNotIn("not found", reached)
        self.assertIsNone(RUNS_ONLY.search(reached), reached)

    def test_runs_bring_both(self):
        names = " ".join(self.needed(self.library("libsluice-runs.so")))
        self.assertRegex(names, "libsqlite3")
        self.assertRegex(names, "libcurl")


class pkg_config(package_case.package_case):
    def ask(self, *arguments):
        return self.run_program("pkg-config", *arguments,
                                environment={"PKG_CONFIG_PATH": str(self.library("sluice-flow.pc").parent)}).split()

    def test_it_knows_both_components_and_their_version(self):
        for name in ["sluice-flow", "sluice-runs"]:
            self.assertEqual(self.ask("--modversion", name), [places.version])
        self.assertIn("-lsluice-flow", self.ask("--libs", "sluice-runs"))
        self.assertIn("-lsluice-runs", self.ask("--libs", "sluice-runs"))
        self.assertNotIn("-lsluice-runs", self.ask("--libs", "sluice-flow"))

    def test_a_program_of_flows_alone_builds_and_runs_with_it(self):
        folder = places.scratch / "pkg_config"
        folder.mkdir(parents=True, exist_ok=True)
        flags = self.ask("--cflags", "--libs", "sluice-flow")
        libraries = self.library("libsluice-flow.so").parent
        program = folder / "flow_only"
        self.run_program(places.compiler, "-std=c++20", "-Wall", "-Wextra", package_case.ROOT / "tests/package/flow_only.cpp",
                         *flags, f"-Wl,-rpath,{libraries}", "-o", program)
        self.assertEqual(self.run_program(program), "0 2 4 6 8 \n")
        self.assertIsNone(RUNS_ONLY.search(self.run_program("ldd", program)))

    def test_a_program_links_the_archives_with_what_it_says_of_them(self):
        folder = places.scratch / "pkg_config"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ["sluice-flow", "sluice-runs"]:
            # Beside each other the linker takes the shared library: docs/embedding.md names the archives, too.
            flags = [re.sub("^-l(sluice-[a-z]+)$", r"-l:lib\1.a", flag) for flag in self.ask("--cflags", "--libs", "--static", name)]
            self.assertIn(f"-l:lib{name}.a", flags)
            program = folder / f"static_{name}"
            # Whole archives: nothing that the program does not ask for may lack its library.
            archives = [flag for flag in flags if flag.startswith("-l:")]
            self.run_program(places.compiler, "-std=c++20", package_case.ROOT / "tests/package/flow_only.cpp",
                             *[flag for flag in flags if flag.startswith("-L")], "-Wl,--whole-archive", *archives,
                             "-Wl,--no-whole-archive", *[flag for flag in flags if flag not in archives], "-o", program)
            self.assertEqual(self.run_program(program), "0 2 4 6 8 \n")
            self.assertNotIn("libsluice", " ".join(self.needed(program)))


if __name__ == "__main__":
    sys.exit(package_case.main(__doc__))

#!/usr/bin/env python3
"""Tests of the mutants themselves, and of what counts as noticing one."""

import pathlib
import subprocess
import tempfile
import unittest

import mutants
import mutate
import verdicts

ROOT = pathlib.Path(__file__).resolve().parents[2]


def made(line):
    return {new for _, new in mutants.of_line(line)}


class mutants_test(unittest.TestCase):
    def test_operators_are_turned(self):
        self.assertIn("  return a != b;\n", made("  return a == b;\n"))
        self.assertIn("  while (used <= limit)\n", made("  while (used < limit)\n"))
        self.assertIn("  go = a || b;\n", made("  go = a && b;\n"))
        self.assertIn("  depth_ -= count;\n", made("  depth_ += count;\n"))

    def test_constants_are_off_by_one(self):
        self.assertIn("  return size - 2;\n", made("  return size - 1;\n"))
        self.assertIn("  return 1;\n", made("  return 0;\n"))

    def test_conditions_are_inverted_whole(self):
        self.assertIn("  if (!(is_open(a)))\n", made("  if (is_open(a))\n"))
        self.assertNotIn("  if (!(auto x = f(); x))\n", made("  if (auto x = f(); x)\n"))

    def test_statements_are_removed_but_not_declarations(self):
        self.assertIn("  ;\n", made("  queue_.push_back(one);\n"))
        self.assertIn("  ;\n", made("  running_ = true;\n"))
        self.assertNotIn("  ;\n", made("  auto x = f();\n"))
        self.assertNotIn("  ;\n", made("  return f();\n"))

    def test_text_in_quotes_and_comments_and_templates_are_left_alone(self):
        self.assertEqual(made('#include "a == b"\n'), set())
        self.assertEqual(made("  // a == b\n"), set())
        self.assertEqual({new for new in made('  throw error("a == b", "x < 1");\n') if "!=" in new or "2" in new}, set())
        self.assertEqual(made("template <class T>\n"), set())

    def test_a_line_of_a_file_is_replaced(self):
        text = "a;\n  x = a == b;\nc;\n"
        number, _, new = next(each for each in mutants.of_text(text) if "!=" in each[2])
        self.assertEqual(mutants.apply(text, number, new), "a;\n  x = a != b;\nc;\n")


class scripted:
    """Suites whose results are written down, one after the other; what is not written passes."""

    def __init__(self, **results):
        self.results = {suite: list(each) for suite, each in results.items()}
        self.ran = []

    def __call__(self, suite):
        self.ran.append(suite)
        left = self.results.get(suite)
        return left.pop(0) if left else None


class verdicts_test(unittest.TestCase):
    def test_a_suite_that_fails_twice_kills_and_is_quoted(self):
        run = scripted(two=["first time", "a.cpp(7): error: in \"edge\"\n\n*** 1 failure\ntwo ended with 201"])
        found = verdicts.judge(["one", "two", "three"], run)
        self.assertEqual(found, ("two", "a.cpp(7): error: in \"edge\"\n*** 1 failure\ntwo ended with 201", []))
        self.assertEqual(run.ran, ["one", "two", "two"])

    def test_a_suite_that_fails_by_chance_kills_nothing(self):
        run = scripted(two=["it failed", None])
        self.assertEqual(verdicts.judge(["one", "two", "three"], run), ("", "", ["two"]))
        self.assertEqual(run.ran, ["one", "two", "two", "three"])

    def test_a_suite_behind_a_flaky_one_may_kill(self):
        run = scripted(two=["it failed", None], three=["no", "no"])
        self.assertEqual(verdicts.judge(["one", "two", "three"], run), ("three", "no", ["two"]))

    def test_only_the_last_lines_are_kept(self):
        self.assertEqual(verdicts.last_of("\n".join(map(str, range(100)))).splitlines(), [str(n) for n in range(88, 100)])

    def test_what_the_compiler_refuses_is_no_program(self):
        for said in ("[1/3] Building\nFAILED: a.o\n/x/model/a.cpp:7:3: error: expected ';' before '}' token\n",
                     "../model/a.hpp:12:30: error: static assertion failed\nninja: build stopped\n"):
            self.assertTrue(verdicts.is_refused(said))

    def test_a_build_that_fails_otherwise_is_not_taken_for_that(self):
        for said in ("g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n",
                     "model/a.cpp:300:1: fatal error: error writing to a.s: No space left on device\n",
                     "model/a.cpp:7:3: internal compiler error: Segmentation fault\n",
                     "model/a.cpp:7:3: warning: error: prone\n",
                     "/usr/bin/ld: error: cannot open libm.a\n", "ninja: error: unknown target 'test_modle'\n", ""):
            with self.assertRaises(verdicts.build_failed, msg=said):
                verdicts.is_refused(said)

    def test_a_survivor_has_met_all_suites_of_the_core_once(self):
        for path in ("model/edge/a.cpp", "model/run/a.cpp", "persistence/sqlite/a.cpp", "actors/rules/a.cpp", "actors/runs/a.cpp"):
            met = verdicts.near_suites(path) + verdicts.far_suites(path)
            self.assertEqual(sorted(met), sorted(verdicts.CORE_SUITES), path)
        self.assertEqual(verdicts.near_suites("model/run/lease.cpp")[1], "test_persistence")
        self.assertEqual(verdicts.near_suites("model/edge/policy.cpp")[1], "test_nodes")

    def test_there_are_such_suites_and_folders(self):
        made = "".join(each.read_text() for each in (ROOT / "tests").glob("*/CMakeLists.txt"))
        for suite in verdicts.CORE_SUITES:
            self.assertRegex(made, rf"\b{suite}\b")
        for room in verdicts.NEAR:
            self.assertTrue((ROOT / room).is_dir(), room)

    def test_a_mutant_can_be_applied_again(self):
        text = "a;\n  x = a == b;\nc;\nd;\n"
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "model" / "a.cpp"
            file.parent.mkdir()
            file.write_text(text)
            patch = verdicts.as_patch("model/a.cpp", text, 2, "  x = a != b;\n")
            subprocess.run(["git", "apply"], input=patch, cwd=folder, text=True, check=True)
            self.assertEqual(file.read_text(), text.replace("==", "!="))
            subprocess.run(["git", "apply", "-R"], input=patch, cwd=folder, text=True, check=True)
            self.assertEqual(file.read_text(), text)


class tiny_laboratory(mutate.laboratory):
    """One file, and suites that are shell scripts which look at it."""

    def __init__(self, folder, refused, patience, **scripts):
        self.tree, self._build, self.refused = folder / "tree", folder / "build", refused
        self._patience = {suite: patience if suite in scripts else 30 for suite in verdicts.CORE_SUITES}
        (self.tree / "model" / "edge").mkdir(parents=True)
        self.file = self.tree / "model/edge/a.cpp"
        self.file.write_text("int two = 1 + 1;\n")
        for suite in verdicts.CORE_SUITES:
            program = self._build / "tests" / "model" / suite
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text(f"#!/bin/sh\n{scripts.get(suite, 'exit 0')}\n")
            program.chmod(0o755)

    def build(self, suite):
        return self.refused


class laboratory_test(unittest.TestCase):
    MUTANT = ("model/edge/a.cpp", 1, "+ to -", "int two = 1 - 1;\n")

    def tried(self, refused=None, patience=30, **scripts):
        with tempfile.TemporaryDirectory() as folder:
            place = tiny_laboratory(pathlib.Path(folder), refused, patience, **scripts)
            try:
                return place.try_one(self.MUTANT)
            finally:
                self.assertEqual(place.file.read_text(), "int two = 1 + 1;\n", "it has to be mended again")

    def test_a_suite_that_looks_kills_even_a_far_one(self):
        for suite in ("test_model", "test_server"):
            found = self.tried(**{suite: "grep '1 + 1' ../tree/model/edge/a.cpp || { echo 'two is 0'; exit 3; }"})
            self.assertEqual(found, (suite, f"two is 0\n{suite} ended with 3", []))

    def test_a_crash_and_a_suite_that_does_not_end_kill_and_are_named(self):
        self.assertEqual(self.tried(test_model="kill -SEGV $$").last_lines, "test_model ended by signal 11")
        self.assertEqual(self.tried(patience=1, test_model="echo begun; exec sleep 60").last_lines,
                         "begun\ntest_model did not end within 1 s")

    def test_what_nobody_notices_survives_and_chance_is_told(self):
        self.assertEqual(self.tried(), ("", "", []))
        chance = "[ -e seen ] && exit 0; touch seen; exit 1"
        self.assertEqual(self.tried(test_nodes=chance), ("", "", ["test_nodes"]))

    def test_what_the_compiler_refuses_is_not_judged(self):
        self.assertIsNone(self.tried(refused="model/edge/a.cpp:1:1: error: no\n"))
        with self.assertRaises(verdicts.build_failed):
            self.tried(refused="No space left on device\n")


if __name__ == "__main__":
    unittest.main()

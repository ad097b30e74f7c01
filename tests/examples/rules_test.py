#!/usr/bin/env python3
"""What an operator may count on without a server: `sluice rules` on a directory and on a database file.

    rules_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]

Rows are looked at with sqlite3, read-only, and not through the store. Each case has a folder of its own; every wait
has a bound.
"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import signal
import sqlite3
import sys
import tempfile
import time
import unittest

import flow_run

# Set by main().
SLUICE = ""

RULE = """rule_id: {id}
rule_version: {version}
name: Download piped into a shell
applies_to: [ssh, web]
match: {{ field: command, pattern: '{pattern}' }}
emits:
  - {{ technique_id: T1059.004, tactic: execution, confidence: 0.9, source: lab }}
"""


class rules_case(unittest.TestCase):
    """A directory of rules and a database per case."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-rules-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.rules = self.folder / "rules"
        self.rules.mkdir()
        self.database = self.folder / "runs.db"
        self.unread = b""
        self.environment = {"SLUICE_DB": str(self.database), "SLUICE_URL": "", "USER": "ada"}

    def define(self, id, version=1, pattern="wget", file=None):
        path = self.rules / (file or f"{id}.yaml")
        fresh = path.with_suffix(".tmp")
        fresh.write_text(RULE.format(id=id, version=version, pattern=pattern))
        fresh.rename(path)
        return path

    def sluice(self, *arguments, status=0, **environment):
        """Runs a command that must end with `status`; returns what it was."""
        result = flow_run.run(SLUICE, arguments, {**self.environment, **environment})
        said = result.err.decode(errors="replace")
        for sign in [*flow_run.CRASHES, "internal error"]:
            self.assertNotIn(sign, said)
        self.assertEqual(result.status, status, f"sluice {' '.join(map(str, arguments))}\n{result}")
        return result

    def start(self, *arguments):
        process = flow_run.start(SLUICE, arguments, self.environment)
        self.addCleanup(self.put_away, process)
        return process

    @staticmethod
    def put_away(process):
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in [process.stdout, process.stderr]:
            stream.close()

    def line(self, process):
        """Returns the next line as JSON. What has come after it waits for the next call."""
        if b"\n" not in self.unread:
            self.unread += flow_run.read_lines(process, 1)
        first, _, self.unread = self.unread.partition(b"\n")
        return json.loads(first)

    def rows(self, select, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            return database.execute(select, values).fetchall()

    def sync(self, **more):
        return json.loads(self.sluice("rules", "sync", self.rules, **more).raw)


class checking(rules_case):
    def test_rules_that_are_right_are_valid(self):
        self.define("a")
        self.define("b.c-d_2")
        result = self.sluice("rules", "validate", self.rules)
        self.assertEqual(result.lines, [f"{self.rules}: valid: 2 rules, 0 errors, 0 warnings"])
        self.assertEqual(os.listdir(self.rules).count(".rule-states.json"), 0, "validate makes nothing")

    def test_every_finding_has_file_line_and_column(self):
        self.define("good")
        bad = self.define("bad", pattern="(unclosed")
        worse = self.rules / "worse.yaml"
        worse.write_text("rule_id: worse\nrule_version: 0\nname: x\nmatch: { field: a, pattern: b }\n"
                         "emits:\n  - { technique_id: T1, tactic: x, confidence: 7.5 }\n")
        result = self.sluice("rules", "validate", self.rules, status=78)
        text = "\n".join(result.lines)
        self.assertRegex(text, rf"{bad}:5:\d+: error: match\.pattern: .*\[[A-Z_]+\]")
        self.assertRegex(text, rf"{worse}:2:\d+: error: rule_version: .*\[[A-Z_]+\]")
        self.assertRegex(text, rf"{worse}:6:\d+: error: emits\[0\]\.confidence: .*\[[A-Z_]+\]")
        self.assertTrue(result.lines[-1].startswith(f"{self.rules}: 1 rule, 3 errors"), text)
        found = json.loads(self.sluice("rules", "validate", self.rules, "--output", "json", status=78).raw)
        self.assertEqual((found["valid"], found["rules"], len(found["findings"])), (False, 1, 3))
        self.assertEqual({one["place"] for one in found["findings"]}, {str(bad), str(worse)})

    def test_two_files_with_one_id_are_found(self):
        self.define("same", file="one.yaml")
        self.define("same", file="two.yaml")
        result = self.sluice("rules", "validate", self.rules, status=78)
        self.assertIn("DUPLICATE_RULE", result.lines[0])
        self.assertIn("two.yaml", result.lines[0])

    def test_a_single_file_may_be_checked(self):
        self.assertIn("valid: 1 rule", self.sluice("rules", "validate", self.define("a")).lines[0])
        self.sluice("rules", "validate", self.define("b", pattern="["), status=78)

    def test_what_is_not_there_is_refused_by_its_name(self):
        result = self.sluice("rules", "validate", self.folder / "absent", status=78)
        self.assertIn("absent", result.lines[0])
        self.assertIn("No such file", result.lines[0])

    def test_temporary_names_are_no_rules(self):
        self.define("a")
        for name in [".a.yaml.swp", "a.yaml~", "4913", "#a.yaml#", "a.yaml.tmp", ".#a.yaml"]:
            (self.rules / name).write_text("nonsense: [")
        self.assertIn("valid: 1 rule,", self.sluice("rules", "validate", self.rules).lines[0])


class either_place(rules_case):
    """What holds for a directory holds for a database."""

    def place(self):
        return ["--rules", self.rules]

    def prepare(self):
        pass

    def list(self):
        return self.sluice("rules", "list", *self.place()).documents()

    def test_rules_are_listed_and_shown(self):
        self.define("b", 3)
        self.define("a")
        self.prepare()
        self.assertEqual([(rule["id"], rule["version"], rule["state"]["mode"], rule["hits"]) for rule in self.list()],
                         [("a", 1, "enabled", None), ("b", 3, "enabled", None)])
        shown = json.loads(self.sluice("rules", "show", "b", *self.place()).raw)
        self.assertEqual(shown["match"], {"field": "command", "pattern": "wget"})
        self.assertEqual(shown["applies_to"], ["ssh", "web"])
        self.assertEqual(shown["emits"], [
            {"technique_id": "T1059.004", "tactic": "execution", "confidence": 0.9, "source": "lab"}])
        table = self.sluice("rules", "list", *self.place(), "--output", "table").lines
        self.assertEqual(table[0].split(), ["RULE", "VERSION", "MODE", "CEILING", "EXPIRES", "REASON"])
        self.assertEqual(table[1].split(), ["a", "1", "enabled", "-", "-", "-"])
        text = self.sluice("rules", "show", "b", *self.place(), "--output", "text").raw.decode()
        self.assertRegex(text, r"T1059\.004 +execution +0\.9 +source=lab\n")

    def test_a_rule_is_disabled_clipped_and_enabled_with_who_and_why(self):
        self.define("a")
        self.define("b")
        self.prepare()
        rule = json.loads(self.sluice("rules", "disable", "a", "--reason", "too noisy", "--for", "1h", *self.place()).raw)
        state = rule["state"]
        self.assertEqual((state["mode"], state["reason"], state["by"]), ("disabled", "too noisy", "ada"))
        self.assertGreater(state["expires_at"], state["at"])
        self.sluice("rules", "clip", "b", "--max", "0.25", "--reason", "unsure", "--by", "bob", "--until", "2100-01-01", *self.place())
        a, b = self.list()
        self.assertEqual(a["state"], state)
        self.assertEqual((b["state"]["mode"], b["state"]["confidence_max"], b["state"]["by"], b["state"]["expires_at"]),
                         ("clipped", 0.25, "bob", "2100-01-01T00:00:00.000Z"))
        table = self.sluice("rules", "list", *self.place(), "--output", "table").lines
        self.assertEqual(table[2].split(), ["b", "1", "clipped", "0.25", "2100-01-01T00:00:00Z", "unsure"])
        self.sluice("rules", "enable", "a", *self.place())
        a, b = self.list()
        self.assertEqual((a["state"]["mode"], a["state"]["expires_at"]), ("enabled", None))
        self.assertEqual(b["state"]["mode"], "clipped", "the other one is left alone")

    def test_orders_that_say_too_little_or_nonsense_are_refused(self):
        self.define("a")
        self.prepare()
        for wrong in [["disable", "a"], ["clip", "a", "--reason", "x"], ["clip", "a", "--max", "7.5", "--reason", "x"],
                      ["disable", "a", "--reason", "x", "--for", "soon"], ["disable", "a", "--reason", "x", "--for", "0s"],
                      ["disable", "a", "--reason", "x", "--for", "1h", "--until", "2100-01-01"], ["enable", "a", "--for", "1h"],
                      ["disable", "a", "--reason", "x", "--until", "2001-01-01"]]:
            with self.subTest(wrong):
                self.sluice("rules", *wrong, *self.place(), status=2)
        self.sluice("rules", "disable", "a", "--reason", "x", *self.place(), status=2, USER="")
        said = self.sluice("rules", "disable", "aa", "--reason", "x", *self.place(), status=1).err.decode()
        self.assertIn("[not_found]", said)
        self.assertEqual([rule["state"]["mode"] for rule in self.list()], ["enabled"])

    def test_a_state_that_has_expired_is_shown_as_enabled(self):
        self.define("a")
        self.prepare()
        self.sluice("rules", "disable", "a", "--reason", "x", "--for", "1ms", *self.place())
        deadline = time.monotonic() + flow_run.PATIENCE
        while self.list()[0]["state"]["mode"] != "enabled":
            self.assertLess(time.monotonic(), deadline)

    def test_tail_tells_the_present_and_then_each_change_once(self):
        self.define("a")
        self.prepare()
        process = self.start("rules", "tail", "--snapshot", *self.place())
        present = self.line(process)
        self.assertEqual((present["rule"], present["state"]["mode"]), ("a", "enabled"))
        self.assertIn("rule_id: a", present["definition"])
        seen = []
        self.sluice("rules", "disable", "a", "--reason", "one", *self.place())
        seen.append(self.line(process))
        self.sluice("rules", "enable", "a", *self.place())
        seen.append(self.line(process))
        self.define("b", 2)
        self.prepare()
        seen.append(self.line(process))
        (self.rules / "a.yaml").unlink()
        self.prepare()
        seen.append(self.line(process))
        self.assertEqual([(one["kind"], one["rule"]) for one in seen],
                         [("state", "a"), ("state", "a"), ("defined", "b"), ("removed", "a")])
        self.assertEqual([one["state"]["mode"] for one in seen[:2]], ["disabled", "enabled"])
        self.assertEqual(seen[0]["by"], "ada")
        self.assertIn("rule_version: 2", seen[2]["definition"])
        self.assertEqual([one["id"] for one in seen], sorted({one["id"] for one in seen}))
        process.send_signal(signal.SIGINT)
        result = flow_run.finish(process)
        self.assertEqual((result.status, self.unread + result.raw), (0, b""), str(result))

    def test_tail_ends_after_so_many_or_when_there_is_nothing_left(self):
        self.define("a")
        self.prepare()
        self.assertEqual(len(self.sluice("rules", "tail", "--snapshot", "--until-idle", *self.place()).lines), 1)
        self.assertEqual(self.sluice("rules", "tail", "--until-idle", *self.place()).lines, [])
        process = self.start("rules", "tail", "--snapshot", "--count", "1", "--output", "text", *self.place())
        self.assertRegex(flow_run.read_lines(process, 1).decode(), r"^ +present  a  version 1, enabled$")
        self.sluice("rules", "clip", "a", "--max", "0.5", "--reason", "x", *self.place())
        result = flow_run.finish(process)
        self.assertEqual(result.status, 0, str(result))
        self.assertRegex(result.lines[-1], r"^2\S+Z +\d+  state    a  clipped to 0.5 by ada: x$")


class on_a_directory(either_place):
    def test_a_malformed_file_is_told_and_the_others_are_listed(self):
        self.define("a")
        self.define("b", pattern="(")
        result = self.sluice("rules", "list", *self.place())
        self.assertEqual([rule["id"] for rule in result.documents()], ["a"])
        self.assertRegex(result.err.decode(), r"b\.yaml:5:\d+: error: match\.pattern: ")

    def test_tail_tells_what_comes_to_be_wrong_and_what_is_mended(self):
        self.define("a")
        self.define("old", pattern="(")
        process = self.start("rules", "tail", "--snapshot", *self.place())
        self.assertEqual(self.line(process)["rule"], "a")
        present = self.line(process)
        self.assertEqual((present["kind"], present["finding"]["place"]), ("found", str(self.rules / "old.yaml")))
        bad = self.define("a", 2, pattern="(")
        found = self.line(process)
        self.assertEqual((found["kind"], found["finding"]["place"], found["finding"]["line"], found["finding"]["path"]),
                         ("found", str(bad), 5, "match.pattern"))
        self.define("a")
        mended = self.line(process)
        self.assertEqual((mended["kind"], mended["finding"]), ("mended", found["finding"]))
        process.send_signal(signal.SIGINT)
        result = flow_run.finish(process)
        self.assertEqual((result.status, self.unread + result.raw), (0, b""), str(result))

    def test_a_directory_that_is_not_there(self):
        result = self.sluice("rules", "list", "--rules", self.folder / "absent", status=1)
        self.assertIn(b"[rules_unavailable]", result.err)

    def test_it_has_no_history(self):
        self.define("a")
        self.assertIn(b"[no_history]", self.sluice("rules", "tail", "--since", "0", *self.place(), status=2).err)


class in_a_database(either_place):
    def place(self):
        return ["--db", self.database]

    def prepare(self):
        self.sync()

    def test_a_sync_defines_removes_and_leaves_alone(self):
        self.define("a")
        self.define("b")
        self.assertEqual(self.sync(), {"defined": 2, "removed": 0, "unchanged": 0})
        self.assertEqual(self.rows("SELECT rule_id, rule_version FROM rules ORDER BY rule_id"), [("a", 1), ("b", 1)])
        self.sluice("rules", "disable", "b", "--reason", "x")
        self.define("a", 2)
        (self.rules / "b.yaml").unlink()
        self.define("c")
        self.assertEqual(self.sync(), {"defined": 2, "removed": 1, "unchanged": 0})
        self.assertEqual(self.sync(), {"defined": 0, "removed": 0, "unchanged": 2})
        self.assertEqual(self.rows("SELECT rule_id, rule_version FROM rules ORDER BY rule_id"), [("a", 2), ("c", 1)])
        self.assertEqual(self.rows("SELECT actor, action FROM audit_log WHERE action = 'rule.sync'"), [("ada", "rule.sync")] * 2)
        # What was said about b stays, in case it comes back, and can be taken back meanwhile.
        b = [rule for rule in self.list() if rule["id"] == "b"][0]
        self.assertEqual((b["version"], b["state"]["mode"]), (None, "disabled"))
        self.sluice("rules", "enable", "b")
        self.assertEqual([rule["id"] for rule in self.list()], ["a", "c"])

    def test_a_sync_from_elsewhere_removes_nothing_of_others(self):
        self.define("a")
        self.sync()
        other = self.folder / "other"
        other.mkdir()
        self.assertEqual(json.loads(self.sluice("rules", "sync", other).raw), {"defined": 0, "removed": 0, "unchanged": 0})
        self.assertEqual(self.rows("SELECT rule_id FROM rules"), [("a",)])

    def test_a_directory_is_the_same_however_it_is_written(self):
        self.define("a")
        self.sync()
        (self.rules / "a.yaml").unlink()
        for way in [f"{self.rules}/", f"{self.rules}/../rules/."]:
            self.sluice("rules", "sync", way)
        self.assertEqual(self.rows("SELECT rule_id FROM rules"), [])

    def test_a_directory_with_an_error_changes_nothing(self):
        self.define("a")
        self.sync()
        self.define("a", pattern="(")
        self.define("b")
        result = self.sluice("rules", "sync", self.rules, status=78)
        self.assertIn(b"a.yaml:5:", result.err)
        self.assertIn(b"nothing was changed", result.err)
        self.assertEqual(self.rows("SELECT rule_id, rule_version FROM rules"), [("a", 1)])

    def test_orders_are_audited(self):
        self.define("a")
        self.sync()
        self.sluice("rules", "disable", "a", "--reason", "x", "--by", "bob")
        self.sluice("rules", "enable", "a")
        self.assertEqual(
            self.rows("SELECT actor, action, subject FROM audit_log WHERE action LIKE 'rule.%able' ORDER BY id"),
            [("bob", "rule.disable", "a"), ("ada", "rule.enable", "a")])

    def test_history_is_kept_with_numbers(self):
        self.define("a")
        self.sync()
        self.sluice("rules", "disable", "a", "--reason", "x")
        every = self.sluice("rules", "tail", "--since", "0", "--until-idle").documents()
        self.assertEqual([(one["id"], one["kind"]) for one in every], [(1, "defined"), (2, "state")])
        self.assertEqual(self.sluice("rules", "tail", "--since", "1", "--until-idle").documents(), every[1:])
        self.assertEqual(self.sluice("rules", "tail", "--since", "0", "--count", "1").documents(), every[:1])

    def test_a_missing_database_is_named(self):
        self.assertIn(b"[not_found]", self.sluice("rules", "list", status=1).err)
        self.assertIn(b"SLUICE_DB", self.sluice("rules", "list", status=2, SLUICE_DB="").err)

    def test_places_exclude_each_other(self):
        self.sluice("rules", "list", "--db", self.database, "--rules", self.rules, status=2)
        self.sluice("rules", "list", "--url", "http://127.0.0.1:1", "--rules", self.rules, status=2)


def main():
    global SLUICE
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sluice", required=True)
    arguments.add_argument("-k", default="", metavar="PART")
    given = arguments.parse_args()
    SLUICE = str(pathlib.Path(given.sluice).resolve())
    # A core file of a crash would land in the project.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{given.k}*"]
    cases = unittest.TestSuite(loader.loadTestsFromTestCase(one) for one in [checking, on_a_directory, in_a_database])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(cases)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Operators' rules on a server: the API, the settings `rules.*`, and `sluice rules --url`.

    rules_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import server_scene
from server_scene import ADMIN, READ, server_case

RULE = """rule_id: {id}
rule_version: {version}
name: Download piped into a shell
applies_to: [ssh]
match: {{ field: command, pattern: '{pattern}' }}
emits:
  - {{ technique_id: T1059.004, tactic: execution, confidence: 0.9, source: lab }}
"""
CRASHES = ["terminate called", "AddressSanitizer", "ThreadSanitizer", "runtime error:", "internal error"]


class rules_case(server_case):
    def serve(self, settings, **environment):
        self.rules = self.folder / "rules"
        self.rules.mkdir(exist_ok=True)
        self.before()
        return super().serve(settings + self.more_settings(), **environment)

    def before(self):
        self.define("a")

    def more_settings(self):
        return ""

    def define(self, id, version=1, pattern="wget"):
        path = self.rules / f"{id}.yaml"
        fresh = path.with_suffix(".tmp")
        fresh.write_text(RULE.format(id=id, version=version, pattern=pattern))
        fresh.rename(path)

    def listed(self):
        return {rule["id"]: rule for rule in self.get("/api/v1/rules?limit=1000", token=READ)["rules"]}

    def set_state(self, rule, body, status=200, **more):
        return self.expect("PUT", f"/api/v1/rules/{rule}/state", status, body=body, **more)

    def environment(self, token=ADMIN, **more):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}
        return {**clean, "SLUICE_URL": f"http://{self.server.address}", "SLUICE_TOKEN": token, "USER": "ada", **more}

    def start(self, *arguments, token=ADMIN):
        process = subprocess.Popen([server_scene.SLUICE, *map(str, arguments)], env=self.environment(token),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def sluice(self, *arguments, status=0, token=ADMIN):
        process = self.start(*arguments, token=token)
        out, err = process.communicate(timeout=120)
        self.err = err.decode()
        for sign in CRASHES:
            self.assertNotIn(sign, self.err)
        self.assertEqual(process.returncode, status, f"{arguments}\n{out.decode()}\n{self.err}")
        return out.decode()

    def copy(self):
        """Copies the directory into the server's database, as another process."""
        self.sluice("rules", "sync", self.rules, "--db", self.folder / "runs.db")


class everywhere:
    """What holds for rules in a database and in a directory."""

    def test_rules_are_listed_and_shown_to_readers(self):
        rule = self.listed()["a"]
        self.assertEqual((rule["version"], rule["name"], rule["hits"]), (1, "Download piped into a shell", 0))
        self.assertEqual(rule["state"], {"mode": "enabled", "confidence_max": None, "reason": None, "by": None, "at": None,
                                         "expires_at": None})
        shown = self.get("/api/v1/rules/a", token=READ)
        self.assertEqual(shown["match"], {"field": "command", "pattern": "wget"})
        self.assertEqual(shown["emits"][0], {"technique_id": "T1059.004", "tactic": "execution", "confidence": 0.9, "source": "lab"})
        self.expect_error("GET", "/api/v1/rules/nobody", 404, "not_found")

    def test_a_state_is_set_and_audited_and_back(self):
        answer = self.set_state("a", {"mode": "disabled", "reason": "too noisy", "for": "1h"})
        self.assertEqual((answer["persisted"], answer["published"]), (True, True))
        state = answer["state"]
        self.assertEqual((state["mode"], state["reason"], state["by"]), ("disabled", "too noisy", "admin-token"))
        self.assertGreater(state["expires_at"], state["at"])
        self.assertEqual(self.listed()["a"]["state"], state)
        self.set_state("a", {"mode": "clipped", "confidence_max": 0.5, "reason": "unsure", "expires_at": "2100-01-01T00:00:00.000Z"})
        self.assertEqual(self.get("/api/v1/rules/a")["state"]["confidence_max"], 0.5)
        self.assertEqual(self.set_state("a", {"mode": "enabled"})["state"]["mode"], "enabled")
        self.assertEqual(
            self.rows("SELECT actor, action, subject FROM audit_log WHERE action LIKE 'rule.%' AND action <> 'rule.sync' ORDER BY id"),
            [("admin-token", "rule.disable", "a"), ("admin-token", "rule.clip", "a"), ("admin-token", "rule.enable", "a")])

    def test_a_state_that_cannot_be_is_refused_with_the_members_name(self):
        good = {"mode": "clipped", "confidence_max": 0.5, "reason": "x"}
        for member, wrong in [("mode", {"mode": "off"}), ("mode", {"mode": None}), ("confidence_max", {"confidence_max": 7.5}),
                              ("confidence_max", {"confidence_max": "much"}), ("confidence_max", {"confidence_max": None}),
                              ("confidence_max", {"mode": "disabled"}), ("reason", {"reason": ""}), ("reason", {"reason": "x" * 1001}),
                              ("for", {"for": "soon"}), ("for", {"for": "0s"}), ("for", {"for": "1h", "expires_at": "2100-01-01T00:00:00.000Z"}),
                              ("expires_at", {"expires_at": "tomorrow"}), ("expires_at", {"expires_at": "2001-01-01T00:00:00.000Z"}),
                              ("colour", {"colour": "red"})]:
            with self.subTest(wrong):
                error = self.set_state("a", {**good, **wrong}, 422)["error"]
                self.assertIn(error["code"], ["bad_value", "bad_state"])
                self.assertIn(member, error["message"])
        self.expect_error("PUT", "/api/v1/rules/a/state", 422, "bad_value", body={"mode": "enabled", "for": "1h"})
        self.expect_error("PUT", "/api/v1/rules/a/state", 400, "bad_json", raw="{", headers={"Content-Type": "application/json"})
        self.expect_error("PUT", "/api/v1/rules/a/state", 415, "unsupported_media_type", raw="{}")
        self.expect_error("PUT", "/api/v1/rules/nobody/state", 404, "not_found", body=good)
        self.expect_error("PUT", "/api/v1/rules/a/state", 403, "forbidden", body=good, token=READ)
        self.expect_error("PUT", "/api/v1/rules/a/state", 401, "unauthorized", body=good, token=None)
        self.assertEqual(self.listed()["a"]["state"]["mode"], "enabled")

    def test_a_state_expires_by_itself(self):
        self.set_state("a", {"mode": "disabled", "reason": "x", "for": "200ms"})
        self.wait_for(lambda: self.listed()["a"]["state"]["mode"] == "enabled", "the expiry")

    def test_states_survive_a_restart(self):
        self.set_state("a", {"mode": "clipped", "confidence_max": 0.25, "reason": "x"})
        self.assertEqual(self.server.stop(), 0)
        self.server = self.serve(self.settings)
        self.assertEqual(self.listed()["a"]["state"]["confidence_max"], 0.25)

    def test_ids_may_have_dots(self):
        self.define("ssh.wget-1_2")
        self.take_in()
        self.wait_for(lambda: "ssh.wget-1_2" in self.listed(), "the rule")
        self.assertEqual(self.get("/api/v1/rules/ssh.wget-1_2")["id"], "ssh.wget-1_2")
        self.assertEqual(self.set_state("ssh.wget-1_2", {"mode": "disabled", "reason": "x"})["id"], "ssh.wget-1_2")

    def test_lists_come_in_pages(self):
        for n in range(5):
            self.define(f"r{n}")
        self.take_in()
        self.wait_for(lambda: len(self.listed()) == 6, "the rules")
        seen, after = [], ""
        while after is not None:
            page = self.get(f"/api/v1/rules?limit=2&after={after}")
            self.assertLessEqual(len(page["rules"]), 2)
            seen += [rule["id"] for rule in page["rules"]]
            after = page["next_after"]
        self.assertEqual(seen, ["a", "r0", "r1", "r2", "r3", "r4"])
        self.expect_error("GET", "/api/v1/rules?limit=0", 400, "bad_query")
        self.expect_error("GET", "/api/v1/rules?afetr=a", 400, "bad_query")

    def test_the_client_does_on_a_server_what_it_does_on_files(self):
        [rule] = [json.loads(line) for line in self.sluice("rules", "list").splitlines()]
        self.assertEqual(rule, self.listed()["a"])
        self.assertEqual(self.sluice("rules", "list", "--output", "table").splitlines()[0].split(),
                         ["RULE", "VERSION", "MODE", "CEILING", "HITS", "EXPIRES", "REASON"])
        changed = json.loads(self.sluice("rules", "clip", "a", "--max", "0.5", "--reason", "unsure", "--for", "1h"))
        self.assertEqual((changed["state"]["confidence_max"], changed["state"]["by"]), (0.5, "admin-token"))
        self.assertEqual(json.loads(self.sluice("rules", "show", "a")), self.get("/api/v1/rules/a"))
        self.sluice("rules", "enable", "a")
        self.assertEqual(self.listed()["a"]["state"]["mode"], "enabled")
        self.sluice("rules", "disable", "a", "--reason", "x", "--by", "bob", status=2)
        self.assertIn("[server_knows_caller]", self.err)
        self.sluice("rules", "disable", "nobody", "--reason", "x", status=1)
        self.assertIn("[not_found]", self.err)
        self.sluice("rules", "disable", "a", "--reason", "x", token=READ, status=77)

    def test_metrics_count_rules(self):
        text = self.ask("GET", "/metrics").raw.decode()
        self.assertRegex(text, r"(?m)^sluice_rule")

    def test_a_flow_of_the_server_tags_with_these_rules_and_hits_are_counted(self):
        log = self.folder / "log.jsonl"
        log.write_text('{"kind": "ssh", "command": "wget x"}\n{"kind": "ssh", "command": "ls"}\n')
        out = self.folder / "tagged.jsonl"
        graph = f"""version: 1
nodes:
  read: {{ type: file, path: {log} }}
  parse: {{ type: json_parse }}
  tag: {{ {self.source()}, kind: kind }}
  write: {{ type: file, path: {out} }}
  rest: {{ type: 'null' }}
edges:
  - read -> parse -> tag
  - tag.matched -> write
  - tag.unmatched -> rest
"""
        self.post("/api/v1/flows", {"name": "tagging", "graph": graph}, 201)
        self.wait_for(lambda: out.exists() and out.read_text().endswith("\n"), "a tagged record")
        self.assertIn("T1059.004", out.read_text())
        self.wait_for(lambda: self.listed()["a"]["hits"] == 1, "the hit")


class in_the_database(rules_case, everywhere):
    def setUp(self):
        super().setUp()
        self.take_in()
        self.wait_for(lambda: "a" in self.listed(), "the first rule")

    def take_in(self):
        self.copy()

    def source(self):
        return "type: rules, source: database"

    def follow(self, since, **more):
        return self.get(f"/api/v1/rule-changes?since_id={since}", **more)

    def test_changes_of_another_process_are_in_force_here(self):
        self.define("a", 2)
        self.define("b")
        self.copy()
        self.wait_for(lambda: self.listed().get("a", {}).get("version") == 2 and "b" in self.listed(), "the edit")
        self.sluice("rules", "disable", "b", "--reason", "x", "--db", self.folder / "runs.db")
        self.wait_for(lambda: self.listed()["b"]["state"]["mode"] == "disabled", "the state")

    def test_followers_hear_definitions_deletions_states_and_expiries_once_each(self):
        begin = self.get("/api/v1/rule-snapshot", token=READ)
        self.assertEqual([rule["rule"] for rule in begin["rules"]], ["a"])
        self.assertIn("rule_id: a", begin["rules"][0]["definition"])
        self.set_state("a", {"mode": "disabled", "reason": "x", "for": "100ms"})
        self.wait_for(lambda: self.listed()["a"]["state"]["mode"] == "enabled", "the expiry")
        self.define("b")
        (self.rules / "a.yaml").unlink()
        self.copy()
        page = self.follow(begin["next_since_id"], token=READ)
        self.assertEqual([(one["kind"], one["rule"]) for one in page["changes"]][:2], [("state", "a"), ("expired", "a")])
        self.assertEqual(sorted((one["kind"], one["rule"]) for one in page["changes"][2:]), [("defined", "b"), ("removed", "a")])
        self.assertEqual(page["changes"][1]["state"]["reason"], "x", "what came to its end")
        self.assertEqual(self.follow(page["next_since_id"]), {"changes": [], "next_since_id": page["next_since_id"]})
        first = self.get(f"/api/v1/rule-changes?since_id={begin['next_since_id']}&limit=1")
        self.assertEqual(first["changes"], page["changes"][:1])
        self.expect_error("GET", "/api/v1/rule-changes?since_id=-1", 400, "bad_query")

    def test_changes_that_are_kept_no_longer_are_said_to_be(self):
        self.server.stop()
        with sqlite3.connect(self.folder / "runs.db") as database:
            database.execute("DELETE FROM rule_changes")
            database.execute("UPDATE sqlite_sequence SET seq = 100 WHERE name = 'rule_changes'")
        self.server = self.serve(self.settings)
        self.set_state("a", {"mode": "disabled", "reason": "x"})
        self.expect_error("GET", "/api/v1/rule-changes?since_id=5", 410, "changes_expired")

    def test_tail_follows_a_server(self):
        process = self.start("rules", "tail", "--snapshot", "--count", "2")
        self.assertEqual(json.loads(process.stdout.readline())["rule"], "a")
        self.set_state("a", {"mode": "disabled", "reason": "one"})
        self.assertEqual(json.loads(process.stdout.readline())["state"]["reason"], "one")
        self.set_state("a", {"mode": "enabled"})
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, err.decode())
        self.assertEqual([json.loads(line)["kind"] for line in out.splitlines()], ["state"])

    def test_tail_ends_at_a_signal(self):
        process = self.start("rules", "tail", "--snapshot")
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=120)
        self.assertEqual((process.returncode, out, err), (0, b"", b""))


class in_a_directory(rules_case, everywhere):
    def more_settings(self):
        return f"rules: {{ directory: '{self.rules}' }}\n"

    def take_in(self):
        pass

    def source(self):
        return f"type: rules, path: {self.rules}"

    def test_an_edit_is_in_force_and_a_malformed_one_is_a_finding(self):
        self.define("a", 2)
        self.wait_for(lambda: self.listed()["a"]["version"] == 2, "the edit")
        self.define("a", 3, pattern="(")
        found = self.wait_for(lambda: self.get("/api/v1/rules")["findings"], "the finding")
        self.assertEqual((found[0]["place"], found[0]["line"], found[0]["path"]), (str(self.rules / "a.yaml"), 5, "match.pattern"))
        self.assertEqual(self.listed()["a"]["version"], 2, "the last good one stays in force")
        self.sluice("rules", "list")
        self.assertIn("a.yaml:5:", self.err)
        (self.rules / "a.yaml").unlink()
        self.wait_for(lambda: "a" not in self.listed(), "the deletion")

    def test_there_is_no_history(self):
        self.assertIn("rules.sync", self.expect_error("GET", "/api/v1/rule-changes", 404, "not_found")["message"])
        self.expect_error("GET", "/api/v1/rule-snapshot", 404, "not_found")


class copied_from_a_directory(rules_case, everywhere):
    def more_settings(self):
        return f"rules: {{ directory: '{self.rules}', sync: true }}\n"

    def take_in(self):
        pass

    def source(self):
        return "type: rules, source: database"

    def ids(self):
        return [id for (id,) in self.rows("SELECT rule_id FROM rules ORDER BY rule_id")]

    def test_it_is_copied_at_the_start_and_as_it_changes(self):
        self.assertEqual(self.rows("SELECT rule_id, rule_version, source FROM rules"), [("a", 1, str(self.rules))])
        self.assertIn(("configuration", "rule.sync"), self.rows("SELECT actor, action FROM audit_log"))
        self.define("b", 2)
        self.wait_for(lambda: self.ids() == ["a", "b"], "the new rule in the database")
        self.wait_for(lambda: "b" in self.listed(), "the new rule in force")
        (self.rules / "a.yaml").unlink()
        self.wait_for(lambda: self.ids() == ["b"], "the deletion in the database")
        self.wait_for(lambda: list(self.listed()) == ["b"], "the deletion in force")

    def test_many_edits_at_once_all_arrive(self):
        for n in range(200):
            self.define(f"r{n:03}")
        self.wait_for(lambda: len(self.ids()) == 201, "200 rules")
        for n in range(0, 200, 2):
            (self.rules / f"r{n:03}.yaml").unlink()
        self.wait_for(lambda: len(self.ids()) == 101, "100 deletions")

    def test_a_rule_that_cannot_be_read_is_not_one_that_is_gone(self):
        self.define("b")
        self.wait_for(lambda: self.ids() == ["a", "b"], "both")
        self.server.stop()
        self.define("b", 2, pattern="(")
        self.define("c")
        self.before = lambda: None
        self.server = self.serve(self.settings)
        self.assertEqual(self.ids(), ["a", "b", "c"])
        self.assertEqual(self.listed()["b"]["version"], 1)
        self.define("b", 2)
        self.wait_for(lambda: self.listed()["b"]["version"] == 2, "the mended one")

    def test_what_is_wrong_with_the_directory_is_shown_as_long_as_it_is(self):
        self.define("bad", pattern="(")
        found = self.wait_for(lambda: self.get("/api/v1/rules")["findings"], "the finding")
        self.assertIn("bad.yaml", found[0]["place"])
        self.define("bad")
        self.wait_for(lambda: not self.get("/api/v1/rules")["findings"], "no finding any more")

    def test_a_deletion_that_was_held_back_by_an_error_is_made_up_for(self):
        self.define("b")
        self.wait_for(lambda: self.ids() == ["a", "b"], "both")
        whole = (self.rules / "a.yaml").read_text()
        self.define("a", 9, pattern="(")
        (self.rules / "b.yaml").unlink()
        # The same as before: no rule has changed, only the error is gone.
        (self.rules / "a.yaml").write_text(whole)
        self.wait_for(lambda: self.ids() == ["a"], "the deletion")

    def test_a_copy_that_failed_is_tried_again(self):
        # Somebody who does not take turns has the database in hand for longer than the server waits.
        other = sqlite3.connect(self.folder / "runs.db", isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        self.define("b")
        (self.rules / "a.yaml").unlink()
        self.wait_for(lambda: "rules_not_synced" in self.server.log_text(), "the failure in the log")
        self.assertEqual(self.ids(), ["a"])
        other.execute("ROLLBACK")
        # Nothing happens in the directory any more.
        self.wait_for(lambda: self.ids() == ["b"], "what the directory has")
        self.wait_for(lambda: list(self.listed()) == ["b"], "the same in force")
        said = [line for line in self.server.log_text().splitlines() if "rules_not_synced" in line]
        self.assertEqual(len(said), 1, "a failure that lasts is said once")
        self.assertIn("database is locked", said[0])

    def test_a_link_to_a_directory_is_followed_to_where_it_leads(self):
        self.server.stop()
        first, second = self.folder / "v1", self.folder / "v2"
        self.rules.rename(first)
        second.mkdir()
        (second / "n.yaml").write_text(RULE.format(id="n", version=1, pattern="curl"))
        self.rules.symlink_to(first)
        self.before = lambda: None
        self.server = self.serve(self.settings)
        self.assertEqual(self.ids(), ["a"])
        swap = self.folder / "swap"
        swap.symlink_to(second)
        os.replace(swap, self.rules)
        self.wait_for(lambda: self.ids() == ["n"], "the rules of the other directory, and the old ones gone")

    def test_rules_from_elsewhere_stay(self):
        other = self.folder / "other"
        other.mkdir()
        (other / "x.yaml").write_text(RULE.format(id="x", version=1, pattern="curl"))
        self.sluice("rules", "sync", other, "--db", self.folder / "runs.db")
        self.define("b")
        self.wait_for(lambda: self.ids() == ["a", "b", "x"], "both sources")


class settings_that_cannot_be(unittest.TestCase):
    def test_a_sync_needs_a_directory(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("rules: { sync: true }\n")
            file.flush()
            done = subprocess.run([server_scene.SLUICE, "config", "validate", file.name], capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 78, done)
        self.assertIn(b"rules.directory", done.stdout + done.stderr)

    def test_a_directory_must_be_there(self):
        done = subprocess.run([server_scene.SLUICE, "serve"], capture_output=True, timeout=120, check=False,
                              env={**os.environ, "SLUICE_RULES_DIRECTORY": "/nowhere/at/all", "SLUICE_STORE_EPHEMERAL": "true",
                                   "SLUICE_HTTP_LISTEN": "127.0.0.1:0"})
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(b"/nowhere/at/all", done.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluice", required=True)
    given, rest = parser.parse_known_args()
    server_scene.SLUICE = given.sluice
    unittest.main(argv=[sys.argv[0], *rest], verbosity=1)


if __name__ == "__main__":
    main()

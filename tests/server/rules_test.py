#!/usr/bin/env python3
"""Operators' rules on a server: the API, the settings `rules.*`, and `sluice rules --url`.

    rules_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import unittest

import server_scene
from server_scene import ADMIN, READ, server_case

RULE = """rule_id: {id}
rule_version: {version}
name: {name}
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

    def define(self, id, version=1, pattern="wget", name="Download piped into a shell"):
        path = self.rules / f"{id}.yaml"
        fresh = path.with_suffix(".tmp")
        fresh.write_text(RULE.format(id=id, version=version, pattern=pattern, name=name))
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
        self.set_state("a", {"mode": "disabled", "reason": "x", "for": "2s"})
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

    def test_enabling_what_is_enabled_changes_nothing_and_leaves_no_row(self):
        for _ in range(2):
            answer = self.set_state("a", {"mode": "enabled"})
            self.assertEqual((answer["state"]["mode"], answer["persisted"], answer["published"]), ("enabled", True, True))
        self.assertEqual(self.orders(), [])
        # Who says again what somebody has said stands in for it from then on: that is a change.
        for _ in range(2):
            self.set_state("a", {"mode": "disabled", "reason": "x"})
        self.set_state("a", {"mode": "enabled"})
        self.set_state("a", {"mode": "enabled"})
        self.assertEqual(self.orders(), ["rule.disable", "rule.disable", "rule.enable"])

    def orders(self):
        return [action for (action,) in self.rows(
            "SELECT action FROM audit_log WHERE action LIKE 'rule.%' AND action <> 'rule.sync' ORDER BY id")]

    def test_pages_are_bounded_in_bytes_too(self):
        for n in range(30):
            self.define(f"r{n:02}", name="n" * 200_000)
        self.take_in()
        self.wait_for(lambda: len(self.pages("/api/v1/rules?limit=1000", "rules", "after")) == 31, "the rules")
        pages = []
        seen = self.pages("/api/v1/rules?limit=1000", "rules", "after", pages)
        self.assertEqual([rule["id"] for rule in seen], ["a"] + [f"r{n:02}" for n in range(30)])
        self.assertEqual(len(pages), 2, "6 MB")
        for size in pages:
            self.assertLess(size, 5 << 20)
        self.assertEqual(len(self.sluice("rules", "list").splitlines()), 31)

    def pages(self, path, items, cursor, sizes=None):
        """Returns what is on all pages of a list."""
        seen, after = [], ""
        while after is not None:
            answer = self.ask("GET", f"{path}{'&' if '?' in path else '?'}{cursor}={after}", token=READ)
            self.assertEqual(answer.status, 200, answer)
            seen += answer.json[items]
            after = answer.json[f"next_{cursor}"]
            if sizes is not None:
                sizes.append(len(answer.raw))
        return seen

    def validate(self, *files, status=200, token=READ):
        return self.post("/api/v1/rules/validate", {"files": [{"name": name, "text": text} for name, text in files]}, status, token=token)

    def test_files_are_checked_by_readers_and_nothing_is_changed(self):
        before = self.listed(), self.rows("SELECT count(*) FROM audit_log")
        good = RULE.format(id="new", version=1, pattern="wget", name="x")
        found = self.validate(("new.yaml", good), ("json", json.dumps({
            "rule_id": "j", "rule_version": 1, "name": "x", "match": {"field": "a", "pattern": "b"}, "emits": [{"technique_id": "T1"}]})))
        self.assertEqual(found, {"valid": True, "rules": 2, "files": [{"name": "json", "rule": "j"}, {"name": "new.yaml", "rule": "new"}],
                                 "findings": [], "more_findings": 0})
        found = self.validate(("one.yaml", good), ("two.yaml", good), ("bad.yaml", good.replace("wget", "(").replace("0.9", "7.5")),
                              ("large.yaml", "#" * (256 * 1024 + 1)), ("empty.yaml", ""))
        self.assertEqual((found["valid"], found["rules"]), (False, 1))
        self.assertEqual([(one["place"], one["code"], one["line"], one["column"]) for one in found["findings"]],
                         [("bad.yaml", "BAD_VALUE", 5, 35), ("bad.yaml", "BAD_VALUE", 7, 63), ("empty.yaml", "SYNTAX", None, None),
                          ("large.yaml", "TOO_LARGE", None, None), ("two.yaml", "DUPLICATE_RULE", None, None)])
        self.assertEqual((self.listed(), self.rows("SELECT count(*) FROM audit_log")), before)

    def test_what_is_no_file_to_check_is_refused_with_its_place(self):
        good = {"name": "a", "text": "x"}
        for place, body in [("files", {}), ("files", {"files": []}), ("files", {"files": "x"}), ("files[1]", {"files": [good, 7]}),
                            ("files[0].name", {"files": [{"text": "x"}]}), ("files[0].text", {"files": [{"name": "a", "text": 7}]}),
                            ("files[0].name", {"files": [{"name": "", "text": "x"}]}), ("files[1].name", {"files": [good, good]}),
                            ("files[0]", {"files": [{**good, "colour": "red"}]}), ("colour", {"files": [good], "colour": "red"})]:
            with self.subTest(body):
                error = self.expect_error("POST", "/api/v1/rules/validate", 422, "bad_value", body=body, token=READ)
                self.assertIn(place, error["message"])
        self.expect_error("POST", "/api/v1/rules/validate", 400, "bad_json", raw="{", headers={"Content-Type": "application/json"})
        self.expect_error("POST", "/api/v1/rules/validate", 415, "unsupported_media_type", raw="{}")
        self.expect_error("POST", "/api/v1/rules/validate", 401, "unauthorized", body={"files": [good]}, token=None)
        self.expect_error("POST", "/api/v1/rules/validate?x=1", 400, "bad_query", body={"files": [good]})

    def test_the_client_has_a_directory_checked_by_a_server(self):
        other = self.folder / "other"
        other.mkdir()
        # More than one request has room for; the last one has the id of the first.
        for n in range(3000):
            (other / f"r{n:04}.yaml").write_text(RULE.format(id=f"r{n % 2999}", version=1, pattern="wget", name="n" * 100))
        out = self.sluice("rules", "validate", other, "--url", f"http://{self.server.address}", status=78, token=READ).splitlines()
        self.assertEqual(len(out), 2, out)
        self.assertIn(f"{other}/r2999.yaml: error: rule_id: 'r0' is the id of the rule in {other}/r0000.yaml", out[0])
        self.assertEqual(out[1], f"{other}: 2999 rules, 1 error, 0 warnings")
        (other / "r2999.yaml").write_text("rule_id: [")
        (other / "r2998.yaml").write_text("#" * (256 * 1024 + 1))
        found = json.loads(self.sluice("rules", "validate", other, "--url", f"http://{self.server.address}", "--json", status=78, token=READ))
        self.assertEqual([(one["place"], one["code"]) for one in found["findings"]],
                         [(f"{other}/r2998.yaml", "TOO_LARGE"), (f"{other}/r2999.yaml", "SYNTAX")])
        for n in (2998, 2999):
            (other / f"r{n}.yaml").unlink()
        self.assertIn("valid: 2998 rules", self.sluice("rules", "validate", other, "--url", f"http://{self.server.address}", token=READ))
        # Without --url nobody is asked, whatever the environment says.
        self.server.stop()
        self.assertIn("valid: 2998 rules", self.sluice("rules", "validate", other))
        self.sluice("rules", "validate", other, "--url", f"http://{self.server.address}", status=69)

    def test_a_server_that_takes_less_at_a_time_gets_it_in_smaller_pieces(self):
        self.server.stop()
        self.server = self.serve(self.settings, SLUICE_HTTP_BODY_BYTES="16KiB")
        other = self.folder / "other"
        other.mkdir()
        for n in range(300):
            (other / f"r{n:03}.yaml").write_text(RULE.format(id=f"r{n}", version=1, pattern="wget", name="x"))
        self.assertIn("valid: 300 rules", self.sluice("rules", "validate", other, "--url", f"http://{self.server.address}"))
        (other / "long.yaml").write_text(RULE.format(id="long", version=1, pattern="wget", name="x" * 20_000))
        self.sluice("rules", "validate", other, "--url", f"http://{self.server.address}", status=1)
        self.assertIn("body_too_large", self.err)

    def test_rules_may_be_called_like_what_one_may_do(self):
        for id in ("sync", "validate"):
            self.define(id)
        self.take_in()
        self.wait_for(lambda: len(self.listed()) == 3, "the rules")
        for id in ("sync", "validate"):
            self.assertEqual(self.get(f"/api/v1/rules/{id}", token=READ)["id"], id)
            self.assertEqual(self.set_state(id, {"mode": "disabled", "reason": "x"})["state"]["mode"], "disabled")
        self.assertIn("sync", self.sluice("rules", "show", "sync"))

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
        self.set_state("a", {"mode": "disabled", "reason": "x", "for": "2s"})
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

    def test_changes_and_snapshots_come_in_pages_of_bounded_bytes(self):
        begin = self.get("/api/v1/rule-snapshot")["next_since_id"]
        for n in range(30):
            self.define(f"r{n:02}", name="n" * 200_000)
        self.set_state("a", {"mode": "disabled", "reason": "x"})
        self.copy()
        ids, since, pages = [], begin, 0
        while True:
            answer = self.ask("GET", f"/api/v1/rule-changes?since_id={since}&limit=1000")
            self.assertLess(len(answer.raw), 5 << 20)
            if not answer.json["changes"]:
                break
            ids += [change["id"] for change in answer.json["changes"]]
            self.assertEqual(answer.json["next_since_id"], ids[-1])
            since, pages = ids[-1], pages + 1
        self.assertEqual(ids, list(range(begin + 1, begin + 32)))
        self.assertEqual(pages, 2)
        sizes = []
        seen = self.pages("/api/v1/rule-snapshot", "rules", "after", sizes)
        self.assertEqual([one["rule"] for one in seen], ["a"] + [f"r{n:02}" for n in range(30)])
        self.assertEqual(seen[0]["state"]["mode"], "disabled")
        self.assertEqual(len(sizes), 2)
        self.assertLess(max(sizes), 5 << 20)
        told = self.sluice("rules", "tail", "--snapshot", "--until-idle").splitlines()
        self.assertEqual([json.loads(line)["rule"] for line in told], [one["rule"] for one in seen])

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


    def test_a_server_that_copies_nothing_says_so(self):
        error = self.expect_error("POST", "/api/v1/rules/sync", 409, "no_rule_sync", body={})
        self.assertIn("rules.sync", error["message"])
        self.sluice("rules", "sync", "--url", f"http://{self.server.address}", status=1)
        self.assertIn("[no_rule_sync]", self.err)
        self.assertEqual(self.rows("SELECT actor FROM audit_log WHERE action = 'rule.sync' AND actor <> 'ada'"), [])


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

    def test_a_server_that_copies_nothing_says_so(self):
        error = self.expect_error("POST", "/api/v1/rules/sync", 409, "no_rule_sync", body={})
        self.assertIn("rules.sync", error["message"])
        self.sluice("rules", "sync", "--url", f"http://{self.server.address}", status=1)
        self.assertIn("[no_rule_sync]", self.err)
        self.assertEqual(self.rows("SELECT actor FROM audit_log WHERE action = 'rule.sync' AND actor <> 'ada'"), [])


class copied_from_a_directory(rules_case, everywhere):
    def more_settings(self):
        return f"rules: {{ directory: '{self.rules}', sync: true }}\n"

    def take_in(self):
        pass

    def source(self):
        return "type: rules, source: database"

    def ids(self):
        return [id for (id,) in self.rows("SELECT rule_id FROM rules ORDER BY rule_id")]

    def spoil_the_database(self):
        """Another process defines the rule `a` otherwise, which is no change of the directory."""
        other = self.folder / "other"
        other.mkdir(exist_ok=True)
        (other / "a.yaml").write_text(RULE.format(id="a", version=9, pattern="curl", name="theirs"))
        self.sluice("rules", "sync", other, "--db", self.folder / "runs.db")
        self.assertEqual(self.versions(), [("a", 9)])

    def versions(self):
        return self.rows("SELECT rule_id, rule_version FROM rules ORDER BY rule_id")

    def test_an_admin_may_have_it_copied_at_once(self):
        self.spoil_the_database()
        copied = self.post("/api/v1/rules/sync", {})
        self.assertEqual(copied, {"defined": 1, "removed": 0, "unchanged": 0, "complete": True, "findings": [], "more_findings": 0})
        self.assertEqual(self.versions(), [("a", 1)])
        self.wait_for(lambda: self.listed()["a"]["version"] == 1, "the directory's rule in force")
        syncs = "SELECT actor, detail FROM audit_log WHERE action = 'rule.sync' AND actor = 'admin-token'"
        self.assertEqual([(actor, json.loads(detail)) for actor, detail in self.rows(syncs)],
                         [("admin-token", {"defined": 1, "removed": 0, "unchanged": 0})])
        # What changes nothing leaves no row.
        self.assertEqual(self.post("/api/v1/rules/sync", {})["unchanged"], 1)
        self.assertEqual(len(self.rows(syncs)), 1)

    def test_a_copy_is_asked_for_by_admins_and_in_order(self):
        self.spoil_the_database()
        self.expect_error("POST", "/api/v1/rules/sync", 403, "forbidden", body={}, token=READ)
        self.expect_error("POST", "/api/v1/rules/sync", 401, "unauthorized", body={}, token=None)
        self.expect_error("POST", "/api/v1/rules/sync", 415, "unsupported_media_type", raw="{}")
        self.expect_error("POST", "/api/v1/rules/sync", 422, "bad_value", body={"directory": "/etc"})
        self.expect_error("POST", "/api/v1/rules/sync?x=1", 400, "bad_query", body={})
        self.assertEqual(self.versions(), [("a", 9)])

    def test_a_copy_of_a_directory_with_errors_says_so_and_removes_nothing(self):
        self.define("b")
        self.wait_for(lambda: self.ids() == ["a", "b"], "both")
        (self.rules / "bad.yaml").write_text("rule_id: [")
        (self.rules / "b.yaml").unlink()
        copied = self.post("/api/v1/rules/sync", {})
        self.assertFalse(copied["complete"])
        self.assertEqual([(one["place"], one["code"]) for one in copied["findings"]], [(str(self.rules / "bad.yaml"), "SYNTAX")])
        self.assertEqual(self.ids(), ["a", "b"])

    def test_the_client_has_a_server_copy_its_directory(self):
        self.spoil_the_database()
        self.assertEqual(json.loads(self.sluice("rules", "sync", "--url", f"http://{self.server.address}")),
                         {"defined": 1, "removed": 0, "unchanged": 0})
        self.assertEqual(self.versions(), [("a", 1)])
        self.assertEqual(self.sluice("rules", "sync", "--output", "text"), "0 defined, 0 removed, 1 unchanged\n")
        self.sluice("rules", "sync", "--by", "bob", status=2)
        self.sluice("rules", "sync", token=READ, status=77)
        (self.rules / "bad.yaml").write_text("rule_id: [")
        self.sluice("rules", "sync", status=78)
        self.assertIn("bad.yaml", self.err)

    def test_each_rule_and_change_is_counted_once(self):
        self.define("b")
        self.wait_for(lambda: "b" in self.listed(), "the new rule in force")
        (self.rules / "bad.yaml").write_text("rule_id: [")
        self.wait_for(lambda: self.get("/api/v1/rules")["findings"], "the finding")
        text = self.ask("GET", "/metrics").raw.decode()
        for line in ['sluice_rules{mode="enabled"} 2', 'sluice_rule_changes_total{kind="defined"} 1']:
            self.assertIn(line + "\n", text)
        self.assertRegex(text, r"(?m)^sluice_rule_findings_total [1-9]")

    def test_tail_tells_what_is_wrong_with_the_directory_and_what_is_mended(self):
        process = self.start("rules", "tail", "--snapshot")
        process.stdout.readline()
        self.define("bad", pattern="(")
        found = json.loads(process.stdout.readline())
        self.assertEqual((found["kind"], found["finding"]["place"], found["finding"]["line"]), ("found", str(self.rules / "bad.yaml"), 5))
        self.define("bad")
        told = [json.loads(process.stdout.readline()) for _ in range(2)]
        self.assertEqual(sorted(one["kind"] for one in told), ["defined", "mended"])
        self.assertEqual([one["finding"] for one in told if one["kind"] == "mended"], [found["finding"]])

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
        (second / "n.yaml").write_text(RULE.format(id="n", version=1, pattern="curl", name="x"))
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
        (other / "x.yaml").write_text(RULE.format(id="x", version=1, pattern="curl", name="x"))
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


if __name__ == "__main__":
    server_scene.main(__doc__)

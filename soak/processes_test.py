#!/usr/bin/env python3
"""Tests of what the soak makes of processes: who killed them, how they ended, and what they logged. The processes are shells."""

import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import types
import unittest

from chaos_verdicts import EXCUSES, NO_ROOM, is_excused
from child import child, disaster
from faults import DECK, PROVOKES, faults
from other_worker import other_worker
from process_log import judge_log, process_log


class scene(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = pathlib.Path(folder.name) / "log"
        self.folder = self.log.parent

    def shell(self, command, kind=child):
        """Returns a child that carries this out; at "wait" it goes on for ever."""
        made = kind(self.log) if kind is child else kind("sluice", self.folder, "db", "3s", {})
        command = command.replace("wait", "echo ready; while :; do sleep 60 & wait $!; done")
        made.process = subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        self.addCleanup(self.end, made.process)
        made.process.stdout.readline()
        return made

    def ended(self, command, kind=child):
        """Returns a child that has ended, which nobody has noticed yet."""
        made = self.shell(command, kind)
        os.waitid(os.P_PID, made.process.pid, os.WEXITED | os.WNOWAIT)
        return made

    def end(self, process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        process.stdout.close()


class ends_test(scene):
    def test_who_lived_until_the_kill_was_killed(self):
        one = self.shell("wait")
        self.log.write_text("half a li")
        self.assertIsNone(one.kill())
        self.assertEqual(one.log.lines(), [])

    def test_who_had_died_before_the_kill_was_not(self):
        self.assertEqual(self.ended("kill -SEGV $$").kill(), -signal.SIGSEGV)
        self.assertEqual(self.ended("exit 7").kill(), 7)

    def test_a_fault_does_not_hide_that_the_server_had_died(self):
        for name in ("kill", "kill_both", "fill_and_kill", "restart"):
            with self.subTest(name):
                made = self.faults(self.ended("kill -SEGV $$"), self.shell("wait"))
                with self.assertRaisesRegex(disaster, "-11"):
                    made.make(name)

    def test_a_restart_has_to_end_with_0(self):
        for command, wrong in (("trap 'exit 0' TERM; wait", []), ("trap 'exit 3' TERM; wait", ["exit status 3"])):
            made = self.faults(self.shell(command), None)
            made.restart()
            self.assertEqual(made.wrong, wrong)

    def test_how_the_other_worker_ended_is_noted(self):
        for command, ends in (("wait", []), ("kill -SEGV $$", [-11])):
            worker = (self.shell if command == "wait" else self.ended)(command, other_worker)
            worker.kill()
            self.assertEqual([status for status, _ in worker.ends], ends)

    def test_only_a_word_and_a_status_excuse_an_end(self):
        full, port = "sluice: there is no room [store_full]", "sluice: 127.0.0.1:1 is taken [cannot_listen]"
        self.assertTrue(is_excused((1, full), EXCUSES) and is_excused((1, port), EXCUSES) and is_excused((1, full), NO_ROOM))
        for end in ((1, port), (-11, full), (0, full), (1, "sluice: internal error: x; please report it"), (1, "")):
            self.assertFalse(is_excused(end, NO_ROOM), end)

    def test_a_kind_of_fault_that_was_never_made_is_named(self):
        server = self.shell("trap 'exit 0' TERM; wait")
        made = self.faults(server, None)
        made.make("restart")
        self.log.write_text("said then\n")
        self.assertEqual(server.log.lines(), [("said then", ["restart"])])
        self.assertEqual(set(made.never_made()), set(DECK) - {"restart"})
        self.assertEqual(PROVOKES.keys(), DECK.keys())

    def faults(self, server, worker):
        trouble = types.SimpleNamespace(order=lambda **_: None)
        nobody = types.SimpleNamespace(log=process_log(self.log), kill=lambda: None, launch=lambda: None)
        server.launch = lambda: None
        made = faults(server, worker or nobody, trouble, None, random.Random(1))
        made._wait = lambda *_: "0 s"
        return made


def line(event, message="it is so", level="warning"):
    return json.dumps({"time": "now", "level": level, "event": event, "message": message})


class log_test(scene):
    def test_half_a_line_is_cut_off_by_a_kill_only(self):
        log = process_log(self.log)
        self.log.write_text(line("a") + "\n" + line("b")[:9])
        log.note_kill()
        with open(self.log, "a") as more:
            more.write(line("c") + "\n" + line("d")[:9])
        self.assertEqual([text for text, _ in log.lines()], [line("a"), line("c"), line("d")[:9]])

    def test_lines_are_known_with_what_was_done_before(self):
        log = process_log(self.log)
        for what in (None, "kill", "fill", "cut"):
            if what:
                log.mark(what)
            with open(self.log, "a") as more:
                more.write(line("a") + "\n")
        self.assertEqual([done for _, done in log.lines()], [[], ["kill"], ["kill", "fill"], ["fill", "cut"]])

    def wrong(self, text, done=(), broken=(), last_words=()):
        return judge_log([(text, done)], broken, {"fill": {"claim_failed"}}, last_words)[0]

    def test_what_is_no_line_of_a_log_is_found(self):
        for text in ("terminate called after throwing", "==1==ERROR: AddressSanitizer", "x.cpp:1: f: Assertion `b' failed.", "[]",
                     '{"a": 1}', "sluice: no room [store_full]"):
            self.assertEqual(len(self.wrong(text)), 1, text)
        self.assertEqual(self.wrong("sluice: no room [store_full]", last_words=["sluice: no room [store_full]"]), [])

    def test_what_gave_up_twice_has_two_excuses(self):
        words = "sluice: no room [store_full]"
        self.assertEqual(len(judge_log([(words, ()), (words, ())], (), last_words=[words])[0]), 1)

    def test_warnings_belong_to_what_provokes_them(self):
        self.assertEqual(self.wrong(line("claim_failed"), ["fill", "cut"]), [])
        self.assertEqual(len(self.wrong(line("claim_failed"), ["cut", "kill"])), 1)
        self.assertEqual(len(self.wrong(line("claim_failed", level="error"))), 1)
        self.assertEqual(self.wrong(line("serving", level="info")), [])

    def test_an_internal_failure_has_no_excuse(self):
        self.assertEqual(len(self.wrong(line("claim_failed", "row 7 [internal]"), ["fill"])), 1)
        self.assertEqual(len(self.wrong(line("http_request", "500 [internal]", "info"))), 1)

    def test_findings_are_forgiven_for_rules_that_were_broken(self):
        found = line("rule_finding", "rules/word-3.yaml:5:3: error: match: missing )")
        self.assertEqual(self.wrong(found, broken={"word-3"}), [])
        self.assertEqual(len(self.wrong(found, broken={"word-33", "word-4"})), 1)
        self.assertEqual(len(self.wrong(line("rule_finding", "the folder is gone"), broken={"word-3"})), 1)

    def test_what_was_provoked_is_counted(self):
        _, counted = judge_log([(line("claim_failed"), ["fill"]), (line("node_stalled"), []), (line("node_stalled"), [])], (),
                               {"fill": {"claim_failed"}})
        self.assertEqual(counted, {"claim_failed after fill": 1, "node_stalled": 2})


class programs_test(unittest.TestCase):
    def test_what_make_starts_is_a_program(self):
        for name in ("soak.py", "chaos.py"):
            self.assertTrue(os.access(pathlib.Path(__file__).parent / name, os.X_OK), f"{name}: chmod +x")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""What a user of the whole binary may count on: results like other tools', signals, pipes, mistakes, metrics.

    cli_test.py --sluice build/release/sluice [--slow] [-k PART_OF_A_NAME]

Each case runs in its own folder, every wait has a bound, and a failure shows the run's summary and standard error.
--slow: the binary is instrumented, so that its speed and memory say nothing.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import expectations
import flow_run

sys.path.insert(0, str(flow_run.ROOT / "tests" / "support"))

from free_port import free_port  # noqa: E402

# Set by main().
SLUICE = ""
SLOW = False

# A source that never ends and a consumer that is slow: there is always something queued.
ENDLESS = """
version: 1
name: endless
nodes:
  numbers: {{ type: generate }}
  slow: {{ type: throttle, rate: {rate}, burst: 1 }}
  print: {{ type: stdout }}
edges:
  - {{ from: numbers, to: slow, capacity: {capacity} }}
  - slow -> print
"""


class cli_case(unittest.TestCase):
    """A folder per case, and the assertions that cases share."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def graph(self, content):
        return self.write("graph.yaml", content)

    def pipeline(self, nodes, edges, head=""):
        """Returns the path of a graph of nodes {name: flow-style options} and edges."""
        lines = ["version: 1", head, "nodes:", *(f"  {name}: {{ {text} }}" for name, text in nodes.items()), "edges:"]
        return self.graph("\n".join([*lines, *(f"  - {edge}" for edge in edges), ""]))

    def run_graph(self, path, *arguments, input=None):
        return flow_run.run(SLUICE, ["run", path, "--summary", "json", *arguments], input=input)

    def start_graph(self, path, *arguments, **popen):
        process = flow_run.start(SLUICE, ["run", path, "--summary", "json", *arguments], **popen)
        self.addCleanup(self.put_away, process)
        return process

    @staticmethod
    def put_away(process):
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in [process.stdin, process.stdout, process.stderr]:
            if stream is not None:
                stream.close()

    def assert_sound(self, result, status=0, outcome="finished"):
        found = flow_run.trouble(result, status, outcome)
        self.assertFalse(found, "\n".join(map(str, [*found, result])))

    def assert_no_crash(self, result):
        said = result.err.decode(errors="replace")
        for sign in flow_run.CRASHES:
            self.assertNotIn(sign, said)
        self.assertNotIsInstance(result.status, str)
        self.assertGreaterEqual(result.status, 0, f"ended by a signal\n{result}")

    def assert_refused(self, path, *words):
        """validate and run both exit with 78 and name every word; returns what validate said."""
        for command in ["run", "validate"]:
            result = flow_run.run(SLUICE, [command, path])
            self.assert_no_crash(result)
            self.assertEqual(result.status, 78, f"sluice {command}\n{result}")
            text = (result.err + result.raw).decode(errors="replace")
            for word in words:
                self.assertIn(word, text, f"sluice {command}\n{result}")
        return text


class results_of_other_tools(cli_case):
    def test_lines_of_a_file_are_counted_as_wc_counts_them(self):
        data = self.write("data", b"".join(b"line %d\n" % n for n in range(100_000)))
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {data}", "count": "type: 'null'"},
            ["read -> count"]))
        self.assert_sound(result)
        expected = int(subprocess.run(["wc", "-l", data], capture_output=True, check=True).stdout.split()[0])
        self.assertEqual(result.edge("read.")["delivered"], expected)
        self.assertEqual(result.summary["nodes"]["count"]["in"], expected)

    def test_a_last_line_without_an_end_counts(self):
        data = self.write("data", b"one\ntwo\nthree")
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {data}", "print": "type: stdout"},
            ["read -> print"]))
        self.assert_sound(result)
        self.assertEqual(result.lines, ["one", "two", "three"])

    def test_a_filter_keeps_what_grep_keeps(self):
        log = expectations.dpkg_log()
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {log}", "keep": "type: filter, where: 'contains(\"install\")'", "count": "type: 'null'"},
            ["read -> keep -> count"]))
        self.assert_sound(result)
        expected = int(subprocess.run(["grep", "-c", "install", log], capture_output=True, check=True).stdout)
        self.assertEqual(result.edge("keep.")["delivered"], expected)

    def test_integers_beyond_2_to_53_survive(self):
        lines = ['{"id":9007199254740993}', '{"id":18446744073709551615}', '{"id":-9223372036854775808}']
        data = self.write("data", "\n".join(lines) + "\n")
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {data}", "parse": "type: json_parse", "keep": "type: filter, where: .id != 0", "print": "type: stdout"},
            ["read -> parse -> keep -> print"]))
        self.assert_sound(result)
        self.assertEqual(result.lines, lines)

    def test_integers_beyond_64_bits_survive_while_nothing_takes_the_document_apart(self):
        lines = ['{"id":123456789012345678901234567890}', '-18446744073709551616']
        data = self.write("data", "\n".join([*lines, '{ "id": 123456789012345678901234567890 }']) + "\n")
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {data}", "parse": "type: json_parse", "same": "type: map, jq: .", "print": "type: stdout"},
            ["read -> parse -> same -> print"]))
        self.assert_sound(result)
        self.assertEqual(result.lines, [*lines, lines[0]])

    def test_any_bytes_pass_from_file_to_file_unchanged(self):
        data = (b"plain\n" + b"\n" + b"\n" + b"nul \x00 inside\n" + b"invalid \xff\xfe\xc3\x28 bytes\n" + b"carriage\r\n" +
                b"x" * 1_000_000 + b"\n" + "späti \U0001F375\n".encode() + bytes(set(range(256)) - {10}) + b"\n")
        source, copy = self.write("data", data), self.folder / "copy"
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {source}", "write": f"type: file, path: {copy}"},
            ["read -> write"]))
        self.assert_sound(result)
        self.assertEqual(hashlib.sha256(copy.read_bytes()).digest(), hashlib.sha256(data).digest())

    def test_a_line_over_the_limit_is_an_error_and_the_others_pass(self):
        data = self.write("data", b"before\n" + b"x" * 3_000_000 + b"\nafter\n")
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {data}", "print": "type: stdout"},
            ["read -> print"]))
        self.assert_sound(result)
        self.assertEqual(result.lines, ["before", "after"])
        self.assertEqual(result.summary["nodes"]["read"]["errors"], 1)
        self.assertIn(b"line_too_long", result.err)

    def test_a_large_file_takes_constant_memory(self):
        line = b"The quick brown fox jumps over the lazy dog, and then some more.\n"
        lines = 200_000 if SLOW else 4_000_000
        data = self.folder / "data"
        with data.open("wb") as file:
            for _ in range(lines // 20_000):
                file.write(line * 20_000)
        graph = self.pipeline({"read": f"type: file, path: {data}", "count": "type: 'null'"}, ["read -> count"])
        process = self.start_graph(graph)
        # The peak so far, again and again: what wait4 tells includes this test's own memory, from before the exec.
        peak = 0
        while process.poll() is None:
            peak = max(peak, self.peak_memory(process.pid))
            try:
                process.wait(0.01)
            except subprocess.TimeoutExpired:
                continue
        result = flow_run.finish(process)
        self.assert_sound(result)
        self.assertEqual(result.edge("read.")["delivered"], lines)
        self.assertGreater(peak, 0, "the peak was never read")
        if not SLOW:
            self.assertLess(peak, 150 * 1024, "peak memory in KiB")

    @staticmethod
    def peak_memory(process):
        """Returns the peak resident memory in KiB, or 0 when the process has ended."""
        try:
            found = re.search(r"^VmHWM:\s+(\d+) kB$", pathlib.Path(f"/proc/{process}/status").read_text(), re.M)
        except OSError:
            return 0
        return int(found[1]) if found else 0


class signals_and_pipes(cli_case):
    def endless(self, rate=1000, capacity=16):
        return self.graph(ENDLESS.format(rate=rate, capacity=capacity))

    def test_sigterm_drains_and_exits_with_0(self):
        process = self.start_graph(self.endless())
        before = flow_run.read_lines(process, 10)
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        self.assert_sound(result)
        edge = result.edge("numbers.")
        self.assertEqual((edge["delivered"], edge["discarded"]), (edge["accepted"], 0), str(result))
        # Everything that the source sent was printed, in order.
        printed = [int(line) for line in before.split()] + [int(line) for line in result.lines]
        self.assertEqual(printed, list(range(edge["offered"])))

    def test_a_short_deadline_discards_says_how_many_and_exits_with_3(self):
        process = self.start_graph(self.endless(rate=10, capacity=1000), "--drain-timeout", "200ms")
        flow_run.read_lines(process, 1)
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        self.assertEqual(result.status, 3, str(result))
        self.assert_no_crash(result)
        self.assertIsNotNone(result.summary, str(result))
        for id, edge in result.summary["edges"].items():
            self.assertIsNone(flow_run.edge_trouble(id, edge))
        self.assertGreater(result.edge("numbers.")["discarded"], 0, str(result))

    def abort(self, first, status):
        process = self.start_graph(self.endless(rate=5, capacity=1000))
        flow_run.read_lines(process, 1)
        deadline = time.monotonic() + flow_run.PATIENCE
        # Two signals of one kind that are both pending are one: send it until the process has ended.
        while process.poll() is None and time.monotonic() < deadline:
            process.send_signal(first)
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        result = flow_run.finish(process, patience=1)
        self.assertEqual(result.status, status, str(result))
        self.assert_no_crash(result)
        self.assertEqual(result.summary["outcome"], "aborted", str(result))
        for id, edge in result.summary["edges"].items():
            self.assertIsNone(flow_run.edge_trouble(id, edge))

    def test_sigterm_twice_aborts(self):
        self.abort(signal.SIGTERM, 143)

    def test_ctrl_c_twice_aborts(self):
        self.abort(signal.SIGINT, 130)

    def test_gnu_timeout_which_signals_twice_at_once_drains(self):
        graph = self.endless()
        seconds, drained = 0.5, 0
        while drained < 5:
            done = subprocess.run(["timeout", "--preserve-status", str(seconds), SLUICE, "run", graph, "--summary", "json"],
                                  capture_output=True, timeout=flow_run.PATIENCE, check=False, cwd=flow_run.ROOT)
            if done.returncode == 143 and not done.stdout and not done.stderr and seconds < 60:
                seconds *= 2  # It was not there yet: a busy machine.
                continue
            self.assert_sound(flow_run.flow_run(done.returncode, done.stdout, done.stderr))
            drained += 1

    def test_quiet_says_nothing_about_a_signal(self):
        process = self.start_graph(self.endless(), "-q")
        flow_run.read_lines(process, 1)
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        self.assert_sound(result)
        self.assertEqual(result.err, b"")

    def test_yes_into_stdin_ends_cleanly(self):
        graph = self.pipeline({"read": "type: stdin", "print": "type: stdout"}, ["read -> print"])
        # A group of its own, so that `yes` can be put away whatever happens.
        yes = subprocess.Popen(["yes"], stdout=subprocess.PIPE)
        self.addCleanup(self.put_away, yes)
        process = self.start_graph(graph, stdin=yes.stdout)
        yes.stdout.close()
        flow_run.read_lines(process, 1000)
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        self.assert_sound(result)
        self.assertEqual(yes.wait(flow_run.PATIENCE), -signal.SIGPIPE)

    def test_stdin_that_ends_ends_the_flow(self):
        graph = self.pipeline({"read": "type: stdin", "print": "type: stdout"}, ["read -> print"])
        result = self.run_graph(graph, input=b"a\n\nb")
        self.assert_sound(result)
        self.assertEqual(result.lines, ["a", "", "b"])

    def test_a_closed_stdout_ends_it_without_a_trace(self):
        graph = self.pipeline({"numbers": "type: generate", "print": "type: stdout"}, ["numbers -> print"])
        command = ["bash", "-o", "pipefail", "-c", f"'{SLUICE}' run '{graph}' 2> '{self.folder}/err' | head -1"]
        done = subprocess.run(command, capture_output=True, timeout=flow_run.PATIENCE, check=False, cwd=flow_run.ROOT)
        said = (self.folder / "err").read_text()
        self.assertEqual((done.returncode, done.stdout), (0, b"0\n"), said)
        for sign in [*flow_run.CRASHES, "error"]:
            self.assertNotIn(sign, said)

    def test_a_stopped_exec_source_leaves_no_process(self):
        graph = self.pipeline(
            {"read": "type: exec, command: [sh, -c, 'echo $$; exec sleep 1000']", "print": "type: stdout"},
            ["read -> print"])
        process = self.start_graph(graph)
        child = int(flow_run.read_lines(process, 1))
        process.send_signal(signal.SIGTERM)
        self.assert_no_crash(flow_run.finish(process))
        self.assertFalse(pathlib.Path(f"/proc/{child}").exists(), f"process {child} is still there")


class commands(cli_case):
    def source(self, script, *arguments):
        return self.run_graph(self.pipeline(
            {"read": f"type: exec, command: [sh, -c, '{script}']", "print": "type: stdout"}, ["read -> print"]), *arguments)

    def test_output_of_the_background_is_waited_for_as_by_a_shell(self):
        result = self.source("(sleep 0.5; echo late) & echo early")
        self.assert_sound(result)
        self.assertEqual(result.lines, ["early", "late"])

    def test_a_stop_ends_what_is_in_the_background(self):
        process = self.start_graph(self.pipeline(
            {"read": "type: exec, command: [sh, -c, 'sleep 1000 & echo $!']", "print": "type: stdout"}, ["read -> print"]))
        left = int(flow_run.read_lines(process, 1))
        process.send_signal(signal.SIGTERM)
        self.assert_sound(flow_run.finish(process))
        self.assertFalse(self.runs(left), f"process {left} still runs")

    @staticmethod
    def runs(process):
        try:
            return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    def test_what_a_command_says_about_its_failure_is_told(self):
        result = self.source("echo no such host >&2; exit 3")
        self.assert_sound(result)
        self.assertEqual(result.summary["nodes"]["read"]["errors"], 1)
        said = result.err.decode()
        self.assertIn("command_stderr", said)
        self.assertIn("exited with status 3; the last it wrote to stderr: no such host", said)


@unittest.skipUnless(pathlib.Path("/dev/full").exists(), "there is no /dev/full")
class full_disks(cli_case):
    def test_output_that_cannot_be_written_is_a_failure(self):
        graph = self.pipeline({"numbers": "type: generate, count: 1", "end": "type: 'null'"}, ["numbers -> end"])
        for arguments in [["run", graph, "--summary", "json"], ["graph", graph], ["nodes"]]:
            with open("/dev/full", "wb") as full:
                result = flow_run.finish(flow_run.start(SLUICE, arguments, stdout=full))
            self.assertEqual(result.status, 1, f"{arguments}\n{result}")
            self.assertIn(b"cannot write to standard output", result.err)

    def full(self, count, options=""):
        return self.pipeline(
            {"numbers": f"type: generate, count: {count}", "write": f"type: file, path: /dev/full{options}"}, ["numbers -> write"])

    def test_it_holds_messages_back_and_a_deadline_counts_what_is_lost(self):
        process = self.start_graph(self.full(300_000), "--drain-timeout", "100ms")
        os.read(process.stderr.fileno(), 1)  # the first failed attempt
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        self.assertEqual(result.status, 3, str(result))
        write, edge = result.summary["nodes"]["write"], result.edge("numbers.")
        self.assertLessEqual(write["errors"], result.summary["duration_s"] + 2, str(result))
        self.assertLess(write["in"], 30_000, "as much as its buffer has room for")
        self.assertEqual(write["in"] + edge["discarded"], result.summary["nodes"]["numbers"]["out"], str(result))
        self.assertEqual(write["discarded"], write["in"], str(result))

    def test_with_on_error_fail_it_fails_the_flow(self):
        result = self.run_graph(self.full(300_000, ", on_error: fail"))
        self.assert_sound(result, 1, "failed")
        self.assertEqual(result.summary["nodes"]["write"]["errors"], 1)
        self.assertIn(b"No space left", result.err)

    def test_at_the_end_it_is_waited_for_and_then_given_up_on_aloud(self):
        if SLOW:
            self.skipTest("ten seconds of attempts: io_full_disk_test has them without the pauses, instrumented, too")
        result = self.run_graph(self.full(3))
        self.assert_sound(result)
        write = result.summary["nodes"]["write"]
        # Ten at the end, and one before it if the end came after the lines' own slice.
        self.assertIn(write["errors"], [10, 11], str(result))
        self.assertEqual(write["discarded"], 3, str(result))
        self.assertIn(b"3 messages are lost", result.err)


SIX_MISTAKES = """version: 1
name: six
nodes:
  read: { type: file, pth: /tmp/x }
  parse: { type: jsn_parse }
  9lives: { type: 'null' }
  out: { type: stdout }
edges:
  - read -> parse
  - parse -> nowhere
  - { from: read, to: out, capacity: 0 }
  - { from: read, to: out, policy: dorp }
"""


class mistakes(cli_case):
    FINDING = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): error: .*\[(?P<code>[A-Z_]+)\]$", re.M)

    def test_six_mistakes_give_six_findings_with_places_and_suggestions(self):
        graph = self.graph(SIX_MISTAKES)
        said = self.assert_refused(graph, "did you mean 'json_parse'?", "did you mean 'path'?", "did you mean 'drop'?")
        found = [(int(one["line"]), one["code"]) for one in self.FINDING.finditer(said)]
        for place in [(4, "UNKNOWN_OPTION"), (5, "UNKNOWN_TYPE"), (6, "BAD_NAME"), (10, "UNKNOWN_NODE"), (11, "BAD_CAPACITY"), (12, "BAD_VALUE")]:
            self.assertIn(place, found, said)
        self.assertGreaterEqual(len(found), 6, said)

    def test_nothing_runs_when_something_is_wrong(self):
        untouched = self.folder / "made"
        self.assert_refused(self.pipeline(
            {"numbers": "type: generate, count: 1", "write": f"type: file, path: {untouched}", "odd": "type: nul"}, ["numbers -> write"]))
        self.assertFalse(untouched.exists())

    def test_an_empty_file(self):
        self.assert_refused(self.graph(""), "graph.yaml")

    def test_a_directory(self):
        self.assert_refused(self.folder, str(self.folder), "directory")

    def test_a_missing_file(self):
        self.assert_refused(self.folder / "absent.yaml", "absent.yaml")

    def test_bytes_that_are_not_yaml(self):
        self.assert_refused(self.graph(bytes(range(256)) * 20), "graph.yaml")

    def test_a_bomb_of_aliases(self):
        levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        levels += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 12)]
        before = time.monotonic()
        self.assert_refused(self.graph("\n".join(levels) + "\n"), "graph.yaml")
        self.assertLess(time.monotonic() - before, 20)

    def test_deep_nesting(self):
        self.assert_refused(self.graph("a: " + "[" * 20_000 + "]" * 20_000 + "\n"), "graph.yaml")

    def test_a_mistake_at_the_end_of_ten_megabytes(self):
        nodes = "".join(f"  node-{n}: {{ type: generate, count: 1 }}\n" for n in range(250_000))
        self.assertGreater(len(nodes), 9_500_000)
        self.assert_refused(self.graph(f"version: 1\nnodes:\n{nodes}erors: letters\n"), ":250003:1: error: erors", "did you mean 'errors'?")

    def test_more_than_sixteen_mebibytes(self):
        self.assert_refused(self.graph("# " + "x" * (17 << 20) + "\n"), "16")

    def test_a_cycle(self):
        nodes = {"start": "type: generate, count: 1", "join": "type: merge", "again": "type: map, jq: ."}
        self.assert_refused(self.pipeline(nodes, ["start -> join -> again", "again -> join"]), "DEADLOCK_CYCLE")

    def test_a_feedback_edge_that_blocks_is_a_cycle(self):
        nodes = {"start": "type: generate, count: 1", "join": "type: merge", "again": "type: map, jq: ."}
        self.assert_refused(self.pipeline(nodes, ["start -> join -> again", "{ from: again, to: join, feedback: true }"]), "DEADLOCK_CYCLE")

    def test_jq_may_not_read_the_environment(self):
        self.assert_refused(self.pipeline(
            {"one": "type: generate, count: 1", "leak": "type: map, jq: 'env.HOME'", "print": "type: stdout"}, ["one -> leak -> print"]), "nodes.leak.jq")

    def test_a_missing_input_fails_the_flow_and_names_it(self):
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {self.folder}/absent.log", "count": "type: 'null'"},
            ["read -> count"]))
        self.assert_sound(result, status=1, outcome="failed")
        self.assertIn("absent.log", result.summary["reason"])
        self.assertIn(result.summary["reason"], result.err.decode())
        result = flow_run.run(SLUICE, ["run", self.folder / "graph.yaml"])
        self.assertEqual(result.status, 1, str(result))
        self.assertIn(b"absent.log", result.err)

    def test_on_error_fail_stops_the_flow_and_exits_with_1(self):
        data = self.write("data", "{}\nnot json\n{}\n")
        result = self.run_graph(self.pipeline(
            {"read": f"type: file, path: {data}", "parse": "type: json_parse, on_error: fail", "count": "type: 'null'"}, ["read -> parse -> count"]))
        self.assert_sound(result, status=1, outcome="failed")
        self.assertEqual(result.summary["nodes"]["parse"]["errors"], 1)

    def test_all_routes_that_are_wrong_are_reported_at_once(self):
        said = self.assert_refused(self.pipeline(
            {"one": "type: generate, count: 1", "split": """type: route, routes: { error: ., else: ., 'a b': ., ok: '.[' }"""},
            ["one -> split"]))
        for name in ["error", "else", "a b", "ok"]:
            self.assertIn(f"nodes.split.routes.{name}: ", said)

    def test_the_beginning_of_a_name_is_understood(self):
        nodes = {"one": "type: generate, count: 1", "end": "type: 'null'"}
        self.assert_refused(self.pipeline(nodes, ["{ from: one, to: end, prio: high }"]), "unknown option 'prio' (did you mean 'priority'?)")

    def test_a_tab_is_named(self):
        self.assert_refused(self.graph("version: 1\nnodes:\n\tread: { type: stdin }\n"), "graph.yaml:3:1: error: a tab indents this line")

    def test_an_unknown_option_is_named_with_the_one_that_was_meant(self):
        result = flow_run.run(SLUICE, ["run", "x.yaml", "--sumary", "json"])
        self.assertIn("unknown option '--sumary' (did you mean '--summary'?)", result.err.decode())

    def test_a_wrong_command_line_is_status_2(self):
        addresses = [["run", "x.yaml", "--listen", wrong] for wrong in [":9464", "127.0.0.1", "127.0.0.1:99999", "foo:1", "0.0.0.0:1"]]
        for arguments in [*addresses, [], ["rnu"], ["run"], ["run", "x.yaml", "--sumary", "json"], ["run", "x.yaml", "--drain-timeout", "soon"]]:
            result = flow_run.run(SLUICE, arguments)
            self.assert_no_crash(result)
            self.assertEqual(result.status, 2, f"sluice {arguments}\n{result}")
            self.assertEqual(result.raw, b"", "help after a mistake belongs on standard error")


class terminals(cli_case):
    REDRAWN = b"\x1b["

    def shown(self, end, count):
        """Returns what a terminal gets from a run of so many fiftieths of a second, with NO_COLOR."""
        graph = self.pipeline({"numbers": f"type: generate, count: {count}, rate: 50", "end": end}, ["numbers -> end"])
        ours, theirs = os.openpty()
        process = flow_run.start(SLUICE, ["run", graph], stdout=theirs, stderr=theirs)
        self.addCleanup(self.put_away, process)
        os.close(theirs)
        seen = b""
        with os.fdopen(ours, "rb", buffering=0) as screen:
            while True:
                try:
                    seen += screen.read(65536)
                except OSError:  # EIO: the last who had it open has closed it
                    break
        self.assertEqual(process.wait(flow_run.PATIENCE), 0, seen)
        return seen

    def test_live_lines_are_drawn_when_nothing_else_is(self):
        # Long enough for a drawing, five of which make a second, also where the machine is late with it.
        self.assertIn(self.REDRAWN, self.shown("type: 'null'", 100))

    def test_live_lines_do_not_erase_what_the_graph_prints(self):
        for end in ["type: stdout", "type: exec, command: [cat]", "type: file, path: /dev/stdout", "type: file, path: /proc/self/fd/1"]:
            seen = self.shown(end, 25)
            self.assertNotIn(self.REDRAWN, seen, end)
            printed = [line for line in seen.decode().split("\r\n") if line.isdigit()]
            self.assertEqual(printed, [str(n) for n in range(25)], end)


class metrics_and_help(cli_case):
    SAMPLE = re.compile(r'^sluice_edge_(?P<name>\w+?)(?:_total)?\{(?P<labels>[^}]*)\} (?P<value>\S+)$', re.M)

    def fetch(self, process, url):
        """Returns the body as soon as the server answers, while the process lives."""
        deadline = time.monotonic() + flow_run.PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    self.assertEqual(answer.status, 200)
                    return answer.read().decode()
            except urllib.error.HTTPError:
                raise
            except OSError:
                try:
                    process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
                self.fail(f"ended before it answered: {process.stderr.read().decode()}")
        self.fail(f"no answer from {url}")

    def edges(self, text):
        """Returns {edge id: {counter: value}}; refused is summed over its reasons."""
        found = {}
        for one in self.SAMPLE.finditer(text):
            labels = dict(re.findall(r'(\w+)="([^"]*)"', one["labels"]))
            counters = found.setdefault(labels["edge"], {"policy": ""})
            counters[one["name"]] = counters.get(one["name"], 0) + float(one["value"])
        return found

    def test_the_identity_holds_in_every_scrape_while_it_runs(self):
        graph = self.pipeline(
            {"numbers": "type: generate", "a": "type: throttle, rate: 5000", "b": "type: throttle, rate: 500",
             "c": "type: throttle, rate: 500", "d": "type: throttle, rate: 500", "e": "type: throttle, rate: 500",
             "keyed": "type: map, jq: '{key: (. % 7), value: .}'", "end": "type: 'null'"},
            ["{ from: numbers, to: a, capacity: 100 }", "{ from: numbers, to: b, capacity: 100, policy: drop }",
             "{ from: numbers, to: c, capacity: 100, policy: drop_oldest }",
             "{ from: numbers, to: d, capacity: 100, policy: coalesce, coalesce: sum }",
             "{ from: numbers, to: keyed, capacity: 100 }",
             "{ from: keyed, to: e, capacity: 100, policy: latest, key: .key }",
             "a -> end", "b -> end", "c -> end", "d -> end", "e -> end"])
        port = free_port()
        process = self.start_graph(graph, "--listen", f"127.0.0.1:{port}")
        address = f"http://127.0.0.1:{port}"
        self.assertIn("ok", self.fetch(process, f"{address}/healthz").lower())
        moved, scrapes = set(), 0
        deadline = time.monotonic() + flow_run.PATIENCE / 2
        while time.monotonic() < deadline and (scrapes < 50 or len(moved) < 2):
            found = self.edges(self.fetch(process, f"{address}/metrics"))
            self.assertEqual(len(found), 11, sorted(found))
            for id, edge in found.items():
                self.assertIsNone(flow_run.edge_trouble(id, edge, ended=False), f"scrape {scrapes}")
            moved.add(sum(edge["delivered"] for edge in found.values()))
            scrapes += 1
        self.assertGreaterEqual(len(moved), 2, "nothing moved between the scrapes")
        process.send_signal(signal.SIGTERM)
        self.assert_sound(flow_run.finish(process))

    def test_an_address_that_is_taken_is_a_clear_error(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            graph = self.pipeline({"one": "type: generate, count: 1", "end": "type: 'null'"}, ["one -> end"])
            result = flow_run.run(SLUICE, ["run", graph, "--listen", f"127.0.0.1:{port}"])
        self.assert_no_crash(result)
        self.assertEqual(result.status, 1, str(result))
        self.assertIn(str(port).encode(), result.err)

    def test_set_replaces_a_value(self):
        graph = self.pipeline({"numbers": "type: generate, count: 5", "print": "type: stdout"}, ["numbers -> print"])
        result = self.run_graph(graph, "--set", "nodes.numbers.count=3")
        self.assert_sound(result)
        self.assertEqual(result.lines, ["0", "1", "2"])

    def test_only_data_is_on_stdout_and_no_colours_in_a_pipe(self):
        graph = self.pipeline({"numbers": "type: generate, count: 2", "print": "type: stdout"}, ["numbers -> print"])
        result = flow_run.run(SLUICE, ["run", graph])
        self.assertEqual((result.status, result.raw), (0, b"0\n1\n"), str(result))
        self.assertNotIn(b"\x1b", result.err)

    def test_every_node_type_explains_itself(self):
        listed = flow_run.run(SLUICE, ["nodes", "--format", "json"])
        self.assertEqual(listed.status, 0, str(listed))
        types = {one["name"] for one in json.loads(listed.raw)}
        expected = set("stdin file generate interval exec json_parse regex_parse logfmt_parse csv_parse map filter route merge "
                       "batch throttle aggregate window dedupe sample delay format stdout null".split())
        self.assertEqual(expected - types, set())
        for name in sorted(types):
            told = flow_run.run(SLUICE, ["nodes", name])
            self.assertEqual(told.status, 0, str(told))
            self.assertIn(f"type: {name}", told.raw.decode().replace("'", ""), "an example")

    def test_completion_is_a_script_that_its_shell_reads(self):
        for shell in ["bash", "zsh", "fish"]:
            result = flow_run.run(SLUICE, ["completion", shell])
            self.assertEqual(result.status, 0, str(result))
            self.assertIn(b"validate", result.raw)
        script = self.write("completion", flow_run.run(SLUICE, ["completion", "bash"]).raw)
        subprocess.run(["bash", "-n", script], check=True, timeout=flow_run.PATIENCE)

    def test_help_and_version(self):
        for arguments in [["--help"], ["--version"], ["run", "--help"]]:
            result = flow_run.run(SLUICE, arguments)
            self.assertEqual((result.status, result.err), (0, b""), str(result))
            self.assertIn(b"sluice", result.raw)

    def test_the_demo_prints_a_result(self):
        result = flow_run.run(SLUICE, ["demo"])
        self.assert_no_crash(result)
        self.assertEqual(result.status, 0, str(result))
        self.assertGreaterEqual(len(result.raw.splitlines()), 2, str(result))
        self.assertIn(b"holds", result.err, "the balance of every edge")
        self.assertNotIn(b"BROKEN", result.err)


def main():
    global SLUICE, SLOW
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sluice", required=True)
    arguments.add_argument("--slow", action="store_true")
    arguments.add_argument("-k", default="", metavar="PART")
    given = arguments.parse_args()
    SLUICE, SLOW = str(pathlib.Path(given.sluice).resolve()), given.slow
    # A core file of a crash would land in the project.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{given.k}*"]
    cases = loader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(cases)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

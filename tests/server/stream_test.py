#!/usr/bin/env python3
"""Live events of `sluice serve`: nothing is missing and nothing comes twice, whatever happens to the connection.

    stream_test.py --sluice build/release/sluice [-k PART_OF_A_NAME]
"""

import base64
import json
import os
import random
import socket
import struct
import threading
import unittest

import server_scene
from server_scene import ADMIN, NOOP, chain, server_case, sleepy

WORKING = "worker: { enabled: true, parallel_steps: 1 }\n"


UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def crowded(steps):
    """A run of so many steps, with two events each."""
    return {"version": 1, "steps": {f"s{i}": {"kind": "noop"} for i in range(steps)}}


def finish_many(case):
    """Runs so much that its events are more than the kernel's buffers and the server's own take together."""
    runs = [case.submit(crowded(1_000)) for _ in range(20)]
    for run in runs:
        case.wait_for(lambda: case.status_of(run) == "succeeded", "the runs of many events", 120)


class lazy_stream:
    """A client that asks for events, takes the first byte of the answer, and no more until it is told to."""

    def __init__(self, case, path):
        self.case = case
        host, port = case.server.address.rsplit(":", 1)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((host, int(port)))
        case.addCleanup(self.socket.close)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {ADMIN}\r\n\r\n".encode())
        self.socket.recv(1)

    def read_up_to(self, last):
        """Returns everything up to the piece that `last` is in."""
        self.socket.settimeout(60)
        told = b""
        while last not in told[-4096:]:
            piece = self.socket.recv(1 << 20)
            self.case.assertTrue(piece, "the stream ended without a reason: " + told[-300:].decode(errors="replace"))
            told += piece
        return told


class websocket:
    """Enough of RFC 6455 for a client, by Python's standard library."""

    def __init__(self, case, path):
        host, port = case.server.address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), 60)
        case.addCleanup(self.socket.close)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {ADMIN}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline() not in (b"\r\n", b""):
            pass
        self.close_code = None

    def __iter__(self):
        while True:
            head = self.file.read(2)
            if len(head) < 2:
                return
            kind, length = head[0] & 15, head[1] & 127
            if length == 126:
                (length,) = struct.unpack(">H", self.file.read(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", self.file.read(8))
            body = self.file.read(length)
            if kind == 8:
                self.close_code = struct.unpack(">H", body[:2])[0] if len(body) >= 2 else 1005
                return
            if kind == 1:
                yield json.loads(body)

    def cut(self):
        self.socket.shutdown(socket.SHUT_RDWR)


class one_run(server_case):
    settings = server_case.settings + WORKING

    def test_a_stream_tells_all_and_ends_with_the_run(self):
        run = self.submit(chain("noop", "noop"))
        events = list(self.stream(f"/api/v1/runs/{run}/events/stream"))
        self.assertEqual(events[-1]["event"], "end")
        self.assertEqual(json.loads(events[-1]["data"]), {"run": run, "status": "succeeded"})
        told = [json.loads(event["data"]) for event in events[:-1]]
        self.assertEqual(told, self.get(f"/api/v1/runs/{run}/events")["events"])
        self.assertEqual([event["id"] for event in events[:-1]], [str(event["id"]) for event in told])
        self.assertEqual([event["event"] for event in events[:-1]], [event["kind"] for event in told])

    def test_every_end_is_announced(self):
        failing = {"version": 1, "steps": {"a": {"kind": "exec", "params": {"argv": ["false"]}, "retry": {"max_attempts": 1}}}}
        for graph, command, status in [(failing, None, "failed"), (sleepy("60s"), "cancel", "cancelled")]:
            with self.subTest(status):
                run = self.submit(graph)
                stream = iter(self.stream(f"/api/v1/runs/{run}/events/stream"))
                if command:
                    self.post(f"/api/v1/runs/{run}/commands", {"command": command})
                events = list(stream)
                self.assertEqual(events[-2]["event"], f"RUN_{status.upper()}")
                self.assertEqual(json.loads(events[-1]["data"])["status"], status)

    def test_a_run_that_is_over_is_told_from_the_beginning_or_only_its_end(self):
        run = self.submit()
        self.wait_for(lambda: self.status_of(run) == "succeeded", "the end")
        whole = list(self.stream(f"/api/v1/runs/{run}/events/stream"))
        self.assertEqual(whole[-1]["event"], "end")
        after = list(self.stream(f"/api/v1/runs/{run}/events/stream", last=whole[-2]["id"]))
        self.assertEqual([event["event"] for event in after], ["end"])
        later = list(self.stream(f"/api/v1/runs/{run}/events/stream?since_seq=2"))
        self.assertEqual(later, whole[2:])

    def test_a_run_that_was_resumed_after_its_end_does_not_end_there(self):
        run = self.submit(sleepy("60s"))
        self.wait_for(lambda: self.status_of(run) == "running", "the step")
        self.post(f"/api/v1/runs/{run}/commands", {"command": "cancel"})
        self.wait_for(lambda: self.status_of(run) == "cancelled", "the cancel")
        self.post(f"/api/v1/runs/{run}/commands", {"command": "resume"})
        self.wait_for(lambda: self.status_of(run) == "running", "the step again")
        self.post(f"/api/v1/runs/{run}/commands", {"command": "cancel"})
        events = [event["event"] for event in self.stream(f"/api/v1/runs/{run}/events/stream")]
        self.assertEqual(events.count("RUN_CANCELLED"), 2)
        self.assertEqual(events[-2:], ["RUN_CANCELLED", "end"])

    def test_a_place_that_this_database_has_not_reached_is_gone(self):
        run = self.submit()
        ahead = {"Last-Event-ID": "1000000"}
        self.expect_error("GET", "/api/v1/events/stream", 410, "events_expired", headers=ahead)
        self.expect_error("GET", f"/api/v1/runs/{run}/events/stream", 410, "events_expired", headers=ahead)
        self.expect_error("GET", f"/api/v1/runs/{run}/events/stream?since_seq=1000000", 410, "events_expired")

    def test_bad_streams_are_refused_at_once(self):
        self.expect_error("GET", "/api/v1/runs/019aa5a3-7b1c-7000-8000-000000000000/events/stream", 404, "not_found")
        self.expect_error("GET", "/api/v1/runs/nonsense/events/stream", 400, "bad_id")
        self.expect_error("GET", "/api/v1/events/stream", 400, "bad_query", headers={"Last-Event-ID": "x"})

    def test_a_websocket_tells_the_same(self):
        run = self.submit(chain("noop", "noop"))
        peer = websocket(self, f"/api/v1/runs/{run}/events/ws")
        self.assertEqual(peer.status, 101)
        told = list(peer)
        self.assertEqual(told[-1], {"end": {"run": run, "status": "succeeded"}})
        self.assertEqual(told[:-1], self.get(f"/api/v1/runs/{run}/events")["events"])
        self.assertEqual(peer.close_code, 1000)

    def test_a_plain_request_for_a_websocket_is_told_so(self):
        self.expect("GET", "/api/v1/events/ws", 426)


class removed_events(server_case):
    settings = server_case.settings + WORKING

    def setUp(self):
        super().setUp()
        run = self.submit(chain("noop", "noop"))
        self.wait_for(lambda: self.status_of(run) == "succeeded", "the end")
        self.ids = [event["id"] for event in self.get("/api/v1/events")["events"]]
        self.server.stop()
        self.server = self.serve(self.settings, SLUICE_STORE_KEEP_RUNS="10ms")
        self.wait_for(lambda: self.rows("SELECT count(*) FROM runs") == [(0,)], "the run's removal")

    def test_a_list_says_how_far_they_are_gone_and_does_not_pass_over_them(self):
        first, last = self.ids[0], self.ids[-1]
        self.assertEqual(self.get("/api/v1/events"), {"events": [], "next_since_id": 0, "removed_through": last})
        self.expect_error("GET", f"/api/v1/events?since_id={first}", 410, "events_expired")
        self.expect_error("GET", f"/api/v1/events?since_id={last - 1}", 410, "events_expired")
        self.assertEqual(self.get(f"/api/v1/events?since_id={last}")["events"], [])
        # Who reads from the beginning has been told.
        self.get(f"/api/v1/events?since_id={first}&removed_through={last}")
        self.expect_error("GET", f"/api/v1/events?since_id={first}&removed_through={last - 1}", 410, "events_expired")

    def test_a_stream_does_neither(self):
        self.expect_error("GET", "/api/v1/events/stream", 410, "events_expired", headers={"Last-Event-ID": str(self.ids[0])})
        self.expect_error("GET", f"/api/v1/events/ws?since_id={self.ids[-1] - 1}", 410, "events_expired", headers=UPGRADE)

    def test_a_reader_whose_next_events_go_while_it_reads_is_told_so(self):
        self.server.stop()
        self.server = self.serve(self.settings, SLUICE_HTTP_WRITE_TIMEOUT="10m")
        finish_many(self)
        lazy = lazy_stream(self, f"/api/v1/events/stream?since_id={self.ids[-1]}")
        # Another worker on the same database ages everything out.
        self.serve(self.settings, SLUICE_STORE_KEEP_RUNS="10ms")
        self.wait_for(lambda: self.rows("SELECT count(*) FROM runs") == [(0,)], "the removal of the runs", 120)
        told = lazy.read_up_to(b"events_expired")
        ids = [int(line.removeprefix(b"id: ")) for line in told.split(b"\n") if line.startswith(b"id: ") and line[4:].isdigit()]
        self.assertEqual(ids[0], self.ids[-1] + 1)
        self.assertEqual(ids, list(range(ids[0], ids[0] + len(ids))), "a gap before the word of it")

    def test_who_has_heard_all_goes_on_though_nothing_of_it_is_left(self):
        # What is to be heard must not be gone before it is.
        self.server.stop()
        self.server = self.serve(self.settings)
        stream = iter(self.stream("/api/v1/events/stream", last=self.ids[-1]))
        self.submit()
        self.assertEqual(int(next(stream)["id"]), self.ids[-1] + 1)


class cut_connections(server_case):
    settings = server_case.settings + WORKING
    STEPS = 1_000
    RUN_EVENTS = 2 * STEPS
    CUTS = 100

    def follow(self, read_some):
        """Reads a long run by many connections; `read_some(last)` yields (id, event) until it is cut or ends."""
        luck = random.Random(self.STEPS)
        seen, ended = [], False
        for _ in range(self.CUTS * 10):
            left = luck.randrange(1, 2 * self.RUN_EVENTS // self.CUTS)
            for event, cut in read_some(seen[-1]["id"] if seen else None):
                if event is None:
                    ended = True
                    break
                seen.append(event)
                left -= 1
                if left <= 0:
                    cut()
                    break
            if ended:
                break
        return seen

    def check(self, run, seen):
        self.assertEqual([event["seq"] for event in seen], list(range(1, len(seen) + 1)))
        self.assertEqual(len(seen), self.rows("SELECT last_seq FROM runs WHERE id = ?", run)[0][0])
        self.assertEqual(seen[-1]["kind"], "RUN_SUCCEEDED")

    def test_events_of_a_stream_that_is_cut_again_and_again_are_gapless_and_come_once(self):
        run = self.submit(crowded(self.STEPS))

        def read_some(last):
            stream = self.stream(f"/api/v1/runs/{run}/events/stream", last=last)
            try:
                for event in stream:
                    yield (None if event["event"] == "end" else json.loads(event["data"])), stream.cut
            except (OSError, ValueError):
                pass

        self.check(run, self.follow(read_some))

    def test_ten_thousand_events_of_all_runs_survive_a_hundred_cuts(self):
        runs = [self.submit(crowded(self.STEPS)) for _ in range(5)]
        luck = random.Random(1)
        seen, cuts, ended = [], 0, set()
        while len(ended) < len(runs):
            stream = self.stream("/api/v1/events/stream", last=seen[-1]["id"] if seen else 0)
            left = luck.randrange(1, 150)
            try:
                for event in stream:
                    seen.append(json.loads(event["data"]))
                    left -= 1
                    if seen[-1]["kind"] == "RUN_SUCCEEDED":
                        ended.add(seen[-1]["run"])
                    if left <= 0 or len(ended) == len(runs):
                        break
            except (OSError, ValueError):
                pass
            stream.cut()
            cuts += 1
        self.assertGreaterEqual(cuts, 100)
        self.assertGreaterEqual(len(seen), 10_000)
        self.assertEqual([event["id"] for event in seen], [row[0] for row in self.rows("SELECT id FROM run_events ORDER BY id")])

    def test_ten_thousand_events_over_a_websocket_too(self):
        runs = [self.submit(crowded(self.STEPS)) for _ in range(5)]
        luck = random.Random(2)
        seen, cuts, ended = [], 0, set()
        while len(ended) < len(runs):
            peer = websocket(self, f"/api/v1/events/ws?since_id={seen[-1]['id'] if seen else 0}")
            left = luck.randrange(1, 150)
            for event in peer:
                seen.append(event)
                left -= 1
                if event["kind"] == "RUN_SUCCEEDED":
                    ended.add(event["run"])
                if left <= 0 or len(ended) == len(runs):
                    break
            peer.cut()
            cuts += 1
        self.assertGreaterEqual(cuts, 100)
        self.assertGreaterEqual(len(seen), 10_000)
        self.assertEqual([event["id"] for event in seen], [row[0] for row in self.rows("SELECT id FROM run_events ORDER BY id")])

    def test_the_same_over_a_websocket(self):
        run = self.submit(crowded(self.STEPS))

        def read_some(last):
            peer = websocket(self, f"/api/v1/runs/{run}/events/ws" + (f"?since_id={last}" if last else ""))
            for event in peer:
                yield (None if "end" in event else event), peer.cut

        self.check(run, self.follow(read_some))


class all_runs(server_case):
    settings = server_case.settings + WORKING

    def test_a_stream_of_all_runs_begins_now_and_goes_on(self):
        old = self.submit()
        self.wait_for(lambda: self.status_of(old) == "succeeded", "the old run")
        stream = self.stream("/api/v1/events/stream")
        runs = [self.submit() for _ in range(3)]
        open_runs, seen = set(runs), []
        for event in stream:
            seen.append(json.loads(event["data"]))
            if seen[-1]["kind"] == "RUN_SUCCEEDED":
                open_runs.discard(seen[-1]["run"])
            if not open_runs:
                break
        stream.cut()
        self.assertNotIn(old, {event["run"] for event in seen})
        ids = [event["id"] for event in seen]
        self.assertEqual(ids, sorted(set(ids)))

    def test_a_reader_that_takes_nothing_is_cut_off_and_holds_nobody_up(self):
        self.server.stop()
        # The reason waits this long for a reader, who comes when everything is done: late on a busy machine.
        self.server = self.serve(self.settings, SLUICE_HTTP_WRITE_TIMEOUT="10m")
        lazy = lazy_stream(self, "/api/v1/events/stream")
        finish_many(self)
        lazy.read_up_to(b"slow_reader")


if __name__ == "__main__":
    server_scene.main(__doc__)

#!/usr/bin/env python3
"""Tests of the bad line: it carries everything unless it is told to cut, and then it does cut, also in the middle."""

import http.server
import threading
import unittest

from api import api, unreachable
from proxy import proxy

TEXT = "x" * 100_000


class handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(TEXT)))
        self.end_headers()
        try:
            self.wfile.write(TEXT.encode())
        except OSError:
            pass  # Cut.

    def log_message(self, *_):
        pass


class proxy_test(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.proxy = proxy(f"127.0.0.1:{self.server.server_port}", 1)
        self.addCleanup(self.proxy.close)

    def connect(self):
        made = api(self.proxy.address, "token")
        self.addCleanup(made.close)
        return made

    def test_what_is_said_arrives_whole(self):
        client = self.connect()
        for _ in range(5):
            self.assertEqual(client.ask("GET", "/"), (200, TEXT))

    def test_a_cut_is_seen_by_who_asks_then(self):
        for _ in range(40):
            client = self.connect()
            self.assertEqual(client.ask("GET", "/"), (200, TEXT))
            self.proxy.cut_all()
            with self.assertRaises(unreachable):
                client.ask("POST", "/", {})

    def test_while_it_is_bad_nobody_gets_a_long_answer_and_afterwards_everybody_does(self):
        self.proxy.be_bad(True)
        with self.assertRaises(unreachable):
            self.connect().ask("GET", "/")
        self.proxy.be_bad(False)
        self.assertEqual(self.connect().ask("GET", "/"), (200, TEXT))

    def test_where_nobody_listens_nobody_answers(self):
        self.server.shutdown()
        self.server.server_close()
        with self.assertRaises(unreachable):
            self.connect().ask("GET", "/")


if __name__ == "__main__":
    unittest.main()

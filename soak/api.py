"""Asks a Sluice server over HTTP, as an operator's script would: one connection, kept, and opened anew when it broke."""

import http.client
import json
import socket


class unreachable(Exception):
    """There was no answer: the connection broke, and so did the second."""


class api:
    """Not for several threads at a time."""

    def __init__(self, address, token, timeout=30):
        self._address = address
        self._token = token
        self._timeout = timeout
        self._connection = None

    def ask(self, method, path, body=None):
        """Returns (status, text). GETs are asked again once when the connection has broken; orders are not."""
        for last in (method != "GET", True):
            try:
                return self._send(method, path, body)
            except (OSError, http.client.HTTPException) as trouble:
                self.close()
                if last:
                    raise unreachable(f"{method} {path}: {trouble!r}") from trouble
        raise AssertionError("not reached")

    def get(self, path):
        """Returns what the JSON of a successful answer says."""
        status, text = self.ask("GET", path)
        if status != 200:
            raise unreachable(f"GET {path}: {status} {text[:300]}")
        return json.loads(text)

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _headers(self):
        return {"Authorization": f"Bearer {self._token}"}

    def _send(self, method, path, body):
        if self._connection is None:
            host, port = self._address.rsplit(":", 1)
            self._connection = http.client.HTTPConnection(host, int(port), timeout=self._timeout)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        headers = self._headers()
        raw = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            raw = json.dumps(body)
        self._connection.request(method, path, raw, headers)
        response = self._connection.getresponse()
        raw = response.read()
        if response.headers["Content-Length"] != str(len(raw)):
            # Cut off among its header fields, which http.client does not notice.
            raise http.client.IncompleteRead(raw)
        return response.status, raw.decode()

"""Streams of events, read by hand: server-sent (WHATWG HTML, 9.2) and WebSocket (RFC 6455). What is tested must not be hidden by a
library."""

import base64
import http.client
import json
import os
import socket
import struct

from api import unreachable


class refused(Exception):
    """The server answered, and not with a stream. `status` says how."""

    def __init__(self, status, text):
        super().__init__(f"{status} {text[:200]}")
        self.status = status


class sse_stream:
    """Iterates over (id, name, data) of an open stream, comments left out; ends when it does."""

    def __init__(self, address, token, path, last=None, timeout=30):
        host, port = address.rsplit(":", 1)
        self._connection = http.client.HTTPConnection(host, int(port), timeout=timeout)
        headers = {"Authorization": f"Bearer {token}"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        try:
            self._connection.request("GET", path, headers=headers)
            self._response = self._connection.getresponse()
            status = self._response.status
            text = "" if status == 200 else self._response.read().decode()
        except (OSError, http.client.HTTPException) as trouble:
            self._connection.close()
            raise unreachable(f"GET {path}: {trouble!r}") from trouble
        if status != 200:
            self._connection.close()
            raise refused(status, text)

    def __iter__(self):
        fields = {}
        try:
            for line in iter(self._response.readline, b""):
                text = line.decode().rstrip("\n")
                if text == "" and fields:
                    yield int(fields.get("id", 0)), fields.get("event", ""), json.loads(fields["data"])
                    fields = {}
                elif text and not text.startswith(":"):
                    name, _, value = text.partition(": ")
                    fields[name] = value
        except (OSError, http.client.HTTPException, ValueError):
            # It was cut; half an event is none.
            return

    def close(self):
        self._response.close()
        self._connection.close()


class websocket_stream:
    """The same over a WebSocket: (id, kind, event), and (0, "end", …) where a run's stream ends."""

    def __init__(self, address, token, path, last=None, timeout=30):
        host, port = address.rsplit(":", 1)
        query = "" if last is None else f"?since_id={last}"
        key = base64.b64encode(os.urandom(16)).decode()
        try:
            self._socket = socket.create_connection((host, int(port)), timeout)
            self._socket.sendall(
                f"GET {path}{query} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                f"Sec-WebSocket-Version: 13\r\n\r\n".encode())
            self._file = self._socket.makefile("rb")
            status = int((self._file.readline().split() or [b"", b"0"])[1])
            while self._file.readline() not in (b"\r\n", b""):
                pass
        except (OSError, ValueError, IndexError) as trouble:
            raise unreachable(f"GET {path}: {trouble!r}") from trouble
        if status != 101:
            self.close()
            if status == 0:
                raise unreachable(f"GET {path}: cut off")
            raise refused(status, "instead of a WebSocket")

    def __iter__(self):
        try:
            while True:
                kind, body = self._frame()
                if kind == 1:
                    said = json.loads(body)
                    yield said.get("id", 0), said.get("kind", "end" if "end" in said else "error"), said
                elif kind in (None, 8):
                    return
        except (OSError, ValueError, struct.error):
            return

    def _frame(self):
        head = self._file.read(2)
        if len(head) < 2:
            return None, b""
        length = head[1] & 127
        if length == 126:
            (length,) = struct.unpack(">H", self._file.read(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._file.read(8))
        return head[0] & 15, self._file.read(length)

    def close(self):
        self._file.close()
        self._socket.close()

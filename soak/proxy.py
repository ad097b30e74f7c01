"""A bad line between users and a server: it cuts connections, in the middle of what is said if it likes."""

import random
import select
import socket
import struct
import threading

# Most bytes of an answer that a connection gets through when it is to be cut in the middle.
MIDDLE = 600


class line:
    """One connection: what comes on one side goes out on the other, until it is cut or one of them ends."""

    def __init__(self, client, server, left=None):
        self._client = client
        self._server = server
        # Bytes that still get through to the client; None: as many as there are.
        self.left = left

    def carry(self):
        try:
            while self._carry_once():
                pass
        except (OSError, ValueError):
            # Somebody has cut it meanwhile.
            pass
        finally:
            self.cut()

    def _carry_once(self):
        ready, _, _ = select.select([self._client, self._server], [], [], 60)
        for one in ready:
            data = one.recv(65536)
            if not data:
                return False
            if one is self._client:
                self._server.sendall(data)
                continue
            left = self.left
            self._client.sendall(data if left is None else data[:left])
            if left is not None:
                self.left = max(0, left - len(data))
                if self.left == 0:
                    return False
        return True

    def cut(self):
        """At once and without a good-bye: the peers get a reset."""
        for one in (self._client, self._server):
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # Wakes up who waits for it in another thread.
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()


class proxy:
    """Listens at `address` for as long as it is not closed."""

    def __init__(self, upstream, seed):
        host, port = upstream.rsplit(":", 1)
        self._upstream = (host, int(port))
        self._chance = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self._lock = threading.Lock()
        self._lines = set()
        self._bad = False
        self.cuts = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut_all(self):
        """Cuts half of the connections now, and the others in the middle of what they are told next."""
        with self._lock:
            lines = list(self._lines)
        for each in lines:
            self.cuts += 1
            if self._chance.random() < 0.5:
                each.cut()
            else:
                each.left = self._chance.randint(1, MIDDLE)

    def be_bad(self, bad):
        """While it is bad, no new connection lasts for long either."""
        self._bad = bad

    def close(self):
        self._listening.close()
        with self._lock:
            lines = list(self._lines)
        for each in lines:
            each.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(self._upstream, 10)
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.settimeout(60)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        carried = line(client, server, self._chance.randint(1, 10 * MIDDLE) if self._bad else None)
        with self._lock:
            self._lines.add(carried)
        carried.carry()
        with self._lock:
            self._lines.discard(carried)

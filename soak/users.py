"""What all users of a soak have in common: they do one thing after the other, at an even pace, and say what surprised them."""

import json
import threading
import time

from api import api, unreachable

# Seconds of its pace that a user makes up for; what it missed before is not done.
MADE_UP = 1.0


class world:
    """What users find: a server, and what is known of its trouble."""

    def __init__(self, address, token, log, rules, journal=None, troubled=False, retention=False):
        self.address = address
        self.token = token
        self.log = log
        # Set when users are to stop: those who wait for something look at it.
        self.stopping = threading.Event()
        # The folder of the server's rules, and the file to which the commands of steps say what they do; None: they do not.
        self.rules = rules
        self.journal = journal
        # Faults come: answers may be missing, and the store may refuse.
        self.troubled = troubled
        # Runs that are over are removed after a while.
        self.retention = retention

    def connect(self):
        return api(self.address, self.token)

    def expected(self):
        """Answers that everybody has to live with."""
        return {500, 503} if self.troubled else set()


def code_of(said):
    """Returns the code of an error, None of anything else."""
    return said["error"].get("code") if isinstance(said, dict) and isinstance(said.get("error"), dict) else None


class user:
    """Does one thing each `every` seconds until it is told to stop. Whatever it did not expect is kept in `surprises`."""

    every = 0.1

    def __init__(self, around, chance):
        self.world = around
        self.stopping = around.stopping
        self.api = around.connect()
        self.chance = chance
        self.acts = 0
        # Held while it does something: whoever wants to look at what it knows waits for that.
        self.busy = threading.Lock()
        self.surprises = []
        # Answers that a user of this kind expects, besides success.
        self.expected = around.expected()

    def ask(self, method, path, body=None, expected=()):
        """Returns (status, parsed JSON or None). Nobody there is no surprise: whoever makes the trouble knows. Status 0."""
        try:
            status, text = self.api.ask(method, path, body)
        except unreachable as trouble:
            self.world.log(str(trouble))
            return 0, None
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        if status >= 400 and (status not in {*self.expected, *expected} or code_of(said) == "internal"):
            self.surprises.append(f"{method} {path} -> {status} {text[:200]}")
        return status, said

    def run(self):
        """Until the world stops. The pace does not depend on how fast answers come; what breaks a user is a surprise, too."""
        due = time.monotonic()
        while True:
            due = max(due + self.every * self.chance.uniform(0.5, 1.5), time.monotonic() - MADE_UP)
            if self.stopping.wait(max(0.0, due - time.monotonic())):
                break
            try:
                with self.busy:
                    self.act()
                self.acts += 1
            except Exception as trouble:  # The soak goes on, and fails in the end.
                self.surprises.append(f"{type(self).__name__}: {trouble!r}")
        self.api.close()

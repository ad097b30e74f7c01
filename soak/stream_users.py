"""Users who follow events over server-sent events and WebSockets, and check that none is missing and none comes twice."""

import threading
import time

from api import unreachable
from streams import refused, sse_stream, websocket_stream
from users import user

ENDS = {"RUN_SUCCEEDED": "succeeded", "RUN_FAILED": "failed", "RUN_CANCELLED": "cancelled"}


class stream_user(user):
    """Opens one stream after the other."""

    # Seconds without an event after which it looks whether to go on.
    silence = 5
    # Whether it may be so late that what it asks for has been removed.
    may_be_late = True

    def open(self, path, last=None):
        """Returns a stream of either kind, None where there is none now. `path` is without its last word."""
        kind = self.chance.choice([("stream", sse_stream), ("ws", websocket_stream)])
        try:
            return kind[1](self.world.address, self.world.token, f"{path}/{kind[0]}", last, self.silence)
        except unreachable as trouble:
            self.world.log(str(trouble))
        except refused as trouble:
            # 410: what was asked for has been removed meanwhile; 404: so was the whole run.
            if trouble.status not in self.expected | ({404, 410} if self.gone_is_usual() else set()):
                self.surprises.append(f"{path} after {last}: {trouble}")
        return None

    def gone_is_usual(self):
        return self.may_be_late and self.world.retention

    def told_trouble(self, name, said):
        """An error that the stream tells of. It may be slow to read, or what it was to get is gone."""
        code = said.get("error", {}).get("code", "?")
        usual = {"slow_reader"} | ({"events_expired"} if self.gone_is_usual() else set())
        if code not in usual | ({"store_unavailable"} if self.world.troubled else set()):
            self.surprises.append(f"{name} tells of {said}")


class watcher(stream_user):
    """Follows all runs for a while, goes without a word, and comes back where it was, or from now on."""

    every = 0.5

    def __init__(self, *given):
        super().__init__(*given)
        self.last = None

    def act(self):
        if self.chance.random() < 0.3:
            self.last = None
        stream = self.open("/api/v1/events", self.last)
        if stream is None:
            self.last = None
            return
        end = time.monotonic() + self.chance.uniform(0.1, 3)
        for number, name, said in stream:
            if name == "error":
                self.told_trouble("the stream of all events", said)
                self.last = None
                break
            if self.last is not None and number <= self.last:
                self.surprises.append(f"event {number} came after {self.last}")
            self.last = number
            if time.monotonic() > end:
                break
        stream.close()


class run_follower(stream_user):
    """Follows one run, cut off now and then, to its end: its events are numbered from 1 without gaps, and the last says the end."""

    every = 0.5
    patience = 60

    def __init__(self, around, chance, runs):
        super().__init__(around, chance)
        self.runs = runs

    def act(self):
        run = self.runs.newest()
        if run is None:
            return
        last, seq = None, 0
        end = time.monotonic() + self.patience
        while time.monotonic() < end and not self.stopping.is_set():
            stream = self.open(f"/api/v1/runs/{run}/events", last)
            if stream is None:
                # Not there now, or gone: both were looked at.
                return
            cut = self.chance.randint(1, 20)
            for number, name, said in stream:
                if name == "end":
                    return
                if name == "error":
                    self.told_trouble(f"the stream of {run}", said)
                    break
                if said["seq"] != seq + 1:
                    self.surprises.append(f"run {run}: event {said['seq']} came after {seq}")
                last, seq, cut = number, said["seq"], cut - 1
                # A run that waits for a person may wait longer than anybody looks.
                if cut == 0 or time.monotonic() > end:
                    break
            stream.close()


class chronicler(stream_user):
    """Follows all events from the beginning on, whatever happens to the connection, and keeps what runs came to. The ledger of a
    soak: events are numbered in order, and each run's from 1 without gaps."""

    every = 0.05
    silence = 2
    may_be_late = False

    def __init__(self, around, chance):
        super().__init__(around, chance)
        self.last = 0
        # It goes on when the others have stopped.
        self.stopping = threading.Event()
        # How often a run has come to an end.
        self.ended = 0
        self.count = 0
        # The last number of each run that is followed, and how it ended last; of those that are gone on, not any more.
        self.seqs = {}
        self.ends = {}
        # And when, as the server says; what commands were received, by their reason; and, where rows are to be compared with it, all
        # that was told: as a `ledger` has it.
        self.ended_at = {}
        self.received = set()
        self.events = []
        self.lock = threading.Lock()

    def act(self):
        stream = self.open("/api/v1/events", self.last)
        if stream is None:
            return
        for number, name, said in stream:
            if name == "error":
                self.told_trouble("the stream of all events", said)
                break
            self.take(number, name, said)
            if self.stopping.is_set():
                break
        stream.close()

    def take(self, number, name, said):
        run, seq = said["run"], said["seq"]
        if number <= self.last:
            self.surprises.append(f"chronicle: event {number} came after {self.last}")
        if seq != self.seqs.get(run, 0) + 1:
            self.surprises.append(f"chronicle: event {seq} of run {run} came after {self.seqs.get(run, 0)}")
        with self.lock:
            self.last = number
            self.count += 1
            self.seqs[run] = seq
            if self.world.troubled:
                self.events.append((number, run, seq, name, said["payload"]))
            if name in ENDS:
                self.ends[run] = ENDS[name]
                self.ended_at[run] = said["at"]
                self.ended += 1
            elif name == "RUN_RESUMED":
                self.ends.pop(run, None)
                self.ended_at.pop(run, None)
            elif name == "COMMAND_RECEIVED":
                self.received.add(said["payload"].get("reason"))

    def wait_for_ends(self, runs, patience):
        """While it is running: waits until all of `runs` are over. Returns those that are not."""
        end = time.monotonic() + patience
        while (open_ones := set(runs) - self.how_they_ended().keys()) and time.monotonic() < end:
            time.sleep(0.2)
        return open_ones

    def how_they_ended(self):
        """Returns {run: status} of those that are over now."""
        with self.lock:
            return dict(self.ends)

    def when_they_ended(self):
        """Returns {run: time} of those that are over now."""
        with self.lock:
            return dict(self.ended_at)

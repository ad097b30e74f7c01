"""The load of a soak: what flows, clients, operators and workers do to a server in a day, by seed and faster."""

import random
import threading

from flow_users import flow_operator
from rule_users import rule_editor
from run_users import commander, reader, submitter
from stream_users import chronicler, run_follower, watcher


class workload:
    """All users of one world, each with a thread of its own. `without`: names of classes that are left out."""

    def __init__(self, around, chance, without=()):
        def seeded():
            return random.Random(chance.getrandbits(64))

        self.world = around
        self.runs = submitter(around, seeded())
        self.commander = commander(around, seeded(), self.runs)
        self.rules = rule_editor(around, seeded())
        self.flows = flow_operator(around, seeded())
        # Not one of those who are stopped first: it sees to the end what they have begun.
        self.chronicle = chronicler(around, seeded())
        users = [self.flows, self.runs, self.commander, self.rules, reader(around, seeded()), watcher(around, seeded()),
                 run_follower(around, seeded(), self.runs)]
        self.users = [each for each in users if type(each).__name__ not in without]
        self._threads = [threading.Thread(target=each.run, name=type(each).__name__) for each in self.users]
        self._chronicle_thread = threading.Thread(target=self.chronicle.run, name="chronicler")

    def begin_chronicle(self):
        self._chronicle_thread.start()

    def start(self):
        for each in self._threads:
            each.start()

    def stop(self, patience=90):
        """Lets all but the chronicler end."""
        self.world.stopping.set()
        for each in self._threads:
            each.join(patience)
            if each.is_alive():
                self.chronicle.surprises.append(f"the user {each.name} does not end")

    def end_chronicle(self):
        self.chronicle.stopping.set()
        self._chronicle_thread.join(60)

    def surprises(self):
        return [each for one in [*self.users, self.chronicle] for each in one.surprises]

    def acts(self):
        return ", ".join(f"{type(one).__name__} {one.acts}" for one in self.users)


def judge_ends(acknowledged, touched, found):
    """Returns what is wrong with the ends of runs: lost ones, ones that are not over, ones that ended otherwise. `found`: {run: end}."""
    wrong = []
    for run, ends in acknowledged.items():
        now = found.get(run, "not over")
        if now not in ("succeeded", "failed", "cancelled"):
            wrong.append(f"{run} is {now}")
        elif now == "cancelled" and run in touched:
            continue
        elif now != ends:
            wrong.append(f"{run} is {now} instead of {ends}")
    return wrong

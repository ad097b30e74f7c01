"""A user who edits rules while a flow matches them, and says how long they are off, clipped or on again."""

import time

from flow_users import RULE_COUNT
from users import user

RULE = """rule_id: {rule}
rule_version: {version}
name: The word of {rule}
applies_to: [ssh]
match: {{ field: command, pattern: '\\b{word}\\b' }}
emits:
  - {{ technique_id: T1059.004, tactic: execution, confidence: 0.9 }}
"""
# Seconds until an edit is in force, and until everything is as it was said in the end.
IN_FORCE = 20
SETTLED = 60
LONGEST_STATE = 3


def write_rules(folder):
    """Writes the first version of each rule."""
    folder.mkdir(exist_ok=True)
    for i in range(RULE_COUNT):
        (folder / f"word-{i}.yaml").write_text(RULE.format(rule=f"word-{i}", version=1, word=f"word{i}"))


class rule_editor(user):
    """Edits, breaks, mends, takes away and brings back files of rules; disables, clips and enables. Looks whether that is so."""

    every = 0.5

    def __init__(self, around, chance):
        super().__init__(around, chance)
        self.expected |= {404} if around.troubled else set()
        names = [f"word-{i}" for i in range(RULE_COUNT)]
        # The newest definition of each that has no mistake; None: there is none. Nobody else writes them.
        self.versions = dict.fromkeys(names, 1)
        self.newest = dict.fromkeys(names, 1)
        self.broken = set()
        # And those that ever were.
        self.were_broken = set()
        # What was said and acknowledged: mode, and whether it ends by itself. None: not known.
        self.states = dict.fromkeys(names, ("enabled", False))

    def act(self):
        rule = self.chance.choice(list(self.versions))
        what = self.chance.choice(["edit"] * 4 + ["take", "break"] + ["state"] * 4)
        if self.versions[rule] is None or rule in self.broken:
            what = "edit"
        if what == "state":
            return self.say(rule)
        if what == "edit":
            self.define(rule)
        elif what == "take":
            self.path(rule).unlink()
            self.versions[rule] = None
        else:
            # The rule that was stays in force.
            self.were_broken.add(rule)
            self.write(rule, RULE.format(rule=rule, version=self.newest[rule] + 1, word="(word"))
            self.broken.add(rule)
        if not self.world.troubled:
            self.await_definition(rule)

    def path(self, rule):
        return self.world.rules / f"{rule}.yaml"

    def write(self, rule, text):
        """As people and programs do: in place, or beside it and renamed."""
        if self.chance.random() < 0.5:
            self.path(rule).write_text(text)
            return
        beside = self.world.rules / f".{rule}.yaml.new"
        beside.write_text(text)
        beside.rename(self.path(rule))

    def define(self, rule):
        self.newest[rule] += 1
        word = rule.replace("-", "")
        self.write(rule, RULE.format(rule=rule, version=self.newest[rule], word=self.chance.choice([word, f"(?:{word})"])))
        self.versions[rule] = self.newest[rule]
        self.broken.discard(rule)

    def await_definition(self, rule):
        end = time.monotonic() + IN_FORCE
        found = None
        while time.monotonic() < end:
            status, shown = self.ask("GET", f"/api/v1/rules/{rule}", expected={404})
            found = shown["version"] if status == 200 else None if status == 404 else found
            if status and found == self.versions[rule]:
                return
            time.sleep(0.02)
        self.surprises.append(f"{rule}: version {found} is in force {IN_FORCE} s after {self.versions[rule]} was written")

    def say(self, rule):
        mode = self.chance.choice(["disabled", "clipped", "enabled"])
        body = {"mode": mode}
        if mode == "clipped":
            body["confidence_max"] = 0.5
        if mode != "enabled":
            body["reason"] = "soak"
            if self.chance.random() < 0.7:
                body["for"] = f"{self.chance.randint(1, LONGEST_STATE)}s"
        self.states[rule] = None
        status, _ = self.ask("PUT", f"/api/v1/rules/{rule}/state", body)
        if status == 200:
            self.states[rule] = (mode, "for" in body)

    def expectation(self):
        """Returns {rule: (version, mode or None)} of all that are there; a mode that ends by itself has ended."""
        return {
            rule: (version, None if self.states[rule] is None else
                   "enabled" if self.states[rule][1] else self.states[rule][0])
            for rule, version in self.versions.items() if version is not None
        }

    def differences(self, settled=True):
        """Returns what is otherwise than the directory and the operators say. Not `settled`: what ends by itself may not have."""
        status, page = self.ask("GET", "/api/v1/rules?limit=1000")
        if status != 200:
            return [f"rules cannot be listed: {status}"]
        there = {each["id"]: (each["version"], each["state"]["mode"]) for each in page["rules"] if each["version"] is not None}
        expected = self.expectation()
        # After a restart nobody knows what a broken rule was before.
        for rule in self.broken:
            there.pop(rule, None)
            expected.pop(rule, None)
        wrong = [f"{rule} is not in force" for rule in expected.keys() - there.keys()]
        wrong += [f"{rule} is in force, and its file is gone" for rule in there.keys() - expected.keys()]
        for rule in expected.keys() & there.keys():
            (version, mode), (is_version, is_mode) = expected[rule], there[rule]
            known = mode is not None and (settled or not self.states[rule][1])
            if version != is_version or (known and mode != is_mode):
                wrong.append(f"{rule} is version {is_version} and {is_mode}, and ought to be {version} and {mode}")
        return wrong

    def look(self, patience=IN_FORCE):
        """While it does nothing else: returns what is wrong, and goes on to be, for a while."""
        end = time.monotonic() + patience
        while (wrong := self.differences(settled=False)) and time.monotonic() < end:
            time.sleep(0.1)
        return wrong

    def settle(self, patience=SETTLED):
        """Once nobody edits any more: waits until what ends by itself has ended. Returns what is wrong then."""
        for rule in list(self.broken):
            self.define(rule)
        end = time.monotonic() + patience
        while (wrong := self.differences()) and time.monotonic() < end:
            time.sleep(0.1)
        return wrong

    def hits(self):
        """Returns {rule: hits} of those that are there."""
        _, page = self.ask("GET", "/api/v1/rules?limit=1000")
        return {each["id"]: each["hits"] for each in (page or {"rules": []})["rules"]}

    def judge_hits(self, patience=20):
        """While the flow with the rules runs: those that are on match, those that are off do not. Returns what is wrong."""
        on = {rule for rule, (_, mode) in self.expectation().items() if mode in ("enabled", "clipped")}
        off = {rule for rule, (_, mode) in self.expectation().items() if mode == "disabled"}
        before = self.hits()
        end = time.monotonic() + patience
        while True:
            now = self.hits()
            silent = [rule for rule in on if now.get(rule, 0) <= before.get(rule, 0)]
            if not silent or time.monotonic() > end:
                break
            time.sleep(0.1)
        return ([f"{rule} is on and matches nothing" for rule in silent] +
                [f"{rule} is off and matches" for rule in off if now.get(rule, 0) > before.get(rule, 0)])

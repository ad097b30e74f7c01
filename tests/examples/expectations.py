"""What each example prints, found by other means: another tool, or arithmetic.

`EXPECTATIONS[name](result, folder)` asserts. `result` is a flow_run, `folder` the run's own for files that it writes.
`DRIVERS[name](sluice, file, folder)` runs an example that does not end by itself, and returns its flow_run.
"""

import csv
import collections
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess
import uuid

import flow_run

DATA = flow_run.ROOT / "examples" / "data"


def dpkg_log():
    """Returns the log of this machine, or the sample when it has none."""
    real = pathlib.Path("/var/log/dpkg.log")
    return real if real.is_file() and real.stat().st_size > 0 else DATA / "dpkg-sample.log"


def environment(folder):
    return {"LOG": str(dpkg_log()), "OUT": str(folder), "GROWING": str(folder / "growing.log")}


def shell(command):
    """Returns what another tool prints, as lines."""
    given = {**os.environ, "LC_ALL": "C"}
    result = subprocess.run(["bash", "-c", "set -o pipefail; " + command], capture_output=True, text=True, check=True,
                            cwd=flow_run.ROOT, env=given, timeout=flow_run.PATIENCE)
    return result.stdout.splitlines()


def same(found, expected, what):
    assert found == expected, f"{what}: found\n  {str(found)[:2000]}\nexpected\n  {str(expected)[:2000]}"


def numbers(result):
    return [int(line) for line in result.lines]


def count_lines(result, _):
    expected = int(shell(f"wc -l < {dpkg_log()}")[0])
    same(result.edge("read.")["delivered"], expected, "delivered, against wc -l")
    same(result.lines, [], "standard output")


def dpkg_actions(result, _):
    expected = {}
    for line in shell(f"awk '{{print $3}}' {dpkg_log()} | sort | uniq -c"):
        count, action = line.split(maxsplit=1)
        expected[action] = int(count)
    same({one["key"]: one["count"] for one in result.documents()}, expected, "counts, against awk | sort | uniq -c")
    same(len(result.lines), len(expected), "lines")


def follow(result, _):
    same(result.lines, ["an error here", "a second error"], "lines with an error")


def follow_driver(sluice, file, folder):
    growing = folder / "growing.log"
    growing.write_bytes(b"")
    process = flow_run.start(sluice, ["run", file, "--quiet", "--summary", "json"], environment(folder))
    try:
        seen = b""
        for added in ["all is well\nan error here\n", "fine\na second error\n"]:
            with growing.open("a") as log:
                log.write(added)
            seen += flow_run.read_lines(process, 1)  # it comes while the flow runs
        process.send_signal(signal.SIGTERM)
        result = flow_run.finish(process)
        return flow_run.flow_run(result.status, seen + result.raw, result.err)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def filter_json(result, _):
    expected = shell("jq -c 'select(.status >= 500)' examples/data/access.jsonl")
    assert expected, "the data has no failed requests"
    same(result.lines, expected, "documents, against jq -c")


def route(result, _):
    failed = shell("""jq -c 'select(.status >= 500) | {kind: "failed", path, status}' examples/data/access.jsonl""")
    slow = shell("""jq -c 'select(.status < 500 and .ms > 100) | {kind: "slow", path, ms}' examples/data/access.jsonl""")
    assert failed and slow, "the data has no failed or no slow requests"
    same([one for one in result.lines if '"failed"' in one], failed, "failed, in order")
    same([one for one in result.lines if '"slow"' in one], slow, "slow, in order")
    same(len(result.lines), len(failed) + len(slow), "lines")
    same(result.edge("sort.else")["delivered"], 240 - len(failed) - len(slow), "the rest")


def bad_lines():
    lines = (DATA / "mixed.jsonl").read_text().splitlines()
    found = []
    for line in lines:
        try:
            json.loads(line)
        except ValueError:
            found.append(line)
    assert len(found) == 4
    return found


def dead_letters(result, _):
    same([one["original"] for one in result.documents()], bad_lines(), "originals")
    for one in result.documents():
        same(one["error"]["node"], "parse", "node")
        assert one["error"]["code"] and one["error"]["message"], f"an error without words: {one}"
    same(result.edge("parse.out")["delivered"], 36, "good documents")
    same(result.summary["nodes"]["parse"]["errors"], 4, "errors counted")


def emit_error(result, _):
    same([one["original"] for one in result.documents()], bad_lines(), "originals")
    same(len({one["code"] for one in result.documents()}), 1, "codes")


def policy_block(result, _):
    same(numbers(result), list(range(200)), "numbers")
    edge = result.edge("numbers.")
    same((edge["policy"], edge["capacity"], edge["delivered"]), ("block", 8, 200), "edge")
    # 200 at 500 a second, the first at once.
    assert result.summary["duration_s"] >= 0.39, f"{result.summary['duration_s']} s: the consumer was not slow"


def ascending(found):
    same(found, sorted(set(found)), "order")


def policy_drop(result, _):
    found, edge = numbers(result), result.edge("numbers.")
    ascending(found)
    # The first fill the edge before the consumer has taken its second.
    same(found[:8], list(range(8)), "the oldest survive")
    same((edge["offered"], edge["dropped"]), (10000, 10000 - len(found)), "offered and dropped")
    assert edge["dropped"] > 0, "nothing was dropped"


def policy_drop_oldest(result, _):
    found, edge = numbers(result), result.edge("numbers.")
    ascending(found)
    # Of the eight places one may be taken by the message that is on its way to the consumer.
    same(found[-7:], list(range(9993, 10000)), "the newest survive")
    same((edge["accepted"], edge["evicted"]), (10000, 10000 - len(found)), "accepted and evicted")
    assert edge["evicted"] > 0, "nothing was evicted"


def policy_latest(result, _):
    found, edge = result.documents(), result.edge("readings.")
    last = {one["sensor"]: one["reading"] for one in found}
    same(last, {sensor: 9996 + sensor for sensor in range(4)}, "the last reading of each sensor")
    for sensor in range(4):
        ascending([one["reading"] for one in found if one["sensor"] == sensor])
    same((edge["accepted"], edge["replaced"], edge["evicted"]), (10000, 10000 - len(found), 0), "counters")
    assert edge["replaced"] > 0, "nothing was replaced"


def policy_coalesce(result, _):
    found, edge = numbers(result), result.edge("numbers.")
    same(sum(found), sum(range(10000)), "the total")
    same((edge["offered"], edge["coalesced"]), (10000, 10000 - len(found)), "offered and coalesced")
    assert edge["coalesced"] > 0, "nothing was coalesced"


def nested(result, _):
    expected = shell("jq -c 'select(.status >= 500)' examples/data/access.jsonl")
    same(sorted(result.lines), sorted(expected), "failed requests, each once")
    missing = {"web/parse", "web/keep", "api/parse", "api/keep"} - set(result.summary["nodes"])
    same(missing, set(), "inner nodes missing from the summary")


def feedback(result, _):
    expected = {}
    for begin in range(1, 21):
        number = begin
        for steps in itertools.count():
            if number == 1:
                break
            number = number // 2 if number % 2 == 0 else 3 * number + 1
        expected[begin] = steps
    same({one["start"]: one["steps"] for one in result.documents()}, expected, "steps")
    same(len(result.lines), 20, "lines")
    same(result.edge("step.")["dropped"], 0, "messages lost in the loop")


def window(result, _):
    expected = [sum(range(first, first + 250)) for first in range(0, 1000, 250)]
    same([one["sum"] for one in result.documents()], expected, "sums")


def exec_(result, folder):
    same((folder / "sorted.txt").read_text().split(), [str(2 * one) for one in range(20, 0, -1)], "sorted.txt")


def csv_(result, _):
    values = collections.defaultdict(list)
    with (DATA / "readings.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            values[row["sensor"]].append(float(row["celsius"]))
    found = {one["key"]: one["mean"] for one in result.documents()}
    same(list(found), list(values), "sensors, in the order in which they came first")
    for sensor, mean in found.items():
        assert abs(mean - sum(values[sensor]) / len(values[sensor])) < 1e-9, f"{sensor}: {mean}"


def bands(result, _):
    found = result.documents()
    same(collections.Counter(found), {"alarm": 1000, "record": 1000}, "messages")
    # While both wait 4 of 5 are alarms: about 250 records are out when the last alarm is. Without bands it were 1,000.
    last_alarm = max(place for place, one in enumerate(found) if one == "alarm")
    before = found[:last_alarm].count("record")
    assert 150 <= before <= 450, f"{before} records came before the last alarm; 4:1 makes about 250"


def batch(result, _):
    same(result.documents(), [list(range(10)), list(range(10, 20)), list(range(20, 25))], "batches")


def dedupe(result, _):
    same(result.lines, shell("awk '!seen[$0]++' examples/data/visits.txt"), "first visits")


def logfmt(result, _):
    lines = (DATA / "requests.log").read_text().splitlines()
    fields = [dict(pair.split("=") for pair in line.split()[:2]) for line in lines]
    expected = collections.Counter((one["service"], one["level"]) for one in fields)
    same({tuple(one["key"]): one["count"] for one in result.documents()}, expected, "counts")


def control(result, _):
    counts = [one["count"] for one in result.documents()]
    same(counts, sorted(counts), "counts grow")
    same(counts[-1], 3_000_000, "the last count")
    same(result.edge("pulse.")["offered"], 0, "data messages from the pulse")
    assert 2 <= len(counts) <= 6, f"{len(counts)} counts; the five pulses and the end give two to six"


def honeypot_rules():
    """Returns the rules of the example, read without YAML: each has its members on lines of their own."""
    rules = []
    for file in (flow_run.ROOT / "examples/rules").glob("*.yaml"):
        text = file.read_text()
        one = dict(re.findall(r"^(rule_id|rule_version|applies_to): (.*)$", text, re.MULTILINE))
        one["field"], one["pattern"] = re.search(r"^match: \{ field: (\S+), pattern: '(.*)' \}$", text, re.MULTILINE).groups()
        one["techniques"] = re.findall(r"technique_id: ([T0-9.]+)", text)
        one["kinds"] = re.findall(r"\w+", one.pop("applies_to", ""))
        rules.append(one)
    return sorted(rules, key=lambda one: one["rule_id"])


def tag_id(*parts):
    """Returns what docs/rules.md says the id of a tag is."""
    space = uuid.UUID("7be920de-d9fb-53a2-9c53-e95a465de6e7")
    return str(uuid.uuid5(space, "".join(f"{len(part.encode())}:{part}" for part in parts)))


def value_of(record, field):
    for name in field.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def rules(result, folder):
    sample = (DATA / "honeypot.jsonl").read_text()
    same(sample.splitlines(), shell("python3 -B examples/rules/make_sample.py"), "the sample, made anew")
    expected, untagged, used = [], [], set()
    for line in sample.splitlines():
        record = json.loads(line)
        hits = [one for one in honeypot_rules() if (not one["kinds"] or record["kind"] in one["kinds"])
                and re.search(one["pattern"], value_of(record, one["field"]) or "")]
        used |= {one["rule_id"] for one in hits}
        pairs = [(one, technique) for one in hits for technique in one["techniques"]]
        if not pairs:
            untagged.append(line)
            continue
        expected.append({"id": record["id"], "kind": record["kind"], "techniques": [technique for _, technique in pairs],
                         "tags": [tag_id(record["id"], one["rule_id"], one["rule_version"], technique)
                                  for one, technique in pairs]})
    same(used, {one["rule_id"] for one in honeypot_rules()}, "rules that have something to do in the sample")
    same(len(used), 12, "rules")
    same(result.documents(), expected, "tagged records, against Python's re and uuid")
    same((folder / "untagged.jsonl").read_text().splitlines(), untagged, "the others, untouched")


EXPECTATIONS = {
    "01-count-lines": count_lines, "02-dpkg-actions": dpkg_actions, "03-follow": follow, "04-filter-json": filter_json,
    "05-route": route, "06-dead-letters": dead_letters, "07-policy-block": policy_block, "08-policy-drop": policy_drop,
    "09-policy-drop-oldest": policy_drop_oldest, "10-policy-latest": policy_latest,
    "11-policy-coalesce": policy_coalesce, "12-nested": nested, "13-feedback": feedback, "14-window": window,
    "15-exec": exec_, "16-csv": csv_, "17-bands": bands, "18-batch": batch, "19-dedupe": dedupe, "20-logfmt": logfmt,
    "21-emit-error": emit_error, "22-control": control,
    "23-rules": rules,
}
DRIVERS = {"03-follow": follow_driver}

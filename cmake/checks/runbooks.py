#!/usr/bin/env python3
"""Compares what the pages for operators name with what there is: log events, codes and settings with the sources, metrics with
docs/metrics.md, recorded series with their rules. A page is read at night; what it sends the reader to must exist.

    runbooks.py              checks docs/runbooks/ and docs/operations.md
    runbooks.py --self-test  plants mistakes in a temporary tree and checks that each is found

In a page, the names after "log line" or "log lines" are events; any other name in backticks with an underscore is a code, a setting,
or a word of the API.
"""

import re
import sys

import rule_checks
import source_tree

PRODUCT = ("model", "nodes", "steps", "metrics", "persistence", "actors", "runtime")
LOGGED = re.compile(r'(?:(?:log_level::\w+|\blevel),\s*|\bannounce\()"(\w+)"')
# A failure_log that is told "retention" logs the event `retention_failed`.
FAILURES = re.compile(r'trouble_\([\w.]+, "(\w+)"\)')
QUOTED = re.compile(r'"(\w+)"')
METRIC = re.compile(r"(?<![\w:/.])(?:sluice|process)_[a-z]\w*")
RECORDED = re.compile(r"\bsluice:\w+(?::\w+)*")
EVENTS = re.compile(r"\blog lines? ((?:(?:, | and | or |, and )?`\w+`)+)", re.I)
NAME = re.compile(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`")


def pages(root):
    return [*sorted((root / "docs" / "runbooks").glob("*.md")), *root.glob("docs/operations.md")]


def text_of(root, path):
    file = root / path
    return file.read_text() if file.exists() else ""


def known(root):
    """Returns the names that pages may use: (events, words in quotes, metrics, recorded series)."""
    sources = "\n".join(file.read_text(errors="replace") for part in PRODUCT for file in source_tree.files(root / part))
    metrics = set(re.findall(r"^\| `(\w+)` \|", text_of(root, "docs/metrics.md"), re.M))
    recorded = set(re.findall(r"record: (\S+)", text_of(root, "metrics/prometheus/recording.yaml")))
    failures = {f"{subject}_failed" for subject in FAILURES.findall(sources)}
    return set(LOGGED.findall(sources)) | failures, set(QUOTED.findall(sources)) | failures, metrics, recorded


def unknown_of(line, events, words, metrics, recorded):
    """Yields what is wrong with one line of a page."""
    named = [name for group in EVENTS.findall(line) for name in re.findall(r"`(\w+)`", group)]
    for name in named:
        if name not in events:
            yield f"no source logs the event '{name}': name one that is logged (grep log_level::)"
    for name in METRIC.findall(line):
        if name not in metrics and not any(name == each + end for each in metrics for end in ("_bucket", "_count", "_sum")):
            yield f"docs/metrics.md has no '{name}'"
    for name in RECORDED.findall(line):
        if name not in recorded:
            yield f"metrics/prometheus/recording.yaml records no '{name}'"
    for name in NAME.findall(line):
        if name not in words and name not in named and not METRIC.fullmatch(name):
            yield f"no source has '{name}': mend the page, or write it without backticks"


def violations(root):
    """Returns one line for each violation below root."""
    there = known(root)
    found = []
    for page in pages(root):
        for number, line in enumerate(page.read_text().splitlines(), 1):
            found += [f"{page.relative_to(root).as_posix()}:{number}: {wrong}" for wrong in unknown_of(line, *there)]
    return found


PLANTED = {
    "runtime/a.cpp": ('log(level::x, log_level::error,\n    "flow_ended", text); say("flow_failed"); announce("serving"); throw "store_full";'
                      ' watch_trouble_(settings.log, "watch")', None),
    "docs/metrics.md": ("| `sluice_ready` | gauge |\n| `sluice_wait_seconds` | histogram |\n", None),
    "metrics/prometheus/recording.yaml": ("- record: sluice:fill:ratio\n", None),
    "docs/runbooks/Good.md": ("The log lines `flow_ended`, `serving` and `watch_failed`; `sluice_ready == 0`, `sluice:fill:ratio > 1`, (`store_full`, …), "
                              "`rate(sluice_wait_seconds_bucket[5m])`, `sluice runs list`, /etc/sluice_x", None),
    # It is a code, and nobody logs it.
    "docs/runbooks/Event.md": ("- The log lines `flow_ended` and `flow_failed` around that time.", "no source logs the event 'flow_failed'"),
    "docs/runbooks/Alone.md": ("The log line `flow_begun` says it.", "no source logs the event 'flow_begun'"),
    "docs/runbooks/Metric.md": ("```\nincrease(sluice_losses_total[5m]) > 0\n```", "docs/metrics.md has no 'sluice_losses_total'"),
    "docs/runbooks/Recorded.md": ("`topk(3, sluice:busy:rate1m)`", "records no 'sluice:busy:rate1m'"),
    "docs/operations.md": ("says `store_fill` then", "no source has 'store_fill'"),
}

if __name__ == "__main__":
    sys.exit(rule_checks.run(__doc__, "runbooks", violations, PLANTED, pages))

"""The promises about speed, and whether what was measured keeps them."""

import dataclasses
import math
import pathlib
import re

import tables
from results import spread

ROOT = pathlib.Path(__file__).resolve().parents[2]


def default_turn(header=ROOT / "model/base/defaults.hpp"):
    """Returns the messages a turn that Sluice ships with: latencies are judged at that setting."""
    return int(re.search(r"scheduler_throughput = (\d+);", header.read_text()).group(1))


@dataclasses.dataclass(frozen=True)
class measured:
    """What was found about one promise."""

    value: spread
    # How `value` reads, and what else belongs in the column of the spread.
    text: str
    beside: str
    # False when a second condition of `at least`, not shown by `value`, does not hold.
    holds: bool = True


@dataclasses.dataclass(frozen=True)
class budget:
    """One promise: the verdict is about the median; `find` returns `measured` or None."""

    what: str
    at_least: float
    aim: float
    show: object
    find: object
    more_is_better: bool = True
    # What `at least` asks for besides.
    besides: str = ""

    def reaches(self, value, wanted):
        return value >= wanted if self.more_is_better else value <= wanted

    def level(self, value):
        """Returns how high a value reaches."""
        if self.reaches(value, self.aim):
            return "aim"
        return "at least" if self.reaches(value, self.at_least) else "**short**"

    def verdict(self, found):
        if found is None:
            return "not measured"
        if not found.holds:
            return "**short**"
        level = self.level(found.value.median)
        worst = found.value.least if self.more_is_better else found.value.most
        return level if self.level(worst) == level else f"{level}; {self.level(worst)} in the worst round"

    def row(self, findings):
        found = self.find(findings)
        sign = "≥" if self.more_is_better else "≤"
        wanted = [f"{sign} {self.show(self.at_least)}{self.besides}", f"{sign} {self.show(self.aim)}"]
        seen = [found.text, found.beside] if found else ["", ""]
        return [self.what, *wanted, *seen, self.verdict(found)]


def times(value):
    return f"{tables.number(value)}×"


def percent(value):
    return f"{value:.0f} %" if abs(value) >= 10 else f"{value:.1f}".removesuffix(".0") + " %"


def duration(microseconds):
    if microseconds < 1000:
        return f"{tables.number(microseconds)} µs"
    return f"{tables.number(microseconds / 1000)} ms"


def of_ratios(value, show):
    return measured(value, show(value.median), tables.extremes(value, show))


def against(folder, title, name, show=times, change=lambda ratio: ratio):
    """Looks at the ratio of one contestant."""

    def find(findings):
        found = findings.standing(folder, title, name)
        return of_ratios(found.ratio.mapped(change), show) if found else None

    return find


def fairness(scheduler):
    def find(findings):
        row = findings.row("fairness", "8 equal saturated chains: slowest in % of fastest", scheduler)
        return of_ratios(spread(row["least_%"], row["median_%"], row["most_%"]), percent) if row else None

    return find


def latency(title, name, bare="", longest=math.inf):
    """Looks at a 99th percentile over all rounds, in microseconds, which has no spread: shown are the median and the
    largest, and what a bare thread took."""

    def find(findings):
        row = findings.row("control_latency", title, name)
        if row is None:
            return None
        value = row["p99_us"]
        beside = f"p50 {duration(row['p50_us'])}, max {duration(row['max_us'])} of {row['samples']:.0f}"
        thread = findings.row("control_latency", title, bare) if bare else None
        if thread:
            beside += f"; a bare thread: p99 {duration(thread['p99_us'])}, max {duration(thread['max_us'])}"
        return measured(spread(value, value, value), f"p99 {duration(value)}", beside, row["max_us"] <= longest)

    return find


def ratios_to_rivals():
    return [
        budget("1 hop, against oneTBB", 5, 10, times, against("throughput", "1 hop, 24-byte payloads", "oneTBB")),
        budget("3 hops, against oneTBB", 5, 10, times, against("throughput", "3 hops, 24-byte payloads", "oneTBB")),
        budget(
            "1 hop, against a lock-free ring pushed singly",
            0.75,
            1.5,
            times,
            against("throughput", "1 hop, 24-byte payloads", "ring, singly"),
        ),
        budget(
            "1 hop, against a mutex-and-condition queue of batches",
            1,
            2,
            times,
            against("throughput", "1 hop, 24-byte payloads", "mutex, batches"),
        ),
    ]


def latencies(turn):
    sharing, stealing = (f"{scheduler}, {turn} a turn" for scheduler in ("sharing", "stealing"))
    beside_load = "Control to an idle flow beside 2 saturated chains per worker"
    bare_beside_load = "a bare thread beside the same load"
    lone = "One message through 3 idle hops, 1 k messages/s"
    limit = {"show": duration, "more_is_better": False}
    idle = {**limit, "at_least": 5000, "aim": 1000, "besides": ", max ≤ 50 ms"}
    return [
        budget(
            "control through a saturated path, sent from outside",
            1000,
            100,
            find=latency("Control through a saturated path of 3 hops", sharing),
            **limit,
        ),
        budget(
            "control through a saturated path, sent by its source",
            1000,
            100,
            find=latency("Control from a source through a saturated path of 3 hops", sharing),
            **limit,
        ),
        budget(
            "control to an idle actor beside 2 × workers saturated chains, sharing",
            find=latency(beside_load, sharing, bare_beside_load, 50_000),
            **idle,
        ),
        budget(
            "the same, stealing",
            find=latency(beside_load, stealing, bare_beside_load, 50_000),
            **idle,
        ),
        budget(
            "one message through 3 idle hops",
            200,
            50,
            find=latency(lone, sharing, "a bare thread, one hand-over"),
            **limit,
        ),
    ]


def overheads():
    def cost(title):
        return against("metrics_overhead", title, "meters on", percent, lambda ratio: 100 * (1 - ratio))

    rows = []
    for hops in ("1 hop, one worker", "3 hops, one worker", "1 hop", "3 hops"):
        rows.append(budget(f"metrics on against off, {hops}", 5, 2, percent, cost(hops), more_is_better=False))
        processor = cost(f"{hops}, per second of processor time")
        rows.append(budget("the same, per second of processor time", 5, 2, percent, processor, more_is_better=False))
    return rows


def dataflow(turn):
    """Returns the promises about dataflow; `turn`: messages an actor handles in a turn, as shipped."""
    return [
        *ratios_to_rivals(),
        budget("slowest of 8 equal saturated chains against the fastest", 80, 95, percent, fairness("sharing")),
        *latencies(turn),
        *overheads(),
        budget(
            "a busy path beside 10,000 idle nodes",
            90,
            98,
            percent,
            against("idle_nodes", "One busy hop", "beside 10000 idle nodes", percent, lambda ratio: 100 * ratio),
        ),
        budget(
            "JSON lines, `file → json_parse → filter → file`, against `jq -c 'select(…)'`",
            2,
            6,
            times,
            against("records", "Filter JSON lines", "sluice run"),
        ),
    ]


def embedding():
    """Returns the promises about programs that embed flows."""
    title = "1 hop, 24-byte payloads"

    def rate(findings):
        found = findings.standing("inlets", title, "1 thread, singly")
        return of_ratios(found.rate, lambda value: f"{tables.number(value)} M/s") if found else None

    def share(name):
        return against("inlets", title, name, percent, lambda ratio: 100 * ratio)

    return [
        budget("an inlet, spans of 64, against a source inside the flow", 60, 100, percent, share("1 thread, spans of 64")),
        budget("the same from 8 threads", 60, 100, percent, share("8 threads, spans of 64")),
        budget("an inlet, one message a push", 5, 20, lambda value: f"{tables.number(value)} M/s", rate),
    ]


def operator_rules():
    """Returns the promises about operator rules."""

    def share(title, name):
        return against("rules", title, name, percent, lambda ratio: 100 * ratio)

    def growth(findings):
        # Ours over RE2::Set's own: how many times more a record costs with 1,000 rules than with 10.
        few, many = (
            findings.standing("rules", f"{count} rules, 1 of 100 records matches", "rules by hand")
            for count in (10, 1000)
        )
        if few is None or many is None:
            return None
        value = spread(
            few.ratio.least / many.ratio.most, few.ratio.median / many.ratio.median, few.ratio.most / many.ratio.least
        )
        return of_ratios(value, times)

    limit = {"show": duration, "more_is_better": False}
    usual = "1000 rules, 1 of 100 records matches"
    saves = ("rules", "A save until it is in force, ms", "1000 rules")
    opening = ("rules", "From opening a place until its rules are in force, ms")
    return [
        budget(
            "1,000 rules, 1 of 100 records matches, in a flow, against RE2::Set alone",
            50,
            80,
            percent,
            share(usual, "rules in a flow"),
        ),
        budget(
            "the first 10,000 records after a swap, the node by hand against a warm RE2::Set",
            50,
            80,
            percent,
            share(f"{usual}, right after a swap", "rules by hand, just swapped"),
        ),
        budget(
            "how much more a record costs with 1,000 rules than with 10, against RE2::Set's own growth",
            1.25,
            1.1,
            times,
            growth,
            more_is_better=False,
        ),
        budget(
            "one of 1,000 files of rules saved, until it is in force, p99",
            50_000,
            10_000,
            find=column(*saves, "p99_ms", ("p50_ms", "most_ms"), 1000),
            **limit,
        ),
        *(
            budget(
                f"load of 10,000 rules from a {place}, until they are in force",
                1_000_000,
                500_000,
                find=column(*opening, f"10000 rules, {place}", "median_ms", ("least_ms", "most_ms"), 1000),
                **limit,
            )
            for place in ("directory", "database")
        ),
    ]


def column(folder, title, name, median, beside=(), scale=1):
    """Looks at one column of a table of figures, in microseconds once multiplied by `scale`; `beside`: columns of
    which the least and the largest are shown as its spread."""

    def find(findings):
        row = findings.row(folder, title, name)
        if row is None:
            return None
        values = [row[each] * scale for each in (median, *beside)]
        return of_ratios(spread(min(values), values[0], max(values)), duration)

    return find


def durable():
    """Returns the promises about durable runs."""

    def share(folder, title):
        return against(folder, title, "Sluice", percent, lambda ratio: 100 * ratio)

    limit = {"show": duration, "more_is_better": False}
    runs = "Noop runs, created to succeeded, 1000 in flight"
    restart = ("runs", "Restart to the first tick, ms", "100000 queued")
    return [
        budget(
            "durable events acknowledged, against raw inserts in groups of 1000",
            45,
            70,
            percent,
            share("events", "Events acknowledged, groups of 1000"),
        ),
        budget("durable noop runs, created to succeeded, against bare SQL", 50, 70, percent, share("runs", runs)),
        budget(
            "next run among 1,000,000",
            20,
            2,
            find=column("runs", "Next run of a lane, µs", "1000000 runs", "p50_us"),
            **limit,
        ),
        budget(
            "restart with 100,000 queued runs, to the first tick",
            500_000,
            50_000,
            find=column(*restart, "median_ms", ("least_ms", "most_ms"), 1000),
            **limit,
        ),
    ]


def promises(turn):
    """Returns all of them."""
    return [*dataflow(turn), *embedding(), *operator_rules(), *durable()]


def budget_table(findings, turn):
    rows = [each.row(findings) for each in promises(turn)]
    return tables.table(["", "at least", "aim", "measured", "spread", "verdict"], rows)

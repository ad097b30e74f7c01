"""Reads what the benchmarks wrote: the shape of bench/support/report.hpp, and Google Benchmark's own."""

import dataclasses
import json
import pathlib
import statistics

import machine

# The benchmarks, in the order in which they run and a reader wants them.
FOLDERS = (
    "throughput",
    "fan",
    "policies",
    "records",
    "rules",
    "control_latency",
    "fairness",
    "scaling",
    "idle_nodes",
    "metrics_overhead",
    "inlets",
    "runs",
    "events",
    "writers",
    "micro",
)


class wrong_result(Exception):
    """A file that is not what a benchmark writes; the text names it."""


@dataclasses.dataclass(frozen=True)
class spread:
    """Least, median and most of some figures."""

    least: float
    median: float
    most: float

    def mapped(self, change):
        """Returns the spread of changed figures; `change` may turn the order round."""
        least, most = sorted((change(self.least), change(self.most)))
        return spread(least, change(self.median), most)


@dataclasses.dataclass(frozen=True)
class standing:
    """How one contestant did."""

    rate: spread
    ratio: spread


@dataclasses.dataclass(frozen=True)
class contest:
    """Contestants that did the same work in the same rounds."""

    title: str
    unit: str
    ratio: str
    standings: dict  # name: standing


@dataclasses.dataclass(frozen=True)
class figure_table:
    """Numbers that are no contest. A row need not have every column."""

    title: str
    columns: list
    rows: dict  # name: {column: number}

    def row(self, name):
        """Returns a row; one whose name has a remark in brackets behind it will do. None without one."""
        for found, values in self.rows.items():
            if found == name or found.startswith(f"{name} ("):
                return values
        return None


@dataclasses.dataclass(frozen=True)
class answer:
    """What one folder found."""

    folder: str
    rounds: int
    contests: dict  # title: contest
    figures: dict  # title: figure_table

    def standing(self, title, name):
        """Returns how a contestant did, or None."""
        found = self.contests.get(title)
        return found.standings.get(name) if found else None

    def row(self, title, name):
        """Returns a row of a figure table, or None."""
        found = self.figures.get(title)
        return found.row(name) if found else None


@dataclasses.dataclass(frozen=True)
class findings:
    """All that lies in one folder of results."""

    answers: dict  # folder: answer
    machine: dict
    runs: dict  # folder: {"at", "commit", "rounds", "scale", "load_before", "seconds"}

    def standing(self, folder, title, name):
        return self.answers[folder].standing(title, name) if folder in self.answers else None

    def row(self, folder, title, name):
        return self.answers[folder].row(title, name) if folder in self.answers else None


def to_spread(given):
    return spread(float(given["least"]), float(given["median"]), float(given["most"]))


def to_contest(given):
    standings = {row["name"]: standing(to_spread(row["rate"]), to_spread(row["ratio"])) for row in given["rows"]}
    return contest(given["title"], given["unit"], given.get("ratio", "ratio"), standings)


def columns_of(rows):
    """Returns the columns that any row has, in order of appearance."""
    return list(dict.fromkeys(column for values in rows.values() for column in values))


def to_figures(given):
    rows = {row["name"]: {key: value for key, value in row.items() if key != "name"} for row in given["rows"]}
    return figure_table(given["title"], columns_of(rows), rows)


def from_report(folder, given):
    contests = [to_contest(table) for table in given["tables"]]
    figures = [to_figures(table) for table in given["figures"]]
    return answer(
        folder, int(given["rounds"]), {one.title: one for one in contests}, {one.title: one for one in figures}
    )


def in_nanoseconds(run, member):
    return run[member] * {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[run["time_unit"]]


def micro_row(runs):
    """Returns the figures of one micro benchmark from its runs: single ones, or the aggregates of several."""
    by_kind = {run.get("aggregate_name"): run for run in runs}
    measured = [by_kind["median"]] if "median" in by_kind else [run for run in runs if "aggregate_name" not in run]
    if not measured:
        return {}
    values = {
        "cpu_ns": statistics.median(in_nanoseconds(run, "cpu_time") for run in measured),
        "time_ns": statistics.median(in_nanoseconds(run, "real_time") for run in measured),
    }
    if "cv" in by_kind:
        values["deviation_%"] = 100 * by_kind["cv"]["cpu_time"]
    if "items_per_second" in measured[0]:
        values["M_items_a_second"] = statistics.median(run["items_per_second"] for run in measured) / 1e6
    return values


def from_google(folder, given):
    """Google Benchmark's JSON; a benchmark that failed or was skipped has no row."""
    runs = {}
    for run in given["benchmarks"]:
        if not run.get("error_occurred"):
            runs.setdefault(run.get("run_name", run["name"]), []).append(run)
    rows = {name: values for name, values in ((name, micro_row(found)) for name, found in runs.items()) if values}
    rounds = max((run.get("repetitions", 1) for run in given["benchmarks"]), default=1)
    table = figure_table("One step", columns_of(rows), rows)
    return answer(folder, rounds, {}, {table.title: table})


def read(path):
    """Returns what one file holds. Throws `wrong_result`."""
    try:
        given = json.loads(path.read_text())
        return (from_google if "benchmarks" in given else from_report)(path.stem, given)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise wrong_result(
            f"'{path}' is not what a benchmark writes ({type(wrong).__name__}: {wrong}); "
            f"remove it, or run 'bench/run {path.stem}'"
        ) from wrong


def load(folder):
    """Returns everything in a folder of results; what was not run is not there. Throws `wrong_result`."""
    folder = pathlib.Path(folder)
    present = [folder / f"{name}.json" for name in FOLDERS]
    answers = {path.stem: read(path) for path in present if path.is_file()}
    if not answers:
        raise wrong_result(f"no results in '{folder}': run 'make bench' or 'bench/run'")
    described = machine.read(folder / "machine.json")
    return findings(answers, described["machine"], described["runs"])

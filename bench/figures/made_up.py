"""Results that are made up: what the benchmarks write, with every promise kept. For figures_test.py."""

# Messages a turn of the rows that are judged.
TURN = 16


def row(name, rate, ratio):
    """rate, ratio: least, median, most."""
    spreads = [dict(zip(("least", "median", "most"), figure)) for figure in (rate, ratio)]
    return {"name": name, "rate": spreads[0], "ratio": spreads[1]}


def race(title, rivals):
    """A contest as bench_throughput writes it; rivals: {name: ratios}."""
    rows = [row("Sluice", (18, 20, 21), (1, 1, 1))]
    for name, (least, median, most) in rivals.items():
        rows.append(row(name, (20 / most, 20 / median, 20 / least), (least, median, most)))
    return {"title": title, "unit": "M messages/s", "ratio": "Sluice / this", "rows": rows}


def bare_race(title, unit, ratios):
    """A contest against bare SQL, as bench_runs writes it."""
    rows = [row("bare SQL", (9, 10, 11), (1, 1, 1)), row("Sluice", (7, 7.5, 8), ratios)]
    return {"title": title, "unit": unit, "ratio": "ratio", "rows": rows}


def rules_race(title, *names):
    """A contest against RE2::Set, as bench_rules writes it."""
    rows = [row("RE2::Set alone", (3, 3.1, 3.2), (1, 1, 1))]
    rows += [row(name, (2, 2.8, 2.9), (0.88, 0.9, 0.95)) for name in names]
    return {"title": title, "unit": "M records/s", "ratio": "ratio", "rows": rows}


def report(question, tables=(), figures=(), rounds=5):
    return {"question": question, "rounds": rounds, "tables": list(tables), "figures": list(figures)}


def latency_rows(p99, longest):
    names = [f"sharing, {TURN} a turn", f"stealing, {TURN} a turn", "a bare thread beside the same load"]
    return [{"name": name, "p50_us": 5.0, "p99_us": p99, "max_us": longest, "samples": 5000.0} for name in names]


def everything():
    """Results of all folders, every promise kept at `aim`: {folder: JSON}."""
    hops = {name: f"{name}, 24-byte payloads" for name in ("1 hop", "3 hops", "8 hops")}
    rivals = {
        "oneTBB": (11, 12, 13),
        "mutex, batches": (2.1, 2.2, 2.3),
        "ring, singly": (1.6, 2, 9),
        "ring & batches <fast>": (0.1, 0.5, 3),
    }
    rate = (9, 10, 11)
    cheap = [row("meters off", rate, (1, 1, 1)), row("meters on", rate, (0.981, 0.99, 1.01))]
    control = [
        "Control through a saturated path of 3 hops",
        "Control from a source through a saturated path of 3 hops",
        "Control to an idle flow beside 2 saturated chains per worker",
        "One message through 3 idle hops, 1 k messages/s",
    ]
    return {
        "throughput": report("throughput", [race(title, rivals) for title in hops.values()]),
        "fan": report("fan", [race("fan-in 8 to 1, 24-byte payloads", {"oneTBB": (3, 4, 5)})]),
        "policies": report("policies"),
        "records": report(
            "records",
            [{"title": "Filter JSON lines", "unit": "MB/s", "rows": [row("sluice run", (1, 2, 3), (6, 7, 8))]}],
        ),
        "rules": report(
            "rules",
            [
                rules_race("10 rules, 1 of 100 records matches", "rules by hand"),
                rules_race("1000 rules, 1 of 100 records matches", "rules in a flow", "rules by hand"),
                rules_race("1000 rules, 1 of 100 records matches, right after a swap", "rules by hand, just swapped"),
            ],
            [
                {
                    "title": "A save until it is in force, ms",
                    "rows": [{"name": "1000 rules", "p50_ms": 1.0, "p99_ms": 2.0, "most_ms": 3.0, "saves": 500.0}],
                },
                {
                    "title": "From opening a place until its rules are in force, ms",
                    "rows": [
                        {"name": f"10000 rules, {place}", "median_ms": 100.0, "least_ms": 90.0, "most_ms": 110.0}
                        for place in ("directory", "database")
                    ],
                },
            ],
        ),
        "control_latency": report(
            "control_latency", figures=[{"title": title, "rows": latency_rows(40.0, 900.0)} for title in control]
        ),
        "fairness": report(
            "fairness",
            figures=[
                {
                    "title": "8 equal saturated chains: slowest in % of fastest",
                    "rows": [{"name": "sharing", "median_%": 97.0, "least_%": 95.5, "most_%": 99.0}],
                }
            ],
        ),
        "scaling": report("scaling"),
        "idle_nodes": report(
            "idle_nodes",
            [{"title": "One busy hop", "unit": "M", "rows": [row("beside 10000 idle nodes", rate, (0.98, 0.99, 1))]}],
        ),
        "metrics_overhead": report(
            "metrics_overhead",
            [
                {"title": f"{name}{kind}", "unit": "M", "rows": cheap}
                for name in ("1 hop, one worker", "3 hops, one worker", "1 hop", "3 hops")
                for kind in ("", ", per second of processor time")
            ],
        ),
        "inlets": report(
            "inlets",
            [
                {
                    "title": "1 hop, 24-byte payloads",
                    "unit": "M messages/s",
                    "rows": [
                        row("1 thread, spans of 64", rate, (1.02, 1.1, 1.2)),
                        row("8 threads, spans of 64", rate, (1.02, 1.1, 1.2)),
                        row("1 thread, singly", (21, 22, 23), (0.3, 0.4, 0.5)),
                    ],
                }
            ],
        ),
        "runs": report(
            "runs",
            [bare_race("Noop runs, created to succeeded, 1000 in flight", "runs/s", (0.71, 0.75, 0.8))],
            [
                {"title": "Next run of a lane, µs", "rows": [{"name": "1000000 runs", "p50_us": 1.5, "p99_us": 9.0}]},
                {
                    "title": "Restart to the first tick, ms",
                    "rows": [{"name": "100000 queued", "least_ms": 9.0, "median_ms": 11.0, "most_ms": 19.0}],
                },
            ],
        ),
        "events": report("events", [bare_race("Events acknowledged, groups of 1000", "k events/s", (0.7, 0.8, 0.9))]),
        "writers": report("writers"),
        "micro": {
            "benchmarks": [
                micro("queue/put", "median", 12.5, repetitions=5),
                micro("queue/put", "cv", 0.04, repetitions=5),
                micro("queue/put", "mean", 99.0, repetitions=5),
            ]
        },
    }


def micro(name, aggregate, time, **more):
    return {
        "name": f"{name}_{aggregate}",
        "run_name": name,
        "aggregate_name": aggregate,
        "cpu_time": time,
        "real_time": time,
        "time_unit": "ns",
        **more,
    }


def described(folders, **changes):
    run = {"at": "2025-06-24T10:00:00+00:00", "commit": "abc1234", "rounds": 5, "scale": 1.0, "load_before": 0.1}
    return {
        "machine": {"processor": "Some Processor", "cores": 2, "kernel": "6.1", "virtual": True},
        "runs": {folder: {**run, **changes} for folder in folders},
    }

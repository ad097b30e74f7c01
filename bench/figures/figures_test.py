#!/usr/bin/env python3
"""Feeds figures.py and bench/run with results that are made up, and checks tables, verdicts, page and chart."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True

import budgets  # noqa: E402
import chart  # noqa: E402
import figures  # noqa: E402
import made_up  # noqa: E402
import results  # noqa: E402
import tables  # noqa: E402
from made_up import TURN  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


class figures_case(unittest.TestCase):
    """A folder of made-up results per case."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-figures-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.all = made_up.everything()

    def found(self, **changes):
        """Returns what `load` makes of `self.all`."""
        return results.load(self.write(self.folder, **changes))

    def write(self, folder, **changes):
        for name, given in self.all.items():
            (folder / f"{name}.json").write_text(json.dumps(given))
        (folder / "machine.json").write_text(json.dumps(made_up.described(self.all, **changes)))
        return folder

    def verdict(self, what):
        """Returns the row of the promise `what`."""
        return next(each.row(self.found()) for each in budgets.promises(TURN) if each.what == what)

    def set_ratio(self, folder, title, name, ratio):
        table = next(one for one in self.all[folder]["tables"] if one["title"] == title)
        changed = copy.deepcopy(table["rows"])
        next(one for one in changed if one["name"] == name)["ratio"] = dict(zip(("least", "median", "most"), ratio))
        table["rows"] = changed

    def set_latency(self, title, **values):
        table = next(one for one in self.all["control_latency"]["figures"] if one["title"].startswith(title))
        table["rows"] = [{**one, **values} for one in table["rows"]]


class promises(figures_case):
    hop = "1 hop, 24-byte payloads"
    against = "1 hop, against oneTBB"

    def test_every_promise_finds_its_figure(self):
        for each in budgets.promises(TURN):
            self.assertEqual(each.row(self.found())[-1], "aim", each.what)

    def test_a_ratio_between_both_levels_is_at_least(self):
        self.set_ratio("throughput", self.hop, "oneTBB", (6, 7, 8))
        self.assertEqual(self.verdict(self.against), [self.against, "≥ 5×", "≥ 10×", "7×", "6×–8×", "at least"])

    def test_a_ratio_below_at_least_is_short(self):
        self.set_ratio("throughput", self.hop, "oneTBB", (4, 4.9, 12))
        self.assertEqual(self.verdict(self.against)[-1], "**short**")

    def test_a_median_that_holds_says_so_when_the_worst_round_does_not(self):
        self.set_ratio("throughput", self.hop, "oneTBB", (3, 11, 12))
        self.assertEqual(self.verdict(self.against)[-1], "aim; **short** in the worst round")

    def test_what_was_not_measured_has_no_verdict(self):
        del self.all["throughput"]
        self.assertEqual(self.verdict(self.against)[3:], ["", "", "not measured"])

    def test_overhead_is_what_the_ratio_lacks_and_its_worst_round_is_the_largest(self):
        self.set_ratio("metrics_overhead", "1 hop", "meters on", (0.93, 0.97, 1.01))
        seen = self.verdict("metrics on against off, 1 hop")
        self.assertEqual(seen[1:], ["≤ 5 %", "≤ 2 %", "3 %", "-1 %–7 %", "at least; **short** in the worst round"])

    def test_latency_is_judged_by_p99(self):
        self.set_latency("Control through", p99_us=1000.5, max_us=1200.0)
        seen = self.verdict("control through a saturated path, sent from outside")
        self.assertEqual(seen[-1], "**short**")
        self.assertEqual(seen[3:5], ["p99 1 ms", "p50 5 µs, max 1.2 ms of 5000"])

    def test_one_message_that_took_too_long_breaks_the_promise_about_the_longest(self):
        what = "control to an idle actor beside 2 × workers saturated chains, sharing"
        self.set_latency("Control to an idle", max_us=50_001.0)
        self.assertEqual(self.verdict(what)[-1], "**short**")
        self.assertIn("a bare thread: p99 40 µs", self.verdict(what)[4])

    def test_runs_are_judged_by_their_share_of_bare_sql(self):
        what = "durable noop runs, created to succeeded, against bare SQL"
        self.assertEqual(self.verdict(what)[1:], ["≥ 50 %", "≥ 70 %", "75 %", "71 %–80 %", "aim"])
        self.set_ratio("runs", "Noop runs, created to succeeded, 1000 in flight", "Sluice", (0.45, 0.55, 0.6))
        self.assertEqual(self.verdict(what)[-1], "at least; **short** in the worst round")

    def test_a_restart_is_judged_by_its_median_and_shows_all_rounds(self):
        what = "restart with 100,000 queued runs, to the first tick"
        self.assertEqual(self.verdict(what)[1:], ["≤ 500 ms", "≤ 50 ms", "11 ms", "9 ms–19 ms", "aim"])
        rows = self.all["runs"]["figures"][1]["rows"]
        rows[0]["most_ms"] = 501.0
        self.assertEqual(self.verdict(what)[-1], "aim; **short** in the worst round")

    def test_selection_is_judged_among_a_million_runs(self):
        what = "next run among 1,000,000"
        self.all["runs"]["figures"][0]["rows"][0]["p50_us"] = 20.5
        self.assertEqual(self.verdict(what)[3:], ["20.5 µs", "20.5 µs–20.5 µs", "**short**"])

    def test_latencies_are_those_of_the_setting_that_ships(self):
        header = self.folder / "defaults.hpp"
        header.write_text("inline constexpr std::size_t scheduler_throughput = 32;\n")
        self.assertEqual(budgets.default_turn(header), 32)
        self.assertGreater(budgets.default_turn(), 0)
        other = next(one for one in budgets.promises(32) if "3 idle hops" in one.what)
        self.assertIsNone(other.find(self.found()))

    def test_a_row_with_a_remark_is_found(self):
        table = self.all["control_latency"]["figures"][3]
        table["rows"][0]["name"] += " (rate not held)"
        self.assertEqual(self.verdict("one message through 3 idle hops")[-1], "aim")


class reading(figures_case):
    def test_aggregates_of_micro_benchmarks_are_the_median_and_the_deviation(self):
        table = self.found().answers["micro"].figures["One step"]
        self.assertEqual(table.rows, {"queue/put": {"cpu_ns": 12.5, "time_ns": 12.5, "deviation_%": 4.0}})

    def test_single_runs_of_micro_benchmarks_count_and_failed_ones_do_not(self):
        plain = {"name": "a", "run_name": "a", "cpu_time": 2.0, "real_time": 3.0, "time_unit": "us"}
        plain["items_per_second"] = 5e6
        failed = {"name": "b", "run_name": "b", "error_occurred": True, "error_message": "no"}
        self.all["micro"] = {"benchmarks": [plain, failed]}
        table = self.found().answers["micro"].figures["One step"]
        self.assertEqual(table.rows, {"a": {"cpu_ns": 2000.0, "time_ns": 3000.0, "M_items_a_second": 5.0}})

    def test_a_broken_file_is_named(self):
        for content in ("{", '{"tables": []}', '{"benchmarks": [{"name": "x"}]}', "[]"):
            self.write(self.folder)
            (self.folder / "fan.json").write_text(content)
            with self.assertRaisesRegex(results.wrong_result, r"fan\.json.*bench/run fan", msg=content):
                results.load(self.folder)

    def test_an_empty_folder_says_what_to_do(self):
        with self.assertRaisesRegex(results.wrong_result, "make bench"):
            results.load(self.folder)


class doubtful(figures_case):
    def doubts(self, **changes):
        return " ".join(figures.doubts(self.found(**changes), TURN))

    def test_a_full_run_on_an_idle_machine_may_be_quoted(self):
        self.assertEqual(self.doubts(), "")
        self.assertNotIn("A sample only", figures.document(self.found(), TURN))

    def test_what_makes_a_run_a_sample_is_said(self):
        self.assertIn("less work than usual: all", self.doubts(scale=0.1))
        self.assertIn("load 3.5", self.doubts(load_before=3.5))
        self.all["fan"]["rounds"] = 2
        self.assertIn("fewer than 5 rounds: fan", self.doubts())
        self.assertIn("A sample only", figures.document(self.found(), TURN))

    def test_results_without_a_record_of_their_run_are_noticed(self):
        folder = self.write(self.folder)
        known = json.loads((folder / "machine.json").read_text())
        del known["runs"]["fan"]
        (folder / "machine.json").write_text(json.dumps(known))
        self.assertEqual(figures.doubts(results.load(folder), TURN), ["not known when and how: fan"])

    def test_a_renamed_row_is_noticed(self):
        self.all["throughput"]["tables"][0]["title"] = "one hop"
        self.assertIn("no figure for: 1 hop, against oneTBB", self.doubts())

    def test_runs_of_several_commits_are_noticed(self):
        folder = self.write(self.folder)
        known = json.loads((folder / "machine.json").read_text())
        known["runs"]["fan"]["commit"] = "def5678"
        (folder / "machine.json").write_text(json.dumps(known))
        self.assertIn("abc1234, def5678", " ".join(figures.doubts(results.load(folder), TURN)))


class text(figures_case):
    def test_the_document_has_a_heading_and_a_question_per_folder(self):
        made = figures.document(self.found(), TURN)
        for folder in self.all:
            title, question = figures.question_of(folder)
            self.assertIn(f"\n## {title}\n\n{question}\n", made)
            self.assertIn("?", question, f"bench/{folder}/README.md asks no question")
        self.assertIn("| oneTBB | 1.67 | 1.54–1.82 | 12.00 | 11.00–13.00 |", made)

    def test_tables_have_as_many_cells_as_headings(self):
        cells = {}
        for line in figures.document(self.found(), TURN).splitlines():
            if line.startswith("|"):
                cells.setdefault("width", line.count("|"))
                self.assertEqual(line.count("|"), cells["width"], line)
            else:
                cells.clear()

    def test_numbers_have_no_exponents(self):
        shown = [tables.number(value) for value in (0, 0.000012, 0.5, 1234.5, 1e9, -2.0)]
        self.assertEqual(shown, ["0", "0.000012", "0.5", "1234", "1000000000", "-2"])
        self.assertEqual([tables.rate(value) for value in (0.6, 4.2, 123.4, 1234)], ["0.600", "4.20", "123", "1234"])


class page(figures_case):
    around = ("# Performance\n\nBefore.\n\n", "\n\nAfter.\n")

    def make(self, begin=figures.BEGIN, end=figures.END):
        made = self.folder / "performance.md"
        made.write_text(f"{self.around[0]}{begin}\nold\n{end}{self.around[1]}")
        return made

    def test_only_what_is_between_the_markers_changes(self):
        made = self.make()
        figures.publish(self.found(), TURN, made)
        content = made.read_text()
        self.assertTrue(content.startswith(self.around[0]) and content.endswith(self.around[1]), content)
        self.assertNotIn("old", content)
        self.assertIn("| 1 hop, against oneTBB | ≥ 5× | ≥ 10× | 12× | 11×–13× | aim |", content)
        self.assertIn("(performance.svg)", content)
        self.assertIn("Some Processor, in a virtual machine", content)

    def test_publishing_twice_changes_nothing(self):
        made = self.make()
        figures.publish(self.found(), TURN, made)
        once = made.read_text()
        figures.publish(self.found(), TURN, made)
        self.assertEqual(made.read_text(), once)

    def test_a_page_without_markers_is_left_alone(self):
        for begin, end in (("", figures.END), (figures.BEGIN, ""), (figures.END, figures.BEGIN)):
            made = self.make(begin, end)
            before = made.read_text()
            with self.assertRaisesRegex(ValueError, "needs one line"):
                figures.publish(self.found(), TURN, made)
            self.assertEqual(made.read_text(), before)
            self.assertFalse((self.folder / "performance.svg").exists())

    def test_the_page_of_the_project_can_be_written(self):
        content = (figures.ROOT / "docs" / "performance.md").read_text()
        self.assertIn("measured", figures.replaced(content, "measured"))

    def test_without_throughput_there_is_no_chart(self):
        del self.all["throughput"]
        made = self.make()
        figures.publish(self.found(), TURN, made)
        self.assertFalse((self.folder / "performance.svg").exists())
        self.assertNotIn("performance.svg", made.read_text())


class drawing(figures_case):
    def setUp(self):
        super().setUp()
        self.contests = figures.charted(self.found())
        self.tree = xml.etree.ElementTree.fromstring(chart.draw(self.contests, 5))

    def test_it_is_well_formed_and_shows_each_contestant_of_each_panel(self):
        self.assertEqual(len(self.contests), 3)
        bars = self.tree.findall(f"{SVG}rect")
        self.assertEqual([bar.get("class") for bar in bars].count("own"), 3)
        self.assertEqual([bar.get("class") for bar in bars].count("rival"), 12)
        words = [one.text for one in self.tree.findall(f"{SVG}text")]
        self.assertEqual(words.count("ring & batches <fast>"), 3)
        self.assertEqual([one for one in words if one in ("1 hop", "3 hops", "8 hops")], ["1 hop", "3 hops", "8 hops"])

    def test_bars_are_as_long_as_their_medians(self):
        own, tbb = self.tree.findall(f"{SVG}rect")[1:3]
        self.assertAlmostEqual(float(own.get("width")) / float(tbb.get("width")), 12, delta=0.1)

    def test_whiskers_reach_from_least_to_most_within_the_picture(self):
        whiskers = [one.get("d") for one in self.tree.findall(f"{SVG}path") if one.get("class") == "whisker"]
        self.assertEqual(len(whiskers), 15)
        bars = self.tree.findall(f"{SVG}rect")[1:]
        for bar, path in zip(bars, whiskers):
            begin = float(path[1:].split(" ")[0])
            end = float(path.split("H")[1].split("M")[0])
            median = float(bar.get("x")) + float(bar.get("width"))
            self.assertTrue(chart.LABELS <= begin <= median + 0.1 and median <= end + 0.1 and end <= chart.BARS, path)

    def test_it_has_its_own_background_for_light_and_dark(self):
        background = self.tree.find(f"{SVG}rect")
        self.assertEqual((background.get("class"), background.get("width")), ("page", self.tree.get("width")))
        style = self.tree.find(f"{SVG}style").text
        self.assertEqual(style.count(".page"), 2)
        self.assertIn("prefers-color-scheme: dark", style)

    def test_scales_have_round_steps(self):
        self.assertEqual([chart.nice_step(most) for most in (1, 7, 23, 48, 100)], [0.2, 2, 5, 10, 20])


class programs(figures_case):
    def start(self, program, *words):
        return subprocess.run(
            [sys.executable, "-B", str(figures.ROOT / "bench" / program), *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )

    def test_figures_prints_and_publishes(self):
        folder = self.write(self.folder)
        made = folder / "page.md"
        made.write_text(f"{figures.BEGIN}\n{figures.END}\n")
        done = self.start("figures/figures.py", "--results", folder, "--publish", made)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("# What the benchmarks found", done.stdout)
        self.assertIn("| verdict |", made.read_text())
        xml.etree.ElementTree.parse(folder / "performance.svg")

    def test_figures_without_results_fails_with_the_remedy(self):
        done = self.start("figures/figures.py", "--results", self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("run 'make bench'", done.stderr)

    def fake(self, name, body):
        path = self.folder / "bench" / f"bench_{name}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def run_folders(self, *words):
        return self.start("run", "--build", self.folder, *words)

    def test_run_goes_on_after_a_failure_and_names_it_at_the_end(self):
        # $6 is what follows --json.
        self.fake("fan", "echo broken >&2; exit 3")
        self.fake("policies", f"echo a table; echo '{json.dumps(self.all['policies'])}' > \"$6\"; echo \"$@\"")
        kept = self.folder / "bench" / "results"
        kept.mkdir(parents=True)
        for name in ("fan", "scaling"):
            (kept / f"{name}.json").write_text(json.dumps(self.all[name]))
        done = self.run_folders("--rounds", 2, "--scale", 0.1, "fan", "policies", "scaling")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--rounds 2 --scale 0.1 --json", done.stdout)
        self.assertIn("failed: fan, scaling", done.stdout.splitlines()[-1])
        known = json.loads((kept / "machine.json").read_text())
        self.assertEqual(list(known["runs"]), ["policies"])
        self.assertEqual(known["runs"]["policies"]["rounds"], 2)
        self.assertGreaterEqual(known["machine"]["cores"], 1)
        answers = results.load(kept).answers
        self.assertEqual(list(answers), ["policies"], "figures of an earlier run pass for those of one that failed")

    def test_run_succeeds_when_all_do(self):
        self.fake("fan", f"echo '{json.dumps(self.all['fan'])}' > \"$6\"")
        self.assertEqual(self.run_folders("fan").returncode, 0)

    def test_run_refuses_a_folder_that_is_no_benchmark(self):
        done = self.run_folders("fan", "gate")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no benchmark 'gate'; there are: throughput", done.stderr)
        self.assertNotIn("## fan", done.stdout)


if __name__ == "__main__":
    unittest.main()

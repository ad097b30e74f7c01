#!/usr/bin/env python3
"""Makes documents of the benchmarks' figures.

    figures.py --results build/release/bench/results                  prints all tables as one Markdown document
    figures.py --results … --publish docs/performance.md --quiet      puts the promises and the chart into that page

The page keeps everything but what stands between its two markers; the chart goes beside it, as performance.svg.
"""

import argparse
import pathlib
import re
import sys

sys.dont_write_bytecode = True

import budgets  # noqa: E402
import chart  # noqa: E402
import results  # noqa: E402
import tables  # noqa: E402

ROOT = budgets.ROOT
BEGIN = "<!-- measured: begin; written by bench/figures/figures.py, do not edit -->"
END = "<!-- measured: end -->"
# What a figure that is to be believed needs.
ENOUGH_ROUNDS = 5
FULL_SCALE = 1
CHARTED = ("1 hop, 24-byte payloads", "3 hops, 24-byte payloads", "8 hops, 24-byte payloads")

MACHINE = (
    ("processor", "processor"),
    ("cores", "cores"),
    ("memory_GiB", "memory, GiB"),
    ("kernel", "kernel"),
    ("system", "system"),
    ("compiler", "compiler"),
    ("build_type", "build type"),
    ("caf", "CAF"),
    ("onetbb", "oneTBB"),
    ("jq", "jq"),
)


def question_of(folder, root=ROOT):
    """Returns the title and the question of a folder, from its README."""
    text = (root / "bench" / folder / "README.md").read_text()
    title = re.search(r"^# (.+)$", text, re.M)
    question = re.search(r"^\*\*Question\.\*\* (.+?)\n\n", text, re.M | re.S)
    return title.group(1) if title else folder, " ".join(question.group(1).split()) if question else ""


def machine_table(found):
    described = dict(found.machine)
    if described.get("virtual"):
        described["processor"] = f"{described.get('processor')}, in a virtual machine"
    rows = [[label, str(described[key])] for key, label in MACHINE if key in described]
    return tables.table(["machine", ""], rows) if rows else "The machine is not known."


def named(folders, found):
    """Returns the names of folders, or `all`."""
    return "all" if len(folders) == len(found.answers) else ", ".join(folders)


def doubts(found, turn):
    """Returns why these figures are not fit to be quoted: nothing when they are."""
    runs = {folder: run for folder, run in found.runs.items() if folder in found.answers}
    reasons = []
    if missing := [folder for folder in results.FOLDERS if folder not in found.answers]:
        reasons.append(f"not measured: {', '.join(missing)}")
    if unfound := [each.what for each in budgets.promises(turn) if each.find(found) is None]:
        reasons.append(f"no figure for: {'; '.join(unfound)}")
    if few := [folder for folder, answer in found.answers.items() if answer.rounds < ENOUGH_ROUNDS]:
        reasons.append(f"fewer than {ENOUGH_ROUNDS} rounds: {named(few, found)}")
    if small := [folder for folder, run in runs.items() if run["scale"] < FULL_SCALE]:
        reasons.append(f"less work than usual: {named(small, found)}")
    if unknown := [folder for folder in found.answers if folder not in runs]:
        reasons.append(f"not known when and how: {named(unknown, found)}")
    commits = sorted({run["commit"] for run in runs.values()})
    if len(commits) > 1:
        reasons.append(f"measured at different commits: {', '.join(commits)}")
    load = max((run["load_before"] for run in runs.values()), default=0)
    if load > found.machine.get("cores", 1) / 2:
        reasons.append(f"the machine was busy with something else: load {load:.1f} before it began")
    return reasons


def occasion(found):
    """Returns when, and at which commit, it was measured."""
    runs = [found.runs[folder] for folder in found.answers if folder in found.runs]
    if not runs:
        return "Not known when this was measured."
    days = sorted({run["at"][:10] for run in runs})
    commits = sorted({run["commit"] for run in runs})
    return f"Measured {' to '.join(dict.fromkeys((days[0], days[-1])))}, commit {', '.join(commits)}."


def warning(found, turn):
    if not (reasons := doubts(found, turn)):
        return []
    lines = "\n".join(f"> - {reason}" for reason in reasons)
    return [f"> **A sample only, to be measured again:**\n>\n{lines}"]


def document(found, turn):
    """Returns all tables, under a heading per question."""
    parts = ["# What the benchmarks found", occasion(found), *warning(found, turn), machine_table(found)]
    parts += ["## The promises", budgets.budget_table(found, turn)]
    for folder, answer in found.answers.items():
        title, question = question_of(folder)
        plural = "" if answer.rounds == 1 else "s"
        parts += [f"## {title}", *([question] if question else []), f"`bench/{folder}`, {answer.rounds} round{plural}."]
        parts.append(tables.answer_tables(answer))
    return "\n\n".join(part for part in parts if part) + "\n"


def charted(found):
    answer = found.answers.get("throughput")
    return [answer.contests[title] for title in CHARTED if title in answer.contests] if answer else []


def measured_part(found, turn):
    """Returns what stands between the markers of the page."""
    parts = [occasion(found), *warning(found, turn), budgets.budget_table(found, turn)]
    if charted(found):
        parts.append("![Throughput of Sluice and its rivals, 1, 3 and 8 hops](performance.svg)")
    races = [found.answers[folder] for folder in ("throughput", "fan") if folder in found.answers]
    if races:
        parts += ["Sluice over each rival, median and least–most of the rounds (above 1: Sluice is faster):"]
        parts.append(tables.rivals_table(races))
    parts.append(machine_table(found))
    return "\n\n".join(parts)


def replaced(page, part):
    """Returns the page with another measured part. Throws ValueError when it has not each marker once, in order."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"needs one line '{BEGIN}' and, below it, one line '{END}'")
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n\n{part}\n\n{END}{rest.split(END)[1]}"


def publish(found, turn, page):
    """Writes the measured part of the page, and the chart beside it. Throws ValueError."""
    text = replaced(page.read_text(), measured_part(found, turn))
    if contests := charted(found):
        (page.parent / "performance.svg").write_text(chart.draw(contests, found.answers["throughput"].rounds))
    page.write_text(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=pathlib.Path, required=True, help="the folder that bench/run wrote")
    parser.add_argument("--publish", type=pathlib.Path, metavar="PAGE", help="writes into it, and the chart beside it")
    parser.add_argument("--quiet", action="store_true", help="does not print the document")
    return parser.parse_args()


def main():
    given = arguments()
    try:
        found = results.load(given.results)
        turn = budgets.default_turn()
        if given.publish:
            publish(found, turn, given.publish)
        if not given.quiet:
            print(document(found, turn), end="")
    except results.wrong_result as wrong:
        sys.exit(f"figures: {wrong}")
    except ValueError as wrong:
        sys.exit(f"figures: '{given.publish}' {wrong}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Markdown tables of what was found."""


def number(value, digits=3):
    """Returns a number with so many significant digits, never with an exponent."""
    if value == 0:
        return "0"
    short = f"{value:.{digits}g}"
    if "e" not in short:
        return short
    return f"{value:.0f}" if abs(value) >= 1 else f"{value:.6f}".rstrip("0")


def rate(value):
    """Returns a number with exactly three significant digits, so that those of a column compare at a glance."""
    if value == 0 or not 0.001 <= abs(value) < 1000:
        return number(value)
    return f"{value:#.3g}".rstrip(".")


def extremes(spread, show):
    """Returns `least–most`."""
    return f"{show(spread.least)}–{show(spread.most)}"


def ratio(value):
    return f"{value:.2f}"


def table(headings, rows):
    """Returns a Markdown table; cells are text."""
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def contest_table(found):
    rows = [
        [name, rate(each.rate.median), extremes(each.rate, rate), ratio(each.ratio.median), extremes(each.ratio, ratio)]
        for name, each in found.standings.items()
    ]
    return table(["", found.unit, "least–most", found.ratio, "least–most"], rows)


def figures_table(found):
    rows = [
        [name, *(number(values[column], 4) if column in values else "" for column in found.columns)]
        for name, values in found.rows.items()
    ]
    return table(["", *found.columns], rows)


def rivals_table(answers):
    """Returns Sluice over each rival, one line per contest: medians with extremes."""
    contests = [one for answer in answers for one in answer.contests.values() if "Sluice" in one.standings]
    rivals = list(dict.fromkeys(name for one in contests for name in one.standings if name != "Sluice"))
    rows = []
    for one in contests:
        cells = [one.title, f"{rate(one.standings['Sluice'].rate.median)} {one.unit}"]
        for rival in rivals:
            found = one.standings.get(rival)
            cells.append(f"{ratio(found.ratio.median)} ({extremes(found.ratio, ratio)})" if found else "")
        rows.append(cells)
    return table(["", "Sluice", *rivals], rows)


def answer_tables(found):
    """Returns all tables of one folder, each under its title."""
    parts = [f"**{one.title}**\n\n{contest_table(one)}" for one in found.contests.values()]
    parts += [f"**{one.title}**\n\n{figures_table(one)}" for one in found.figures.values()]
    return "\n\n".join(parts)

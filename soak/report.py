"""Writes what a soak found: Markdown with one plot (SVG) per series."""

from xml.sax.saxutils import escape

# Series that a report for readers shows; the one for those who look for a cause has all.
PAGE = ["memory", "descriptors", "threads", "runs", "messages", "rows", "database"]

# Points of one plot: more would only make the file larger.
POINTS = 200

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 760, 180, 80, 150, 34

STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 13px; }
  .page { fill: #ffffff; } .grid { stroke: #d1d9e0; } .line { stroke: #1a7f64; stroke-width: 1.5; fill: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .page { fill: #0d1117; } .grid { stroke: #3d444d; } .line { stroke: #2ea583; }
  }
"""


def human(value):
    """Returns a number as people read it."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.3g}"


def counts(of):
    """Returns what {what: how often} says, in words."""
    return ", ".join(f"{what} {often}" for what, often in sorted(of.items())) or "nothing"


def plot(title, series):
    """Returns an SVG of one series, from zero."""
    most = max((value for _, value in series), default=0) or 1
    span = (series[-1][0] - series[0][0]) if len(series) > 1 else 1
    begin = series[0][0] if series else 0

    def place(at, value):
        x = LEFT + (WIDTH - LEFT - 20) * (at - begin) / (span or 1)
        y = BOTTOM - (BOTTOM - TOP) * value / (most * 1.1)
        return f"{x:.1f},{y:.1f}"

    thin = series[:: max(1, len(series) // POINTS)]
    marks = []
    for share in (0, 0.5, 1):
        y = BOTTOM - (BOTTOM - TOP) * share / 1.1
        marks.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}"/>'
                     f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{human(most * share)}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
            f"<style>{STYLE}</style>"
            f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>'
            f'<text class="title" x="{LEFT}" y="20">{escape(title)}</text>' + "".join(marks) +
            f'<polyline class="line" points="{" ".join(place(*each) for each in thin)}"/>'
            f'<text x="{LEFT}" y="{HEIGHT - 12}">0 s</text>'
            f'<text x="{WIDTH - 20}" y="{HEIGHT - 12}" text-anchor="end">{span:.0f} s</text></svg>\n')


def write(page, title, facts, verdicts, series, prefix=""):
    """Writes Markdown to `page` and, beside it, a plot for each of `series` ({name: (title, points)}), its name with `prefix` before
    it. Returns the text."""
    page.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"# {title}", ""]
    lines += [f"- {fact}" for fact in facts]
    lines += ["", "| gate | |", "|---|---|"]
    lines += [f"| {'pass' if passed else '**FAIL**'} | {text} |" for passed, text in verdicts]
    lines.append("")
    for name, (of, points) in series.items():
        if points:
            (page.parent / f"{prefix}{name}.svg").write_text(plot(of, points))
            lines += [f"![{of}]({prefix}{name}.svg)", ""]
    text = "\n".join(lines)
    page.write_text(text)
    return text

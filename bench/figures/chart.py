"""Draws throughput against rivals as SVG: one panel per number of hops, bars from zero, whiskers from least to most.

Linear scales: the length of a bar on a logarithmic one would mean nothing. Each panel has its own, as bars are compared
within a panel.
"""

import math
from xml.sax.saxutils import escape

import tables

WIDTH = 800
LABELS = 165  # where bars begin
BARS = 600  # where the longest ends
VALUES = 690  # right edges of the two columns of figures
RATIOS = 780
ROW = 24
BAR = 14
PANEL_HEAD = 46
PANEL_FOOT = 40
TOP = 58

# The chart brings its own background, so that a page of any colour may show it.
STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .panel { font-weight: 600; }
  .quiet { fill: #59636e; font-size: 12px; }
  .right { text-anchor: end; }
  .middle { text-anchor: middle; }
  .page { fill: #ffffff; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .own { fill: #1a7f64; }
  .rival { fill: #9aa5b1; }
  .whisker { stroke: #1f2328; stroke-width: 1.5; fill: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .page { fill: #0d1117; }
    .grid { stroke: #3d444d; }
    .own { fill: #2ea583; }
    .rival { fill: #656c76; }
    .whisker { stroke: #f0f6fc; }
  }
"""


def nice_step(most, ticks=5):
    """Returns the distance of about so many ticks: 1, 2 or 5 times a power of ten."""
    raw = most / ticks
    power = 10 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw)


class panel:
    """The bars of one contest, from `top` down."""

    def __init__(self, found, top):
        self._found = found
        self._top = top
        most = max(each.rate.most for each in found.standings.values())
        self._step = nice_step(most)
        self._ticks = math.ceil(most / self._step)
        self._bottom = top + PANEL_HEAD + ROW * len(found.standings)

    def end(self):
        return self._bottom + PANEL_FOOT

    def _x(self, value):
        return LABELS + (BARS - LABELS) * value / (self._step * self._ticks)

    def _axis(self):
        for tick in range(self._ticks + 1):
            x = self._x(tick * self._step)
            yield f'<path class="grid" d="M{x:.1f} {self._top + PANEL_HEAD - 4}V{self._bottom + 4}"/>'
            label = tables.number(tick * self._step)
            yield f'<text class="quiet middle" x="{x:.1f}" y="{self._bottom + 20}">{label}</text>'

    def _bar(self, number, name, each):
        middle = self._top + PANEL_HEAD + ROW * number + ROW / 2
        least, median, most = (self._x(value) for value in (each.rate.least, each.rate.median, each.rate.most))
        kind = "own" if name == "Sluice" else "rival"
        yield f'<text class="right" x="{LABELS - 10}" y="{middle + 4.5}">{escape(name)}</text>'
        yield (
            f'<rect class="{kind}" x="{LABELS}" y="{middle - BAR / 2}" '
            f'width="{median - LABELS:.1f}" height="{BAR}" rx="2">'
            f"<title>{escape(name)}: {tables.rate(each.rate.median)} {escape(self._found.unit)}, "
            f"{tables.extremes(each.rate, tables.rate)}</title></rect>"
        )
        caps = "".join(f"M{x:.1f} {middle - 4}v8" for x in (least, most))
        yield f'<path class="whisker" d="M{least:.1f} {middle}H{most:.1f}{caps}"/>'
        yield f'<text class="right" x="{VALUES}" y="{middle + 4.5}">{tables.rate(each.rate.median)}</text>'
        if name != "Sluice":
            yield f'<text class="right" x="{RATIOS}" y="{middle + 4.5}">{tables.rate(each.ratio.median)}×</text>'

    def lines(self):
        heading = self._top + PANEL_HEAD - 14
        yield f'<text class="panel" x="20" y="{heading}">{escape(self._found.title.split(",")[0])}</text>'
        yield f'<text class="quiet right" x="{VALUES}" y="{heading}">M messages/s</text>'
        yield f'<text class="quiet right" x="{RATIOS}" y="{heading}">Sluice / this</text>'
        yield from self._axis()
        for number, (name, each) in enumerate(self._found.standings.items()):
            yield from self._bar(number, name, each)


def description(contest):
    """Returns a panel in words."""
    medians = (f"{name} {tables.rate(each.rate.median)}" for name, each in contest.standings.items())
    return f"{contest.title}: {', '.join(medians)}"


def draw(contests, rounds):
    """Returns the chart as SVG text; `contests` must not be empty."""
    lines = ['<text class="title" x="20" y="32">Lossless throughput from end to end, messages of 64 bytes</text>']
    counted = f"{rounds} interleaved round{'' if rounds == 1 else 's'}"
    lines.append(
        '<text class="quiet" x="20" y="52">24-byte payloads, at most 1024 messages wait per hop; '
        f"bars: median of {counted}, whiskers: least and most</text>"
    )
    below = TOP
    for contest in contests:
        drawn = panel(contest, below)
        lines += drawn.lines()
        below = drawn.end()
    described = "; ".join(description(contest) for contest in contests)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH}" height="{below:.0f}" '
            f'viewBox="0 0 {WIDTH} {below:.0f}" aria-labelledby="title description">',
            '<title id="title">Throughput of Sluice and its rivals</title>',
            f'<desc id="description">Medians in million messages a second. {escape(described)}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{below:.0f}" rx="6"/>',
            *lines,
            "</svg>",
            "",
        ]
    )

"""Decides from series of samples whether a server may run for a year. Pure: no clock, no files.

A series is a list of (seconds, value), in order of time. Each gate returns (passed, sentence).
"""

import math
import statistics

# Samples that a quarter must have before anything is said about it: with fewer, a rate is chance.
QUARTER = 8


def after_warm_up(series, share=0.25):
    """Returns the part of a series that counts: caches, arenas and pools fill at first."""
    if not series:
        return []
    begin, end = series[0][0], series[-1][0]
    return [each for each in series if each[0] >= begin + share * (end - begin)]


def quarter(series, number):
    """Returns the samples of a quarter of the time, 1 to 4."""
    if not series:
        return []
    begin, end = series[0][0], series[-1][0]
    low = begin + (number - 1) * (end - begin) / 4
    high = begin + number * (end - begin) / 4
    return [each for each in series if low <= each[0] <= high]


def rise(series, number):
    """Returns by how much a counter has grown in a quarter, and in how many seconds; None: too few samples to tell."""
    within = quarter(series, number)
    if len(within) < QUARTER:
        return None
    return within[-1][1] - within[0][1], within[-1][0] - within[0][0]


def slope(series):
    """Returns the median of the slopes between pairs of points (Theil 1950, Sen 1968): a few outliers do not move it."""
    thin = series[:: max(1, len(series) // 300)]
    slopes = [
        (b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(thin) for b in thin[i + 1 :] if b[0] > a[0]
    ]
    return statistics.median(slopes) if slopes else 0.0


def trend(series):
    """Returns how sure it is that a series rises or falls, in standard deviations (Mann 1945, Kendall 1975)."""
    values = [value for _, value in series[:: max(1, len(series) // 300)]]
    n = len(values)
    if n < 8:
        return 0.0
    score = sum((b > a) - (b < a) for i, a in enumerate(values) for b in values[i + 1 :])
    ties = sum(count * (count - 1) * (2 * count + 5) for count in map(values.count, set(values)) if count > 1)
    variance = (n * (n - 1) * (2 * n + 5) - ties) / 18
    if variance <= 0:
        return 0.0
    return (score - math.copysign(1, score)) / math.sqrt(variance) if score else 0.0


def flat(name, series, share, least, show=lambda value: f"{value:.0f}"):
    """Fails when a series grows, by more than `share` of its median and more than `least` over the time looked at, and
    that is no chance. One that is nothing is not flat: it was not measured."""
    counted = after_warm_up(series)
    if len(counted) < 8:
        return False, f"{name}: {len(counted)} samples are too few to tell"
    grown = slope(counted) * (counted[-1][0] - counted[0][0])
    middle = statistics.median(value for _, value in counted)
    if middle <= 0:
        return False, f"{name}: {show(middle)} in the middle: it was not measured"
    sure = trend(counted)
    bad = grown > max(share * middle, least) and sure > 3
    return not bad, (
        f"{name}: {show(middle)} in the middle, {'+' if grown >= 0 else '−'}{show(abs(grown))} over "
        f"{counted[-1][0] - counted[0][0]:.0f} s (trend {sure:+.1f} σ); allowed "
        f"+{show(max(share * middle, least))}"
    )


def steady(name, counter, floor=0.8):
    """Fails when a counter grows slower in its last quarter than `floor` of what it did in its second."""
    quarters = rise(counter, 2), rise(counter, 4)
    if None in quarters:
        return False, f"{name}: {len(counter)} samples are too few to tell"
    second, last = (grown / seconds for grown, seconds in quarters)
    if second <= 0:
        return False, f"{name}: nothing happened in the second quarter"
    return last >= floor * second, (
        f"{name}: {last:.0f} a second in the last quarter, {second:.0f} in the second ({100 * last / second:.0f} %); "
        f"at least {100 * floor:.0f} %"
    )


def each_steady(name, wanted, counters, floor=0.8):
    """Fails when one of many counters is not steady, or when nothing was counted of one of `wanted`. `counters`: {(of what, which):
    counter}; a sum would hide that one of them stands still."""
    wrong = [f"{each}: nothing was counted" for each in wanted if not any(of == each for of, _ in counters)]
    for (of, which), counter in sorted(counters.items()):
        passed, text = steady(f"{of} {which}", counter, floor)
        if not passed:
            wrong.append(text)
    passed, text = none(f"{name} that are not steady, of {len(counters)}", wrong)
    return passed, f"{text}; at least {100 * floor:.0f} % of the second quarter's in the last"


def no_dearer(name, cost, per=None, least=0.0, ceiling=1.25, show=lambda value: f"{value:.3f} s"):
    """Fails when something costs more in the last quarter than `ceiling` of what it did in the second, and than that and `least`.
    `cost` and `per` are counters; without `per` it is what a second costs. A load that keeps its pace does not show it otherwise."""

    def price(number):
        grown = rise(cost, number)
        pieces = rise(per, number)[0] if per and grown else grown and grown[1]
        return grown[0] / pieces if grown and pieces else None

    second, last = price(2), price(4)
    if second is None or last is None:
        return False, f"{name}: {len(cost)} samples are too few to tell, or nothing happened"
    if second <= 0:
        return False, f"{name}: nothing in the second quarter: it was not measured"
    allowed = max(ceiling * second, second + least)
    return last <= allowed, (f"{name}: {show(last)} in the last quarter, {show(second)} in the second; at most {show(allowed)}")


def no_longer(name, series, ceiling=1.25):
    """Fails when the median of the last quarter is more than `ceiling` of that of the second."""
    second, last = ([value for _, value in quarter(series, number)] for number in (2, 4))
    if min(len(second), len(last)) < QUARTER:
        return False, f"{name}: {len(series)} samples are too few to tell"
    second, last = statistics.median(second), statistics.median(last)
    return 0 < last <= ceiling * second, (
        f"{name}: {last:.0f} in the last quarter, {second:.0f} in the second; at most {100 * ceiling:.0f} %")


def watched(name, looks, seconds, share):
    """Fails when there were fewer looks than `share` of the seconds: who has not looked has seen nothing."""
    return looks >= share * seconds, f"{name}: {looks} in {seconds:.0f} s; at least {100 * share:.0f} % of the seconds"


def retained(name, kept, window, least):
    """Fails when more is kept than retention predicts: at any time, what is over and still there must have ended within the last
    `window` seconds, but for `least`. `kept`: (seconds, how many that are over are there, how many had ended by then)."""
    if not kept or kept[-1][0] < kept[0][0] + 1.5 * window:
        return False, f"{name}: {window:.0f} s of retention cannot be judged within so short a time"
    worst, when = -math.inf, 0
    place = 0
    for at, there, ended in kept:
        while place + 1 < len(kept) and kept[place + 1][0] <= at - window:
            place += 1
        if kept[place][0] > at - window:
            continue
        if there - (ended - kept[place][2]) > worst:
            worst, when = there - (ended - kept[place][2]), at
    most = max(there for _, there, _ in kept)
    return worst <= least, (
        f"{name}: {most:.0f} at most; those that ended within {window:.0f} s and {worst:+.0f} at worst, after {when:.0f} s; "
        f"at most {least:+.0f}"
    )


def none(name, found, limit=5):
    """Fails when there is anything in a list."""
    if not found:
        return True, f"{name}: none"
    return False, f"{name}: {len(found)}: " + "; ".join(str(each)[:300] for each in found[:limit])

"""Decides from series of samples whether a server may run for a year. Pure: no clock, no files.

A series is a list of (seconds, value), in order of time. Each gate returns (passed, sentence).
"""

import math
import statistics


def after_warm_up(series, share=0.25):
    """Returns the part of a series that counts: caches, arenas and pools fill at first."""
    if not series:
        return []
    begin, end = series[0][0], series[-1][0]
    return [each for each in series if each[0] >= begin + share * (end - begin)]


def quarter(series, number):
    """Returns the values of a quarter of the time, 1 to 4."""
    begin, end = series[0][0], series[-1][0]
    low = begin + (number - 1) * (end - begin) / 4
    high = begin + number * (end - begin) / 4
    return [value for at, value in series if low <= at <= high]


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
    that is no chance."""
    counted = after_warm_up(series)
    if len(counted) < 8:
        return False, f"{name}: {len(counted)} samples are too few to tell"
    rise = slope(counted) * (counted[-1][0] - counted[0][0])
    middle = statistics.median(value for _, value in counted)
    sure = trend(counted)
    bad = rise > max(share * middle, least) and sure > 3
    return not bad, (
        f"{name}: {show(middle)} in the middle, {'+' if rise >= 0 else '−'}{show(abs(rise))} over "
        f"{counted[-1][0] - counted[0][0]:.0f} s (trend {sure:+.1f} σ); allowed "
        f"+{show(max(share * middle, least))}"
    )


def steady(name, counter, floor=0.8):
    """Fails when a counter grows slower in its last quarter than `floor` of what it did in its second."""

    def rate(number):
        begin, end = counter[0][0], counter[-1][0]
        low, high = begin + (number - 1) * (end - begin) / 4, begin + number * (end - begin) / 4
        within = [each for each in counter if low <= each[0] <= high]
        if len(within) < 2:
            return 0.0
        return (within[-1][1] - within[0][1]) / (within[-1][0] - within[0][0])

    second, last = rate(2), rate(4)
    if second <= 0:
        return False, f"{name}: nothing happened in the second quarter"
    return last >= floor * second, (
        f"{name}: {last:.0f} a second in the last quarter, {second:.0f} in the second ({100 * last / second:.0f} %); "
        f"at least {100 * floor:.0f} %"
    )


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

"""What Prometheus has to say of the load that prometheus_test.py makes: the largest value of each query is `least` or more, and none
is above `most` or below 0.

They are wide where the machine's pace decides, and exact where it does not. What an average or a share can never exceed is its `most`.
"""

# A rate of something that goes on, on a slow machine and on a fast one; the flood is told to make 2,000 a second.
MOVES = (0.1, 20_000)
# Seconds that something took: it took some, and a test that waits for more would fail by itself.
TAKES = (1e-7, 5)
NEVER = (0, 0)
# A share of time is never above 1. But a slow machine answers a scrape late, by half the second between two at worst: then more time
# has gone by than Prometheus knows of.
ALL_TIME = 1.5

# Of each panel, one pair for each of its queries.
PANELS = {
    "Ready": [(1, 1)],
    "Messages delivered": [MOVES],
    "Runs that ended": [MOVES],
    "Answers": [MOVES],
    "Flows by status": [(1, 2)],
    "Control latency": [TAKES, TAKES],
    "Rate": [(10, 4000)],
    "Fill": [(0.9, 1)],
    "Losses": [(100, 4000)],
    # The strait is narrow, and its edge lossless.
    "Blocked": [(0.5, ALL_TIME)],
    "Busy": [(1e-5, ALL_TIME)],
    "Errors": [(1, 100)],
    "Held": [(1, 10)],
    # One sleeps all the time.
    "Runs under way": [(1, 1000)],
    "Looks of the worker": [MOVES],
    "Attempts": [MOVES],
    "Leases": [(1, 1000), NEVER, NEVER],
    "Streams": [(1, 1), (1, 2)],
    "Requests and commits": [MOVES, MOVES],
    "Time of a commit": [TAKES],
    "Failures": [NEVER],
    "Memory": [(2e6, 2e9)],
    "Processor": [(1e-3, 256)],
    "Threads and descriptors": [(4, 500), (10, 1000)],
    "Connections": [(1, 50)],
}

RECORDED = {
    "sluice:edge_fill:ratio": (0.9, 1),
    "sluice:edge_losses:rate5m": (100, 4000),
    "sluice:edge_loss_share:ratio_rate5m": (0.5, 1),
    "sluice:node_busy:rate1m": (1e-5, ALL_TIME),
    "sluice:control_latency_seconds:p99_5m": TAKES,
    # One of three.
    "sluice:runs_failed:share15m": (0.2, 0.6),
    "sluice:store_commit_seconds:mean5m": TAKES,
    "sluice:http_errors:share5m": NEVER,
}

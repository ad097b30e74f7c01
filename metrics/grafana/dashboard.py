#!/usr/bin/env python3
"""Makes sluice.json, the Grafana dashboard, from the panels below.

    metrics/grafana/dashboard.py            writes sluice.json beside this file
    metrics/grafana/dashboard.py --check    fails when it is not what would be written
"""

import json
import pathlib
import sys

# Row: panels. A panel: title, what to see in it, unit, and its queries as (expression, legend).
ROWS = {
    "At a glance": [
        ("Ready", "1: the server takes requests and its store answers.", "none", [("sluice_ready{$on}", "{{instance}}")]),
        ("Messages delivered", "All edges together.", "ops",
         [("sum by (flow) (rate(sluice_edge_delivered_total{$on}[$__rate_interval]))", "{{flow}}")]),
        ("Runs that ended", "By how they ended.", "ops",
         [("sum by (outcome) (rate(sluice_run_ends_total{$on}[$__rate_interval]))", "{{outcome}}")]),
        ("Answers", "HTTP answers by class.", "reqps",
         [("sum by (class) (rate(sluice_http_answers_total{$on}[$__rate_interval]))", "{{class}}")]),
    ],
    "Flows": [
        ("Flows by status", "Those that have ended are shown until a hundred others have.", "none",
         [("sum by (status) (sluice_flow_status{$on, flow=~\"$flow\"})", "{{status}}")]),
        ("Control latency", "From sending a control message to its handler.", "s",
         [("histogram_quantile(0.5, sum by (le, flow) (rate(sluice_control_latency_seconds_bucket{$on, flow=~\"$flow\"}"
           "[$__rate_interval])))", "p50 {{flow}}"),
          ("histogram_quantile(0.99, sum by (le, flow) (rate(sluice_control_latency_seconds_bucket{$on, flow=~\"$flow\"}"
           "[$__rate_interval])))", "p99 {{flow}}")]),
    ],
    "Edges": [
        ("Rate", "Messages handed to each edge's consumer.", "ops",
         [("topk(20, rate(sluice_edge_delivered_total{$on, flow=~\"$flow\"}[$__rate_interval]))", "{{flow}} {{edge}}")]),
        ("Fill", "Depth by capacity. Near 1 for long: the consumer is the bottleneck.", "percentunit",
         [("topk(20, sluice_edge_depth{$on, flow=~\"$flow\"} / sluice_edge_capacity{$on, flow=~\"$flow\"})",
           "{{flow}} {{edge}}")]),
        ("Losses", "Messages that policies threw away, by edge.", "ops",
         [("topk(20, rate(sluice_edge_dropped_total{$on, flow=~\"$flow\"}[$__rate_interval])"
           " + rate(sluice_edge_evicted_total{$on, flow=~\"$flow\"}[$__rate_interval])"
           " + rate(sluice_edge_discarded_total{$on, flow=~\"$flow\"}[$__rate_interval]))", "{{flow}} {{edge}}")]),
        ("Blocked", "Share of time in which back pressure held the producer.", "percentunit",
         [("topk(20, rate(sluice_edge_blocked_seconds_total{$on, flow=~\"$flow\"}[$__rate_interval]))",
           "{{flow}} {{edge}}")]),
    ],
    "Nodes": [
        ("Busy", "Share of one core. The node nearest 1 is the bottleneck.", "percentunit",
         [("topk(20, rate(sluice_node_busy_seconds_total{$on, flow=~\"$flow\"}[$__rate_interval]))",
           "{{flow}} {{node}}")]),
        ("Errors", "Handlers that failed.", "ops",
         [("topk(20, rate(sluice_node_errors_total{$on, flow=~\"$flow\"}[$__rate_interval]))", "{{flow}} {{node}}")]),
        ("Held", "Messages inside nodes: batches, delays, windows.", "none",
         [("topk(20, sluice_node_held{$on, flow=~\"$flow\"})", "{{flow}} {{node}}")]),
    ],
    "Runs": [
        ("Runs under way", "In the store, by status, but for those that are over. `queued` that only grows: too few workers.", "none",
         [("max by (status) (sluice_runs{$on, status!~\"succeeded|failed|cancelled\"})", "{{status}}")]),
        ("Looks of the worker", "By outcome. `ticked` is work done.", "ops",
         [("sum by (outcome) (rate(sluice_worker_ticks_total{$on}[$__rate_interval]))", "{{outcome}}")]),
        ("Attempts", "At steps, by outcome.", "ops",
         [("sum by (outcome) (rate(sluice_run_attempts_total{$on}[$__rate_interval]))", "{{outcome}}")]),
    ],
    "Leases and streams": [
        ("Leases", "Held, and lost or reclaimed lately.", "none",
         [("sluice_leases_held{$on}", "held {{instance}}"),
          ("increase(sluice_leases_lost_total{$on}[5m])", "lost in 5 min {{instance}}"),
          ("increase(sluice_leases_reclaimed_total{$on}[5m])", "reclaimed in 5 min {{instance}}")]),
        ("Streams", "Open live streams, and who follows events.", "none",
         [("sluice_http_streams{$on}", "streams {{instance}}"),
          ("sluice_event_subscribers{$on}", "subscribers {{instance}}")]),
    ],
    "Store": [
        ("Requests and commits", "Requests by commits is how well they are grouped.", "ops",
         [("sum by (kind) (rate(sluice_store_requests_total{$on}[$__rate_interval]))", "{{kind}}"),
          ("rate(sluice_store_commits_total{$on}[$__rate_interval])", "commits {{instance}}")]),
        ("Time of a commit", "How slow the disk is.", "s",
         [("rate(sluice_store_commit_seconds_total{$on}[$__rate_interval])"
           " / (rate(sluice_store_commits_total{$on}[$__rate_interval]) > 0)", "{{instance}}")]),
        ("Failures", "By reason. `store` and `internal` deserve a look.", "ops",
         [("sum by (reason) (rate(sluice_store_failures_total{$on}[$__rate_interval]))", "{{reason}}")]),
    ],
    "Process": [
        ("Memory", "In RAM.", "bytes", [("process_resident_memory_bytes{$on}", "{{instance}}")]),
        ("Processor", "Cores in use.", "none", [("rate(process_cpu_seconds_total{$on}[$__rate_interval])", "{{instance}}")]),
        ("Threads and descriptors", "Growth without new flows or clients is a leak.", "none",
         [("process_threads{$on}", "threads {{instance}}"), ("process_open_fds{$on}", "descriptors {{instance}}")]),
        ("Connections", "Open HTTP connections.", "none", [("sluice_http_connections{$on}", "{{instance}}")]),
    ],
}

# Who is looked at: chosen at the top of the dashboard.
ON = 'job=~"$job", instance=~"$instance"'
SOURCE = {"type": "prometheus", "uid": "${source}"}


def variable(name, query, label):
    return {
        "name": name, "label": label, "type": "query", "datasource": SOURCE, "query": query, "definition": query,
        "refresh": 2, "multi": True, "includeAll": True, "allValue": ".*",
        "current": {"text": "All", "value": "$__all"}, "sort": 1,
    }


def panel(number, place, title, text, unit, queries):
    return {
        "id": number, "type": "timeseries", "title": title, "description": text, "datasource": SOURCE, "gridPos": place,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0, "custom": {"fillOpacity": 10, "showPoints": "never"}},
                        "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}},
        "targets": [
            {"refId": "ABCDEF"[i], "datasource": SOURCE, "expr": expression.replace("$on", ON), "legendFormat": legend}
            for i, (expression, legend) in enumerate(queries)
        ],
    }


def dashboard():
    panels = []
    y = 0
    for row, members in ROWS.items():
        panels.append({"id": len(panels) + 1, "type": "row", "title": row, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        y += 1
        width = 24 // len(members)
        for i, member in enumerate(members):
            panels.append(panel(len(panels) + 1, {"x": i * width, "y": y, "w": width, "h": 8}, *member))
        y += 8
    return {
        "uid": "sluice", "title": "Sluice", "tags": ["sluice"], "schemaVersion": 38, "version": 1, "editable": True,
        "timezone": "", "refresh": "10s", "time": {"from": "now-30m", "to": "now"},
        "templating": {"list": [
            {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {}},
            variable("job", "label_values(sluice_build_info, job)", "Job"),
            variable("instance", 'label_values(sluice_build_info{job=~"$job"}, instance)', "Instance"),
            variable("flow", 'label_values(sluice_flow_status{instance=~"$instance"}, flow)', "Flow"),
        ]},
        "annotations": {"list": []},
        "panels": panels,
    }


def main():
    file = pathlib.Path(__file__).with_name("sluice.json")
    text = json.dumps(dashboard(), indent=1) + "\n"
    if "--check" in sys.argv[1:]:
        if not file.exists() or file.read_text() != text:
            print(f"{file} is not what {pathlib.Path(__file__).name} makes: run it", file=sys.stderr)
            return 1
        return 0
    file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

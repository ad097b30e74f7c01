#!/usr/bin/env python3
"""Runs one example with the real binary and compares what it does with what other tools say.

    run_example.py --sluice build/release/sluice examples/04-filter-json.yaml
"""

import argparse
import pathlib
import sys
import tempfile
import traceback

import expectations
import flow_run


def header_trouble(file):
    """An example says in its first lines how to run it and what comes out."""
    header = [line for line in file.read_text().splitlines() if line.startswith("#")]
    wanted = [f"# Run:     sluice run examples/{file.name}", "# Expect:  "]
    return [f"the header lacks '{one}'" for one in wanted if not any(line.startswith(one) for line in header)]


def tool_trouble(sluice, file, folder):
    """The other commands understand the example too, without a finding."""
    found = []
    for arguments in [["validate", file], ["graph", file, "--format", "dot"], ["graph", file, "--format", "mermaid"]]:
        result = flow_run.run(sluice, arguments, expectations.environment(folder))
        if result.status != 0 or b"warning:" in result.err or b"error:" in result.err:
            found.append(f"sluice {' '.join(map(str, arguments))}\n{result}")
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sluice", required=True)
    arguments.add_argument("file", type=pathlib.Path)
    given = arguments.parse_args()
    file = given.file.resolve().relative_to(flow_run.ROOT)
    name = file.stem

    expect = expectations.EXPECTATIONS.get(name)
    if expect is None:
        print(f"{name}: tests/examples/expectations.py does not say what it does")
        return 1
    with tempfile.TemporaryDirectory(prefix="sluice-example-") as temporary:
        folder = pathlib.Path(temporary)
        found = header_trouble(flow_run.ROOT / file) + tool_trouble(given.sluice, file, folder)
        try:
            drive = expectations.DRIVERS.get(name)
            if drive:
                result = drive(given.sluice, file, folder)
            else:
                result = flow_run.run(given.sluice, ["run", file, "--summary", "json"], expectations.environment(folder))
        except AssertionError as failed:
            found.append(str(failed))
            result = None
        if result is not None:
            found += flow_run.trouble(result)
            try:
                if result.summary is not None:
                    expect(result, folder)
            except Exception as failed:  # whatever a wrong answer makes the comparison stumble over
                known = isinstance(failed, AssertionError)
                found.append(str(failed) if known else traceback.format_exc())
    for one in found:
        print(f"{name}: {one}")
    if found and result is not None:
        print(result)
    print(f"{name}: {'failed' if found else 'passed'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

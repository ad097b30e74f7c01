"""What the house rules share: planting violations to see that a check finds them, and the command line."""

import argparse
import pathlib
import tempfile

import source_tree


def self_test(violations, planted):
    """Returns one line for each planted file that `violations` judged wrongly.

    planted: {path: (content, expected)}; expected is part of the one finding for that path, or None for no finding.
    """
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for path, (content, _) in planted.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)
        found = violations(root)
    for path, (content, expected) in planted.items():
        mine = [one for one in found if one.startswith(f"{path}:")]
        if expected is None and mine:
            wrong.append(f"{path}: {content[:60]!r}: false alarm: {mine}")
        if expected is not None and not (len(mine) == 1 and expected in mine[0]):
            wrong.append(f"{path}: {content[:60]!r}: expected one finding with '{expected}', found {mine}")
    return wrong


def run(description, name, violations, planted, files):
    """Runs a check as a program: over the project, or over its planted files with --self-test. Returns its exit status."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--self-test", action="store_true")
    if arguments.parse_args().self_test:
        found = self_test(violations, planted)
        closing = f"{name}: {len(planted)} planted files judged, {len(found)} wrongly"
    else:
        found = violations(source_tree.ROOT)
        closing = f"{name}: {len(files(source_tree.ROOT))} files, {len(found)} violations"
    print("\n".join([*found, closing]))
    return 1 if found else 0

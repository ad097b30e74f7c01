#!/usr/bin/env python3
"""Compares the list of installed headers with what the documented ones include (cmake/package/public_headers.txt).

    public_headers.py            checks the project
    public_headers.py --self-test  plants mistakes in a temporary tree and checks that each is found
"""

import sys

import rule_checks
import source_tree

LIST = "cmake/package/public_headers.txt"
COMPONENTS = ["flow", "runs"]
# Those for users, and what these include.
DOCUMENTED = ["documented", "actors"]
REASONS = [*DOCUMENTED, "included"]
# No program outside this house needs these; they would bring along what `flow` promises not to.
PRIVATE = {
    "flow": ["actors", "persistence", "steps", "runtime/http", "runtime/wire", "runtime/server", "runtime/cli"],
    "runs": ["persistence/sqlite", "runtime/http", "runtime/wire", "runtime/server", "runtime/cli"],
}


def rows(root):
    """Yields (line number, component, reason, header) for each row of the list."""
    for number, line in enumerate((root / LIST).read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            yield number, *line.split()


def closure(root, documented):
    """Returns {header: who includes it, or None} for the headers and what they include."""
    found, waiting = {}, [(header, None) for header in documented]
    while waiting:
        header, includer = waiting.pop()
        if header in found or not (root / header).is_file():
            continue
        found[header] = includer
        waiting.extend((name, header) for _, mark, name in source_tree.includes(root / header) if mark == '"')
    return found


def is_private(component, header):
    return any(header.startswith(folder + "/") for folder in PRIVATE[component])


def violations(root):
    """Returns one line for each header that the list has wrong."""
    found, listed, before = [], {}, set()
    for number, component, reason, header in rows(root):
        if component not in COMPONENTS or reason not in REASONS:
            found.append(f"{LIST}:{number}: '{component} {reason}': write {' or '.join(COMPONENTS)}, then {' or '.join(REASONS)}")
        elif header in listed:
            found.append(f"{LIST}:{number}: {header} is here already: take one of the two out")
        elif not (root / header).is_file():
            found.append(f"{LIST}:{number}: there is no {header}")
        else:
            listed[header] = (component, reason)
    for component in COMPONENTS:
        documented = [header for header, (where, why) in listed.items() if where == component and why in DOCUMENTED]
        needed = {header: by for header, by in closure(root, documented).items() if header not in before}
        for header, by in sorted(needed.items()):
            if is_private(component, header):
                found.append(f"{header}:1: would be public through {by or 'the list'}: {component} shows nothing of this folder")
            elif listed.get(header, (None,))[0] != component:
                found.append(f"{header}:1: {by} includes it: write '{component} included   {header}' into {LIST}")
        for header, row in sorted(listed.items()):
            if row == (component, "included") and header not in needed:
                found.append(f"{header}:1: no documented header of {component} includes it: take it out of {LIST}")
        before |= needed.keys()
    return found


PLANTED = {
    LIST: (
        "# a comment\n\nflow documented model/a.hpp\nflow documented runtime/embed/d.hpp\n"
        "flow included   model/b.hpp\nflow included   model/stray.hpp\n"
        "flow actors     runtime/embed/g.hpp\nflow included   model/h.hpp\n"
        "runs documented runtime/embed/e.hpp\nruns included   model/f.hpp\nruns included   model/gone.hpp\n",
        "there is no model/gone.hpp",
    ),
    "model/a.hpp": ('#include "model/b.hpp"\n#include <vector>\n', None),
    "model/b.hpp": ("\n", None),
    "model/stray.hpp": ("\n", "no documented header of flow includes it"),
    "runtime/embed/d.hpp": ('#include "actors/flow/hidden.hpp"\n#include "model/missing.hpp"\n', None),
    "actors/flow/hidden.hpp": ("\n", "would be public through runtime/embed/d.hpp"),
    "model/missing.hpp": ("\n", "write 'flow included   model/missing.hpp'"),
    "runtime/embed/e.hpp": ('#include "model/a.hpp"\n#include "model/f.hpp"\n', None),
    "model/f.hpp": ("\n", None),
    "runtime/embed/g.hpp": ('#include "model/h.hpp"\n#include "model/unnamed.hpp"\n', None),
    "model/h.hpp": ("\n", None),
    "model/unnamed.hpp": ("\n", "runtime/embed/g.hpp includes it: write 'flow included   model/unnamed.hpp'"),
    "model/unlisted.hpp": ("\n", None),
}


def main():
    return rule_checks.run(__doc__, "public headers", violations, PLANTED, lambda root: list(rows(root)))


if __name__ == "__main__":
    sys.exit(main())

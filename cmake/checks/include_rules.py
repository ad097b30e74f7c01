#!/usr/bin/env python3
"""Enforces the arrows between the rooms of the house (docs/architecture.md) and where heavy headers may stand.

    include_rules.py            checks the project
    include_rules.py --self-test  plants violations in a temporary tree and checks that each is found
"""

import sys

import rule_checks
import source_tree

# Room: the rooms whose headers it may include, besides its own. The longest name that fits a path is its room.
ARROWS = {
    "model": [],
    "nodes": ["model"],
    "steps": ["model"],
    "metrics": ["model"],
    "persistence": ["model"],
    "actors/messaging": ["model"],
    "actors/flow": ["model", "nodes", "metrics", "actors/messaging"],
    "actors/store": ["model", "persistence", "metrics", "actors/messaging"],
    "actors/runs": ["model", "steps", "persistence", "metrics", "actors/messaging", "actors/store", "actors/flow"],
    "actors/rules": ["model", "persistence", "metrics", "actors/messaging", "actors/store"],
    "runtime/embed": ["actors", "model", "nodes", "metrics", "persistence", "steps"],
    "runtime/config": ["model"],
    "runtime/http": ["runtime/embed", "metrics", "model"],
    # How runs, flows and events look as JSON: written by the server, read by the client.
    "runtime/wire": ["runtime/embed", "model", "persistence"],
    "runtime/server": [
        "runtime/config",
        "runtime/embed",
        "runtime/http",
        "runtime/wire",
        "metrics",
        "model",
        "nodes",
        "persistence",
        "steps",
    ],
    "runtime/cli": ["runtime", "nodes", "metrics", "model", "persistence", "steps"],
    # main.cpp
    "runtime": ["runtime/cli", "steps"],
}
# These look at everything, and nothing else may look at them.
OBSERVERS = ["tests", "soak", "bench", "examples"]

SQLITE_ROOMS = ["persistence/sqlite", "tests", "bench"]
# The examples are hosts: programs with actors of their own.
CAF_ROOMS = ["actors", "runtime/embed", "tests/support", "examples/embed"]

# Only .cpp files may include these: each costs seconds in every file that sees it (STYLE, CAF-NOTES).
HEAVY = ["nlohmann/json.hpp", "CLI/", "spdlog/", "boost/", "caf/all.hpp", "yaml-cpp/", "re2/", "jq.h", "jv.h"]


def is_below(path, folder):
    return path == folder or path.startswith(folder + "/")


def room_of(path):
    """Returns the room a path belongs to, or None."""
    fitting = [room for room in [*ARROWS, *OBSERVERS] if is_below(path, room)]
    return max(fitting, key=len, default=None)


def arrow_violation(path, name):
    """Returns what is wrong with the file at path including the project's header called name, or None."""
    room, target = room_of(path), room_of(name)
    if target is None:
        return f'"{name}" is no header of a room: write the path from the project root'
    if room is None or room in OBSERVERS or room == target:
        return None
    if target in OBSERVERS:
        return f'{room} must not include "{name}": {target} is not part of the product'
    if any(is_below(target, allowed) for allowed in ARROWS[room]):
        return None
    return f'{room} must not include "{name}": it may include {", ".join(ARROWS[room]) or "nothing"} and itself'


def system_violation(path, name):
    """Returns what is wrong with the file at path including <name>, or None."""
    if name.startswith("caf/") and not any(is_below(path, room) for room in CAF_ROOMS):
        return f"<{name}>: CAF is seen only by {', '.join(CAF_ROOMS)}"
    if name.startswith(("SQLiteCpp/", "sqlite3.h")) and not any(is_below(path, room) for room in SQLITE_ROOMS):
        return f"<{name}>: SQLite is seen only by {', '.join(SQLITE_ROOMS)}"
    heavy = any(name == one or (one.endswith("/") and name.startswith(one)) for one in HEAVY)
    if heavy and path.endswith(".hpp") and not (is_below(path, "tests") and name.startswith("boost/")):
        return f"<{name}> is heavy: include it in the .cpp file and forward-declare here"
    return None


def violations(root):
    """Returns one line for each violation below root."""
    found = []
    for file in source_tree.files(root):
        path = file.relative_to(root).as_posix()
        if room_of(path) is None:
            found.append(f"{path}:1: is in no room: add its folder to ARROWS in cmake/checks/include_rules.py")
        for line, mark, name in source_tree.includes(file):
            # Both spellings of a project header and of a system header count.
            ours = mark == '"' or (root / name).is_file()
            trouble = system_violation(path, name) or (arrow_violation(path, name) if ours else None)
            if trouble:
                found.append(f"{path}:{line}: {trouble}")
    return found


PLANTED = {
    # file: (line to plant, part of the finding; None: allowed)
    "model/a.hpp": ('#include "nodes/b.hpp"', "model must not include"),
    "model/b.hpp": ('#include "model/a.hpp"', None),
    "model/c.cpp": ("#include <caf/actor.hpp>", "CAF is seen only by"),
    "persistence/sqlite/a.hpp": ("#include <SQLiteCpp/Database.h>", None),
    "persistence/store/a.cpp": ("#include <sqlite3.h>", "SQLite is seen only by"),
    "model/d.hpp": ("#include <nlohmann/json_fwd.hpp>", None),
    "model/e.hpp": ("  #  include <nlohmann/json.hpp>", "is heavy"),
    "model/f.hpp": ('#include "tests/support/a.hpp"', "not part of the product"),
    "model/g.hpp": ('#include "a.hpp"', "from the project root"),
    "model/h.hpp": ("#include <nodes/b.hpp>", "model must not include"),
    "nodes/a.cpp": ('#include "actors/messaging/a.hpp"', "nodes must not include"),
    "nodes/b.hpp": ("#include <jq.h>", "is heavy"),
    "nodes/c.cpp": ("#include <jq.h>", None),
    "metrics/a.hpp": ('#include "runtime/embed/a.hpp"', "metrics must not include"),
    "actors/messaging/a.hpp": ('#include "actors/flow/a.hpp"', "actors/messaging must not include"),
    "actors/flow/a.hpp": ('#include "actors/messaging/a.hpp"', None),
    "actors/flow/b.hpp": ("#include <caf/actor.hpp>", None),
    "actors/flow/c.hpp": ("#include <caf/all.hpp>", "is heavy"),
    "actors/flow/d.cpp": ('#include "runtime/embed/a.hpp"', "actors/flow must not include"),
    "runtime/config/a.hpp": ('#include "runtime/embed/a.hpp"', "runtime/config must not include"),
    "runtime/embed/a.hpp": ('#include "actors/flow/a.hpp"', None),
    "runtime/http/a.hpp": ('#include "actors/flow/a.hpp"', "runtime/http must not include"),
    "runtime/http/b.hpp": ("#include <boost/asio.hpp>", "is heavy"),
    "runtime/http/c.cpp": ("#include <caf/actor.hpp>", "CAF is seen only by"),
    "runtime/cli/a.cpp": ('#include "runtime/http/a.hpp"', None),
    "runtime/cli/b.cpp": ('#include "actors/flow/a.hpp"', "runtime/cli must not include"),
    "tests/support/a.hpp": ("#include <boost/test/unit_test.hpp>", None),
    "tests/actors/a.cpp": ('#include "actors/flow/a.hpp"', None),
    "tests/model/a.cpp": ("#include <caf/actor.hpp>", "CAF is seen only by"),
    "examples/embed/a.cpp": ("#include <caf/actor.hpp>", None),
    "examples/cpp/a.cpp": ("#include <caf/actor.hpp>", "CAF is seen only by"),
    "attic/a.cpp": ("#include <vector>", "is in no room"),
}


def main():
    planted = {path: (f"// planted\n{line}\n", expected) for path, (line, expected) in PLANTED.items()}
    return rule_checks.run(__doc__, "include rules", violations, planted, source_tree.files)


if __name__ == "__main__":
    sys.exit(main())

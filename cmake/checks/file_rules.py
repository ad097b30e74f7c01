#!/usr/bin/env python3
"""Checks what every file of the project owes the reader: no file over 400 lines, no path of one machine, no sleeping, no
program that cannot be started, and no type of another header's name (the linker would take one's functions for the other's, and say
nothing).

    file_rules.py              checks the project
    file_rules.py --self-test  plants violations in a temporary tree and checks that each is found
"""

import pathlib
import re
import sys

import rule_checks
import source_tree

LONGEST = 400
CODE = (".hpp", ".cpp")
TEXT = (*CODE, ".txt", ".cmake", ".json", ".yaml", ".yml", ".md", ".py", ".sh")
# A home directory or a checkout of one person. Spelled so that this file does not find itself.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:" + "|".join(["home/[a-z]", "ro" + "ot/", "Us" + "ers/", "wo" + "rk/"]) + ")")
# Time comes in as a parameter (STYLE 6). A test that needs to wait waits for something, with a bound.
SLEEP = re.compile(r"\b(sleep_for|sleep_until|usleep|nanosleep)\s*\(")
# A class or an enumeration that stands in a namespace itself.
TYPE = re.compile(r"^(?:class|struct|enum class) (?:\[\[\w+\]\] )?(\w+)(?: final)?(?: : [^;{]*)?\s*\{", re.M)
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.M)


def text_files(root):
    named = [root / "Makefile", root / ".ci" / "run"]
    return source_tree.files(root, TEXT) + [one for one in named if one.is_file()]


def types_of(text):
    """Returns the types that a header defines, each with its namespaces, as far as they are not in a class."""
    spaces = list(NAMESPACE.finditer(text))
    for one in TYPE.finditer(text):
        around = [space.group(1) for space in spaces if space.start() < one.start()]
        closed = text.count("\n} // namespace ", 0, one.start())
        yield "::".join([*around[: len(around) - closed], one.group(1)])


def twins(root):
    """Returns one line for each type whose name an earlier header has given away. Those of bench/ replace others."""
    found, seen = [], {}
    for file in source_tree.files(root, (".hpp",)):
        path = file.relative_to(root).as_posix()
        if path.startswith("bench/"):
            continue
        for name in types_of(file.read_text(errors="replace")):
            if seen.setdefault(name, path) != path:
                found.append(f"{path}: {name} is also in {seen[name]}: give one of them another name")
    return found


def violations(root):
    """Returns one line for each violation below root."""
    found = twins(root)
    for file in text_files(root):
        path = file.relative_to(root).as_posix()
        lines = file.read_text(errors="replace").splitlines()
        if file.suffix in CODE and len(lines) > LONGEST:
            found.append(f"{path}:{len(lines)}: over {LONGEST} lines: which concept in it has no name yet?")
        if lines and lines[0].startswith("#!"):
            if not lines[0].startswith("#!/usr/bin/env "):
                found.append(f"{path}:1: {lines[0]} starts nothing: write #!/usr/bin/env and the interpreter")
            elif not file.stat().st_mode & 0o100:
                found.append(f"{path}:1: is a program and not executable: chmod +x")
        for number, line in enumerate(lines, 1):
            if MACHINE_PATH.search(line):
                found.append(f"{path}:{number}: names a path of one machine: {line.strip()[:80]}")
            # A benchmark may keep a pace: it is about time.
            if file.suffix in CODE and not path.startswith("bench/") and SLEEP.search(line):
                found.append(f"{path}:{number}: sleeps: wait for an event with a bound, or inject the time")
    return found


PLANTED = {
    "model/long.cpp": ("// line\n" * (LONGEST + 1), "over 400 lines"),
    "model/fits.cpp": ("// line\n" * LONGEST, None),
    "docs/long.md": ("line\n" * (LONGEST + 1), None),
    "docs/path.md": ("see /ho" + "me/ann/sluice\n", "path of one machine"),
    "docs/address.md": ("see example.org/ho" + "me/ann and ./ho" + "me/x\n", None),
    "examples/path.yaml": ("path: /wo" + "rk/data\n", "path of one machine"),
    "tests/sleep.cpp": ("std::this_thread::sleep_fo" + "r(delay);\n", "sleeps"),
    "model/connection.hpp": ("namespace sluice {\nclass connection {\n};\n} // namespace sluice\n", None),
    "runtime/connection.hpp": ("namespace sluice {\n\nclass connection final {\n};\n", "also in model/connection.hpp"),
    "steps/connection.hpp": ("namespace sluice {\nnamespace detail {\nclass connection {\n};\n", None),
    "tests/connection.hpp": ("namespace sluice {\nclass scene {\n  class connection {\n  };\n};\n", None),
    "tests/program.py": ("#!/usr/bin/env python3\n", "not executable"),
    "tests/module.py": ("import sys\n#!/usr/bin/env python3\n", None),
    "tests/torn.py": ("#!/ usr / bin / env python3\n", "starts nothing"),
    "bench/sleep.cpp": ("std::this_thread::sleep_fo" + "r(delay);\n", None),
    "build-x/sleep.cpp": ("std::this_thread::sleep_fo" + "r(delay);\n", None),
}


def main():
    return rule_checks.run(__doc__, "file rules", violations, PLANTED, text_files)


if __name__ == "__main__":
    sys.exit(main())

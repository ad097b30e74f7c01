"""Compiles headers alone: each twice in a unit that has nothing else. Through ccache, where it is: what has not changed since it was
last fine, in whatever clone, takes some milliseconds."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess

import source_tree

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
# Seconds for one header.
PATIENCE = 120


class unit_folder:
    """Where the units stand: ccache knows a file again by its name, too."""

    def __init__(self, place, compiler, flags=()):
        self._place = pathlib.Path(place).resolve()
        self._place.mkdir(parents=True, exist_ok=True)
        ccache = shutil.which("ccache")
        # To assembler, because ccache does not remember what only the syntax was looked at of. It costs the same: what nobody
        # calls makes no code.
        self._command = [*([ccache] if ccache else []), compiler, "-std=c++20", "-O0", "-S", *WARNINGS, *flags]
        self._environment = {**os.environ, **source_tree.CCACHE, "CCACHE_DEPEND": "1"}

    def trouble_of(self, below, name):
        """Returns what the compiler says of the header `name` below the folder `below`, or nothing."""
        stem = self._place / name.replace("/", "__")
        unit, made = f"{stem}.cpp", f"{stem}.s"
        pathlib.Path(unit).write_text(f"#include <{name}>\n#include <{name}>\n")
        # Not as a system header: those may do what they like. -MD, because ccache looks again at what it names: system headers, too.
        # From the root, so that whoever asks asks the same.
        command = [*self._command, f"-I{below}", "-MD", "-MF", f"{stem}.d", "-o", made, unit]
        result = subprocess.run(command, cwd=source_tree.ROOT, env=self._environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        return "" if result.returncode == 0 else f"{name} does not compile alone:\n{result.stderr}"

    def troubles_of(self, below, names, jobs):
        """Returns what is wrong with any of the headers, compiling `jobs` at once."""
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            return [said for said in pool.map(lambda one: self.trouble_of(below, one), names) if said]

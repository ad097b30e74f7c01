"""What the tests of the installed package share: where things are, and how programs are run."""

import argparse
import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "cmake" / "checks"))

import source_tree  # noqa: E402

# Every wait ends here; CTest's own limit is longer.
PATIENCE = 280


class places:
    """Filled by `main`."""

    build = prefix = scratch = None
    version = compiler = compare_with = None


class package_case(unittest.TestCase):
    """Runs programs with the installed libraries within reach."""

    maxDiff = None

    def run_program(self, *command, status=0, **options):
        """Returns what `command` prints on both streams; fails when it ends with another status."""
        environment = {**os.environ, "LC_ALL": "C.UTF-8", **source_tree.CCACHE, **options.pop("environment", {})}
        result = subprocess.run([str(one) for one in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, env=environment, check=False, **options)
        if result.returncode != status:
            self.fail(f"{' '.join(map(str, command))}\nended with {result.returncode}, not {status}:\n{result.stdout[-6000:]}")
        return result.stdout

    def library(self, name):
        """Returns the installed file of that name in whatever the library folder is called."""
        found = sorted(places.prefix.glob(f"lib*/**/{name}"))
        self.assertEqual(len(found), 1, f"{name} below {places.prefix}: {found}")
        return found[0]

    def needed(self, file):
        """Returns the names of the shared libraries that a file asks for itself."""
        entries = self.run_program("readelf", "--dynamic", "--wide", file).splitlines()
        return [line.split("[")[1].rstrip("]") for line in entries if "(NEEDED)" in line]


def public_rows():
    """Returns (component, reason, header) for each row of the list of public headers."""
    import public_headers

    return [tuple(row[1:]) for row in public_headers.rows(ROOT)]


def main(description):
    """Runs the cases of the calling module; returns the exit status."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--build", type=pathlib.Path, required=True)
    arguments.add_argument("--version", required=True)
    arguments.add_argument("--compiler", required=True)
    arguments.add_argument("--with", dest="compare_with", help="another compiler, for tests that ask for one")
    arguments.add_argument("-k", default="", metavar="PART")
    given = arguments.parse_args()
    places.build = given.build.resolve()
    places.scratch = places.build / "package_test"
    places.prefix = places.scratch / "prefix"
    places.version, places.compiler, places.compare_with = given.version, given.compiler, given.compare_with

    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{given.k}*"]
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(loader.loadTestsFromModule(sys.modules["__main__"]))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0

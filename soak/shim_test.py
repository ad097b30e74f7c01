#!/usr/bin/env python3
"""Tests of the library between a program and libc: what it troubles, when, and what it leaves alone. The program is Python.

    shim_test.py --shim build/release/soak/libtroubled_system.so
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from trouble import trouble

SHIM = ""
# Asked line by line: each line is an expression, and the answer its value or the error's name.
PROGRAM = """
import errno, os, sys, time
held = {}
for line in sys.stdin:
    try:
        print(eval(line), flush=True)
    except OSError as failed:
        print(errno.errorcode[failed.errno], flush=True)
"""


class shim_test(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="sluice-shim-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.troubled = self.folder / "data"
        self.troubled.mkdir()
        self.beside = self.folder / "database"
        self.beside.mkdir()
        self.trouble = trouble(SHIM, self.folder / "control", self.troubled)
        self.program = subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **self.trouble.environment})
        self.addCleanup(self.end)

    def end(self):
        self.program.stdin.close()
        self.program.stdout.close()
        self.program.wait(60)

    def ask(self, expression):
        self.program.stdin.write(expression + "\n")
        self.program.stdin.flush()
        return self.program.stdout.readline().strip()

    def open(self, folder, name="file"):
        return int(self.ask(f"os.open({str(folder / name)!r}, os.O_RDWR | os.O_CREAT)"))

    def test_a_full_disk_takes_nothing_that_would_make_a_file_longer(self):
        file = self.open(self.troubled)
        self.assertEqual(self.ask(f"os.write({file}, b'1234')"), "4")
        self.trouble.order(disk_full=1)
        self.assertEqual(self.ask(f"os.write({file}, b'5')"), "ENOSPC")
        self.assertEqual(self.ask(f"os.writev({file}, [b'5', b'6'])"), "ENOSPC")
        self.assertEqual(self.ask(f"os.pwrite({file}, b'45', 3)"), "ENOSPC")
        self.assertEqual(self.ask(f"os.posix_fallocate({file}, 0, 5)"), "ENOSPC")
        self.assertEqual(self.ask(f"os.pwrite({file}, b'abcd', 0)"), "4")
        self.trouble.end()
        self.assertEqual(self.ask(f"os.write({file}, b'5')"), "1")
        self.assertEqual((self.troubled / "file").read_text(), "abcd5")

    def test_what_is_appended_makes_a_file_longer(self):
        (self.troubled / "log").write_text("1234")
        file = int(self.ask(f"os.open({str(self.troubled / 'log')!r}, os.O_WRONLY | os.O_APPEND)"))
        self.trouble.order(disk_full=1)
        self.assertEqual(self.ask(f"os.write({file}, b'5')"), "ENOSPC")

    def test_other_folders_and_pipes_are_left_alone(self):
        self.trouble.order(disk_full=1, write_delay=10_000_000, sync_delay=10_000_000)
        begin = time.monotonic()
        file = self.open(self.beside)
        self.assertEqual(self.ask(f"os.write({file}, b'1234')"), "4")
        self.assertEqual(self.ask(f"os.fsync({file})"), "None")
        self.assertLess(time.monotonic() - begin, 9)

    def test_a_slow_disk_takes_its_time(self):
        file = self.open(self.troubled)
        for order, call in [("write_delay", "os.write({}, b'x')"), ("write_delay", "os.pwrite({}, b'x', 0)"),
                            ("sync_delay", "os.fsync({})"), ("sync_delay", "os.fdatasync({})")]:
            with self.subTest(call):
                self.trouble.order(**{order: 300_000})
                begin = time.monotonic()
                self.ask(call.format(file))
                self.assertGreaterEqual(time.monotonic() - begin, 0.3)
                self.trouble.end()

    def test_the_wall_clock_is_set_forth_and_back_and_the_other_goes_on(self):
        for ahead in (3600, -3600, 0):
            self.trouble.order(clock_ahead=ahead * 10**9)
            self.assertAlmostEqual(float(self.ask("time.time()")), time.time() + ahead, delta=30)
            self.assertAlmostEqual(float(self.ask("time.monotonic()")), time.monotonic(), delta=30)

    def test_a_fraction_of_a_second_back_is_no_negative_time(self):
        self.trouble.order(clock_ahead=-999_999_999)
        for _ in range(100):
            self.assertAlmostEqual(float(self.ask("time.time()")), time.time() - 1, delta=30)

    def test_without_orders_nothing_happens(self):
        self.end()
        environment = {**os.environ, "LD_PRELOAD": self.trouble.environment["LD_PRELOAD"]}
        done = subprocess.run([sys.executable, "-c", "import time; print(time.time())"], env=environment, capture_output=True,
                              text=True, check=True, timeout=60)
        self.assertAlmostEqual(float(done.stdout), time.time(), delta=30)


def main():
    global SHIM
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shim", required=True)
    given, rest = parser.parse_known_args()
    SHIM = given.shim
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()

"""What the machine is that the benchmarks ran on, and the file that says so: results/machine.json."""

import json
import os
import pathlib
import platform
import re
import subprocess


def output_of(command, **options):
    """Returns what a program prints, or nothing when it cannot be run or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def field_in(path, pattern):
    """Returns the first group of the first match in a file; `unknown` without one."""
    try:
        found = re.search(pattern, pathlib.Path(path).read_text(errors="replace"), re.M)
    except OSError:
        found = None
    return found.group(1) if found else "unknown"


def commit(root):
    """Returns the commit of a checkout; `-dirty` when a file that git knows was changed since."""
    return output_of(["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude", "*"]) or "unknown"


def macro_in(compiler, header, name):
    """Returns the value of a macro of a system header; `unknown` without the header."""
    text = output_of([compiler, "-E", "-dM", "-x", "c++", "-"], input=f"#include <{header}>\n")
    found = re.search(rf"^#define {name} (.*)$", text, re.M)
    return found.group(1).strip() if found else "unknown"


def caf_version(number):
    """Returns 0.17.6 for 1706."""
    if not number.isdigit():
        return number
    value = int(number)
    return f"{value // 10000}.{value // 100 % 100}.{value % 100}"


def tbb_version(compiler):
    parts = [macro_in(compiler, "oneapi/tbb/version.h", f"TBB_VERSION_{part}") for part in ("MAJOR", "MINOR")]
    return "unknown" if "unknown" in parts else ".".join(parts)


def describe(build):
    """Returns the machine and the tools, `build` being the folder with CMakeCache.txt: {name: text or number}."""
    cache = build / "CMakeCache.txt"
    compiler = field_in(cache, r"^CMAKE_CXX_COMPILER:\w+=(.*)$")
    build_type = field_in(cache, r"^CMAKE_BUILD_TYPE:\w+=(.*)$")
    flags = field_in(cache, rf"^CMAKE_CXX_FLAGS_{build_type.upper()}:\w+=(.*)$")
    memory = field_in("/proc/meminfo", r"^MemTotal:\s+(\d+) kB")
    return {
        "processor": field_in("/proc/cpuinfo", r"^model name\s*:\s*(.*)$"),
        "cores": len(os.sched_getaffinity(0)),
        "virtual": field_in("/proc/cpuinfo", r"^flags.*\b(hypervisor)\b") == "hypervisor",
        "memory_GiB": round(int(memory) / 2**20, 1) if memory.isdigit() else "unknown",
        "kernel": platform.release(),
        "system": field_in("/etc/os-release", r'^PRETTY_NAME="?([^"\n]*)'),
        "compiler": (output_of([compiler, "--version"]).splitlines() or ["unknown"])[0],
        "build_type": f"{build_type} ({flags})",
        "caf": caf_version(macro_in(compiler, "caf/config.hpp", "CAF_VERSION")),
        "onetbb": tbb_version(compiler),
        "jq": output_of(["jq", "--version"]) or "unknown",
    }


def read(path):
    """Returns what `write` wrote, or the same shape with nothing in it."""
    found = json.loads(path.read_text()) if path.is_file() else {}
    return {"machine": found.get("machine", {}), "runs": found.get("runs", {})}


def write(path, found):
    path.write_text(json.dumps(found, indent=2) + "\n")

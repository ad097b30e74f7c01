"""The project's own C++ files, what they include, and a memory of which of them were fine as they are."""

import hashlib
import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
# So that every clone shares what ccache remembers: as cmake/SluiceTargets.cmake has it.
CCACHE = {"CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1", "CCACHE_SLOPPINESS": "locale"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]')


def is_ours(path, root):
    """False for build trees and hidden folders."""
    return not any(part.startswith(("build", ".")) for part in path.relative_to(root).parts[:-1])


def files(root=ROOT, suffixes=(".hpp", ".cpp")):
    """Returns the source files below root, sorted."""
    return sorted(path for suffix in suffixes for path in root.rglob(f"*{suffix}") if is_ours(path, root))


def includes(path):
    """Yields (line number, '<' or '"', name) for each include directive of a file."""
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1), found.group(2)


class closure_digest:
    """Digests a file together with every file of the project that it includes, directly or not."""

    def __init__(self, root=ROOT):
        self._root = root
        self._read = {}

    def _content(self, path):
        if path not in self._read:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            inner = [self._root / name for _, mark, name in includes(path) if mark == '"']
            self._read[path] = (digest, [one for one in inner if one.is_file()])
        return self._read[path]

    def of(self, path, salt):
        """Returns a digest of the closure and of salt (the command that will look at it)."""
        seen, waiting = set(), [path]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(self._content(one)[1])
        total = hashlib.sha256(salt.encode())
        for one in sorted(seen):
            total.update(f"{one.relative_to(self._root)} {self._content(one)[0]}\n".encode())
        return total.hexdigest()


class memory:
    """Remembers in a JSON file which digests passed, so that a second run looks only at what changed."""

    def __init__(self, path):
        self._path = pathlib.Path(path)
        try:
            self._passed = set(json.loads(self._path.read_text()))
        except (OSError, ValueError):
            self._passed = set()
        self._seen = set()

    def knows(self, digest):
        self._seen.add(digest)
        return digest in self._passed

    def add(self, digest):
        self._passed.add(digest)

    def save(self):
        """Keeps what this run asked about; everything else is of files that are gone or were changed."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(sorted(self._passed & self._seen)))


def version_of(tool):
    """Returns what the tool says about its own version: part of every salt."""
    return subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout

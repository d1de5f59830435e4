#!/usr/bin/env python3
"""Rules of the house that a compiler does not check.

    lint.py RULE     arrows | headers | sizes | format | folders | listed | todos

Prints one line for each breach, exits 1 if there is one, 77 if the rule cannot be checked here.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = ("compose", "sync", "remote", "cli", "tests")
TOP_LEVEL = {"CMakeLists.txt", "cli", "compose", "sync", "remote", "tests", "examples", "README.md",
             "CMakePresets.json", "LICENSE"}

# What a folder may include beside itself; what those may include is allowed too.
ARROWS = {
    "compose/base": [],
    "compose/model": ["compose/base"],
    "compose/load": ["compose/model"],
    "compose/graph": ["compose/model"],
    "compose/plan": ["compose/graph"],
    "compose/run": ["compose/plan"],
    "sync/core": ["compose/base"],
    "sync/wire": ["sync/core"],
    "sync/watch": ["sync/core"],
    "sync/disk": ["sync/core"],
    "sync/session": ["sync/wire", "sync/watch", "sync/disk"],
    "remote/http": ["compose/base"],
    "remote/host": ["remote/http"],
    "remote/tunnel": ["compose/base"],
    "remote/fetch": ["compose/model"],
    "remote/docker": ["remote/http", "remote/host", "compose/plan"],
    "remote/kube": ["remote/http", "remote/host", "compose/plan"],
    "remote/standin": ["remote/tunnel", "remote/docker"],
    "remote/agent": ["sync/session", "remote/tunnel", "remote/standin"],
}
EVERYTHING = ("cli", "tests")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
THIRD_PARTY = re.compile(r"^(boost|fmt|spdlog|nlohmann|yaml-cpp|CLI|curl|catch2|zlib)")


def sources(*suffixes):
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes:
                yield path


def name(path):
    return path.relative_to(ROOT).as_posix()


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def reachable(folder):
    seen, todo = set(), [folder]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += ARROWS.get(at, [])
    return seen


def folder_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] in ("compose", "sync", "remote") else parts[0]


def arrows():
    for path in sources(".hpp", ".cpp"):
        here = folder_of(name(path))
        if here in EVERYTHING:
            continue
        if here not in ARROWS:
            yield f"{name(path)}: folder '{here}' is not in the table of arrows"
            continue
        text = path.read_text()
        for match in INCLUDE.finditer(text):
            there = folder_of(match[2])
            if match[1] == '"' and there not in reachable(here):
                yield f"{name(path)}:{line_of(text, match.start())}: '{here}' may not include '{match[2]}'"


def headers():
    for path in sources(".hpp"):
        text = path.read_text()
        if "#pragma once" not in text:
            yield f"{name(path)}: no '#pragma once'"
        for match in INCLUDE.finditer(text):
            if match[2] != "nlohmann/json_fwd.hpp" and THIRD_PARTY.match(match[2]):
                yield f"{name(path)}:{line_of(text, match.start())}: third-party header '{match[2]}' belongs in a .cpp file"


def sizes():
    for path in sources(".hpp", ".cpp", ".py", ".sh"):
        lines = len(path.read_text().splitlines())
        if lines > 600:
            yield f"{name(path)}: {lines} lines; split it below 600"


def formatting():
    tool = shutil.which("clang-format-14")
    if not tool:
        print("clang-format-14 is not installed; 'tests/testbed/packages.sh install test' brings it")
        sys.exit(77)
    files = [str(path) for path in sources(".hpp", ".cpp")]
    done = subprocess.run([tool, "--dry-run", "--Werror", *files], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        for breach in sorted({line.split(":")[0] for line in done.stderr.splitlines() if ": error: " in line}):
            yield breach.removeprefix(f"{ROOT}/") + ": not as clang-format would have it"


def folders():
    tracked = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files"], capture_output=True, text=True)
    if tracked.returncode:
        sys.exit(77)
    for top in sorted({line.split("/")[0] for line in tracked.stdout.splitlines()}):
        if not top.startswith(".") and top not in TOP_LEVEL:
            yield f"{top}: not one of the top-level names"


def listed():
    for path in sources(".cpp"):
        if "fuzz" in path.parts:
            continue
        at = path.parent
        while at != ROOT:
            lists = at / "CMakeLists.txt"
            if lists.exists() and re.search(rf"(^|[\s(/]){re.escape(path.relative_to(at).as_posix())}($|[\s)])", lists.read_text()):
                break
            at = at.parent
        else:
            yield f"{name(path)}: in no CMakeLists.txt above it"


def todos():
    for path in sources(".hpp", ".cpp", ".py", ".sh"):
        if path == pathlib.Path(__file__).resolve():
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(r"\b(TODO(?!\([a-z]+\): )|FIXME|XXX)\b", line):
                yield f"{name(path)}:{number}: a TODO has a type: 'TODO(perf): ...'"


RULES = {"arrows": arrows, "headers": headers, "sizes": sizes, "format": formatting, "folders": folders, "listed": listed,
         "todos": todos}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in RULES:
        sys.exit(__doc__)
    breaches = list(RULES[sys.argv[1]]())
    print(*breaches, sep="\n")
    sys.exit(bool(breaches))

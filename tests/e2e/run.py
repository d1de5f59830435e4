#!/usr/bin/env python3
"""Runs the scenarios of test_*.py against the installed program and the engine that DOCKER_HOST names.

    run.py --hoist PATH --engine docker20|docker28|podman [--short] [--only WORD] [--sums FILE] [--keep DIRECTORY]

A scenario passes, fails, or is not for this engine (harness.NotForThisEngine), which counts as neither; there is no
other way to skip one.

A scenario is a function `test_<name>(world)`; its docstring says what it shows. Those marked @thorough are left out
of the short pass. What explains a failure is kept below build/e2e/<engine>/<scenario>.
"""
import argparse
import importlib
import pathlib
import signal
import sys
import tempfile
import time
import traceback

import harness

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hoist", required=True, type=lambda text: str(pathlib.Path(text).resolve()))
    parser.add_argument("--engine", required=True, choices=["docker20", "docker28", "podman"])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--sums")
    parser.add_argument("--keep", default=str(harness.ROOT / "build" / "e2e"))
    parser.add_argument("--peer-config", default="/var/cache/hoist-testbed/peer")
    options = parser.parse_args()
    # A signal that is ignored here, as in a job in the background, would be ignored by every program under test.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

    passed = failed = skipped = 0
    with tempfile.TemporaryDirectory(prefix="hoist-e2e-") as scratch:
        for path in sorted(HERE.glob("test_*.py")):
            module = importlib.import_module(path.stem)
            for name, scenario in vars(module).items():
                if not name.startswith("test_") or options.only not in name:
                    continue
                if options.short and getattr(scenario, "thorough", False):
                    continue
                world = harness.World(name.removeprefix("test_"), options, scratch)
                began = time.monotonic()
                try:
                    scenario(world)
                    verdict, passed = "pass", passed + 1
                except harness.NotForThisEngine as reason:
                    verdict, skipped = f"not for this engine: {reason}", skipped + 1
                except Exception:
                    verdict, failed = "FAIL", failed + 1
                    kept = pathlib.Path(options.keep) / options.engine / name
                    problem = traceback.format_exc()
                    world.keep(kept, problem)
                    verdict += f" (kept in {kept})\n{problem}"
                finally:
                    world.clean()
                print(f"{options.engine} {name} {time.monotonic() - began:.1f}s {verdict}", flush=True)
    print(f"{options.engine}: {passed} passed, {failed} failed, {skipped} not for this engine")
    if options.sums:
        pathlib.Path(options.sums).write_text(f"{passed} {failed}\n")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

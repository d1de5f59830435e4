#!/usr/bin/env python3
"""The library as another program meets it: installed to a prefix of its own, found by CMake, linked, run.

    library_test.py BUILD_DIRECTORY CXX
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD, CXX = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]

# Every header that is installed, in one program: none needs another that is not.
HEADER_PROJECT = """cmake_minimum_required(VERSION 3.25)
project(headers LANGUAGES CXX)
find_package(hoist CONFIG REQUIRED)
add_library(headers OBJECT headers.cpp)
target_link_libraries(headers PRIVATE hoist::compose)
"""


def run(*argv, **options):
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, **options)
    if done.returncode:
        raise AssertionError(f"exit {done.returncode} of {argv}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Library(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="library-", dir=BUILD)
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.place = pathlib.Path(cls.scratch.name)
        cls.prefix = cls.place / "prefix"
        run("cmake", "--install", BUILD, "--component", "dev", "--prefix", cls.prefix)
        cls.build(ROOT / "examples/library", "example")
        cls.program = cls.place / "example/services"

    @classmethod
    def build(cls, source, name):
        run("cmake", "-G", "Ninja", "-S", source, "-B", cls.place / name, f"-DCMAKE_PREFIX_PATH={cls.prefix}",
            f"-DCMAKE_CXX_COMPILER={CXX}", "-DCMAKE_BUILD_TYPE=Debug")
        run("cmake", "--build", cls.place / name)

    def services(self, text):
        """Exit code, output and complaints of the example program about a file with this text."""
        project = self.place / "shop"
        project.mkdir(exist_ok=True)
        (project / "compose.yaml").write_text(text)
        done = subprocess.run([self.program], cwd=project, capture_output=True, text=True, env={})
        return done.returncode, done.stdout, done.stderr

    def test_services_are_printed_in_the_order_of_starting(self):
        code, out, complaints = self.services("""services:
  a: {build: ., depends_on: [z]}
  z: {image: "redis:${TAG:-7}"}
""")
        self.assertEqual((code, out, complaints), (0, "z redis:7\na shop-a\n", ""))

    def test_all_errors_are_told_with_their_places(self):
        code, out, complaints = self.services("""services:
  a: {image: 1}
  b: {image: x, depends_on: [c]}
""")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("error: compose.yaml:2:14: services.a.image: must be a string", complaints)
        self.assertIn("error: compose.yaml:3:30: services.b.depends_on: unknown service 'c'", complaints)

    def test_installed_headers_need_only_installed_headers(self):
        include = self.prefix / "include/hoist"
        headers = sorted(path.relative_to(include) for path in include.rglob("*.hpp"))
        self.assertIn(pathlib.PurePath("compose/load/load.hpp"), headers)
        source = self.place / "headers-source"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(HEADER_PROJECT)
        (source / "headers.cpp").write_text("".join(f"#include <{header}>\n" for header in headers))
        self.build(source, "headers")

    def test_who_installs_the_program_does_not_get_the_library(self):
        program = self.place / "program"
        run("cmake", "--install", BUILD, "--prefix", program)
        installed = {path.relative_to(program).as_posix() for path in program.rglob("*") if path.is_file()}
        self.assertIn("bin/hoist", installed)
        self.assertEqual([path for path in installed if path.endswith((".a", ".hpp", ".cmake"))], [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

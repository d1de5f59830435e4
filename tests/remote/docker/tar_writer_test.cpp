#include "remote/docker/tar_writer.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "compose/base/error.hpp"
#include "remote/docker/tar_entry.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::remote;
namespace fs = std::filesystem;

namespace {

std::string archive_of(ContextFiles files) {
  ContextTar tar(std::move(files));
  std::string out;
  while (true) {
    const std::string piece = tar.next();
    if (piece.empty()) return out;
    out += piece;
  }
}

/// What the system's tar makes of an archive: one line per entry ("type+mode size name"), or other fields of its lines.
std::string listed_by_tar(const test::TempDir& dir, const std::string& archive,
                          const std::string& fields = "$1, $3, $6, $7, $8") {
  const fs::path file = dir.write("listing/a.tar", archive);
  const fs::path listing = dir.path() / "listing/list";
  const std::string command = "tar -tvf " + file.string() +
                              " --quoting-style=literal --full-time --utc 2>&1 | awk '{print " + fields + "}' > " +
                              listing.string();
  REQUIRE(std::system(command.c_str()) == 0);  // NOLINT(concurrency-mt-unsafe): tests have one thread
  std::ifstream in(listing);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names_in(const test::TempDir& scratch, const std::string& archive) {
  std::vector<std::string> names;
  std::ifstream in;
  const fs::path file = scratch.write("names/a.tar", archive);
  const fs::path list = scratch.path() / "names/list";
  REQUIRE(std::system(("tar -tf " + file.string() + " > " + list.string()).c_str()) == 0);
  in.open(list);
  for (std::string line; std::getline(in, line);) names.push_back(line);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("an archive holds files, directories, links and modes as tar reads them", "[docker][tar]") {
  const test::TempDir dir;
  const test::TempDir scratch;
  dir.write("a.txt", "hello");
  ::chmod(dir.write("bin/run.sh", "#!/bin/sh\n").c_str(), 0755);
  ::chmod((dir.path() / "bin").c_str(), 0750);
  fs::create_symlink("a.txt", dir.path() / "link");
  ::chmod((dir.path() / "a.txt").c_str(), 0640);
  dir.write("empty", "");
  CHECK(listed_by_tar(scratch, archive_of({.root = dir.path()})) ==
        "-rw-r----- 5 a.txt  \n"
        "drwxr-x--- 0 bin/  \n"
        "-rwxr-xr-x 10 bin/run.sh  \n"
        "-rw-r--r-- 0 empty  \n"
        "lrwxrwxrwx 0 link -> a.txt\n");
}

TEST_CASE("names that ustar cannot hold survive", "[docker][tar]") {
  const test::TempDir dir;
  const test::TempDir scratch;
  const std::string deep = std::string(90, 'd') + "/" + std::string(90, 'e') + "/" + std::string(200, 'f');
  dir.write(deep, "x");
  const std::string target(150, 't');
  fs::create_symlink(target, dir.path() / "link");
  const std::string archive = archive_of({.root = dir.path()});
  CHECK(names_in(scratch, archive) ==
        Names{std::string(90, 'd') + "/", std::string(90, 'd') + "/" + std::string(90, 'e') + "/", deep, "link"});
  CHECK(listed_by_tar(scratch, archive).find("link -> " + target) != std::string::npos);
}

TEST_CASE("a time before 1970 or after 2242 and bits beside the mode survive", "[docker][tar]") {
  const auto [seconds, listed] = GENERATE(table<std::int64_t, std::string>({
      {-1, "-rw-r--r-- 1969-12-31 23:59:59 file\n"},
      {8'589'934'591, "-rw-r--r-- 2242-03-16 12:56:31 file\n"},
      {8'589'934'592, "-rw-r--r-- 2242-03-16 12:56:32 file\n"},
  }));
  std::string archive;
  put_tar_file(archive, {.name = "file", .mode = 0100644, .mtime = seconds}, "x");
  archive.append(2 * k_tar_block, '\0');
  const test::TempDir scratch;
  CHECK(listed_by_tar(scratch, archive, "$1, $4, $5, $6") == listed);
}

TEST_CASE("the same files make the same bytes, in whole blocks", "[docker][tar]") {
  const test::TempDir dir;
  dir.write("big", std::string(700'001, 'x'));
  dir.write("small", "y");
  const std::string archive = archive_of({.root = dir.path()});
  CHECK(archive.size() % 512 == 0);
  CHECK(archive == archive_of({.root = dir.path()}));
}

TEST_CASE("ignored files stay behind, kept ones bring their directories", "[docker][tar]") {
  const test::TempDir dir;
  const test::TempDir scratch;
  dir.write("Dockerfile", "FROM scratch");
  dir.write(".dockerignore", "*");
  dir.write("docs/a.md", "");
  dir.write("docs/b.txt", "");
  dir.write("node_modules/x/y.js", "");
  const DockerIgnore ignore("*\n!docs/*.md", "f");
  CHECK(names_in(scratch,
                 archive_of({.root = dir.path(), .ignore = ignore, .always = {"Dockerfile", ".dockerignore"}})) ==
        Names{".dockerignore", "Dockerfile", "docs/", "docs/a.md"});
}

TEST_CASE("a Dockerfile in an ignored directory is sent all the same", "[docker][tar]") {
  const test::TempDir dir;
  const test::TempDir scratch;
  dir.write("build/docker/Dockerfile", "FROM scratch");
  dir.write("build/other", "");
  CHECK(names_in(scratch, archive_of({.root = dir.path(),
                                      .ignore = DockerIgnore("build", "f"),
                                      .always = {"build/docker/Dockerfile"}})) ==
        Names{"build/", "build/docker/", "build/docker/Dockerfile"});
}

TEST_CASE("excluded directories are not opened", "[docker][tar]") {
  const test::TempDir dir;
  dir.write("secret/a", "");
  ::chmod((dir.path() / "secret").c_str(), 0);
  CHECK_NOTHROW(archive_of({.root = dir.path(), .ignore = DockerIgnore("secret", "f")}));
  ::chmod((dir.path() / "secret").c_str(), 0755);
}

TEST_CASE("a file that exists only in memory comes first", "[docker][tar]") {
  const test::TempDir dir;
  const test::TempDir scratch;
  dir.write("a", "");
  CHECK(names_in(scratch, archive_of({.root = dir.path(), .extra = {{".dockerfile.x", "FROM scratch"}}})) ==
        Names{".dockerfile.x", "a"});
}

TEST_CASE("sockets are left out", "[docker][tar]") {
  const test::TempDir dir;
  const test::TempDir scratch;
  dir.write("a", "");
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (dir.path() / "s.sock").string();
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(names_in(scratch, archive_of({.root = dir.path()})) == Names{"a"});
}

TEST_CASE("a file that shrinks while it is read is an error that names it, one that grows is cut", "[docker][tar]") {
  const test::TempDir dir;
  const test::TempDir scratch;
  const fs::path file = dir.write("big", std::string(1'000'000, 'x'));
  ContextTar tar({.root = dir.path()});
  std::string out = tar.next();
  SECTION("shrinks") {
    fs::resize_file(file, 200'000);
    CHECK_THROWS_WITH(
        [&] {
          while (!tar.next().empty()) {
          }
        }(),
        Catch::Matchers::Contains("big' became shorter"));
  }
  SECTION("grows") {
    std::ofstream(file, std::ios::app) << "more";
    for (std::string piece = tar.next(); !piece.empty(); piece = tar.next()) out += piece;
    CHECK(listed_by_tar(scratch, out).find(" 1000000 big") != std::string::npos);
  }
}

TEST_CASE("a file that may not be read is an error that names it", "[docker][tar]") {
  if (::geteuid() == 0) return;  // root may read everything
  const test::TempDir dir;
  ::chmod(dir.write("secret", "x").c_str(), 0);
  CHECK_THROWS_WITH(archive_of({.root = dir.path()}), Catch::Matchers::Contains("secret"));
}

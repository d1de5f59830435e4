#include "compose/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include "compose/base/error.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;

namespace {

template <typename Body>
Error fault_of(Body body) {
  try {
    body();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return {ErrorCode::failed, ""};
}

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777U;
}

std::ptrdiff_t entries(const std::filesystem::path& directory) {
  return std::distance(std::filesystem::directory_iterator(directory), std::filesystem::directory_iterator());
}

}  // namespace

TEST_CASE("a descriptor is closed by its last owner alone", "[file]") {
  int raw = -1;
  {
    Fd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    raw = first.get();
    REQUIRE(is_open(raw));
    Fd second(std::move(first));
    CHECK(second.get() == raw);
    first.reset();  // NOLINT(bugprone-use-after-move): the moved-from owner owns nothing
    CHECK(is_open(raw));
  }
  CHECK_FALSE(is_open(raw));
  Fd kept(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const Fd released(kept.release());
  CHECK_FALSE(kept);
  CHECK(is_open(released.get()));
}

TEST_CASE("a file is read whole, whatever its bytes", "[file]") {
  const test::TempDir temp;
  std::string content(200'000, '\0');
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i % 251);
  CHECK((read_file(temp.write("bytes", content)) == content));
  CHECK(read_file(temp.write("empty", "")).empty());
  CHECK_FALSE(read_file("/proc/self/status").empty());  // says of itself that it has no bytes
}

TEST_CASE("what cannot be read says which file and why", "[file]") {
  const test::TempDir temp;
  const Error missing = fault_of([&] { read_file(temp.path() / "none"); });
  CHECK(missing.code() == ErrorCode::not_found);
  CHECK_THAT(missing.what(), Catch::Contains("none'") && Catch::Contains("No such file"));
  CHECK(fault_of([&] { read_file(temp.write("file", "") / "below"); }).code() == ErrorCode::not_found);
  CHECK(fault_of([&] { read_file(temp.path()); }).code() == ErrorCode::bad_input);
}

TEST_CASE("a file over the limit is refused, one that fills it is taken", "[file]") {
  const test::TempDir temp;
  const auto file = temp.write("ten", "0123456789");
  CHECK(read_file(file, 10) == "0123456789");
  const Error error = fault_of([&] { read_file(file, 9); });
  CHECK(error.code() == ErrorCode::bad_input);
  CHECK_THAT(error.what(), Catch::Contains("larger than 9"));
  CHECK(fault_of([&] { find_file(file, 9); }).code() == ErrorCode::bad_input);
}

TEST_CASE("find_file finds nothing where there is no file, and faults where there is something else", "[file]") {
  const test::TempDir temp;
  CHECK_FALSE(find_file(temp.path() / "none"));
  CHECK_FALSE(find_file(temp.write("file", "x") / "below"));
  CHECK(find_file(temp.path() / "file") == "x");
  CHECK(fault_of([&] { find_file(temp.path()); }).code() == ErrorCode::bad_input);
}

TEST_CASE("a written file has its content and its mode, and nothing else is left", "[file]") {
  const test::TempDir temp;
  const auto file = temp.path() / "state.json";
  write_file_atomically(file, "first");
  CHECK(read_file(file) == "first");
  CHECK(mode_of(file) == 0644U);
  write_file_atomically(file, "second", 0600);
  CHECK(read_file(file) == "second");
  CHECK(mode_of(file) == 0600U);
  write_file_atomically(file, "");
  CHECK(read_file(file).empty());
  CHECK(entries(temp.path()) == 1);
}

TEST_CASE("readers see the old content or the new, never a part", "[file]") {
  const test::TempDir temp;
  const auto file = temp.path() / "state";
  const std::string a(300'000, 'a');
  const std::string b(100'000, 'b');
  write_file_atomically(file, a);
  std::atomic<bool> over{false};
  std::atomic<int> partial{0};
  std::jthread reader([&] {
    while (!over) {
      const std::string seen = read_file(file);
      if (seen != a && seen != b) ++partial;
    }
  });
  for (int turn = 0; turn < 50; ++turn) write_file_atomically(file, turn % 2 == 0 ? b : a);
  over = true;
  reader.join();
  CHECK(partial == 0);
}

TEST_CASE("a link stays a link, and a pipe a pipe", "[file]") {
  const test::TempDir temp;
  const std::filesystem::path file = temp.write("real", "old");
  std::filesystem::create_symlink("real", temp.path() / "link");
  write_file_atomically(temp.path() / "link", "new");
  CHECK(std::filesystem::is_symlink(temp.path() / "link"));
  CHECK(read_file(file) == "new");
  const std::filesystem::path pipe = temp.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const Fd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  write_file_atomically(pipe, "words");
  CHECK(std::filesystem::is_fifo(pipe));
  char got[6]{};
  CHECK(::read(reader.get(), got, sizeof got) == 5);
  CHECK(std::string(got) == "words");
}

TEST_CASE("a write that fails leaves the old content and no litter", "[file]") {
  const test::TempDir temp;
  SECTION("into a directory that is not there") {
    CHECK(fault_of([&] { write_file_atomically(temp.path() / "none" / "file", "x"); }).code() == ErrorCode::not_found);
  }
  SECTION("over a directory") {
    std::filesystem::create_directories(temp.path() / "taken" / "inside");
    CHECK(fault_of([&] { write_file_atomically(temp.path() / "taken", "x"); }).code() == ErrorCode::bad_input);
    CHECK(std::filesystem::exists(temp.path() / "taken" / "inside"));
    CHECK(entries(temp.path()) == 1);
  }
}

#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/program.hpp"
#include "cli/run_main.hpp"
#include "compose/base/error.hpp"
#include "compose/base/file.hpp"
#include "tests/cli/memory_console.hpp"
#include "tests/support/fake_engine.hpp"
#include "tests/support/temp_dir.hpp"

namespace hoist::cli {

/// What one command line gave.
struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

/// The whole program on an engine over memory, in a directory of its own with one Compose file, project
/// "shop".
class ProgramUnderTest {
 public:
  explicit ProgramUnderTest(const std::string& compose_file = {}) {
    if (!compose_file.empty()) write(compose_file);
  }

  void write(const std::string& compose_file) { write_file_atomically(file(), compose_file); }
  std::string file() const { return (directory_.path() / "compose.yaml").string(); }
  test::FakeEngine& engine() { return *engine_; }
  std::map<std::string, std::string>& environment() { return environment_; }
  int connections() const { return connections_; }
  /// The images whose digests were asked for last.
  const std::vector<std::string>& pinned() const { return pinned_; }

  /// Runs with the project's file.
  Ran run(std::vector<std::string> words) {
    words.insert(words.begin(), {"-f", file(), "-p", "shop"});
    return run_bare(words);
  }

  /// Runs exactly these words.
  Ran run_bare(const std::vector<std::string>& words) {
    MemoryConsole memory;
    const Connect connect = [this](std::stop_token) {
      ++connections_;
      EngineConnection connection{engine_, engine_, "memory", "for the test"};
      connection.pin_images = [this](const std::vector<std::string>& images, std::stop_token) {
        std::map<std::string, std::string> pinned;
        for (const std::string& image : images) pinned[image] = image + "@pinned";
        pinned_ = images;
        return pinned;
      };
      return connection;
    };
    Ran ran;
    ran.code =
        run_main(memory.console(), [&] { return run_program(memory.console(), words, environment_, {connect}); });
    ran.out = memory.out();
    ran.err = memory.err();
    return ran;
  }

  /// "web-1 running", sorted.
  std::vector<std::string> containers() const {
    std::vector<std::string> out;
    for (const compose::ObservedContainer& container : engine_->state().containers) {
      out.push_back(container.name + " " + std::string(compose::to_string(container.state)));
    }
    // Containers that do not need each other are made in any order.
    std::ranges::sort(out);
    return out;
  }

 private:
  test::TempDir directory_;
  std::shared_ptr<test::FakeEngine> engine_ = std::make_shared<test::FakeEngine>();
  std::map<std::string, std::string> environment_;
  int connections_ = 0;
  std::vector<std::string> pinned_;
};

}  // namespace hoist::cli

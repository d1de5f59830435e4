#include "tests/golden/cases.hpp"

#include <algorithm>
#include <sstream>

#include "compose/base/environment.hpp"
#include "compose/base/file.hpp"

namespace hoist::test {

namespace fs = std::filesystem;
using compose::LoadRequest;

namespace {

fs::path cases_directory() {
  return fs::path(environment_variable("HOIST_SOURCE_DIR").value_or(".")) / "tests/golden/config";
}

}  // namespace

std::vector<fs::path> golden_cases() {
  std::vector<fs::path> all;
  for (const fs::directory_entry& entry : fs::directory_iterator(cases_directory())) {
    if (entry.is_directory()) all.push_back(entry.path());
  }
  std::ranges::sort(all);
  return all;
}

LoadRequest request_of(const fs::path& directory) {
  LoadRequest request;
  request.current_directory = directory;
  request.environment = {{"HOME", "/home/user"}};
  std::istringstream words(find_file(directory / "arguments.txt").value_or(""));
  const auto next = [&words] {
    std::string word;
    words >> word;
    return word;
  };
  for (std::string word = next(); !word.empty(); word = next()) {
    if (word == "-f") {
      request.files.push_back(next());
    } else if (word == "-p") {
      request.project_name = next();
    } else if (word == "--profile") {
      request.profiles.push_back(next());
    } else if (word == "--no-interpolate") {
      request.interpolate = false;
    } else if (const std::size_t equals = word.find('='); equals != word.npos) {
      request.environment[word.substr(0, equals)] = word.substr(equals + 1);
    } else {
      request.services.push_back(word);
    }
  }
  return request;
}

}  // namespace hoist::test

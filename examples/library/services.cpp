// Prints the services of a Compose project in the order in which they start, or everything that is wrong with its
// files.
//
//   services [FILE...]      without a file: the Compose file of the directory, as `hoist` finds it
#include <compose/graph/graph.hpp>
#include <compose/load/load.hpp>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <string>

namespace {

using hoist::Diagnostic;

hoist::compose::LoadRequest request_for(int argc, char** argv) {
  hoist::compose::LoadRequest request;
  request.files.assign(argv + 1, argv + argc);
  request.current_directory = std::filesystem::current_path();
  request.environment = {{"HOME", "/"}};  // a real program hands its environment on, for ${VARIABLES}
  request.read_stdin = [] { return std::string(std::istreambuf_iterator(std::cin), {}); };
  return request;
}

void print(const hoist::compose::Project& project) {
  for (const std::string& name : hoist::compose::dependency_order(hoist::compose::dependency_graph(project))) {
    std::cout << name << ' ' << project.get_service(name).image_name(project) << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const hoist::compose::LoadResult loaded = hoist::compose::load(request_for(argc, argv));
    for (const Diagnostic& warning : loaded.warnings) std::cerr << "warning: " << warning.to_string() << '\n';
    print(loaded.project);
    return 0;
  } catch (const hoist::Error& error) {
    // A file's errors come all at once; other faults are one line and perhaps what to do about it.
    for (const Diagnostic& finding : error.diagnostics()) std::cerr << "error: " << finding.to_string() << '\n';
    if (error.diagnostics().empty()) std::cerr << "error: " << error.what() << '\n' << error.hint() << '\n';
    return 2;
  }
}

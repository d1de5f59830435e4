#include "compose/load/paths.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/compose/load/tree_text.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const PathBase k_base{"/project", "/home/u"};

std::string resolved(const std::string& yaml, const PathBase& base = k_base) {
  Node document = tree_of(yaml);
  std::vector<Diagnostic> findings;
  resolve_paths(document, base, findings);
  CHECK(lines_of(findings) == std::vector<std::string>{});
  return to_yaml(document);
}

}  // namespace

TEST_CASE("relative paths become absolute where an attribute holds a path") {
  const auto [written, absolute] = GENERATE(table<std::string, std::string>({
      {"services: {web: {build: {context: ./app}}}", "services: {web: {build: {context: /project/app}}}"},
      {"services: {web: {build: {context: ..}}}", "services: {web: {build: {context: /}}}"},
      {"services: {web: {build: {context: 'https://x.y/z.git'}}}",
       "services: {web: {build: {context: 'https://x.y/z.git'}}}"},
      {"services: {web: {build: {context: github.com/x/y}}}", "services: {web: {build: {context: github.com/x/y}}}"},
      {"services: {web: {build: {additional_contexts: {a: 'service:b', c: d}}}}",
       "services: {web: {build: {additional_contexts: {a: 'service:b', c: /project/d}}}}"},
      {"services: {web: {env_file: [{path: a.env}]}}", "services: {web: {env_file: [{path: /project/a.env}]}}"},
      {"services: {web: {label_file: [a]}}", "services: {web: {label_file: [/project/a]}}"},
      {"services: {web: {volumes: [{type: bind, source: ~/x}]}}",
       "services: {web: {volumes: [{type: bind, source: /home/u/x}]}}"},
      {"services: {web: {volumes: [{type: bind, source: 'C:\\x'}]}}",
       "services: {web: {volumes: [{type: bind, source: 'C:\\x'}]}}"},
      {"services: {web: {volumes: [{type: volume, source: data}]}}",
       "services: {web: {volumes: [{type: volume, source: data}]}}"},
      {"secrets: {a: {file: ./a}}", "secrets: {a: {file: /project/a}}"},
      {"configs: {a: {file: /etc/a}}", "configs: {a: {file: /etc/a}}"},
      {"volumes: {a: {driver: local, driver_opts: {o: bind, device: ./d}}}",
       "volumes: {a: {driver: local, driver_opts: {o: bind, device: /project/d}}}"},
      {"volumes: {a: {driver: local, driver_opts: {o: nfs, device: ./d}}}",
       "volumes: {a: {driver: local, driver_opts: {o: nfs, device: ./d}}}"},
  }));
  CAPTURE(written);
  CHECK(resolved(written) == spelled(absolute));
}

TEST_CASE("a watched path is followed through symbolic links") {
  const test::TempDir directory;
  directory.write("real/file", "");
  std::filesystem::create_directory_symlink("real", directory.path() / "link");
  const std::string root = std::filesystem::canonical(directory.path()).string();
  CHECK(resolved("services: {web: {develop: {watch: [{path: link}]}}}", {directory.path().string(), ""}) ==
        spelled("services: {web: {develop: {watch: [{path: " + root + "/real}]}}}"));
}

TEST_CASE("a bind mount without a source is reported") {
  Node document = tree_of("services: {web: {volumes: [{type: bind, target: /x}]}}");
  std::vector<Diagnostic> findings;
  resolve_paths(document, k_base, findings);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].path == "services.web.volumes[0]");
}

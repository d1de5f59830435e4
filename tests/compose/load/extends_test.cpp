#include "compose/load/extends.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "compose/base/file.hpp"
#include "compose/load/canonical.hpp"
#include "compose/load/include.hpp"
#include "compose/load/merge.hpp"
#include "compose/load/parse.hpp"
#include "tests/compose/load/tree_text.hpp"
#include "tests/support/temp_dir.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

using Texts = std::vector<std::string>;

Node parse(std::string_view text, const std::string& file = "f.yaml") {
  return parse_documents(text, std::make_shared<const std::string>(file)).at(0);
}

/// A directory with files, and what `extends` makes of a document in it.
class Files {
 public:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((root_.path() / name).parent_path());
    write_file_atomically(root_.path() / name, text);
  }

  std::string resolved(const std::string& text, bool keep_relative = true) {
    Node document = parse(text);
    const ExtendsReader reader{root_.path().string(), "/home/me", keep_relative,
                               [this](const std::string& file) {
                                 ++reads;
                                 std::vector<Diagnostic> findings;
                                 Node other = parse(read_file(file), file.substr(root_.path().string().size() + 1));
                                 to_canonical(other, findings, false);
                                 CHECK(findings.empty());
                                 return other;
                               },
                               fetch};
    std::vector<Diagnostic> findings;
    resolve_extends(document, reader, findings);
    errors.clear();
    for (const Diagnostic& finding : findings) errors.push_back(finding.to_string());
    return flow(*document.find("services"));
  }

  std::string root() const { return root_.path().string(); }

  FetchRemote fetch = {};
  Texts errors;
  int reads = 0;

 private:
  test::TempDir root_;
};

}  // namespace

TEST_CASE("a service that lies elsewhere has paths from the root of what was fetched, as in Docker Compose",
          "[extends]") {
  Files files;
  files.write("fetched/deep/base.yaml", "services: {app: {build: .}}");
  files.fetch = [&files](const RemoteReference& reference) -> RemoteFile {
    CHECK(reference.path == "deep/base.yaml");
    return {files.root() + "/fetched/deep/base.yaml", files.root() + "/fetched"};
  };
  const std::string wish = "extends: {file: 'git@host:z.git#v1:deep/base.yaml', service: app}";
  CHECK(files.resolved("services: {a: {" + wish + "}, b: {" + wish + "}}") ==
        "{a: {build: {context: fetched}}, b: {build: {context: fetched}}}");
  CHECK(files.errors.empty());
  CHECK(files.reads == 1);
}

TEST_CASE("a service is merged over the one it extends, through any number of steps", "[extends]") {
  Files files;
  CHECK(files.resolved("services:\n"
                       "  c: {extends: b, user: c}\n"
                       "  b: {extends: {service: a}, user: b, environment: [B=1]}\n"
                       "  a: {image: x, environment: {A: 1}, command: [run]}\n") ==
        "{c: {image: x, environment: [A=1, B=1], command: [run], user: c}, "
        "b: {image: x, environment: [A=1, B=1], command: [run], user: b}, "
        "a: {image: x, environment: {A: 1}, command: [run]}}");
  CHECK(files.errors.empty());
}

TEST_CASE("tags speak of the base of their own service", "[extends]") {
  Files files;
  CHECK(files.resolved("services:\n"
                       "  web: {extends: base, ports: !override ['1:1'], environment: !reset null}\n"
                       "  base: {image: x, ports: !override ['2:2'], environment: [A=1]}\n") ==
        "{web: {image: x, ports: [1:1]}, base: {image: x, ports: [2:2], environment: [A=1]}}");
}

TEST_CASE("another file is read once, and its paths are relative to it", "[extends]") {
  Files files;
  files.write("sub/base.yaml",
              "services:\n"
              "  app: {image: x, build: ./ctx, env_file: a.env, volumes: ['./data:/data', 'named:/n']}\n"
              "  child: {extends: app, user: me}\n"
              "  far: {extends: {file: deep/more.yaml, service: m}}\n");
  files.write("sub/deep/more.yaml", "services: {m: {image: m, build: {context: ..}}}");
  const std::string text =
      "services:\n"
      "  one: {extends: {file: sub/base.yaml, service: child}}\n"
      "  two: {extends: {file: ./sub/base.yaml, service: far}}\n";
  const std::string relative = files.resolved(text);
  CHECK(files.errors.empty());
  CHECK(relative.find("context: sub/ctx") != std::string::npos);
  CHECK(relative.find("path: sub/a.env") != std::string::npos);
  CHECK(relative.find("source: sub/data") != std::string::npos);
  CHECK(relative.find("source: named") != std::string::npos);
  CHECK(relative.find("user: me") != std::string::npos);
  CHECK(relative.find("two: {image: m, build: {context: sub") != std::string::npos);
  CHECK(files.reads == 2);

  const std::string absolute = files.resolved(text, false);
  CHECK(absolute.find("context: " + files.root() + "/sub/ctx") != std::string::npos);
  CHECK(absolute.find("two: {image: m, build: {context: " + files.root() + "/sub") != std::string::npos);
}

TEST_CASE("tags count in another file too", "[extends]") {
  Files files;
  files.write("base.yaml",
              "services:\n"
              "  low: {image: x, labels: {A: 1}, dns: [a]}\n"
              "  high: {extends: low, labels: !override {B: 2}, dns: !reset null}\n");
  CHECK(files.resolved("services: {web: {extends: {file: base.yaml, service: high}}}") ==
        "{web: {image: x, labels: {B: 2}}}");
}

TEST_CASE("cycles are reported as a path, once", "[extends]") {
  Files files;
  files.resolved("services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: b}\n");
  CHECK(files.errors ==
        Texts{"f.yaml:4:16: services.c.extends: cycle: 'b' (f.yaml:3:16) extends 'c' (f.yaml:4:16) extends 'b'"});
  files.resolved("services: {a: {extends: a}}");
  CHECK(files.errors == Texts{"f.yaml:1:25: services.a.extends: cycle: 'a' (f.yaml:1:25) extends 'a'"});
  files.write("x.yaml", "services: {x: {extends: {file: y.yaml, service: y}}}");
  files.write("y.yaml", "services: {y: {extends: {file: x.yaml, service: x}}}");
  files.resolved("services: {web: {extends: {file: x.yaml, service: x}}}");
  CHECK(files.errors == Texts{"y.yaml:1:25: services.y.extends: cycle: 'x' (x.yaml:1:25) extends 'y' (y.yaml:1:25) "
                              "extends 'x'"});
}

TEST_CASE("a chain may be longer than the stack is deep", "[extends]") {
  constexpr int k_length = 20'000;
  std::string text = "services:\n";
  for (int i = k_length; i > 0; --i) text += fmt::format("  s{}: {{extends: s{}}}\n", i, i - 1);
  text += "  s0: {image: x}\n";
  Files files;
  CHECK_THAT(files.resolved(text), Catch::Contains(fmt::format("s{}: {{image: x}}", k_length)));
  CHECK(files.errors.empty());
}

TEST_CASE("what is wrong with an extends is told with its place", "[extends]") {
  struct Case {
    std::string extends;
    std::string finding;
  };
  Files files;
  files.write("base.yaml", "services: {app: {image: x}}");
  const auto c = GENERATE(values<Case>({
      {"worka", "unknown service 'worka'; did you mean 'work'?"},
      {"{file: base.yaml, service: appp}", "unknown service 'appp' in 'base.yaml'; did you mean 'app'?"},
      {"{file: none.yaml, service: app}", "there is no file '@/none.yaml'"},
      {"{file: base.yaml}", "must name a service; extends: {service: NAME, file: FILE}"},
      {"[work]", "must name a service; extends: {service: NAME, file: FILE}"},
  }));
  CAPTURE(c.extends);
  const std::string left = files.resolved("services: {web: {extends: " + c.extends + "}, work: {image: x}}");
  std::string finding = c.finding;
  if (const std::size_t at = finding.find('@'); at != std::string::npos) finding.replace(at, 1, files.root());
  CHECK(files.errors == Texts{"f.yaml:1:27: services.web.extends: " + finding});
  CHECK(left == "{web: {}, work: {image: x}}");
}

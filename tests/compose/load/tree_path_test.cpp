#include "compose/load/tree_path.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "compose/base/error.hpp"
#include "compose/load/parse.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const Node& tree() {
  static const Node k_tree = parse_documents(R"(
services:
  web: {image: i, labels: {com.example: short, com.example.name: long}, ports: [{target: 80}, {target: 90}], dns: []}
  my.db: {image: i}
)",
                                             std::make_shared<const std::string>("compose.yaml"))
                                 .front();
  return k_tree;
}

std::string complaint(const std::string& path) {
  try {
    get_path(tree(), path);
  } catch (const Error& error) {
    return std::string(error.what()) + "; " + error.hint();
  }
  return {};
}

}  // namespace

TEST_CASE("a path leads through mappings and lists") {
  CHECK(to_string(get_path(tree(), "services.web.image")) == "services.web.image");
  CHECK(get_path(tree(), "services.web.ports[1].target") ==
        TreePath{{"services"}, {"web"}, {"ports"}, {{}, 1}, {"target"}});
  CHECK(to_string(get_path(tree(), "services.web.ports.1.target")) == "services.web.ports[1].target");
}

TEST_CASE("a key with dots is found as it stands, the longest that fits") {
  CHECK(get_path(tree(), "services.my.db.image") == TreePath{{"services"}, {"my.db"}, {"image"}});
  CHECK(get_path(tree(), "services.web.labels.com.example.name").back() == PathPart{"com.example.name"});
  CHECK(get_path(tree(), "services.web.labels.com.example").back() == PathPart{"com.example"});
}

TEST_CASE("a path that leads nowhere says how far it leads") {
  CHECK(complaint("servises") == "there is no 'servises' in the result; did you mean 'services'?");
  CHECK(complaint("services.web.imgae.x") == "there is no 'imgae' in 'services.web'; did you mean 'image'?");
  CHECK(complaint("services.zzzzzzz") == "there is no 'zzzzzzz' in 'services'; it has: web, my.db");
  CHECK(complaint("services.web.image.x") == "'services.web.image' is a string: there is no 'x' in it; ");
  CHECK(complaint("services.web.ports[2]") ==
        "'services.web.ports' is a list: there is no '[2]' in it; its entries are [0] to [1]");
  CHECK(complaint("services.web.ports.x") ==
        "'services.web.ports' is a list: there is no 'x' in it; its entries are [0] to [1]");
  CHECK(complaint("services.web.dns[0]") == "'services.web.dns' is a list: there is no '[0]' in it; it is empty");
  CHECK_FALSE(find_path(tree(), "services.").has_value());
}

TEST_CASE("a path of something that is not there is split at its dots") {
  CHECK(split_path("services.web.ports[0].x") == TreePath{{"services"}, {"web"}, {"ports"}, {{}, 0}, {"x"}});
  CHECK(split_path("").empty());
  CHECK(split_path("..a") == TreePath{{"."}, {"a"}});
}

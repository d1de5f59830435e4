#include "compose/plan/bound_hash.hpp"

#include <catch2/catch.hpp>

#include "compose/base/sha256.hpp"

using namespace hoist;
using namespace hoist::compose;

namespace {

const std::vector<ObservedContainer> k_containers{
    {.id = "aaa", .name = "shop-vpn-1", .service = "vpn", .number = 1},
    {.id = "bbb", .name = "shop-files-1", .service = "files", .number = 1}};

Service sharing(const std::string& text) {
  Service service{.name = "web", .config_hash = "alone"};
  service.network_mode = "service:vpn";
  service.volumes_from = {"files:ro", "container:x:rw"};
  service.hash_texts = {{k_newest_hash_form, text}};
  return service;
}

}  // namespace

TEST_CASE("a service that shares nothing has one hash", "[plan]") {
  CHECK(bound_hash(Service{.config_hash = "alone"}, k_newest_hash_form, k_containers) == "alone");
}

TEST_CASE("names of services are hashed as the ids of their containers", "[plan]") {
  const Service service = sharing(R"({"network_mode":"service:vpn","volumes_from":["files:ro","container:x:rw"]})");
  CHECK(bound_hash(service, k_newest_hash_form, k_containers) ==
        sha256_hex(R"({"network_mode":"container:aaa","volumes_from":["bbb","x"]})"));
}

TEST_CASE("while what is shared has no container, the hash is that of the service alone", "[plan]") {
  const Service service = sharing(R"({"network_mode":"service:vpn","volumes_from":["files:ro","container:x:rw"]})");
  CHECK(bound_hash(service, k_newest_hash_form, {}) == "alone");
}

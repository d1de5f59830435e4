#include "remote/docker/references.hpp"

#include <catch2/catch.hpp>

#include "compose/base/error.hpp"

using namespace hoist;
using namespace hoist::compose;
using namespace hoist::remote;
using Strings = std::vector<std::string>;

namespace {

ContainerSpec spec_of(Service service) {
  service.name = "web";
  return {.service = std::make_shared<const Service>(std::move(service)), .project = "shop"};
}

ObservedContainer container(const std::string& service, int number, const std::string& id) {
  return {.id = id, .name = "shop-" + service + "-" + std::to_string(number), .service = service, .number = number};
}

const std::vector<ObservedContainer> k_containers{container("db", 2, "bbb"), container("db", 1, "aaa"),
                                                  container("queue", 1, "ccc")};

}  // namespace

TEST_CASE("a service that names no other has no references", "[docker]") {
  CHECK(resolve_references(spec_of({.network_mode = "host", .ipc = "shareable"}), {}) == References{});
}

TEST_CASE("shared namespaces and volumes are those of the first container", "[docker]") {
  const References found = resolve_references(spec_of({.network_mode = "service:db",
                                                       .volumes_from = {"db:ro", "queue", "container:x:rw"},
                                                       .pid = "service:queue",
                                                       .ipc = "container:other"}),
                                              k_containers);
  CHECK(found.network_mode == "container:aaa");
  CHECK(found.pid == "container:ccc");
  CHECK(found.ipc.empty());
  CHECK(found.volumes_from == Strings{"aaa:ro", "ccc", "x:rw"});
}

TEST_CASE("each container of a linked service answers to its names", "[docker]") {
  CHECK(resolve_references(spec_of({.links = {"db:database"}, .external_links = {"there", "that:it"}}), k_containers)
            .links == Strings{"shop-db-2:database", "shop-db-2:db-2", "shop-db-2:shop-db-2", "shop-db-1:database",
                              "shop-db-1:db-1", "shop-db-1:shop-db-1", "there:there", "that:it"});
  CHECK(resolve_references(spec_of({.links = {"queue"}}), k_containers).links ==
        Strings{"shop-queue-1:queue", "shop-queue-1:queue-1", "shop-queue-1:shop-queue-1"});
}

TEST_CASE("names in links have the separator of the container's name", "[docker]") {
  std::vector<ObservedContainer> containers{container("db", 1, "aaa")};
  containers.front().name = "shop_db_1";
  CHECK(resolve_references(spec_of({.links = {"db"}}), containers).links ==
        Strings{"shop_db_1:db", "shop_db_1:db_1", "shop_db_1:shop_db_1"});
}

TEST_CASE("what is to be shared must be there", "[docker]") {
  struct Case {
    Service service;
    const char* message;
  };
  const auto c = GENERATE(values<Case>({
      {{.network_mode = "service:gone"}, "service 'web' shares the network of service 'gone', which has no container"},
      {{.ipc = "service:gone"}, "service 'web' shares the IPC namespace of service 'gone', which has no container"},
      {{.pid = "service:gone"}, "service 'web' shares the process namespace of service 'gone', which has no container"},
      {{.volumes_from = {"gone"}}, "service 'web' shares the volumes of service 'gone', which has no container"},
  }));
  CHECK_THROWS_WITH(resolve_references(spec_of(c.service), k_containers), c.message);
}

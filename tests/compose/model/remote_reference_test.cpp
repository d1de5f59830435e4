#include "compose/model/remote_reference.hpp"

#include <catch2/catch.hpp>

using namespace hoist::compose;

TEST_CASE("Git references are those that docker build takes", "[model]") {
  struct Case {
    const char* text;
    const char* repository;
    const char* revision;
    const char* path;
  };
  const auto c = GENERATE(values<Case>({
      {"https://host/a.git", "https://host/a.git", "", ""},
      {"http://host/a.git#main", "http://host/a.git", "main", ""},
      {"https://host/a.git#main:deploy/dev", "https://host/a.git", "main", "deploy/dev"},
      {"https://host/a.git#:deploy", "https://host/a.git", "", "deploy"},
      {"git@host.example:team/a.git#v1:x.yaml", "git@host.example:team/a.git", "v1", "x.yaml"},
      {"ssh://git@host:2222/a", "ssh://git@host:2222/a", "", ""},
      {"git://127.0.0.1:9418/a", "git://127.0.0.1:9418/a", "", ""},
      {"github.com/owner/name", "https://github.com/owner/name", "", ""},
  }));
  CAPTURE(c.text);
  const std::optional<RemoteReference> read = parse_remote_reference(c.text);
  REQUIRE(read.has_value());
  CHECK(*read == RemoteReference{RemoteReference::Kind::git, c.text, c.repository, c.revision, c.path});
}

TEST_CASE("an OCI reference is all that follows its scheme", "[model]") {
  CHECK(parse_remote_reference("oci://registry/name:tag")->repository == "registry/name:tag");
}

TEST_CASE("all else is a path", "[model]") {
  const auto text = GENERATE("compose.yaml", "./github.com/a", "/a/b.git", "https://host/compose.yaml", "a@b", "@b:c",
                             "C:\\a", "dir/a@b:c", "-x@host:a.git", "file:///a.git", "ext::sh -c x", "");
  CAPTURE(text);
  CHECK_FALSE(parse_remote_reference(text).has_value());
}

TEST_CASE("credentials of a web address are kept apart from what is printed", "[model]") {
  const auto reference = parse_remote_reference("https://me:t0ken@host/a@b/name.git#main:x");
  REQUIRE(reference.has_value());
  CHECK(reference->credentials == "me:t0ken");
  CHECK(reference->text == "https://host/a@b/name.git#main:x");
  CHECK(reference->repository == "https://host/a@b/name.git");
  CHECK(parse_remote_reference("https://host/a@b/name.git")->credentials.empty());
  CHECK(parse_remote_reference("git@host:name.git")->repository == "git@host:name.git");
}

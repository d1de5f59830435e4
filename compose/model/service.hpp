#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compose/base/source_location.hpp"
#include "compose/model/hash_form.hpp"
#include "compose/model/places.hpp"
#include "compose/model/resources.hpp"
#include "compose/model/values.hpp"

namespace hoist::compose {

struct Project;

/// Source: Compose Build Specification.
struct Build {
  std::string context;     ///< absolute path or URL
  std::string dockerfile;  ///< relative to the context, or absolute; empty with `dockerfile_inline`
  std::string dockerfile_inline;
  EnvironmentMap args;
  std::string target;
  StringMap labels;
  std::vector<std::string> cache_from;
  std::vector<std::string> cache_to;
  StringMap additional_contexts;
  std::vector<std::string> ssh;      ///< "default" or "id=path"
  std::vector<std::string> secrets;  ///< for buildx: "id=...,src=..." or "id=...,env=..."
  std::vector<std::string> tags;
  std::vector<std::string> platforms;
  std::vector<std::string> extra_hosts;  ///< "host=address"
  std::vector<std::string> entitlements;
  std::vector<std::string> no_cache_filter;  ///< stages
  std::vector<Ulimit> ulimits;               ///< sorted by name
  std::string network;
  std::string isolation;
  std::string provenance;  ///< "true", "false" or what buildx takes: "mode=max"
  std::string sbom;
  Bytes shm_size = 0;
  bool no_cache = false;
  bool pull = false;
  bool privileged = false;
  SourceLocation location;

  bool operator==(const Build&) const = default;
};

/// One published or exposed port, in long form.
struct PortMapping {
  std::string name;
  std::string host_ip;
  std::uint16_t target = 0;
  std::string published;  ///< "8080", a range "8000-8010", or empty = the engine picks one
  std::string protocol = "tcp";
  std::string mode = "ingress";
  std::string app_protocol;
  SourceLocation location;

  bool operator==(const PortMapping&) const = default;
};

/// One mount, in long form.
struct Mount {
  enum class Type { bind, volume, tmpfs, image, npipe, cluster };

  Type type = Type::volume;
  std::string source;       ///< bind: absolute path; volume: key in the project; empty = anonymous
  std::string volume_name;  ///< the engine's name of a named volume ("shop_data"); empty for all else
  std::string target;
  bool read_only = false;
  std::string consistency;
  std::string bind_propagation;
  std::string bind_selinux;
  std::string bind_recursive;  ///< "", "enabled", "disabled", "writable" or "readonly"
  bool bind_create_host_path = false;
  bool volume_nocopy = false;
  StringMap volume_labels;
  std::string subpath;  ///< of a volume or an image
  Bytes tmpfs_size = 0;
  std::uint32_t tmpfs_mode = 0;
  SourceLocation location;

  bool operator==(const Mount&) const = default;
};

/// A secret or a config that is put into each container as a file of its own, as a bind mount cannot give it: it comes
/// from a variable or from the Compose file, or has an owner or a mode.
struct ContainerFile {
  std::string name;     ///< "secret 'token'", for texts
  std::string target;   ///< absolute path in the container
  std::string content;  ///< a secret: never shown
  std::string source;   ///< a file of this machine, read when it is put in; empty = `content`
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t mode = 0444;
  bool credentials = false;  ///< holds what `docker login` left on this machine, in place of `content`
  std::string fault;         ///< why there is none; empty = all is well
  SourceLocation location;

  bool operator==(const ContainerFile&) const = default;
};

/// A command that is run in a container when it has started or before it is stopped, or in one of its own before the
/// service is started.
struct Hook {
  std::string image;  ///< of one before the start; empty = the service's
  std::vector<std::string> command;
  std::string user;
  std::string working_dir;
  EnvironmentMap environment;
  bool privileged = false;
  bool per_replica = false;  ///< of one before the start
  SourceLocation location;

  bool operator==(const Hook&) const = default;
};

/// What is done when files here change, while the service is watched.
struct WatchRule {
  enum class Action { sync, sync_restart, sync_exec, rebuild, restart };

  Action action = Action::sync;
  std::string path;                  ///< absolute: a directory or one file
  std::string target;                ///< in the container; of rules that carry files over
  std::vector<std::string> ignore;   ///< patterns of Docker's kind, relative to `path`
  std::vector<std::string> include;  ///< the same, of what counts; empty = all
  Hook exec;                         ///< of `sync_exec`
  SourceLocation location;

  bool operator==(const WatchRule&) const = default;
};

/// A program that brings up what a service stands for, in place of containers.
///
/// Source: Docker Compose, docs/extension.md.
struct Provider {
  std::string type;  ///< a plugin of Docker, or a program in PATH
  std::map<std::string, std::vector<std::string>> options;
  SourceLocation location;

  bool operator==(const Provider&) const = default;
};

/// Membership of a service in one network.
struct ServiceNetwork {
  std::string key;   ///< in the project
  std::string name;  ///< the engine's name: "shop_default"
  std::vector<std::string> aliases;
  std::string ipv4_address;
  std::string ipv6_address;
  std::vector<std::string> link_local_ips;
  std::string mac_address;
  StringMap driver_opts;
  std::string interface_name;
  int priority = 0;
  int gw_priority = 0;

  bool operator==(const ServiceNetwork&) const = default;
};

/// Why another service must come first.
struct Dependency {
  enum class Condition { started, healthy, completed_successfully };

  std::string service;
  Condition condition = Condition::started;
  bool restart = false;   ///< restart the dependant when this one is recreated
  bool required = true;   ///< false: only a warning when it cannot be had
  bool implicit = false;  ///< follows from links, shared namespaces or volumes_from
  SourceLocation location;

  bool operator==(const Dependency&) const = default;
};

struct Healthcheck {
  std::vector<std::string> test;  ///< {"CMD", ...}, {"CMD-SHELL", text} or {"NONE"}; empty = the image's
  std::optional<Nanoseconds> interval;
  std::optional<Nanoseconds> timeout;
  std::optional<Nanoseconds> start_period;
  std::optional<Nanoseconds> start_interval;
  std::optional<int> retries;
  bool disable = false;

  bool operator==(const Healthcheck&) const = default;
};

/// Where a container's output goes.
struct Logging {
  std::string driver;  ///< empty = the engine's own choice
  StringMap options;

  bool operator==(const Logging&) const = default;
};

/// Of Windows: which managed account a container runs as.
struct CredentialSpec {
  std::string config;  ///< the engine's name of a config
  std::string file;
  std::string registry;

  bool operator==(const CredentialSpec&) const = default;
};

/// One service as it shall run: everything resolved, paths absolute, short forms gone.
///
/// Source: Compose Specification, services.
struct Service {
  std::string name;
  std::string image;  ///< as the file says; empty when only built
  std::optional<Build> build;
  std::optional<Provider> provider;  ///< set: it has no image and no container
  CommandLine command;
  CommandLine entrypoint;
  EnvironmentMap environment;  ///< env_file merged in
  StringMap labels;
  StringMap annotations;
  std::vector<PortMapping> ports;
  std::vector<std::string> expose;  ///< "8080" or "8080/udp"
  std::vector<Mount> volumes;
  std::vector<std::string> models;   ///< keys in the project
  std::vector<ContainerFile> files;  ///< secrets and configs that are no mounts
  std::vector<Hook> pre_start;
  std::vector<Hook> post_start;
  std::vector<Hook> pre_stop;
  std::vector<WatchRule> watch;
  std::vector<ServiceNetwork> networks;  ///< by priority, then name; empty with `network_mode`
  std::string network_mode;
  std::vector<Dependency> depends_on;  ///< sorted by service
  std::optional<Healthcheck> healthcheck;
  std::string restart;  ///< "", "no", "always", "unless-stopped", "on-failure[:N]"
  std::string user;
  std::string working_dir;
  std::string hostname;
  std::string domainname;
  std::string container_name;
  std::string stop_signal;
  std::optional<Nanoseconds> stop_grace_period;
  std::string pull_policy;
  std::string platform;
  std::vector<std::string> profiles;
  std::vector<std::string> extra_hosts;  ///< "host=address"
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  std::vector<std::string> dns;
  std::vector<std::string> dns_search;
  std::vector<std::string> dns_options;
  std::vector<std::string> links;           ///< "db" or "db:alias"
  std::vector<std::string> external_links;  ///< of containers that are not the project's
  std::vector<std::string> volumes_from;    ///< "db", "db:ro", "container:name", "container:name:ro"
  StringMap tmpfs;                          ///< path -> mount options
  std::vector<std::string> security_options;
  std::vector<std::string> groups;  ///< beside the user's own
  std::string pid;                  ///< "", "host", "service:NAME" or "container:NAME"; so is `ipc`
  std::string ipc;
  std::string uts;
  std::string userns;
  std::string cgroup;  ///< "", "host" or "private"
  std::string runtime;
  std::string isolation;
  std::string mac_address;
  Logging logging;
  CredentialSpec credential_spec;
  Resources resources;
  StringMap sysctls;
  std::optional<bool> init;
  bool tty = false;
  bool stdin_open = false;
  bool privileged = false;
  bool read_only = false;
  int scale = 1;  ///< deploy.replicas or scale
  bool attach = true;
  std::string config_hash;                       ///< in the newest form; see load/config_hash.hpp
  std::map<HashForm, std::string> older_hashes;  ///< in the forms in which it is another, if they were asked for
  /// What is hashed, in each form, of a service that shares namespaces or volumes of others: see plan/bound_hash.hpp.
  std::map<HashForm, std::string> hash_texts;
  SourceLocation location;
  Places places;

  bool operator==(const Service&) const = default;

  /// The image that its containers run: `image`, or "<project>-<service>" when it is only built.
  std::string image_name(const Project& project) const;
  /// The config hash in one form.
  const std::string& hash_in(HashForm form) const;
};

/// A part of `volumes_from`.
struct VolumesSource {
  std::string service;    ///< empty when it is a container
  std::string container;  ///< name or id; empty when it is a service
  std::string mode;       ///< "", "ro" or "rw"

  bool operator==(const VolumesSource&) const = default;
};

/// Reads "db", "db:ro", "container:name" or "container:name:ro".
VolumesSource parse_volumes_from(std::string_view text);

/// The services whose containers those of `service` are tied to, once each: it shares their network, IPC or process
/// namespace or takes their volumes. When one of them is made anew, `service` must be too.
std::vector<std::string> bound_services(const Service& service);

/// The images, beside its own, that its `pre_start` hooks run in; once each, in the order of the file.
std::vector<std::string> hook_images(const Service& service);

/// The file in the security option "seccomp=FILE" ("seccomp:FILE" is an older spelling); empty for all other options.
std::string seccomp_profile(std::string_view option);

/// "db" for "service:db", the way in which namespaces and build contexts name another service; empty for other texts.
std::string referred_service(std::string_view text);

}  // namespace hoist::compose

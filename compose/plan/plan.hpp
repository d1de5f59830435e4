#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compose/model/project.hpp"
#include "compose/plan/observed.hpp"

namespace hoist::compose {

enum class ResourceKind { image, network, volume, service, container, model };

/// "container", for texts.
std::string_view to_string(ResourceKind kind);

/// What an operation is about.
struct ResourceKey {
  ResourceKind kind = ResourceKind::container;
  std::string name;  ///< engine's name; for `service` the service's

  auto operator<=>(const ResourceKey&) const = default;
  /// "container shop-web-1"
  std::string to_string() const;
};

/// Everything an engine needs to make one container of a service.
struct ContainerSpec {
  std::shared_ptr<const Service> service;
  std::string project;
  std::string name;
  std::string image;  ///< reference to run
  int number = 0;     ///< replica, from 1; 0 = one-off
  StringMap labels;   ///< complete: the service's own and com.docker.compose.*
  /// Anonymous volumes of the container it replaces: target -> volume name.
  StringMap inherited_volumes;
  bool auto_remove = false;   ///< `run --rm`
  bool service_names = true;  ///< answers to the service's name and aliases on its networks; one-offs seldom do

  bool operator==(const ContainerSpec&) const = default;
};

/// A service as the file has it, in a step that needs more of it than its name; null where nothing of it matters.
using Definition = std::shared_ptr<const Service>;

struct PullImage {
  std::string reference;
  std::string platform;
  std::vector<std::string> services;  ///< who wants it
  bool may_fail = false;              ///< a failure is a warning, what comes after goes on
  bool operator==(const PullImage&) const = default;
};
struct BuildImage {
  std::shared_ptr<const Service> service;  ///< has `build`
  std::string project;
  std::string reference;  ///< tag of the result
  bool no_cache = false;
  bool pull = false;
  StringMap args;  ///< given on the command line, over the file's
  /// Additional contexts that are other services' images: context name -> reference.
  StringMap service_contexts;
  bool operator==(const BuildImage&) const = default;
};
struct PushImage {
  std::string reference;
  std::vector<std::string> services;
  bool may_fail = false;  ///< a failure is a warning
  bool operator==(const PushImage&) const = default;
};
struct RemoveImage {
  std::string reference;
  bool operator==(const RemoveImage&) const = default;
};
struct CreateNetwork {
  Network network;
  std::string project;
  bool operator==(const CreateNetwork&) const = default;
};
struct RemoveNetwork {
  std::string name;
  std::string id;
  bool operator==(const RemoveNetwork&) const = default;
};
struct CreateVolume {
  Volume volume;
  std::string project;
  bool operator==(const CreateVolume&) const = default;
};
struct RemoveVolume {
  std::string name;
  bool operator==(const RemoveVolume&) const = default;
};
struct CreateContainer {
  ContainerSpec spec;
  bool operator==(const CreateContainer&) const = default;
};
/// Puts a new container in the place of an old one: made under a temporary name first, so that a fault
/// at any moment leaves one of the two.
struct ReplaceContainer {
  ContainerSpec spec;
  std::string old_id;
  std::string old_name;
  std::optional<std::chrono::seconds> stop_timeout;
  bool operator==(const ReplaceContainer&) const = default;
};
struct RenameContainer {
  std::string id;
  std::string old_name;
  std::string name;
  bool operator==(const RenameContainer&) const = default;
};
struct StartContainer {
  std::string container;  ///< id or name
  std::string name;
  std::string service;
  Definition definition = {};  ///< whose files are put in before, and whose `post_start` is run after it
  bool operator==(const StartContainer&) const = default;
};
struct StopContainer {
  std::string id;
  std::string name;
  std::string service;
  std::optional<std::chrono::seconds> timeout;  ///< nothing = the container's own
  Definition definition = {};                   ///< whose `pre_stop` is run before
  bool operator==(const StopContainer&) const = default;
};
struct RestartContainer {
  std::string id;
  std::string name;
  std::string service;
  std::optional<std::chrono::seconds> timeout;
  Definition definition = {};  ///< whose `pre_stop` and `post_start` are run
  bool operator==(const RestartContainer&) const = default;
};
struct KillContainer {
  std::string id;
  std::string name;
  std::string service;
  std::string signal;
  bool operator==(const KillContainer&) const = default;
};
struct RemoveContainer {
  std::string id;
  std::string name;
  std::string service;
  bool force = false;
  bool volumes = false;  ///< anonymous ones go too
  bool operator==(const RemoveContainer&) const = default;
};
/// Waits until containers of a service are as a dependant, or `up --wait`, needs them.
struct AwaitCondition {
  enum class Condition {
    healthy,                 ///< every container healthy
    completed_successfully,  ///< every container exited with 0
    running_or_healthy,      ///< healthy where a healthcheck is, else running (`up --wait`)
  };

  std::string service;
  std::vector<std::string> containers;  ///< ids or names
  Condition condition = Condition::healthy;
  bool required = true;  ///< false: a failure is a warning, the dependants go on
  bool operator==(const AwaitCondition&) const = default;
};

/// Has the program of a service's provider do its part. What it tells when it brings the service up becomes variables
/// of the containers that are made after it for services which depend on it.
struct RunProvider {
  enum class Action { up, stop, down };

  std::shared_ptr<const Service> service;  ///< has `provider`
  std::string project;
  Action action = Action::up;
  StringMap environment;  ///< of the project: the program's own
  bool operator==(const RunProvider&) const = default;
};

/// Has a language model where it answers, set up as the file says.
struct PrepareModel {
  Model model;
  StringMap environment;  ///< of the project: that of the program which does it
  bool operator==(const PrepareModel&) const = default;
};

/// About a resource, not about one API call, so that a Docker engine and a cluster can both carry it out.
using Operation =
    std::variant<PullImage, BuildImage, PushImage, RemoveImage, CreateNetwork, RemoveNetwork, CreateVolume,
                 RemoveVolume, CreateContainer, ReplaceContainer, RenameContainer, StartContainer, StopContainer,
                 RestartContainer, KillContainer, RemoveContainer, AwaitCondition, RunProvider, PrepareModel>;

/// "healthy", "completed successfully": for texts.
std::string_view to_string(AwaitCondition::Condition condition);
/// "create", "replace", "await": the verb of an operation in texts.
std::string_view verb_of(const Operation& operation);
ResourceKey target_of(const Operation& operation);

/// Whether a failure is only a warning: the file or the command line says that it may fail.
bool may_fail(const Operation& operation);

using NodeId = int;

/// One step of a plan.
struct PlanNode {
  NodeId id = 0;  ///< from 1, in an order in which every prerequisite comes first
  Operation op;
  std::vector<NodeId> after;  ///< sorted
  std::string cause;          ///< why, in words: "image changed"

  bool operator==(const PlanNode&) const = default;
};

/// What shall be done, each step with its prerequisites and its reason. A value: the text form is the dry
/// run.
struct Plan {
  std::vector<PlanNode> nodes;
  /// What the person should know though nothing is done about it: orphans, foreign volumes.
  std::vector<std::string> warnings;

  bool operator==(const Plan&) const = default;
  bool empty() const { return nodes.empty(); }
};

/// One line per step: "#3 create container shop-web-1 after=[1,2] because it does not exist"; then the
/// warnings, each after "! ".
std::string to_string(const Plan& plan);

}  // namespace hoist::compose

#pragma once

#include <string>

#include "tests/support/fake_engine.hpp"

namespace hoist::test {

/// The id that a FakeEngine gives to an image.
std::string fake_image_id(const std::string& reference, int version);

/// How a FakeEngine carries out each kind of operation. With its lock held.
class FakeEngine::Carry {
 public:
  Carry(FakeEngine& engine, Lock& lock, const std::stop_token& stop) : engine_(engine), lock_(lock), stop_(stop) {}

  void operator()(const compose::PullImage& op);
  void operator()(const compose::BuildImage& op);
  void operator()(const compose::PushImage& op);
  void operator()(const compose::RemoveImage& op);
  void operator()(const compose::CreateNetwork& op);
  void operator()(const compose::RemoveNetwork& op);
  void operator()(const compose::CreateVolume& op);
  void operator()(const compose::RemoveVolume& op);
  void operator()(const compose::CreateContainer& op);
  void operator()(const compose::ReplaceContainer& op);
  void operator()(const compose::RenameContainer& op);
  void operator()(const compose::StartContainer& op);
  void operator()(const compose::StopContainer& op);
  void operator()(const compose::RestartContainer& op);
  void operator()(const compose::KillContainer& op);
  void operator()(const compose::RemoveContainer& op);
  void operator()(const compose::AwaitCondition& op);
  void operator()(const compose::RunProvider&) {}
  void operator()(const compose::PrepareModel&) {}

 private:
  std::string new_id();
  int version_of(const std::string& reference) const;
  void make(const compose::ContainerSpec& spec, const std::string& name);
  void join_networks(compose::ObservedContainer& container, const compose::Service& service) const;
  void mount_volumes(compose::ObservedContainer& container, const compose::ContainerSpec& spec);
  void publish_ports(compose::ObservedContainer& container, const compose::Service& service);
  void start(compose::ObservedContainer& container);
  /// Whether one container is as awaited. Errors: Error{failed} when it never will be.
  bool is_met(const compose::ObservedContainer& container, compose::AwaitCondition::Condition condition) const;

  FakeEngine& engine_;
  Lock& lock_;
  const std::stop_token& stop_;
};

}  // namespace hoist::test

#include "remote/docker/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/json_access.hpp"

namespace hoist::remote {
namespace {

using compose::Model;
using nlohmann::json;

class ModelPlugin {
 public:
  ModelPlugin(const PluginSearch& search, ProcessRunner& processes, compose::StringMap environment,
              std::stop_token stop)
      : processes_(processes), environment_(std::move(environment)), stop_(std::move(stop)) {
    const auto program = find_docker_plugin(search, "model");
    if (!program) {
      throw Error(ErrorCode::not_found, "'models' need the plugin 'model' of Docker, and it is not installed")
          .with_hint("install the Docker Model Runner plugin ('docker-model')");
    }
    program_ = program->string();
  }

  /// What `words` print as JSON. Errors: Error{unavailable}.
  json ask(std::vector<std::string> words) const {
    const ProcessResult answer = processes_.run(request(words), stop_);
    json result = answer.status.success() ? json::parse(answer.out, nullptr, false) : json(json::value_t::discarded);
    if (result.is_discarded()) throw Error(ErrorCode::unavailable, saying(words, answer.out + answer.err));
    return result;
  }

  /// Errors: Error{failed} with the last line that it printed.
  void run(const std::vector<std::string>& words, const std::function<void(std::string_view)>& on_line) const {
    std::string last;
    const auto take = [&](std::string_view line) {
      const std::string text = strip_control(trim(line));
      if (text.empty()) return;
      last = text;
      on_line(text);
    };
    if (!processes_.run_lines(request(words), take, stop_).status.success()) {
      throw Error(ErrorCode::failed, saying(words, last));
    }
  }

  /// Whether it takes flags for the program that runs a model: from 1.0.6 on.
  bool takes_runtime_flags() const {
    const ProcessResult answer = processes_.run(request({"docker-cli-plugin-metadata"}), stop_);
    const json metadata = json::parse(answer.out, nullptr, false);
    std::string version = metadata.is_object() ? text_at(metadata, "Version") : std::string();
    if (version.starts_with('v')) version.erase(0, 1);
    std::vector<int> numbers;
    for (const std::string& part : split(version.substr(0, version.find_first_of("-+")), '.')) {
      int number = 0;
      std::from_chars(part.data(), part.data() + part.size(), number);
      numbers.push_back(number);
    }
    return !version.empty() && numbers >= std::vector{1, 0, 6};
  }

 private:
  ProcessRequest request(const std::vector<std::string>& words) const {
    ProcessRequest request{.argv = {program_}, .environment = environment_};
    request.argv.insert(request.argv.end(), words.begin(), words.end());
    return request;
  }
  static std::string saying(const std::vector<std::string>& words, std::string_view said) {
    const std::string text = strip_control(trim(said));
    return fmt::format("'docker model {}' says: {}", words.front(), text.empty() ? "nothing, and fails" : text);
  }

  ProcessRunner& processes_;
  compose::StringMap environment_;
  std::stop_token stop_;
  std::string program_;
};

bool is_there(const ModelPlugin& plugin, const Model& model) {
  const json known = plugin.ask({"ls", "--json"});
  return known.is_array() && std::ranges::any_of(known, [&model](const json& entry) {
           const json& tags = list_at(entry, "tags");
           return std::ranges::find(tags, json(model.reference)) != tags.end();
         });
}

std::vector<std::string> words_of_configure(const ModelPlugin& plugin, const Model& model) {
  std::vector<std::string> words{"configure"};
  if (model.context_size > 0) {
    words.emplace_back("--context-size");
    words.push_back(std::to_string(model.context_size));
  }
  words.push_back(model.reference);
  if (!model.runtime_flags.empty() && plugin.takes_runtime_flags()) {
    words.emplace_back("--");
    words.insert(words.end(), model.runtime_flags.begin(), model.runtime_flags.end());
  }
  return words;
}

}  // namespace

std::string model_endpoint(const PluginSearch& search, ProcessRunner& processes, std::stop_token stop) {
  return text_at(ModelPlugin(search, processes, {}, std::move(stop)).ask({"status", "--json"}), "endpoint");
}

void prepare_model(const compose::PrepareModel& operation, const PluginSearch& search, ProcessRunner& processes,
                   EventSink& events, std::stop_token stop) {
  const Model& model = operation.model;
  const std::string resource = compose::target_of(operation).to_string();
  try {
    const ModelPlugin plugin(search, processes, operation.environment, std::move(stop));
    if (!is_there(plugin, model)) {
      plugin.run({"pull", model.reference}, [&events, &resource](std::string_view line) {
        events.emit({.resource = resource, .phase = Event::Phase::working, .text = std::string(line)});
      });
    }
    plugin.run(words_of_configure(plugin, model), [](std::string_view) {});
  } catch (Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
    throw error.at(model.location);
  }
}

}  // namespace hoist::remote

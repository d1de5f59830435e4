#include "remote/docker/dockerfile_images.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "compose/base/text.hpp"

namespace hoist::remote {
namespace {

struct Instruction {
  std::string name;  ///< lower case
  std::string rest;
};

struct Stage {
  std::string name;  ///< lower case; empty = only its number
  std::string base;
  std::vector<std::string> sources;  ///< of COPY --from and RUN --mount=from
};

struct ParsedDockerfile {
  std::string syntax;
  std::vector<Instruction> instructions;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

/// "# syntax=..." -> {"syntax", "..."}; only while nothing else has come.
std::optional<std::pair<std::string, std::string>> directive_in(std::string_view line) {
  if (!line.starts_with('#')) return std::nullopt;
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string name = to_lower(trim(line.substr(1, equals - 1)));
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_word)) return std::nullopt;
  return std::pair(name, std::string(trim(line.substr(equals + 1))));
}

/// The words that end the here-documents which an instruction opens.
std::vector<std::pair<std::string, bool>> here_documents_in(const Instruction& instruction) {
  std::vector<std::pair<std::string, bool>> ends;
  if (instruction.name != "run" && instruction.name != "copy" && instruction.name != "add") return ends;
  for (const std::string& word : words_of(instruction.rest)) {
    std::size_t at = word.find("<<");
    if (at == std::string::npos || word.find_first_not_of("0123456789") < at) continue;
    at += 2;
    const bool tabs = at < word.size() && word[at] == '-';
    if (tabs) ++at;
    std::string end = word.substr(at);
    if (end.size() > 1 && (end.front() == '"' || end.front() == '\'') && end.back() == end.front()) {
      end = end.substr(1, end.size() - 2);
    }
    if (!end.empty() && std::all_of(end.begin(), end.end(), is_word)) ends.emplace_back(std::move(end), tabs);
  }
  return ends;
}

ParsedDockerfile parse(std::string_view text) {
  ParsedDockerfile parsed;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const std::vector<std::string> lines = split(text, '\n');
  char escape = '\\';
  bool directives = true;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = trim(lines[i]);
    if (directives) {
      if (const auto directive = directive_in(line)) {
        if (directive->first == "syntax") parsed.syntax = directive->second;
        if (directive->first == "escape" && directive->second.size() == 1) escape = directive->second.front();
        continue;
      }
      directives = i == 0 && line.starts_with("#!");
    }
    if (line.empty() || line.starts_with('#')) continue;
    std::string whole;
    while (line.ends_with(escape)) {
      whole += line.substr(0, line.size() - 1);
      line = {};
      // Comments and empty lines inside a continued instruction do not end it.
      while (++i < lines.size()) {
        line = trim(lines[i]);
        if (!line.empty() && !line.starts_with('#')) break;
        line = {};
      }
    }
    whole += line;
    const std::size_t space = std::min(whole.find_first_of(" \t"), whole.size());
    Instruction instruction{to_lower(whole.substr(0, space)), std::string(trim(whole.substr(space)))};
    for (const auto& [end, tabs] : here_documents_in(instruction)) {
      while (++i < lines.size()) {
        std::string_view body = lines[i];
        if (body.ends_with('\r')) body.remove_suffix(1);
        while (tabs && body.starts_with('\t')) body.remove_prefix(1);
        if (body == end) break;
      }
    }
    parsed.instructions.push_back(std::move(instruction));
  }
  return parsed;
}

std::string unquoted(std::string_view text) {
  if (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

/// `text` with $NAME, ${NAME}, ${NAME:-other} and ${NAME:+other} replaced; nothing when a part cannot be
/// known here.
std::optional<std::string> expand(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      out += text[i];
      continue;
    }
    const bool braces = i + 1 < text.size() && text[i + 1] == '{';
    const std::size_t begin = i + (braces ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end == begin) return std::nullopt;
    const auto found = values.find(std::string(text.substr(begin, end - begin)));
    const bool is_set = found != values.end() && !found->second.empty();
    i = end - 1;
    if (!braces) {
      if (found == values.end()) return std::nullopt;
      out += found->second;
      continue;
    }
    const std::size_t close = text.find('}', end);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view rule = text.substr(end, close - end);
    i = close;
    if (rule.empty()) {
      if (found == values.end()) return std::nullopt;
      out += found->second;
    } else if (rule.starts_with(":-")) {
      out += is_set ? found->second : std::string(rule.substr(2));
    } else if (rule.starts_with(":+")) {
      out += is_set ? std::string(rule.substr(2)) : std::string();
    } else {
      return std::nullopt;
    }
  }
  return out;
}

void declare_args(const Instruction& instruction, const DockerfileRequest& request,
                  std::map<std::string, std::string>& values) {
  for (const std::string& word : words_of(instruction.rest)) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (const auto given = request.args.find(name); given != request.args.end()) {
      values[name] = given->second;
    } else if (equals != std::string::npos) {
      if (const auto value = expand(unquoted(std::string_view(word).substr(equals + 1)), values)) values[name] = *value;
    }
  }
}

std::optional<std::string> mount_source(std::string_view option) {
  if (!option.starts_with("--mount=")) return std::nullopt;
  for (const std::string& field : split(option.substr(8), ',')) {
    if (field.starts_with("from=")) return field.substr(5);
  }
  return std::nullopt;
}

std::vector<Stage> stages_of(const ParsedDockerfile& parsed, const DockerfileRequest& request) {
  std::vector<Stage> stages;
  std::map<std::string, std::string> values;
  for (const Instruction& instruction : parsed.instructions) {
    const std::vector<std::string> words = words_of(instruction.rest);
    if (instruction.name == "from") {
      std::size_t at = 0;
      while (at < words.size() && words[at].starts_with("--")) ++at;
      Stage stage;
      if (at < words.size()) stage.base = expand(unquoted(words[at]), values).value_or("");
      if (at + 2 < words.size() && to_lower(words[at + 1]) == "as") stage.name = to_lower(words[at + 2]);
      stages.push_back(std::move(stage));
    } else if (instruction.name == "arg" && stages.empty()) {
      declare_args(instruction, request, values);
    } else if (!stages.empty()) {
      for (const std::string& word : words) {
        if (!word.starts_with("--")) break;
        std::optional<std::string> source = mount_source(word);
        if (word.starts_with("--from=")) source = word.substr(7);
        if (source) stages.back().sources.push_back(expand(unquoted(*source), values).value_or(""));
      }
    }
  }
  return stages;
}

/// Which earlier stage `name` is, by name or number.
std::optional<std::size_t> find_stage(const std::vector<Stage>& stages, std::string_view name, std::size_t before) {
  for (std::size_t i = before; i > 0; --i) {
    if (!stages[i - 1].name.empty() && stages[i - 1].name == to_lower(name)) return i - 1;
  }
  if (!name.empty() && name.size() < 4 &&
      std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    const auto number = static_cast<std::size_t>(std::stoul(std::string(name)));
    if (number < before) return number;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> images_of_dockerfile(std::string_view dockerfile, const DockerfileRequest& request) {
  const ParsedDockerfile parsed = parse(dockerfile);
  const std::vector<Stage> stages = stages_of(parsed, request);
  std::set<std::string> images;
  if (!parsed.syntax.empty()) images.insert(parsed.syntax);
  std::vector<std::size_t> pending;
  std::set<std::size_t> seen;
  if (!stages.empty()) {
    pending.push_back(find_stage(stages, request.target, stages.size()).value_or(stages.size() - 1));
  }
  while (!pending.empty()) {
    const std::size_t at = pending.back();
    pending.pop_back();
    if (!seen.insert(at).second) continue;
    std::vector<std::string> names = stages[at].sources;
    names.push_back(stages[at].base);
    for (const std::string& name : names) {
      if (const auto stage = find_stage(stages, name, at)) {
        pending.push_back(*stage);
      } else if (!name.empty() && name != "scratch") {
        images.insert(name);
      }
    }
  }
  return {images.begin(), images.end()};
}

}  // namespace hoist::remote

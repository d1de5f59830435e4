#include "compose/load/attribute.hpp"

#include <fmt/format.h>

#include <charconv>

#include "compose/load/scalars.hpp"

namespace hoist::compose {

Attribute Attribute::operator[](std::string_view key) const {
  return {node_ == nullptr ? nullptr : node_->find(key), shared_path(), key, k_no_index, *findings_};
}

std::vector<Attribute> Attribute::items() const {
  std::vector<Attribute> entries;
  if (!given()) return entries;
  if (!node_->is_sequence()) {
    fail_type("a list");
    return entries;
  }
  for (std::size_t i = 0; i < node_->items().size(); ++i) {
    entries.push_back({&node_->items()[i], shared_path(), {}, i, *findings_});
  }
  return entries;
}

std::vector<std::pair<std::string, Attribute>> Attribute::members() const {
  std::vector<std::pair<std::string, Attribute>> entries;
  if (!given()) return entries;
  if (!node_->is_mapping()) {
    fail_type("a mapping");
    return entries;
  }
  for (const Member& member : node_->members()) {
    entries.emplace_back(member.key, Attribute(&member.value, shared_path(), member.key, k_no_index, *findings_));
  }
  return entries;
}

std::string Attribute::join(const std::string& parent) const {
  if (index_ != k_no_index) return fmt::format("{}[{}]", parent, index_);
  if (parent.empty()) return std::string(key_);
  std::string path;
  path.reserve(parent.size() + 1 + key_.size());
  path += parent;
  path += '.';
  path += key_;
  return path;
}

const Attribute::SharedPath& Attribute::shared_path() const {
  if (!path_) path_ = std::make_shared<const std::string>(path());
  return path_;
}

std::optional<std::string> Attribute::scalar(std::string_view expected) const {
  if (!given()) return std::nullopt;
  if (node_->is_scalar()) return node_->scalar_text();
  fail_type(expected);
  return std::nullopt;
}

std::string Attribute::text() const {
  return scalar("a text").value_or("");
}

std::optional<bool> Attribute::optional_flag() const {
  const std::optional<std::string> value = scalar("true or false");
  if (!value) return std::nullopt;
  if (*value == "true") return true;
  if (*value == "false") return false;
  fail_type("true or false");
  return std::nullopt;
}

std::int64_t Attribute::integer(std::int64_t least, std::int64_t most, std::int64_t or_else) const {
  const std::optional<std::string> value = scalar("an integer");
  if (!value) return or_else;
  std::int64_t number = 0;
  const char* end = value->data() + value->size();
  const auto [stop, failure] = std::from_chars(value->data(), end, number);
  if (failure != std::errc() || stop != end) {
    fail_type("an integer");
  } else if (number < least || number > most) {
    fail(number < 0 && least == 0 ? fmt::format("{} is negative", number)
                                  : fmt::format("{} is not between {} and {}", number, least, most));
  } else {
    return number;
  }
  return or_else;
}

double Attribute::number() const {
  const std::optional<std::string> value = scalar("a number");
  if (!value) return 0;
  double number = 0;
  const char* end = value->data() + value->size();
  const auto [stop, failure] = std::from_chars(value->data(), end, number);
  if (failure == std::errc() && stop == end) return number;
  fail_type("a number");
  return 0;
}

Bytes Attribute::bytes() const {
  const std::optional<std::string> value = scalar("a size");
  if (!value) return 0;
  try {
    return parse_bytes(*value);
  } catch (const Error& fault) {
    fail(fault.what(), fault.hint());  // the place is known here only
    return 0;
  }
}

std::optional<Nanoseconds> Attribute::duration() const {
  const std::optional<std::string> value = scalar("a duration");
  if (!value) return std::nullopt;
  try {
    const Nanoseconds span = parse_duration(*value);
    if (span.count() >= 0) return span;
    fail(fmt::format("'{}' is negative", *value));
  } catch (const Error& fault) {
    fail(fault.what(), fault.hint());  // the place is known here only
  }
  return std::nullopt;
}

std::vector<std::string> Attribute::texts() const {
  std::vector<std::string> all;
  for (const Attribute& item : items()) all.push_back(item.text());
  return all;
}

CommandLine Attribute::command() const {
  if (!given()) return std::nullopt;
  return texts();
}

StringMap Attribute::text_map() const {
  StringMap all;
  for (const auto& [key, value] : members()) all[key] = value.text();
  return all;
}

EnvironmentMap Attribute::variables() const {
  EnvironmentMap all;
  for (const auto& [key, value] : members()) {
    all[key] = value.given() ? std::optional(value.text()) : std::nullopt;
  }
  return all;
}

void Attribute::fail(std::string message, std::string hint) const {
  findings_->push_back({Diagnostic::Severity::error, location(), path(), std::move(message), std::move(hint)});
}

void Attribute::warn(std::string message, std::string hint) const {
  findings_->push_back({Diagnostic::Severity::warning, location(), path(), std::move(message), std::move(hint)});
}

void Attribute::fail_type(std::string_view expected) const {
  fail(node_->is_scalar() ? fmt::format("expected {}, not '{}'", expected, node_->scalar_text())
                          : fmt::format("expected {}, not {}", expected, node_->kind_name()));
}

}  // namespace hoist::compose

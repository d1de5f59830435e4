#include "remote/docker/build_trace.hpp"

#include <utility>

#include "remote/docker/protobuf_reader.hpp"

namespace hoist::remote {
namespace {

bool decode(std::string_view message, BuildVertex& vertex) {
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    switch (field->number) {
      case 1:
        vertex.digest = field->bytes;
        break;
      case 3:
        vertex.name = field->bytes;
        break;
      case 4:
        vertex.cached = field->integer != 0;
        break;
      case 5:
        vertex.started = true;
        break;
      case 6:
        vertex.completed = true;
        break;
      case 7:
        vertex.error = field->bytes;
        break;
      default:
        break;
    }
  }
  return reader.intact();
}

bool decode(std::string_view message, BuildStatus& status) {
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    switch (field->number) {
      case 1:
        status.id = field->bytes;
        break;
      case 2:
        status.vertex = field->bytes;
        break;
      case 3:
        status.name = field->bytes;
        break;
      case 4:
        status.current = field->as_signed();
        break;
      case 5:
        status.total = field->as_signed();
        break;
      case 8:
        status.completed = true;
        break;
      default:
        break;
    }
  }
  return reader.intact();
}

bool decode(std::string_view message, BuildLog& log) {
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    switch (field->number) {
      case 1:
        log.vertex = field->bytes;
        break;
      case 3:
        log.stream = field->integer == 2 ? 2 : 1;
        break;
      case 4:
        log.text = field->bytes;
        break;
      default:
        break;
    }
  }
  return reader.intact();
}

bool decode(std::string_view message, BuildWarning& warning) {
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    switch (field->number) {
      case 1:
        warning.vertex = field->bytes;
        break;
      case 3:
        warning.text = field->bytes;
        break;
      case 5:
        warning.url = field->bytes;
        break;
      default:
        break;
    }
  }
  return reader.intact();
}

template <typename Part>
bool append(std::string_view message, std::vector<Part>& parts) {
  Part part;
  if (!decode(message, part)) return false;
  parts.push_back(std::move(part));
  return true;
}

}  // namespace

std::optional<BuildTrace> decode_build_trace(std::string_view message) {
  BuildTrace trace;
  ProtobufReader reader(message);
  while (const std::optional<ProtobufField> field = reader.next()) {
    bool good = true;
    switch (field->number) {
      case 1:
        good = append(field->bytes, trace.vertexes);
        break;
      case 2:
        good = append(field->bytes, trace.statuses);
        break;
      case 3:
        good = append(field->bytes, trace.logs);
        break;
      case 4:
        good = append(field->bytes, trace.warnings);
        break;
      default:
        break;
    }
    if (!good) return std::nullopt;
  }
  if (!reader.intact()) return std::nullopt;
  return trace;
}

}  // namespace hoist::remote

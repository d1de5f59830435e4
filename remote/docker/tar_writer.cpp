#include "remote/docker/tar_writer.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "compose/base/error.hpp"
#include "compose/base/text.hpp"
#include "remote/docker/tar_entry.hpp"

namespace hoist::remote {
namespace {

constexpr std::size_t k_piece = 128U << 10U;

Error disk_error(int number, const std::filesystem::path& path) {
  const ErrorCode code = number == EACCES || number == EPERM ? ErrorCode::denied
                         : number == ENOENT                  ? ErrorCode::not_found
                                                             : ErrorCode::failed;
  Error error(code, fmt::format("cannot read '{}' of the build context: {}", path.string(), system_text(number)));
  if (code == ErrorCode::denied) error.with_hint("make it readable, or list it in .dockerignore");
  return error;
}

std::vector<std::string> names_in(const std::filesystem::path& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(directory.c_str()), ::closedir);
  if (!handle) throw disk_error(errno, directory);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(handle.get())) {
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string link_target(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::path target = std::filesystem::read_symlink(path, failure);
  if (failure) throw disk_error(failure.value(), path);
  return target.string();
}

bool has_below(const std::set<std::string>& paths, const std::string& directory) {
  const auto found = paths.lower_bound(directory + '/');
  return found != paths.end() && found->starts_with(directory + '/');
}

}  // namespace

ContextTar::ContextTar(ContextFiles files) : files_(std::move(files)) {
  enter("", true, {});
}

std::string ContextTar::next() {
  std::string out;
  while (!finished_ && out.size() < k_piece) step(out);
  return out;
}

void ContextTar::step(std::string& out) {
  if (file_) {
    read_some(out);
  } else if (!extra_sent_) {
    for (const auto& [name, content] : files_.extra) {
      put_tar_file(out, {.name = name, .mode = 0644}, content);
    }
    extra_sent_ = true;
  } else if (stack_.empty()) {
    out.append(2 * k_tar_block, '\0');
    finished_ = true;
  } else if (stack_.back().at == stack_.back().names.size()) {
    stack_.pop_back();
  } else {
    Directory& directory = stack_.back();
    const std::string& name = directory.names[directory.at++];
    add(out, directory.path.empty() ? name : directory.path + '/' + name);
  }
}

void ContextTar::enter(const std::string& path, bool announced, const struct stat& info) {
  stack_.push_back({.path = path, .names = names_in(on_disk(path)), .at = 0, .announced = announced, .info = info});
}

void ContextTar::add(std::string& out, const std::string& path) {
  if (files_.extra.contains(path)) return;
  const bool excluded = !files_.always.contains(path) && files_.ignore.excludes(path);
  struct stat info {};
  if (::lstat(on_disk(path).c_str(), &info) != 0) {
    if (errno == ENOENT || excluded) return;  // gone since its directory was read
    throw disk_error(errno, on_disk(path));
  }
  if (S_ISDIR(info.st_mode)) {
    if (!excluded) {
      announce_parents(out);
      put_tar_entry(out, {.name = path + '/', .type = '5', .mode = info.st_mode & 07777U, .mtime = info.st_mtime});
    } else if (!files_.ignore.may_include_below(path) && !has_below(files_.always, path)) {
      return;
    }
    enter(path, !excluded, info);
    return;
  }
  if (excluded || S_ISSOCK(info.st_mode)) return;
  announce_parents(out);
  if (S_ISREG(info.st_mode)) {
    begin_file(out, path);
  } else if (S_ISLNK(info.st_mode)) {
    put_tar_entry(
        out, {.name = path, .link = link_target(on_disk(path)), .type = '2', .mode = 0777, .mtime = info.st_mtime});
  } else {
    const char type = S_ISFIFO(info.st_mode) ? '6' : S_ISCHR(info.st_mode) ? '3' : '4';
    put_tar_entry(out, {.name = path,
                        .type = type,
                        .mode = info.st_mode & 07777U,
                        .mtime = info.st_mtime,
                        .device_major = type == '6' ? 0 : major(info.st_rdev),
                        .device_minor = type == '6' ? 0 : minor(info.st_rdev)});
  }
}

void ContextTar::announce_parents(std::string& out) {
  for (Directory& directory : stack_) {
    if (std::exchange(directory.announced, true)) continue;
    put_tar_entry(out, {.name = directory.path + '/',
                        .type = '5',
                        .mode = directory.info.st_mode & 07777U,
                        .mtime = directory.info.st_mtime});
  }
}

void ContextTar::begin_file(std::string& out, const std::string& path) {
  file_ = Fd(::open(on_disk(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (!file_ || ::fstat(file_.get(), &info) != 0) throw disk_error(errno, on_disk(path));
  if (!S_ISREG(info.st_mode)) {
    throw Error(ErrorCode::failed, fmt::format("'{}' changed while it was sent; build again", on_disk(path).string()));
  }
  file_path_ = path;
  file_left_ = static_cast<std::uint64_t>(info.st_size);
  padding_ = tar_padding(file_left_);
  put_tar_entry(out, {.name = path, .size = file_left_, .mode = info.st_mode & 07777U, .mtime = info.st_mtime});
}

void ContextTar::read_some(std::string& out) {
  if (file_left_ > 0) {
    const std::size_t before = out.size();
    const auto wanted = static_cast<std::size_t>(
        std::min<std::uint64_t>(file_left_, k_piece - std::min(before, k_piece - k_tar_block)));
    out.resize(before + wanted);
    ssize_t got = 0;
    do {
      got = ::read(file_.get(), out.data() + before, wanted);
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw disk_error(errno, on_disk(file_path_));
    if (got == 0) {
      throw Error(ErrorCode::failed,
                  fmt::format("'{}' became shorter while it was sent; build again when nothing writes to it",
                              on_disk(file_path_).string()));
    }
    out.resize(before + static_cast<std::size_t>(got));
    file_left_ -= static_cast<std::uint64_t>(got);
  }
  if (file_left_ == 0) {
    out.append(padding_, '\0');
    file_.reset();
  }
}

}  // namespace hoist::remote

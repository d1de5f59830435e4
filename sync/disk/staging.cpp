#include "sync/disk/staging.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <vector>

namespace hoist::sync {

Staging::~Staging() {
  fd_.reset();
  ::unlinkat(root_.fd(), k_name, AT_REMOVEDIR);  // stays where trash is in it
}

int Staging::fd() {
  struct stat found {};
  const bool is_there = fd_ && ::fstat(fd_.get(), &found) == 0 && found.st_nlink > 0;
  if (is_there) return fd_.get();
  // Another session of the same root may have removed it at its end.
  kept_.clear();
  kept_bytes_ = 0;
  if (::mkdirat(root_.fd(), k_name, 0700) != 0 && errno != EEXIST) return -1;
  fd_ = root_.open_directory(k_name, O_RDONLY);
  if (fd_) adopt();
  return fd_.get();
}

/// What others left, also in the middle of their work, is trash like our own.
void Staging::adopt() {
  Fd listed = root_.open_directory(k_name, O_RDONLY);
  DIR* stream = listed ? ::fdopendir(listed.get()) : nullptr;
  if (stream == nullptr) return;
  listed.release();
  std::vector<std::pair<std::int64_t, Kept>> found;
  while (const struct dirent* entry = ::readdir(stream)) {  // NOLINT(concurrency-mt-unsafe): a stream of our own
    struct stat status {};
    if (look_at(fd_.get(), entry->d_name, status) != 0 || S_ISDIR(status.st_mode)) continue;
    found.push_back({stamp_of(status).changed, {entry->d_name, static_cast<std::uint64_t>(status.st_size)}});
  }
  ::closedir(stream);
  std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
  for (auto& [changed, entry] : found) {
    kept_bytes_ += entry.size;
    kept_.push_back(std::move(entry));
  }
  drop_oldest();
}

void Staging::drop_oldest() {
  while (!kept_.empty() && (kept_bytes_ > limits_.bytes || kept_.size() > limits_.entries)) {
    ::unlinkat(fd_.get(), kept_.front().name.c_str(), 0);
    kept_bytes_ -= kept_.front().size;
    kept_.pop_front();
  }
}

std::string Staging::new_name() {
  return prefix_ + std::to_string(++next_);
}

void Staging::keep(const std::string& name, const std::string& path, std::uint64_t size) {
  constexpr std::size_t k_longest = 200;
  std::string flat = path.substr(path.size() - std::min(path.size(), k_longest));
  std::replace(flat.begin(), flat.end(), '/', '%');
  const std::string kept = "trash-" + name + '-' + flat;
  const bool wanted = size <= limits_.bytes && limits_.entries > 0;
  if (!wanted || ::renameat(fd(), name.c_str(), fd(), kept.c_str()) != 0) {
    ::unlinkat(fd(), name.c_str(), 0);
    return;
  }
  kept_.push_back({kept, size});
  kept_bytes_ += size;
  drop_oldest();
}

}  // namespace hoist::sync

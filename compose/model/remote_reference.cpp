#include "compose/model/remote_reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "compose/base/error.hpp"

namespace hoist::compose {
namespace {

bool is_user_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
}

/// "git@host:path", as ssh and Git write it.
bool is_scp_form(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::size_t colon = text.find(':');
  if (at == 0 || at == text.npos || colon == text.npos || colon < at + 2 || colon + 1 == text.size()) return false;
  return std::ranges::all_of(text.substr(0, at), is_user_letter) &&
         std::ranges::all_of(text.substr(at + 1, colon - at - 1), is_user_letter) && text.front() != '-';
}

/// The repository's address; nothing when this is none.
std::optional<std::string> repository_in(std::string_view text) {
  if (text.starts_with("github.com/")) return fmt::format("https://{}", text);
  if (text.starts_with("git://") || text.starts_with("ssh://") || is_scp_form(text)) return std::string(text);
  const bool is_web = text.starts_with("https://") || text.starts_with("http://");
  if (is_web && text.substr(0, text.find('?')).ends_with(".git")) return std::string(text);
  return std::nullopt;
}

/// Takes "user:token@" out of a web address. Returns it without the '@'; "" when there is none.
std::string take_credentials(std::string& address) {
  const std::size_t scheme = address.find("://");
  if (!address.starts_with("http") || scheme == std::string::npos) return {};
  const std::size_t begin = scheme + 3;
  const std::size_t host_end = address.find_first_of("/?#", begin);
  const std::size_t at = address.substr(0, host_end).rfind('@');
  if (at == std::string::npos || at < begin) return {};
  std::string credentials = address.substr(begin, at - begin);
  address.erase(begin, at + 1 - begin);
  return credentials;
}

}  // namespace

std::optional<RemoteReference> parse_remote_reference(std::string_view text) {
  RemoteReference reference;
  reference.text = text;
  if (text.starts_with("oci://")) {
    reference.kind = RemoteReference::Kind::oci;
    reference.repository = text.substr(6);
    return reference;
  }
  const std::size_t hash = text.find('#');
  const std::optional<std::string> repository = repository_in(text.substr(0, hash));
  if (!repository) return std::nullopt;
  reference.repository = *repository;
  reference.credentials = take_credentials(reference.repository);
  take_credentials(reference.text);
  if (hash == text.npos) return reference;
  const std::string_view fragment = text.substr(hash + 1);
  const std::size_t colon = fragment.find(':');
  reference.revision = fragment.substr(0, colon);
  if (colon != fragment.npos) reference.path = fragment.substr(colon + 1);
  return reference;
}

RemoteFile fetch_remote(const FetchRemote& fetch, const RemoteReference& reference) {
  if (fetch) return fetch(reference);
  throw Error(ErrorCode::bad_input,
              fmt::format("'{}' is not on this machine, and nothing here fetches it", reference.text));
}

}  // namespace hoist::compose

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hoist {

/// The candidate nearest to `word` by edit distance, when near enough to be a misspelling.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// "did you mean 'db'?" or "" when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// `text` without control characters, escape sequences and bytes that are not UTF-8 (a terminal may take a lone byte
/// from 80 to 9F for a control); tabs stay, newlines stay when `keep_newlines` and are spaces else.
/// For every text that comes from an engine, a registry or a container's metadata before it is printed.
std::string strip_control(std::string_view text, bool keep_newlines = false);

/// `text` on one line, with escapes in place of control characters and of bytes that are not UTF-8: "a\\nb",
/// "\\x1b[0m". For names that a user wrote: what cannot be seen may be what is wrong.
std::string printable(std::string_view text);

/// Parts of `text` between `separator`; an empty text has no part.
std::vector<std::string> split(std::string_view text, char separator);

/// `text` without leading and trailing white space.
std::string_view trim(std::string_view text);

/// Lower case of ASCII letters.
std::string to_lower(std::string_view text);
/// Upper case of ASCII letters.
std::string to_upper(std::string_view text);

/// Bytes from the operating system's random source as lower-case hex. Errors: Error{unavailable}.
std::string random_hex(std::size_t bytes);

/// "1.5MB" (powers of 1000) as Docker prints sizes.
std::string human_size(double bytes);

/// "3 seconds", "About a minute", "2 hours": as Docker words a span of `seconds`.
std::string human_duration(long long seconds);

/// What an error number of the system stands for: "Permission denied".
std::string system_text(int error);

}  // namespace hoist

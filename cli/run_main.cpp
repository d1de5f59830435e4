#include "cli/run_main.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <system_error>

#include "cli/console.hpp"
#include "cli/excerpt.hpp"
#include "compose/base/text.hpp"

namespace hoist::cli {
namespace {

std::string painted(std::string_view word, std::string_view code, bool colour) {
  return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, word) : std::string(word);
}

}  // namespace

std::string describe(const Diagnostic& finding, const ReportStyle& style) {
  const bool fatal = finding.severity == Diagnostic::Severity::error;
  Diagnostic bare = finding;
  bare.hint.clear();
  std::string out =
      fmt::format("{} {}\n", painted(fatal ? "error:" : "warning:", fatal ? "1;31" : "1;33", style.colour),
                  printable(bare.to_string()));
  if (style.source) out += excerpt(finding.location, style.width);
  if (!finding.hint.empty()) out += fmt::format("  hint: {}\n", printable(finding.hint));
  return out;
}

std::string describe(const Error& error, const ReportStyle& style) {
  std::string out;
  if (error.diagnostics().empty()) {
    out += fmt::format("{} {}\n", painted("error:", "1;31", style.colour), strip_control(error.what(), true));
    if (style.source) out += excerpt(error.location(), style.width);
  }
  for (const Diagnostic& finding : error.diagnostics()) out += describe(finding, style);
  if (!error.hint().empty()) {
    std::string hint;
    for (const std::string& line : split(error.hint(), '\n')) {
      hint += (hint.empty() ? "" : "\n        ") + strip_control(line);
    }
    out += fmt::format("  hint: {}\n", hint);
  }
  for (const std::string& line : error.trace()) out += fmt::format("  while {}\n", strip_control(line));
  return out;
}

ReportStyle report_style(const Console& console) {
  return {.source = console.err_is_terminal(),
          .colour = console.styling().err_colour,
          .width = static_cast<std::size_t>(std::max(console.size().columns, 0))};
}

Error as_error(const std::exception_ptr& fault) {
  // A caught exception can be looked at only by catching it again.
  constexpr const char* k_hint = "this is a bug in hoist; please report it";
  try {
    std::rethrow_exception(fault);
  } catch (const Error& error) {
    return error;
  } catch (const std::system_error& refused) {
    return Error(ErrorCode::failed, refused.what());
  } catch (const std::exception& other) {
    return Error(ErrorCode::failed, fmt::format("internal error: {}", other.what())).with_hint(k_hint);
  } catch (...) {
    return Error(ErrorCode::failed, "internal error").with_hint(k_hint);
  }
}

namespace {

int run_guarded(Console& console, const std::function<int()>& body) noexcept {
  try {
    return body();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) {
      console.write_err("interrupted\n");
      return 130;
    }
    console.write_err(describe(error, report_style(console)));
    return error.code() == ErrorCode::bad_input ? 2 : 1;
  } catch (const std::system_error&) {
    // What the system refused where nobody had a better text for it.
    console.write_err(describe(as_error(std::current_exception()), report_style(console)));
    return 1;
  } catch (const std::exception& error) {
    console.write_err(fmt::format("internal error: {}\nThis is a bug in hoist; please report it.\n", error.what()));
    return 70;
  }
}

}  // namespace

int run_main(Console& console, const std::function<int()>& body) noexcept {
  const int code = run_guarded(console, body);
  if (console.out_fault() == 0) return code;
  console.write_err(fmt::format("error: the results could not be written to standard output: {}\n",
                                system_text(console.out_fault())));
  return code == 0 ? 1 : code;
}

}  // namespace hoist::cli

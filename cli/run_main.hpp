#pragma once

#include <exception>
#include <functional>
#include <string>

#include "compose/base/error.hpp"

namespace hoist::cli {

class Console;

/// How a fault is told.
struct ReportStyle {
  bool source = false;  ///< each finding with its line of source, and a caret under the column
  bool colour = false;
  std::size_t width = 80;  ///< of the terminal, in columns
};

/// What a person reads about one finding: what is wrong and where, the source, the hint. Ends with a newline.
std::string describe(const Diagnostic& finding, const ReportStyle& style);

/// What a person reads about a fault: all findings, the hint, what was being done. Ends with a newline.
std::string describe(const Error& error, const ReportStyle& style);

/// The style for talk on `console`: a terminal gets the source too.
ReportStyle report_style(const Console& console);

/// What `fault` says, as an Error: itself if it is one, any other exception as a failure that calls itself an internal
/// error. For the end of a thread and for faults that are told beside another; alone, `run_main` tells them apart.
Error as_error(const std::exception_ptr& fault);

/// Runs `body` and turns what it throws into words on `console` and an exit code: 0 fine, 1 failed, 2 wrong use or
/// invalid file, 70 a bug of ours, 130 interrupted. Here every fault that nobody had an answer to ends. Results that
/// could not be written make 1 of 0.
int run_main(Console& console, const std::function<int()>& body) noexcept;

}  // namespace hoist::cli

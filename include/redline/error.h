#pragma once
// Errors of the user and of the data: coded, placed in a file where there is one, with help.
// Bugs of ours go through RL_CHECK; a "no" is an ordinary value, never an Error.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace redline {

// The number of an RL#### code. Titles and pages live in base/error_catalogue.cc, one list for
// `redline explain`, the docs and the tests.
enum class Code : std::uint16_t {
  kFileUnreadable = 1001,
  kDirectoryMissing = 1002,
  kTomlSyntax = 1101,
  kUnknownKey = 1102,
  kMissingKey = 1103,
  kWrongType = 1104,
  kNotAChoice = 1105,
  kDuplicateId = 1106,
  kIdMismatch = 1107,
  kUnknownReference = 1108,
  kBadNumber = 1201,
  kWrongUnit = 1202,
  kMissingUnit = 1203,
  kOutOfRange = 1204,
  kBadInterval = 1205,
  kBadDate = 1206,
  kInconsistent = 1207,
  kPredicateSyntax = 1301,
  kPredicateName = 1302,
  kPredicateType = 1303,
  kCsvSyntax = 1401,
  kJsonSyntax = 1402,
  kRowField = 1403,
  kConfigSyntax = 1404,
  kConfigUnsupported = 1405,
  kDistributionSyntax = 1406,
  kTraceRow = 1407,
  kShardDamaged = 1501,
  kShardUnfinished = 1502,
  kShardForeign = 1503,
  kShardsOverlap = 1504,
  kShardsMissing = 1505,
  kFormulaSyntax = 1601,
  kCycle = 1602,
  kProbability = 1603,
  kGeographyClash = 1604,
  kPeriodClash = 1605,
  kLateEvidence = 1606,
  kNotPositiveDefinite = 1607,
  kUnknownCommand = 2001,
  kUnknownOption = 2002,
  kMissingArgument = 2003,
  kBadOptionValue = 2004,
  kWarningDenied = 2005,
  kUnknownChip = 2101,
  kAmbiguousName = 2102,
  kUnknownPlace = 2103,
  kUnknownRecord = 2104,
  kUnknownCode = 2105,
  kBadSetting = 2202,
  kConditionSyntax = 2203,
  kConditionName = 2204,
  kReplayFile = 2205,
  kBatchSyntax = 2301,
  kBatchField = 2302,
  kBatchCommand = 2303,
  kRunUnfinished = 2401,
  kOutputForeign = 2402,
  kRunBusy = 2403,
  kStopped = 2404,
  kListen = 2501,
  kHttpStranger = 2502,
  kHttpMalformed = 2503,
  kNoResource = 2504,
  kTooMuch = 2505,
  kTooSlow = 2506,
  kJobEnded = 2507,
  kBadRequest = 3001,
  kBadShard = 3002,
  kOutputUnwritable = 4001,
  kBug = 9001,
};

// "RL1203"
[[nodiscard]] std::string code_name(Code code);
// One line, such as "value has no unit".
[[nodiscard]] std::string_view code_title(Code code);
// The page that `redline explain` prints.
[[nodiscard]] std::string_view code_page(Code code);
// A shell command that produces the error, empty where there is none that is short.
[[nodiscard]] std::string_view code_example(Code code);
// Every code there is, ascending.
[[nodiscard]] const std::vector<Code>& all_codes();
// The code called "RL1203", "rl1203" or "1203".
[[nodiscard]] std::optional<Code> find_code(std::string_view name);

// A place in an input: 1-based line and column, and the text of that line for the caret.
struct SourceSpan {
  std::string file;
  int line = 0;
  int column = 0;
  int length = 1;
  std::string text;
};

struct Error {
  Code code = Code::kBug;
  std::string message;
  std::optional<SourceSpan> where;
  std::vector<std::string> help;
  // What stands under the caret, such as "expected a bandwidth".
  std::string label;
};

// All problems of an input at once.
using Diagnostics = std::vector<Error>;

template <class T>
using Result = tl::expected<T, Error>;

// For loaders: the value, or every problem that was found.
template <class T>
using Loaded = tl::expected<T, Diagnostics>;

[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message,
                                                std::vector<std::string> help = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::nullopt, std::move(help), {}});
}

// The words around a message, in the language of the reader. Messages themselves stay English;
// where the reader's language is another, the title of the code stands in front of them.
struct ErrorWords {
  std::string error = "error";
  std::string help = "help";
  std::string more = "… and {count} more problems";
  std::function<std::string(Code)> title{};  // empty: none is said
};

// rustc-like text: error[RL1203]: … / --> file:line:column / the line / a caret / = help lines.
[[nodiscard]] std::string render(const Error& error, const ErrorWords& words = {});
// At most `cap` errors, then a count of the rest.
[[nodiscard]] std::string render(const Diagnostics& errors, std::size_t cap = 20,
                                 const ErrorWords& words = {});

// Prints file, line and the condition, asks for a report and exits with 70. For bugs only.
[[noreturn]] void report_bug(const char* file, int line, const char* condition);

}  // namespace redline

// Always on: an internal rule that no input may break.
#define RL_CHECK(cond) \
  (static_cast<bool>(cond) ? void(0) : ::redline::report_bug(__FILE__, __LINE__, #cond))

// Returns the error of a Result from the enclosing function, or yields its value.
#define RL_TRY(lhs, expr)                                     \
  auto lhs##_result = (expr);                                 \
  if (!lhs##_result)                                          \
    return ::tl::unexpected(std::move(lhs##_result).error()); \
  auto lhs = std::move(*lhs##_result)

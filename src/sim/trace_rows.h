#pragma once
// Rows of traces: the fields and their names, and what a row has to hold to be a request.

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/traffic.h"

namespace redline {

enum class TraceField : std::uint8_t {
  kTime,
  kPrompt,
  kAnswer,
  kHashIds,
  kPrefix,
  kPrefixTokens,
  kPriority,
};
inline constexpr std::size_t kTraceFields = 7;

struct TraceFieldWords {
  std::string_view what;                  // "the prompt"
  std::vector<std::string_view> names{};  // that a column may have, ours first
};
[[nodiscard]] const TraceFieldWords& words_of(TraceField field);
[[nodiscard]] std::string names_of(TraceField field);

// The field that a column or key of this name holds; upper and lower case are the same.
[[nodiscard]] std::optional<TraceField> trace_field(std::string_view name);
// The name that was meant by one that is nearly one of ours. Other names are of no concern here.
[[nodiscard]] std::optional<std::string_view> meant_name(std::string_view name);

struct TraceCell {
  enum class Kind : std::uint8_t { kAbsent, kNumber, kText, kOther } kind = Kind::kAbsent;
  double number = 0.0;
  std::string text{};  // as it was written
};
[[nodiscard]] TraceCell cell_of(std::string_view text);

struct RawTraceRow {
  std::array<TraceCell, kTraceFields> cells{};
  std::vector<std::uint64_t> hash_ids{};

  [[nodiscard]] TraceCell& cell(TraceField field) { return cells[static_cast<std::size_t>(field)]; }
  [[nodiscard]] const TraceCell& cell(TraceField field) const {
    return cells[static_cast<std::size_t>(field)];
  }
};

// Seconds as a whole number and a rest: a double alone tells times since 1970 apart to 0.2 us.
struct TraceTime {
  std::int64_t whole = 0;
  double rest = 0.0;
  bool dated = false;

  [[nodiscard]] double since(const TraceTime& other) const {
    return static_cast<double>(whole - other.whole) + (rest - other.rest);
  }
};
// "2023-11-16 18:15:46.6805900", also with a T between, and with Z or an offset such as +08:00.
[[nodiscard]] std::optional<TraceTime> parse_trace_time(std::string_view text);

// Puts a trace together row by row, and gathers what is wrong.
class TraceBuilder {
 public:
  // The place of a field of the row at hand; of the row itself where it has no such field.
  using Locate = std::function<SourceSpan(TraceField)>;

  void add(const RawTraceRow& row, const Locate& locate);
  void add_problem(SourceSpan where, std::string message, std::vector<std::string> help = {});
  // Nobody reads on: the rest of the trace need not be looked at.
  [[nodiscard]] bool full() const { return errors_.size() >= kMostProblems; }
  [[nodiscard]] bool clean() const { return errors_.empty(); }
  [[nodiscard]] Loaded<Trace> finish();

 private:
  static constexpr std::size_t kMostProblems = 1000;

  std::optional<double> time(const RawTraceRow& row, const Locate& locate);
  std::optional<std::int64_t> whole(const RawTraceRow& row, TraceField field, double least,
                                    double most, const Locate& locate);
  void take_prefix(const RawTraceRow& row, TraceRow& taken, const Locate& locate);
  void take_hash_ids(const RawTraceRow& row, TraceRow& taken, const Locate& locate);
  void lay_out_prefixes();

  struct NamedPrefix {
    std::size_t row = 0;
    std::size_t group = 0;
  };
  Trace trace_;
  Diagnostics errors_;
  std::optional<TraceTime> first_, last_;
  std::map<std::string, std::size_t, std::less<>> groups_;  // by name of a prefix
  std::vector<std::size_t> blocks_of_;                      // the most that a row of a group has
  std::vector<NamedPrefix> named_;
};

}  // namespace redline

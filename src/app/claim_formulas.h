#pragma once
// The formulas that claims may name: what each takes, what is stated, and the function.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/claim_compare.h"
#include "app/claims.h"

namespace redline::app {

// What an input is. A file is checked against these before a formula runs, so a formula finds every
// id there.
enum class Param : std::uint8_t {
  kFigure,
  kEvent,
  kStatement,
  kPeriod,
  kChip,
  kPlace,
  kDate,
  kSpec,      // a value of a chip's data sheet: fp16, memory_bandwidth …
  kQuantity,  // a quantity that rules measure: tpp, dram_bw …
  kSetting,   // KEY=VALUE, as `--set` takes it
  kEventKind,
  kName,  // of a person or company
};

enum class Repeat : std::uint8_t { kOnce, kOnceOrMore, kAnyNumber };

struct Parameter {
  Param kind;
  Repeat repeat = Repeat::kOnce;  // only the last may repeat
};

enum class StatedKind : std::uint8_t { kNumbers, kDates, kCount, kTerm, kWords, kChoice };

// What a formula worked out.
struct Finding {
  ClaimVerdict verdict = ClaimVerdict::kUnverifiable;
  std::string found;
  std::optional<Interval<double>> bounds;
  std::string unit;
  std::string arithmetic;
  std::vector<ClaimInput> inputs;
};

// A claim whose inputs are known to be of the kinds of its formula.
struct Case {
  const Workspace& workspace;
  const Claim& claim;

  [[nodiscard]] const MarketFigure& figure(std::size_t i) const;
  [[nodiscard]] const MarketEvent& event(std::size_t i) const;
  [[nodiscard]] const MarketStatement& statement(std::size_t i) const;
  [[nodiscard]] const FiscalPeriod& period(std::size_t i) const;
  [[nodiscard]] const Chip& chip(std::size_t i) const;
  [[nodiscard]] Date date(std::size_t i) const;
  [[nodiscard]] std::size_t size() const { return claim.inputs.size(); }
};

struct Formula {
  std::string_view name;
  std::string_view doc;  // one line
  StatedKind stated;
  std::vector<Parameter> parameters;
  std::vector<std::string_view> choices;  // of kChoice
  Result<Finding> (*run)(const Case&);
};

[[nodiscard]] const std::vector<Formula>& claim_formulas();
[[nodiscard]] const Formula* find_formula(std::string_view name);

// By subject, each in a file of its own.
[[nodiscard]] std::vector<Formula> figure_formulas();
[[nodiscard]] std::vector<Formula> event_formulas();
[[nodiscard]] std::vector<Formula> chip_formulas();
[[nodiscard]] std::vector<Formula> rule_formulas();

// The names that kSpec takes.
[[nodiscard]] std::vector<std::string_view> spec_names();

// Fills in the verdict of a number, in the unit of what is stated.
[[nodiscard]] Result<Finding> judge_number(const Case& c, Finding finding, const Measure& like,
                                           const std::optional<Interval<double>>& value,
                                           const std::string& arithmetic);
[[nodiscard]] Result<Finding> judge_dates(const Case& c, Finding finding,
                                          const std::optional<Interval<Date>>& value);
// Words without regard to case.
[[nodiscard]] bool has_word(const std::vector<std::string>& words, std::string_view word);

[[nodiscard]] ClaimInput input_of(const MarketFigure& figure);
[[nodiscard]] ClaimInput input_of(const MarketEvent& event);
[[nodiscard]] ClaimInput input_of(const MarketStatement& statement);
[[nodiscard]] ClaimInput input_of(const FiscalPeriod& period);
[[nodiscard]] ClaimInput input_of(const Chip& chip, std::string text,
                                  std::vector<std::string> sources);

}  // namespace redline::app

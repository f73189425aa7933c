#pragma once
// The claims of an article, each recomputed by a named formula from figures, events, chips and
// rules.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/workspace.h"
#include "data/schema.h"
#include "results/table.h"

namespace redline::app {

enum class ClaimVerdict : std::uint8_t { kConfirmed, kRounding, kWrong, kUnverifiable, kOpinion };
inline constexpr std::size_t kClaimVerdicts = 5;
[[nodiscard]] std::string_view name_of(ClaimVerdict verdict);  // "confirmed"

enum class Tolerance : std::uint8_t {
  kDigits,  // to the last digit that is stated
  kExact,
};

struct Claim {
  std::string id;
  std::string text;
  std::vector<std::string> stated;  // the value as the article gives it; two are a range
  std::string formula;              // empty: not computed
  std::vector<std::string> inputs;
  Tolerance tolerance = Tolerance::kDigits;
  std::optional<ClaimVerdict> verdict;  // of claims that are not computed
  std::string note;
  std::vector<std::string> sources;
};

struct ClaimSet {
  std::string id;
  std::string title;
  Date as_of{};  // the day of the article
  std::vector<Claim> claims;
};

// What a formula read.
struct ClaimInput {
  std::string id;
  std::string kind;  // figure, event, statement, period, chip, rule, model
  std::string text;  // its value
  std::optional<Date> published;
  std::vector<std::string> sources;
};

struct ClaimResult {
  Claim claim;
  ClaimVerdict verdict = ClaimVerdict::kUnverifiable;
  std::string found;                       // "32.15 %"; empty: not known
  std::optional<Interval<double>> bounds;  // where it is a number, in `unit`
  std::string unit;
  std::string arithmetic;  // "5.5 / 17.108 = 32.15 %"
  std::vector<ClaimInput> inputs;
  std::optional<Date> known_by;      // when the last of the inputs became known
  std::vector<std::string> sources;  // of the claim and its inputs

  [[nodiscard]] bool computed() const { return !claim.formula.empty(); }
};

struct ClaimReport {
  std::string id;
  std::string title;
  Date as_of{};
  std::vector<ClaimResult> results;

  [[nodiscard]] std::size_t count(ClaimVerdict verdict) const;
  [[nodiscard]] std::size_t computed() const;
  // The result rests on something published after the article.
  [[nodiscard]] bool hindsight(const ClaimResult& result) const {
    return result.known_by && *result.known_by > as_of;
  }
};

// data/claims/<name>.toml, or a file of the user's. Errors: all problems of the file at once:
// unknown formulas, figures, events and chips, inputs that a formula does not take, a verdict typed
// in where it is computed.
[[nodiscard]] Loaded<ClaimReport> judge_claims(const Workspace& workspace, const std::string& name);

// A share that an article gives, such as 0.3 of "30 percent".
struct ClaimedShare {
  std::string article;
  double share = 0.0;
  std::string note;
};
// What a claim of data/claims/<name>.toml states. Errors: no such claim, or one that states no
// single share. Other problems of the file are for judge_claims.
[[nodiscard]] Result<ClaimedShare> claimed_share(const Workspace& workspace,
                                                 const std::string& name, const std::string& claim);

[[nodiscard]] data::TypeInfo claims_type();

// One row a formula: name, inputs, what is stated, definition.
[[nodiscard]] results::Table formula_table();

}  // namespace redline::app

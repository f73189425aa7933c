#pragma once
// `redline search chip --backtest`: what would have been proposed on the day of a rule, from what
// was known then, beside what was shipped.

#include <optional>
#include <string>
#include <vector>

#include "app/search_chip.h"
#include "data/schema.h"

namespace redline::app {

// One die and what came of it.
struct EpochReply {
  std::string die;
  std::string shipped;  // id of the catalogue; empty: no new part came
  std::string base;     // what it was cut down from, an id; empty: the part that uses most
  std::string markets;
  bool cards = false;       // judged by the work of cards rather than of servers
  bool exceptions = false;  // it went under a license exception
};
struct ReplyEpoch {
  std::string id, title, rules, to;
  Date known{};
  std::vector<WorkAsked> work, cards;
  std::vector<EpochReply> reply;
};
struct ReplyEpochs {
  std::vector<ReplyEpoch> epoch;
};

// Of data/backtest, in the order of the file.
[[nodiscard]] Loaded<std::vector<ReplyEpoch>> load_reply_epochs(const Workspace& workspace);
// The request that asks for a reply from what was known then.
[[nodiscard]] Json reply_fields_of(const ReplyEpoch& epoch, const EpochReply& asked);

// What is cut most: of a proposal against that under the rule before, of what was shipped against
// what it was made from.
enum class CutAxis : std::uint8_t { kNone, kCompute, kMemory, kCapacity, kLink };
inline constexpr std::array<std::string_view, 5> kCutAxisNames{"none", "compute", "memory",
                                                               "capacity", "link"};

// A parameter of the proposal and of what was shipped; unknown ones are none.
struct ScoredParameter {
  std::string name, unit;
  std::optional<double> proposed, shipped;
  // Of the logarithm: 0 where both are alike.
  [[nodiscard]] std::optional<double> log_error() const;
};

struct ScoredReply {
  const ReplyEpoch* epoch = nullptr;
  const EpochReply* asked = nullptr;
  std::optional<Reply> proposed;   // none: no part is legal
  std::optional<Message> refusal;  // why nothing can be said of the base part
  bool no_new_part = false;        // the rule lets nothing through that the one before did not
  CutAxis proposed_cut = CutAxis::kNone, shipped_cut = CutAxis::kNone;
  std::optional<double> proposed_margin_percent, shipped_margin_percent;  // nearest limit below
  std::vector<ScoredParameter> parameters;
  std::optional<double> closed_form_tpp;  // the largest that the rule lets the die have
  std::vector<Message> evasions;
  std::vector<std::string> eased;  // parts of the vendor whose review the rule eased
};

struct BacktestReport {
  std::vector<ReplyEpoch> epochs;
  std::vector<ScoredReply> replies;
};

// A file of epochs: its problems, and what those of `data schema backtest` have.
[[nodiscard]] Diagnostics check_backtest(const Workspace& workspace, const std::string& file,
                                         const std::string& text);
[[nodiscard]] data::TypeInfo backtest_type();

[[nodiscard]] Loaded<BacktestReport> work_out_backtest(const Workspace& workspace,
                                                       const SearchRun& run);
[[nodiscard]] Loaded<Answer> search_chip_backtest(const Workspace& workspace, const SearchRun& run,
                                                  const results::Words& say);

}  // namespace redline::app

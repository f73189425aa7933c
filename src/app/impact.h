#pragma once
// `redline impact`: what changes where one rule set takes the place of another. The
// threshold-change impact statement.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/report.h"
#include "app/rule_set.h"
#include "app/search_chip.h"
#include "results/html.h"
#include "results/words.h"

namespace redline::app {

// Under the rule set before, and under that after.
template <class T>
using Sides = std::array<T, 2>;

enum class ImpactWork : std::uint8_t { kTrain, kPrefill, kDecode, kThinking };
inline constexpr std::array<std::string_view, 4> kImpactWorkNames{"train", "prefill", "decode",
                                                                  "thinking"};
inline constexpr std::size_t kImpactWorks = kImpactWorkNames.size();

struct ImpactRequest {
  // Before and after; of predictions the law of the day, then with each bill.
  std::vector<RuleSet> laws;
  Question question;                    // but for the day and the bills
  Date known{};                         // facts of later dates are not used
  std::array<Json, kImpactWorks> work;  // as `search-chip` takes it
  std::vector<std::string> dies;        // ids; all that there were
  const Chip* unit = nullptr;           // what work is counted in
  double parts = 1e6;                   // that buyers take in a year
  std::string justification;            // as its author gives it
  bool exceptions = false;              // what a license exception lets through may go
  std::vector<Message> assumptions;
};

// A part of the catalogue whose answer is another.
struct ChangedPart {
  const Chip* chip = nullptr;
  Sides<Verdict> verdict;
  std::vector<Change> changes;
};
// Destinations, and owners where they are others, for which the same changes.
struct ChangedPlaces {
  std::vector<std::pair<std::string, std::string>> where;
  std::vector<std::pair<const Chip*, std::vector<Change>>> parts;
};

// How soon a design could ship.
enum class ReplyKind : std::uint8_t { kOnSale, kFuse, kPackage, kNewDie };
inline constexpr std::array<std::string_view, 4> kReplyKindNames{"on sale", "fuse or firmware",
                                                                 "new package", "new die"};
// From the day of a rule to the first part, as replies took that were made before.
struct LeadTime {
  ReplyKind kind = ReplyKind::kFuse;
  int least = 0, most = 0;         // months
  std::vector<std::string> parts;  // that took so long
};

// A part that may go, or that buyers have otherwise, and what it does of one kind of work.
struct PartAtWork {
  std::string name;            // id of a chip, or of the die that a design is made of
  const Chip* chip = nullptr;  // none: a design
  std::optional<Reply> design;
  ReplyKind kind = ReplyKind::kOnSale;
  double tokens_per_s = 0.0;
  std::optional<double> tpp, usd_per_s;  // of owning it
  std::vector<Message> evasions;         // that a design takes
  [[nodiscard]] std::optional<double> per_dollar() const {
    return usd_per_s ? std::optional(tokens_per_s / *usd_per_s) : std::nullopt;
  }
};

// The best design of one die for one kind of work.
struct DieReply {
  std::string die;
  ImpactWork work = ImpactWork::kTrain;
  Sides<std::optional<PartAtWork>> per_part, per_dollar;  // none: nothing legal does the work
  Sides<std::vector<ThresholdPrice>> prices;              // of the design per part
  Message refusal;                                        // why there is none on either side
};

// What can be had for one kind of work.
struct Capability {
  ImpactWork work = ImpactWork::kTrain;
  double unit_tokens_per_s = 0.0, unit_tpp = 0.0;         // of one unit; 0: not known
  Sides<std::optional<PartAtWork>> on_sale;               // best part that is sold and may go
  Sides<std::optional<PartAtWork>> licensed;              // or for which a license may be given
  Sides<std::optional<PartAtWork>> per_part, per_dollar;  // designs among them
  std::optional<PartAtWork> free, domestic;  // best that is sold at all; that buyers make
  std::optional<PartAtWork> free_per_dollar, domestic_per_dollar;
  double scatter = 0.0;  // standard deviation of the logarithm of a predicted speed
};

// What was published about sales of a part that changes.
struct StakeFigure {
  std::string chip;
  const MarketFigure* figure = nullptr;
};

struct ImpactReport {
  std::shared_ptr<const ImpactRequest> request;
  Sides<std::size_t> laws{};             // of the request
  Sides<std::vector<Threshold>> limits;  // that parts could meet, of tests in force
  std::vector<ChangedPart> parts;        // to the destination
  std::size_t parts_asked = 0;
  std::vector<ChangedPlaces> places;
  std::size_t places_asked = 0;  // pairs of destination and owner
  std::vector<DieReply> replies;
  std::vector<Capability> capability;
  std::vector<LeadTime> lead_times;
  std::vector<StakeFigure> stake;
  [[nodiscard]] const RuleSet& rules(std::size_t side) const { return request->laws[laws[side]]; }
  // Nothing changes: no answer, no design.
  [[nodiscard]] bool empty() const;
};

// Errors: every problem of the fields and rule files at once.
[[nodiscard]] Loaded<std::shared_ptr<const ImpactRequest>> read_impact_request(
    const Workspace& workspace, const Json& fields, Code field_code);
// The first of the laws beside each other. The same for any number of threads. Errors: kStopped
// where the run was told to.
[[nodiscard]] Loaded<std::vector<ImpactReport>> work_out_impact(
    const Workspace& workspace, std::shared_ptr<const ImpactRequest> request, const SearchRun& run);

[[nodiscard]] Loaded<Answer> impact(const Workspace& workspace, const Json& fields,
                                    const SearchRun& run, Code field_code,
                                    const results::Words& say);

// The statement as one page that can go into a file. It holds its own request and results, so that
// `redline replay` can ask again.
[[nodiscard]] Loaded<std::string> write_impact(const Workspace& workspace, const Json& fields,
                                               const SearchRun& run, const RunInfo& info,
                                               const results::Words& say);

[[nodiscard]] Answer answer_of(const std::vector<ImpactReport>& reports, const Json& fields,
                               const results::Words& say);
[[nodiscard]] Json impact_json(const ImpactReport& report);
// A line for each statement: what is caught, and how far what buyers can have moves.
[[nodiscard]] results::Table impact_table(const std::vector<ImpactReport>& reports);
// One statement in full; of several a table, and what each changes.
void describe_impacts(const std::vector<ImpactReport>& reports, const results::Words& say,
                      std::vector<Block>& blocks);
[[nodiscard]] std::vector<Message> assumptions_of(const ImpactReport& report);
// With headings of this level; without what it rests on.
void add_impact(const ImpactReport& report, const results::Words& say, results::HtmlPage& page,
                int level);

}  // namespace redline::app

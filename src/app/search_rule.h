#pragma once
// `redline search rule`: limits that leak least capability for the revenue that they cost, while
// the vendor answers each rule with its best part.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/rule_space.h"
#include "app/search_plan.h"
#include "results/chart.h"

namespace redline::app {

// Capability that is kept back for a dollar of revenue, what is let through, or revenue.
enum class RuleObjective : std::uint8_t { kLeakPerRevenue, kLeak, kRevenue };
inline constexpr std::array<std::string_view, 3> kRuleObjectiveNames{"leak-per-revenue", "leak",
                                                                     "revenue"};

// What buyers have at home.
struct HomeChip {
  const Chip* chip = nullptr;
  double market = 0.0, leak = 0.0;  // work of one, in base parts
  std::optional<double> usd_per_s;  // of one in a server; none: its price or power is not known
};

// What a rule does, by the part that answers it.
struct RuleWorth {
  std::optional<Reply> part;  // none: nothing that may go does the work
  std::size_t die = 0;        // of the space
  bool proved = true;
  double gap_percent = 0.0;
  double market = 0.0, leak = 0.0;           // work of one part, in base parts
  double share = 0.0;                        // of buyers who take it rather than the chip at home
  double parts = 0.0;                        // a year
  double leak_per_part = 0.0;                // base parts, above the chip at home
  double leak_per_usd_h = 0.0;               // base parts for a dollar an hour, above it
  double leaked = 0.0;                       // base parts a year
  double revenue_usd = 0.0, lost_usd = 0.0;  // a year; lost: of that without a rule
};

// A rule that there is or that is proposed.
struct NamedRulePoint {
  std::string name;          // "US-2023-10-17-ACS-IFR"
  std::optional<Date> date;  // of the law as a whole; none: a bill, taken as law today
  std::string licensed;      // chip that goes by licenses, reviewed case by case; empty: none
  RuleWorth worth;
  std::optional<std::size_t> beaten_by;  // point of the frontier: neither leaks nor costs more
};

// How exact the answers of the vendor are.
struct RuleCertificate {
  std::size_t points = 0, proved = 0;  // that were reached; all parts worked out or ruled out
  double largest_gap_percent = 0.0;
  std::size_t checked = 0, differing = 0;  // against searches of their own
  double largest_difference = 0.0;         // of work for the objective, relative
};

struct RuleReport {
  std::shared_ptr<const RuleSpace> space;
  RuleObjective objective = RuleObjective::kLeakPerRevenue;
  std::optional<Message> refusal;
  std::optional<HomeChip> home;
  bool by_dollar = false;                    // buyers compare work for a dollar, else for a part
  double base_price_usd = 0.0;               // of a base part
  bool price_is_stated = false;              // in the catalogue
  RuleWorth free;                            // without any rule
  std::vector<std::optional<RuleWorth>> at;  // by point of the grid
  std::vector<std::size_t> best;             // points, by the objective
  std::vector<std::size_t> front;            // by revenue lost; leaks fall strictly
  std::vector<NamedRulePoint> named;
  RuleCertificate certificate;
  bool finished = true;  // every point was reached
  std::uint64_t parts = 0, evaluated = 0;
  double seconds = 0.0;
};

[[nodiscard]] Loaded<RuleReport> work_out_rules(const Workspace& workspace, const Json& fields,
                                                const SearchRun& run, Code field_code);
[[nodiscard]] Loaded<Answer> search_rule(const Workspace& workspace, const Json& fields,
                                         const SearchRun& run, Code field_code,
                                         const results::Words& say);

// Base parts a year that are kept back, against no rule, for a dollar of revenue; none where
// nothing is lost.
[[nodiscard]] std::optional<double> avoided_per_usd(const RuleReport& report,
                                                    const RuleWorth& worth);
[[nodiscard]] std::vector<Message> assumptions_of(const RuleReport& report);
[[nodiscard]] Json rules_json(const RuleReport& report);
[[nodiscard]] results::Table rules_table(const RuleReport& report,
                                         const std::vector<std::size_t>& points);
// The best rule in a sentence; only where there is one.
[[nodiscard]] std::string rules_finding(const RuleReport& report, const results::Words& say);
// The frontier, and the rules that there are beside it.
[[nodiscard]] results::ScatterPlot rules_plot(const RuleReport& report, const results::Words& say);
[[nodiscard]] results::Table named_rules_table(const RuleReport& report, const results::Words& say);
void describe_rules(const RuleReport& report, bool plot, const results::Words& say,
                    std::vector<Block>& blocks);

}  // namespace redline::app

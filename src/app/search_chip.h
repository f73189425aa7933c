#pragma once
// `redline search chip`: the best part that a rule lets through, what holds it back, and what each
// limit is worth.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/reply_request.h"
#include "app/search_plan.h"
#include "results/chart.h"

namespace redline::app {

// The best part where one limit is loosened.
struct ThresholdPrice {
  Threshold threshold;
  double percent = 0.0;
  std::optional<Reply> best;  // none where nothing is legal even so
  // Of the objective, over that under the rule as it is.
  double gain_percent = 0.0;
};

// The best part where one more way round the wording may be taken.
struct WayLeftOut {
  Message way;
  std::string option;  // that takes it: "--host-memory"
  Reply best;
  std::vector<Message> evasions;  // of it, all
  double gain_percent = 0.0;      // of the objective, over that of the answer
};

// How far the answer hangs on what is not known well.
struct Robustness {
  int draws = 0;
  double share_near_best = 0.0;  // of draws in which it is within 2 % of the best found
  double low = 0.0, high = 0.0;  // of its objective, p10 and p90
};

struct ReplyReport {
  std::shared_ptr<const ReplyRequest> request;
  SearchResult result;
  double seconds = 0.0;
  Reply base;                      // the base part
  std::vector<Reply> best, front;  // the first is the answer
  std::vector<ReplyBody> bodies;   // that they point to
  std::optional<Reply> unlocked;   // the answer without its cap and with its memory at full rate
  std::optional<Verdict> verdict;  // of the answer
  std::vector<ThresholdPrice> prices;
  std::vector<WayLeftOut> ways_left_out;
  std::optional<Robustness> robustness;
  std::vector<Threshold> thresholds;
  std::optional<Verdict> lightest;  // where nothing is legal: of a part with the least of all
};

// What each limit alone is worth where it is loosened by so many percent: the best part then, and
// how much more of the objective it has than `now`. Ends early where the run is stopped.
[[nodiscard]] std::vector<ThresholdPrice> price_limits_of(
    const ReplyQuestion& question, const std::vector<Threshold>& limits,
    const std::vector<double>& percents, double now,
    const std::function<ReplyRules(const MovedThreshold&)>& rules_with, const SearchRun& run);

struct ReplyDetail {
  bool front = true;
  bool prices = true;
  bool robustness = true;
};
[[nodiscard]] Loaded<ReplyReport> work_out_reply(const Workspace& workspace, const Json& fields,
                                                 const SearchRun& run, const ReplyDetail& detail,
                                                 Code field_code);
[[nodiscard]] Loaded<Answer> search_chip(const Workspace& workspace, const Json& fields,
                                         const SearchRun& run, Code field_code,
                                         const results::Words& say);

[[nodiscard]] Json evasions_json(const std::vector<Message>& evasions);

// The part as a record of the catalogue, for `classify` and everything else that takes chips.
[[nodiscard]] Chip chip_of(const Reply& part, const ReplyBody& body, const Chip& base);
// A chip that is made of the die, timed and priced as proposals are; of value 0 where it cannot do
// the work.
[[nodiscard]] Reply assess_as_sold(const Workspace& workspace, const ReplyRequest& request,
                                   const Chip& chip);
// What the base part does becomes the unit of what others do. The error: it cannot do the work.
[[nodiscard]] std::optional<Error> measure_base(const Workspace& workspace, ReplyRequest& request,
                                                Reply& base);
// Ways round the wording of a rule that a part takes, each in words: "a firmware cap on the rate".
[[nodiscard]] std::vector<Message> evasions_of(const Reply& part, const ReplyBody& body,
                                               const ReplyRequest& request);

// "gh100", "2 x gh100", "new die on tsmc-n5".
[[nodiscard]] std::string silicon_text(const ReplyBody& body, const ReplyRequest& request,
                                       const results::Words& say);
[[nodiscard]] Json part_json(const Reply& part, const ReplyBody& body, const ReplyRequest& request);
[[nodiscard]] Json reply_json(const ReplyReport& report);
// What tells parts apart: TPP, memory, link.
void add_spec_columns(results::Table& table);
void add_spec_cells(const Reply& part, std::vector<results::Cell>& cells);
[[nodiscard]] results::Table reply_table(const ReplyReport& report,
                                         const std::vector<Reply>& parts);
[[nodiscard]] results::ScatterPlot reply_plot(const ReplyReport& report, const results::Words& say);
void describe_reply(const ReplyReport& report, bool plot, const results::Words& say,
                    std::vector<Block>& blocks);

}  // namespace redline::app

#pragma once
// `redline classify`: request in, answer out.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

struct ClassifyRequest {
  std::vector<std::string> chips;  // chips, systems, globs or files; empty: all chips
  std::string to;                  // name or code; empty: CN, and the answer says so
  std::string hq;
  std::string from;
  std::string end_user;
  std::optional<Date> as_of;  // default: the date of the data set
  std::vector<Setting> settings;
  std::vector<std::string> with;  // bills taken as law
  std::string item;               // part (default), board, server or technology
  std::string listed_under;       // ECCN of another entry that the item stands in
  bool checklist = false;
  bool why = false;
  bool timeline = false;
  std::optional<DateRange> diff;
  // Told after each chip of a long question, how many of how many are done; may be empty.
  std::function<void(std::size_t, std::size_t)> on_progress{};
  bool machine = true;  // fill in the results of machine formats; a table of many chips needs none
};

[[nodiscard]] Loaded<Answer> classify(const Workspace& workspace, const ClassifyRequest& request,
                                      const results::Words& say);

// The verdicts of a request that asks about one date, in the order of its names.
[[nodiscard]] Loaded<std::vector<Verdict>> verdicts_of(const Workspace& workspace,
                                                       const ClassifyRequest& request);

// The request with its defaults filled in, as `redline batch` takes it.
[[nodiscard]] Json request_json(const ClassifyRequest& request, const Question& question);

// The contract's object for one verdict.
[[nodiscard]] Json verdict_json(const Verdict& verdict);

// The question as the rules take it, with names of places resolved.
[[nodiscard]] Result<Question> question_of(const Workspace& workspace,
                                           const ClassifyRequest& request);

}  // namespace redline::app

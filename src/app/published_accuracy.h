#pragma once
// Published accuracies of checkpoints on benchmarks, against what was spent on a task: the rows of
// measured/test_time_scaling.json and of files of that form laid over it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/reasoning.h"

#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

// Rows of this phase are not steps; see step_row.h for those.
inline constexpr std::string_view kAccuracyPhase = "test-time-scaling";

struct PublishedPoint {
  std::string id, source;
  std::string checkpoint;  // what answered
  std::string record;      // of data/models, with its shape; empty where none is published
  std::string benchmark;
  Reasoning method = Reasoning::kChain;
  std::string series;          // of revisions: how the end of a chain is put off
  double spent = 1.0;          // samples, or passes of a revision
  bool at_least = false;       // passes are not said, it were no fewer
  double equal_samples = 0.0;  // of best-of that reach the same as `spent` passes; 0: an accuracy
  std::optional<double> mean_tokens, max_tokens;  // of a chain
  int problems = 0;                               // 0: not known
  double accuracy = 0.0;
  bool recalled = false;  // from memory, not read again in its source
};

// Errors (kRowField): a field that is missing or wrong, with its place.
[[nodiscard]] Loaded<std::vector<PublishedPoint>> published_accuracy(const Workspace& workspace);

// Names that are alike but for case, blanks and signs.
[[nodiscard]] bool same_words(std::string_view a, std::string_view b);

// Points along one way of spending.
struct PublishedCurve {
  AccuracyCurve curve;
  std::string series;
  bool at_least = false;  // its last point
  bool recalled = false;
};

// All that is published of one checkpoint on one benchmark.
struct TaskCurves {
  std::string checkpoint, benchmark;
  int problems = 0;
  std::optional<double> max_tokens;  // no chain was longer
  PublishedCurve chain;              // at one sample
  PublishedCurve tokens;             // of one chain, where mean lengths are published
  PublishedCurve majority, best_of;
  std::vector<PublishedCurve> revisions;
  double passes_like_samples = 0.0;  // samples of best-of for each pass, of any model; 0: none
  std::vector<std::string> sources;

  [[nodiscard]] bool empty() const {
    return chain.curve.empty() && majority.curve.empty() && best_of.curve.empty();
  }
};
[[nodiscard]] TaskCurves curves_of(const std::vector<PublishedPoint>& points,
                                   std::string_view checkpoint, std::string_view benchmark);

// One way to spend tokens on a task.
struct Way {
  Reasoning method = Reasoning::kChain;
  std::int64_t samples = 1;  // passes, of a revision
  std::int64_t tokens = 0;   // of a chain, or of a pass
  std::string series{};      // of a revision

  [[nodiscard]] double all_tokens() const {
    return static_cast<double>(samples) * static_cast<double>(tokens);
  }
};

// What is known of the accuracy of a way.
struct Judgement {
  std::optional<Accuracy> accuracy;
  std::optional<Interval<double>> bounds;  // where no more than these is known
  std::optional<Message> reason;           // why there is no accuracy
  bool outside = false;                    // because it is beyond what was published
  std::vector<std::string> flags;
};
[[nodiscard]] Judgement judge(const TaskCurves& curves, const Way& way, bool extrapolate);

}  // namespace redline::app

#pragma once
// A scenario scored against what came: each question by its own score, together by clusters.

#include <optional>
#include <string>
#include <vector>

#include "app/exposure_asks.h"
#include "app/report.h"
#include "exposure/run.h"

namespace redline::app {

enum class QuestionKind : std::uint8_t {
  kYesNo,     // by Brier
  kNumber,    // by CRPS
  kCurve,     // whether it had come, by Brier at each of several days
  kInterval,  // what came is known within bounds: by Brier of the mass in them
};

// One way of forecasting, and its score; lower is better.
struct ForecastScore {
  double score = 0.0;
  std::optional<double> probability;        // of yes, or of the bounds
  std::optional<double> low, middle, high;  // 5, 50 and 95 %, in the unit
  std::optional<bool> covered;              // whether 5 to 95 % hold what came
  std::vector<double> pinball;              // at 5, 50 and 95 %
};

struct ScoredQuestion {
  std::string id, what, cluster, unit, formula;
  QuestionKind kind = QuestionKind::kNumber;
  std::vector<double> came;  // one number, or two bounds; in the unit
  Date resolved_on{};
  std::vector<std::string> sources;
  std::string note, naive_from, street_from;
  double scale = 1.0;  // of a number: what its error is counted in where questions are summed up
  ForecastScore ours;
  std::optional<ForecastScore> naive, street;
};

// Questions that hang together count as one: the mean of theirs.
struct ScoredCluster {
  std::string name;
  std::size_t questions = 0;
  // Of the yes-or-no ones: Brier.
  std::optional<double> brier, naive_brier;
  // Of the numbers: the mean of CRPS by their scales; that of the sell side is of the questions of
  // which it said something, with ours of the same beside it.
  std::optional<double> crps, naive_crps, street_crps, crps_beside_street;
};

struct ExposureScores {
  std::string option;  // under which it is scored
  std::vector<ScoredQuestion> questions;
  std::vector<ScoredCluster> clusters;
  double brier = 0.0, naive_brier = 0.0;  // means over clusters
  std::size_t brier_clusters = 0;
  double crps = 0.0, naive_crps = 0.0;  // the same, by scales
  std::size_t crps_clusters = 0;
  std::size_t covered = 0, numbers = 0;  // of 90 % intervals
  std::size_t naive_covered = 0, naive_numbers = 0;
};

// data/resolutions/<id of the scenario>.toml, scored under `option`. The model gets what its
// questions ask for besides.
[[nodiscard]] Loaded<ExposureScores> score_exposure(const Workspace& workspace,
                                                    exposure::Model& model, std::size_t option,
                                                    const exposure::RunOptions& options);
// Problems of one file of the user's or of the data, with the scenario that it is of.
[[nodiscard]] Diagnostics check_resolutions(const Workspace& workspace, const std::string& file,
                                            const std::string& text);
// Problems of all scenarios of exposure of the data, with what they ask, of the precedents, and of
// what came.
[[nodiscard]] Diagnostics check_exposure_data(const Workspace& workspace);
[[nodiscard]] Json scores_json(const ExposureScores& scores);
[[nodiscard]] data::TypeInfo resolutions_type();

}  // namespace redline::app

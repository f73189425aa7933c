// How a scenario did beside what came, for people.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/exposure_text.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

std::string forecast_text(const ForecastScore& score, const Words& say) {
  if (score.probability) {
    return fmt::format("{} %", number(100.0 * *score.probability, 2));
  }
  if (!score.middle) {
    return "?";
  }
  const std::string range = say("{low} to {high}", {{"low", number(score.low.value_or(NAN), 2)},
                                                    {"high", number(score.high.value_or(NAN), 2)}});
  return say("{mean} ({range})", {{"mean", number(*score.middle, 2)}, {"range", range}});
}

std::string score_or_dash(const std::optional<double>& score) {
  return score ? number(*score, 2) : "-";
}

std::string score_of(const std::optional<ForecastScore>& score) {
  return score ? number(score->score, 2) : "-";
}

std::string came_text(const ScoredQuestion& q, const Words& say) {
  switch (q.kind) {
    case QuestionKind::kYesNo:
    case QuestionKind::kCurve:
      return q.came.front() > 0.5 ? say("yes") : say("no");
    case QuestionKind::kInterval:
      return say("{low} to {high}",
                 {{"low", number(q.came[0], 3)}, {"high", number(q.came[1], 3)}});
    case QuestionKind::kNumber:
      break;
  }
  return number(q.came.front(), 4);
}

}  // namespace

std::string exposure_score(const ExposureReport& report, const Words& say) {
  const ExposureScores& scores = *report.scores;
  const auto& options = report.model->options;
  const auto option = std::find_if(options.begin(), options.end(),
                                   [&](const auto& one) { return one.id == scores.option; });
  return say(
      "Under '{option}': over {binary} clusters of yes and no the Brier score is {brier}, that of "
      "the base rates {naive}; over {numeric} clusters of numbers CRPS, by the scale of each, is "
      "{crps}, that of the base rates {naive_crps}; the 90 % intervals hold {covered} of {numbers} "
      "numbers, those of the base rates {naive_covered} of {naive_numbers}.",
      {{"option", option == options.end() ? scores.option : say(option->title)},
       {"binary", std::to_string(scores.brier_clusters)},
       {"brier", number(scores.brier, 2)},
       {"naive", number(scores.naive_brier, 2)},
       {"numeric", std::to_string(scores.crps_clusters)},
       {"crps", number(scores.crps, 2)},
       {"naive_crps", number(scores.naive_crps, 2)},
       {"covered", std::to_string(scores.covered)},
       {"numbers", std::to_string(scores.numbers)},
       {"naive_covered", std::to_string(scores.naive_covered)},
       {"naive_numbers", std::to_string(scores.naive_numbers)}});
}

Table exposure_clusters(const ExposureScores& scores, const Words& say) {
  Table table;
  table.title = "By cluster: questions that hang together count as one";
  table.columns = {
      {"cluster", "Cluster", "", Align::kLeft},  {"questions", "Questions", "", Align::kRight},
      {"brier", "Brier", "", Align::kRight},     {"naive", "Base rate", "", Align::kRight},
      {"crps", "CRPS", "", Align::kRight},       {"naive_crps", "Base rate", "", Align::kRight},
      {"street", "Sell side", "", Align::kRight}};
  for (const ScoredCluster& c : scores.clusters) {
    table.rows.push_back({say(c.name), static_cast<std::int64_t>(c.questions),
                          score_or_dash(c.brier), score_or_dash(c.naive_brier),
                          score_or_dash(c.crps), score_or_dash(c.naive_crps),
                          score_or_dash(c.street_crps)});
  }
  return table;
}

Table exposure_questions(const ExposureScores& scores, const Words& say) {
  Table table;
  table.title = "Question by question";
  table.columns = {{"id", "Q", "", Align::kLeft},
                   {"what", "Question", "", Align::kLeft, 4, 32},
                   {"forecast", "Forecast", "", Align::kRight},
                   {"came", "Came", "", Align::kRight},
                   {"score", "Score", "", Align::kRight},
                   {"naive", "Base rate", "", Align::kRight},
                   {"street", "Sell side", "", Align::kRight}};
  for (const ScoredQuestion& q : scores.questions) {
    table.rows.push_back(
        {q.id,
         q.unit.empty() || q.ours.probability ? say(q.what) : say(q.what) + say(", ") + q.unit,
         forecast_text(q.ours, say), came_text(q, say), number(q.ours.score, 2), score_of(q.naive),
         score_of(q.street)});
  }
  table.notes.push_back(
      "Scores: Brier of probabilities, CRPS of numbers in their unit; lower is better. Forecasts "
      "of numbers: median, 5 to 95 %.");
  return table;
}

}  // namespace redline::app

#pragma once
// `redline exposure`: what each path brings, what the choice hangs on, and what it is worth to
// know.

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "redline/sensitivity.h"

#include "app/exposure_backtest.h"
#include "app/exposure_shards.h"
#include "app/search_plan.h"
#include "exposure/path_tree.h"
#include "exposure/run.h"
#include "results/chart.h"
#include "results/html.h"

namespace redline::app {

// How many worlds, and how they are drawn.
struct ExposureRun {
  std::uint64_t samples = std::uint64_t{1} << 17U;
  std::uint64_t seed = 1;
  SampleDesign design = SampleDesign::kSobol;
  bool backtest = false;
  std::optional<ShardNumber> shard{};  // a part of the worlds alone
  std::vector<std::string> merge{};    // files of parts that are put together instead
};
inline constexpr std::array<std::string_view, 3> kSampleDesignNames{"random", "latin", "sobol"};

// What it is worth to know an input before the choice.
struct KnownInput {
  exposure::Input input;
  Worth worth;  // USD
};
struct EventOdds {
  double by_end = 0.0;                      // share of worlds in which it comes within the quarters
  std::optional<double> low, middle, high;  // days after the scenario's day, of those worlds
};
struct BeliefMap {
  const exposure::Belief* belief = nullptr;
  std::vector<double> means;  // point x option, USD
};

struct ExposureReport {
  std::shared_ptr<const exposure::Model> model;
  ExposureRun run;
  ExposureQuestion question;
  exposure::RunResult result;
  std::size_t best = 0;                    // option of the greatest mean net
  std::vector<double> share_best;          // of worlds in which an option earns most
  Worth perfect;                           // of knowing everything, USD
  std::vector<KnownInput> known;           // the most worth first
  std::vector<exposure::PathTree> trees;   // an option each
  std::vector<EventOdds> odds;             // of the events of the model
  std::vector<std::vector<Swing>> swings;  // factor x option, USD of net
  std::vector<double> medians;             // of net, an option each: all inputs at their medians
  std::vector<SobolIndices> sobol;         // of net, an option each
  std::vector<BeliefMap> beliefs;
  std::optional<ExposureScores> scores;
  double seconds = 0.0;

  [[nodiscard]] const exposure::Account& account(std::size_t option, std::size_t place) const {
    return result.of[option][place];
  }
  // What the account of an answer is to be divided by, to be in its unit.
  [[nodiscard]] double answer_scale(std::size_t answer) const {
    return result.scales[answer] * model->answers[answer].factor;
  }
  [[nodiscard]] exposure::Accounts places() const { return exposure::Accounts(*model); }
};

// `scenario`: a name in data/exposure, or a path to a .toml file.
[[nodiscard]] Loaded<ExposureReport> work_out_exposure(const Workspace& workspace,
                                                       const std::string& scenario,
                                                       const ExposureRun& how,
                                                       const SearchRun& run);
[[nodiscard]] Loaded<Answer> exposure_answer(const Workspace& workspace, const Json& fields,
                                             const SearchRun& run, Code field_code,
                                             const results::Words& say);

// As a brief has it: fewer worlds, scored where it is known what came.
[[nodiscard]] Loaded<ExposureReport> work_out_brief_exposure(const Workspace& workspace,
                                                             const std::string& name,
                                                             unsigned threads);
// `redline report SCENARIO --section exposure`
[[nodiscard]] Answer exposure_section_answer(const ExposureReport& report,
                                             const results::Words& say);

// Ids of data/sources that its quantities, events and questions rest on.
[[nodiscard]] std::set<std::string> exposure_sources(const ExposureReport& report);
[[nodiscard]] Json exposure_json(const ExposureReport& report);
[[nodiscard]] results::Table exposure_table(const ExposureReport& report);
void describe_exposure(const ExposureReport& report, const results::Words& say,
                       std::vector<Block>& blocks);
// Sections with headings of this level.
void add_exposure(const ExposureReport& report, const results::Words& say, results::HtmlPage& page,
                  int level);

}  // namespace redline::app

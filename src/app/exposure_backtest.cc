#include "app/exposure_backtest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "redline/forecast_score.h"
#include "redline/quantity.h"

#include "base/for_each_index.h"
#include "data/fields.h"
#include "exposure/world.h"

namespace redline::app {

// As the file has it.
struct QuestionRecord {
  std::string id, what, cluster, formula, event, unit, naive, naive_from, street, street_from, note;
  QuestionKind kind = QuestionKind::kNumber;
  std::optional<bool> yes;
  std::vector<double> came;
  double scale = 1.0;
  std::vector<Date> days;
  std::optional<Date> happened;
  Date resolved_on{};
  std::vector<std::string> source;
};
struct ResolutionsRecord {
  std::string id, title;
  std::vector<QuestionRecord> questions;
};

}  // namespace redline::app

namespace redline::data {

template <>
struct EnumNames<app::QuestionKind> {
  static constexpr NameList<app::QuestionKind, 4> kNames{
      {{"yes-no", app::QuestionKind::kYesNo},
       {"number", app::QuestionKind::kNumber},
       {"curve", app::QuestionKind::kCurve},
       {"interval", app::QuestionKind::kInterval}}};
};
template <>
struct Record<app::QuestionRecord> {
  using Q = app::QuestionRecord;
  static constexpr std::string_view kName = "question";
  static constexpr std::string_view kDoc = "A question to the scenario, and what came.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &Q::id, {.required = true, .doc = "Unique in the file."}),
        field("what", &Q::what, {.required = true, .doc = "The question."}),
        field("cluster", &Q::cluster, {.required = true, .doc = "What it hangs together with."}),
        field("kind", &Q::kind, {.required = true, .doc = "yes-no, number, curve or interval."}),
        field("formula", &Q::formula, {.doc = "Of quantities and results; all but curves."}),
        field("event", &Q::event, {.doc = "Of a curve: an event of the scenario."}),
        field("days", &Q::days, {.doc = "Of a curve: the days on which it is asked."}),
        field("happened", &Q::happened, {.doc = "Of a curve: when it came, if it did."}),
        field("yes", &Q::yes, {.doc = "Of yes-no: what came."}),
        field("came", &Q::came, {.doc = "The number that came, or its two bounds, in `unit`."}),
        field("scale", &Q::scale,
              {.min = 1e-9,
               .doc = "Of a number: what its error is counted in, in `unit`, where questions are "
                      "summed up (default 1)."}),
        field("unit", &Q::unit, {.doc = "GUSD, days, percent, or none."}),
        field("resolved_on", &Q::resolved_on, {.required = true, .doc = "When it was known."}),
        field("source", &Q::source, {.doc = "Ids of data/sources."}),
        field("naive", &Q::naive, {.doc = "The base rate: a literal in `unit`, or a probability."}),
        field("naive_from", &Q::naive_from, {.doc = "Where that comes from."}),
        field("street", &Q::street, {.doc = "What the sell side said then, a literal in `unit`."}),
        field("street_from", &Q::street_from, {.doc = "Who said so."}),
        field("note", &Q::note, {.doc = "What a reader has to know."}),
    };
  }
};
template <>
struct Record<app::ResolutionsRecord> {
  using R = app::ResolutionsRecord;
  static constexpr std::string_view kName = "resolutions";
  static constexpr std::string_view kDoc = "What came of a scenario of exposure.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &R::id, {.required = true, .doc = "Of the scenario."}),
        field("title", &R::title, {.required = true, .doc = "Title."}),
        field("question", &R::questions, {.required = true, .doc = "Questions."}),
    };
  }
};

}  // namespace redline::data

namespace redline::app {
namespace {

constexpr std::array<double, 3> kLevels{0.05, 0.5, 0.95};
// Draws that stand for a base rate's distribution.
constexpr std::size_t kNaiveDraws = 999;
constexpr std::uint64_t kScoredSamples = std::uint64_t{1} << 15U;

ForecastScore of_number(std::vector<double> draws, double came) {
  std::sort(draws.begin(), draws.end());
  ForecastScore score;
  score.score = crps(draws, came);
  score.low = sample_quantile(draws, kLevels[0]);
  score.middle = sample_quantile(draws, kLevels[1]);
  score.high = sample_quantile(draws, kLevels[2]);
  // To rounding: what came may be an end itself.
  const double close = 1e-9 * std::max(1.0, std::fabs(came));
  score.covered = *score.low - close <= came && came <= *score.high + close;
  for (const double level : kLevels) {
    score.pinball.push_back(pinball_loss(level, sample_quantile(draws, level), came));
  }
  return score;
}
ForecastScore of_probability(double probability, bool came) {
  ForecastScore score;
  score.probability = probability;
  score.score = brier_score(probability, came);
  return score;
}
double share_within(const std::vector<double>& draws, const std::vector<double>& bounds) {
  const auto inside = std::count_if(draws.begin(), draws.end(), [&](double x) {
    return x >= bounds.front() - 1e-12 && x <= bounds.back() + 1e-12;
  });
  return static_cast<double>(inside) / static_cast<double>(draws.size());
}
std::vector<double> draws_of(const Distribution& distribution) {
  std::vector<double> draws;
  for (std::size_t i = 0; i < kNaiveDraws; ++i) {
    draws.push_back(distribution.quantile((static_cast<double>(i) + 0.5) / kNaiveDraws));
  }
  return draws;
}

class Scoring {
 public:
  Scoring(const Catalog& catalog, const ResolutionsRecord& record, const data::Node& root,
          exposure::Model& model, Diagnostics& errors)
      : catalog_(catalog), r_(record), root_(root), m_(model), errors_(errors) {}

  // What each question asks of the model; of a curve one for each day.
  void ask() {
    const auto nodes = root_.find("question").items();
    for (std::size_t i = 0; i < r_.questions.size(); ++i) {
      const QuestionRecord& q = r_.questions[i];
      asked_.emplace_back();
      const auto add = [&](const std::string& formula, const std::string& unit,
                           const data::Node& node) {
        auto answer = exposure::read_answer(m_, q.id, q.what, formula, unit);
        if (answer) {
          asked_.back().push_back(std::move(*answer));
          return;
        }
        for (Error& error : answer.error()) {
          error.where = error.where && node.kind() == data::NodeKind::kString
                            ? node.span_within(static_cast<std::size_t>(error.where->column),
                                               static_cast<std::size_t>(error.where->length))
                            : node.span();
          errors_.push_back(std::move(error));
        }
      };
      if (q.kind == QuestionKind::kCurve) {
        for (const Date day : q.days) {
          add(fmt::format("by({}, {})", q.event, format_date(day)), "", nodes[i].find("event"));
        }
      } else {
        add(q.formula, q.kind == QuestionKind::kYesNo ? "" : q.unit, nodes[i].find("formula"));
      }
      check(q, nodes[i]);
    }
  }

  ExposureScores score(std::size_t option, const exposure::RunOptions& options) {
    ExposureScores scores;
    scores.option = m_.options[option].id;
    auto draws = sample(option, options);
    drop_undefined(draws);
    if (!errors_.empty()) {
      return scores;
    }
    for (std::size_t i = 0, column = 0; i < r_.questions.size(); ++i) {
      scores.questions.push_back(scored(r_.questions[i], draws, column));
      column += asked_[i].size();
    }
    sum_up(scores);
    return scores;
  }

 private:
  void check(const QuestionRecord& q, const data::Node& node) {
    const auto report = [&](std::string message, std::string help) {
      errors_.push_back(
          {Code::kInconsistent, std::move(message), node.span(), {std::move(help)}, {}});
    };
    const std::size_t wanted = q.kind == QuestionKind::kNumber     ? 1
                               : q.kind == QuestionKind::kInterval ? 2
                                                                   : 0;
    if (q.came.size() != wanted) {
      report(fmt::format("question '{}' has {} numbers that came", q.id, q.came.size()),
             fmt::format("a question of its kind has {}", wanted));
    }
    if (q.kind == QuestionKind::kYesNo && !q.yes) {
      report(fmt::format("question '{}' does not say whether it came", q.id),
             "add yes = true or false");
    }
    if (q.kind == QuestionKind::kCurve && q.days.empty()) {
      report(fmt::format("question '{}' has no days", q.id), "add days = [2025-06-30, …]");
    }
    for (const std::string& source : q.source) {
      if (catalog_.source(source) == nullptr) {
        errors_.push_back({Code::kUnknownReference,
                           fmt::format("there is no source '{}'", source),
                           node.find("source").span(),
                           {"define it in data/sources, or correct the id"},
                           {}});
      }
    }
    for (const auto& [text, name] : {std::pair{&q.naive, "naive"}, {&q.street, "street"}}) {
      if (!text->empty()) {
        if (const auto read = Distribution::parse(*text); !read) {
          Error error = read.error();
          error.where = node.find(name).span();
          errors_.push_back(std::move(error));
        }
      }
    }
  }

  // Worlds in which a formula has no value, such as a share of nothing, say nothing of its
  // question.
  void drop_undefined(std::vector<std::vector<double>>& draws) {
    const auto nodes = root_.find("question").items();
    for (std::size_t i = 0, column = 0; i < r_.questions.size(); column += asked_[i++].size()) {
      for (std::size_t k = 0; k < asked_[i].size(); ++k) {
        std::erase_if(draws[column + k], [](double x) { return !std::isfinite(x); });
        if (draws[column + k].empty()) {
          errors_.push_back(
              {Code::kInconsistent,
               fmt::format("question '{}' has a value in no world", r_.questions[i].id),
               nodes[i].find("formula").span(),
               {"correct the formula"},
               {}});
        }
      }
    }
  }

  // A column of draws for each formula.
  std::vector<std::vector<double>> sample(std::size_t option, const exposure::RunOptions& options) {
    std::size_t columns = 0;
    for (const auto& list : asked_) {
      columns += list.size();
    }
    std::vector<std::vector<double>> draws(columns, std::vector<double>(kScoredSamples));
    const SamplePlan plan = exposure::plan_of(m_, options.design, kScoredSamples, options.seed);
    constexpr std::uint64_t kBlock = 1024;
    for_each_index(kScoredSamples / kBlock, options.threads, [&](std::size_t block) {
      exposure::Worlds worlds(m_);
      std::vector<double> points;
      exposure::fill_points(m_, plan, block * kBlock, kBlock, points);
      std::array<double, exposure::Worlds::kLanes> values{};
      exposure::draw_in_turn(worlds, points, kBlock, [&](std::size_t at, std::size_t lanes) {
        worlds.play(option);
        std::size_t column = 0;
        for (const auto& list : asked_) {
          for (const exposure::AnswerInfo& one : list) {
            worlds.work_out(one.formula, values.data());
            for (std::size_t i = 0; i < lanes; ++i) {
              draws[column][block * kBlock + at + i] = values[i] / one.factor;
            }
            ++column;
          }
        }
      });
    });
    return draws;
  }

  ScoredQuestion scored(const QuestionRecord& q, const std::vector<std::vector<double>>& draws,
                        std::size_t column) const {
    ScoredQuestion one{
        q.id,     q.what, q.cluster,    q.unit,        q.formula, q.kind, q.came, q.resolved_on,
        q.source, q.note, q.naive_from, q.street_from, q.scale,   {},     {},     {}};
    const auto mean_of = [](const std::vector<double>& list) {
      double sum = 0.0;
      for (const double x : list) {
        sum += x;
      }
      return sum / static_cast<double>(list.size());
    };
    const auto read = [](const std::string& text) {
      return text.empty() ? std::optional<Distribution>()
                          : std::optional(*Distribution::parse(text));
    };
    const auto naive = read(q.naive), street = read(q.street);
    switch (q.kind) {
      case QuestionKind::kYesNo:
        one.came = {*q.yes ? 1.0 : 0.0};
        one.ours = of_probability(mean_of(draws[column]), *q.yes);
        if (naive) {
          one.naive = of_probability(naive->mean(), *q.yes);
        }
        break;
      case QuestionKind::kNumber:
        one.ours = of_number(draws[column], q.came.front());
        if (naive) {
          one.naive = of_number(draws_of(*naive), q.came.front());
        }
        if (street) {
          one.street = of_number(draws_of(*street), q.came.front());
        }
        break;
      case QuestionKind::kInterval:
        one.ours = of_probability(share_within(draws[column], q.came), true);
        if (naive) {
          one.naive = of_probability(share_within(draws_of(*naive), q.came), true);
        }
        break;
      case QuestionKind::kCurve:
        score_curve(q, draws, column, naive, one);
        break;
    }
    return one;
  }

  // The mean of Brier scores over the days; the base rate is a distribution of days from the first
  // day of the model on.
  void score_curve(const QuestionRecord& q, const std::vector<std::vector<double>>& draws,
                   std::size_t column, const std::optional<Distribution>& naive,
                   ScoredQuestion& one) const {
    const double days = static_cast<double>(q.days.size());
    one.ours.score = 0.0;
    if (naive) {
      one.naive = ForecastScore{};
    }
    for (std::size_t d = 0; d < q.days.size(); ++d) {
      const bool came = q.happened && *q.happened <= q.days[d];
      double p = 0.0;
      for (const double x : draws[column + d]) {
        p += x / static_cast<double>(draws[column + d].size());
      }
      one.ours.score += brier_score(p, came) / days;
      one.ours.probability = p;  // on the last of the days
      one.came = {came ? 1.0 : 0.0};
      if (naive) {
        const double after = static_cast<double>((q.days[d] - m_.as_of).count());
        one.naive->probability = naive->cumulative(after);
        one.naive->score += brier_score(*one.naive->probability, came) / days;
      }
    }
  }

  static void sum_up(ExposureScores& scores) {
    struct Sums {
      std::size_t questions = 0, binary = 0, naive_binary = 0, numbers = 0, street = 0;
      double brier = 0.0, naive_brier = 0.0;
      double ours = 0.0, naive = 0.0, ours_of_street = 0.0, street_sum = 0.0;  // CRPS by scale
    };
    std::map<std::string, Sums> by;
    std::vector<std::string> order;
    for (const ScoredQuestion& q : scores.questions) {
      if (by.emplace(q.cluster, Sums{}).second) {
        order.push_back(q.cluster);
      }
      Sums& s = by[q.cluster];
      ++s.questions;
      if (q.kind == QuestionKind::kNumber) {
        ++scores.numbers;
        scores.covered += *q.ours.covered ? 1 : 0;
        if (q.naive) {
          ++scores.naive_numbers;
          scores.naive_covered += *q.naive->covered ? 1 : 0;
          ++s.numbers;
          s.ours += q.ours.score / q.scale;
          s.naive += q.naive->score / q.scale;
        }
        if (q.street) {
          ++s.street;
          s.ours_of_street += q.ours.score / q.scale;
          s.street_sum += q.street->score / q.scale;
        }
        continue;
      }
      ++s.binary;
      s.brier += q.ours.score;
      if (q.naive) {
        ++s.naive_binary;
        s.naive_brier += q.naive->score;
      }
    }
    double ours = 0.0, naive = 0.0;
    for (const std::string& name : order) {
      const Sums& s = by[name];
      ScoredCluster cluster{name, s.questions, {}, {}, {}, {}, {}, {}};
      const auto mean = [](double sum, std::size_t n) { return sum / static_cast<double>(n); };
      if (s.binary > 0 && s.naive_binary == s.binary) {
        cluster.brier = mean(s.brier, s.binary);
        cluster.naive_brier = mean(s.naive_brier, s.binary);
        scores.brier += *cluster.brier;
        scores.naive_brier += *cluster.naive_brier;
        ++scores.brier_clusters;
      }
      if (s.numbers > 0) {
        cluster.crps = mean(s.ours, s.numbers);
        cluster.naive_crps = mean(s.naive, s.numbers);
        ours += *cluster.crps;
        naive += *cluster.naive_crps;
        ++scores.crps_clusters;
      }
      if (s.street > 0) {
        cluster.street_crps = mean(s.street_sum, s.street);
        cluster.crps_beside_street = mean(s.ours_of_street, s.street);
      }
      scores.clusters.push_back(std::move(cluster));
    }
    if (scores.crps_clusters > 0) {
      scores.crps = ours / static_cast<double>(scores.crps_clusters);
      scores.naive_crps = naive / static_cast<double>(scores.crps_clusters);
    }
    if (scores.brier_clusters > 0) {
      scores.brier /= static_cast<double>(scores.brier_clusters);
      scores.naive_brier /= static_cast<double>(scores.brier_clusters);
    }
  }

  const Catalog& catalog_;
  const ResolutionsRecord& r_;
  const data::Node& root_;
  exposure::Model& m_;
  Diagnostics& errors_;
  std::vector<std::vector<exposure::AnswerInfo>> asked_;
};

bool read_resolutions(const data::Document& document, ResolutionsRecord& record,
                      Diagnostics& errors) {
  data::Reader reader(errors, document.damaged());
  return data::read_record(document.root(), record, reader) && !document.damaged();
}

Json score_json(const ForecastScore& score) {
  Json json{{"score", score.score},
            {"probability", json_of(score.probability)},
            {"p5", json_of(score.low)},
            {"p50", json_of(score.middle)},
            {"p95", json_of(score.high)},
            {"covered", score.covered ? Json(*score.covered) : Json(nullptr)}};
  if (!score.pinball.empty()) {
    json["pinball"] = score.pinball;
  }
  return json;
}

Diagnostics check_resolutions(const Workspace& workspace, const exposure::ScenarioContext& context,
                              const std::string& file, const std::string& text) {
  Diagnostics errors;
  const data::Document document(file, text, errors);
  ResolutionsRecord record;
  if (!read_resolutions(document, record, errors)) {
    return errors;
  }
  auto scenario = text_named(workspace, "exposure", record.id);
  if (!scenario) {
    return scenario.error();
  }
  if (!*scenario) {
    return {{Code::kUnknownReference,
             fmt::format("there is no scenario of exposure '{}'", record.id),
             document.root().find("id").span(),
             {"data/exposure has them"},
             {}}};
  }
  auto model = exposure::read_model((*scenario)->first, (*scenario)->second, context);
  if (!model) {
    return {};  // told of the scenario itself
  }
  const data::Node root = document.root();
  Scoring(workspace.catalog, record, root, *model, errors).ask();
  return errors;
}

}  // namespace

data::TypeInfo resolutions_type() { return data::Codec<ResolutionsRecord>::info(); }

Loaded<ExposureScores> score_exposure(const Workspace& workspace, exposure::Model& model,
                                      std::size_t option, const exposure::RunOptions& options) {
  auto text = text_named(workspace, "resolutions", model.id);
  if (!text) {
    return tl::unexpected(std::move(text).error());
  }
  if (!*text) {
    return tl::unexpected(
        Diagnostics{{Code::kUnknownRecord,
                     fmt::format("nothing is known of what came of '{}'", model.id),
                     std::nullopt,
                     {fmt::format("data/resolutions/{}.toml would say", model.id)},
                     {}}});
  }
  Diagnostics errors;
  const data::Document document((*text)->first, std::move((*text)->second), errors);
  ResolutionsRecord record;
  if (!read_resolutions(document, record, errors)) {
    return tl::unexpected(std::move(errors));
  }
  const data::Node root = document.root();
  Scoring scoring(workspace.catalog, record, root, model, errors);
  scoring.ask();
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  ExposureScores scores = scoring.score(option, options);
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return scores;
}

Diagnostics check_resolutions(const Workspace& workspace, const std::string& file,
                              const std::string& text) {
  const auto context = exposure_context(workspace, 1);
  return context ? check_resolutions(workspace, *context, file, text) : context.error();
}

Diagnostics check_exposure_data(const Workspace& workspace) {
  const auto context = exposure_context(workspace, 1);
  if (!context) {
    return context.error();
  }
  Diagnostics errors;
  const auto add = [&errors](Diagnostics found) {
    errors.insert(errors.end(), std::make_move_iterator(found.begin()),
                  std::make_move_iterator(found.end()));
  };
  for (const data::DataFile* file : workspace.files.under("exposure")) {
    if (auto model = exposure::read_model(file->display, file->text, *context); !model) {
      add(std::move(model).error());
    }
  }
  for (const data::DataFile* file : workspace.files.under("resolutions")) {
    add(check_resolutions(workspace, *context, file->display, file->text));
  }
  return errors;
}

Json scores_json(const ExposureScores& scores) {
  Json questions = Json::array(), clusters = Json::array();
  for (const ScoredQuestion& q : scores.questions) {
    questions.push_back({{"id", q.id},
                         {"what", q.what},
                         {"cluster", q.cluster},
                         {"kind", data::name_of(q.kind)},
                         {"unit", text_or_null(q.unit)},
                         {"scale", q.scale},
                         {"formula", text_or_null(q.formula)},
                         {"came", q.came},
                         {"resolved_on", format_date(q.resolved_on)},
                         {"forecast", score_json(q.ours)},
                         {"naive", q.naive ? score_json(*q.naive) : Json(nullptr)},
                         {"naive_from", text_or_null(q.naive_from)},
                         {"sell_side", q.street ? score_json(*q.street) : Json(nullptr)},
                         {"sell_side_from", text_or_null(q.street_from)},
                         {"sources", q.sources},
                         {"note", text_or_null(q.note)}});
  }
  for (const ScoredCluster& c : scores.clusters) {
    clusters.push_back({{"cluster", c.name},
                        {"questions", c.questions},
                        {"brier", json_of(c.brier)},
                        {"naive_brier", json_of(c.naive_brier)},
                        {"crps", json_of(c.crps)},
                        {"naive_crps", json_of(c.naive_crps)},
                        {"sell_side_crps", json_of(c.street_crps)},
                        {"crps_beside_sell_side", json_of(c.crps_beside_street)}});
  }
  return {{"option", scores.option},
          {"brier", scores.brier_clusters > 0 ? Json(scores.brier) : Json(nullptr)},
          {"naive_brier", scores.brier_clusters > 0 ? Json(scores.naive_brier) : Json(nullptr)},
          {"crps", scores.crps_clusters > 0 ? Json(scores.crps) : Json(nullptr)},
          {"naive_crps", scores.crps_clusters > 0 ? Json(scores.naive_crps) : Json(nullptr)},
          {"covered", scores.covered},
          {"numbers", scores.numbers},
          {"naive_covered", scores.naive_covered},
          {"naive_numbers", scores.naive_numbers},
          {"clusters", std::move(clusters)},
          {"questions", std::move(questions)}};
}

}  // namespace redline::app

#include "app/exposure.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "redline/forecast_score.h"

#include "app/build_info.h"
#include "app/exposure_text.h"
#include "app/field_reader.h"
#include "base/fingerprint.h"
#include "base/for_each_index.h"
#include "results/writers.h"

namespace redline::app {
namespace {

using exposure::Account;
using exposure::FirmMeasure;
using exposure::kCentsAUsd;

// Worlds in which the choice is looked at, points of the shares of variance, worlds of a belief.
constexpr std::uint64_t kChoiceSamples = std::uint64_t{1} << 15U;
constexpr std::uint64_t kSobolPoints = 1024;
constexpr std::uint64_t kBeliefSamples = 2048;
constexpr std::uint64_t kMostSamples = Tally::kMostValues;

constexpr auto kFields = std::to_array<std::string_view>(
    {"id", "command", "scenario", "samples", "seed", "design", "backtest", "shard", "merge"});
constexpr auto kMeasureNames = std::to_array<std::string_view>(
    {"revenue", "charge", "gross_profit", "cash", "net", "released"});

// How often events come in worlds that were drawn, and when.
std::vector<EventOdds> odds_of(const exposure::Model& model,
                               const std::vector<exposure::Input>& inputs,
                               const exposure::Choices& all) {
  std::vector<EventOdds> odds(model.events.size());
  const double end = model.firms.front().quarters.back().last + 1.0;
  const double from = exposure::day_number(model.as_of);
  const std::size_t n = all.net.samples();
  for (std::size_t e = 0; e < model.events.size(); ++e) {
    const auto at = std::find_if(inputs.begin(), inputs.end(), [&](const exposure::Input& one) {
      return one.id == model.events[e].id;
    });
    if (at == inputs.end()) {
      odds[e].by_end = 1.0;
      continue;
    }
    const auto column = static_cast<std::size_t>(at - inputs.begin());
    std::vector<double> days;
    for (std::size_t s = 0; s < n; ++s) {
      const double day = all.inputs[s * inputs.size() + column];
      if (day < end) {
        days.push_back(day - from);
      }
    }
    odds[e].by_end = static_cast<double>(days.size()) / static_cast<double>(n);
    if (!days.empty()) {
      std::sort(days.begin(), days.end());
      odds[e].low = sample_quantile(days, 0.05);
      odds[e].middle = sample_quantile(days, 0.5);
      odds[e].high = sample_quantile(days, 0.95);
    }
  }
  return odds;
}

class Work {
 public:
  Work(const Workspace& workspace, const ExposureRun& how, const SearchRun& run)
      : w_(workspace), run_(run) {
    report_.run = how;
  }

  Loaded<ExposureReport> work_out(const std::string& scenario) {
    const auto begun = std::chrono::steady_clock::now();
    auto text = needed_text(w_, "exposure", scenario, "scenario of exposure",
                            "scenarios of exposure", "; or a path to a .toml file");
    if (!text) {
      return tl::unexpected(std::move(text).error());
    }
    auto context = exposure_context(w_, run_.threads);
    if (!context) {
      return tl::unexpected(std::move(context).error());
    }
    auto model = exposure::read_model(text->first, text->second, *context);
    if (!model) {
      return tl::unexpected(std::move(model).error());
    }
    auto kept = std::make_shared<exposure::Model>(std::move(*model));
    report_.model = kept;
    options_.samples = report_.run.samples;
    options_.seed = report_.run.seed;
    options_.design = report_.run.design;
    options_.threads = run_.threads;
    options_.stop = run_.stop;
    if (run_.progress) {
      options_.progress = [this](std::uint64_t done, std::uint64_t all) {
        SearchProgress now;
        now.done = done;
        now.total = all;
        now.evaluated = done;
        run_.progress(now, "");
      };
    }
    report_.question = {
        kept->id, fingerprint_of(*text), report_.run.samples, report_.run.seed,
        std::string(kSampleDesignNames[static_cast<std::size_t>(report_.run.design)])};
    if (!report_.run.merge.empty()) {
      auto merged = merge_exposure_parts(w_, *kept, report_.question, report_.run.merge);
      if (!merged) {
        return tl::unexpected(std::move(merged).error());
      }
      report_.result = std::move(*merged);
    } else {
      if (report_.run.shard) {
        options_.shard = static_cast<unsigned>(report_.run.shard->shard - 1);
        options_.shards = static_cast<unsigned>(report_.run.shard->shards);
      }
      report_.result = exposure::run(*kept, options_);
    }
    if (report_.run.shard) {
      return std::move(report_);
    }
    find_best();
    if (!report_.result.stopped) {
      look_at_choice();
      look_at_shares();
      for (const exposure::Belief& belief : kept->beliefs) {
        report_.beliefs.push_back(
            {&belief, exposure::belief_means(*kept, belief, kBeliefSamples, options_)});
      }
    }
    if (report_.run.backtest && !report_.result.stopped) {
      auto scores = score_exposure(w_, *kept, kept->expected.value_or(report_.best), options_);
      if (!scores) {
        return tl::unexpected(std::move(scores).error());
      }
      report_.scores = std::move(*scores);
    }
    report_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::string fingerprint_of(const NamedText& text) const {
    Fingerprint print;
    print.add(text.second);
    print.add(w_.files.hash);
    print.add(kVersion);
    return print.hex();
  }

  void find_best() {
    if (report_.result.samples == 0) {
      return;
    }
    const exposure::Accounts places(*report_.model);
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t o = 0; o < report_.model->options.size(); ++o) {
      const double mean = report_.account(o, places.total(FirmMeasure::kNet)).tally.mean();
      if (mean > most) {
        most = mean;
        report_.best = o;
      }
    }
  }

  void look_at_choice() {
    const auto inputs = exposure::inputs_of(*report_.model);
    const auto all = exposure::choices(*report_.model, inputs, kChoiceSamples, options_);
    report_.perfect = perfect_information(all.net);
    report_.odds = odds_of(*report_.model, inputs, all);
    report_.trees = exposure::path_trees(*report_.model, inputs, all);
    const std::size_t n = all.net.samples(), options = all.net.options;
    report_.share_best.assign(options, 0.0);
    for (std::size_t s = 0; s < n; ++s) {
      const auto first = all.net.worth.begin() + static_cast<std::ptrdiff_t>(s * options);
      const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(options));
      report_.share_best[static_cast<std::size_t>(best - first)] += 1.0 / static_cast<double>(n);
    }
    if (options < 2) {
      return;
    }
    report_.known.resize(inputs.size());
    for_each_index(inputs.size(), run_.threads, [&](std::size_t i) {
      std::vector<double> column(n);
      for (std::size_t s = 0; s < n; ++s) {
        column[s] = all.inputs[s * inputs.size() + i];
      }
      report_.known[i] = {inputs[i], partial_information(all.net, column)};
    });
    std::stable_sort(
        report_.known.begin(), report_.known.end(),
        [](const KnownInput& a, const KnownInput& b) { return a.worth.value > b.worth.value; });
  }

  void look_at_shares() {
    const exposure::Model& m = *report_.model;
    if (m.factors.empty()) {
      return;
    }
    const exposure::NetModel net(m);
    const UnitModel model = [&net](std::span<const double> u, std::span<double> out) {
      net(u, out);
    };
    const std::size_t options = m.options.size();
    const auto moved = redline::swings(m.dimensions, m.factors, options, model, report_.medians);
    for (std::size_t f = 0; f < m.factors.size(); ++f) {
      const auto first = moved.begin() + static_cast<std::ptrdiff_t>(f * options);
      report_.swings.emplace_back(first, first + static_cast<std::ptrdiff_t>(options));
    }
    SobolOptions sobol;
    sobol.points = kSobolPoints;
    sobol.seed = report_.run.seed;
    sobol.threads = run_.threads;
    report_.sobol = sobol_indices(m.dimensions, m.factors, options, model, sobol);
  }

  const Workspace& w_;
  SearchRun run_;
  exposure::RunOptions options_;
  ExposureReport report_;
};

class RequestReader : FieldReader {
 public:
  RequestReader(const Json& json, Code code) : FieldReader(json, code) {}

  Loaded<std::pair<std::string, ExposureRun>> read() {
    refuse_all_but({kFields.begin(), kFields.end()});
    ExposureRun run;
    const std::string scenario = plain("scenario");
    if (scenario.empty() && errors_.empty()) {
      problem("no scenario is named", {"such as april-2025, or a path to a .toml file"});
    }
    run.samples = static_cast<std::uint64_t>(amount("samples", static_cast<double>(run.samples),
                                                    1.0, static_cast<double>(kMostSamples)));
    run.seed = static_cast<std::uint64_t>(amount("seed", 1.0, 0.0, 9.0e15));
    const std::string design = plain_or("design", kSampleDesignNames.back());
    const auto at = std::find(kSampleDesignNames.begin(), kSampleDesignNames.end(), design);
    if (at == kSampleDesignNames.end()) {
      problem(fmt::format("field 'design' must be one of {}", fmt::join(kSampleDesignNames, ", ")));
    } else {
      run.design = static_cast<SampleDesign>(at - kSampleDesignNames.begin());
    }
    run.backtest = flag("backtest", false);
    run.merge = names_in("merge");
    if (const std::string shard = plain("shard"); !shard.empty()) {
      auto number = parse_shard(shard);
      if (!number) {
        problem(number.error().message, number.error().help);
      } else if (!run.merge.empty() || run.backtest) {
        problem("a part is neither merged nor scored", {"give --shard alone, then --merge"});
      } else {
        run.shard = *number;
      }
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::pair{scenario, run};
  }
};

// The account of a number of money, in dollars, or of another one in its unit.
Json account_json(const Account& account, double scale) {
  if (account.tally.count() == 0) {
    return nullptr;
  }
  const Tally& t = account.tally;
  Json json{{"mean", t.mean() / scale},
            {"mean_error", t.mean_error() / scale},
            {"deviation", t.deviation() / scale}};
  for (const auto& [name, level] :
       {std::pair{"p5", 0.05}, {"p25", 0.25}, {"p50", 0.5}, {"p75", 0.75}, {"p95", 0.95}}) {
    json[name] = t.quantile(level) / scale;
    json[fmt::format("{}_error", name)] = t.quantile_error(level) / scale;
  }
  json["least"] = t.min() / scale;
  json["most"] = t.max() / scale;
  if (account.undefined > 0) {
    json["undefined"] = account.undefined;
  }
  return json;
}

Json option_json(const ExposureReport& report, std::size_t o) {
  const exposure::Model& m = *report.model;
  const exposure::Accounts places = report.places();
  Json lines = Json::array(), quarters = Json::array(), answers = Json::object();
  for (const std::size_t l : m.options[o].lines) {
    lines.push_back(m.lines[l].id);
  }
  Json json{{"option", m.options[o].id},
            {"title", m.options[o].title},
            {"lines", std::move(lines)},
            {"share_of_worlds_best",
             o < report.share_best.size() ? Json(report.share_best[o]) : Json(nullptr)}};
  for (std::size_t k = 0; k < exposure::kFirmMeasures; ++k) {
    json[fmt::format("{}_usd", kMeasureNames[k])] =
        account_json(report.account(o, places.total(static_cast<FirmMeasure>(k))), kCentsAUsd);
  }
  for (std::size_t q = 0; q < m.quarters; ++q) {
    const exposure::Quarter& quarter = m.firms.front().quarters[q];
    Json one{{"quarter", name_of(quarter.name)},
             {"ends", format_date(Date{std::chrono::days{static_cast<int>(quarter.last)}})}};
    for (std::size_t k = 0; k < exposure::kQuarterMeasures; ++k) {
      one[fmt::format("{}_usd", kMeasureNames[k])] =
          account_json(report.account(o, places.of(static_cast<FirmMeasure>(k), q)), kCentsAUsd);
    }
    quarters.push_back(std::move(one));
  }
  json["quarters"] = std::move(quarters);
  for (std::size_t a = 0; a < m.answers.size(); ++a) {
    if (m.answers[a].of_option) {
      answers[m.answers[a].id] =
          account_json(report.account(o, places.answer(a)), report.answer_scale(a));
    }
  }
  json["answers"] = std::move(answers);
  json["tree"] = exposure_tree_json(report, o);
  return json;
}

Json estimate_json(const Estimated& one) {
  return {{"value", one.value}, {"low", one.low}, {"high", one.high}};
}

Json inputs_json(const ExposureReport& report) {
  const exposure::Model& m = *report.model;
  Json quantities = Json::array(), events = Json::array();
  for (const exposure::QuantityInfo& q : m.quantities) {
    quantities.push_back({{"id", q.id},
                          {"what", q.what},
                          {"understood", q.shown},
                          {"unit", text_or_null(q.unit)},
                          {"reading", exposure::describe(q.kind)},
                          {"origin", q.origin},
                          {"date", q.date ? Json(format_date(*q.date)) : Json(nullptr)},
                          {"sources", q.sources},
                          {"note", text_or_null(q.note)}});
  }
  for (std::size_t e = 0; e < m.events.size(); ++e) {
    const exposure::EventInfo& one = m.events[e];
    Json json{{"id", one.id},          {"what", one.what},   {"actor", text_or_null(one.actor)},
              {"odds", one.odds},      {"after", one.after}, {"unless", one.unless},
              {"sources", one.sources}};
    if (e < report.odds.size()) {
      json["probability_by_end"] = report.odds[e].by_end;
      json["days_p5"] = json_of(report.odds[e].low);
      json["days_p50"] = json_of(report.odds[e].middle);
      json["days_p95"] = json_of(report.odds[e].high);
    }
    events.push_back(std::move(json));
  }
  return {{"quantities", std::move(quantities)}, {"events", std::move(events)}};
}

Json sensitivity_json(const ExposureReport& report) {
  const exposure::Model& m = *report.model;
  Json list = Json::array();
  for (std::size_t f = 0; f < m.factors.size() && f < report.swings.size(); ++f) {
    Json options = Json::object();
    for (std::size_t o = 0; o < m.options.size(); ++o) {
      options[m.options[o].id] = {{"net_usd_at_p5", report.swings[f][o].low},
                                  {"net_usd_at_p95", report.swings[f][o].high},
                                  {"first", estimate_json(report.sobol[o].first[f])},
                                  {"total", estimate_json(report.sobol[o].total[f])}};
    }
    list.push_back({{"input", m.factors[f].name}, {"options", std::move(options)}});
  }
  return list;
}

Json beliefs_json(const ExposureReport& report) {
  const exposure::Model& m = *report.model;
  Json list = Json::array();
  for (const BeliefMap& map : report.beliefs) {
    Json points = Json::array();
    const std::size_t n = m.options.size();
    const auto steps = static_cast<std::size_t>(map.belief->steps);
    for (std::size_t p = 0; p * n < map.means.size(); ++p) {
      Json at = Json::object();
      for (std::size_t k = 0; k < map.belief->over.size(); ++k) {
        const exposure::QuantityInfo& q = m.quantities[map.belief->over[k]];
        const std::size_t step =
            map.belief->over.size() == 2 ? (k == 0 ? p / steps : p % steps) : p;
        at[q.id] =
            (map.belief->from[k] + static_cast<double>(step) / static_cast<double>(steps - 1) *
                                       (map.belief->to[k] - map.belief->from[k])) /
            q.factor;
      }
      const auto first = map.means.begin() + static_cast<std::ptrdiff_t>(p * n);
      const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(n));
      at["best"] = m.options[static_cast<std::size_t>(best - first)].id;
      at["net_usd"] = *best;
      points.push_back(std::move(at));
    }
    list.push_back(std::move(points));
  }
  return list;
}

}  // namespace

Loaded<ExposureReport> work_out_exposure(const Workspace& workspace, const std::string& scenario,
                                         const ExposureRun& how, const SearchRun& run) {
  return Work(workspace, how, run).work_out(scenario);
}

Json exposure_json(const ExposureReport& report) {
  const exposure::Model& m = *report.model;
  const exposure::Accounts places = report.places();
  Json options = Json::array(), information = Json::array(), answers = Json::object();
  for (std::size_t o = 0; o < m.options.size(); ++o) {
    options.push_back(option_json(report, o));
  }
  for (const KnownInput& one : report.known) {
    information.push_back({{"input", one.input.id},
                           {"what", one.input.what},
                           {"value_usd", one.worth.value},
                           {"error_usd", one.worth.error}});
  }
  for (std::size_t a = 0; a < m.answers.size(); ++a) {
    if (!m.answers[a].of_option) {
      Json one{{"what", m.answers[a].what},
               {"unit", text_or_null(m.answers[a].unit)},
               {"formula", m.answers[a].text}};
      one["value"] = account_json(report.account(0, places.answer(a)), report.answer_scale(a));
      answers[m.answers[a].id] = std::move(one);
    }
  }
  Json json{{"scenario", m.id},
            {"title", m.title},
            {"as_of", format_date(m.as_of)},
            {"firm", m.firms.front().title},
            {"samples", report.result.samples},
            {"seed", report.run.seed},
            {"design", kSampleDesignNames[static_cast<std::size_t>(report.run.design)]},
            {"finished", !report.result.stopped},
            {"best", m.options[report.best].id},
            {"expected", m.expected ? Json(m.options[*m.expected].id) : Json(nullptr)},
            {"options", std::move(options)},
            {"answers", std::move(answers)},
            {"perfect_information_usd",
             {{"value", report.perfect.value}, {"error", report.perfect.error}}},
            {"information", std::move(information)},
            {"sensitivity", sensitivity_json(report)},
            {"beliefs", beliefs_json(report)}};
  json["worlds_without_a_value"] = report.result.unsound;
  json.update(inputs_json(report));
  json["backtest"] = report.scores ? scores_json(*report.scores) : Json(nullptr);
  return json;
}

namespace {

Loaded<Answer> part_answer(const ExposureReport& report, const Json& fields,
                           const results::Words& say) {
  if (report.result.stopped) {
    return tl::unexpected(Diagnostics{{Code::kRunUnfinished,
                                       "the part was stopped before its end: nothing is kept of it",
                                       std::nullopt,
                                       {"ask for it again, or for smaller parts"},
                                       {}}});
  }
  Answer answer;
  answer.command = "exposure-shard";
  answer.as_of = report.model->as_of;
  answer.request = fields;
  answer.request["command"] = "exposure";
  answer.results.push_back(exposure_part_json(report.question, *report.run.shard, report.result));
  answer.blocks.emplace_back(Headline{say(
      "Part {shard} of {shards}: {worlds} worlds. -o FILE.json keeps it; --merge puts all parts "
      "together.",
      {{"shard", std::to_string(report.run.shard->shard)},
       {"shards", std::to_string(report.run.shard->shards)},
       {"worlds", std::to_string(report.result.samples)}})});
  return answer;
}

}  // namespace

Loaded<Answer> exposure_answer(const Workspace& workspace, const Json& fields, const SearchRun& run,
                               Code field_code, const results::Words& say) {
  auto asked = RequestReader(fields, field_code).read();
  if (!asked) {
    return tl::unexpected(std::move(asked).error());
  }
  auto report = work_out_exposure(workspace, asked->first, asked->second, run);
  if (!report) {
    return tl::unexpected(std::move(report).error());
  }
  if (asked->second.shard) {
    return part_answer(*report, fields, say);
  }
  Answer answer;
  answer.command = "exposure";
  answer.as_of = report->model->as_of;
  answer.request = fields;
  answer.request["command"] = "exposure";
  answer.results.push_back(exposure_json(*report));
  answer.table = exposure_table(*report);
  answer.run["samples"] = report->result.samples;
  answer.run["search_seconds"] = report->seconds;
  if (report->result.unsound > 0) {
    answer.warnings.push_back(
        {say("in {count} of {all} worlds an input has no value, such as a division by 0",
             {{"count", std::to_string(report->result.unsound)},
              {"all", std::to_string(report->result.samples)}}),
         say("keep formulas within what they are meant for, with max, min or clamp")});
  }
  describe_exposure(*report, say, answer.blocks);
  return answer;
}

}  // namespace redline::app

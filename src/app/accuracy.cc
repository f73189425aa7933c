#include "app/accuracy.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "app/step_row.h"

namespace redline::app {
namespace {

bool is_training(const Predicted& row) { return row.op == "train"; }
bool is_serving(const Predicted& row) {
  constexpr auto kPhases =
      std::to_array<std::string_view>({"prefill", "decode", "serving-static", "serving-batch1"});
  return std::find(kPhases.begin(), kPhases.end(), row.op) != kPhases.end();
}

// The mean of several sources' MAPE; none without rows.
std::optional<double> mean_of(const std::map<std::string, Accuracy>& by_source) {
  if (by_source.empty()) {
    return std::nullopt;
  }
  double sum = 0.0;
  for (const auto& [source, accuracy] : by_source) {
    sum += accuracy.mape();
  }
  return sum / static_cast<double>(by_source.size());
}

// Rank of each value, from the least; equal values share the mean of their ranks.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) {
      ++end;
    }
    for (std::size_t k = i; k < end; ++k) {
      ranks[order[k]] = 0.5 * static_cast<double>(i + end - 1);
    }
    i = end;
  }
  return ranks;
}

std::optional<double> correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0.0 && bb > 0.0 ? std::optional(ab / std::sqrt(aa * bb)) : std::nullopt;
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

bool is_of(const Predicted& row, Runs kind) {
  const bool first = row.op.ends_with(kFirstTokenOp);
  const std::string_view phase(row.op.data(), row.op.size() - (first ? kFirstTokenOp.size() : 0));
  switch (kind) {
    case Runs::kTraining:
      return is_training(row);
    case Runs::kServing:
      return is_serving(row);
    case Runs::kLoad:
      return is_under_load(phase) && !first;
    case Runs::kFirstToken:
      break;
  }
  return is_under_load(phase) && first;
}

}  // namespace

double Accuracy::mean(double (*of)(const Predicted&)) const {
  double sum = 0.0;
  for (const Predicted* row : rows) {
    sum += of(*row);
  }
  return sum / static_cast<double>(rows.size());
}

double Accuracy::mape() const {
  return mean([](const Predicted& row) { return std::fabs(row.error_percent()); });
}

double Accuracy::bias() const {
  return mean([](const Predicted& row) { return row.error_percent(); });
}

double Accuracy::coverage() const {
  return mean([](const Predicted& row) { return row.inside() ? 100.0 : 0.0; });
}

double Accuracy::median() const {
  std::vector<double> errors;
  for (const Predicted* row : rows) {
    errors.push_back(std::fabs(row->error_percent()));
  }
  return median_of(std::move(errors));
}

const Predicted& Accuracy::worst() const {
  return **std::max_element(rows.begin(), rows.end(), [](const Predicted* a, const Predicted* b) {
    return std::fabs(a->error_percent()) < std::fabs(b->error_percent());
  });
}

Json accuracy_json(const Accuracy& a) {
  Json json{
      {"rows", a.rows.size() + a.skipped}, {"predicted", a.rows.size()}, {"skipped", a.skipped}};
  const bool any = !a.rows.empty();
  const auto or_null = [any](auto value) { return any ? Json(value()) : Json(nullptr); };
  json["mape_percent"] = or_null([&] { return a.mape(); });
  json["median_percent"] = or_null([&] { return a.median(); });
  json["bias_percent"] = or_null([&] { return a.bias(); });
  json["interval_coverage_percent"] = or_null([&] { return a.coverage(); });
  json["worst"] = any ? Json{{"id", a.worst().id}, {"error_percent", a.worst().error_percent()}}
                      : Json(nullptr);
  return json;
}

SourceMeans means_over_sources(const std::vector<Predicted>& rows, Runs kind) {
  std::map<std::string, Accuracy> all;
  std::map<std::string, Accuracy> held;
  for (const Predicted& row : rows) {
    if (row.part == Part::kLeftOut || !is_of(row, kind)) {
      continue;
    }
    all[row.source].rows.push_back(&row);
    if (row.part == Part::kHeldOut) {
      held[row.source].rows.push_back(&row);
    }
  }
  return {all.size(), mean_of(all).value_or(0.0), mean_of(held).value_or(0.0)};
}

Json sources_json(const std::vector<Predicted>& rows) {
  const auto part = [&rows](Runs kind) -> Json {
    const SourceMeans means = means_over_sources(rows, kind);
    if (means.sources == 0) {
      return nullptr;
    }
    return {{"sources", means.sources},
            {"mape_percent", means.all},
            {"held_out_mape_percent", means.held_out}};
  };
  return {{"training", part(Runs::kTraining)},
          {"serving", part(Runs::kServing)},
          {"under_load", part(Runs::kLoad)},
          {"under_load_ttft", part(Runs::kFirstToken)}};
}

namespace {

constexpr std::size_t kFewestPlans = 3;

// To twelve digits: what rows say in different units differs in the last ones.
double rounded(double value) {
  constexpr int kBits = 40;
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(std::round(std::ldexp(mantissa, kBits)), exponent - kBits);
}

// What was measured on the plans of one group, by what is predicted of each: runs of one plan.
using Plans = std::map<double, std::vector<double>>;
std::map<std::string, Plans> plans_of(const std::vector<Predicted>& rows) {
  std::map<std::string, Plans> groups;
  for (const Predicted& row : rows) {
    if (is_training(row) && row.part != Part::kLeftOut) {
      groups[row.source + ": " + row.plans][rounded(row.predicted)].push_back(row.measured);
    }
  }
  return groups;
}

// Predicted and measured, one for each plan; runs of one plan count once, as the mean.
struct Ranked {
  std::vector<double> predicted, measured;
  [[nodiscard]] std::optional<double> correlation() const {
    return app::correlation(ranks_of(predicted), ranks_of(measured));
  }
};
Ranked ranked(const Plans& plans) {
  Ranked found;
  for (const auto& [one, values] : plans) {
    found.predicted.push_back(one);
    found.measured.push_back(std::accumulate(values.begin(), values.end(), 0.0) /
                             static_cast<double>(values.size()));
  }
  return found;
}

double repeat_sd(const std::map<std::string, Plans>& groups) {
  std::vector<double> differences;
  for (const auto& [name, plans] : groups) {
    for (const auto& [one, runs] : plans) {
      for (std::size_t i = 1; i < runs.size(); ++i) {
        differences.push_back(std::fabs(std::log(runs[i] / runs[i - 1])));
      }
    }
  }
  constexpr double kMedian = 0.6745;  // of the absolute value of a standard normal
  return differences.empty() ? 0.0 : median_of(differences) / (kMedian * std::sqrt(2.0));
}

}  // namespace

PlanOrder plan_order(const std::vector<Predicted>& rows) {
  const auto groups = plans_of(rows);
  PlanOrder order;
  order.repeat_sd = repeat_sd(groups);
  constexpr double kNormal95 = 1.96;
  const double apart = kNormal95 * std::sqrt(2.0) * order.repeat_sd;
  double sum = 0.0;
  double sum_apart = 0.0;
  for (const auto& [name, plans] : groups) {
    const Ranked found = ranked(plans);
    if (plans.size() < kFewestPlans) {
      continue;
    }
    const double correlation = found.correlation().value_or(0.0);
    const std::size_t before = order.apart;
    ++order.groups;
    sum += correlation;
    for (std::size_t i = 0; i < plans.size(); ++i) {
      for (std::size_t k = i + 1; k < plans.size(); ++k) {
        const double ratio = std::log(found.measured[k] / found.measured[i]);
        if (std::fabs(ratio) > apart) {
          ++order.apart;
          order.ordered += ratio > 0.0 ? 1U : 0U;  // predictions ascend
        }
      }
    }
    if (order.apart > before) {
      ++order.groups_apart;
      sum_apart += correlation;
    }
  }
  const auto mean = [](double total, std::size_t count) {
    return count > 0 ? total / static_cast<double>(count) : 0.0;
  };
  order.mean_correlation = mean(sum, order.groups);
  order.mean_apart = mean(sum_apart, order.groups_apart);
  return order;
}

Json pairs_json(const std::vector<Predicted>& rows) {
  const PlanOrder order = plan_order(rows);
  return {{"groups", order.groups},
          {"mean_rank_correlation", order.mean_correlation},
          {"groups_told_apart", order.groups_apart},
          {"mean_rank_correlation_told_apart", order.mean_apart},
          {"repeat_sd_percent", 100.0 * order.repeat_sd},
          {"told_apart", order.apart},
          {"in_order", order.ordered}};
}

Json order_json(const std::vector<Predicted>& rows) {
  Json list = Json::array();
  for (const auto& [name, plans] : plans_of(rows)) {
    if (plans.size() < kFewestPlans) {
      continue;
    }
    const Ranked found = ranked(plans);
    const auto correlated = found.correlation();
    const auto [least, most] = std::minmax_element(found.measured.begin(), found.measured.end());
    list.push_back({{"plans", name},
                    {"distinct", plans.size()},
                    {"spread_percent", 100.0 * (*most / *least - 1.0)},
                    {"rank_correlation", correlated ? Json(*correlated) : Json(nullptr)}});
  }
  return list;
}

}  // namespace redline::app

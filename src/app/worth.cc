#include "app/worth.h"

#include <algorithm>

#include "base/for_each_index.h"

namespace redline::app {
namespace {

std::optional<double> fp16_rate(const Chip& chip) {
  const auto& rate = chip.compute.fp16;
  return rate && rate->rate.value ? std::optional(rate->rate.value->base() * rate->dense_factor())
                                  : std::nullopt;
}

std::optional<double> memory_bandwidth(const Chip& chip) {
  const auto& bandwidth = chip.memory.bandwidth;
  return bandwidth && bandwidth->value ? std::optional(bandwidth->value->base()) : std::nullopt;
}

std::optional<double> ratio(std::optional<double> a, std::optional<double> b) {
  return a && b && *b > 0.0 ? std::optional(*a / *b) : std::nullopt;
}

}  // namespace

std::optional<Spread> UseWorth::share(const ChipInUse& one) const {
  return one.answer && reference().answer
             ? std::optional(worth_of(*one.answer, *reference().answer))
             : std::nullopt;
}

WorthReport work_out_worth(const Workspace& w, const Scenario& scenario, unsigned threads) {
  const WorthQuestion& question = *scenario.worth;
  WorthReport report;
  report.data_date = w.date;
  report.claim = question.claim;
  report.claimed = question.claimed;
  report.chips = {w.catalog.chip(scenario.subject), w.catalog.chip(question.reference)};
  for (const std::string& chip : question.chips) {
    report.chips.push_back(w.catalog.chip(chip));
  }
  report.fp16_ratio = ratio(fp16_rate(report.subject()), fp16_rate(report.reference()));
  report.memory_bandwidth_ratio =
      ratio(memory_bandwidth(report.subject()), memory_bandwidth(report.reference()));
  for (const WorthUse& use : question.uses) {
    const auto model = find_model(w, use.model);
    report.uses.push_back({use.kind, use.model, model ? model->name : use.model, {}});
    report.uses.back().chips.resize(report.chips.size());
  }
  const std::size_t chips = report.chips.size();
  for_each_index(report.uses.size() * chips, threads, [&](std::size_t i) {
    UseWorth& use = report.uses[i / chips];
    ChipInUse& one = use.chips[i % chips];
    one = best_in_use(w, report.chips[i % chips]->id, use.kind, Json{{"model", use.model}});
    if (one.answer) {
      take_as_owned(*one.answer);
    }
  });
  return report;
}

}  // namespace redline::app

#include "app/die.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/scales.h"

namespace redline::app {
namespace {

// The fastest dense rate of 16-bit inputs: what the matrix units of the die were counted by.
std::optional<double> matrix_rate(const Chip& chip) {
  std::optional<double> best;
  for (const auto* rate : {&chip.compute.bf16, &chip.compute.fp16, &chip.compute.fp16_fp16acc}) {
    if (*rate && (*rate)->rate.value) {
      const double dense = (*rate)->rate.value->base() * (*rate)->dense_factor();
      best = std::max(best.value_or(0.0), dense);
    }
  }
  return best;
}

std::optional<PartPower> power_of(const DieEstimate& one) {
  const Chip& chip = *one.chip;
  const auto rate = matrix_rate(chip);
  const bool clocked = chip.clock.boost && chip.clock.boost->value;
  const double clock_ghz = clocked ? chip.clock.boost->value->base() / kGiga : one.die->clock_ghz;
  if (clock_ghz <= 0.0 || !rate || !chip.memory.bandwidth || !chip.memory.bandwidth->value) {
    return std::nullopt;
  }
  PowerSpec spec;
  spec.cores_on = one.cores_on * one.die->dies;
  spec.core_ops = one.die->spec.core_ops;
  spec.clock_ghz = clock_ghz;
  const double issued = spec.cores_on * spec.core_ops * spec.clock_ghz * kGiga;
  spec.rate_share = std::min(1.0, *rate / issued);
  spec.die_mm2 = one.die->area_mm2 * one.die->dies + one.die->base.mm2 * one.die->base.count;
  spec.memory_gb_s = chip.memory.bandwidth->value->base() / kGiga;
  const auto link = chip.link ? chip.link->bidirectional() : std::nullopt;
  spec.link_gb_s = link ? link->base() / kGiga : 0.0;
  return part_power(*one.node, *one.memory, spec);
}

// Low is the share at the high density of defects.
template <class Share>
redline::Spread over_defects(const ProcessNode& node, const Share& share) {
  return {share(node.defects_cm2.high), share(node.defects_cm2.value), share(node.defects_cm2.low)};
}

DieEstimate estimate_of(const Workspace& w, const Silicon& silicon, const DieRecord& die) {
  DieEstimate one;
  one.die = &die;
  one.node = silicon.node(die.node);
  one.memory = silicon.memory(die.memory);
  one.chip = w.catalog.chip(die.chip);
  RL_CHECK(one.node != nullptr && one.memory != nullptr);
  one.parts = die_area(*one.node, *one.memory, die.spec);
  one.wafer_dies = dies_per_wafer(die.area_mm2);
  const bool counted = one.chip != nullptr && one.chip->core.count;
  one.cores_on = counted ? static_cast<double>(*one.chip->core.count) / die.dies : die.spec.cores;
  const PartSpec part = part_of(silicon, die, one.cores_on);
  one.whole =
      over_defects(*one.node, [&](double defects) { return die_yield(part.die_mm2, defects); });
  one.part = over_defects(*one.node, [&](double defects) { return part_yield(part, defects); });
  one.cost = part_cost(*one.node, *one.memory, silicon.packaging, part);
  if (one.chip != nullptr) {
    one.power = power_of(one);
  }
  std::set<std::string> sources;
  for (const auto* from :
       {&die.sources, &one.node->sources, &one.memory->sources, &silicon.packaging.sources}) {
    sources.insert(from->begin(), from->end());
  }
  one.sources.assign(sources.begin(), sources.end());
  return one;
}

}  // namespace

std::optional<double> error_percent(double modelled, double published) {
  return published > 0.0 ? std::optional(kPercent * (modelled / published - 1.0)) : std::nullopt;
}

Loaded<DieReport> work_out_dies(const Workspace& w, const std::vector<std::string>& names) {
  auto loaded = load_silicon(w.files);
  if (!loaded) {
    return tl::unexpected(std::move(loaded).error());
  }
  DieReport report;
  report.silicon = std::make_shared<const Silicon>(std::move(*loaded));
  const Silicon& silicon = *report.silicon;
  std::vector<NamedRecord> known;
  for (const DieRecord& die : silicon.dies) {
    known.push_back({die.id, die.vendor, die.name, {}});
  }
  Diagnostics errors;
  const std::vector<std::string> all{"*"};
  for (const std::string& name : names.empty() ? all : names) {
    const auto found = find_records(known, name, "die");
    if (!found) {
      errors.push_back(found.error());
      continue;
    }
    for (const std::size_t i : *found) {
      report.dies.push_back(estimate_of(w, silicon, silicon.dies[i]));
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return report;
}

Loaded<Answer> estimate_die(const Workspace& w, const std::vector<std::string>& names,
                            const results::Words& say) {
  const auto report = work_out_dies(w, names);
  if (!report) {
    return tl::unexpected(report.error());
  }
  Answer answer;
  answer.command = "estimate-die";
  answer.as_of = w.date;
  answer.request = {{"command", answer.command}};
  if (!names.empty()) {
    answer.request["die"] = names;
  }
  for (const DieEstimate& one : report->dies) {
    answer.results.push_back(die_json(one));
  }
  answer.table = die_table(*report);
  describe_dies(*report, say, answer.blocks);
  return answer;
}

Loaded<Answer> estimate_die(const Workspace& w, const Json& fields, Code field_code,
                            const results::Words& say) {
  std::vector<std::string> names;
  for (const auto& [key, value] : fields.items()) {
    if (key == "command" || key == "id") {
      continue;
    }
    const bool list = value.is_array() && std::all_of(value.begin(), value.end(),
                                                      [](const Json& v) { return v.is_string(); });
    if (key != "die" || !(value.is_string() || list)) {
      return tl::unexpected(
          Diagnostics{{field_code,
                       key == "die" ? std::string("'die' must be a name or a list of names")
                                    : fmt::format("there is no field '{}'", key),
                       std::nullopt,
                       {"fields: die"},
                       {}}});
    }
    names = list ? value.get<std::vector<std::string>>()
                 : std::vector<std::string>{value.get<std::string>()};
  }
  return estimate_die(w, names, say);
}

}  // namespace redline::app

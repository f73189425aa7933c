// Formulas over the data sheets of chips.

#include <fmt/format.h>

#include "app/claim_formulas.h"

namespace redline::app {
namespace {

// One value of a data sheet in base units, with its bounds.
struct Spec {
  std::optional<Interval<double>> value;
  std::vector<std::string> sources;
};

template <class Q>
Spec spec_of(const std::optional<Fact<Q>>& fact, double factor = 1.0) {
  if (!fact) {
    return {};
  }
  Spec spec{std::nullopt, fact->sources};
  if (fact->value) {
    spec.value = Interval<double>{fact->value->base() * factor, fact->value->base() * factor};
  } else if (fact->range) {
    spec.value =
        Interval<double>{fact->range->low.base() * factor, fact->range->high.base() * factor};
  }
  return spec;
}

Spec rate_of(const std::optional<ComputeRate>& rate) {
  return rate ? spec_of(std::optional(rate->rate), rate->dense_factor()) : Spec{};
}

Spec link_of(const Chip& chip) {
  if (!chip.link) {
    return {};
  }
  if (chip.link->kind == LinkKind::kNone) {
    return {Interval<double>{0.0, 0.0}, {}};
  }
  return spec_of(chip.link->bandwidth, chip.link->direction == Direction::kBidirectional ? 1 : 2);
}

struct SpecName {
  std::string_view name;
  Measure unit;
  Spec (*read)(const Chip&);
};

const std::vector<SpecName>& specs() {
  static const Measure kRate{0.0, OpsPerSecond::kDimension, "TFLOP/s", 1e12};
  static const Measure kBandwidth{0.0, BytesPerSecond::kDimension, "GB/s", 1e9};
  static const std::vector<SpecName> kSpecs{
      {"fp64", kRate, [](const Chip& c) { return rate_of(c.compute.fp64); }},
      {"fp32", kRate, [](const Chip& c) { return rate_of(c.compute.fp32); }},
      {"tf32", kRate, [](const Chip& c) { return rate_of(c.compute.tf32); }},
      {"bf16", kRate, [](const Chip& c) { return rate_of(c.compute.bf16); }},
      {"fp16", kRate, [](const Chip& c) { return rate_of(c.compute.fp16); }},
      {"fp8", kRate, [](const Chip& c) { return rate_of(c.compute.fp8); }},
      {"int8", kRate, [](const Chip& c) { return rate_of(c.compute.int8); }},
      {"fp4", kRate, [](const Chip& c) { return rate_of(c.compute.fp4); }},
      {"memory_capacity",
       {0.0, Bytes::kDimension, "GB", 1e9},
       [](const Chip& c) { return spec_of(c.memory.capacity); }},
      {"memory_bandwidth", kBandwidth, [](const Chip& c) { return spec_of(c.memory.bandwidth); }},
      {"link_bandwidth", kBandwidth, link_of},
      {"die_area",
       {0.0, SquareMm::kDimension, "mm2", 1.0},
       [](const Chip& c) { return spec_of(c.die.area); }},
      {"power",
       {0.0, Watts::kDimension, "W", 1.0},
       [](const Chip& c) { return spec_of(c.power.tdp); }},
  };
  return kSpecs;
}

const SpecName& find_spec(std::string_view name) {
  for (const SpecName& spec : specs()) {
    if (spec.name == name) {
      return spec;
    }
  }
  RL_CHECK(false && "a file is checked before its formulas run");
  return specs().front();
}

std::string show(const Spec& spec, const Measure& unit) {
  const auto one = [&](double base) {
    return format_measure({base, unit.dimension, unit.unit, unit.factor});
  };
  if (!spec.value) {
    return "?";
  }
  return spec.value->is_point()
             ? one(spec.value->low)
             : fmt::format("{} to {}", one(spec.value->low), one(spec.value->high));
}

ClaimInput spec_input(const Chip& chip, const SpecName& name, const Spec& spec) {
  return input_of(chip, fmt::format("{} {}", name.name, show(spec, name.unit)), spec.sources);
}

Result<Finding> run_spec(const Case& c) {
  const SpecName& name = find_spec(c.claim.inputs[1]);
  const Spec spec = name.read(c.chip(0));
  Finding finding;
  finding.inputs.push_back(spec_input(c.chip(0), name, spec));
  return judge_number(c, std::move(finding), name.unit, spec.value, "");
}

Result<Finding> run_spec_ratio(const Case& c) {
  const SpecName& name = find_spec(c.claim.inputs[2]);
  const Spec a = name.read(c.chip(0));
  const Spec b = name.read(c.chip(1));
  Finding finding;
  finding.inputs = {spec_input(c.chip(0), name, a), spec_input(c.chip(1), name, b)};
  if (!a.value || !b.value || b.value->low <= 0.0) {
    return finding;
  }
  const Measure share{0.0, Dimension{}, "percent", 0.01};
  return judge_number(c, std::move(finding), share,
                      Interval<double>{a.value->low / b.value->high, a.value->high / b.value->low},
                      fmt::format("{} / {}", show(a, name.unit), show(b, name.unit)));
}

// "up", "down", "same", or "?" where error bars overlap or a value is missing.
std::string direction(const Spec& a, const Spec& b) {
  if (!a.value || !b.value) {
    return "?";
  }
  if (*a.value == *b.value && a.value->is_point()) {
    return "same";
  }
  return a.value->low > b.value->high ? "up" : a.value->high < b.value->low ? "down" : "?";
}

Result<Finding> run_spec_direction(const Case& c) {
  Finding finding;
  std::vector<std::string> found;
  std::string working;
  bool wrong = c.claim.stated.size() != c.size() - 2;
  if (wrong) {
    return fail(
        Code::kInconsistent,
        fmt::format("{} directions are stated for {} specs", c.claim.stated.size(), c.size() - 2),
        {"state up, down or same for each spec"});
  }
  bool unknown = false;
  for (std::size_t i = 2; i < c.size(); ++i) {
    const SpecName& name = find_spec(c.claim.inputs[i]);
    const Spec a = name.read(c.chip(0));
    const Spec b = name.read(c.chip(1));
    finding.inputs.push_back(spec_input(c.chip(0), name, a));
    finding.inputs.push_back(spec_input(c.chip(1), name, b));
    found.push_back(direction(a, b));
    working += fmt::format("{}{} {} to {}", working.empty() ? "" : "; ", name.name,
                           show(b, name.unit), show(a, name.unit));
    unknown = unknown || found.back() == "?";
    wrong = wrong || (found.back() != "?" && found.back() != c.claim.stated[i - 2]);
  }
  finding.found = fmt::format("{}", fmt::join(found, ", "));
  finding.arithmetic = working;
  finding.verdict = wrong     ? ClaimVerdict::kWrong
                    : unknown ? ClaimVerdict::kUnverifiable
                              : ClaimVerdict::kConfirmed;
  return finding;
}

Result<Finding> run_architecture(const Case& c) {
  const Chip& a = c.chip(0);
  const Chip& b = c.chip(1);
  Finding finding;
  finding.inputs = {input_of(a, a.architecture, {}), input_of(b, b.architecture, {})};
  if (a.architecture.empty() || b.architecture.empty()) {
    return finding;
  }
  finding.found = a.architecture == b.architecture ? "same" : "different";
  finding.arithmetic = fmt::format("{} {}, {} {}", a.id, a.architecture, b.id, b.architecture);
  finding.verdict =
      finding.found == c.claim.stated.front() ? ClaimVerdict::kConfirmed : ClaimVerdict::kWrong;
  return finding;
}

}  // namespace

std::vector<std::string_view> spec_names() {
  std::vector<std::string_view> names;
  for (const SpecName& spec : specs()) {
    names.push_back(spec.name);
  }
  return names;
}

std::vector<Formula> chip_formulas() {
  constexpr Parameter kChip{Param::kChip};
  constexpr Parameter kSpec{Param::kSpec};
  return {
      {"spec",
       "The value of the chip's data sheet, rates dense, links both ways.",
       StatedKind::kNumbers,
       {kChip, kSpec},
       {},
       run_spec},
      {"spec-ratio",
       "The value of the first chip over that of the second.",
       StatedKind::kNumbers,
       {kChip, kChip, kSpec},
       {},
       run_spec_ratio},
      {"spec-direction",
       "Whether each value of the first chip is up, down or the same against the second.",
       StatedKind::kWords,
       {kChip, kChip, {Param::kSpec, Repeat::kOnceOrMore}},
       {},
       run_spec_direction},
      {"architecture",
       "Whether two chips share an architecture.",
       StatedKind::kChoice,
       {kChip, kChip},
       {"same", "different"},
       run_architecture},
  };
}

}  // namespace redline::app

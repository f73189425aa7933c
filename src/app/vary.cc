#include "app/vary.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace redline::app {
namespace {

constexpr double kMostPercent = 99.0;

template <class Unit>
void scale(std::optional<Fact<Unit>>& fact, double factor) {
  if (fact && fact->value) {
    fact->value = *fact->value * factor;
  }
}

void scale_rates(Chip& chip, Machine& machine, double factor) {
  Compute& c = chip.compute;
  for (auto* rate : {&c.fp64, &c.fp64_matrix, &c.fp32, &c.fp32_matrix, &c.tf32, &c.bf16, &c.fp16,
                     &c.fp16_fp16acc, &c.fp8, &c.fp8_fp16acc, &c.int8, &c.fp6, &c.fp4, &c.int4}) {
    if (*rate && (*rate)->rate.value) {
      (*rate)->rate.value = *(*rate)->rate.value * factor;
    }
  }
  for (double& ops : machine.ops_per_core_cycle) {
    ops *= factor;
  }
}

}  // namespace

std::optional<double> percent_of(std::string_view text) {
  for (const std::string_view front : {"±", "+-", "+/-"}) {
    if (text.substr(0, front.size()) == front) {
      text.remove_prefix(front.size());
      break;
    }
  }
  if (!text.empty() && text.back() == '%') {
    text.remove_suffix(1);
  }
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good && value > 0.0 && value <= kMostPercent ? std::optional(value) : std::nullopt;
}

std::vector<Variation> read_variations(std::string_view text, std::vector<std::string>& problems) {
  std::vector<Variation> list;
  while (!text.empty()) {
    const auto end = text.find(',');
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto equal = one.find('=');
    const auto found =
        std::find(kResourceNames.begin(), kResourceNames.end(), one.substr(0, equal));
    const auto percent =
        equal == std::string_view::npos ? std::nullopt : percent_of(one.substr(equal + 1));
    if (found == kResourceNames.end()) {
      problems.push_back(fmt::format("there is no resource '{}' to vary: {}", one.substr(0, equal),
                                     fmt::join(kResourceNames, ", ")));
    } else if (!percent) {
      problems.push_back(
          fmt::format("'{}' must be a resource and up to {:g} percent, such as {}=10%", one,
                      kMostPercent, *found));
    } else {
      list.push_back({static_cast<Resource>(found - kResourceNames.begin()), *percent});
    }
  }
  return list;
}

VariedMachine varied(const Machine& machine, Resource resource, double factor) {
  VariedMachine found{std::make_shared<Chip>(*machine.chip), machine};
  Chip& chip = *found.chip;
  found.machine.chip = found.chip.get();
  Network& network = found.machine.network;
  switch (resource) {
    case Resource::kCompute:
      scale_rates(chip, found.machine, factor);
      break;
    case Resource::kMemoryBandwidth:
      scale(chip.memory.bandwidth, factor);
      scale(chip.memory.dram_bandwidth, factor);
      break;
    case Resource::kMemoryCapacity:
      scale(chip.memory.capacity, factor);
      break;
    case Resource::kLink:
      if (network.link) {
        network.link = *network.link * factor;
      }
      break;
    case Resource::kNetwork:
      if (network.nic) {
        network.nic = *network.nic * factor;
      }
      break;
  }
  return found;
}

}  // namespace redline::app

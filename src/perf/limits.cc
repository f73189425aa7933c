#include "perf/limits.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace redline::perf {
namespace {

double dense(const std::optional<ComputeRate>& rate) {
  return rate && rate->rate.value ? rate->rate.value->base() * rate->dense_factor() : 0.0;
}

template <class Unit>
double known(const std::optional<Fact<Unit>>& fact) {
  return fact && fact->value ? fact->value->base() : 0.0;
}

double first_known(double a, double b) { return a > 0.0 ? a : b; }

}  // namespace

std::string_view format_name(Format format) {
  constexpr std::array<std::string_view, kFormats> kNames{"none", "fp32", "tf32", "16bit", "16bit",
                                                          "fp8",  "int8", "fp6",  "fp4",   "int4"};
  return kNames[index_of(format)];
}

double sheet_rate(const Chip& chip, Format format) {
  const Compute& c = chip.compute;
  switch (format) {
    case Format::kFp32:
      return std::max(dense(c.fp32), dense(c.fp32_matrix));
    case Format::kTf32:
      return first_known(dense(c.tf32), dense(c.fp32_matrix));
    case Format::kBf16:
      return first_known(dense(c.bf16), dense(c.fp16));
    case Format::kFp16:
      return first_known(dense(c.fp16), dense(c.bf16));
    case Format::kFp8:
      return dense(c.fp8);
    case Format::kInt8:
      return dense(c.int8);
    case Format::kFp6:
      return first_known(dense(c.fp6), dense(c.fp8));
    case Format::kFp4:
      return dense(c.fp4);
    case Format::kInt4:
      return dense(c.int4);
    case Format::kNone:
      break;
  }
  return 0.0;
}

Limits limits_of(const Machine& machine) {
  const Chip& chip = *machine.chip;
  Limits limits;
  limits.bandwidth = known(chip.memory.dram_bandwidth);
  limits.bandwidth = first_known(limits.bandwidth, known(chip.memory.bandwidth));
  limits.cores = chip.core.count ? static_cast<double>(*chip.core.count) : 0.0;
  limits.matrix_apart = chip.core.matrix_memory.has_value();
  limits.matrix_synchronous =
      chip.core.matrix_synchronous && chip.core.matrix_synchronous->value.value_or(false);
  limits.clock = known(chip.clock.boost);
  limits.l2 = known(chip.cache.l2);
  limits.power = known(chip.power.tdp);
  limits.host_bus = chip.host_bus && chip.host_bus->bidirectional()
                        ? chip.host_bus->bidirectional()->base() / 2.0
                        : 0.0;
  limits.network = machine.network;
  for (std::size_t i = 0; i < kFormats; ++i) {
    limits.matrix[i] = sheet_rate(chip, static_cast<Format>(i));
    const double issue = machine.ops_per_core_cycle[i] * limits.cores * limits.clock;
    limits.issue[i] = std::max(issue, limits.matrix[i]);
  }
  // A core that multiplies as much as several of a graphics processor loads as much as they do.
  constexpr double kLargestCore = 8192.0;  // 16-bit operations a cycle
  if (limits.has_cores()) {
    const double core = limits.issue[index_of(Format::kBf16)] / (limits.cores * limits.clock);
    limits.cores *= std::max(1.0, core / kLargestCore);
  }
  return limits;
}

std::optional<Message> refusal(const Kernel& kernel, const Limits& limits) {
  const auto product = [&](Format math) -> std::optional<Message> {
    if (limits.matrix[index_of(math)] > 0.0) {
      return std::nullopt;
    }
    return Message("no dense {format} rate of this chip is known",
                   {{"format", std::string(format_name(math))}});
  };
  const auto message = [&](std::int64_t ranks, std::int64_t per_node) -> std::optional<Message> {
    const Network& network = limits.network;
    const std::int64_t domain = std::max(1, network.domain);
    const std::int64_t inside = std::min({ranks, domain, per_node > 0 ? per_node : domain});
    if (inside > 1 && !network.link && limits.host_bus <= 0.0) {
      return Message(
          "no bandwidth between the chips of a node is known: neither of a link nor of the host "
          "bus");
    }
    if (inside < ranks && !network.nic) {
      return Message(
          "{ranks} ranks reach beyond a node, which has {domain} of them, and no network between "
          "nodes is known",
          {{"ranks", std::to_string(ranks)}, {"domain", std::to_string(inside)}});
    }
    return std::nullopt;
  };
  if (const auto* op = std::get_if<Collective>(&kernel.op)) {
    return message(op->ranks, op->ranks_per_node);
  }
  if (const auto* op = std::get_if<ExpertExchange>(&kernel.op)) {
    return message(op->ranks, op->ranks_per_node);
  }
  if (limits.bandwidth <= 0.0) {
    return Message("no memory bandwidth of this chip is known");
  }
  if (const auto* op = std::get_if<Gemm>(&kernel.op)) {
    return product(op->math);
  }
  if (const auto* op = std::get_if<GroupedGemm>(&kernel.op)) {
    return product(op->math);
  }
  if (const auto* op = std::get_if<Attention>(&kernel.op)) {
    return product(op->math);
  }
  return std::nullopt;
}

}  // namespace redline::perf

namespace redline {

Machine machine_of(const Chip& chip, const std::vector<Chip>& relatives) {
  Machine machine;
  machine.chip = &chip;
  const auto widen = [&machine](const Chip& other) {
    const double cycles = other.core.count.value_or(0) * perf::known(other.clock.boost);
    if (cycles <= 0.0) {
      return;
    }
    for (std::size_t i = 0; i < perf::kFormats; ++i) {
      const double rate = perf::sheet_rate(other, static_cast<Format>(i));
      double& most = machine.ops_per_core_cycle[i];
      most = std::max(most, rate / cycles);
    }
  };
  widen(chip);
  for (const Chip& other : relatives) {
    if (!chip.architecture.empty() && other.architecture == chip.architecture) {
      widen(other);
    }
  }
  return machine;
}

}  // namespace redline

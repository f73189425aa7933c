// What stays in memory from step to step: weights, cache, gradients, optimizer state.

#include "workload/memory.h"

#include <algorithm>

#include "workload/parameters.h"
#include "workload/training.h"

namespace redline {
namespace {

// GPTQ and AWQ: a group of weights has a scale of 16 bits and a zero of 4.
constexpr double kInt4Group = 128.0;
constexpr double kInt4GroupBytes = 2.5;

double stored_bytes(Format format, const Precision& precision) {
  const double bytes = bytes_per_element(format);
  switch (format) {
    case Format::kFp8:
      return bytes + (precision.fp8_block > 0 ? 1.0 / precision.fp8_block : 0.0);
    case Format::kFp4:
      return bytes + 1.0 / precision.fp4_block;
    case Format::kInt4:
      return bytes + kInt4GroupBytes / kInt4Group;
    default:
      return bytes;
  }
}

}  // namespace

namespace workload {

HeldParameters split_parameters(const HeldParameters& held, const Shard& shard, ZeroStage zero) {
  if (shard.zero < zero) {
    return held;
  }
  const double common = split_from(zero, shard, static_cast<double>(shard.context) * shard.data);
  const double experts = split_from(zero, shard, static_cast<double>(expert_replicas(shard)));
  return {held.linear / common, held.experts / experts, held.embedding / common,
          held.other / common};
}

Bytes weights_bytes(const HeldParameters& all, const Precision& precision, const Shard& shard) {
  const HeldParameters held = split_parameters(all, shard, ZeroStage::kParameters);
  const Formats formats = formats_of(precision);
  return Bytes{held.linear * stored_bytes(formats.linear, precision) +
               held.experts * stored_bytes(formats.experts, precision) +
               held.embedding * stored_bytes(formats.head, precision) +
               held.other * bytes_per_element(formats.wide)};
}

Bytes cached_bytes(const Stage& stage, std::int64_t tokens) {
  const std::int64_t kept = stage.window > 0 ? std::min(tokens, stage.window) : tokens;
  const auto full = static_cast<double>(stage.layers.full + stage.mtp.full);
  const auto windowed = static_cast<double>(stage.layers.windowed);
  return Bytes{(full * static_cast<double>(tokens) + windowed * static_cast<double>(kept)) *
               static_cast<double>(stage.cached_width()) * bytes_per_element(stage.formats.kv)};
}

StateBytes state_bytes(const HeldParameters& all, const TrainingRequest& request,
                       const Shard& shard) {
  const HeldParameters held = split_parameters(all, shard, ZeroStage::kParameters);
  const Formats formats = formats_of(request.precision);
  const double own = bytes_per_element(request.parameters);
  const auto with_operand = [&](double parameters, Format operand) {
    const double narrow = stored_bytes(operand, request.precision);
    return parameters * (own + (narrow < own ? narrow : 0.0));
  };
  const double master = has_master(request) ? bytes_per_element(request.master) : 0.0;
  const double moments = moment_count(request.optimizer) * bytes_per_element(request.moments);
  return {.weights = Bytes{with_operand(held.linear, formats.linear) +
                           with_operand(held.experts, formats.experts) +
                           (held.embedding + held.other) * own},
          .gradients = Bytes{split_parameters(all, shard, ZeroStage::kGradients).total() *
                             bytes_per_element(request.gradients)},
          .optimizer = Bytes{split_parameters(all, shard, ZeroStage::kOptimizer).total() *
                             (master + moments)}};
}

}  // namespace workload

Bytes weights_bytes(const LlmModel& model, const Precision& precision, const Shard& shard) {
  return workload::weights_bytes(held_parameters(model, shard), precision, shard);
}

Bytes kv_bytes_per_token(const LlmModel& model, const Precision& precision, const Shard& shard) {
  return kv_bytes(model, precision, shard, 1);
}

Bytes kv_bytes(const LlmModel& model, const Precision& precision, const Shard& shard,
               std::int64_t tokens) {
  RL_CHECK(is_valid(model, shard));
  return workload::cached_bytes(workload::make_stage(model, shard, precision), tokens);
}

Bytes parameter_bytes(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  return workload::state_bytes(held_parameters(model, shard), request, shard).weights;
}

Bytes gradient_bytes(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  return workload::state_bytes(held_parameters(model, shard), request, shard).gradients;
}

Bytes optimizer_bytes(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  return workload::state_bytes(held_parameters(model, shard), request, shard).optimizer;
}

}  // namespace redline

// What stays in memory from step to step: weights, cache, gradients, optimizer state.

#include <algorithm>

#include "workload/parameters.h"
#include "workload/stage.h"
#include "workload/training.h"

namespace redline {
namespace {

using workload::Stage;

// GPTQ and AWQ: a group of weights has a scale of 16 bits and a zero of 4.
constexpr double kInt4Group = 128.0;
constexpr double kInt4GroupBytes = 2.5;

double stored_bytes(Format format, const Precision& precision) {
  const double bytes = bytes_per_element(format);
  switch (format) {
    case Format::kFp4:
      return bytes + 1.0 / precision.fp4_block;
    case Format::kInt4:
      return bytes + kInt4GroupBytes / kInt4Group;
    default:
      return bytes;
  }
}

// Parameters of a rank from this ZeRO stage on.
HeldParameters split_parameters(const LlmModel& model, const Shard& shard, ZeroStage zero) {
  const double common =
      workload::split_from(zero, shard, static_cast<double>(shard.context) * shard.data);
  const double experts =
      workload::split_from(zero, shard, static_cast<double>(workload::expert_replicas(shard)));
  const HeldParameters held = held_parameters(model, shard);
  return {held.linear / common, held.experts / experts, held.embedding / common,
          held.other / common};
}

// Bytes that the layers of a rank cache for a sequence.
double cached_bytes(const LlmModel& model, const Precision& precision, const Shard& shard,
                    double full_tokens, double windowed_tokens) {
  RL_CHECK(is_valid(model, shard));
  const Stage stage = workload::make_stage(model, shard, precision);
  const auto full = static_cast<double>(stage.layers.full + stage.mtp.full);
  const auto windowed = static_cast<double>(stage.layers.windowed);
  return (full * full_tokens + windowed * windowed_tokens) *
         static_cast<double>(stage.cached_width()) * bytes_per_element(precision.kv_cache);
}

}  // namespace

Bytes weights_bytes(const LlmModel& model, const Precision& precision, const Shard& shard) {
  const HeldParameters held = split_parameters(model, shard, ZeroStage::kParameters);
  const workload::Formats formats = workload::make_stage(model, shard, precision).formats;
  return Bytes{held.linear * stored_bytes(formats.linear, precision) +
               held.experts * stored_bytes(formats.experts, precision) +
               held.embedding * stored_bytes(formats.head, precision) +
               held.other * bytes_per_element(formats.wide)};
}

Bytes kv_bytes_per_token(const LlmModel& model, const Precision& precision, const Shard& shard) {
  return Bytes{cached_bytes(model, precision, shard, 1.0, 1.0)};
}

Bytes kv_bytes(const LlmModel& model, const Precision& precision, const Shard& shard,
               std::int64_t tokens) {
  const std::int64_t window = model.shape.sliding_window.value_or(0);
  const std::int64_t kept = window > 0 ? std::min(tokens, window) : tokens;
  return Bytes{cached_bytes(model, precision, shard, static_cast<double>(tokens),
                            static_cast<double>(kept))};
}

Bytes parameter_bytes(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  const HeldParameters held = split_parameters(model, shard, ZeroStage::kParameters);
  const workload::Formats formats = workload::make_stage(model, shard, request.precision).formats;
  const double own = bytes_per_element(request.parameters);
  const auto with_operand = [&](double parameters, Format operand) {
    const double narrow = stored_bytes(operand, request.precision);
    return parameters * (own + (narrow < own ? narrow : 0.0));
  };
  return Bytes{with_operand(held.linear, formats.linear) +
               with_operand(held.experts, formats.experts) + (held.embedding + held.other) * own};
}

Bytes gradient_bytes(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  return Bytes{split_parameters(model, shard, ZeroStage::kGradients).total() *
               bytes_per_element(request.gradients)};
}

Bytes optimizer_bytes(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  const double master = workload::has_master(request) ? bytes_per_element(request.master) : 0.0;
  const double moments =
      workload::moment_count(request.optimizer) * bytes_per_element(request.moments);
  return Bytes{split_parameters(model, shard, ZeroStage::kOptimizer).total() * (master + moments)};
}

}  // namespace redline

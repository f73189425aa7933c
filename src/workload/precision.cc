// Which formats are multiplied and stored.

#include "redline/workload.h"

namespace redline {
namespace {

Format format_of(WeightFormat format) {
  switch (format) {
    case WeightFormat::kFp32:
      return Format::kFp32;
    case WeightFormat::kBf16:
      return Format::kBf16;
    case WeightFormat::kFp16:
      return Format::kFp16;
    case WeightFormat::kFp8:
      return Format::kFp8;
    case WeightFormat::kMxfp4:
      return Format::kFp4;
    case WeightFormat::kInt4:
      return Format::kInt4;
  }
  return Format::kNone;
}

}  // namespace

Precision native_precision(const LlmModel& model) {
  Precision precision;
  if (model.native.weights) {
    precision.weights = format_of(*model.native.weights);
    precision.kv_cache = at_least_16_bits(precision.weights);
    precision.activations = precision.weights == Format::kFp8 ? Format::kFp8 : precision.kv_cache;
  }
  if (model.native.expert_weights) {
    precision.expert_weights = format_of(*model.native.expert_weights);
  }
  return precision;
}

}  // namespace redline

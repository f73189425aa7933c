#pragma once
// Models, and steps on chips of the data set, for tests and benchmarks.

#include <string_view>

#include "redline/step.h"

#include "perf/test_machines.h"

namespace redline::test {

// Dense, heads of 128; of 96 layers and 12,288 it is GPT-3 175B (Brown et al. 2020).
inline LlmModel gpt(int layers, int hidden = 4096) {
  LlmModel model;
  model.id = "gpt";
  model.shape.layers = layers;
  model.shape.hidden = hidden;
  model.shape.heads = model.shape.kv_heads = hidden / 128;
  model.shape.head_dim = 128;
  model.shape.ffn = 4 * hidden;
  model.shape.ffn_kind = FfnKind::kPlain;
  model.shape.vocabulary = 51200;
  model.shape.norm = NormKind::kLayer;
  return model;
}

// The same with experts in all layers but the first: 2 of 16 for a token.
inline LlmModel experts(int layers) {
  LlmModel model = gpt(layers);
  model.id = "experts";
  model.moe = Moe{};
  model.moe->experts = 16;
  model.moe->experts_per_token = 2;
  model.moe->expert_ffn = 2048;
  model.moe->dense_layers = 1;
  return model;
}

// A chip, its kernels and steps; what they point to lives as long.
struct Bench {
  explicit Bench(const Chip& own, std::string_view engine = "megatron-core")
      : chip(own),
        machine(machine_of(chip)),
        kernels(machine, world().calibration),
        steps(machine, kernels, world().calibration, *find_engine(engine), "16bit") {}
  explicit Bench(std::string_view id, std::string_view engine = "megatron-core")
      : Bench(*world().catalog.chip(id), engine) {}
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Chip chip;
  Machine machine;
  KernelModel kernels;
  StepModel steps;
};

}  // namespace redline::test

#pragma once
// Models of the data set and random ones, and what tests ask of a list of tasks.

#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/workload.h"

#include "catalog/test_data.h"

namespace redline::test {

inline const LlmModel& model(std::string_view id) {
  for (const LlmModel& one : catalog().models) {
    if (one.id == id) {
      return one;
    }
  }
  RL_CHECK(false && "no such model");
  return catalog().models.front();
}

using Tasks = std::vector<Task>;

// Of a request that holds; a test with one that does not stops.
inline Tasks serve(const LlmModel& one, const InferenceRequest& request, const Shard& shard = {}) {
  auto tasks = lower_inference(one, request, shard);
  if (!tasks) {
    ADD_FAILURE() << render(tasks.error());
    return {};
  }
  return std::move(*tasks);
}

inline Tasks train(const LlmModel& one, const TrainingRequest& request, TrainingPart part,
                   const Shard& shard = {}) {
  const Diagnostics problems = check(one, request, shard);
  if (!problems.empty()) {
    ADD_FAILURE() << render(problems);
    return {};
  }
  Tasks tasks;
  append_training(one, request, shard, part, tasks);
  return tasks;
}

template <class T>
bool is_a(const Task& task) {
  return std::holds_alternative<T>(task.op);
}

inline bool is_message(const Task& task) {
  return is_a<Collective>(task) || is_a<ExpertExchange>(task);
}

template <class Keep>
Tasks only(const Tasks& tasks, const Keep& keep) {
  Tasks kept;
  for (const Task& task : tasks) {
    if (keep(task)) {
      kept.push_back(task);
    }
  }
  return kept;
}

inline Tasks named(const Tasks& tasks, std::string_view name) {
  return only(tasks, [name](const Task& task) { return task.name == name; });
}

// The operator of the first task of a name.
template <class T>
T find(const Tasks& tasks, std::string_view name) {
  for (const Task& task : tasks) {
    if (task.name == name && is_a<T>(task)) {
      return std::get<T>(task.op);
    }
  }
  ADD_FAILURE() << "no task " << name;
  return {};
}

// Tasks whose work TP, CP or a pipeline divides and never repeats.
inline Tasks matrices(const Tasks& tasks) {
  return only(tasks, [](const Task& task) {
    return is_a<Gemm>(task) || is_a<GroupedGemm>(task) || is_a<Attention>(task);
  });
}

inline double ops(const Tasks& tasks) { return matrix_ops(tasks).base(); }

inline double runs(const Tasks& tasks) {
  double sum = 0.0;
  for (const Task& task : tasks) {
    sum += static_cast<double>(task.count);
  }
  return sum;
}

// Bytes of the messages of one kind.
inline double message_bytes(const Tasks& tasks, Collective::Kind kind) {
  double sum = 0.0;
  for (const Task& task : tasks) {
    const auto* op = std::get_if<Collective>(&task.op);
    if (op != nullptr && op->kind == kind) {
      sum += op->bytes.base() * static_cast<double>(task.count);
    }
  }
  return sum;
}

// A small decoder whose dimensions 2, 4 and 8 divide, now and then with a window, experts or
// latent attention.
inline LlmModel random_model() {
  using rc::gen::inRange;
  LlmModel one;
  one.id = "random";
  ModelShape& shape = one.shape;
  shape.layers = *inRange(2, 9);
  shape.heads = 8 * *inRange(1, 4);
  shape.kv_heads = *rc::gen::element(shape.heads, 8);
  shape.head_dim = 16 * *inRange(1, 5);
  shape.hidden = 64 * *inRange(1, 9);
  shape.ffn = 64 * *inRange(1, 9);
  shape.vocabulary = 64 * *inRange(1, 40);
  shape.tied_embeddings = *rc::gen::arbitrary<bool>();
  shape.qk_norm = *rc::gen::arbitrary<bool>();
  shape.norms_per_layer = *rc::gen::element(1, 2, 4);
  shape.ffn_kind = *rc::gen::element(FfnKind::kGated, FfnKind::kPlain);
  if (*rc::gen::arbitrary<bool>()) {
    shape.sliding_window = *inRange(1, 300);
    if (*rc::gen::arbitrary<bool>()) {
      shape.sliding_window_pattern = *inRange(1, 5);
    }
  }
  if (*rc::gen::arbitrary<bool>()) {
    one.moe = Moe{.experts = 8 * *inRange(1, 5),
                  .experts_per_token = *inRange(1, 9),
                  .shared_experts = *inRange(0, 3),
                  .expert_ffn = 64 * *inRange(1, 5),
                  .dense_layers = *inRange(0, 3),
                  .shared_expert_ffn = std::nullopt};
  }
  if (*rc::gen::weightedElement<bool>({{3, false}, {1, true}})) {
    one.mla = Mla{.q_lora_rank = *rc::gen::element<std::optional<int>>(std::nullopt, 48),
                  .kv_lora_rank = 32,
                  .qk_nope_head_dim = 16,
                  .qk_rope_head_dim = 8,
                  .v_head_dim = 24};
  }
  return one;
}

}  // namespace redline::test

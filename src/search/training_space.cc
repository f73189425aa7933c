// Plans of a training step as a tree: outer levels decide what is priced, inner ones are
// arithmetic.

#include <algorithm>
#include <cmath>
#include <optional>

#include "redline/plan_search.h"

#include "perf/step_constants.h"
#include "perf/step_memory.h"
#include "perf/training_step.h"
#include "workload/training.h"

namespace redline {
namespace {

using perf::KeptBytes;
using perf::LayerTable;
using perf::ReplicaTable;
using perf::StageKind;
using perf::StateBytes;

enum Level : std::size_t {
  kVariant,
  kChips,
  kTensor,
  kContext,
  kExpert,
  kSequence,
  kPipeline,
  kZero,
  kMicrobatch,
  kRecompute,
  kOrder,
  kLevels,
};

class TrainingWalk : public SearchWalk {
 public:
  explicit TrainingWalk(const TrainingQuestion& question) : q_(question), plan_(question.base) {
    for (const TrainingVariant& variant : q_.variants) {
      TrainingRequest request = q_.base.request;
      request.precision = variant.precision;
      least_chip_s_.push_back(
          least_chip_seconds(q_.model(), request, q_.batch, variant.timing.rates));
    }
  }

  std::uint32_t choices(std::size_t level) override {
    std::vector<std::uint32_t>& list = lists_[level];
    list.clear();
    const auto keep = [&list](const auto& values, const auto& fits) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (fits(values[i])) {
          list.push_back(static_cast<std::uint32_t>(i));
        }
      }
    };
    const TrainingDimensions& d = q_.dimensions;
    switch (level) {
      case kVariant:
        keep(q_.variants, [](const TrainingVariant&) { return true; });
        break;
      case kChips:
        keep(d.chips, [](int) { return true; });
        break;
      case kTensor:
        keep(d.tensor, [&](int n) { return chips_ % n == 0; });
        break;
      case kContext:
        keep(d.context, [&](int n) { return chips_ % (wide(plan_.shard.tensor) * n) == 0; });
        break;
      case kExpert:
        keep(d.expert, [&](int n) { return fits_experts(n); });
        break;
      case kSequence:
        keep(d.sequence_parallel, [&](bool on) { return plan_.shard.tensor > 1 || !on; });
        break;
      case kPipeline:
        keep(d.pipeline, [&](int n) { return fits_pipeline(n); });
        break;
      case kZero:
        keep(d.zero, [&](ZeroStage zero) { return fits_zero(zero); });
        break;
      case kMicrobatch:
        keep(d.microbatch, [&](int n) { return of_replica_ % n == 0; });
        break;
      case kRecompute:
        keep(d.recompute, [](Recompute) { return true; });
        break;
      default:
        keep(d.orders, [&](const PipelineOrder& order) { return fits_order(order); });
        break;
    }
    return static_cast<std::uint32_t>(list.size());
  }

  void enter(std::size_t level, std::uint32_t choice) override {
    const std::size_t i = lists_[level][choice];
    const TrainingDimensions& d = q_.dimensions;
    Shard& shard = plan_.shard;
    switch (level) {
      case kVariant:
        variant_ = i;
        plan_.request.precision = q_.variants[i].precision;
        break;
      case kChips:
        chips_ = d.chips[i];
        break;
      case kTensor:
        shard.tensor = d.tensor[i];
        break;
      case kContext:
        shard.context = d.context[i];
        break;
      case kExpert:
        shard.expert = d.expert[i];
        shard.expert_tensor = q_.model().moe && shard.expert == 1 ? shard.tensor : 1;
        break;
      case kSequence:
        shard.sequence_parallel = d.sequence_parallel[i];
        break;
      case kPipeline:
        plan_.pipeline = d.pipeline[i];
        shard.data = chips_ / (shard.tensor * shard.context * plan_.pipeline);
        of_replica_ = q_.batch / shard.data;
        break;
      case kZero:
        shard.zero = d.zero[i];
        break;
      case kMicrobatch:
        microbatch_ = i;
        plan_.request.sequences = d.microbatch[i];
        plan_.request.microbatches = of_replica_ / d.microbatch[i];
        break;
      case kRecompute:
        recompute_ = i;
        plan_.request.recompute = d.recompute[i];
        break;
      default:
        plan_.schedule = d.orders[i].schedule;
        plan_.virtual_stages = d.orders[i].virtual_stages;
        break;
    }
  }

  bool prepare(std::size_t level, Scores& least) override {
    switch (level) {
      case kSequence:
        return prepare_split(least);
      case kPipeline:
        return prepare_stages(least);
      case kZero:
        return prepare_replicas(least);
      case kMicrobatch:
        return prepare_layers(least);
      case kRecompute:
        return prepare_times(least);
      default:
        least = {};
        return true;
    }
  }

  bool evaluate(Scores& scores) override {
    if (!valid_) {
      return false;
    }
    const Bytes needs = memory();
    if (q_.capacity > Bytes{} && needs > q_.capacity) {
      return false;
    }
    scores = scores_of(step_seconds(), needs.base());
    return true;
  }

  [[nodiscard]] TrainingSpace::Leaf leaf() const { return {plan_, variant_}; }

 private:
  // Products of numbers that a request states.
  static constexpr std::int64_t wide(int n) { return n; }

  [[nodiscard]] const PlanTiming& timing() const { return q_.variants[variant_].timing; }

  struct Priced {
    std::optional<LayerTable> table;
    std::vector<std::optional<KeptBytes>> kept;  // by recomputation
  };

  bool fits_experts(int n) const {
    if (!q_.model().moe) {
      return n == 1;
    }
    return q_.model().moe->experts % n == 0;
  }

  bool fits_pipeline(int n) const {
    const Shard& shard = plan_.shard;
    const std::int64_t copy = wide(shard.tensor) * shard.context * n;
    if (n > q_.model().shape.layers || chips_ % copy != 0) {
      return false;
    }
    const std::int64_t data = chips_ / copy;
    const std::int64_t ranks = chips_ / n;
    return q_.batch % data == 0 && ranks % (wide(shard.expert) * shard.expert_tensor) == 0;
  }

  // Stages of ZeRO that share nothing with anybody, or act as another does, are no part of the
  // space.
  bool fits_zero(ZeroStage zero) const {
    const bool alone = plan_.shard.data * plan_.shard.context == 1;
    const bool as_stage_1 = plan_.pipeline > 1 && zero == ZeroStage::kGradients;
    return (zero == ZeroStage::kNone || !alone) && !as_stage_1;
  }

  bool fits_order(const PipelineOrder& order) const {
    const int stages = plan_.pipeline;
    if (stages == 1) {
      return order.schedule == Schedule::kOneForwardOneBackward;
    }
    switch (order.schedule) {
      case Schedule::kInterleaved:
        return wide(order.virtual_stages) * stages <= q_.model().shape.layers &&
               plan_.request.microbatches % stages == 0;
      case Schedule::kDualPipe:
        return stages % 2 == 0 && plan_.request.microbatches >= 2 * wide(stages);
      default:
        return true;
    }
  }

  // The layers of a split are priced once for each microbatch, whatever the stages and replicas.
  bool prepare_split(Scores& least) {
    const std::array<int, 6> key{static_cast<int>(variant_), plan_.shard.tensor,
                                 plan_.shard.context,        plan_.shard.expert,
                                 plan_.shard.expert_tensor,  plan_.shard.sequence_parallel ? 1 : 0};
    if (key != split_) {
      split_ = key;
      priced_.assign(q_.dimensions.microbatch.size(), {});
      for (Priced& one : priced_) {
        one.kept.resize(q_.dimensions.recompute.size());
      }
    }
    least = {};
    return true;
  }

  bool prepare_stages(Scores& least) {
    TrainingPlan tried = plan_;
    tried.schedule = Schedule::kOneForwardOneBackward;
    tried.virtual_stages = 1;
    tried.request.sequences = tried.request.microbatches = 1;
    tried.shard.zero = ZeroStage::kNone;
    valid_ = check(q_.model(), tried).empty();
    least = scores_of(least_chip_s_[variant_] / chips_);
    return valid_;
  }

  bool prepare_replicas(Scores& least) {
    least = scores_of(least_chip_s_[variant_] / chips_);
    if (!valid_) {
      return false;
    }
    const workload::Stage whole = perf::whole_stage(q_.model(), plan_);
    kinds_ = perf::stage_kinds(q_.model(), plan_, whole);
    TrainingPlan unit = plan_;
    unit.request.sequences = unit.request.microbatches = 1;
    perf::Pricer pricer(q_.model(), unit, whole, *timing().kernels, *timing().engine);
    replicas_ = pricer.replicas();
    costs_ = perf::update_costs(plan_, kinds_, pricer);
    states_.clear();
    Bytes fewest{};
    for (const StageKind& kind : kinds_) {
      states_.push_back(perf::state_bytes(plan_.request, kind));
      const StateBytes& state = states_.back();
      fewest = std::max(fewest, state.weights + state.gradients + state.optimizer);
    }
    return q_.capacity <= Bytes{} || fewest <= q_.capacity;
  }

  bool prepare_layers(Scores& least) {
    least = {};
    if (!valid_) {
      return false;
    }
    Priced& priced = priced_[microbatch_];
    const workload::Stage whole = perf::whole_stage(q_.model(), plan_);
    perf::Pricer pricer(q_.model(), plan_, whole, *timing().kernels, *timing().engine);
    if (!priced.table) {
      priced.table = pricer.layers({});
    }
    costs_.send = plan_.pipeline > 1 ? pricer.send() : perf::PassCost{};
    costs_.microbatches = static_cast<double>(plan_.request.microbatches);
    // What every schedule takes with nothing computed again, replicas sending at no cost.
    set_stages(Recompute::kNone);
    double pace = 0.0;
    for (const bool overlaps : {false, true}) {
      costs_.overlaps_experts = overlaps;
      const double one = perf::stage_times(costs_, timing().constants).pace;
      pace = overlaps ? std::min(pace, one) : one;
    }
    least = scores_of(costs_.microbatches * pace);
    return true;
  }

  void set_stages(Recompute recompute) {
    const LayerTable& table = *priced_[microbatch_].table;
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      perf::set_passes(costs_.stages[i], table, replicas_, q_.model(), kinds_[i], recompute, 0);
    }
  }

  bool prepare_times(Scores& least) {
    least = {};
    if (!valid_) {
      return false;
    }
    set_stages(plan_.request.recompute);
    for (const bool overlaps : {false, true}) {
      costs_.overlaps_experts = overlaps;
      times_[overlaps ? 1 : 0] = perf::stage_times(costs_, timing().constants);
    }
    auto& kept = priced_[microbatch_].kept[recompute_];
    if (!kept) {
      kept = perf::kept_bytes(q_.model(), plan_);
    }
    kept_ = &*kept;
    least = scores_of(costs_.microbatches * std::min(times_[0].pace, times_[1].pace));
    return true;
  }

  Bytes memory() const {
    Bytes most{};
    for (std::size_t i = 0; i < kinds_.size(); ++i) {
      most = std::max(most, perf::stage_memory(plan_, kinds_[i], states_[i], *kept_).total());
    }
    return most;
  }

  double step_seconds() {
    perf::set_order(costs_, plan_, *timing().engine);
    return perf::step_of(costs_, times_[costs_.overlaps_experts ? 1 : 0], timing().constants)
        .total();
  }

  // Of a step, or of one that is no longer and needs no more; nothing is known to need less than 0.
  Scores scores_of(double step_s, double bytes = 0.0) const {
    const double tokens = static_cast<double>(q_.batch) * static_cast<double>(plan_.request.tokens);
    const double steps = q_.token_budget > 0.0 ? q_.token_budget / tokens : 1.0;
    const double seconds = step_s * steps;
    Scores scores{};
    for (std::size_t i = 0; i < q_.objectives.size(); ++i) {
      switch (q_.objectives[i]) {
        case PlanObjective::kTime:
          scores[i] = seconds;
          break;
        case PlanObjective::kCost:
          scores[i] = seconds * chips_ * q_.usd_per_chip_s;
          break;
        case PlanObjective::kEnergy:
          scores[i] = seconds * chips_ * q_.watts;
          break;
        case PlanObjective::kChips:
          scores[i] = chips_;
          break;
        case PlanObjective::kMemory:
          scores[i] = bytes;
          break;
      }
    }
    return scores;
  }

  const TrainingQuestion& q_;
  TrainingPlan plan_;
  std::vector<double> least_chip_s_;  // by variant
  std::array<std::vector<std::uint32_t>, kLevels> lists_;
  int chips_ = 1;
  std::int64_t of_replica_ = 1;
  std::size_t variant_ = 0, microbatch_ = 0, recompute_ = 0;
  std::array<int, 6> split_{};
  std::vector<Priced> priced_;
  bool valid_ = false;
  std::vector<StageKind> kinds_;
  std::vector<StateBytes> states_;
  std::optional<ReplicaTable> replicas_;
  perf::TrainingCosts costs_;
  std::array<perf::StageTimes, 2> times_;
  const KeptBytes* kept_ = nullptr;
};

}  // namespace

PlanTiming timing_of(const LlmModel& model, const StepModel& steps) {
  return {&model, &steps.kernels(), &steps.engine(), steps.rates(),
          steps.training_constants().values};
}

double least_chip_seconds(const LlmModel& model, const TrainingRequest& request, std::int64_t batch,
                          const SheetRates& rates) {
  TrainingRequest one = request;
  one.sequences = one.microbatches = 1;
  one.recompute = Recompute::kNone;
  const Format format = math_format(one.precision.activations, one.precision.weights);
  return model_ops(model, one, MaskedScores::kLeftOut).base() * static_cast<double>(batch) /
         rates.matrix[static_cast<std::size_t>(format)];
}

TrainingDimensions usual_dimensions(const LlmModel& model, std::vector<int> chips,
                                    std::int64_t batch, std::int64_t tokens, int domain) {
  TrainingDimensions d;
  d.chips = std::move(chips);
  constexpr int kMostTensor = 64;
  for (int n = 1; n <= std::min(kMostTensor, std::max(8, domain)); n *= 2) {
    d.tensor.push_back(n);
  }
  constexpr std::int64_t kTokensOfRank = 8192;  // below, context parallelism has little to split
  d.context = {1};
  for (int n = 2; n <= 64 && tokens / n >= kTokensOfRank / 2; n *= 2) {
    d.context.push_back(n);
  }
  d.expert = {1};
  for (int n = 2; model.moe && n <= std::min(model.moe->experts, 256); n *= 2) {
    d.expert.push_back(n);
  }
  for (int n = 1; n <= std::min(model.shape.layers, 128); ++n) {
    const bool even = model.shape.layers % n == 0;
    const bool power = (n & (n - 1)) == 0;
    if (even || power) {
      d.pipeline.push_back(n);
    }
  }
  for (int n = 1; n <= std::min<std::int64_t>(batch, 64); n *= 2) {
    d.microbatch.push_back(n);
  }
  d.sequence_parallel = {false, true};
  d.zero = {ZeroStage::kNone, ZeroStage::kOptimizer, ZeroStage::kGradients, ZeroStage::kParameters};
  d.recompute = {Recompute::kNone, Recompute::kSelective, Recompute::kFull};
  d.orders = {{Schedule::kOneForwardOneBackward, 1}};
  for (const int v : {2, 3, 4, 5, 6, 8, 10, 12, 16}) {
    if (v <= model.shape.layers / 2) {
      d.orders.push_back({Schedule::kInterleaved, v});
    }
  }
  d.orders.push_back({Schedule::kZeroBubble, 1});
  d.orders.push_back({Schedule::kDualPipe, 1});
  return d;
}

std::size_t TrainingSpace::levels() const { return kLevels; }
std::size_t TrainingSpace::block_levels() const { return kPipeline + 1; }
std::unique_ptr<SearchWalk> TrainingSpace::walk() const {
  return std::make_unique<TrainingWalk>(question_);
}

TrainingSpace::Leaf TrainingSpace::leaf(std::uint64_t number) const {
  TrainingWalk walk(question_);
  const std::vector<std::uint32_t> path = choices_of(*this, number);
  for (std::size_t level = 0; level < path.size(); ++level) {
    (void)walk.choices(level);
    walk.enter(level, path[level]);
  }
  return walk.leaf();
}

}  // namespace redline

// Calculon's space on Redline's kernels. Outer levels decide what is priced; inner ones, which are
// most of the space, are a few sums.

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "redline/plan_search.h"

#include "perf/step_constants.h"
#include "perf/step_memory.h"
#include "perf/training_step.h"

namespace redline {
namespace {

using perf::LayerTable;
using perf::PassCost;

enum Level : std::size_t {
  kTensor,
  kPipeline,
  kMessages,
  kTensorNet,
  kMicrobatch,
  kRecompute,
  kGatherAgain,
  kInterleaving,
  kSharding,
  kActivationOffload,
  kWeightOffload,
  kOptimizerOffload,
  kDataNet,
  kPipelineNet,
  kDataOverlap,
  kTensorOverlap,
  kLevels,
};

// Layers that an offloaded part keeps in the first tier: one that works and one that comes.
constexpr double kLayersAtHand = 2.0;

std::vector<int> divisors(std::int64_t n) {
  std::vector<int> list;
  for (std::int64_t i = 1; i * i <= n; ++i) {
    if (n % i == 0) {
      list.push_back(static_cast<int>(i));
      if (i * i != n) {
        list.push_back(static_cast<int>(n / i));
      }
    }
  }
  std::sort(list.begin(), list.end());
  return list;
}

// Seconds of one pass of a stage: what occupies its cores, and its messages of tensors.
struct PassTime {
  double compute = 0.0, tensor = 0.0;
};

class OffloadWalk : public SearchWalk {
 public:
  explicit OffloadWalk(const OffloadQuestion& question)
      : q_(question),
        least_s_(least_chip_seconds(*question.timing.model, question.request, question.batch,
                                    question.timing.rates) /
                 question.chips) {
    plan_.request = q_.request;
    tensors_ = divisors(q_.chips);
    std::erase_if(tensors_, [&](int n) {
      return q_.timing.model->shape.hidden % n != 0 || q_.timing.model->shape.heads % n != 0;
    });
    stages_ = divisors(q_.timing.model->shape.layers);
  }

  std::uint32_t choices(std::size_t level) override {
    const auto switches = [](bool free) -> std::uint32_t { return free ? 2 : 1; };
    switch (level) {
      case kTensor:
        return static_cast<std::uint32_t>(tensors_.size());
      case kPipeline:
        pipelines_.clear();
        for (const int n : stages_) {
          const std::int64_t copy = static_cast<std::int64_t>(p_.tensor) * n;
          if (q_.chips % copy == 0 && q_.batch % (q_.chips / copy) == 0) {
            pipelines_.push_back(n);
          }
        }
        return static_cast<std::uint32_t>(pipelines_.size());
      case kInterleaving:
        return static_cast<std::uint32_t>(p_.pipeline == 1 ? 1 : interleavings_.size());
      case kMessages:
      case kRecompute:
        return 3;
      case kSharding:
      case kDataOverlap:
      case kDataNet:
        return switches(p_.data > 1);
      case kPipelineNet:
        return switches(p_.pipeline > 1);
      case kTensorNet:
        return switches(p_.tensor > 1);
      case kGatherAgain:
        return switches(p_.messages == TensorMessages::kScatterGather &&
                        p_.recompute != Recompute::kFull);
      case kTensorOverlap:
        return p_.tensor > 1 ? 3 : 1;
      case kActivationOffload:
        return switches(p_.recompute != Recompute::kFull);
      case kMicrobatch:
        return static_cast<std::uint32_t>(microbatches_.size());
      default:
        return 2;  // weights and optimizer may always be offloaded
    }
  }

  void enter(std::size_t level, std::uint32_t choice) override {
    const bool on = choice == 1;
    switch (level) {
      case kTensor:
        p_.tensor = tensors_[choice];
        break;
      case kPipeline:
        enter_pipeline(pipelines_[choice]);
        break;
      case kInterleaving:
        p_.interleaving = p_.pipeline == 1 ? 1 : interleavings_[choice];
        break;
      case kMessages:
        p_.messages = static_cast<TensorMessages>(choice);
        break;
      case kRecompute:
        p_.recompute = static_cast<Recompute>(choice);
        break;
      case kSharding:
        p_.shards_optimizer = on;
        break;
      case kDataOverlap:
        p_.overlaps_data = on;
        break;
      case kDataNet:
        p_.data_outside = on;
        break;
      case kPipelineNet:
        p_.pipeline_outside = on;
        break;
      case kTensorNet:
        p_.tensor_outside = on;
        break;
      case kGatherAgain:
        p_.gathers_again = on;
        break;
      case kTensorOverlap:
        p_.overlap = static_cast<TensorOverlap>(choice);
        break;
      case kActivationOffload:
        p_.offloads_activations = on;
        break;
      case kMicrobatch:
        p_.microbatch = microbatches_[choice];
        break;
      case kWeightOffload:
        p_.offloads_weights = on;
        break;
      default:
        p_.offloads_optimizer = on;
        break;
    }
  }

  bool prepare(std::size_t level, Scores& least) override {
    least = {};
    switch (level) {
      case kPipeline:
        prepare_stages();
        least[0] = least_s_;
        return true;
      case kTensorNet:
        return p_.tensor_outside || p_.tensor <= q_.domain;
      case kGatherAgain:
        prepare_passes();
        // Whatever is overlapped, a step has the work of all microbatches on the fullest stage.
        least[0] = count_ * (forward_.compute + backward_.compute);
        return true;
      default:
        return true;
    }
  }

  bool evaluate(Scores& scores) override {
    const OffloadScore score = work_out();
    scores[0] = score.step_s;
    return fits_networks() && score.first <= q_.capacity && score.second <= q_.second_capacity;
  }

  [[nodiscard]] OffloadSpace::Leaf leaf() { return {p_, work_out()}; }

 private:
  void enter_pipeline(int stages) {
    p_.pipeline = stages;
    p_.data = static_cast<int>(q_.chips / (static_cast<std::int64_t>(p_.tensor) * stages));
    layers_ = q_.timing.model->shape.layers / stages;
    const auto key = std::pair{layers_, q_.batch / p_.data};
    if (key != lists_) {
      lists_ = key;
      interleavings_ = divisors(layers_);
      microbatches_ = divisors(key.second);
    }
  }

  // What the split and the stages decide, whatever else does.
  void prepare_stages() {
    plan_.pipeline = p_.pipeline;
    Shard& shard = plan_.shard;
    shard = {};
    shard.tensor = p_.tensor;
    shard.data = p_.data;
    if (p_.tensor != priced_tensor_) {
      priced_tensor_ = p_.tensor;
      for (auto& table : tables_) {
        table.clear();
      }
    }
    for (const bool sharded : {false, true}) {
      for (const bool outside : {false, true}) {
        TrainingPlan one = plan_;
        one.shard.zero = sharded ? ZeroStage::kOptimizer : ZeroStage::kNone;
        // Ranks of other groups stand between those of one, so that a node holds all or one of
        // them.
        one.shard.node_ranks = outside ? 1 : p_.tensor * p_.data;
        const workload::Stage whole = perf::whole_stage(*q_.timing.model, one);
        perf::Pricer pricer(*q_.timing.model, one, whole, *q_.timing.kernels, *q_.timing.engine);
        const perf::StageKind kind = perf::stage_kinds(*q_.timing.model, one, whole).back();
        const PassCost update = pricer.update(kind);
        Update& u = updates_[sharded ? 1 : 0][outside ? 1 : 0];
        u.messages = update.at(Work::kData) + update.at(Work::kTensor);
        u.optimizer = update.at(Work::kOptimizer) + update.at(Work::kVector);
        states_[sharded ? 1 : 0] = perf::state_bytes(plan_.request, kind);
      }
    }
  }

  // The layers of one split, one microbatch and one network, priced once.
  const LayerTable& table(bool sequence) {
    auto& list = tables_[(sequence ? 2 : 0) + (p_.tensor_outside ? 1 : 0)];
    for (const auto& [size, priced] : list) {
      if (size == p_.microbatch) {
        return priced;
      }
    }
    TrainingPlan one = plan_;
    one.request.sequences = p_.microbatch;
    one.shard.data = 1;
    one.shard.sequence_parallel = sequence && p_.tensor > 1;
    one.shard.node_ranks = p_.tensor_outside ? 1 : p_.tensor;
    const workload::Stage whole = perf::whole_stage(*q_.timing.model, one);
    perf::Pricer pricer(*q_.timing.model, one, whole, *q_.timing.kernels, *q_.timing.engine);
    list.emplace_back(p_.microbatch, pricer.layers({.weights = false, .core = true}));
    return list.back().second;
  }

  PassTime time_of(const PassCost& cost) const {
    const auto& c = q_.timing.constants;
    double matrix = cost.at(Work::kMatrix) * c[perf::kTrainMatrix] +
                    cost.at(Work::kAttention) * c[perf::kTrainAttention];
    matrix = std::max(matrix, cost.floor_s);
    const double work = matrix + cost.at(Work::kVector) * c[perf::kTrainVector];
    return {work + perf::beyond(cost.launches * c[perf::kTrainLaunch], work),
            cost.at(Work::kTensor)};
  }

  void prepare_passes() {
    const bool sequence = p_.messages == TensorMessages::kScatterGather;
    const LayerTable& t = table(sequence);
    // The last stage, which has the head besides its layers, sets the pace.
    PassCost forward;
    PassCost backward;
    forward.add(t.dense.forward, layers_);
    backward.add(t.dense.backward, layers_);
    PassCost again;
    if (p_.recompute == Recompute::kFull) {
      again.add(t.dense.forward, layers_);
    } else if (p_.recompute == Recompute::kSelective) {
      again.add(t.dense.core, layers_);
    }
    backward += again;
    if (p_.pipeline == 1) {
      forward += t.embedding.forward;
      backward += t.embedding.backward;
    }
    PassCost middle = forward;
    middle += backward;
    forward += t.head.forward;
    backward += t.head.backward;
    forward_ = time_of(forward);
    backward_ = time_of(backward);
    if (sequence && !p_.gathers_again && p_.recompute != Recompute::kFull) {
      // A third of the messages backward gathers what could have been kept.
      backward_.tensor *= 2.0 / 3.0;
    }
    const PassTime others = time_of(middle);
    middle_ = {others.compute, others.tensor};
    count_ = static_cast<double>(q_.batch) / p_.data / static_cast<double>(p_.microbatch);
    prepare_memory(sequence);
    prepare_sends(sequence);
  }

  void prepare_memory(bool sequence) {
    TrainingPlan one = plan_;
    one.request.sequences = p_.microbatch;
    one.request.recompute = p_.recompute;
    one.shard.sequence_parallel = sequence && p_.tensor > 1;
    one.shard.data = 1;
    const perf::KeptBytes kept = perf::kept_bytes(*q_.timing.model, one);
    layer_kept_ = kept.kept.dense;
    if (sequence && !p_.gathers_again && p_.recompute != Recompute::kFull) {
      // Inputs of both blocks are kept whole on every rank.
      const double inputs = 2.0 * static_cast<double>(p_.microbatch * q_.request.tokens) *
                            static_cast<double>(q_.timing.model->shape.hidden) * 2.0;
      layer_kept_ += Bytes{inputs * (1.0 - 1.0 / p_.tensor)};
    }
    passing_ = kept.kept.head;
    if (p_.recompute != Recompute::kNone) {
      passing_ = std::max(passing_, kept.without.dense);
    }
  }

  void prepare_sends(bool sequence) {
    for (const bool outside : {false, true}) {
      Collective send;
      send.kind = Collective::Kind::kSendRecv;
      const bool parts = sequence || p_.messages == TensorMessages::kParts;
      const double all = static_cast<double>(p_.microbatch * q_.request.tokens) *
                         static_cast<double>(q_.timing.model->shape.hidden) * 2.0;
      send.bytes = Bytes{parts ? all / p_.tensor : all};
      send.ranks = 2;
      send.ranks_per_node = outside ? 1 : 2;
      sends_[outside ? 1 : 0] =
          p_.pipeline > 1
              ? q_.timing.kernels
                    ->cost(perf::kernel_of(send, *q_.timing.engine, q_.timing.kernels->limits()))
                    .seconds()
              : 0.0;
    }
  }

  bool fits_networks() const {
    std::int64_t inside = 1;
    inside *= p_.tensor_outside ? 1 : p_.tensor;
    inside *= p_.pipeline_outside ? 1 : p_.pipeline;
    inside *= p_.data_outside ? 1 : p_.data;
    return inside <= q_.domain;
  }

  // Messages of tensors that chunks of the work hide: all but one of as many as ranks, or a half.
  double shown(const PassTime& pass) const {
    double least = 1.0;
    if (p_.overlap == TensorOverlap::kRing) {
      least = 1.0 / p_.tensor;
    } else if (p_.overlap == TensorOverlap::kPipelined) {
      least = 0.5;
    }
    return perf::beside(pass.tensor, pass.compute, least);
  }

  OffloadScore work_out() const {
    const auto& c = q_.timing.constants;
    const double v = p_.interleaving;
    const double p = p_.pipeline;
    const perf::StateBytes& state = states_[p_.shards_optimizer ? 1 : 0];
    const Update& update = updates_[p_.shards_optimizer ? 1 : 0][p_.data_outside ? 1 : 0];
    const double layers = layers_;
    // What a microbatch brings from the second tier and back, beside its work.
    double moved = p_.offloads_weights ? 2.0 * state.weights.base() : 0.0;
    moved += p_.offloads_activations ? 2.0 * layers * layer_kept_.base() : 0.0;
    const double tier = moved / q_.second_bandwidth;
    const double own = forward_.compute + backward_.compute + shown(forward_) + shown(backward_);
    const double pace = std::max(own, tier);
    const double others = std::max(middle_.compute + shown(middle_), tier);
    const double send = 2.0 * sends_[p_.pipeline_outside ? 1 : 0];
    double step = count_ * pace + (p - 1.0) * others / v;
    step += send * (count_ * v * std::min(1.0, c[perf::kTrainPipeline]) + p - 1.0);
    const double hidden = p_.overlaps_data ? backward_.compute : 0.0;
    step += p_.data > 1 ? perf::beside(update.messages, hidden,
                                       p_.overlaps_data ? c[perf::kTrainData] : 1.0)
                        : 0.0;
    const double optimizer =
        p_.offloads_optimizer ? 2.0 * state.optimizer.base() / q_.second_bandwidth : 0.0;
    step += std::max(update.optimizer, optimizer) + c[perf::kTrainFixed];
    const double nodes = std::ceil(static_cast<double>(q_.chips) / q_.domain);
    step *= 1.0 + c[perf::kTrainSpread] * perf::doublings(nodes);

    OffloadScore score;
    score.step_s = step;
    const double flying = std::min(count_, p + (v > 1.0 ? (p - 1.0) / v : 0.0));
    const auto hold = [&](Bytes all, bool offloads, double at_hand) {
      const Bytes here = offloads ? std::min(all, all * (at_hand / layers)) : all;
      score.first += here;
      score.second += offloads ? all : Bytes{};
    };
    hold(state.weights, p_.offloads_weights, kLayersAtHand);
    hold(state.gradients, p_.offloads_weights, kLayersAtHand);
    hold(state.optimizer, p_.offloads_optimizer, kLayersAtHand);
    hold(layer_kept_ * layers * flying, p_.offloads_activations, kLayersAtHand / flying);
    constexpr Bytes kRuntime{1.5e9};
    score.first += passing_ + kRuntime;
    return score;
  }

  struct Update {
    double messages = 0.0, optimizer = 0.0;
  };

  const OffloadQuestion& q_;
  double least_s_;
  OffloadPlan p_;
  TrainingPlan plan_;
  std::vector<int> tensors_, stages_, pipelines_, interleavings_, microbatches_;
  std::pair<int, std::int64_t> lists_{0, 0};
  int layers_ = 1;
  int priced_tensor_ = 0;
  std::array<std::vector<std::pair<std::int64_t, LayerTable>>, 4> tables_;
  std::array<std::array<Update, 2>, 2> updates_;
  std::array<perf::StateBytes, 2> states_;
  PassTime forward_, backward_, middle_;
  double count_ = 1.0;
  Bytes layer_kept_{}, passing_{};
  std::array<double, 2> sends_{};
};

}  // namespace

std::size_t OffloadSpace::levels() const { return kLevels; }
std::size_t OffloadSpace::free_from() const { return kInterleaving; }
std::size_t OffloadSpace::block_levels() const { return kMessages + 1; }
std::unique_ptr<SearchWalk> OffloadSpace::walk() const {
  return std::make_unique<OffloadWalk>(question_);
}

OffloadSpace::Leaf OffloadSpace::leaf(std::uint64_t number) const {
  OffloadWalk walk(question_);
  const std::vector<std::uint32_t> path = choices_of(*this, number);
  for (std::size_t level = 0; level < path.size(); ++level) {
    (void)walk.choices(level);
    walk.enter(level, path[level]);
    if (level + 1 < path.size()) {
      Scores least{};
      walk.prepare(level, least);
    }
  }
  return walk.leaf();
}

}  // namespace redline

// Serving as a tree: outer levels decide what is priced, the innermost pairs pools by arithmetic.

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <tuple>

#include "redline/serving_search.h"

namespace redline {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kMillion = 1e6;
// Keeps what is rounded in a bound from reaching what is rounded in a leaf.
constexpr double kBelow = 1.0 - 1e-9;

enum Level : std::size_t {
  kSite,
  kTensor,
  kPipeline,
  kData,
  kExpert,
  kBatch,
  kWay,
  kPool,
  kLevels,
};

// What an hour of a chip may be counted in.
enum Count : std::size_t { kChips, kUsd, kWatts, kCounts };
using Counts = std::array<double, kCounts>;

Counts of_chip(const ServingSite& site) { return {1.0, site.usd_per_chip_s, site.watts}; }

// Of matrix units alone and without attention, which is counted in chunks of its own.
double linear_ops(const LlmModel& model, const InferenceRequest& request, const Shard& shard) {
  std::vector<Task> tasks;
  append_inference(model, request, shard, tasks);
  double sum = 0.0;
  for (const Task& task : tasks) {
    if (!std::holds_alternative<Attention>(task.op)) {
      sum += matrix_ops(task.op).base() * static_cast<double>(task.count);
    }
  }
  return sum;
}

double all_ops(const LlmModel& model, const InferenceRequest& request, const Shard& shard) {
  std::vector<Task> tasks;
  append_inference(model, request, shard, tasks);
  return matrix_ops(tasks).base();
}

double peak_of(const ServingSite& site) {
  const Precision& p = site.precision;
  const Format format = math_format(p.activations, p.weights);
  return site.steps->rates().matrix[static_cast<std::size_t>(format)];
}
// No product of a step is in a format with a higher rate.
double highest_peak(const ServingSite& site) {
  const auto& matrix = site.steps->rates().matrix;
  return *std::max_element(matrix.begin(), matrix.end());
}

bool fits_node(const ServingSite& site, int tensor) {
  constexpr int kHost = 8;  // as many share a host where no fast link joins them
  return tensor <= std::max(kHost, site.domain);
}

// Numbers of ranks that the experts of a model may be spread over: those of a stage, or none where
// the ranks of a tensor split each expert.
std::vector<int> expert_splits(const LlmModel& model, const std::vector<int>& stated, int tensor,
                               int data) {
  std::vector<int> list;
  if (!model.moe || data == 1) {
    list.push_back(1);
  }
  if (model.moe && tensor * data > 1) {
    list.push_back(tensor * data);
  }
  if (!stated.empty()) {
    std::erase_if(
        list, [&](int n) { return std::find(stated.begin(), stated.end(), n) == stated.end(); });
  }
  return list;
}

ServingPlan plan_of(const ServingSite& site, const ServingPlan& base) {
  ServingPlan plan = base;
  plan.precision = site.precision;
  plan.overlaps_experts = site.overlaps_experts;
  plan.shard.node_ranks = site.domain;
  return plan;
}

void set_experts(Shard& shard, const LlmModel& model, int expert) {
  shard.expert = expert;
  shard.expert_tensor = model.moe && expert == 1 ? shard.tensor : 1;
}

bool within(Bytes needs, const ServingSite& site) {
  return site.capacity <= Bytes{} || needs <= site.capacity;
}

// Of a million tokens.
double for_tokens(double per_s, double tokens_per_s) { return per_s / tokens_per_s * kMillion; }

// One way in which a pool for prompts may be built.
struct PromptPool {
  std::size_t site = 0;
  ServingPlan plan;
  std::int64_t batch = 0;
  bool feasible = false;
  double ttft_s = 0.0;  // without the transfer
  PoolReplica replica;
  double per_s = 0.0;  // prompts of an instance
  double chips = 0.0;
};

}  // namespace

struct ServingSpace::Pools {
  std::vector<PromptPool> all;
  std::vector<std::vector<std::uint32_t>> of_site;  // those that a site that decodes can take from
  // The least that a prompt takes on any of them, and the shortest time to its first token.
  std::vector<Counts> least;
  std::vector<double> least_ttft_s;

  // What no plan of a site is below for a request, by the rates of data sheets: of the prompt on
  // the same chips or on those of a pool, and of a token of the answer.
  std::vector<Counts> least_prompt, least_token;
  std::vector<Bytes> cache;                        // of a prompt, by site that decodes
  double ops_of_prompt = 0.0, ops_of_token = 0.0;  // as MFU counts them
};

namespace {

using Pools = ServingSpace::Pools;

class PoolBuilder {
 public:
  explicit PoolBuilder(const ServingQuestion& question) : q_(question) {}

  Pools build() {
    if (q_.dimensions.pools) {
      for (std::size_t i = 0; i < q_.prompt_sites.size(); ++i) {
        add_site(i);
      }
    }
    for (const ServingSite& site : q_.sites) {
      match(site);
      bound(site);
    }
    const ServingSite& any = q_.sites.front();
    ServingPlan plan = plan_of(any, q_.base);
    pools_.ops_of_prompt = all_ops(*q_.model, prefill_step(q_.load, plan, 1), {});
    Shard whole;
    whole.mtp = plan.shard.mtp;
    pools_.ops_of_token =
        all_ops(*q_.model, decode_step(q_.load, plan, 1), whole) / plan.tokens_per_step;
    return std::move(pools_);
  }

 private:
  void add_site(std::size_t place) {
    const ServingSite& site = q_.prompt_sites[place];
    if (site.network_bytes_s <= 0.0) {
      return;
    }
    const PoolDimensions& d = q_.dimensions.prefill;
    for (const int tensor : d.tensor) {
      for (const int pipeline : d.pipeline) {
        for (const int data : d.data) {
          for (const int expert : expert_splits(*q_.model, d.expert, tensor, data)) {
            ServingPlan plan = plan_of(site, {});
            plan.prompts_alone = true;
            plan.shard.tensor = tensor;
            plan.shard.data = data;
            plan.pipeline = pipeline;
            set_experts(plan.shard, *q_.model, expert);
            if (fits_node(site, tensor)) {
              add_plan(place, plan);
            }
          }
        }
      }
    }
  }

  void add_plan(std::size_t place, const ServingPlan& plan) {
    const ServingSite& site = q_.prompt_sites[place];
    const InferenceRequest one = prefill_step(q_.load, plan, 1);
    const bool too_many = q_.chips > 0 && plan.chips() > q_.chips;
    if (plan.pipeline > q_.model->shape.layers || too_many ||
        !is_valid(*q_.model, one, plan.shard) || site.steps->refuses(*q_.model, plan, one)) {
      return;
    }
    for (const std::int64_t batch : q_.dimensions.prefill.batch) {
      PromptPool pool;
      pool.site = place;
      pool.plan = plan;
      pool.batch = batch;
      const InferenceRequest step = prefill_step(q_.load, plan, batch);
      pool.feasible = within(serving_memory(*q_.model, plan, step).total(), site);
      if (pool.feasible) {
        const ServingEstimate estimate = site.steps->serving(*q_.model, plan, step);
        pool.ttft_s = estimate.time.total.base();
        pool.replica = prefill_replica(plan, batch, estimate.stage.base(), site.network_bytes_s);
        pool.per_s = pool.replica.per_s * plan.shard.data;
        pool.chips = static_cast<double>(plan.chips());
        pool.feasible = pool.ttft_s <= q_.ttft_s;
      }
      pools_.all.push_back(pool);
    }
  }

  void match(const ServingSite& site) {
    pools_.of_site.emplace_back();
    pools_.least.push_back({kInfinite, kInfinite, kInfinite});
    pools_.least_ttft_s.push_back(kInfinite);
    if (site.network_bytes_s <= 0.0) {
      return;
    }
    for (std::size_t i = 0; i < pools_.all.size(); ++i) {
      const PromptPool& pool = pools_.all[i];
      const ServingSite& from = q_.prompt_sites[pool.site];
      if (from.variant != site.variant) {
        continue;
      }
      pools_.of_site.back().push_back(static_cast<std::uint32_t>(i));
      if (pool.feasible) {
        const Counts one = of_chip(from);
        for (std::size_t k = 0; k < kCounts; ++k) {
          double& least = pools_.least.back()[k];
          least = std::min(least, one[k] * pool.chips / pool.per_s);
        }
        pools_.least_ttft_s.back() = std::min(pools_.least_ttft_s.back(), pool.ttft_s);
      }
    }
  }

  void bound(const ServingSite& site) {
    const ServingPlan plan = plan_of(site, q_.base);
    Shard whole;
    whole.mtp = plan.shard.mtp;
    const double token =
        linear_ops(*q_.model, decode_step(q_.load, plan, 1), whole) / plan.tokens_per_step;
    const double prompt = linear_ops(*q_.model, prefill_step(q_.load, plan, 1), {});
    pools_.cache.push_back(kv_bytes(*q_.model, plan.precision, {}, q_.load.prompt));
    const Counts one = of_chip(site);
    Counts of_token{};
    Counts of_prompt{};
    for (std::size_t k = 0; k < kCounts; ++k) {
      of_token[k] = one[k] * token / highest_peak(site);
      of_prompt[k] = std::min(one[k] * prompt / highest_peak(site),
                              pools_.least[pools_.least_token.size()][k]);
    }
    pools_.least_token.push_back(of_token);
    pools_.least_prompt.push_back(of_prompt);
  }

  const ServingQuestion& q_;
  Pools pools_;
};

class ServingWalk : public SearchWalk {
 public:
  ServingWalk(const ServingQuestion& question, const Pools& pools)
      : q_(question), pools_(pools), plan_(question.base) {}

  std::uint32_t choices(std::size_t level) override {
    const PoolDimensions& d = q_.dimensions.decode;
    switch (level) {
      case kSite:
        return static_cast<std::uint32_t>(q_.sites.size());
      case kTensor:
        return keep(kTensor, d.tensor, [&](int n) { return fits_node(site(), n) && affords(n); });
      case kPipeline:
        return keep(kPipeline, d.pipeline, [&](int n) {
          return n <= q_.model->shape.layers && affords(std::int64_t{plan_.shard.tensor} * n);
        });
      case kData:
        return keep(kData, d.data, [&](int n) {
          return affords(std::int64_t{plan_.shard.tensor} * plan_.pipeline * n);
        });
      case kExpert:
        experts_ = expert_splits(*q_.model, d.expert, plan_.shard.tensor, plan_.shard.data);
        return static_cast<std::uint32_t>(experts_.size());
      case kBatch:
        return static_cast<std::uint32_t>(d.batch.size());
      case kWay:
        return static_cast<std::uint32_t>(chunks() + (partners().empty() ? 0 : 1));
      default:
        return pooled() ? static_cast<std::uint32_t>(partners().size()) : 1;
    }
  }

  void enter(std::size_t level, std::uint32_t choice) override {
    const PoolDimensions& d = q_.dimensions.decode;
    switch (level) {
      case kSite:
        site_ = choice;
        plan_ = plan_of(site(), q_.base);
        break;
      case kTensor:
        plan_.shard.tensor = d.tensor[lists_[kTensor][choice]];
        break;
      case kPipeline:
        plan_.pipeline = d.pipeline[lists_[kPipeline][choice]];
        break;
      case kData:
        plan_.shard.data = d.data[lists_[kData][choice]];
        break;
      case kExpert:
        set_experts(plan_.shard, *q_.model, experts_[choice]);
        break;
      case kBatch:
        batch_ = d.batch[choice];
        break;
      case kWay:
        way_ = choice;
        break;
      default:
        partner_ = choice;
        break;
    }
  }

  bool prepare(std::size_t level, Scores& least) override {
    switch (level) {
      case kExpert:
        least = scores_of(sheet_bound());
        return prepare_plan();
      case kBatch:
        return prepare_batch(least);
      case kWay:
        least = scores_of(bound_of_way(way_));
        return fits_;
      default:
        least = scores_of(sheet_bound());
        return true;
    }
  }

  bool evaluate(Scores& scores) override {
    if (!fits_ || !(pooled() ? pair() : share())) {
      return false;
    }
    if (found_.ttft_s > q_.ttft_s || found_.tpot_s > q_.tpot_s || !staff()) {
      return false;
    }
    scores = scores_of({for_tokens(found_.chips, found_.tokens_per_s),
                        for_tokens(found_.usd_per_s, found_.tokens_per_s),
                        for_tokens(found_.watts, found_.tokens_per_s), found_.ttft_s, found_.tpot_s,
                        found_.memory.base()});
    return true;
  }

  // Of the leaf that was evaluated last.
  [[nodiscard]] const ServingScheme& scheme() const { return found_; }

 private:
  // In the order of the objectives.
  using Measures = std::array<double, kServingObjectiveNames.size()>;

  [[nodiscard]] const ServingSite& site() const { return q_.sites[site_]; }
  [[nodiscard]] std::size_t chunks() const { return q_.dimensions.chunk.size(); }
  [[nodiscard]] bool pooled() const { return way_ == chunks(); }
  [[nodiscard]] const std::vector<std::uint32_t>& partners() const { return pools_.of_site[site_]; }
  [[nodiscard]] bool affords(std::int64_t chips) const {
    return q_.chips == 0 || chips <= q_.chips;
  }

  template <class Fits>
  std::uint32_t keep(Level level, const std::vector<int>& values, const Fits& fits) {
    std::vector<std::uint32_t>& list = lists_[level];
    list.clear();
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (fits(values[i])) {
        list.push_back(static_cast<std::uint32_t>(i));
      }
    }
    return static_cast<std::uint32_t>(list.size());
  }

  [[nodiscard]] Scores scores_of(const Measures& measures) const {
    Scores scores{};
    for (std::size_t i = 0; i < q_.objectives.size(); ++i) {
      scores[i] = measures[static_cast<std::size_t>(q_.objectives[i])];
    }
    return scores;
  }

  // A million tokens of answers with their prompts at the rates of data sheets.
  [[nodiscard]] Measures sheet_bound() const {
    Measures least{};
    for (std::size_t k = 0; k < kCounts; ++k) {
      least[k] = kBelow * kMillion *
                 (pools_.least_token[site_][k] +
                  pools_.least_prompt[site_][k] / static_cast<double>(q_.load.answer));
    }
    return least;
  }

  bool prepare_plan() {
    const InferenceRequest one = decode_step(q_.load, plan_, 1);
    fits_ = is_valid(*q_.model, one, plan_.shard) &&
            within(serving_memory(*q_.model, plan_, 0, 0, 0).total(), site()) &&
            !site().steps->refuses(*q_.model, plan_, one);
    return valid_ = fits_;
  }

  // Until every answer is at its end; `chunk` tokens of a prompt beside them.
  [[nodiscard]] Bytes memory(std::int64_t chunk) const {
    return serving_memory(*q_.model, plan_, fullest_step(q_.load, plan_, batch_, chunk)).total();
  }

  bool prepare_batch(Scores& least) {
    least = scores_of(sheet_bound());
    needs_ = valid_ ? memory(0) : Bytes{};
    fits_ = valid_ && within(needs_, site());
    if (!fits_) {
      return false;
    }
    decode_ = site().steps->serving(*q_.model, plan_, decode_step(q_.load, plan_, batch_));
    replica_ = decode_replica(plan_, q_.load, batch_, decode_.stage.base(), site().network_bytes_s);
    Measures any{};
    any.fill(kInfinite);
    for (std::uint32_t way = 0; way < chunks() + (partners().empty() ? 0 : 1); ++way) {
      const Measures one = bound_of_way(way);
      for (std::size_t k = 0; k < any.size(); ++k) {
        any[k] = std::min(any[k], one[k]);
      }
    }
    least = scores_of(any);
    return any[4] <= q_.tpot_s && any[3] <= q_.ttft_s;
  }

  [[nodiscard]] double tpot_s() const { return decode_.time.total.base() / plan_.tokens_per_step; }

  // What decoding alone takes bounds a way in which as many sequences decode.
  [[nodiscard]] Measures bound_of_way(std::uint32_t way) const {
    Measures least = sheet_bound();
    if (!fits_) {
      return least;
    }
    const bool pool = way == chunks();
    if (!pool && chunks_called(q_.load, plan_, batch_, q_.dimensions.chunk[way]) > 1.0) {
      return least;
    }
    const auto answer = static_cast<double>(q_.load.answer);
    const double tokens_per_s = replica_.per_s * answer;
    const Counts one = of_chip(site());
    for (std::size_t k = 0; k < kCounts; ++k) {
      const double decoding = one[k] * replica_.chips / tokens_per_s;
      const double prompts = pool ? pools_.least[site_][k] / answer : 0.0;
      least[k] = std::max(least[k], kBelow * kMillion * (decoding + prompts));
    }
    least[3] = pool ? kBelow * pools_.least_ttft_s[site_] : 0.0;
    least[4] = kBelow * tpot_s();
    return least;
  }

  // Prompts in chunks beside the answers.
  bool share() {
    const std::int64_t chunk = q_.dimensions.chunk[way_];
    const Bytes needs = memory(chunk);
    if (!within(needs, site())) {
      return false;
    }
    const ChunkedPrefill chunked =
        chunked_prefill(*q_.model, *site().steps, plan_, q_.load, batch_, chunk, decode_);
    found_ = {};
    found_.memory = needs;
    found_.chunk = chunk;
    found_.ttft_s = chunked.ttft_s;
    found_.tpot_s = chunked.step_s / plan_.tokens_per_step;
    answers_per_s_ = chunked.batch * plan_.tokens_per_step / chunked.pace_s * plan_.shard.data /
                     static_cast<double>(q_.load.answer);
    return true;
  }

  // Prompts on a pool of their own.
  bool pair() {
    const PromptPool& pool = pools_.all[partners()[partner_]];
    if (!pool.feasible) {
      return false;
    }
    found_ = {};
    found_.memory = needs_;
    found_.ttft_s = pool.ttft_s + cache_transfer_s(pools_.cache[site_], pool.replica, replica_);
    found_.tpot_s = tpot_s();
    found_.prefill = {pool.site, pool.plan, pool.batch, 0.0};
    answers_per_s_ = replica_.per_s * plan_.shard.data;
    return true;
  }

  // As many instances of each pool as the chips or the requests ask for. False: they are too few.
  bool staff() {
    const auto decode_chips = static_cast<double>(plan_.chips());
    const PromptPool* pool = pooled() ? &pools_.all[partners()[partner_]] : nullptr;
    double x = 1.0;
    double y = pool != nullptr ? answers_per_s_ / pool->per_s : 0.0;
    if (q_.requests_per_s > 0.0) {
      x = std::ceil(q_.requests_per_s / answers_per_s_);
      y = pool != nullptr ? std::ceil(q_.requests_per_s / pool->per_s) : 0.0;
    } else if (q_.chips > 0) {
      std::tie(x, y) = share_out(decode_chips, pool);
    }
    const double used = x * decode_chips + (pool != nullptr ? y * pool->chips : 0.0);
    if (x < 1.0 || (pool != nullptr && y <= 0.0) ||
        (q_.chips > 0 && used > static_cast<double>(q_.chips))) {
      return false;
    }
    double per_s = x * answers_per_s_;
    if (pool != nullptr) {
      per_s = std::min(per_s, y * pool->per_s);
    }
    if (q_.requests_per_s > 0.0) {
      per_s = q_.requests_per_s;
    }
    const bool owned = q_.chips > 0 && q_.requests_per_s <= 0.0;
    const double idle = owned ? static_cast<double>(q_.chips) - used : 0.0;
    found_.decode = {site_, plan_, batch_, x};
    found_.prefill.instances = y;
    found_.tokens_per_s = per_s * static_cast<double>(q_.load.answer);
    found_.chips = used + idle;
    const double prompt_chips = used - x * decode_chips;
    const ServingSite* from = pool != nullptr ? &q_.prompt_sites[pool->site] : nullptr;
    found_.usd_per_s = (x * decode_chips + idle) * site().usd_per_chip_s +
                       (from != nullptr ? prompt_chips * from->usd_per_chip_s : 0.0);
    found_.watts = (x * decode_chips + idle) * site().watts +
                   (from != nullptr ? prompt_chips * from->watts : 0.0);
    const double peak = (x * decode_chips + idle) * peak_of(site()) +
                        (from != nullptr ? prompt_chips * peak_of(*from) : 0.0);
    found_.mfu =
        per_s * (pools_.ops_of_prompt + pools_.ops_of_token * static_cast<double>(q_.load.answer)) /
        peak;
    return true;
  }

  // Whole instances of both pools on the chips given, for the most requests a second. Beside the
  // mix that would waste nothing, the best has all instances of one pool that it has room for, or
  // one more than that mix has and as many of the other as are left.
  [[nodiscard]] std::pair<double, double> share_out(double decode_chips,
                                                    const PromptPool* pool) const {
    const auto all = static_cast<double>(q_.chips);
    if (pool == nullptr) {
      return {std::floor(all / decode_chips), 0.0};
    }
    const double ratio = answers_per_s_ / pool->per_s;
    const double x0 = std::floor(all / (decode_chips + ratio * pool->chips));
    const double y0 = std::floor(all / (decode_chips + ratio * pool->chips) * ratio);
    const auto left_x = [&](double y) {
      return std::floor((all - y * pool->chips) / decode_chips);
    };
    const auto left_y = [&](double x) {
      return std::floor((all - x * decode_chips) / pool->chips);
    };
    std::pair<double, double> best{0.0, 0.0};
    double most = 0.0;
    for (const auto& [x, y] : {std::pair{x0, y0}, std::pair{x0 + 1.0, left_y(x0 + 1.0)},
                               std::pair{left_x(y0 + 1.0), y0 + 1.0}}) {
      const double per_s = std::min(x * answers_per_s_, y * pool->per_s);
      if (x >= 1.0 && y >= 1.0 && per_s > most) {
        most = per_s;
        best = {x, y};
      }
    }
    return best;
  }

  const ServingQuestion& q_;
  const Pools& pools_;
  ServingPlan plan_;
  std::array<std::vector<std::uint32_t>, kLevels> lists_;
  std::vector<int> experts_;
  std::size_t site_ = 0;
  std::int64_t batch_ = 0;
  std::uint32_t way_ = 0, partner_ = 0;
  bool valid_ = false, fits_ = false;
  Bytes needs_{};  // without chunks
  ServingEstimate decode_;
  PoolReplica replica_;
  double answers_per_s_ = 0.0;  // of an instance, with the prompts that it takes beside them
  ServingScheme found_;
};

// Ascending powers of two.
std::vector<int> doubled(int most) {
  std::vector<int> list;
  for (int n = 1; n <= most; n *= 2) {
    list.push_back(n);
  }
  return list;
}

}  // namespace

ServingDimensions usual_serving_dimensions(const LlmModel& model, const ServingLoad& load,
                                           int domain) {
  constexpr int kMostTensor = 64;
  constexpr int kMostStages = 16;
  constexpr int kMostReplicas = 256;
  constexpr std::int64_t kMostBatch = 1024;
  constexpr std::int64_t kLeastChunk = 256;
  constexpr std::int64_t kMostChunk = 16384;
  ServingDimensions d;
  d.decode.tensor = doubled(std::min(kMostTensor, std::max(8, domain)));
  d.decode.pipeline = doubled(std::min(kMostStages, model.shape.layers));
  d.decode.data = doubled(model.moe ? std::min(kMostReplicas, model.moe->experts) : 1);
  d.prefill = d.decode;
  d.prefill.batch = {1, 2, 4, 8};
  for (std::int64_t octave = 1; octave < kMostBatch; octave *= 2) {
    for (std::int64_t quarter = 4; quarter < 8; ++quarter) {
      if (octave * quarter % 4 == 0) {
        d.decode.batch.push_back(octave * quarter / 4);
      }
    }
  }
  d.decode.batch.push_back(kMostBatch);
  for (std::int64_t n = kLeastChunk; n < std::min(load.prompt, kMostChunk); n *= 2) {
    d.chunk.push_back(n);
  }
  d.chunk.push_back(load.prompt);
  return d;
}

ServingSpace::ServingSpace(ServingQuestion question)
    : question_(std::move(question)),
      pools_(std::make_unique<const Pools>(PoolBuilder(question_).build())) {}
ServingSpace::~ServingSpace() = default;

std::size_t ServingSpace::levels() const { return kLevels; }
std::size_t ServingSpace::block_levels() const { return kExpert + 1; }
std::unique_ptr<SearchWalk> ServingSpace::walk() const {
  return std::make_unique<ServingWalk>(question_, *pools_);
}

ServingScheme ServingSpace::scheme(std::uint64_t number) const {
  ServingWalk walk(question_, *pools_);
  const std::vector<std::uint32_t> path = choices_of(*this, number);
  Scores scores{};
  for (std::size_t level = 0; level < path.size(); ++level) {
    (void)walk.choices(level);
    walk.enter(level, path[level]);
    if (level + 1 < path.size()) {
      (void)walk.prepare(level, scores);
    }
  }
  (void)walk.evaluate(scores);
  return walk.scheme();
}

}  // namespace redline

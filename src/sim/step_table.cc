// Times of steps at the corners of a grid, and between them.

#include <atomic>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "redline/simulation.h"

namespace redline {
namespace {

// Corners of an axis: whole numbers with so many in each doubling, all of them at its begin.
class Axis {
 public:
  constexpr Axis(unsigned bits, unsigned octaves)
      : bits_(bits), size_((octaves - bits + 1U) << bits) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::int64_t corner(std::size_t index) const {
    const std::size_t first = std::size_t{1} << bits_;
    if (index < first) {
      return static_cast<std::int64_t>(index);
    }
    const std::size_t octave = (index >> bits_) - 1U;
    return static_cast<std::int64_t>((first + (index & (first - 1U))) << octave);
  }
  // The corner at or below `value`, and the share of the way to the next.
  [[nodiscard]] std::pair<std::size_t, double> place(double value) const {
    const auto whole = static_cast<std::uint64_t>(std::max(value, 0.0));
    const auto width = static_cast<unsigned>(std::bit_width(whole));
    std::size_t index = whole;
    std::uint64_t low = whole;
    double step = 1.0;
    if (width > bits_ + 1U) {
      const unsigned shift = width - bits_ - 1U;
      index = (std::size_t{shift} << bits_) + (whole >> shift);
      low = (whole >> shift) << shift;
      step = static_cast<double>(std::uint64_t{1} << shift);
    }
    if (index + 1U >= size_) {
      return {size_ - 1U, 0.0};
    }
    return {index, (value - static_cast<double>(low)) / step};
  }

 private:
  unsigned bits_;
  std::size_t size_;
};

// Times are nearly straight in the tokens that are attended to, less so in rows of products.
constexpr Axis kDecodes{2, 14};
constexpr Axis kContext{1, 22};
constexpr Axis kPrompt{2, 18};
constexpr Axis kKeys{1, 22};

struct Corner {
  std::size_t decodes = 0, context = 0, prompt = 0, keys = 0;
};

float as_float(std::uint32_t bits) { return std::bit_cast<float>(bits); }

// Both times in one word, so that a corner is written in one piece; 0: not worked out yet.
using Cell = std::uint64_t;
Cell pack(const StepSeconds& s) {
  return (Cell{std::bit_cast<std::uint32_t>(static_cast<float>(s.total))} << 32U) |
         std::bit_cast<std::uint32_t>(static_cast<float>(s.stage));
}
StepSeconds unpack(Cell cell) {
  return {double{as_float(static_cast<std::uint32_t>(cell >> 32U))},
          double{as_float(static_cast<std::uint32_t>(cell))}};
}

InferenceRequest request_of(const StepLoad& load, const ServingPlan& plan) {
  InferenceRequest request;
  request.precision = plan.precision;
  if (load.decodes > 0.0) {
    request.decode = {.count = std::llround(load.decodes),
                      .new_tokens = 1 + plan.draft_passes,
                      .cached = std::llround(load.context)};
    request.draft_passes = plan.draft_passes;
  }
  const std::int64_t tokens = std::llround(load.prompt_tokens);
  if (tokens > 0) {
    // Tokens of one prompt attend to what is cached and to half of each other; where that is more
    // than they do, they are of several prompts.
    const double keys = std::max(load.keys, 0.5);
    const double own = load.prompt_tokens / 2.0;
    request.prefill.count = 1;
    if (keys >= own) {
      request.prefill.cached = std::llround(keys - own);
    } else {
      request.prefill.count = std::clamp<std::int64_t>(std::llround(own / keys), 1, tokens);
    }
    request.prefill.new_tokens = std::max<std::int64_t>(1, tokens / request.prefill.count);
  }
  return request;
}

}  // namespace

struct StepTable::Grid {
  const LlmModel* model;
  const StepModel* steps;
  ServingPlan plan;
  // Pages of the system that nothing is written to cost nothing, and begin as zeros.
  struct Free {
    void operator()(Cell* all) const { std::free(all); }  // NOLINT
  };
  std::unique_ptr<Cell, Free> cells;

  static std::size_t index(const Corner& c) {
    return ((c.prompt * kKeys.size() + c.keys) * kContext.size() + c.context) * kDecodes.size() +
           c.decodes;
  }

  Grid(const LlmModel& of, const StepModel& on, const ServingPlan& by)
      : model(&of), steps(&on), plan(by) {
    const std::size_t size = kPrompt.size() * kKeys.size() * kContext.size() * kDecodes.size();
    cells.reset(static_cast<Cell*>(std::calloc(size, sizeof(Cell))));  // NOLINT
  }

  [[nodiscard]] StepSeconds between(const StepLoad& load) const;
  [[nodiscard]] StepSeconds at(const Corner& c) const {
    std::atomic_ref<Cell> cell(cells.get()[index(c)]);
    Cell found = cell.load(std::memory_order_relaxed);
    if (found == 0) {
      StepLoad load;
      load.decodes = static_cast<double>(kDecodes.corner(c.decodes));
      load.context = static_cast<double>(kContext.corner(c.context));
      load.prompt_tokens = static_cast<double>(kPrompt.corner(c.prompt));
      load.keys = static_cast<double>(kKeys.corner(c.keys));
      found = pack({});
      if (load.decodes + load.prompt_tokens > 0.0) {
        const ServingEstimate step = steps->serving(*model, plan, request_of(load, plan));
        found = pack({step.time.total.base(), step.stage.base()});
      }
      cell.store(found, std::memory_order_relaxed);  // every thread finds the same
    }
    return unpack(found);
  }
};

namespace {

// The same layers without experts: attention, and no more of a feed-forward than there must be.
LlmModel without_experts(const LlmModel& model, int tensor) {
  LlmModel rest = model;
  rest.moe.reset();
  rest.mtp.reset();
  rest.shape.ffn = tensor;
  return rest;
}

}  // namespace

StepTable::StepTable(const LlmModel& model, const StepModel& steps, const ServingPlan& plan)
    : grid_(std::make_unique<Grid>(model, steps, plan)) {
  if (model.moe && plan.shard.data > 1) {
    ServingPlan own = plan;
    own.shard.expert = own.shard.expert_tensor = 1;
    own.shard.data = 1;
    own.shard.mtp = false;
    own.draft_passes = 0;
    rest_ = std::make_unique<const LlmModel>(without_experts(model, plan.shard.tensor));
    alone_ = std::make_unique<Grid>(*rest_, steps, own);
  }
}

StepTable::~StepTable() = default;

StepSeconds StepTable::Grid::between(const StepLoad& load) const {
  const auto [n, n_share] = kDecodes.place(load.decodes);
  const auto [c, c_share] = kContext.place(load.decodes > 0.0 ? load.context : 0.0);
  const auto [p, p_share] = kPrompt.place(load.prompt_tokens);
  const auto [k, k_share] = kKeys.place(load.prompt_tokens > 0.0 ? load.keys : 0.0);
  StepSeconds sum;
  const auto add = [&](const Corner& corner, double weight) {
    const StepSeconds one = at(corner);
    sum.total += weight * one.total;
    sum.stage += weight * one.stage;
  };
  const auto over_decodes = [&](Corner corner, double weight) {
    for (std::size_t i = 0; i < 2; ++i) {
      const double along_n = i == 0 ? 1.0 - n_share : n_share;
      for (std::size_t j = 0; j < 2 && along_n > 0.0; ++j) {
        const double along_c = j == 0 ? 1.0 - c_share : c_share;
        if (along_c > 0.0) {
          corner.decodes = n + i;
          corner.context = corner.decodes == 0 ? 0 : c + j;
          add(corner, weight * along_n * along_c);
        }
      }
    }
  };
  for (std::size_t i = 0; i < 2; ++i) {
    const double along_p = i == 0 ? 1.0 - p_share : p_share;
    for (std::size_t j = 0; j < 2 && along_p > 0.0; ++j) {
      const double along_k = j == 0 ? 1.0 - k_share : k_share;
      if (along_k > 0.0) {
        const std::size_t prompt = p + i;
        over_decodes({0, 0, prompt, prompt == 0 ? 0 : k + j}, along_p * along_k);
      }
    }
  }
  return sum;
}

StepSeconds StepTable::seconds(const StepLoad& load) const { return grid_->between(load); }

StepSeconds StepTimes::together(std::span<const StepLoad> loads) const {
  StepSeconds longest;
  for (const StepLoad& load : loads) {
    if (load.decodes > 0.0 || load.prompt_tokens > 0.0) {
      const StepSeconds one = seconds(load);
      longest.total = std::max(longest.total, one.total);
      longest.stage = std::max(longest.stage, one.stage);
    }
  }
  return longest;
}

StepSeconds StepTable::together(std::span<const StepLoad> loads) const {
  if (alone_ == nullptr) {
    return StepTimes::together(loads);
  }
  StepLoad mean;
  StepSeconds busiest;
  for (const StepLoad& load : loads) {
    mean.decodes += load.decodes;
    mean.context += load.decodes * load.context;
    mean.prompt_tokens += load.prompt_tokens;
    mean.keys += load.prompt_tokens * load.keys;
    if (load.decodes > 0.0 || load.prompt_tokens > 0.0) {
      const StepSeconds one = alone_->between(load);
      busiest.total = std::max(busiest.total, one.total);
      busiest.stage = std::max(busiest.stage, one.stage);
    }
  }
  mean.context = mean.decodes > 0.0 ? mean.context / mean.decodes : 0.0;
  mean.keys = mean.prompt_tokens > 0.0 ? mean.keys / mean.prompt_tokens : 0.0;
  const auto ranks = static_cast<double>(loads.size());
  mean.decodes = std::ceil(mean.decodes / ranks);
  mean.prompt_tokens = std::ceil(mean.prompt_tokens / ranks);
  const StepSeconds shared = grid_->between(mean);
  const StepSeconds even = alone_->between(mean);
  return {shared.total + std::max(0.0, busiest.total - even.total),
          shared.stage + std::max(0.0, busiest.stage - even.stage)};
}

}  // namespace redline

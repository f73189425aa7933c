#include "exposure/run.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "base/for_each_index.h"
#include "exposure/counter.h"
#include "exposure/world.h"

namespace redline::exposure {
namespace {

constexpr std::uint64_t kBlockSamples = Counter::kBlock;

// The blocks of a shard: a range of them, all of one size but the last.
struct Blocks {
  std::uint64_t first, last;
};
Blocks blocks_of(std::uint64_t samples, unsigned shard, unsigned shards) {
  const std::uint64_t all = (samples + kBlockSamples - 1) / kBlockSamples;
  return {all * shard / shards, all * (shard + 1) / shards};
}

// The same for every shard: of the first worlds of all.
std::vector<double> scales_of(const Model& model, const SamplePlan& plan) {
  constexpr int kBits = 40, kMostBits = 900;
  std::vector<double> most(model.answers.size(), 0.0), scales;
  const std::uint64_t count = std::min(kBlockSamples, plan.count());
  std::vector<double> points;
  fill_points(model, plan, 0, most.empty() ? 0 : count, points);
  Worlds worlds(model);
  std::array<double, Worlds::kLanes> values{};
  draw_in_turn(worlds, points, most.empty() ? 0 : count, [&](std::size_t, std::size_t lanes) {
    for (std::size_t o = 0; o < model.options.size(); ++o) {
      worlds.play(o);
      for (std::size_t a = 0; a < most.size(); ++a) {
        worlds.work_out(model.answers[a].formula, values.data());
        for (std::size_t i = 0; i < lanes; ++i) {
          most[a] = std::isfinite(values[i]) ? std::max(most[a], std::fabs(values[i])) : most[a];
        }
      }
    }
  });
  for (const double one : most) {
    scales.push_back(one > 0.0 ? std::ldexp(1.0, std::min(kMostBits, kBits - std::ilogb(one)))
                               : 1.0);
  }
  return scales;
}

// Worlds of which only what the first firm earns is asked, beside some inputs.
std::unique_ptr<Worlds> worlds_of_net(const Model& model, const std::vector<Input>& inputs = {}) {
  auto worlds = std::make_unique<Worlds>(model);
  std::vector<SlotIndex> slots{model.slot_of(0, FirmMeasure::kNet, 0)};
  for (const Input& one : inputs) {
    slots.push_back(one.slot);
  }
  worlds->work_out_only(slots);
  return worlds;
}

}  // namespace

void RunResult::merge(const RunResult& other) {
  samples += other.samples;
  unsound += other.unsound;
  stopped = stopped || other.stopped;
  for (std::size_t o = 0; o < of.size(); ++o) {
    for (std::size_t a = 0; a < of[o].size(); ++a) {
      of[o][a].tally.merge(other.of[o][a].tally);
      of[o][a].undefined += other.of[o][a].undefined;
    }
  }
}

RunResult run(const Model& model, const RunOptions& options) {
  const SamplePlan plan = plan_of(model, options.design, options.samples, options.seed);
  const std::vector<double> scales = scales_of(model, plan);
  const Blocks blocks = blocks_of(options.samples, options.shard, options.shards);
  std::atomic<std::uint64_t> next{blocks.first}, done{0};
  std::atomic<bool> stopped{false};
  const auto work = [&](Counter& counter, bool tells) {
    for (std::uint64_t b = next++; b < blocks.last && !stopped; b = next++) {
      const std::uint64_t first = b * kBlockSamples;
      counter.block(plan, first, std::min(kBlockSamples, options.samples - first));
      ++done;
      if (tells && options.stop && options.stop()) {
        stopped = true;
      }
      if (tells && options.progress) {
        options.progress(done * kBlockSamples, (blocks.last - blocks.first) * kBlockSamples);
      }
    }
  };
  const std::uint64_t most = std::max<std::uint64_t>(1, blocks.last - blocks.first);
  const auto threads = static_cast<std::size_t>(std::min<std::uint64_t>(options.threads, most));
  std::vector<std::unique_ptr<Counter>> counters;
  for (std::size_t t = 0; t < std::max<std::size_t>(1, threads); ++t) {
    counters.push_back(std::make_unique<Counter>(model, scales));
  }
  {
    std::vector<std::jthread> helpers;
    for (std::size_t t = 1; t < counters.size(); ++t) {
      helpers.emplace_back([&, t] { work(*counters[t], false); });
    }
    work(*counters.front(), true);
  }
  RunResult result = counters.front()->result();
  for (std::size_t t = 1; t < counters.size(); ++t) {
    result.merge(counters[t]->result());
  }
  result.stopped = stopped;
  result.scales = scales;
  return result;
}

std::vector<Input> inputs_of(const Model& model) {
  std::vector<Input> inputs;
  for (const QuantityInfo& one : model.quantities) {
    if (one.dimension != kNone) {
      inputs.push_back({one.id, one.what, one.slot, false});
    }
  }
  for (const EventInfo& one : model.events) {
    if (!one.happened) {
      inputs.push_back({one.id, one.what, one.slot, true});
    }
  }
  return inputs;
}

Choices choices(const Model& model, const std::vector<Input>& inputs, std::uint64_t samples,
                const RunOptions& options) {
  const std::size_t n = model.options.size();
  Choices all;
  all.net.options = n;
  all.net.worth.resize(samples * n);
  all.inputs.resize(samples * inputs.size());
  const SamplePlan plan = plan_of(model, options.design, samples, options.seed);
  const std::uint64_t blocks = (samples + kBlockSamples - 1) / kBlockSamples;
  for_each_index(blocks, options.threads, [&](std::size_t b) {
    const auto made = worlds_of_net(model, inputs);
    Worlds& worlds = *made;
    const std::uint64_t first = b * kBlockSamples;
    const std::uint64_t count = std::min(kBlockSamples, samples - first);
    std::vector<double> points;
    fill_points(model, plan, first, count, points);
    draw_in_turn(worlds, points, count, [&](std::size_t at, std::size_t lanes) {
      for (std::size_t i = 0; i < lanes; ++i) {
        for (std::size_t k = 0; k < inputs.size(); ++k) {
          all.inputs[(first + at + i) * inputs.size() + k] = worlds.value(inputs[k].slot, i);
        }
      }
      for (std::size_t o = 0; o < n; ++o) {
        worlds.play(o);
        for (std::size_t i = 0; i < lanes; ++i) {
          all.net.worth[(first + at + i) * n + o] = worlds.net_usd(i);
        }
      }
    });
  });
  return all;
}

// Worlds that wait for a thread.
struct NetModel::Pool {
  explicit Pool(const Model& m) : model(m) {}

  std::unique_ptr<Worlds> take() {
    const std::lock_guard lock(guard);
    if (idle.empty()) {
      return worlds_of_net(model);
    }
    auto world = std::move(idle.back());
    idle.pop_back();
    return world;
  }
  void give(std::unique_ptr<Worlds> world) {
    const std::lock_guard lock(guard);
    idle.push_back(std::move(world));
  }

  const Model& model;
  std::mutex guard;
  std::vector<std::unique_ptr<Worlds>> idle;
};

NetModel::NetModel(const Model& model) : pool_(std::make_unique<Pool>(model)) {}
NetModel::~NetModel() = default;

void NetModel::operator()(std::span<const double> u, std::span<double> out) const {
  auto worlds = pool_->take();
  const Model& model = pool_->model;
  const std::size_t options = model.options.size(), rows = out.size() / options;
  worlds->draw(u, rows);
  for (std::size_t o = 0; o < options; ++o) {
    worlds->play(o);
    for (std::size_t i = 0; i < rows; ++i) {
      out[i * options + o] = worlds->net_usd(i);
    }
  }
  pool_->give(std::move(worlds));
}

std::vector<double> belief_means(const Model& model, const Belief& belief, std::uint64_t samples,
                                 const RunOptions& options) {
  const std::size_t n = model.options.size();
  const auto steps = static_cast<std::size_t>(belief.steps);
  const std::size_t points = belief.over.size() == 2 ? steps * steps : steps;
  std::vector<double> means(points * n, 0.0);
  const SamplePlan plan = plan_of(model, options.design, samples, options.seed);
  std::vector<double> drawn;
  fill_points(model, plan, 0, samples, drawn);
  const auto hold = [&](Worlds& worlds, std::size_t which, std::size_t step) {
    const double part = static_cast<double>(step) / static_cast<double>(steps - 1);
    worlds.hold(model.quantities[belief.over[which]].slot,
                belief.from[which] + part * (belief.to[which] - belief.from[which]));
  };
  // A thread takes its worlds once for all of its points.
  const std::size_t parts = std::min<std::size_t>(points, std::max(1U, options.threads));
  for_each_index(parts, options.threads, [&](std::size_t part) {
    const auto made = worlds_of_net(model);
    Worlds& worlds = *made;
    for (std::size_t taken = 0; taken < samples; taken += Worlds::kAtOnce) {
      const std::size_t size = std::min(Worlds::kAtOnce, samples - taken);
      worlds.take({drawn, samples}, taken, size);
      for (std::size_t point = points * part / parts; point < points * (part + 1) / parts;
           ++point) {
        hold(worlds, 0, belief.over.size() == 2 ? point / steps : point);
        if (belief.over.size() == 2) {
          hold(worlds, 1, point % steps);
        }
        for (std::size_t at = 0; at < size; at += Worlds::kLanes) {
          worlds.draw(at);
          for (std::size_t o = 0; o < n; ++o) {
            worlds.play(o);
            for (std::size_t i = 0; i < std::min(Worlds::kLanes, size - at); ++i) {
              means[point * n + o] += worlds.net_usd(i) / static_cast<double>(samples);
            }
          }
        }
      }
    }
  });
  return means;
}

}  // namespace redline::exposure

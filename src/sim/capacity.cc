// The highest rate that holds a target, by bisection with common random numbers.

#include <algorithm>
#include <cmath>

#include "redline/simulation.h"

#include "base/for_each_index.h"
#include "sim/statistics.h"

namespace redline {
namespace {

// One run of the search: the same requests at any rate.
class RateSearch {
 public:
  // `latency_s`: of a request that meets no others.
  RateSearch(const SimulationSpec& spec, std::uint64_t seed, double latency_s,
             const CapacityOptions& options)
      : spec_(spec), options_(options), latency_s_(latency_s) {
    spec_.seed = seed;
    spec_.log = nullptr;
    spec_.progress = {};
  }

  void find() {
    // What the cluster gets done when nothing is ever missing to be done.
    SimulationSpec busy = spec_;
    busy.traffic.process = ArrivalProcess::kAtOnce;
    const SimulationResult most = run(busy);
    if (stopped || most.end_s <= 0.0) {
      return;
    }
    double high = static_cast<double>(most.finished) / most.end_s;
    double low = high;
    constexpr int kMostDoublings = 40;
    int tries = 0;
    while (!holds(low) && !stopped && ++tries < kMostDoublings) {
      high = low;
      low /= 2.0;
    }
    if (stopped || tries == kMostDoublings) {
      return;
    }
    // What is done in a short burst is less than what can be done for long, but not by so much.
    constexpr int kMostAbove = 4;
    for (int above = 0; low == high && !stopped && above < kMostAbove; ++above) {
      high *= 2.0;
      low = holds(high) ? high : low;
    }
    if (low == high && !stopped) {
      // The target says nothing of waiting: it holds however many wait, and what gets done is all.
      rate = static_cast<double>(at.finished) / at.end_s;
      return;
    }
    while (high / low > 1.0 + options_.precision && !stopped) {
      const double middle = std::sqrt(low * high);
      (holds(middle) ? low : high) = middle;
    }
    rate = low;
  }

  double rate = 0.0;
  SimulationResult at{};  // the rate
  std::uint64_t simulations = 0;
  bool stopped = false;

 private:
  SimulationResult run(const SimulationSpec& spec) {
    ++simulations;
    SimulationResult found = simulate(spec);
    stopped = stopped || found.stopped;
    return found;
  }
  bool holds(double rate_now) {
    SimulationSpec spec = spec_;
    spec.traffic.rate = rate_now;
    // A run that ends before the first are answered never sees the cluster full.
    constexpr double kLatencies = 10.0;
    constexpr double kMostRequests = 1e9;
    spec.requests =
        std::max(spec.requests, static_cast<std::uint64_t>(std::min(
                                    kMostRequests, std::ceil(kLatencies * latency_s_ * rate_now))));
    SimulationResult found = run(spec);
    const bool good = found.good_share >= options_.share && !found.stopped;
    if (good) {
      at = std::move(found);
    }
    return good;
  }

  SimulationSpec spec_;
  const CapacityOptions& options_;
  double latency_s_;
};

SimulationResult alone_of(const SimulationSpec& spec) {
  SimulationSpec one = spec;
  constexpr std::uint64_t kEnough = 200;
  one.log = nullptr;
  one.progress = {};
  one.traffic.process = ArrivalProcess::kUsers;
  one.traffic.users = 1;
  one.traffic.think_s = Distribution::constant(0.0);
  one.requests = std::min(spec.requests, kEnough);
  one.leave_warmup = false;
  return simulate(one);
}

}  // namespace

CapacityResult find_capacity(const SimulationSpec& spec, const CapacityOptions& options) {
  CapacityResult found;
  found.alone = alone_of(spec);
  found.simulations = 1;
  found.stopped = found.alone.stopped;
  if (found.alone.good_share < options.share || found.stopped) {
    return found;
  }
  std::vector<RateSearch> runs;
  for (int i = 0; i < options.runs; ++i) {
    runs.emplace_back(spec, spec.seed + static_cast<std::uint64_t>(i), found.alone.latency.mean,
                      options);
  }
  for_each_index(runs.size(), options.threads, [&runs](std::size_t i) { runs[i].find(); });
  double squares = 0.0;
  const auto count = static_cast<double>(runs.size());
  for (const RateSearch& one : runs) {
    found.rates.push_back(one.rate);
    found.rate += one.rate / count;
    found.simulations += one.simulations;
    found.stopped = found.stopped || one.stopped;
  }
  for (const double one : found.rates) {
    squares += (one - found.rate) * (one - found.rate);
  }
  if (runs.size() > 1) {
    const double half =
        sim::student_t(runs.size() - 1) * std::sqrt(squares / (count * (count - 1.0)));
    // Each rate is known to its own precision only.
    const double edge = options.precision * found.rate;
    found.low = std::max(0.0, found.rate - half - edge);
    found.high = found.rate + half + edge;
  }
  found.at = runs.front().at;
  return found;
}

}  // namespace redline

#pragma once
// Clusters whose steps take what a test says.

#include <functional>
#include <memory>
#include <utility>

#include "redline/simulation.h"

namespace redline::sim {

class TestTimes final : public StepTimes {
 public:
  explicit TestTimes(std::function<double(const StepLoad&)> seconds)
      : seconds_(std::move(seconds)) {}
  [[nodiscard]] StepSeconds seconds(const StepLoad& load) const override {
    const double s = seconds_(load);
    return {s, s};
  }

 private:
  std::function<double(const StepLoad&)> seconds_;
};

inline std::shared_ptr<const StepTimes> step_of(std::function<double(const StepLoad&)> seconds) {
  return std::make_shared<const TestTimes>(std::move(seconds));
}

// A server for one request at a time, whose every token takes a millisecond: prompts are one token,
// so that a request of n tokens takes n milliseconds.
inline SimulationSpec single_server(const char* answer, double rate) {
  SimulationSpec spec;
  ReplicaSpec& r = spec.cluster.pool.replica;
  r.times = step_of([](const StepLoad&) { return 1e-3; });
  r.sequences = 1;
  r.blocks = 1'000'000;
  spec.traffic.rate = rate;
  spec.traffic.prompt = Distribution::constant(1.0);
  spec.traffic.answer = *Distribution::parse(answer);
  spec.requests = 25'000;
  return spec;
}

// An engine that looks like one: a step reads weights and caches, and works on prompts.
inline ReplicaSpec engine_replica() {
  ReplicaSpec r;
  r.times = step_of([](const StepLoad& load) {
    const double cached = load.decodes * load.context + load.prompt_tokens * load.keys;
    return 5e-3 + 2e-5 * load.prompt_tokens + 1e-5 * load.decodes + 1e-9 * cached;
  });
  r.sequences = 64;
  r.step_tokens = 1024;
  r.blocks = 4000;
  r.cache_bytes_per_token = 1e5;
  r.host_bytes_s = 5e10;
  return r;
}

inline SimulationSpec engine_spec(double rate) {
  SimulationSpec spec;
  spec.cluster.pool.replica = engine_replica();
  spec.cluster.pool.usd_per_s = 1e-3;
  spec.cluster.pool.busy_watts = 700.0;
  spec.cluster.pool.idle_watts = 100.0;
  spec.traffic.rate = rate;
  spec.traffic.prompt = *Distribution::parse("100 to 2000");
  spec.traffic.answer = *Distribution::parse("20 to 500");
  spec.requests = 2000;
  return spec;
}

}  // namespace redline::sim

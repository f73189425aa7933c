#pragma once
// The run itself: events in the order of their times.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sim/cluster.h"

namespace redline::sim {

class Engine {
 public:
  explicit Engine(const SimulationSpec& spec);
  [[nodiscard]] SimulationResult run();

 private:
  struct Task {
    double arrival_s = 0.0;
    std::int64_t open = 0;  // answers of the round
    int round = 0;
    std::int64_t prompt = 0;  // tokens of the next round
  };

  [[nodiscard]] Pool& pool(std::uint8_t index) { return index == 0 ? answers_ : *prompts_; }
  [[nodiscard]] std::uint8_t pools() const { return prompts_ ? 2 : 1; }
  void advance(double now_s);
  [[nodiscard]] Totals totals() const;
  void handle(const Event& event);

  // Requests.
  void begin_arrivals();
  void add_arrival(double at_s);
  void plan_arrival(std::uint64_t number);
  void arrive(std::uint64_t number);
  void add_jobs(std::uint64_t task, std::int64_t prompt, int round);
  void continue_prefix(Job& job, std::uint64_t task) const;
  void dispatch(JobId id);
  void reject(JobId id);
  void complete(JobId id);
  void end_of_request(std::uint64_t task, std::int64_t tokens);
  void answered();

  // Steps.
  void wake(std::uint8_t pool_index, std::uint32_t lane);
  // Whether no rank of the lane begins new prompts in this step.
  static bool holds_prompts(const Pool& where, Lane& lane);
  void end_step(std::uint8_t pool_index, std::uint32_t lane);
  void move(JobId id);
  void moved(JobId id);
  void refresh(Pool& pool, std::uint32_t lane);
  void log_step(std::uint8_t pool_index, const Lane& lane, double seconds) const;

  // Replicas.
  void plan_failure(std::uint8_t pool_index, std::uint32_t replica);
  void fail(std::uint8_t pool_index, std::uint32_t replica);
  [[nodiscard]] bool lose(JobId id, std::uint8_t pool_index, std::uint32_t replica);
  void start(std::uint8_t pool_index, std::uint32_t replica);
  void scale();
  void note(std::string_view what, std::uint8_t pool_index, std::uint32_t replica) const;

  void describe(SimulationResult& result) const;
  [[nodiscard]] PoolStats describe_pool(const Pool& pool, std::size_t index) const;
  [[nodiscard]] bool consistent() const;

  const SimulationSpec& spec_;
  Traffic traffic_;
  Jobs jobs_;
  Pool answers_;
  std::optional<Pool> prompts_;
  Router answer_router_, prompt_router_;
  EventQueue events_;

  double now_s_ = 0.0;
  std::uint64_t next_ = 0;   // task to come
  std::uint64_t order_ = 0;  // of requests
  std::uint64_t open_tasks_ = 0, tasks_done_ = 0;
  std::uint64_t offered_ = 0, finished_ = 0, rejected_ = 0;
  std::uint64_t planned_ = 0, pending_arrivals_ = 0;  // tasks; of those planned, not yet there
  double before_s_ = 0.0;                             // of the arrival before
  std::unordered_map<std::uint64_t, Task> tasks_;     // where one is several requests
  std::vector<JobId> stranded_;                       // while no replica is up

  Slices slices_;
  Timeline timeline_;
  Totals last_arrival_;
  std::int64_t in_system_ = 0, waiting_ = 0;
  double in_system_s_ = 0.0, sojourn_s_ = 0.0;
  std::array<double, 2> replica_s_{}, block_s_{};  // integrals over time
  std::array<std::int64_t, 2> on_{};
  std::vector<std::int64_t> lane_waiting_[2], lane_used_[2];

  std::vector<StepLoad> loads_;
  std::vector<JobId> moving_;
  Rank::Outcome outcome_;
  std::vector<std::uint64_t> scratch_;
};

}  // namespace redline::sim

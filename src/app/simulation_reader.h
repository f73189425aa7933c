#pragma once
// Reads the fields of a simulation: traffic, a way to serve, a cluster, a target.

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/list_fields.h"
#include "app/simulate_request.h"

namespace redline::app {

class SimulationReader {
 public:
  SimulationReader(const Workspace& w, const Json& json, Code code)
      : w_(w), json_(json), fields_(json), code_(code) {}

  // Errors: every problem of the fields at once.
  Loaded<std::unique_ptr<SimulateModels>> read();

 private:
  void problem(std::string message, std::vector<std::string> help = {}) {
    errors_.push_back({code_, std::move(message), std::nullopt, std::move(help), {}});
  }
  void assume(std::string_view text, std::initializer_list<Message::Argument> values = {}) {
    out_->assumptions.emplace_back(text, values);
  }

  // A number above zero, or as given.
  double amount(std::string_view name, double otherwise, double least = 0.0, double most = 1e18);
  std::int64_t whole(std::string_view name, std::int64_t otherwise,
                     std::int64_t most = 1'000'000'000);
  double seconds(std::string_view name, double otherwise);
  template <class E, std::size_t N>
  E choice(std::string_view name, const std::array<std::string_view, N>& words, E otherwise) {
    std::vector<E> one{otherwise};
    lists_.names(name, words, one);
    if (one.size() != 1) {
      problem(fmt::format("field '{}' must be one of {}", name, fmt::join(words, ", ")));
      return otherwise;
    }
    return one.front();
  }
  bool truth(std::string_view name, bool otherwise) {
    return fields_.has(name) ? fields_.truth(name) : otherwise;
  }

  // A literal, or a number.
  Distribution distribution(std::string_view name, const Distribution& otherwise, double least,
                            double most);

  void read_traffic();
  void read_trace_file();
  void read_run();
  void read_target();
  void read_step();
  void read_engine();
  void read_cluster();
  // Shares of a list, each zero or more and some above; none where that is not so.
  [[nodiscard]] static std::vector<double> shares_of(std::string_view list);
  void read_imbalance();
  void finish();
  [[nodiscard]] ReplicaSpec replica_of(const StepAnswer& step, SimulatedPool& pool);
  [[nodiscard]] PoolSpec pool_of(const StepAnswer& step, SimulatedPool& pool, int replicas);

  const Workspace& w_;
  const Json& json_;
  Fields fields_;
  ListFields lists_{fields_, [this](std::string message, std::vector<std::string> help) {
                      problem(std::move(message), std::move(help));
                    }};
  Code code_;
  Diagnostics errors_;
  std::unique_ptr<SimulateModels> out_ = std::make_unique<SimulateModels>();
  double mean_prompt_ = 0.0, mean_answer_ = 0.0;
  ReplicaSpec engine_;  // what both pools share
  double memory_share_ = 0.9;
};

}  // namespace redline::app

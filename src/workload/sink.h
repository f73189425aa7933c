#pragma once
// Where operators of a step go as they are emitted: into a list of tasks, or into sums that need no
// list.

#include <cstdint>
#include <string_view>
#include <vector>

#include "redline/operator.h"

namespace redline::workload {

// `take` is called once for each operator, in the order of a step; `count`: how often it runs.
class Sink {
 public:
  virtual void take(std::string_view name, const Gemm& op, std::int64_t count) = 0;
  virtual void take(std::string_view name, const GroupedGemm& op, std::int64_t count) = 0;
  virtual void take(std::string_view name, const Attention& op, std::int64_t count) = 0;
  virtual void take(std::string_view name, const Stream& op, std::int64_t count) = 0;
  virtual void take(std::string_view name, const Collective& op, std::int64_t count) = 0;
  virtual void take(std::string_view name, const ExpertExchange& op, std::int64_t count) = 0;

 protected:
  ~Sink() = default;
};

// Appends tasks to a list.
class TaskList final : public Sink {
 public:
  explicit TaskList(std::vector<Task>& tasks) : tasks_(tasks) {}

  void take(std::string_view name, const Gemm& op, std::int64_t count) override {
    tasks_.push_back({name, op, count});
  }
  void take(std::string_view name, const GroupedGemm& op, std::int64_t count) override {
    tasks_.push_back({name, op, count});
  }
  void take(std::string_view name, const Attention& op, std::int64_t count) override {
    tasks_.push_back({name, op, count});
  }
  void take(std::string_view name, const Stream& op, std::int64_t count) override {
    tasks_.push_back({name, op, count});
  }
  void take(std::string_view name, const Collective& op, std::int64_t count) override {
    tasks_.push_back({name, op, count});
  }
  void take(std::string_view name, const ExpertExchange& op, std::int64_t count) override {
    tasks_.push_back({name, op, count});
  }

 private:
  std::vector<Task>& tasks_;
};

}  // namespace redline::workload

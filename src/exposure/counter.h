#pragma once
// The accounts of a thread: its worlds, block by block, what each option brings in them, and the
// bins that wait to be counted.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "exposure/run.h"
#include "exposure/world.h"

namespace redline::exposure {

class Counter {
 public:
  // Worlds that are counted together: enough of them that the bins of an account are fetched once.
  static constexpr std::uint64_t kBlock = 4096;

  // `scales` of the answers; both must outlive it.
  Counter(const Model& model, const std::vector<double>& scales);

  // So many worlds from the `first` on, kBlock at the most.
  void block(const SamplePlan& plan, std::uint64_t first, std::uint64_t count);

  RunResult result;

 private:
  using Lanes = std::array<double, Worlds::kLanes>;

  // Of the accounts of an option: whether it has one there that is counted.
  [[nodiscard]] bool has(std::size_t option, std::size_t place) const {
    return option == 0 || place < places_.answer(0) ||
           m_.answers[place - places_.answer(0)].of_option;
  }
  [[nodiscard]] std::size_t at(std::size_t option, std::size_t place) const {
    return option * places_.size() + place;
  }
  void take_lanes(std::size_t lanes);
  void take_books(std::size_t option, std::size_t lanes);
  void take_answers(std::size_t option, std::size_t lanes);
  void take(std::size_t option, std::size_t place, const double* values, std::size_t lanes);
  void take_again(std::size_t option, std::size_t other, std::size_t place);
  void count(std::size_t option, std::size_t place);

  const Model& m_;
  const std::vector<double>& scales_;
  Accounts places_;
  Worlds worlds_;
  std::vector<double> points_;
  // Option x account: the bins that wait, for each world of a block; how many; what the worlds that
  // were played last came to, and their numbers, made or as they stand elsewhere.
  std::vector<std::int16_t> bins_;
  std::vector<std::size_t> waiting_;
  std::vector<Tally::Block> blocks_;
  std::vector<const double*> values_;
  std::vector<Lanes> made_;
};

}  // namespace redline::exposure

#pragma once
// The accounts of a thread: its worlds, block by block, and what each option brings in them.

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "exposure/run.h"
#include "exposure/tally_feed.h"
#include "exposure/world.h"

namespace redline::exposure {

class Counter {
 public:
  // Worlds that are drawn together.
  static constexpr std::uint64_t kBlock = 4096;

  // `scales` of the answers; both must outlive it.
  Counter(const Model& model, const std::vector<double>& scales);

  // So many worlds from the `first` on, kBlock at the most.
  void block(const SamplePlan& plan, std::uint64_t first, std::uint64_t count);
  // Of all of them.
  [[nodiscard]] RunResult result();

 private:
  using Lanes = std::array<double, Worlds::kLanes>;
  // Some of kSetSize options from `first` on, a bit each.
  static constexpr std::size_t kSetSize = 64;
  struct OptionSet {
    std::size_t first;
    std::uint64_t bits;

    [[nodiscard]] bool several() const { return !std::has_single_bit(bits); }
    [[nodiscard]] std::size_t least() const {
      return first + static_cast<std::size_t>(std::countr_zero(bits));
    }
    [[nodiscard]] OptionSet least_alone() const { return {first, bits & (~bits + 1)}; }
    [[nodiscard]] OptionSet without_least() const { return {first, bits & (bits - 1)}; }
    friend bool operator==(const OptionSet&, const OptionSet&) = default;
  };

  // Sets of options, and what an account comes to in the worlds in which those of a set, and no
  // others, have the same numbers there. Paths often bring the same, and then it is counted once.
  struct Shared {
    std::vector<OptionSet> options;
    std::vector<TallyFeed> feeds;  // of each set
  };

  // Of the accounts of an option: whether it has one there that is counted.
  [[nodiscard]] bool has(std::size_t option, std::size_t place) const {
    return option == 0 || place < places_.answer(0) ||
           m_.answers[place - places_.answer(0)].of_option;
  }
  [[nodiscard]] std::size_t at(std::size_t option, std::size_t place) const {
    return option * places_.size() + place;
  }
  void take_lanes(std::size_t lanes);
  void work_out_books(std::size_t option);
  void work_out_answers(std::size_t option);
  void count(std::size_t place, std::size_t lanes);
  void count(std::size_t place, const OptionSet& options, std::span<const double> values);
  [[nodiscard]] TallyFeed* feed_of(std::size_t place, const OptionSet& options);

  const Model& m_;
  const std::vector<double>& scales_;
  Accounts places_;
  Worlds worlds_;
  std::uint64_t samples_ = 0, unsound_ = 0;
  // Option x account: the numbers of the worlds that were played last, made or as they stand
  // elsewhere.
  std::vector<const double*> values_;
  std::vector<Lanes> made_;
  std::vector<Shared> shared_;  // of each account
};

}  // namespace redline::exposure

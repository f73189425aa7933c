#pragma once
// Many worlds of a scenario: the account of every answer under every option, and what the choice
// hangs on.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "redline/sampling.h"
#include "redline/sensitivity.h"

#include "exposure/model.h"
#include "exposure/tally.h"

namespace redline::exposure {

struct RunOptions {
  std::uint64_t samples = std::uint64_t{1} << 17U;
  std::uint64_t seed = 1;
  SampleDesign design = SampleDesign::kSobol;
  unsigned threads = 1;
  unsigned shard = 0, shards = 1;  // of the samples, from 0
  std::function<bool()> stop{};    // asked between blocks
  std::function<void(std::uint64_t done, std::uint64_t all)> progress{};
};

// The account of one number: of the books in cents, of an answer times its scale.
struct Account {
  Tally tally;
  std::uint64_t undefined = 0;  // samples in which it has no value, such as a share of nothing

  friend bool operator==(const Account&, const Account&) = default;
};

// Which of the accounts of an option: of the first firm, by quarter and over all of them, then the
// answers.
class Accounts {
 public:
  explicit Accounts(const Model& model)
      : quarters_(model.quarters), answers_(model.answers.size()) {}

  [[nodiscard]] std::size_t size() const { return answer(answers_); }
  // Of the first kQuarterMeasures.
  [[nodiscard]] std::size_t of(FirmMeasure measure, std::size_t quarter) const {
    return static_cast<std::size_t>(measure) * quarters_ + quarter;
  }
  [[nodiscard]] std::size_t total(FirmMeasure measure) const {
    return kQuarterMeasures * quarters_ + static_cast<std::size_t>(measure);
  }
  [[nodiscard]] std::size_t answer(std::size_t index) const {
    return kQuarterMeasures * quarters_ + kFirmMeasures + index;
  }

 private:
  std::size_t quarters_, answers_;
};

inline constexpr double kCentsAUsd = 100.0;

struct RunResult {
  std::uint64_t samples = 0;             // that were worked out
  std::uint64_t unsound = 0;             // in which an input has no value, such as a division by 0
  bool stopped = false;                  // before the end
  std::vector<std::vector<Account>> of;  // option x account
  // By what answers are multiplied before they are rounded to wholes, a power of two each: 40 bits
  // of the largest of the first worlds.
  std::vector<double> scales;

  void merge(const RunResult& other);
  friend bool operator==(const RunResult&, const RunResult&) = default;
};

// Works out the samples of the shard; the same for any number of threads, and shards that are
// merged are the whole.
[[nodiscard]] RunResult run(const Model& model, const RunOptions& options);

// An input as the choice sees it: a quantity, or the day of an event.
struct Input {
  std::string id, what;
  SlotIndex slot = 0;
  bool event = false;
};
[[nodiscard]] std::vector<Input> inputs_of(const Model& model);

// What each option earns in each sample, and the inputs there: [sample * inputs + input].
struct Choices {
  ChoiceSample net;
  std::vector<double> inputs;
};
[[nodiscard]] Choices choices(const Model& model, const std::vector<Input>& inputs,
                              std::uint64_t samples, const RunOptions& options);

// A UnitModel: the net of each option, in dollars.
class NetModel {
 public:
  explicit NetModel(const Model& model);
  ~NetModel();
  NetModel(const NetModel&) = delete;
  NetModel& operator=(const NetModel&) = delete;

  void operator()(std::span<const double> u, std::span<double> out) const;

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

// The mean net of each option at each point of a belief: [point * options + option], the first
// quantity slowest.
[[nodiscard]] std::vector<double> belief_means(const Model& model, const Belief& belief,
                                               std::uint64_t samples, const RunOptions& options);

}  // namespace redline::exposure

#pragma once
// The names that completion offers. Read from the files as they stand, without checking them: a
// shell waits for the answer at every key.

#include <cstdint>
#include <string>
#include <vector>

namespace redline::app {

struct Candidate {
  std::string word;
  std::string note;  // what it is, for shells that show it
};

enum class Names : std::uint8_t { kChips, kSystems, kModels, kRules, kBills, kPlaces, kScenarios };

// Of all folders, the base first; a name that stands in several is given once, as the last has it.
[[nodiscard]] std::vector<Candidate> candidates(const std::vector<std::string>& folders,
                                                Names names);

// The quantities that --set takes, and the error codes with their titles.
[[nodiscard]] std::vector<Candidate> quantity_candidates();
[[nodiscard]] std::vector<Candidate> code_candidates();

}  // namespace redline::app

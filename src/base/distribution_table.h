#pragma once
// What a distribution holds beyond three numbers.

#include <vector>

#include "redline/distribution.h"

namespace redline {

struct Distribution::Table {
  // Ascending: the values of kEmpirical, the cumulative shares of kZipf; the weights of kMixture.
  std::vector<double> values{};
  std::vector<Distribution> parts{};  // of kMixture

  friend bool operator==(const Table&, const Table&) = default;
};

}  // namespace redline

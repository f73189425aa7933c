// How unevenly tokens fall on the ranks that hold the experts.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "redline/random.h"
#include "redline/simulation.h"

namespace redline {

double expert_imbalance(std::span<const double> popularity, int ranks, bool balanced) {
  std::vector<double> load(static_cast<std::size_t>(std::max(1, ranks)), 0.0);
  const std::size_t each = (popularity.size() + load.size() - 1) / load.size();
  std::vector<double> sorted(popularity.begin(), popularity.end());
  if (balanced) {
    std::sort(sorted.begin(), sorted.end(), std::greater<>());
  }
  std::vector<std::size_t> held(load.size(), 0);
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    std::size_t rank = i / each;
    if (balanced) {  // the next most popular goes where there is least to do and room
      rank = load.size();
      for (std::size_t r = 0; r < load.size(); ++r) {
        if (held[r] < each && (rank == load.size() || load[r] < load[rank])) {
          rank = r;
        }
      }
    }
    load[rank] += sorted[i];
    ++held[rank];
  }
  const double sum = std::accumulate(load.begin(), load.end(), 0.0);
  const double most = *std::max_element(load.begin(), load.end());
  return sum > 0.0 ? most * static_cast<double>(load.size()) / sum : 1.0;
}

std::vector<double> zipf_popularity(int experts, double exponent, std::uint64_t seed) {
  constexpr std::uint64_t kStream = 102;
  std::vector<double> found(static_cast<std::size_t>(std::max(0, experts)));
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < found.size(); ++i) {
    order.emplace_back(uniform(seed, kStream, i), i);
  }
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    found[order[i].second] = std::pow(static_cast<double>(i + 1), -exponent);
  }
  return found;
}

}  // namespace redline

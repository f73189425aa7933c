#pragma once
// Work that threads share.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace redline {

// Calls work(i) once for each i below `count`, in any order, on so many threads. `work` does not
// throw.
template <class Work>
void for_each_index(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      work(i);
    }
  };
  std::vector<std::jthread> helpers;
  for (std::size_t t = 1; t < std::min<std::size_t>(threads, count); ++t) {
    helpers.emplace_back(take);
  }
  take();
}

}  // namespace redline

#include "base/nearest.h"

#include <algorithm>

namespace redline {

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return to_lower(c); });
  return lower;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

int edit_distance(std::string_view a_text, std::string_view b_text) {
  const std::string a = to_lower(a_text);
  const std::string b = to_lower(b_text);
  const std::size_t width = b.size() + 1;
  std::vector<int> before(width), last(width), now(width);
  for (std::size_t j = 0; j < width; ++j) {
    last[j] = static_cast<int>(j);
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = static_cast<int>(i);
    for (std::size_t j = 1; j < width; ++j) {
      const int cost = a[i - 1] == b[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, now);
  }
  return last[width - 1];
}

std::vector<std::string_view> nearest_names(std::string_view name,
                                            const std::vector<std::string_view>& candidates,
                                            std::size_t most) {
  // Very long input is no typing mistake; the distance would cost its square.
  constexpr std::size_t kLongest = 64;
  if (name.empty() || name.size() > kLongest) {
    return {};
  }
  const int limit = std::max(1, static_cast<int>(name.size()) / 3);
  struct Scored {
    int distance;
    std::size_t index;
  };
  std::vector<Scored> scored;
  const std::string lower = to_lower(name);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::string candidate = to_lower(candidates[i].substr(0, kLongest));
    int distance = edit_distance(lower, candidate);
    if (lower.size() >= 3 && candidate.find(lower) != std::string::npos) {
      distance = std::min(distance, 1);
    }
    if (distance <= limit) {
      scored.push_back({distance, i});
    }
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const Scored& a, const Scored& b) { return a.distance < b.distance; });
  std::vector<std::string_view> names;
  for (const Scored& s : scored) {
    if (names.size() == most) {
      break;
    }
    if (std::find(names.begin(), names.end(), candidates[s.index]) == names.end()) {
      names.push_back(candidates[s.index]);
    }
  }
  return names;
}

}  // namespace redline

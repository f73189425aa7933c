#pragma once
// "Did you mean": the names nearest to a mistyped one.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redline {

// Damerau-Levenshtein distance (adjacent transpositions count one), case-insensitive for ASCII.
[[nodiscard]] int edit_distance(std::string_view a, std::string_view b);

// At most `most` names within a distance that grows with the length of `name`, nearest first, ties
// in the given order. A name that contains the text, or is contained, counts as near.
[[nodiscard]] std::vector<std::string_view> nearest_names(
    std::string_view name, const std::vector<std::string_view>& candidates, std::size_t most = 3);

// "did you mean 'h20-96gb'?", or `otherwise` where nothing is near.
template <class Names>
[[nodiscard]] std::string did_you_mean(std::string_view name, const Names& candidates,
                                       std::string_view otherwise) {
  const auto near = nearest_names(name, {candidates.begin(), candidates.end()}, 1);
  return near.empty() ? std::string(otherwise)
                      : "did you mean '" + std::string(near.front()) + "'?";
}

// ASCII lower case; the names of chips, keys and codes are ASCII.
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace redline

#pragma once
// Words with named places, "{n} points": unlike a format string, a wrong one cannot fail.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redline::results {

// Replaces each "{name}" that has a value; anything else stays as it is.
[[nodiscard]] std::string fill_template(
    std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& values);

}  // namespace redline::results

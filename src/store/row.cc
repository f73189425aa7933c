#include "store/row.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include <fmt/format.h>

namespace redline::store {
namespace {

constexpr std::string_view kBegin = "{\"point\":";
constexpr std::string_view kStatus = ",\"status\":\"";

}  // namespace

std::optional<Row> parse_row(std::string line) {
  std::string_view rest = line;
  if (!rest.starts_with(kBegin) || !rest.ends_with('}')) {
    return std::nullopt;
  }
  rest.remove_prefix(kBegin.size());
  Row row;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), row.point);
  if (error != std::errc()) {
    return std::nullopt;
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (!rest.starts_with(kStatus)) {
    return std::nullopt;
  }
  rest.remove_prefix(kStatus.size());
  const std::string_view word = rest.substr(0, rest.find('"'));
  const auto* found = std::find(kStatusNames.begin(), kStatusNames.end(), word);
  if (found == kStatusNames.end()) {
    return std::nullopt;
  }
  row.status = static_cast<Status>(found - kStatusNames.begin());
  row.text = std::move(line);
  return row;
}

Row make_row(std::uint64_t point, Status status, std::string_view rest) {
  return {point, status,
          fmt::format("{}{}{}{}\"{}", kBegin, point, kStatus,
                      kStatusNames[static_cast<std::size_t>(status)], rest)};
}

std::uint64_t Tally::rows() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace redline::store

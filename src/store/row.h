#pragma once
// A row of a long run: the answer to one point, as one line of JSON that begins
// {"point":N,"status":"…".

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redline::store {

// done: answered; infeasible: what is asked for cannot be; unknown: not known; error: the request
// cannot be worked out.
enum class Status : std::uint8_t { kDone, kInfeasible, kUnknown, kError };
inline constexpr std::array<std::string_view, 4> kStatusNames{"done", "infeasible", "unknown",
                                                              "error"};

struct Row {
  std::uint64_t point = 0;
  Status status = Status::kDone;
  std::string text;  // without the newline
};

// Point and status as the line says them; none where it does not begin as a row does.
[[nodiscard]] std::optional<Row> parse_row(std::string line);
// {"point":N,"status":"done" and the members that `rest` holds, such as ,"answers":[]}
[[nodiscard]] Row make_row(std::uint64_t point, Status status, std::string_view rest);

// How many rows ended how.
class Tally {
 public:
  void add(Status status, std::uint64_t count = 1) {
    counts_[static_cast<std::size_t>(status)] += count;
  }
  [[nodiscard]] std::uint64_t of(Status status) const {
    return counts_[static_cast<std::size_t>(status)];
  }
  [[nodiscard]] std::uint64_t rows() const;

 private:
  std::array<std::uint64_t, kStatusNames.size()> counts_{};
};

}  // namespace redline::store

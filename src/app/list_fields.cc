#include "app/list_fields.h"

#include <charconv>

namespace redline::app {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(',');
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good && value >= 1 && value <= kMostWhole ? std::optional(value) : std::nullopt;
}

std::vector<Variation> ListFields::variations() const {
  std::vector<std::string> problems;
  std::vector<Variation> list = read_variations(fields_.text("vary"), problems);
  for (std::string& one : problems) {
    problem_(std::move(one), {});
  }
  return list;
}

std::size_t ListFields::top() const {
  constexpr std::size_t kUsual = 5;
  constexpr std::int64_t kMost = 1000;
  if (!fields_.has("top")) {
    return kUsual;
  }
  const auto top = fields_.count("top");
  if (!top || *top > kMost) {
    problem_(fmt::format("field 'top' must be a whole number from 1 to {}", kMost), {});
    return kUsual;
  }
  return static_cast<std::size_t>(*top);
}

}  // namespace redline::app

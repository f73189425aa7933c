#include "results/text_template.h"

#include <algorithm>

namespace redline::results {

std::string fill_template(std::string_view text,
                          const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    const auto value = std::find_if(values.begin(), values.end(), [&](const auto& entry) {
      return close != std::string_view::npos && text.substr(1, close - 1) == entry.first;
    });
    if (value != values.end()) {
      out += value->second;
      text.remove_prefix(close + 1);
    } else if (!text.empty()) {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace redline::results

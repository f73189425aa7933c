#include "app/estimate_text.h"

#include <array>

#include <fmt/format.h>

namespace redline::app {

std::string time_text(double seconds) {
  struct Scale {
    double unit;
    std::string_view name;
  };
  constexpr auto kScales = std::to_array<Scale>({{1.0, "s"}, {1e-3, "ms"}, {1e-6, "µs"}});
  for (const Scale& scale : kScales) {
    if (seconds >= scale.unit) {
      return fmt::format("{} {}", results::format_number(seconds / scale.unit, 3), scale.name);
    }
  }
  return fmt::format("{} µs", results::format_number(seconds * 1e6, 3));
}

Json texts_json(const std::vector<Message>& messages) {
  Json list = Json::array();
  for (const Message& message : messages) {
    list.push_back(message.english());
  }
  return list;
}

void describe_assumptions(const std::vector<Message>& assumptions, const results::Words& say,
                          std::vector<Block>& blocks) {
  std::string text;
  for (const Message& assumption : assumptions) {
    text += (text.empty() ? "" : "; ") + say(assumption);
  }
  if (!text.empty()) {
    blocks.emplace_back(Paragraph{say("Taken as given: {what}.", {{"what", text}}), 0});
  }
}

}  // namespace redline::app

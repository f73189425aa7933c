#include "redline/message.h"

#include <algorithm>

namespace redline {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Calls `literal` and `name` for the parts of a template in order.
template <class L, class N>
void for_each_part(std::string_view text, const L& literal, const N& name) {
  while (!text.empty()) {
    const auto open = text.find('{');
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      literal(text);
      return;
    }
    const std::string_view inside = text.substr(open + 1, close - open - 1);
    if (is_name(inside)) {
      literal(text.substr(0, open));
      name(inside);
      text.remove_prefix(close + 1);
    } else {
      literal(text.substr(0, open + 1));
      text.remove_prefix(open + 1);
    }
  }
}

}  // namespace

std::string fill_template(std::string_view text, const std::vector<Message::Argument>& args) {
  std::string out;
  out.reserve(text.size());
  for_each_part(
      text, [&out](std::string_view part) { out += part; },
      [&](std::string_view name) {
        const auto found = std::find_if(args.begin(), args.end(),
                                        [name](const auto& arg) { return arg.first == name; });
        if (found != args.end()) {
          out += found->second;
        } else {
          out.append("{").append(name).append("}");
        }
      });
  return out;
}

std::vector<std::string> placeholders_of(std::string_view text) {
  std::vector<std::string> names;
  for_each_part(
      text, [](std::string_view) {}, [&names](std::string_view name) { names.emplace_back(name); });
  return names;
}

std::string Message::english() const { return args.empty() ? text : fill_template(text, args); }

}  // namespace redline

#include "server/message.h"

#include <algorithm>

#include "base/nearest.h"

namespace redline::server {

std::vector<std::string_view> parts_of(std::string_view list, char between) {
  std::vector<std::string_view> parts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(between), list.size());
    std::string_view one = list.substr(0, end);
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (!one.empty()) {
      parts.push_back(one);
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) {
      return value;
    }
  }
  return {};
}

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

}  // namespace redline::server

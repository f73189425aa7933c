#pragma once
// Fields of a search: lists of the values that a dimension may have, such as "4,8".

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/step_fields.h"
#include "app/vary.h"

namespace redline::app {

inline constexpr int kMostWhole = 1'000'000;

[[nodiscard]] std::vector<std::string> split_list(std::string_view text);
// From 1 to kMostWhole.
[[nodiscard]] std::optional<int> whole_number(std::string_view text);

class ListFields {
 public:
  using Problem = std::function<void(std::string message, std::vector<std::string> help)>;
  // The fields must outlive it; `problem` takes every message.
  ListFields(const Fields& fields, Problem problem)
      : fields_(fields), problem_(std::move(problem)) {}

  // Leaves the values as they are where the field is not there.
  template <class Int>
  void numbers(std::string_view name, std::vector<Int>& values) const {
    if (!fields_.has(name)) {
      return;
    }
    std::vector<Int> stated;
    for (const std::string& word : split_list(fields_.text(name))) {
      const auto value = whole_number(word);
      if (!value) {
        problem_(fmt::format("field '{}' must be whole numbers such as 4,8", name), {});
        return;
      }
      stated.push_back(*value);
    }
    values = std::move(stated);
  }
  template <class E, std::size_t N>
  void names(std::string_view name, const std::array<std::string_view, N>& words,
             std::vector<E>& values) const {
    if (!fields_.has(name)) {
      return;
    }
    std::vector<E> stated;
    for (const std::string& word : split_list(fields_.text(name))) {
      const auto found = std::find(words.begin(), words.end(), word);
      if (found == words.end()) {
        problem_(fmt::format("field '{}' must be of {}", name, fmt::join(words, ", ")), {});
        return;
      }
      stated.push_back(static_cast<E>(found - words.begin()));
    }
    values = std::move(stated);
  }
  // The objective and those of `pareto`, or else the usual ones (none where empty), each once.
  // `allowed` says itself why one cannot be.
  template <class E, std::size_t N, class Allowed>
  [[nodiscard]] std::vector<E> objectives(const std::array<std::string_view, N>& words,
                                          std::string_view usual, std::string_view usual_pareto,
                                          const Allowed& allowed) const {
    const auto or_usual = [this](std::string_view name, std::string_view otherwise) {
      const std::string text = fields_.text(name);
      return text.empty() ? std::string(otherwise) : text;
    };
    std::vector<std::string> asked{or_usual("objective", usual)};
    if (const std::string more = or_usual("pareto", usual_pareto); !more.empty()) {
      const auto others = split_list(more);
      asked.insert(asked.end(), others.begin(), others.end());
    }
    std::vector<E> list;
    for (const std::string& word : asked) {
      const auto found = std::find(words.begin(), words.end(), word);
      if (found == words.end()) {
        problem_(fmt::format("there is no objective '{}'", word),
                 {fmt::format("objectives are {}", fmt::join(words, ", "))});
        continue;
      }
      const auto one = static_cast<E>(found - words.begin());
      if (std::find(list.begin(), list.end(), one) == list.end() && allowed(one)) {
        list.push_back(one);
      }
    }
    return list;
  }
  [[nodiscard]] std::vector<Variation> variations() const;
  // How many of the best to keep.
  [[nodiscard]] std::size_t top() const;

 private:
  const Fields& fields_;
  Problem problem_;
};

}  // namespace redline::app

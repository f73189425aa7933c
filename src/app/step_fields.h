#pragma once
// Fields of rows about whole steps: the model, formats and parallelism that were run.

#include <optional>
#include <string>
#include <string_view>

#include "redline/step.h"

#include "app/report.h"

namespace redline::app {

[[nodiscard]] inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// An object within a row; an empty one where there is none.
[[nodiscard]] const Json& part_of(const Json& fields, std::string_view name);

// Values of one part of a row; what is missing is none.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(&object) {}
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> count(std::string_view name) const;  // at least 1
  [[nodiscard]] std::string text(std::string_view name) const;  // lower case; numbers as they stand
  [[nodiscard]] bool truth(std::string_view name) const;
  // "2s", "50 ms", or a number of seconds; none where it is not above zero.
  [[nodiscard]] std::optional<double> seconds(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;

 private:
  const Json* object_;
};

// The model of a row from its dimensions; none where they are not all there.
[[nodiscard]] std::optional<LlmModel> model_of_fields(const Fields& fields);
// Formats from words such as "fp8 + fp8 KV" or "AWQ-INT4".
[[nodiscard]] Precision precision_of_words(std::string_view words);

[[nodiscard]] bool same_formats(const Precision& a, const Precision& b);

// Splits a stage over so many ranks; experts that are not spread over ranks are split with it.
void split_tensor(Shard& shard, const LlmModel& model, int ranks);

}  // namespace redline::app

#pragma once
// The fields of a config.json, read one by one; every problem is gathered with its place.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"

#include "data/json_node.h"

namespace redline {

// Bounds of a size; beyond them no model is meant.
struct SizeBounds {
  int least = 1;
  int most = 0;
};
inline constexpr SizeBounds kLayerBounds{1, 10'000};
inline constexpr SizeBounds kHeadBounds{1, 100'000};
inline constexpr SizeBounds kExpertBounds{1, 100'000};
inline constexpr SizeBounds kWidthBounds{1, 1'000'000};
inline constexpr SizeBounds kVocabularyBounds{1, 10'000'000};
inline constexpr SizeBounds kTokenBounds{1, 1'000'000'000};
[[nodiscard]] constexpr SizeBounds or_none(SizeBounds bounds) { return {0, bounds.most}; }

// The names that a field goes by; the first is what errors call it where there is none.
using FieldNames = std::initializer_list<std::string_view>;

class ConfigFields {
 public:
  // `object` describes the language model, `outer` the whole file: the same, or around it.
  ConfigFields(data::JsonNode object, data::JsonNode outer, Diagnostics& errors)
      : object_(object), outer_(outer), errors_(errors) {}

  // The first of the names that says something; absent (null counts so) if none does.
  [[nodiscard]] data::JsonNode find(FieldNames names) const;
  // The same, of the whole file where the language model does not say.
  [[nodiscard]] data::JsonNode find_anywhere(FieldNames names) const;

  // A size that must be there, 0 with the problem reported; `doc` says what it is.
  int size(FieldNames names, SizeBounds bounds, std::string_view doc);
  // `otherwise` where it is not said, 0 with the problem reported.
  int size_or(FieldNames names, SizeBounds bounds, int otherwise);
  // None where it is not said, or with the problem reported.
  std::optional<int> optional_size(FieldNames names, SizeBounds bounds);
  bool flag_or(FieldNames names, bool otherwise);
  bool flag_or(const data::JsonNode& node, bool otherwise);
  // Empty where it is not said, or with the problem reported.
  std::string text(const data::JsonNode& node);

  // The number that an element or a field holds, none with the problem reported.
  std::optional<int> size_of(const data::JsonNode& node, SizeBounds bounds);

  void missing(std::string_view name, std::string_view doc);
  void wrong_type(const data::JsonNode& node, std::string_view expected);
  void report(Code code, std::string message, const data::JsonNode& node,
              std::vector<std::string> help = {});
  // The place of a field, or of the object if it is not there.
  void report(Code code, std::string message, FieldNames names, std::vector<std::string> help = {});

 private:
  data::JsonNode object_;
  data::JsonNode outer_;
  Diagnostics& errors_;
};

}  // namespace redline

#include "catalog/config_fields.h"

#include <fmt/format.h>

#include "base/nearest.h"

namespace redline {
namespace {

data::JsonNode first_of(const data::JsonNode& object, FieldNames names) {
  for (const std::string_view name : names) {
    if (const data::JsonNode node = object.find(name)) {
      return node;
    }
  }
  return object.find(*names.begin());  // null, or absent
}

}  // namespace

data::JsonNode ConfigFields::find(FieldNames names) const { return first_of(object_, names); }

data::JsonNode ConfigFields::find_anywhere(FieldNames names) const {
  const data::JsonNode inner = first_of(object_, names);
  return inner ? inner : first_of(outer_, names);
}

int ConfigFields::size(FieldNames names, SizeBounds bounds, std::string_view doc) {
  const data::JsonNode node = find(names);
  if (!node) {
    missing(*names.begin(), doc);
    return 0;
  }
  return size_of(node, bounds).value_or(0);
}

int ConfigFields::size_or(FieldNames names, SizeBounds bounds, int otherwise) {
  const data::JsonNode node = find(names);
  return node ? size_of(node, bounds).value_or(0) : otherwise;
}

std::optional<int> ConfigFields::optional_size(FieldNames names, SizeBounds bounds) {
  const data::JsonNode node = find(names);
  return node ? size_of(node, bounds) : std::nullopt;
}

bool ConfigFields::flag_or(FieldNames names, bool otherwise) {
  return flag_or(find(names), otherwise);
}

bool ConfigFields::flag_or(const data::JsonNode& node, bool otherwise) {
  if (!node) {
    return otherwise;
  }
  const auto value = node.boolean();
  if (!value) {
    wrong_type(node, "true or false");
  }
  return value.value_or(otherwise);
}

std::string ConfigFields::text(const data::JsonNode& node) {
  if (!node) {
    return {};
  }
  auto value = node.string();
  if (!value) {
    wrong_type(node, "a text");
  }
  return std::move(value).value_or(std::string());
}

std::optional<int> ConfigFields::size_of(const data::JsonNode& node, SizeBounds bounds) {
  const auto value = node.integer();
  if (!value) {
    wrong_type(node, "an integer");
    return std::nullopt;
  }
  if (*value < bounds.least || *value > bounds.most) {
    const std::string limits = fmt::format("between {} and {}", bounds.least, bounds.most);
    errors_.push_back({Code::kOutOfRange,
                       fmt::format("'{}' is {}, and that is out of range", node.key(), *value),
                       node.span(),
                       {fmt::format("it must be {}", limits)},
                       fmt::format("must be {}", limits)});
    return std::nullopt;
  }
  return static_cast<int>(*value);
}

void ConfigFields::missing(std::string_view name, std::string_view doc) {
  std::vector<std::string> help;
  const std::vector<std::string> keys = object_.keys();
  // A name that contains the other is near too, and says nothing here: "vocab_size" of "size".
  for (const std::string_view near : nearest_names(name, {keys.begin(), keys.end()})) {
    if (edit_distance(name, near) <= 2) {
      help.push_back(fmt::format("is '{}' meant as '{}'?", near, name));
    }
  }
  help.push_back(fmt::format("add \"{}\": … ({})", name, doc));
  errors_.push_back({Code::kMissingKey,
                     fmt::format("this config has no '{}'", name),
                     object_.span(),
                     std::move(help),
                     {}});
}

void ConfigFields::wrong_type(const data::JsonNode& node, std::string_view expected) {
  errors_.push_back(
      {Code::kWrongType,
       fmt::format("'{}' is {}, and must be {}", node.key(), describe(node.kind()), expected),
       node.span(),
       {},
       fmt::format("expected {}", expected)});
}

void ConfigFields::report(Code code, std::string message, const data::JsonNode& node,
                          std::vector<std::string> help) {
  errors_.push_back({code, std::move(message), node.span(), std::move(help), {}});
}

void ConfigFields::report(Code code, std::string message, FieldNames names,
                          std::vector<std::string> help) {
  report(code, std::move(message), find(names), std::move(help));
}

}  // namespace redline

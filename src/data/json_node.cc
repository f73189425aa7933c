#include "data/json_node.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "data/json_text.h"

namespace redline::data {
namespace {

using Json = nlohmann::ordered_json;

const Json& as_json(const void* value) { return *static_cast<const Json*>(value); }

}  // namespace

struct JsonDocument::Impl {
  std::string file;
  std::string text;
  std::size_t begin = 0;
  Json root;
};

std::string_view describe(JsonKind kind) {
  switch (kind) {
    case JsonKind::kAbsent:
      return "nothing";
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBool:
      return "true or false";
    case JsonKind::kInteger:
      return "an integer";
    case JsonKind::kFloat:
      return "a number";
    case JsonKind::kString:
      return "a text";
    case JsonKind::kList:
      return "a list";
    case JsonKind::kObject:
      return "an object";
  }
  return "?";
}

JsonKind JsonNode::kind() const {
  if (value_ == nullptr) {
    return JsonKind::kAbsent;
  }
  const Json& json = as_json(value_);
  return json.is_object()           ? JsonKind::kObject
         : json.is_array()          ? JsonKind::kList
         : json.is_string()         ? JsonKind::kString
         : json.is_boolean()        ? JsonKind::kBool
         : json.is_number_integer() ? JsonKind::kInteger
         : json.is_number()         ? JsonKind::kFloat
                                    : JsonKind::kNull;
}

std::optional<std::string> JsonNode::string() const {
  return kind() == JsonKind::kString ? std::optional(as_json(value_).get<std::string>())
                                     : std::nullopt;
}

std::optional<std::int64_t> JsonNode::integer() const {
  if (kind() != JsonKind::kInteger) {
    return std::nullopt;
  }
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const Json& json = as_json(value_);
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(kMost)) {
    return kMost;
  }
  return json.get<std::int64_t>();
}

std::optional<bool> JsonNode::boolean() const {
  return kind() == JsonKind::kBool ? std::optional(as_json(value_).get<bool>()) : std::nullopt;
}

std::vector<JsonNode> JsonNode::items() const {
  std::vector<JsonNode> list;
  if (kind() != JsonKind::kList) {
    return list;
  }
  const std::string_view text = document_->impl_->text;
  const bool told = place_.at < text.size() && text[place_.at] == '[';
  std::size_t at = told ? skip_blanks(text, place_.at + 1, true) : kNowhere;
  for (const Json& item : as_json(value_)) {
    list.push_back(JsonNode(document_, key_, &item, {told ? at : place_.shown, at}));
    at = told ? skip_blanks(text, end_of_value(text, at), true) : kNowhere;
  }
  return list;
}

JsonNode JsonNode::find(std::string_view key) const {
  JsonNode absent(document_, {}, nullptr, {place_.shown, kNowhere});
  if (kind() != JsonKind::kObject) {
    return absent;
  }
  const Json& json = as_json(value_);
  const auto found = json.find(key);
  if (found == json.end()) {
    return absent;
  }
  // A key with escapes does not stand in the text as it reads: then the object is shown.
  const std::string_view text = document_->impl_->text;
  const bool told = place_.at < text.size() && text[place_.at] == '{';
  const KeyPlace place = told ? find_key(text, place_.at, key) : KeyPlace{};
  const std::size_t shown = place.key == kNowhere ? place_.shown : place.key;
  return JsonNode(document_, found.key(), &*found, {shown, place.value});
}

std::vector<std::string> JsonNode::keys() const {
  std::vector<std::string> keys;
  if (kind() == JsonKind::kObject) {
    for (const auto& [key, value] : as_json(value_).items()) {
      keys.push_back(key);
    }
  }
  return keys;
}

SourceSpan JsonNode::span() const {
  const JsonDocument::Impl& document = *document_->impl_;
  SourceSpan span = span_at(document.file, document.text, place_.shown);
  const std::string_view text = document.text;
  if (place_.shown < text.size() && text[place_.shown] != '{' && text[place_.shown] != '[') {
    span.length = static_cast<int>(end_of_value(text, place_.shown) - place_.shown);
  }
  return span;
}

JsonDocument::JsonDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

JsonNode JsonDocument::root() const {
  return JsonNode(this, {}, &impl_->root, {impl_->begin, impl_->begin});
}

Loaded<JsonDocument> JsonDocument::parse(std::string file, std::string text, Code syntax) {
  auto impl = std::make_unique<Impl>();
  impl->file = std::move(file);
  impl->text = std::move(text);
  const std::string_view all = impl->text;
  impl->begin = begin_of_json(all);
  const std::string_view json = all.substr(std::min(impl->begin, all.size()));
  const auto fault = [&](JsonFault found) {
    SourceSpan span = span_at(impl->file, all, impl->begin + found.at);
    return tl::unexpected(Diagnostics{
        {syntax, std::move(found.message), std::move(span), {std::move(found.help)}, {}}});
  };
  try {
    impl->root = Json::parse(json.begin(), json.end());
  } catch (const Json::exception& error) {
    return fault(fault_of(error, json, "this is not JSON"));
  }
  if (!impl->root.is_object()) {
    return fault({"this is not a JSON object", 0, "expected { \"model_type\": … }"});
  }
  return JsonDocument(std::move(impl));
}

}  // namespace redline::data

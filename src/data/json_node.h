#pragma once
// A JSON object of the user's with places, behind an interface that does not show the JSON library.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"

namespace redline::data {

enum class JsonKind : std::uint8_t {
  kAbsent,
  kNull,
  kBool,
  kInteger,
  kFloat,
  kString,
  kList,
  kObject,
};

// "a text", "a list" …, for messages.
[[nodiscard]] std::string_view describe(JsonKind kind);

class JsonDocument;

// A value inside a JsonDocument; valid as long as the document lives.
class JsonNode {
 public:
  JsonNode() = default;

  [[nodiscard]] JsonKind kind() const;
  // Whether it says anything: null says as much as a key that is not there.
  [[nodiscard]] explicit operator bool() const { return kind() > JsonKind::kNull; }

  // The value if the node holds that kind. An integer beyond 64 bits is the largest of its sign.
  [[nodiscard]] std::optional<std::string> string() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<bool> boolean() const;

  // Elements of a list; none of anything else.
  [[nodiscard]] std::vector<JsonNode> items() const;
  // A member of an object; absent from anything else.
  [[nodiscard]] JsonNode find(std::string_view key) const;
  // The keys of an object in the order of the text.
  [[nodiscard]] std::vector<std::string> keys() const;

  // The key it stands under; of an element of a list, that of the list.
  [[nodiscard]] std::string_view key() const { return key_; }
  // The place of its key, or of itself if it has none; of what holds it if it is absent.
  [[nodiscard]] SourceSpan span() const;

 private:
  friend class JsonDocument;
  struct Place {
    std::size_t shown = 0;  // where errors point
    std::size_t at = 0;     // where the value begins; npos if the text does not tell
  };
  JsonNode(const JsonDocument* document, std::string_view key, const void* value, Place place)
      : document_(document), key_(key), value_(value), place_(place) {}

  const JsonDocument* document_ = nullptr;
  std::string_view key_;
  const void* value_ = nullptr;  // null if absent
  Place place_;
};

class JsonDocument {
 public:
  // Errors (`syntax`): what is not JSON, or not an object.
  [[nodiscard]] static Loaded<JsonDocument> parse(std::string file, std::string text, Code syntax);
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  [[nodiscard]] JsonNode root() const;

 private:
  friend class JsonNode;
  struct Impl;
  explicit JsonDocument(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace redline::data

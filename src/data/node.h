#pragma once
// A TOML document with positions, behind an interface that does not show the TOML library.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/date.h"
#include "redline/error.h"

namespace redline::data {

enum class NodeKind : std::uint8_t {
  kAbsent,
  kString,
  kInteger,
  kFloat,
  kBool,
  kDate,
  kTime,
  kArray,
  kTable,
};

// "a text", "a list" …, for messages.
[[nodiscard]] std::string_view describe(NodeKind kind);

class Document;

// A value inside a Document; valid as long as the document lives.
class Node {
 public:
  Node() = default;
  Node(const Document* document, const void* toml_node) : document_(document), node_(toml_node) {}

  [[nodiscard]] NodeKind kind() const;
  [[nodiscard]] explicit operator bool() const { return node_ != nullptr; }

  // The value if the node holds that kind. `number` accepts integers too.
  [[nodiscard]] std::optional<std::string_view> string() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] std::optional<double> number() const;
  [[nodiscard]] std::optional<bool> boolean() const;
  [[nodiscard]] std::optional<Date> date() const;  // calendar dates that exist

  // Elements of a list.
  [[nodiscard]] std::vector<Node> items() const;

  struct Entry;
  // Keys of a table in the order of the file.
  [[nodiscard]] std::vector<Entry> entries() const;
  [[nodiscard]] Node find(std::string_view key) const;

  [[nodiscard]] SourceSpan span() const;
  // The place of character `offset` inside a text value, for errors within expressions.
  [[nodiscard]] SourceSpan span_within(std::size_t offset, std::size_t length) const;

 private:
  const Document* document_ = nullptr;
  const void* node_ = nullptr;
};

struct Node::Entry {
  std::string_view key;
  SourceSpan key_span;
  Node value;
};

// One parsed file. Syntax errors are collected: the offending line is left out and reading goes on,
// so one run reports every problem of a file.
class Document {
 public:
  // `file` is the name that errors show. Never fails: what could not be read is in `errors`.
  Document(std::string file, std::string text, Diagnostics& errors);
  ~Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  [[nodiscard]] Node root() const;
  [[nodiscard]] const std::string& file() const;
  [[nodiscard]] std::string_view line(int number) const;
  // True if lines were left out because of syntax errors: missing keys are then no news.
  [[nodiscard]] bool damaged() const;

 private:
  friend class Node;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redline::data

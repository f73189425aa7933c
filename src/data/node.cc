#include "data/node.h"

#include <algorithm>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>
#include <toml++/toml.h>

namespace redline::data {
namespace {

const toml::node& as_toml(const void* node) { return *static_cast<const toml::node*>(node); }

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

int characters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

// toml++ counts columns in characters too, but puts the end of a file behind its last newline.
SourceSpan span_at(const Document& document, toml::source_position at, int length) {
  SourceSpan span;
  span.file = document.file();
  span.line = static_cast<int>(at.line);
  span.length = std::max(1, length);
  span.text = std::string(document.line(span.line));
  span.column = std::clamp(static_cast<int>(at.column), 1, characters(span.text) + 1);
  return span;
}

// The byte at which the character of a 1-based column begins.
std::size_t byte_of(std::string_view line, int column) {
  std::size_t i = 0;
  for (int at = 0; i < line.size(); ++i) {
    at += continues(line[i]) ? 0 : 1;
    if (at >= column) {
      break;
    }
  }
  return i;
}

int region_length(const toml::source_region& region) {
  if (region.begin.line != region.end.line) {
    return 1;
  }
  return static_cast<int>(region.end.column) - static_cast<int>(region.begin.column);
}

}  // namespace

struct Document::Impl {
  std::string file;
  std::string text;
  std::vector<std::string_view> lines;
  toml::table root;
  bool damaged = false;
};

std::string_view describe(NodeKind kind) {
  switch (kind) {
    case NodeKind::kAbsent:
      return "nothing";
    case NodeKind::kString:
      return "a text";
    case NodeKind::kInteger:
      return "an integer";
    case NodeKind::kFloat:
      return "a number";
    case NodeKind::kBool:
      return "true or false";
    case NodeKind::kDate:
      return "a date";
    case NodeKind::kTime:
      return "a time of day";
    case NodeKind::kArray:
      return "a list";
    case NodeKind::kTable:
      return "a table";
  }
  return "a value";
}

Document::Document(std::string file, std::string text, Diagnostics& errors)
    : impl_(std::make_unique<Impl>()) {
  impl_->file = std::move(file);
  impl_->text = std::move(text);
  const std::string_view whole = impl_->text;
  for (std::size_t begin = 0; begin <= whole.size();) {
    const std::size_t end = std::min(whole.find('\n', begin), whole.size());
    std::string_view one = whole.substr(begin, end - begin);
    if (!one.empty() && one.back() == '\r') {
      one.remove_suffix(1);
    }
    impl_->lines.push_back(one);
    begin = end + 1;
  }
  constexpr int kMostSyntaxErrors = 20;
  std::string working = impl_->text;
  for (int i = 0; i < kMostSyntaxErrors; ++i) {
    toml::parse_result result = toml::parse(working, impl_->file);
    if (result) {
      impl_->root = std::move(result).table();
      return;
    }
    impl_->damaged = true;
    const toml::parse_error& problem = result.error();
    const toml::source_position at = problem.source().begin;
    Error error{
        Code::kTomlSyntax, std::string(problem.description()), span_at(*this, at, 1), {}, {}};
    errors.push_back(std::move(error));
    // Leave the offending line out and read on.
    std::size_t begin = 0;
    for (toml::source_index n = 1; n < at.line && begin < working.size(); ++n) {
      begin = std::min(working.find('\n', begin), working.size() - 1) + 1;
    }
    const std::size_t end = std::min(working.find('\n', begin), working.size());
    if (begin >= working.size() || working.find_first_not_of(" \t\r", begin) >= end) {
      return;  // nothing left to leave out: the rest cannot be recovered
    }
    std::fill(working.begin() + static_cast<std::ptrdiff_t>(begin),
              working.begin() + static_cast<std::ptrdiff_t>(end), ' ');
  }
}

Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

Node Document::root() const { return {this, &impl_->root}; }
const std::string& Document::file() const { return impl_->file; }
bool Document::damaged() const { return impl_->damaged; }

std::string_view Document::line(int number) const {
  const auto index = static_cast<std::size_t>(number - 1);
  return number >= 1 && index < impl_->lines.size() ? impl_->lines[index] : std::string_view{};
}

NodeKind Node::kind() const {
  if (node_ == nullptr) {
    return NodeKind::kAbsent;
  }
  switch (as_toml(node_).type()) {
    case toml::node_type::string:
      return NodeKind::kString;
    case toml::node_type::integer:
      return NodeKind::kInteger;
    case toml::node_type::floating_point:
      return NodeKind::kFloat;
    case toml::node_type::boolean:
      return NodeKind::kBool;
    case toml::node_type::date:
      return NodeKind::kDate;
    case toml::node_type::time:
    case toml::node_type::date_time:
      return NodeKind::kTime;
    case toml::node_type::array:
      return NodeKind::kArray;
    case toml::node_type::table:
      return NodeKind::kTable;
    case toml::node_type::none:
      break;
  }
  return NodeKind::kAbsent;
}

std::optional<std::string_view> Node::string() const {
  if (kind() != NodeKind::kString) {
    return std::nullopt;
  }
  return std::string_view(as_toml(node_).as_string()->get());
}

std::optional<std::int64_t> Node::integer() const {
  if (kind() != NodeKind::kInteger) {
    return std::nullopt;
  }
  return as_toml(node_).as_integer()->get();
}

std::optional<double> Node::number() const {
  if (const auto whole = integer()) {
    return static_cast<double>(*whole);
  }
  if (kind() != NodeKind::kFloat) {
    return std::nullopt;
  }
  return as_toml(node_).as_floating_point()->get();
}

std::optional<bool> Node::boolean() const {
  if (kind() != NodeKind::kBool) {
    return std::nullopt;
  }
  return as_toml(node_).as_boolean()->get();
}

std::optional<Date> Node::date() const {
  if (kind() != NodeKind::kDate) {
    return std::nullopt;
  }
  const toml::date d = as_toml(node_).as_date()->get();
  const std::chrono::year_month_day ymd{std::chrono::year{d.year}, std::chrono::month{d.month},
                                        std::chrono::day{d.day}};
  if (!ymd.ok()) {
    return std::nullopt;
  }
  return Date{ymd};
}

std::vector<Node> Node::items() const {
  std::vector<Node> nodes;
  if (kind() == NodeKind::kArray) {
    for (const toml::node& item : *as_toml(node_).as_array()) {
      nodes.emplace_back(document_, &item);
    }
  }
  return nodes;
}

std::vector<Node::Entry> Node::entries() const {
  std::vector<Entry> found;
  if (kind() == NodeKind::kTable) {
    for (const auto& [key, value] : *as_toml(node_).as_table()) {
      const toml::source_region& region = key.source();
      found.push_back({key.str(), span_at(*document_, region.begin, region_length(region)),
                       Node{document_, &value}});
    }
    // The library sorts keys by name; people expect the order of the file.
    std::stable_sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.key_span.line, a.key_span.column) <
             std::pair(b.key_span.line, b.key_span.column);
    });
  }
  return found;
}

Node Node::find(std::string_view key) const {
  if (kind() != NodeKind::kTable) {
    return {};
  }
  const toml::node* found = as_toml(node_).as_table()->get(key);
  return found == nullptr ? Node{} : Node{document_, found};
}

SourceSpan Node::span() const {
  if (node_ == nullptr) {
    return document_ == nullptr ? SourceSpan{} : SourceSpan{document_->file(), 0, 0, 1, {}};
  }
  const toml::source_region& region = as_toml(node_).source();
  return span_at(*document_, region.begin, region_length(region));
}

SourceSpan Node::span_within(std::size_t offset, std::size_t length) const {
  SourceSpan span = this->span();
  const auto text = string();
  if (!text) {
    return span;
  }
  // Only a plain one-line string maps one to one; for others the whole value is marked.
  const std::size_t at = span.text.find(*text, byte_of(span.text, span.column));
  if (at != std::string::npos) {
    span.column = characters(std::string_view(span.text).substr(0, at + offset)) + 1;
    span.length = static_cast<int>(std::max<std::size_t>(1, length));
  }
  return span;
}

}  // namespace redline::data

#pragma once
// A sentence for people, kept as an English template with named arguments so that another language
// can say it too.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redline {

struct Message {
  using Argument = std::pair<std::string, std::string>;

  Message() = default;
  // Converts from plain text: a sentence without arguments is its own template.
  Message(std::string template_text) : text(std::move(template_text)) {}  // NOLINT
  Message(std::string_view template_text) : text(template_text) {}        // NOLINT
  Message(const char* template_text) : text(template_text) {}             // NOLINT
  Message(std::string_view template_text, std::initializer_list<Argument> arguments)
      : text(template_text), args(arguments) {}

  std::string text;  // "exported from {country}"
  std::vector<Argument> args;

  [[nodiscard]] bool empty() const { return text.empty(); }
  [[nodiscard]] std::string english() const;

  friend bool operator==(const Message&, const Message&) = default;
};

// Puts the arguments into a template: {name} gives the argument of that name; a name without an
// argument, and a brace that opens none, stay as they are.
[[nodiscard]] std::string fill_template(std::string_view text,
                                        const std::vector<Message::Argument>& args);

// The names between braces, in the order of the text.
[[nodiscard]] std::vector<std::string> placeholders_of(std::string_view text);

}  // namespace redline

#include "cli/settings.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include <fmt/format.h>

namespace redline::cli {
namespace {

constexpr unsigned kMostThreads = 1024;

Result<std::uint64_t> number_option(const Arguments& arguments, std::string_view name,
                                    std::uint64_t otherwise) {
  const std::string text = arguments.value(name);
  if (text.empty()) {
    return otherwise;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(Code::kBadOptionValue, fmt::format("{} {}: expected a whole number", name, text));
  }
  return number;
}

Result<std::optional<unsigned>> threads_option(const Arguments& arguments) {
  if (!arguments.has("--threads")) {
    return std::nullopt;
  }
  RL_TRY(number, number_option(arguments, "--threads", 1));
  if (number == 0 || number > kMostThreads) {
    return fail(Code::kBadOptionValue,
                fmt::format("--threads {}: expected 1 to {}", number, kMostThreads));
  }
  return std::optional(static_cast<unsigned>(number));
}

// The place of the value in the list of choices; the first is the default.
Result<std::size_t> choice_option(const Arguments& arguments, std::string_view name) {
  const std::string text = arguments.value(name);
  if (!arguments.has(name)) {
    return std::size_t{0};
  }
  const auto common = common_options();
  const auto option = std::find_if(common.begin(), common.end(),
                                   [name](const Option& one) { return one.name == name; });
  RL_CHECK(option != common.end());
  const auto choices = choice_list(option->choices);
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found == choices.end()) {
    return fail(Code::kBadOptionValue,
                fmt::format("{} {}: expected {}", name, text, one_of(option->choices)));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

// --lang says it; else the locale does.
Result<results::Language> language_option(const std::string& text) {
  if (text.empty()) {
    return locale_language();
  }
  if (const auto language = results::find_language(text)) {
    return *language;
  }
  return fail(Code::kBadOptionValue, fmt::format("--lang {}: expected {}", text,
                                                 fmt::join(results::language_tags(), ", ")));
}

}  // namespace

unsigned Settings::search_threads() const {
  return threads.value_or(std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads));
}

std::string one_of(std::string_view choices) {
  const auto list = choice_list(choices);
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    text += i == 0 ? "" : i + 1 == list.size() ? " or " : ", ";
    text += list[i];
  }
  return text;
}

Result<results::Format> format_option(const Arguments& arguments) {
  const std::string name = arguments.value("--format");
  const std::string path = arguments.value("--output");
  auto format = results::Format::kTable;
  if (!name.empty()) {
    const auto found = results::find_format(name);
    if (!found) {
      return fail(Code::kBadOptionValue,
                  fmt::format("--format {}: expected table, json, ndjson, csv or markdown", name));
    }
    format = *found;
  } else if (arguments.has("--json")) {
    format = results::Format::kJson;
  } else if (!path.empty() && path != "-") {
    format = results::find_format_for_path(path).value_or(results::Format::kTable);
  }
  if (format == results::Format::kHtml && arguments.command->name != "classify" &&
      arguments.command->name != "impact") {
    return fail(Code::kBadOptionValue, "this command does not write HTML",
                {"`redline report`, `redline classify` and `redline impact` do; here use table, "
                 "json, ndjson, csv or markdown"});
  }
  return format;
}

Loaded<Settings> read_settings(const Arguments& arguments) {
  Settings settings;
  Diagnostics errors;
  const auto take = [&errors](auto result, auto& place) {
    using Value = std::remove_reference_t<decltype(place)>;
    if (result) {
      place = static_cast<Value>(*result);
    } else {
      errors.push_back(std::move(result).error());
    }
  };
  take(language_option(arguments.value("--lang")), settings.terminal.language);
  take(choice_option(arguments, "--color"), settings.terminal.color);
  take(choice_option(arguments, "--message-format"), settings.terminal.messages);
  take(choice_option(arguments, "--progress"), settings.progress);
  // A report is a folder, whatever its name; a section of it is not.
  if (arguments.command == nullptr || arguments.command->name != "report" ||
      arguments.has("--section")) {
    take(format_option(arguments), settings.format);
  }
  take(number_option(arguments, "--seed", 1), settings.seed);
  take(threads_option(arguments), settings.threads);
  settings.terminal.deny_warnings = arguments.has("--deny-warnings");
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return settings;
}

TerminalOptions peek_terminal(const std::vector<std::string>& words) {
  TerminalOptions options;
  options.language = language_option(peek_option(words, "--lang")).value_or(locale_language());
  const std::string color = peek_option(words, "--color");
  options.color = color == "always"  ? ColorChoice::kAlways
                  : color == "never" ? ColorChoice::kNever
                                     : ColorChoice::kAuto;
  if (peek_option(words, "--message-format") == "json") {
    options.messages = MessageFormat::kJson;
  }
  return options;
}

}  // namespace redline::cli

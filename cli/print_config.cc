#include "cli/print_config.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/workspace.h"
#include "results/utf8.h"

namespace redline::cli {
namespace {

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20U || c == '\x7f') {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string toml_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    out += (out.size() == 1 ? "" : ", ") + toml_text(text);
  }
  return out + "]";
}

struct Line {
  std::string value;  // TOML; empty: there is none
  std::string origin;
};

class Resolver {
 public:
  Resolver(const Arguments& arguments, const std::string& executable, const Settings& settings)
      : in_(arguments), executable_(executable), settings_(settings) {}

  [[nodiscard]] Line line(const Option& option) const {
    if (option.value.empty()) {
      return in_.has(option.name) ? Line{"true", "command line"} : Line{"false", "default"};
    }
    if (in_.has(option.name)) {
      const auto given = in_.values(option.name);
      return {option.repeated ? toml_list(given) : value(option, given.back()), "command line"};
    }
    if (option.repeated) {
      return {"[]", "default"};
    }
    if (option.name == "--lang") {
      std::string_view variable;
      const std::string_view tag = results::tag_of(locale_language(variable));
      return {toml_text(tag),
              variable.empty() ? "default" : fmt::format("environment: {}", variable)};
    }
    if (option.name == "--color" && !color_variable().empty()) {
      const std::string_view variable = color_variable();
      return {toml_text(variable == "NO_COLOR" ? "never" : "always"),
              fmt::format("environment: {}", variable)};
    }
    if (option.name == "--format" && settings_.format != results::Format::kTable) {
      return {toml_text(results::format_name(settings_.format)),
              in_.has("--json") ? "command line: --json" : "command line: the suffix of --output"};
    }
    if (option.name == "--hq") {
      return {toml_text(in_.has("--to") ? in_.value("--to") : "CN"), "default: --to"};
    }
    if (option.kind == ValueKind::kDate && !in_.has("--diff")) {
      const auto workspace = app::open_workspace({"", executable_, in_.values("--data"), {}});
      return {workspace ? toml_text(format_date(workspace->date)) : "",
              "default: date of the data set"};
    }
    return option.otherwise.empty() ? Line{"", "not given"}
                                    : Line{value(option, option.otherwise), "default"};
  }

 private:
  static std::string value(const Option& option, std::string_view text) {
    return option.kind == ValueKind::kNumber ? std::string(text) : toml_text(text);
  }

  const Arguments& in_;
  const std::string& executable_;
  const Settings& settings_;
};

}  // namespace

std::string print_config(const Arguments& arguments, const std::string& executable,
                         const Settings& settings) {
  const Command& command = *arguments.command;
  const Resolver resolver(arguments, executable, settings);
  std::vector<std::pair<std::string, std::string>> lines;  // and what stands behind the #
  for (const auto& list : {command.options, common_options()}) {
    for (const Option& option : list) {
      if (option.name == "--help" || option.name == "--print-config") {
        continue;
      }
      const Line line = resolver.line(option);
      const std::string key(option.name.substr(2));
      lines.emplace_back(
          line.value.empty() ? fmt::format("# {} =", key) : fmt::format("{} = {}", key, line.value),
          line.origin);
    }
  }
  int width = 0;
  for (const auto& [text, origin] : lines) {
    constexpr int kWidest = 40;
    width = std::max(width, std::min(results::display_width(text), kWidest));
  }
  std::string out = "# The request as it was understood; nothing was done.\n";
  out += fmt::format("command = {}\narguments = {}\n\n[options]\n", toml_text(command.name),
                     toml_list(arguments.positional));
  for (const auto& [text, origin] : lines) {
    out += fmt::format("{}  # {}\n", results::pad_right(text, width), origin);
  }
  return out;
}

}  // namespace redline::cli

#include "cli/reference.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/help.h"
#include "cli/man.h"

namespace redline::cli {
namespace {

// A cell of a table: a bar would end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '|' ? std::string("\\|") : std::string(1, c);
  }
  return out;
}

std::string option_table(std::span<const Option> options) {
  std::string text = "| Option | Meaning |\n|---|---|\n";
  for (const Option& option : options) {
    std::string names = option.short_name.empty() ? "" : fmt::format("`{}`, ", option.short_name);
    names += option.value.empty() ? fmt::format("`{}`", option.name)
                                  : fmt::format("`{} {}`", option.name, cell(option.value));
    text += fmt::format("| {} | {}{} |\n", names, cell(option.doc),
                        option.repeated ? "; may be repeated" : "");
  }
  return text;
}

std::string command_section(const Command& command, const results::Words& say) {
  std::string text = fmt::format("## redline {}\n\n{}.\n\n```text\n{}\n```\n\n", command.name,
                                 command.summary, usage_of(command, say));
  for (const std::string_view paragraph : description_of(command)) {
    text += fmt::format("{}\n\n", paragraph);
  }
  text += "```sh\n";
  for (const std::string_view example : command.examples) {
    text += fmt::format("{}\n", example);
  }
  text += "```\n\n";
  return command.options.empty() ? text : text + option_table(command.options) + "\n";
}

}  // namespace

std::string reference_page() {
  const results::Words say;
  std::string text =
      "# The command line\n\nGenerated from the table that the parser, the help, the manual pages "
      "and the completions read.\n\n";
  for (const Command& command : commands()) {
    std::string anchor = "redline " + std::string(command.name);
    std::replace(anchor.begin(), anchor.end(), ' ', '-');
    text += fmt::format("- [{}](#{}): {}\n", command.name, anchor, command.summary);
  }
  text += "\n";
  for (const Command& command : commands()) {
    text += command_section(command, say);
  }
  text += "## Options of every command\n\n" + option_table(common_options());
  text += "\n## Exit status\n\n| Status | Meaning |\n|---|---|\n";
  for (const StatusLine& line : exit_statuses()) {
    text += fmt::format("| {} | {} |\n", line.status, line.meaning);
  }
  text += "\n## Environment\n\n| Variable | Meaning |\n|---|---|\n";
  for (const NamedText& variable : environment_variables()) {
    text += fmt::format("| `{}` | {} |\n", variable.name, variable.text);
  }
  return text;
}

}  // namespace redline::cli

#include "cli/help.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/terminal.h"
#include "results/text_table.h"
#include "results/utf8.h"

namespace redline::cli {
namespace {

using results::Words;

constexpr int kWidth = 79;
constexpr int kColumn = 24;  // where the texts of options begin

std::string option_names(const Option& option) {
  std::string names = "  ";
  names += option.short_name.empty() ? "    " : fmt::format("{}, ", option.short_name);
  names += option.name;
  if (!option.value.empty()) {
    names += fmt::format(" {}", option.value);
  }
  return names;
}

// `left` and behind it, from the column on, the text; on lines of its own where `left` is long.
std::string beside(const std::string& left, std::string_view text, int column = kColumn) {
  const int width = results::display_width(left);
  const std::string wrapped = results::wrap(text, kWidth, column + 1);
  return width < column ? left + wrapped.substr(static_cast<std::size_t>(width)) + "\n"
                        : left + "\n" + wrapped + "\n";
}

// The first line of the text alone, cut where it would not fit.
std::string beside_short(const std::string& left, std::string_view text) {
  std::string padded = left;
  const int width = results::display_width(left);
  padded += std::string(static_cast<std::size_t>(std::max(2, kColumn + 1 - width)), ' ');
  const int room = kWidth - std::max(kColumn + 1, width + 2);
  return padded + results::truncate_to_width(text, room) + "\n";
}

std::string example_lines(std::span<const std::string_view> examples) {
  std::string text;
  for (const std::string_view example : examples) {
    text += fmt::format("  {}\n", example);
  }
  return text;
}

std::string command_line(const Command& command, const Words& say) {
  const std::string left = fmt::format("  {}{}{}", command.name,
                                       command.arguments.empty() ? "" : " ", command.arguments);
  return beside(left, say(command.summary));
}

}  // namespace

std::string usage_of(const Command& command, const Words& say) {
  return fmt::format("redline {} {}[{}]", command.name,
                     command.arguments.empty() ? "" : std::string(command.arguments) + " ",
                     say("options"));
}

std::vector<std::string_view> description_of(const Command& command) {
  std::vector<std::string_view> paragraphs;
  std::string_view rest = command.description;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    paragraphs.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return paragraphs;
}

std::vector<StatusLine> exit_statuses() {
  return {{kDone, "done"},
          {kFailIf, "ran, and a --fail-if condition holds, or a warning under --deny-warnings"},
          {kWrongUsage, "wrong usage"},
          {kBadData, "bad data"},
          {kNoAnswer, "no feasible answer"},
          {kOurBug, "our bug"},
          {kInterrupted, "interrupted; what was done is written"}};
}

std::string full_help(const Command& command, const Words& say) {
  std::string text = say("Examples") + "\n" + example_lines(command.examples);
  text +=
      fmt::format("\n{}: {}\n  {}\n", say("Usage"), usage_of(command, say), say(command.summary));
  for (const std::string_view paragraph : description_of(command)) {
    text += "\n" + results::wrap(say(paragraph), kWidth) + "\n";
  }
  if (!command.options.empty()) {
    text += "\n" + say("Options") + "\n";
    for (const Option& option : command.options) {
      text += beside(option_names(option), say(option.doc));
    }
  }
  text += "\n" + say("Options of every command") + "\n";
  for (const Option& option : common_options()) {
    text += beside(option_names(option), say(option.doc));
  }
  return text;
}

std::string short_help(const Command& command, const Words& say) {
  constexpr std::size_t kLines = 24;
  constexpr std::size_t kFixed = 9;  // headings, usage, blank lines, the last two lines
  const std::size_t room = kLines - std::min(kLines - 1, kFixed + command.options.size());
  std::string text = say("Examples") + "\n" +
                     example_lines(command.examples.first(
                         std::clamp<std::size_t>(room, 1, command.examples.size())));
  text +=
      fmt::format("\n{}: {}\n  {}\n", say("Usage"), usage_of(command, say), say(command.summary));
  if (!command.options.empty()) {
    text += "\n" + say("Options") + "\n";
    constexpr std::size_t kShown = 15;  // beyond, names alone
    constexpr std::size_t kFew = 8;
    constexpr std::size_t kMany = 40;  // whose names alone take most of a screen
    constexpr std::size_t kFewest = 3;
    const std::size_t count = command.options.size();
    const std::size_t shown = count > kMany ? kFewest : count > kShown ? kFew : count;
    for (const Option& option : command.options.first(shown)) {
      text += beside_short(option_names(option), say(option.doc));
    }
    std::string more;
    for (const Option& option : command.options.subspan(shown)) {
      more += (more.empty() ? "" : " ") + std::string(option.name);
    }
    if (!more.empty()) {
      text += results::wrap(say("and {options}", {{"options", more}}), kWidth, 2) + "\n";
    }
  }
  std::string names;
  for (const Option& option : common_options()) {
    names += (names.empty() ? "" : " ") + std::string(option.name);
  }
  text += "\n" + results::wrap(say("Every command takes {options}.", {{"options", names}}), kWidth);
  return text + "\n";
}

bool is_group(std::string_view name) { return !name.empty() && !commands_of(name).empty(); }

std::vector<const Command*> commands_of(std::string_view group) {
  std::vector<const Command*> list;
  for (const Command& command : commands()) {
    if (command.name.size() > group.size() && command.name.substr(0, group.size()) == group &&
        command.name[group.size()] == ' ') {
      list.push_back(&command);
    }
  }
  return list;
}

std::string group_help(std::string_view group, const Words& say) {
  std::string text = say("Examples") + "\n";
  for (const Command* command : commands_of(group)) {
    text += example_lines(command->examples.first(1));
  }
  text += "\n" + say("Commands") + "\n";
  for (const Command* command : commands_of(group)) {
    text += command_line(*command, say);
  }
  return text + "\n" + say("`redline COMMAND --help` shows the options of a command.") + "\n";
}

std::string program_help(bool full, const Words& say) {
  std::string text = say("Redline: AI accelerators under export rules. May it ship, and why.") +
                     "\n\n" + say("Try") + "\n" + example_lines(first_examples());
  text += "\n" + say("Commands") + "\n";
  for (const Command& command : commands()) {
    text += command_line(command, say);
  }
  if (full) {
    text += "\n" + say("Options of every command") + "\n";
    for (const Option& option : common_options()) {
      text += beside(option_names(option), say(option.doc));
    }
    text += "\n" + say("Exit status") + "\n";
    for (const StatusLine& line : exit_statuses()) {
      text += beside(fmt::format("  {}", line.status), say(line.meaning), 6);
    }
  }
  text += "\n" + say("`redline COMMAND --help` shows the options of a command.") + "\n";
  if (!full) {
    text += results::wrap(say("Exit status: 0 done, 1 a --fail-if holds, 2 wrong usage, 3 bad "
                              "data, 4 no feasible answer, 70 our bug, 130 interrupted."),
                          kWidth) +
            "\n";
  }
  return text;
}

}  // namespace redline::cli

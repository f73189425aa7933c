#include "cli/arguments.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/nearest.h"
#include "cli/help.h"

namespace redline::cli {
namespace {

bool is_option(const std::string& word) {
  return word.size() > 1 && word.front() == '-' && word != "--";
}

std::string option_name(const std::string& word) { return word.substr(0, word.find('=')); }

Result<const Command*> command_of(const std::vector<std::string>& words, std::size_t& used) {
  const NamedCommand named = command_named_by(words);
  if (named.command != nullptr) {
    used = named.words;
    return named.command;
  }
  std::string given = words.front();
  std::vector<std::string> help;
  if (!named.group.empty()) {
    given = named.group;
    if (words.size() > named.words && !is_option(words[named.words])) {
      given += " " + words[named.words];
    }
    for (const Command* command : commands_of(named.group)) {
      help.push_back(fmt::format("redline {}", command->name));
    }
  } else {
    std::vector<std::string_view> names;
    for (const Command& command : commands()) {
      names.push_back(command.name);
    }
    for (const std::string_view near : nearest_names(given, names)) {
      help.push_back(fmt::format("did you mean 'redline {}'?", near));
    }
    help.emplace_back("`redline --help` lists the commands");
  }
  return fail(Code::kUnknownCommand, fmt::format("there is no command 'redline {}'", given),
              std::move(help));
}

Result<bool> check_options(const Command& command, const std::vector<std::string>& words) {
  std::vector<std::string_view> names;
  for (const auto& list : {command.options, common_options()}) {
    for (const Option& option : list) {
      names.push_back(option.name);
    }
  }
  const Option* awaiting = nullptr;  // the option whose value comes next
  for (const std::string& word : words) {
    if (word == "--") {
      break;
    }
    if (awaiting != nullptr || !is_option(word)) {
      awaiting = nullptr;
      continue;
    }
    const Option* option = find_option(command, option_name(word));
    if (option == nullptr) {
      std::vector<std::string> help;
      for (const std::string_view near : nearest_names(option_name(word), names)) {
        help.push_back(fmt::format("did you mean '{}'?", near));
      }
      help.push_back(fmt::format("`redline {} --help` lists the options", command.name));
      return fail(Code::kUnknownOption,
                  fmt::format("'redline {}' has no option '{}'", command.name, option_name(word)),
                  std::move(help));
    }
    awaiting = !option->value.empty() && word.find('=') == std::string::npos ? option : nullptr;
  }
  if (awaiting != nullptr) {
    return fail(Code::kMissingArgument, fmt::format("{} needs {}", awaiting->name, awaiting->value),
                {fmt::format("{}: {}", awaiting->name, awaiting->doc)});
  }
  return true;
}

Result<bool> check_count(const Arguments& arguments) {
  const Command& command = *arguments.command;
  const int count = static_cast<int>(arguments.positional.size());
  if (count < command.least_arguments) {
    return fail(Code::kMissingArgument,
                fmt::format("'redline {}' needs {}", command.name, command.arguments),
                {fmt::format("for example: {}", command.examples.front())});
  }
  if (command.most_arguments >= 0 && count > command.most_arguments) {
    return fail(Code::kUnknownOption,
                fmt::format("'redline {}' takes no argument '{}'", command.name,
                            arguments.positional[static_cast<std::size_t>(command.most_arguments)]),
                {fmt::format("usage: redline {}{}{}", command.name,
                             command.arguments.empty() ? "" : " ", command.arguments)});
  }
  return true;
}

// Options of every command may stand before it: they are moved behind.
std::vector<std::string> command_first(const std::vector<std::string>& line) {
  std::size_t end = 0;
  while (end < line.size() && is_option(line[end])) {
    const auto common = common_options();
    const auto option = std::find_if(
        common.begin(), common.end(), [name = option_name(line[end])](const Option& one) {
          return one.name == name || (!one.short_name.empty() && one.short_name == name);
        });
    if (option == common.end() || option->name == "--help") {
      break;
    }
    const bool value_follows = !option->value.empty() && line[end].find('=') == std::string::npos;
    end = std::min(line.size(), end + (value_follows ? 2 : 1));
  }
  const auto middle = line.begin() + static_cast<std::ptrdiff_t>(end);
  std::vector<std::string> words(middle, line.end());
  const bool only_help = words.empty() || words.front() == "--help" || words.front() == "-h" ||
                         words.front() == "--version";
  if (!only_help) {
    words.insert(std::find(words.begin(), words.end(), "--"), line.begin(), middle);
  }
  return words;
}

// `redline help`, `redline help classify`, `redline help data list`, each with options behind.
Result<Arguments> parse_help(const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.help = Help::kFull;
  std::vector<std::string> rest;
  const Command& help = *find_command("help");
  RL_TRY(known, check_options(help, {words.begin() + 1, words.end()}));
  (void)known;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Option* option = is_option(words[i]) ? find_option(help, option_name(words[i])) : nullptr;
    if (option == nullptr) {
      rest.push_back(words[i]);
    } else if (option->name == "--help") {
      rest = {"help"};
      break;
    } else if (!option->value.empty() && words[i].find('=') == std::string::npos) {
      ++i;  // its value
    }
  }
  if (rest.empty()) {
    return arguments;
  }
  const NamedCommand named = command_named_by(rest);
  if (named.command == nullptr && named.words == rest.size()) {
    arguments.group = named.group;
    return arguments;
  }
  std::size_t used = 0;
  RL_TRY(command, command_of(rest, used));
  arguments.command = command;
  return arguments;
}

}  // namespace

std::string Arguments::value(std::string_view name) const {
  const auto found = options.find(name);
  return found == options.end() || found->second.empty() ? std::string() : found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const {
  const auto found = options.find(name);
  return found == options.end() ? std::vector<std::string>{} : found->second;
}

Result<Arguments> parse_arguments(const std::vector<std::string>& line) {
  const std::vector<std::string> words = command_first(line);
  Arguments arguments;
  if (words.empty() || words.front() == "--help" || words.front() == "-h") {
    arguments.help = !words.empty() && words.front() == "--help" ? Help::kFull : Help::kShort;
    return arguments;
  }
  if (words.front() == "help") {
    return parse_help(words);
  }
  if (words.front() == "--version") {
    arguments.command = find_command("version");
    return arguments;
  }
  const NamedCommand named = command_named_by(words);
  if (named.command == nullptr && named.words > 0 && named.words < words.size() &&
      (words[named.words] == "--help" || words[named.words] == "-h")) {
    arguments.group = named.group;
    arguments.help = Help::kFull;
    return arguments;
  }
  std::size_t used = 0;
  RL_TRY(command, command_of(words, used));
  arguments.command = command;
  const std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(used),
                                      words.end());
  RL_TRY(known, check_options(*command, rest));
  (void)known;

  CLI::App app;
  app.set_help_flag();
  app.add_option("arguments", arguments.positional);
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, bool> flags;
  for (const auto& list : {command->options, common_options()}) {
    for (const Option& option : list) {
      const std::string name(option.name);
      const std::string names =
          option.short_name.empty() ? name : std::string(option.short_name) + "," + name;
      if (option.value.empty()) {
        app.add_flag(names, flags[name]);
      } else {
        app.add_option(names, values[name])->expected(1)->take_all();
      }
    }
  }
  try {
    std::vector<std::string> reversed(rest.rbegin(), rest.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return fail(Code::kMissingArgument, error.what(),
                {fmt::format("`redline {} --help` shows what the command needs", command->name)});
  }
  for (auto& [name, list] : values) {
    if (list.size() > 1 && !find_option(*command, name)->repeated) {
      return fail(Code::kBadOptionValue, fmt::format("{} is given {} times", name, list.size()),
                  {"give it once"});
    }
    if (!list.empty()) {
      arguments.options[name] = std::move(list);
    }
  }
  for (const auto& [name, on] : flags) {
    if (on) {
      arguments.options[name] = {};
    }
  }
  if (arguments.has("--help")) {
    const bool full = std::find(rest.begin(), rest.end(), "--help") != rest.end();
    arguments.help = full ? Help::kFull : Help::kShort;
  } else {
    RL_TRY(counted, check_count(arguments));
    (void)counted;
  }
  return arguments;
}

std::string peek_option(const std::vector<std::string>& words, std::string_view name) {
  std::string value;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (words[i] == name && i + 1 < words.size()) {
      value = words[i + 1];
    } else if (words[i].rfind(std::string(name) + "=", 0) == 0) {
      value = words[i].substr(name.size() + 1);
    }
  }
  return value;
}

}  // namespace redline::cli

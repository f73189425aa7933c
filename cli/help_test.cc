#include "cli/help.h"

#include <algorithm>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "cli/arguments.h"
#include "cli/completions.h"
#include "cli/man.h"
#include "results/utf8.h"

namespace redline::cli {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(Help, ShortHelpIsOneScreen) {
  for (const results::Language language :
       {results::Language::kEnglish, results::Language::kSimplifiedChinese,
        results::Language::kTraditionalChinese}) {
    const results::Words say(language);
    for (const Command& command : commands()) {
      const auto lines = lines_of(short_help(command, say));
      EXPECT_LE(lines.size(), 25U) << command.name;
      EXPECT_EQ(lines.front(), say("Examples"));
      for (const std::string& line : lines) {
        EXPECT_LE(results::display_width(line), 79) << command.name << ": " << line;
      }
    }
  }
}

TEST(Help, EveryOptionStandsInTheHelpAndInTheManual) {
  const results::Words say;
  for (const Command& command : commands()) {
    const std::string help = full_help(command, say);
    const std::string page = manual(&command, say);
    for (const auto& list : {command.options, common_options()}) {
      for (const Option& option : list) {
        EXPECT_NE(help.find(std::string(option.name)), std::string::npos) << option.name;
        std::string escaped;
        for (const char c : option.name) {
          escaped += c == '-' ? std::string("\\-") : std::string(1, c);
        }
        EXPECT_NE(page.find("\\fB" + escaped + "\\fR"), std::string::npos) << option.name;
      }
    }
    for (const char* section : {"NAME", "SYNOPSIS", "EXAMPLES", "DESCRIPTION", "OPTIONS",
                                "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"}) {
      EXPECT_NE(page.find(std::string(".SH \"") + section), std::string::npos)
          << command.name << ": " << section;
    }
  }
}

TEST(Table, IsConsistent) {
  std::set<std::string_view> names;
  EXPECT_EQ(first_examples().size(), 6U);
  for (const Command& command : commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_FALSE(command.examples.empty()) << command.name;
    EXPECT_FALSE(command.description.empty()) << command.name;
    EXPECT_EQ(command.most_arguments == 0, command.arguments.empty()) << command.name;
    std::set<std::string_view> options;
    for (const auto& list : {command.options, common_options()}) {
      for (const Option& option : list) {
        EXPECT_TRUE(options.insert(option.name).second) << command.name << " " << option.name;
        EXPECT_EQ(option.kind == ValueKind::kChoice, !option.choices.empty()) << option.name;
        if (option.kind == ValueKind::kChoice && !option.otherwise.empty()) {
          const auto choices = choice_list(option.choices);
          EXPECT_NE(std::find(choices.begin(), choices.end(), option.otherwise), choices.end())
              << option.name;
        }
      }
    }
  }
}

TEST(Arguments, HelpComesInThreeForms) {
  EXPECT_EQ(parse_arguments({"classify", "-h"})->help, Help::kShort);
  EXPECT_EQ(parse_arguments({"classify", "h20", "--help"})->help, Help::kFull);
  EXPECT_EQ(parse_arguments({"help", "data", "list"})->command->name, "data list");
  EXPECT_EQ(parse_arguments({"help", "data"})->group, "data");
  EXPECT_EQ(parse_arguments({"data", "--help"})->group, "data");
  EXPECT_EQ(parse_arguments({"help", "search"})->group, "search");
  EXPECT_EQ(parse_arguments({"search", "plan", "--help"})->group, "search plan");
  EXPECT_EQ(parse_arguments({"help", "search", "plan", "serve"})->command->name,
            "search plan serve");
  EXPECT_EQ(parse_arguments({"help", "--lang", "zh-Hans", "batch"})->command->name, "batch");
  EXPECT_EQ(parse_arguments({"help", "clasify"}).error().code, Code::kUnknownCommand);
  EXPECT_EQ(peek_option({"x", "--lang", "en", "--lang=zh-Hans"}, "--lang"), "zh-Hans");
  EXPECT_EQ(peek_option({"x", "--", "--lang", "en"}, "--lang"), "");
}

bool offers(const std::string& list, const std::string& word) {
  return ("\n" + list).find("\n" + word + "\t") != std::string::npos ||
         ("\n" + list).find("\n" + word + "\n") != std::string::npos;
}

TEST(Completion, KnowsCommandsOptionsAndChoices) {
  EXPECT_TRUE(offers(complete({"cla"}, 0, ""), "classify"));
  EXPECT_FALSE(offers(complete({"cla"}, 0, ""), "batch"));
  EXPECT_TRUE(offers(complete({"data", ""}, 1, ""), "list"));
  EXPECT_TRUE(offers(complete({"data", "list", ""}, 2, ""), "chips"));
  EXPECT_TRUE(offers(complete({"classify", "--as"}, 1, ""), "--as-of"));
  EXPECT_TRUE(offers(complete({"classify", "--format", "j"}, 2, ""), "json"));
  EXPECT_TRUE(offers(complete({"classify", "--format=j"}, 1, ""), "--format=json"));
  // As bash cuts it.
  EXPECT_TRUE(offers(complete({"classify", "--format", "=", "j"}, 3, ""), "json"));
  EXPECT_TRUE(offers(complete({"classify", "--format", "="}, 2, ""), "json"));
  EXPECT_TRUE(offers(complete({"explain", "rl12"}, 1, ""), "RL1203"));
  EXPECT_TRUE(offers(complete({"classify", "--set", "tp"}, 2, ""), "tpp="));
  EXPECT_TRUE(offers(complete({"help", "data", ""}, 2, ""), "show"));
  EXPECT_TRUE(offers(complete({"search", ""}, 1, ""), "plan"));
  EXPECT_TRUE(offers(complete({"search", "plan", ""}, 2, ""), "serve"));
  EXPECT_EQ(complete({"batch", ""}, 1, ""), ":files\n");
  EXPECT_EQ(complete({"batch", "--data", ""}, 2, ""), ":folders\n");
  EXPECT_EQ(complete({"version", ""}, 1, ""), "");
  EXPECT_EQ(complete({"nonsense", "x"}, 1, ""), "");
  EXPECT_EQ(complete({}, 7, "").empty(), false);
}

TEST(Completion, EveryOptionOfEveryCommandIsOffered) {
  for (const Command& command : commands()) {
    std::vector<std::string> words;
    std::istringstream name{std::string(command.name)};
    for (std::string word; name >> word;) {
      words.push_back(word);
    }
    if (command.name == "help" || command.name == "man") {
      continue;  // they complete commands
    }
    words.emplace_back("--");
    const std::string list = complete(words, words.size() - 1, "");
    for (const auto& options : {command.options, common_options()}) {
      for (const Option& option : options) {
        EXPECT_TRUE(offers(list, std::string(option.name))) << command.name << option.name;
      }
    }
  }
}

}  // namespace
}  // namespace redline::cli

#include "cli/man.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/build_info.h"
#include "base/nearest.h"
#include "cli/help.h"

namespace redline::cli {
namespace {

using results::Words;

constexpr auto kEnvironment = std::to_array<NamedText>({
    {"NO_COLOR", "Where it is set and not empty, no colour is used. --color beats it."},
    {"CLICOLOR_FORCE",
     "Where it is set and NO_COLOR is not, colour is used for files and pipes too."},
    {"COLUMNS", "The width of tables and texts, 40 to 200; else that of the terminal, else 80."},
    {"LC_ALL, LC_MESSAGES, LANG",
     "The first that is set chooses the language of texts. --lang beats them. Machine formats, "
     "ids, codes and flags are the same in all languages."},
    {"TERM", "A terminal called dumb gets no colour."},
});

constexpr auto kFiles = std::to_array<NamedText>({
    {"PREFIX/share/redline/data",
     "The facts: chips, systems, models, rules, places, sources, scenarios. The folder beside the "
     "program is read first; a program that is not installed reads that of its source tree."},
    {"DIR/chips, DIR/systems, DIR/models, DIR/rules",
     "Your own records, laid over the data with --data DIR. A record with the id of another "
     "replaces it, which is said on standard error."},
});

// Text as troff takes it: backslashes, and a dot or an apostrophe at the beginning of a line.
std::string troff(std::string_view text) {
  std::string out;
  bool start = true;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (start && c == '.') {
      out += "\\&.";
    } else {
      out += c;
    }
    start = c == '\n';
  }
  return out;
}

// An argument of a macro: quotes would end it.
std::string in_quotes(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '"' ? std::string("\\(dq") : std::string(1, c);
  }
  return "\"" + out + "\"";
}

class Page {
 public:
  explicit Page(const Words& say) : say_(say) {}

  void title(std::string_view name) {
    std::string upper(name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    out_ += fmt::format(".TH {} 1 \"\" {} {}\n", in_quotes(troff(upper)),
                        in_quotes(fmt::format("redline {}", app::kVersion)),
                        in_quotes(say_("Redline manual")));
  }
  void section(std::string_view name) { out_ += fmt::format(".SH {}\n", in_quotes(say_(name))); }
  void line(std::string_view text) { out_ += troff(text) + "\n"; }
  void paragraph(std::string_view text) { out_ += ".PP\n" + troff(say_(text)) + "\n"; }
  void raw(std::string_view text) { out_ += text; }
  void item(std::string_view tag, std::string_view text) {
    out_ += fmt::format(".TP\n{}\n{}\n", tag, troff(text));
  }
  void examples(std::span<const std::string_view> list) {
    section("EXAMPLES");
    raw(".nf\n");
    for (const std::string_view example : list) {
      line(example);
    }
    raw(".fi\n");
  }
  void options(std::span<const Option> list) {
    for (const Option& option : list) {
      std::string tag;
      if (!option.short_name.empty()) {
        tag += fmt::format("\\fB{}\\fR, ", troff(option.short_name));
      }
      tag += fmt::format("\\fB{}\\fR", troff(option.name));
      if (!option.value.empty()) {
        tag += fmt::format(" \\fI{}\\fR", troff(option.value));
      }
      item(tag, say_(option.doc) + (option.repeated ? "; " + say_("may be repeated") : ""));
    }
  }
  void statuses() {
    section("EXIT STATUS");
    for (const StatusLine& status : exit_statuses()) {
      item(fmt::format("\\fB{}\\fR", status.status), say_(status.meaning));
    }
  }
  void named(std::string_view section_name, std::span<const NamedText> list) {
    section(section_name);
    for (const NamedText& one : list) {
      item(fmt::format("\\fB{}\\fR", troff(one.name)), say_(one.text));
    }
  }
  void see_also(const std::vector<std::string>& pages) {
    section("SEE ALSO");
    for (std::size_t i = 0; i < pages.size(); ++i) {
      out_ += fmt::format(".BR {} (1){}\n", troff(pages[i]), i + 1 < pages.size() ? "," : "");
    }
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  const Words& say_;
  std::string out_;
};

void write_command(Page& page, const Command& command, const Words& say) {
  page.section("NAME");
  page.raw(troff(page_name(command)) + " \\- " + troff(say(command.summary)) + "\n");
  page.section("SYNOPSIS");
  page.raw(fmt::format("\\fB{}\\fR", troff("redline " + std::string(command.name))));
  if (!command.arguments.empty()) {
    page.raw(fmt::format(" \\fI{}\\fR", troff(command.arguments)));
  }
  page.raw(" [" + troff(say("options")) + "]\n");
  page.examples(command.examples);
  page.section("DESCRIPTION");
  for (const std::string_view paragraph : description_of(command)) {
    page.paragraph(paragraph);
  }
  page.section("OPTIONS");
  page.options(command.options);
  page.options(common_options());
}

void write_program(Page& page, const Words& say) {
  page.section("NAME");
  page.raw("redline \\- " + troff(say("AI accelerators under export rules")) + "\n");
  page.section("SYNOPSIS");
  page.raw(fmt::format("\\fBredline\\fR \\fI{0}\\fR [{1}]\n", "COMMAND", troff(say("options"))));
  page.examples(first_examples());
  page.section("DESCRIPTION");
  page.paragraph(
      "Redline answers questions about AI accelerators under export rules from one engine over one "
      "set of cited facts: is this accelerator controlled, on this date, to this destination and "
      "owner; by which clause, by what margin, and what change would flip the answer.");
  page.paragraph(
      "It is not legal advice: it is a model of public texts, with its interpretations written "
      "down. What is not known stays unknown.");
  page.section("COMMANDS");
  for (const Command& command : commands()) {
    page.item(fmt::format("\\fB{}\\fR \\fI{}\\fR", troff(command.name), troff(command.arguments)),
              say(command.summary));
  }
  page.section("OPTIONS");
  page.options(common_options());
}

}  // namespace

std::span<const NamedText> environment_variables() { return kEnvironment; }

std::string page_name(const Command& command) {
  std::string name = "redline-" + std::string(command.name);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::string manual(const Command* command, const Words& say) {
  Page page(say);
  page.title(command == nullptr ? "redline" : page_name(*command));
  std::vector<std::string> others;
  if (command == nullptr) {
    write_program(page, say);
    for (const Command& each : commands()) {
      others.push_back(page_name(each));
    }
  } else {
    write_command(page, *command, say);
    others.emplace_back("redline");
    const std::string_view group = command->name.substr(0, command->name.find(' '));
    for (const Command* sibling : commands_of(group)) {
      if (sibling != command) {
        others.push_back(page_name(*sibling));
      }
    }
    if (command->name != "explain") {
      others.emplace_back("redline-explain");
    }
  }
  page.statuses();
  page.named("ENVIRONMENT", kEnvironment);
  page.named("FILES", kFiles);
  page.see_also(others);
  return page.take();
}

Result<app::Answer> manual_page(const std::string& name, const Words& say) {
  const Command* command = name.empty() ? nullptr : find_command(name);
  if (!name.empty() && command == nullptr) {
    std::vector<std::string_view> names;
    for (const Command& each : commands()) {
      names.push_back(each.name);
    }
    std::vector<std::string> help;
    if (!is_group(name)) {
      for (const std::string_view near : nearest_names(name, names)) {
        help.push_back(fmt::format("did you mean '{}'?", near));
      }
    }
    for (const Command* member : commands_of(name)) {
      help.push_back(fmt::format("redline man {}", member->name));
    }
    return fail(Code::kUnknownCommand, fmt::format("there is no command 'redline {}'", name),
                std::move(help));
  }
  app::Answer answer;
  answer.command = "man";
  const std::string page = manual(command, say);
  answer.results.push_back(
      {{"page", command == nullptr ? "redline" : page_name(*command)}, {"troff", page}});
  answer.blocks.emplace_back(app::Verbatim{page});
  return answer;
}

}  // namespace redline::cli

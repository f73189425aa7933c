#include "cli/option_table.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "results/text_table.h"
#include "results/utf8.h"

namespace redline::cli {
namespace {

using namespace std::string_view_literals;

constexpr auto kFirst = std::to_array<std::string_view>({
    "redline report april-2025",
    "redline classify h20 --as-of 2025-04-16 --why",
    "redline classify 'nvidia-*' --to SA",
    "redline classify h20 --timeline",
    "redline data show h20",
    "redline explain RL1203",
});

constexpr auto kCommon = std::to_array<Option>({
    {"--format", "", "F", "table (default), json, ndjson, csv or markdown"},
    {"--output", "-o", "PATH", "write there; the suffix chooses the format; - is standard output"},
    {"--data", "", "DIR", "a folder of records laid over the data, later wins", true},
    {"--lang", "", "LANG", "language of texts: en, zh-Hans or zh-Hant (default: the locale's)"},
    {"--color", "", "WHEN", "auto (default), always or never"},
    {"--threads", "", "N", "use at most N threads; results are the same for any number"},
    {"--seed", "", "N", "seed of random numbers, kept in the result (default 1)"},
    {"--help", "-h", "", "show this help"},
});

constexpr auto kReportExamples = std::to_array<std::string_view>({
    "redline report april-2025",
    "redline report april-2025 -o out/april-2025",
});
constexpr auto kClassifyExamples = std::to_array<std::string_view>({
    "redline classify h20 --as-of 2025-04-16",
    "redline classify h200-sxm --to CN --hq CN --as-of 2026-01-20 --why",
    "redline classify 'nvidia-*' --to SA --format csv",
    "redline classify h20 --diff 2025-04-08..2025-04-16",
    "redline classify h20 --timeline",
    "redline classify h20 --set tpp=2400 --as-of 2025-04-08",
    "redline classify h20 --as-of 2026-01-20 --with BILL-S3374",
});
constexpr auto kClassifyOptions = std::to_array<Option>({
    {"--to", "", "CC", "destination, ISO code or English name (default CN)"},
    {"--hq", "", "CC", "headquarters of the end user or its ultimate parent (default: --to)"},
    {"--from", "", "CC", "country of export (default US)"},
    {"--end-user", "", "NAME", "end user, where a rule names some"},
    {"--as-of", "", "DATE", "date of the question (default: date of the data set)"},
    {"--why", "", "", "the working, clause by clause"},
    {"--diff", "", "D1..D2", "what changes between two dates, and through which instrument"},
    {"--timeline", "", "", "the answers of all dates"},
    {"--set", "", "KEY=VALUE", "set a quantity: tpp=2300, 'dram_bw=4.0 TB/s', dc=false, pd=unknown",
     true},
    {"--with", "", "BILL", "take a pending bill as law", true},
});
constexpr auto kDataListExamples = std::to_array<std::string_view>({
    "redline data list",
    "redline data list chips",
    "redline data list rules --format csv",
});
constexpr auto kDataShowExamples = std::to_array<std::string_view>({
    "redline data show h20",
    "redline data show deepseek-v3",
    "redline data show us-2025-04-09-letters",
});
constexpr auto kDataCheckExamples = std::to_array<std::string_view>({
    "redline data check",
    "redline data check data/chips/nvidia/h20-96gb.toml",
});
constexpr auto kDataSchemaExamples = std::to_array<std::string_view>({
    "redline data schema chip",
    "redline data schema predicate",
});
constexpr auto kDataNewExamples = std::to_array<std::string_view>({
    "redline data new chip --like h20 -o my-chip.toml",
});
constexpr auto kDataNewOptions = std::to_array<Option>({
    {"--like", "", "NAME", "the record to begin from"},
    {"--id", "", "ID", "id of the new record (default my-chip, my-system …)"},
});
constexpr auto kBatchExamples = std::to_array<std::string_view>({
    "redline batch requests.ndjson",
    "echo '{\"id\":1,\"command\":\"classify\",\"chip\":\"h20\"}' | redline batch",
});
constexpr auto kExplainExamples = std::to_array<std::string_view>({
    "redline explain RL1203",
    "redline explain",
});
constexpr auto kVersionExamples = std::to_array<std::string_view>({
    "redline version",
    "redline version --format json",
});

constexpr auto kCommands = std::to_array<Command>({
    {"report",
     "SCENARIO",
     "the decision brief of a scenario, HTML and JSON",
     kReportExamples,
     {},
     1,
     1},
    {"classify", "[CHIP…]", "may it ship: verdicts with working and margins", kClassifyExamples,
     kClassifyOptions, 0, -1},
    {"data list", "[KIND]", "the records of the catalogue", kDataListExamples, {}, 0, 1},
    {"data show",
     "NAME",
     "every value of a record with basis and source",
     kDataShowExamples,
     {},
     1,
     1},
    {"data check",
     "[FILE…]",
     "check the data, or files of your own",
     kDataCheckExamples,
     {},
     0,
     -1},
    {"data schema",
     "[KIND]",
     "JSON Schema of a record; the names of predicates",
     kDataSchemaExamples,
     {},
     0,
     1},
    {"data new", "KIND", "a file of your own to edit: chip, system or model", kDataNewExamples,
     kDataNewOptions, 1, 1},
    {"batch", "[FILE]", "NDJSON requests in, one line out for each", kBatchExamples, {}, 0, 1},
    {"explain", "[CODE]", "what an error code means", kExplainExamples, {}, 0, 1},
    {"version", "", "version of program and data", kVersionExamples, {}, 0, 0},
});

std::string option_line(const Option& option) {
  std::string left = "  ";
  left += option.short_name.empty() ? "    " : fmt::format("{}, ", option.short_name);
  left += option.name;
  if (!option.value.empty()) {
    left += fmt::format(" {}", option.value);
  }
  constexpr int kColumn = 24;
  const int width = results::display_width(left);
  const std::string doc = results::wrap(option.doc, 79, kColumn + 1);
  // The first line of the wrapped text begins behind the option where that leaves room.
  return width < kColumn ? left + doc.substr(static_cast<std::size_t>(width)) + "\n"
                         : left + "\n" + doc + "\n";
}

}  // namespace

std::span<const Command> commands() { return kCommands; }
std::span<const Option> common_options() { return kCommon; }
std::span<const std::string_view> first_examples() { return kFirst; }

const Command* find_command(std::string_view name) {
  const auto* found = std::find_if(kCommands.begin(), kCommands.end(),
                                   [name](const Command& c) { return c.name == name; });
  return found == kCommands.end() ? nullptr : found;
}

const Option* find_option(const Command& command, std::string_view name) {
  const auto search = [name](std::span<const Option> options) -> const Option* {
    for (const Option& option : options) {
      if (option.name == name || (!option.short_name.empty() && option.short_name == name)) {
        return &option;
      }
    }
    return nullptr;
  };
  const Option* own = search(command.options);
  return own != nullptr ? own : search(kCommon);
}

std::string help_of(const Command& command) {
  std::string text = "Examples\n";
  for (const std::string_view example : command.examples) {
    text += fmt::format("  {}\n", example);
  }
  text += fmt::format("\nUsage: redline {} {}[options]\n  {}\n", command.name,
                      command.arguments.empty() ? "" : std::string(command.arguments) + " ",
                      command.summary);
  if (!command.options.empty()) {
    text += "\nOptions\n";
    for (const Option& option : command.options) {
      text += option_line(option);
    }
  }
  text += "\nOptions of every command\n";
  for (const Option& option : kCommon) {
    text += option_line(option);
  }
  return text;
}

std::string program_help() {
  std::string text = "Redline: AI accelerators under export rules. May it ship, and why.\n\nTry\n";
  for (const std::string_view example : kFirst) {
    text += fmt::format("  {}\n", example);
  }
  text += "\nCommands\n";
  for (const Command& command : kCommands) {
    const std::string usage = fmt::format("{} {}", command.name, command.arguments);
    text += fmt::format("  {:<22} {}\n", usage, command.summary);
  }
  text +=
      "\n`redline COMMAND --help` shows the options of a command.\n"
      "Exit status: 0 done, 1 a --fail-if holds, 2 wrong usage, 3 bad data,\n"
      "4 no feasible answer, 70 our bug, 130 interrupted.\n";
  return text;
}

}  // namespace redline::cli

// Every error code with its title and page: one list for `redline explain`, the docs and the tests.

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include <fmt/format.h>

#include "redline/error.h"

namespace redline {
namespace {

struct Entry {
  Code code;
  std::string_view title;
  std::string_view page;
  std::string_view example{};
};

constexpr auto kCatalogue = std::to_array<Entry>({
    {Code::kFileUnreadable, "a file cannot be read",
     "The file does not exist, is a folder, or may not be read by this user.\n"
     "Check the path; paths are taken from the folder in which the command runs.\n",
     "redline classify nowhere.toml"},
    {Code::kDirectoryMissing, "a data folder cannot be found",
     "Redline looks for its facts in this order: the share/redline/data folder of its\n"
     "installation, then the data folder of the source tree it was built in. `--data DIR`\n"
     "adds a folder of your own on top; it does not replace the base.\n",
     "redline data list --data nowhere"},
    {Code::kTomlSyntax, "the file is not valid TOML",
     "The text does not follow the grammar of TOML 1.0 (toml.io). Frequent causes: a string\n"
     "without its closing quote, a key written twice, a table opened twice, an array without\n"
     "its bracket. The caret shows where reading stopped. Redline leaves that line out and\n"
     "reads on, so that the other problems of the file are reported in the same run.\n",
     "printf 'id = \"a2\\n' > a2.toml; redline data check a2.toml"},
    {Code::kUnknownKey, "a key is not known here",
     "Each record has a fixed list of keys, so that a misspelt key is never silently ignored.\n"
     "`redline data schema chip` prints the keys of a record with their meaning.\n",
     "redline data new chip --like h20 | sed 's/^capacity/capcity/' > my-chip.toml; redline data "
     "check my-chip.toml"},
    {Code::kMissingKey, "a required key is missing",
     "The record cannot be used without this value. If the value is not known, say so in the\n"
     "way the record allows (most values may simply be left out: unknown stays unknown).\n",
     "redline data new chip --like h20 | sed '/^vendor/d' > my-chip.toml; redline data check "
     "my-chip.toml"},
    {Code::kWrongType, "a value has the wrong type",
     "For example a number where a text with a unit belongs, or a text where a list belongs.\n"
     "The label under the caret says what is expected.\n",
     "redline data new chip --like h20 | sed 's/^vendor = .*/vendor = 7/' > my-chip.toml; redline "
     "data check my-chip.toml"},
    {Code::kNotAChoice, "a value is not one of the allowed words",
     "Some keys take one of a few words, such as sparsity = \"dense\". The help line lists "
     "them.\n",
     "redline data new chip --like h20 | sed 's/^status = .*/status = \"shiped\"/' > my-chip.toml; "
     "redline data check my-chip.toml"},
    {Code::kDuplicateId, "two records of one data set have the same id",
     "Ids are unique within a folder of data. A folder given with --data may use an id of the\n"
     "base data: then it replaces that record, and Redline says so.\n",
     "mkdir -p my/chips/old; redline data new chip --like h20 | tee my/chips/my-chip.toml > "
     "my/chips/old/my-chip.toml; redline data check --data my"},
    {Code::kIdMismatch, "the id of a record is not the name of its file",
     "A record lives in a file named after its id, so that it can be found: chip 'h20-96gb' in\n"
     "h20-96gb.toml.\n",
     "mkdir -p my/chips; redline data new chip --like h20 > my/chips/your-chip.toml; redline data "
     "check --data my"},
    {Code::kUnknownReference, "a record refers to something that does not exist",
     "For example a source id that no file of data/sources defines, or a system whose chip is\n"
     "not in the catalogue.\n",
     "mkdir -p my/rules; sed \"s/nvda-8k-2025-04-15/nvda-8k/\" "
     "data/rules/us/us-2025-04-09-letters.toml > my/rules/us-2025-04-09-letters.toml; redline data "
     "check --data my"},
    {Code::kBadNumber, "a quantity does not begin with a number",
     "Quantities are written as a number and a unit: \"4.0 TB/s\", \"141 GB\", \"296 TOP/s\".\n"
     "Decimal point, no thousands separators; 1e3 is accepted.\n",
     "redline data new chip --like h20 | sed 's/\"96 GB\"/\"much\"/' > my-chip.toml; redline data "
     "check my-chip.toml"},
    {Code::kWrongUnit, "a quantity has a wrong or unknown unit",
     "Decimal and binary prefixes differ: \"141 GB\" is 141 000 000 000 bytes, \"141 GiB\" is 7 %\n"
     "more. B is a byte; bits are written bit/s (\"400 Gbit/s\"). Operation rates are FLOP/s or\n"
     "OP/s with a prefix. Areas are mm2. The help line lists the units of the quantity.\n",
     "redline data new chip --like h20 | sed 's/\"96 GB\"/\"96 GB\\/s\"/' > my-chip.toml; redline "
     "data check my-chip.toml"},
    {Code::kMissingUnit, "value has no unit",
     "A bare number is refused everywhere in data: most wrong verdicts come from a unit or a\n"
     "basis that was assumed. Write \"4.0 TB/s\", not 4.0.\n",
     "redline data new chip --like h20 | sed 's/\"96 GB\"/96/' > my-chip.toml; redline data check "
     "my-chip.toml"},
    {Code::kOutOfRange, "a value is outside its possible range",
     "The value cannot be right physically or logically, such as a negative area.\n",
     "redline data new chip --like h20 | sed 's/\"96 GB\"/\"-96 GB\"/' > my-chip.toml; redline "
     "data check my-chip.toml"},
    {Code::kBadInterval, "an interval is inverted or does not hold its value",
     "range = [low, high] with low <= high, and the value between them.\n",
     "redline data new chip --like h20 | sed 's/\"96 GB\"/\"96 GB\", range = [\"98 GB\", \"95 "
     "GB\"]/' > my-chip.toml; redline data check my-chip.toml"},
    {Code::kBadDate, "a date is not a calendar date",
     "Dates are ISO 8601: 2025-04-17. Where a day or month is not known, some keys accept\n"
     "\"2025-04\" or \"2025\". Ranges are written 2022-10-07..2023-11-17.\n",
     "redline data new chip --like h20 | sed 's/^launched = .*/launched = \"2024-13\"/' > "
     "my-chip.toml; redline data check my-chip.toml"},
    {Code::kInconsistent, "two values of a record contradict each other",
     "For example a version that ends before it begins.\n",
     "sed 's/2025-04-09$/2025-05-09/' data/scenarios/april-2025.toml > late.toml; redline report "
     "late.toml"},
    {Code::kPredicateSyntax, "a predicate cannot be read",
     "Predicates are expressions such as\n"
     "  tpp >= 4800 or (tpp >= 1600 and pd >= 5.92)\n"
     "  dest in D5 and not (hq in ['US', 'GB'])\n"
     "with and, or, not, comparison (== != < <= > >=), in, not in, + - * /, parentheses,\n"
     "numbers, 'texts', lists and names of quantities and country groups.\n",
     "mkdir -p my/rules; sed \"s/dram_bw >= 1400/dram_bw => 1400/\" "
     "data/rules/us/us-2025-04-09-letters.toml > my/rules/us-2025-04-09-letters.toml; redline data "
     "check --data my"},
    {Code::kPredicateName, "a predicate uses an unknown name",
     "`redline data schema predicate` lists the quantities and country groups that a predicate\n"
     "may use, with unit and meaning.\n",
     "mkdir -p my/rules; sed \"s/dram_bw >= 1400/dram_bv >= 1400/\" "
     "data/rules/us/us-2025-04-09-letters.toml > my/rules/us-2025-04-09-letters.toml; redline data "
     "check --data my"},
    {Code::kPredicateType, "a predicate compares things of different kinds",
     "A number can be compared with a number, a text with a text, a date with a date; a place\n"
     "or text can be looked up `in` a list, a place also in a country group.\n",
     "mkdir -p my/rules; sed \"s/kind == 'accelerator'/kind == 3/\" "
     "data/rules/us/us-2025-04-09-letters.toml > my/rules/us-2025-04-09-letters.toml; redline data "
     "check --data my"},
    {Code::kCsvSyntax, "a table is not valid CSV",
     "The first line names the columns; each row has as many cells. Cells with a comma or a\n"
     "line break stand in double quotes, a quote inside them is written twice (RFC 4180).\n"
     "Empty lines and lines that begin with # are left out.\n",
     "printf 'chip,quantity\\nh20,\"1\\n' > shipments.csv; redline quota shipments.csv"},
    {Code::kJsonSyntax, "a file of measurements is not a list of JSON objects",
     "Measurements are read from {\"rows\": [...]}, from a bare list of objects, or from one\n"
     "object a line (NDJSON). The caret shows where reading stopped.\n",
     "echo '{\"op\":\"gemm\"' > rows.json; redline validate rows.json"},
    {Code::kRowField, "a row of measurements has a wrong field",
     "Sizes are whole numbers from 1, times are seconds above zero, names are texts. A field that\n"
     "looks like a misspelt one is wrong too, since leaving it out would change the answer in\n"
     "silence. docs/measurements.md lists the fields of each operator.\n",
     "echo '{\"op\":\"gemm\",\"chip\":\"h20\",\"m\":-1,\"n\":8,\"k\":8,\"value_s\":1e-5}' > "
     "rows.json; redline validate rows.json"},
    {Code::kConfigSyntax, "the configuration of a model is not a JSON object",
     "A file that ends in .json and stands for a language model is read as the config.json that\n"
     "Hugging Face publishes with a model: one object, { \"model_type\": \"llama\", ... }. The\n"
     "caret shows where reading stopped.\n",
     "echo '{\"model_type\": \"llama\",' > config.json; redline data show ./config.json"},
    {Code::kConfigUnsupported, "the configuration of a model says what Redline cannot model",
     "The family is not known, or a field asks for a structure that a model record does not hold,\n"
     "such as experts in every second layer. Reading on as if it were not there would give "
     "another\n"
     "model. If a known family has the same structure, write its name as model_type; else write\n"
     "the model as TOML: `redline data new model` prints one to begin from.\n",
     "echo '{\"model_type\": \"lama\"}' > config.json; redline data show ./config.json"},
    {Code::kUnknownCommand, "there is no such command", "`redline --help` lists the commands.\n",
     "redline clasify h20"},
    {Code::kUnknownOption, "there is no such option",
     "`redline COMMAND --help` lists the options of a command.\n",
     "redline classify h20 --asof 2025-04-16"},
    {Code::kMissingArgument, "an argument is missing",
     "`redline COMMAND --help` shows what the command needs, beginning with examples.\n",
     "redline data show"},
    {Code::kBadOptionValue, "an option has a value that it does not accept",
     "The message names the option and what it accepts.\n",
     "redline classify h20 --as-of 2025-13-01"},
    {Code::kWarningDenied, "a warning, which --deny-warnings makes an error",
     "The answer was given as usual; only the exit status (1) and this message differ. The help\n"
     "line names the flag or file that cures the warning.\n",
     "redline version -o version.dat --deny-warnings"},
    {Code::kUnknownChip, "there is no chip of that name",
     "A chip is named by its id, an alias or a glob: h20-96gb, H20, 'h200-*', 'nvidia-*'. Case\n"
     "does not matter. A file of your own works too: `redline classify my-chip.toml`.\n"
     "`redline data list chips` shows all.\n",
     "redline classify h21"},
    {Code::kAmbiguousName, "a name stands for several records",
     "The help lines list the candidates; use one of their ids.\n", "redline classify 910B"},
    {Code::kUnknownPlace, "there is no such country or territory",
     "Places are ISO 3166-1 alpha-2 codes or English names: CN, China, AE, UAE. Hong Kong (HK)\n"
     "and Macau (MO) have codes of their own. `redline data list places` shows all.\n",
     "redline classify h20 --to Chna"},
    {Code::kUnknownRecord, "there is no such record",
     "`redline data list` shows the kinds of records and how many there are.\n",
     "redline report april-2024"},
    {Code::kUnknownCode, "there is no such error code",
     "Codes look like RL1203. `redline explain` without a code lists all.\n",
     "redline explain RL9999"},
    {Code::kBadSetting, "a --set assignment cannot be used",
     "--set takes key=value, where the key is a quantity of the rules (tpp, pd, die, dram_bw,\n"
     "io_bidir, letter_io, dc …): --set tpp=2300, --set 'dram_bw=4.0 TB/s', --set dc=false,\n"
     "--set pd=unknown. A number without a unit is in the unit of the rule text: GB/s, mm2.\n",
     "redline classify h20 --set 'dram_bw=4 TBs'"},
    {Code::kConditionSyntax, "a --fail-if condition cannot be read",
     "Conditions compare a field of a result with a value, and are joined by and, or, not and\n"
     "parentheses:\n"
     "  outcome == license-required\n"
     "  margin < 5 and not review == denial\n"
     "  flags has borderline\n"
     "Comparisons are == != < <= > >=; `has` asks whether a list holds a word. A word with other\n"
     "letters than a-z 0-9 _ - . stands in quotes. A field that is null is unknown: no comparison\n"
     "with it holds, and neither does its opposite.\n",
     "redline classify h20 --fail-if 'outcome==license-required and (margin<5'"},
    {Code::kConditionName, "a --fail-if condition names a field that results do not have",
     "Fields are those of --format json. A field of an object is written with a dot:\n"
     "nearest_flip.change_percent. The help lines name the nearest ones.\n",
     "redline classify h20 --fail-if 'otcome==license-required'"},
    {Code::kReplayFile, "a file holds no answer that can be asked again",
     "`redline replay` reads an answer in JSON (`redline classify CHIP -o case.json`) or a case\n"
     "page (`-o case.html`). Both hold the request; tables, CSV and NDJSON do not.\n",
     "redline classify h20 --format csv -o case.csv; redline replay case.csv"},
    {Code::kBatchSyntax, "a batch line is not a JSON object",
     "Each line of a batch is one JSON object, such as\n"
     "  {\"id\": 1, \"command\": \"classify\", \"chip\": \"h20-96gb\", \"as_of\": "
     "\"2025-04-16\"}\n",
     "echo nonsense | redline batch"},
    {Code::kBatchField, "a batch request has a wrong field",
     "The message names the field and what it accepts.\n",
     "echo '{\"command\":\"classify\",\"chip\":\"h20\",\"tpp\":3}' | redline batch"},
    {Code::kBatchCommand, "a batch request names no known command",
     "The field `command` says which question the line asks, such as \"classify\".\n",
     "echo '{\"command\":\"clasify\"}' | redline batch"},
    {Code::kBadRequest, "a request of training or serving cannot be worked out",
     "A step needs sequences with tokens, and formats for what is stored. With context\n"
     "parallelism a sequence is cut into twice as many equal chunks; decoding is not split along\n"
     "the context. Drafts need sequences that decode.\n"},
    {Code::kBadShard, "a model cannot be split this way",
     "Tensor parallelism divides the heads and the width of the feed-forward; heads of keys and\n"
     "values are divided or repeated. Expert parallelism divides the experts, and the ranks of a\n"
     "stage (tensor x context x data) are a multiple of expert x expert tensor. A stage is a\n"
     "range of the model's layers; prediction modules stand on the last.\n"},
    {Code::kOutputUnwritable, "output cannot be written",
     "The disk may be full, or the folder missing or protected. Nothing half-written is left:\n"
     "Redline writes to a temporary file beside the target and renames it when complete.\n",
     "redline version > /dev/full"},
    {Code::kBug, "an internal error",
     "Redline broke one of its own rules; no input should be able to do that. Please report it\n"
     "with the command line and the input. Exit status 70.\n"},
});

const Entry& entry_of(Code code) {
  const auto* found = std::find_if(kCatalogue.begin(), kCatalogue.end(),
                                   [code](const Entry& e) { return e.code == code; });
  RL_CHECK(found != kCatalogue.end());
  return *found;
}

}  // namespace

std::string_view code_title(Code code) { return entry_of(code).title; }

std::string_view code_page(Code code) { return entry_of(code).page; }

std::string_view code_example(Code code) { return entry_of(code).example; }

const std::vector<Code>& all_codes() {
  static const std::vector<Code> kCodes = [] {
    std::vector<Code> codes;
    for (const Entry& entry : kCatalogue) {
      codes.push_back(entry.code);
    }
    return codes;
  }();
  return kCodes;
}

std::optional<Code> find_code(std::string_view name) {
  if (name.size() > 2 && (name.substr(0, 2) == "RL" || name.substr(0, 2) == "rl")) {
    name.remove_prefix(2);
  }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size()) {
    return std::nullopt;
  }
  for (const Entry& entry : kCatalogue) {
    if (static_cast<unsigned>(entry.code) == number) {
      return entry.code;
    }
  }
  return std::nullopt;
}

}  // namespace redline

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
    {Code::kJsonSyntax, "a file of rows is not a list of JSON objects",
     "Measurements and traces are read from {\"rows\": [...]}, from a bare list of objects, or\n"
     "from one object a line (NDJSON). The caret shows where reading stopped.\n",
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
    {Code::kDistributionSyntax, "a distribution cannot be read",
     "A quantity that varies is written as a number, which never varies, or as one of\n"
     "  2k to 16k                        lognormal: 5 % lie below 2,000, 95 % below 16,000\n"
     "  100 +- 20                        normal: mean and standard deviation\n"
     "  uniform(a, b)  tri(a, m, b)  pert(a, m, b)  beta(a, b)  normal(mean, deviation)\n"
     "  lognormal(median, deviation of the logarithm)  exponential(mean)  gamma(mean, cv)\n"
     "  bernoulli(p)  poisson(mean)  zipf(n, s)  empirical(v1, v2, ...)\n"
     "  mix(0.3: 100, 0.7: 200 to 2000)  with weights that add up to 1\n"
     "Numbers may end in k (thousands) or M (millions). The message names the character of the\n"
     "literal at which reading stopped.\n",
     "redline simulate serve --chip h20 --model llama-3.1-8b --prompt 'lognormal(1k'"},
    {Code::kTraceRow, "a row of a trace is not a request",
     "A trace says of each request when it came and how many tokens it had: a table with the\n"
     "columns arrival_s, input_tokens, output_tokens, or one JSON object a line. The names of\n"
     "public traces are known too (TIMESTAMP, ContextTokens, GeneratedTokens; timestamp in\n"
     "milliseconds, input_length, output_length, hash_ids). Lengths are whole numbers from 1 to\n"
     "10 million, and no row comes before the one above it. prefix and prefix_tokens, which may\n"
     "be left out, say which prompts begin alike and for how long; priority is a whole number,\n"
     "the lowest first.\n",
     "printf 'arrival_s,input_tokens,output_tokens\\n0,1024,256\\n1,-5,256\\n' > trace.csv; "
     "redline simulate serve --chip h20 --model llama-3.1-8b --traffic trace.csv"},
    {Code::kShardDamaged, "a file of a run is damaged",
     "A shard file or an SQLite file holds checksums of its batches; what is read is not what was\n"
     "written, or its end is missing. Nothing was made from it. The run that wrote it, asked "
     "again\n"
     "with --resume, keeps the whole batches before the damage and works out the rest. Where the\n"
     "beginning itself is damaged, remove the file and work that shard out anew.\n",
     "printf '[request]\\ncommand = \"classify\"\\n[vary]\\nchip = [\"h20\", \"l20\"]\\n' > "
     "s.toml; redline search run s.toml -o a.shard 2>/dev/null; sed -i s/l20/l40/ a.shard; redline "
     "merge a.shard"},
    {Code::kShardUnfinished, "a shard is not finished",
     "The run that writes it was interrupted or is still at work. What it has written is kept:\n"
     "ask the same run again with --resume, then merge.\n",
     "printf '[request]\\ncommand = \"classify\"\\n[vary]\\nchip = [\"h20\", \"l20\"]\\n' > "
     "s.toml; redline search run s.toml -o a.shard 2>/dev/null; sed -i '$d' a.shard; redline merge "
     "a.shard"},
    {Code::kShardForeign, "rows belong to another run",
     "Rows are put together only where they come from one sweep, one set of data (the hash of\n"
     "`redline data list`), one version of the program and one seed. The message says which of "
     "them\n"
     "differs. All files are as they were: write to another file, remove the one that is out of\n"
     "date, or work it out anew.\n",
     "printf '[request]\\ncommand = \"classify\"\\n[vary]\\nchip = [\"h20\", \"l20\"]\\n' > "
     "s.toml; redline search run s.toml -o a.shard 2>/dev/null; echo 'to = [\"SA\"]' >> s.toml; "
     "redline search run s.toml -o a.shard --resume"},
    {Code::kShardsOverlap, "shards hold the same points",
     "A merge takes each point once. Leave one of the two files out; neither is changed. Shards "
     "of\n"
     "different cuts (1/2 and 2/3) may be mixed as long as their points do not overlap.\n",
     "printf '[request]\\ncommand = \"classify\"\\n[vary]\\nchip = [\"h20\", \"l20\"]\\n' > "
     "s.toml; redline search run s.toml --shard 1/2 -o a.shard 2>/dev/null; redline search run "
     "s.toml -o b.shard 2>/dev/null; redline merge a.shard b.shard"},
    {Code::kShardsMissing, "shards do not make up the run",
     "Points of the sweep are in none of the files. The message names them and the shards that\n"
     "would hold them; the others are as they were and need not be worked out again.\n",
     "printf '[request]\\ncommand = \"classify\"\\n[vary]\\nchip = [\"h20\", \"l20\"]\\n' > "
     "s.toml; redline search run s.toml --shard 1/2 -o a.shard 2>/dev/null; redline merge a.shard"},
    {Code::kFormulaSyntax, "a formula of a scenario cannot be read",
     "Formulas have numbers with or without a unit (0.3, 2.5 GUSD), ids of quantities, + - * / ^,\n"
     "comparisons, brackets and functions: min, max, clamp, if, exp, log, sqrt, abs, quarterly, "
     "yearly,\n"
     "total, plain; by(event, DATE) and days(event, DATE); and, in answers, results such as\n"
     "revenue(line, FY26Q1). The caret stands where reading stopped.\n",
     "printf 'id = \"x\"\\ntitle = \"X\"\\nas_of = 2025-04-17\\n[[firm]]\\nid = "
     "\"f\"\\ntitle = \"F\"\\nyear_ends = 1\\n[[option]]\\nid = \"o\"\\ntitle = "
     "\"O\"\\nlines = []\\n[[quantity]]\\nid = \"a\"\\nwhat = \"A\"\\nformula = \"2 * (3 + "
     "\"\\n' > x.toml; redline exposure x.toml"},
    {Code::kCycle, "values depend on each other in a circle",
     "A quantity or event of a scenario needs another one that needs it in turn, so that neither "
     "can be\n"
     "worked out first. The message goes round the circle. Give one of them without the others.\n",
     "printf 'id = \"x\"\\ntitle = \"X\"\\nas_of = 2025-04-17\\n[[firm]]\\nid = "
     "\"f\"\\ntitle = \"F\"\\nyear_ends = 1\\n[[option]]\\nid = \"o\"\\ntitle = "
     "\"O\"\\nlines = []\\n[[event]]\\nid = \"a\"\\nwhat = \"A\"\\nafter = "
     "[\"b\"]\\n[[event]]\\nid = \"b\"\\nwhat = \"B\"\\nafter = [\"a\"]\\n' > x.toml; "
     "redline exposure x.toml"},
    {Code::kProbability, "a probability is outside 0 to 1",
     "A probability is a number from 0 to 1 or a percentage, or a distribution that keeps within "
     "them\n"
     "but for a hundred-thousandth at each end: beta(a, b), uniform(0.1, 0.4), pert(0.1, 0.2, "
     "0.6).\n",
     "printf 'id = \"x\"\\ntitle = \"X\"\\nas_of = 2025-04-17\\n[[firm]]\\nid = "
     "\"f\"\\ntitle = \"F\"\\nyear_ends = 1\\n[[option]]\\nid = \"o\"\\ntitle = "
     "\"O\"\\nlines = []\\n[[event]]\\nid = \"a\"\\nwhat = \"A\"\\nprobability = 1.2\\n' > "
     "x.toml; redline exposure x.toml"},
    {Code::kGeographyClash, "revenue of two geographies is mixed",
     "Revenue is put to a place by the address that is billed, by the headquarters of the "
     "customer, or\n"
     "by where the goods go. For one place these differ by half and more, so numbers of two of "
     "them are\n"
     "not added, compared or divided. The message says which two. plain(x) drops the reading of "
     "x.\n",
     "printf 'id = \"x\"\\ntitle = \"X\"\\nas_of = 2025-04-17\\n[[firm]]\\nid = "
     "\"f\"\\ntitle = \"F\"\\nyear_ends = 1\\n[[option]]\\nid = \"o\"\\ntitle = "
     "\"O\"\\nlines = []\\n[[quantity]]\\nid = \"a\"\\nwhat = \"A\"\\nformula = "
     "\"nvda_billing / nvda_hq\"\\n[[quantity]]\\nid = \"nvda_billing\"\\nwhat = "
     "\"B\"\\nfigure = \"nvda.fy24q3.china_billing\"\\n[[quantity]]\\nid = "
     "\"nvda_hq\"\\nwhat = \"H\"\\nvalue = \"9.7 GUSD\"\\ngeography = \"headquarters\"\\n' "
     "> x.toml; redline exposure x.toml"},
    {Code::kPeriodClash, "amounts of different periods are mixed",
     "A quarter and a year, or a stock such as an order book and a flow such as revenue, are not "
     "added,\n"
     "compared or divided. The message says which two. quarterly(x) and yearly(x) bring a flow to "
     "one\n"
     "length, total(x, n) is what it comes to in n of its periods, plain(x) drops the reading.\n",
     "printf 'id = \"x\"\\ntitle = \"X\"\\nas_of = 2025-04-17\\n[[firm]]\\nid = "
     "\"f\"\\ntitle = \"F\"\\nyear_ends = 1\\n[[option]]\\nid = \"o\"\\ntitle = "
     "\"O\"\\nlines = []\\n[[quantity]]\\nid = \"a\"\\nwhat = \"A\"\\nvalue = \"16 "
     "GUSD\"\\nform = \"stock\"\\n[[quantity]]\\nid = \"b\"\\nwhat = \"B\"\\nvalue = \"17.1 "
     "GUSD\"\\nper = \"year\"\\n[[quantity]]\\nid = \"c\"\\nwhat = \"C\"\\nformula = \"a / "
     "b\"\\n' > x.toml; redline exposure x.toml"},
    {Code::kLateEvidence, "evidence is dated after the scenario",
     "A scenario rests on what was known on its day: a figure, source or event dated later would "
     "make a\n"
     "forecast of what is already known. Take what had been published by then. Series of "
     "precedents cut\n"
     "themselves: their later cases are not read.\n",
     "printf 'id = \"x\"\\ntitle = \"X\"\\nas_of = 2025-04-17\\n[[firm]]\\nid = "
     "\"f\"\\ntitle = \"F\"\\nyear_ends = 1\\n[[option]]\\nid = \"o\"\\ntitle = "
     "\"O\"\\nlines = []\\n[[event]]\\nid = \"a\"\\nwhat = \"A\"\\nhappened = "
     "2025-08-08\\n' > x.toml; redline exposure x.toml"},
    {Code::kNotPositiveDefinite, "correlations cannot all hold together",
     "If a goes with b and b with c, a and c cannot go against each other at will: the matrix of "
     "the\n"
     "correlations has to be positive definite. The message offers the nearest one that is "
     "(Higham\n"
     "2002), pair by pair.\n",
     "printf 'id = \"x\"\\ntitle = \"X\"\\nas_of = 2025-04-17\\n[[firm]]\\nid = "
     "\"f\"\\ntitle = \"F\"\\nyear_ends = 1\\n[[option]]\\nid = \"o\"\\ntitle = "
     "\"O\"\\nlines = []\\n[[quantity]]\\nid = \"a\"\\nwhat = \"Q\"\\nvalue = \"1 to "
     "2\"\\n[[quantity]]\\nid = \"b\"\\nwhat = \"Q\"\\nvalue = \"1 to "
     "2\"\\n[[quantity]]\\nid = \"c\"\\nwhat = \"Q\"\\nvalue = \"1 to "
     "2\"\\n[[correlation]]\\nbetween = [\"a\", \"b\"]\\nvalue = "
     "0.9\\n[[correlation]]\\nbetween = [\"b\", \"c\"]\\nvalue = "
     "0.9\\n[[correlation]]\\nbetween = [\"a\", \"c\"]\\nvalue = -0.9\\n' > x.toml; redline "
     "exposure x.toml"},
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
    {Code::kRunUnfinished, "an unfinished run stands where the output goes",
     "What a run has worked out is not thrown away by a slip. --resume goes on from what is kept;\n"
     "to begin anew, remove the file.\n",
     "printf '[request]\\ncommand = \"classify\"\\n[vary]\\nchip = [\"h20\", \"l20\"]\\n' > "
     "s.toml; redline search run s.toml -o a.shard 2>/dev/null; sed -i '$d' a.shard; redline "
     "search run s.toml -o a.shard"},
    {Code::kOutputForeign, "the output is a file that is no run of Redline",
     "A run writes over a finished run of the same name, but not over a file or a database of\n"
     "someone else. Write to another file, or remove that one.\n",
     "printf '[request]\\ncommand = \"classify\"\\n[vary]\\nchip = [\"h20\", \"l20\"]\\n' > "
     "s.toml; echo notes > a.shard; redline search run s.toml -o a.shard"},
    {Code::kRunBusy, "another process writes the same run",
     "Two processes were given the same output, such as a task of a queue that was started twice.\n"
     "The first goes on; what it writes is kept. Wait for it, or give each its own file.\n"},
    {Code::kStopped, "an answer was stopped before it was whole",
     "Most interrupted answers say what they found until then; this one would mislead in parts. "
     "Ask\n"
     "again, and let it end.\n"},
    {Code::kListen, "the server cannot listen there",
     "Another program, perhaps another `redline serve`, has the port, or the address is not one "
     "of\n"
     "this machine. `--port 0` takes a free port and prints it; a port below 1024 takes root.\n",
     "redline serve --host 192.0.2.1"},
    {Code::kHttpStranger, "the server does not answer this asker",
     "`redline serve` answers programs on this machine, its own pages, and, where it listens to a\n"
     "network, whoever shows its token (Authorization: Bearer TOKEN). A page of another site is\n"
     "refused, whichever name it gives this machine, so that a browser cannot be made to ask.\n"
     "Ask by the address that the server printed; `--allow-host NAME` adds a name of its own.\n"},
    {Code::kHttpMalformed, "the server cannot read the HTTP request",
     "A request has a JSON body of at most 1 MiB with Content-Type: application/json, or its "
     "fields\n"
     "in the query of a GET. Its head comes within 10 seconds and has at most 32 KiB, the body\n"
     "follows within 30 seconds, uncompressed. The connection is closed after such a request.\n"},
    {Code::kNoResource, "the server has nothing there",
     "GET /v1 lists what there is, /openapi.json says how each is asked. Commands of `redline "
     "batch`\n"
     "are /v1/COMMAND by GET or POST; long ones also jobs, POST /v1/jobs. A job is forgotten some\n"
     "hundred jobs after it has ended; with --jobs DIR its file stays.\n"},
    {Code::kTooMuch, "the server has too much to do",
     "As many requests as it takes at once are in work, and as many as it lets wait wait. Nothing "
     "of\n"
     "the refused one was done: ask again after the seconds of Retry-After. A request that is "
     "itself\n"
     "too much (status 400) asks about more parts or worlds than one request may: ask in parts.\n"},
    {Code::kTooSlow, "the answer takes longer than the server waits",
     "A request that is answered at once has so many seconds (`--timeout`, 30 where not given). "
     "Ask\n"
     "as a job: POST /v1/jobs with the same fields and \"command\", then follow its events.\n"},
    {Code::kJobEnded, "the job has no answer",
     "It has not ended yet, or it was cancelled. GET /v1/jobs/ID says which; events follow it.\n"},
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
     "Redline writes to a temporary file beside the target and renames it when complete. A sweep\n"
     "keeps the rows that it has worked out; --resume goes on from them once there is room.\n",
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

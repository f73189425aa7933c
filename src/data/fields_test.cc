// Field tables: reading, validation and schema of a small record of our own.
#include "data/fields.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace redline::data {

enum class Colour : std::uint8_t { kRed, kGreen };
struct Part {
  std::string id;
  Colour colour = Colour::kRed;
  std::optional<Fact<BytesPerSecond>> bandwidth;
  std::optional<SquareMm> area;
  std::optional<int> count;
  bool hot = false;
  std::vector<std::string> aliases;
  std::optional<PartialDate> launched;
};
struct Shelf {
  std::vector<Part> parts;
  Date checked{};
  double load = 0.0;
};

template <>
struct EnumNames<Colour> {
  static constexpr std::array<std::pair<std::string_view, Colour>, 2> kNames{
      {{"red", Colour::kRed}, {"green", Colour::kGreen}}};
};
template <>
struct Record<Part> {
  static constexpr std::string_view kName = "part";
  static constexpr std::string_view kDoc = "A part.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &Part::id, {.required = true, .doc = "Unique."}),
        field("colour", &Part::colour, {.required = true, .doc = "Of the lid."}),
        field("bandwidth", &Part::bandwidth, {.doc = "Peak."}),
        field("area", &Part::area, {.max = 1000.0, .doc = "Of the die."}),
        field("count", &Part::count, {.min = 1, .max = 10, .doc = "How many."}),
        field("hot", &Part::hot, {.doc = "Whether."}),
        field("aliases", &Part::aliases, {.doc = "Other names."}),
        field("launched", &Part::launched, {.doc = "When."}),
    };
  }
};
template <>
struct Record<Shelf> {
  static constexpr std::string_view kName = "shelf";
  static constexpr std::string_view kDoc = "Parts.";
  static constexpr auto fields() {
    return std::tuple{
        field("part", &Shelf::parts, {.doc = "Parts."}),
        field("checked", &Shelf::checked, {.doc = "When."}),
        field("load", &Shelf::load, {.min = 0, .max = 1, .doc = "Share."}),
    };
  }
};

namespace {

template <class R>
struct ReadResult {
  R record;
  Diagnostics errors;
  bool good = false;
};

template <class R = Part>
ReadResult<R> read(std::string text) {
  ReadResult<R> result;
  const Document document("p.toml", std::move(text), result.errors);
  Reader reader(result.errors, document.damaged());
  result.good = read_record(document.root(), result.record, reader);
  return result;
}

// The only error of a text; a test fails if there is another number of them.
Error only_error(std::string text) {
  const auto result = read(std::move(text));
  EXPECT_FALSE(result.good);
  EXPECT_EQ(result.errors.size(), 1U) << render(result.errors);
  return result.errors.empty() ? Error{} : result.errors.front();
}

bool has_help(const Error& error, std::string_view part) {
  for (const std::string& line : error.help) {
    if (line.find(part) != std::string::npos) {
      return true;
    }
  }
  return false;
}

constexpr const char* kHead = "id = 'a'\ncolour = 'green'\n";
std::string with(const char* rest) { return std::string(kHead) + rest + "\n"; }

TEST(Fields, ReadARecord) {
  const auto result = read(
      with("bandwidth = { value = '4 TB/s', basis = 'stated', source = ['x'] }\narea = '814 mm2'\n"
           "count = 2\nhot = true\naliases = ['b', 'c']\nlaunched = '2024-02'"));
  EXPECT_TRUE(result.good) << render(result.errors);
  EXPECT_EQ(result.record.id, "a");
  EXPECT_EQ(result.record.colour, Colour::kGreen);
  EXPECT_DOUBLE_EQ(result.record.bandwidth->value->base(), 4e12);
  EXPECT_EQ(result.record.bandwidth->basis, Basis::kStated);
  EXPECT_DOUBLE_EQ(result.record.area->base(), 814.0);
  EXPECT_EQ(result.record.count, 2);
  EXPECT_TRUE(result.record.hot);
  EXPECT_EQ(result.record.aliases.size(), 2U);
  EXPECT_EQ(result.record.launched, (PartialDate{2024, 2, 0}));
}

TEST(Fields, SuggestTheNearestKeyForAnUnknownOne) {
  const Error error = only_error(with("bandwith = 1"));
  EXPECT_EQ(error.code, Code::kUnknownKey);
  EXPECT_EQ(error.where->line, 3);
  EXPECT_EQ(error.where->column, 1);
  EXPECT_TRUE(has_help(error, "did you mean 'bandwidth'?"));
}

TEST(Fields, ReportAMissingKey) {
  const Error error = only_error("id = 'a'\n");
  EXPECT_EQ(error.code, Code::kMissingKey);
  EXPECT_TRUE(has_help(error, "colour"));
}

TEST(Fields, DoNotReportAKeyMissingThatMayStandInADamagedLine) {
  const auto result = read("id = 'a'\ncolour = = 'red'\n");
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors.front().code, Code::kTomlSyntax);
}

TEST(Fields, ReportAWrongType) {
  for (const char* text : {"count = 'two'", "count = 2.0", "hot = 1", "aliases = 'b'",
                           "aliases = [1]", "launched = 2024", "area = true", "bandwidth = 1"}) {
    EXPECT_EQ(only_error(with(text)).code,
              std::string_view(text) == "bandwidth = 1" ? Code::kWrongType : Code::kWrongType)
        << text;
  }
}

TEST(Fields, ABareNumberHasNoUnit) {
  const Error error = only_error(with("area = 814"));
  EXPECT_EQ(error.code, Code::kMissingUnit);
  EXPECT_EQ(error.label, "expected an area");
  EXPECT_EQ(error.where->column, 8);
  EXPECT_EQ(error.where->length, 3);
}

TEST(Fields, ABareNumberInAFactHasNoUnit) {
  const Error error =
      only_error(with("bandwidth = { value = 4.0, basis = 'stated', source = ['x'] }"));
  EXPECT_EQ(error.code, Code::kMissingUnit);
}

TEST(Fields, AUnitOfAnotherDimensionIsRefused) {
  EXPECT_EQ(only_error(with("area = '814 GB'")).code, Code::kWrongUnit);
}

TEST(Fields, AValueOutsideItsLimitsIsRefused) {
  EXPECT_EQ(only_error(with("count = 0")).code, Code::kOutOfRange);
  EXPECT_EQ(only_error(with("count = 11")).code, Code::kOutOfRange);
  EXPECT_EQ(only_error(with("count = 99999999999")).code, Code::kOutOfRange);
  EXPECT_EQ(only_error(with("area = '2000 mm2'")).code, Code::kOutOfRange);
}

TEST(Fields, APhysicalQuantityIsNeverNegative) {
  EXPECT_EQ(only_error(with("area = '-1 mm2'")).code, Code::kOutOfRange);
}

TEST(Fields, InfinityIsOutOfRange) {
  const auto result = read<Shelf>("load = inf\n");
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors.front().code, Code::kOutOfRange);
}

TEST(Fields, ARangeMustHoldItsValue) {
  const Error error = only_error(
      with("bandwidth = { value = '4 TB/s', range = ['1 TB/s', '3 TB/s'], basis = 'stated', "
           "source = ['x'] }"));
  EXPECT_EQ(error.code, Code::kBadInterval);
}

TEST(Fields, ARangeHasTwoEndsInOrder) {
  for (const char* range :
       {"['3 TB/s', '1 TB/s']", "['3 TB/s']", "[]", "['1 TB/s', '2 TB/s', '3 TB/s']"}) {
    const std::string text =
        with("") + "bandwidth = { range = " + range + ", basis = 'stated', source = ['x'] }\n";
    const auto result = read(text);
    ASSERT_FALSE(result.errors.empty()) << range;
    EXPECT_EQ(result.errors.front().code, Code::kBadInterval) << range;
  }
}

TEST(Fields, ABadRangeIsReportedOnce) {
  const Error error = only_error(
      with("bandwidth = { range = ['3 TB/s', '1 TB/s'], basis = 'stated', source = ['x'] }"));
  EXPECT_EQ(error.code, Code::kBadInterval);
}

TEST(Fields, AFactMayHaveARangeAlone) {
  const auto result = read(
      with("bandwidth = { range = ['1 TB/s', '3 TB/s'], basis = 'estimated', source = ['x'] }"));
  ASSERT_TRUE(result.good) << render(result.errors);
  EXPECT_FALSE(result.record.bandwidth->known());
  EXPECT_DOUBLE_EQ(result.record.bandwidth->range->high.base(), 3e12);
}

TEST(Fields, AFactNeedsAValueOrARange) {
  EXPECT_EQ(only_error(with("bandwidth = { basis = 'stated', source = ['x'] }")).code,
            Code::kMissingKey);
}

TEST(Fields, AFactNeedsItsBasisAndSource) {
  const auto result = read(with("bandwidth = { value = '4 TB/s' }"));
  ASSERT_EQ(result.errors.size(), 2U);
  EXPECT_EQ(result.errors[0].code, Code::kMissingKey);
  EXPECT_EQ(result.errors[1].code, Code::kMissingKey);
}

TEST(Fields, AWordThatIsNoChoiceIsRefusedWithTheNearest) {
  const Error error = only_error("id = 'a'\ncolour = 'gren'\n");
  EXPECT_EQ(error.code, Code::kNotAChoice);
  EXPECT_TRUE(has_help(error, "did you mean \"green\"?"));
  EXPECT_TRUE(has_help(error, "red, green"));
}

TEST(Fields, AllProblemsAreReportedAtOnce) {
  const auto result = read(
      "colour = 'blue'\narea = 5\ncount = 'x'\nhott = true\nlaunched = '2024-13'\n"
      "bandwidth = { value = '4 mm2', basis = 'sure', source = 'x' }\n");
  EXPECT_FALSE(result.good);
  EXPECT_EQ(result.errors.size(), 9U) << render(result.errors);
}

TEST(Fields, ProblemsOfEveryElementAreReported) {
  const auto result = read<Shelf>("[[part]]\nid = 'a'\n[[part]]\ncolour = 'red'\n");
  ASSERT_EQ(result.errors.size(), 2U) << render(result.errors);
  EXPECT_EQ(result.errors[0].where->line, 1);
  EXPECT_EQ(result.errors[1].where->line, 3);
}

TEST(Fields, ADateMayBeTextOrDate) {
  EXPECT_EQ(read<Shelf>("checked = 2025-04-17\n").record.checked, make_date(2025, 4, 17));
  EXPECT_EQ(read<Shelf>("checked = '2025-04-17'\n").record.checked, make_date(2025, 4, 17));
  EXPECT_FALSE(read<Shelf>("checked = '2025-04-31'\n").good);
}

TEST(Schema, IsValidJsonWithEveryKey) {
  const auto schema = nlohmann::json::parse(json_schema(Codec<Shelf>::info()));
  EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  const auto& part = schema["properties"]["part"]["items"];
  EXPECT_EQ(part["properties"].size(), 8U);
  EXPECT_EQ(part["required"], (nlohmann::json{"id", "colour"}));
  EXPECT_EQ(part["additionalProperties"], false);
  EXPECT_EQ(part["properties"]["colour"]["enum"], (nlohmann::json{"red", "green"}));
}

TEST(Schema, RowsNameNestedKeysWithDots) {
  std::vector<std::string> keys;
  for (const KeyRow& row : key_rows(Codec<Shelf>::info())) {
    keys.push_back(row.key);
  }
  EXPECT_EQ(keys,
            (std::vector<std::string>{"part", "part[].id", "part[].colour", "part[].bandwidth",
                                      "part[].area", "part[].count", "part[].hot", "part[].aliases",
                                      "part[].launched", "checked", "load"}));
}

}  // namespace
}  // namespace redline::data

// Market data: loading, figures of periods, overlays, and files that are wrong.

#include <cmath>

#include <gtest/gtest.h>

#include "catalog/record_kinds.h"
#include "catalog/test_data.h"

namespace redline {
namespace {

const Catalog& market() {
  static const Catalog kCatalog = [] {
    auto loaded = load_catalog(test::files(), {.chips = true, .sources = true, .market = true});
    RL_CHECK(loaded.has_value());
    return std::move(*loaded);
  }();
  return kCatalog;
}

double gusd(std::string_view id) {
  const MarketFigure* figure = market().market.figure(id);
  EXPECT_NE(figure, nullptr) << id;
  return figure != nullptr && figure->value ? figure->value->base / 1e9 : std::nan("");
}

TEST(Market, PeriodsGiveFigures) {
  EXPECT_DOUBLE_EQ(gusd("nvda.fy26q1.revenue"), 44.062);
  const MarketFigure* figure = market().market.figure("nvda.fy26q1.china_hq");
  ASSERT_NE(figure, nullptr);
  EXPECT_EQ(figure->what,
            "Revenue from customers with headquarters in China with Hong Kong, NVIDIA fiscal 2026 "
            "Q1");
  EXPECT_EQ(format_date(*figure->published), "2026-05-20");  // recast a year later
  EXPECT_EQ(format_date(*market().market.figure("nvda.fy26q1.revenue")->published), "2025-05-28");
}

TEST(Market, QuartersAddUpToYears) {
  for (const char* year : {"fy24", "fy25"}) {
    for (const char* key : {"revenue", "data_center", "china_billing"}) {
      double sum = 0.0;
      for (int q = 1; q <= 4; ++q) {
        sum += gusd(std::string("nvda.") + year + "q" + std::to_string(q) + "." + key);
      }
      // Published figures are rounded to millions.
      EXPECT_NEAR(sum, gusd(std::string("nvda.") + year + "." + key), 0.0021) << year << key;
    }
  }
}

TEST(Market, EveryKnownValueHasBasisSourceAndDay) {
  const auto check = [](const MarketBasis& record, bool known, const std::string& id) {
    EXPECT_EQ(known, record.unknown.empty()) << id;
    if (known) {
      EXPECT_TRUE(record.basis && record.confidence && record.published) << id;
      EXPECT_FALSE(record.sources.empty()) << id;
    }
  };
  EXPECT_GT(market().market.figures.size(), 150U);
  for (const MarketFigure& figure : market().market.figures) {
    check(figure, figure.known(), figure.id);
  }
  for (const MarketEvent& event : market().market.events) {
    check(event, true, event.id);
  }
  for (const MarketStatement& statement : market().market.statements) {
    check(statement, !statement.values.empty(), statement.id);
  }
}

TEST(Market, IsLoadedOnlyWhereItIsAskedFor) {
  const auto loaded = load_catalog(test::files(), {.chips = false});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->market.figures.empty());
}

data::FileSet base_and(const std::string& name, const std::string& text) {
  data::FileSet files = test::files();
  files.files.push_back({"market/" + name, name, text, 1});
  return files;
}

TEST(Market, AnOverlayReplacesOneFigureOfAPeriod) {
  const auto loaded = load_catalog(
      base_and("mine.toml",
               "[[period]]\nid = \"nvda.fy25\"\ntitle = \"Mine\"\npublished = 2025-03-01\n"
               "china_billing = { value = \"18 GUSD\", basis = \"estimated\", "
               "confidence = \"press\", source = [\"nvda-10k-fy2025\"] }\n"),
      {.chips = true, .sources = true, .market = true});
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_DOUBLE_EQ(loaded->market.figure("nvda.fy25.china_billing")->value->base, 18e9);
  EXPECT_DOUBLE_EQ(loaded->market.figure("nvda.fy25.revenue")->value->base, 130.497e9);
  EXPECT_EQ(loaded->replaced.size(), 2U);
}

TEST(Market, ASourceThatDoesNotExistIsAnError) {
  const auto loaded = load_catalog(
      base_and("mine.toml",
               "[[figure]]\nid = \"x\"\nwhat = \"X\"\nvalue = \"1 GUSD\"\nbasis = \"stated\"\n"
               "confidence = \"press\"\npublished = 2025-01-01\nsource = [\"nowhere\"]\n"),
      {.chips = true, .sources = true, .market = true});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().front().code, Code::kUnknownReference);
}

Diagnostics check(const std::string& text) {
  for (const RecordKind& kind : record_kinds()) {
    if (kind.name == "market") {
      return kind.check("mine.toml", text);
    }
  }
  return {};
}

TEST(Market, FilesThatAreWrongSayWhere) {
  const std::string head = "[[figure]]\nid = \"x\"\nwhat = \"X\"\n";
  const std::string tail =
      "basis = \"stated\"\nconfidence = \"press\"\npublished = 2025-01-01\nsource = [\"s\"]\n";
  for (const auto& [text, code] : std::vector<std::pair<std::string, Code>>{
           {head + tail, Code::kMissingKey},
           {head + "value = \"1\"\n" + tail, Code::kMissingUnit},
           {head + "value = \"1 Gusd\"\n" + tail, Code::kWrongUnit},
           {head + "value = 1\n" + tail, Code::kWrongType},
           {head + "value = \"1 GUSD\"\n", Code::kMissingKey},
           {head + "value = \"1 GUSD\"\nunknown = \"why\"\n" + tail, Code::kInconsistent},
           {head + "range = [\"2 GUSD\", \"1 GUSD\"]\n" + tail, Code::kBadInterval},
           {head + "range = [\"1 GUSD\", \"2 units\"]\n" + tail, Code::kBadInterval},
           {head + "value = \"3 GUSD\"\nrange = [\"1 GUSD\", \"2 GUSD\"]\n" + tail,
            Code::kBadInterval},
           {"[[period]]\nid = \"p\"\ntitle = \"P\"\npublished = 2025-01-01\nfirst = 2025-02-01\n"
            "last = 2025-01-01\n",
            Code::kInconsistent}}) {
    const Diagnostics errors = check(text);
    ASSERT_FALSE(errors.empty()) << text;
    EXPECT_EQ(errors.front().code, code) << text << render(errors);
    EXPECT_TRUE(errors.front().where) << text;
  }
  EXPECT_TRUE(check(head + "value = \"1 GUSD\"\n" + tail).empty());
  EXPECT_TRUE(check(head + "unknown = \"not found\"\n").empty());
}

TEST(Measure, KeepsItsUnit) {
  EXPECT_EQ(format_measure(*parse_measure("5.5 GUSD")), "5.5 GUSD");
  EXPECT_EQ(format_measure(*parse_measure("32.15 percent")), "32.15 %");
  EXPECT_DOUBLE_EQ(parse_measure("0.88 MCNY")->base, 0.88e6);
  EXPECT_FALSE(same_kind(*parse_measure("1 CNY"), *parse_measure("1 USD")));
  EXPECT_FALSE(same_kind(*parse_measure("1 units"), *parse_measure("1 percent")));
  EXPECT_TRUE(same_kind(*parse_measure("1 MUSD"), *parse_measure("1 GUSD")));
}

}  // namespace
}  // namespace redline

// Loading: the real data set, files with problems, and folders laid over the base.
#include "redline/catalog.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "catalog/test_data.h"

namespace redline {
namespace {

using data::DataFile;
using data::FileSet;

constexpr const char* kChip = R"(id = "a1"
name = "Acme A1"
vendor = "Acme"
status = "shipped"
designer_hq = "US"
market = "data-center"
)";

FileSet set_of(std::vector<DataFile> files) { return {std::move(files), "0"}; }
DataFile base(std::string relative, std::string text) {
  return {relative, "data/" + relative, std::move(text), 0};
}
DataFile overlay(std::string relative, std::string text) {
  return {relative, "mine/" + relative, std::move(text), 1};
}

std::vector<Code> codes_of(const Loaded<Catalog>& catalog) {
  std::vector<Code> codes;
  if (!catalog) {
    for (const Error& error : catalog.error()) {
      codes.push_back(error.code);
    }
  }
  return codes;
}

TEST(RealData, HasEveryRecord) {
  EXPECT_EQ(test::catalog().chips.size(), 107U);
  EXPECT_EQ(test::catalog().systems.size(), 36U);
  EXPECT_EQ(test::catalog().models.size(), 135U);
}

TEST(RealData, RecordsStandById) {
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  EXPECT_TRUE(std::is_sorted(test::catalog().chips.begin(), test::catalog().chips.end(), by_id));
  EXPECT_TRUE(std::is_sorted(test::catalog().models.begin(), test::catalog().models.end(), by_id));
}

TEST(RealData, NothingReplacesAnything) { EXPECT_TRUE(test::catalog().replaced.empty()); }

TEST(RealData, LooksUpById) {
  EXPECT_NE(test::catalog().chip("h20-96gb"), nullptr);
  EXPECT_EQ(test::catalog().chip("h20"), nullptr);
  EXPECT_EQ(test::catalog().chip(""), nullptr);
}

TEST(Load, ReadsOneChip) {
  const auto catalog = load_catalog(set_of({base("chips/acme/a1.toml", kChip)}), {});
  ASSERT_TRUE(catalog);
  EXPECT_EQ(catalog->chips.front().name, "Acme A1");
}

TEST(Load, AnOverlayReplacesAndIsReported) {
  std::string mine = kChip;
  mine.replace(mine.find("Acme A1"), 7, "My A1");
  const auto catalog =
      load_catalog(set_of({base("chips/acme/a1.toml", kChip), overlay("chips/a1.toml", mine)}), {});
  ASSERT_TRUE(catalog);
  ASSERT_EQ(catalog->chips.size(), 1U);
  EXPECT_EQ(catalog->chips.front().name, "My A1");
  EXPECT_EQ(catalog->replaced, std::vector<std::string>{"chip a1 by mine/chips/a1.toml"});
}

TEST(Load, AnOverlayMayAdd) {
  std::string mine = kChip;
  mine.replace(mine.find("\"a1\""), 4, "\"a2\"");
  const auto catalog =
      load_catalog(set_of({base("chips/acme/a1.toml", kChip), overlay("chips/a2.toml", mine)}), {});
  ASSERT_TRUE(catalog);
  EXPECT_EQ(catalog->chips.size(), 2U);
  EXPECT_TRUE(catalog->replaced.empty());
}

TEST(Load, TheSameIdTwiceInOneLayerIsAProblem) {
  const auto catalog = load_catalog(
      set_of({base("chips/acme/a1.toml", kChip), base("chips/other/a1.toml", kChip)}), {});
  EXPECT_EQ(codes_of(catalog), std::vector{Code::kDuplicateId});
}

TEST(Load, TheIdIsTheNameOfTheFile) {
  EXPECT_EQ(codes_of(load_catalog(set_of({base("chips/a2.toml", kChip)}), {})),
            std::vector{Code::kIdMismatch});
}

TEST(Load, ProblemsOfAllFilesAreReportedAtOnce) {
  const auto catalog = load_catalog(
      set_of({base("chips/a.toml", "id = = 1\n"),
              base("chips/b.toml", std::string(kChip) + "x = 1\n"), base("chips/a1.toml", kChip)}),
      {});
  EXPECT_EQ(codes_of(catalog), (std::vector{Code::kTomlSyntax, Code::kUnknownKey}));
}

TEST(Load, ASourceThatIsNotThereIsAProblem) {
  const std::string chip =
      std::string(kChip) +
      "datacenter = { value = true, basis = \"stated\", source = [\"nope\"] }\n";
  const auto catalog =
      load_catalog(set_of({base("chips/a1.toml", chip)}), {.chips = true, .sources = true});
  EXPECT_EQ(codes_of(catalog), std::vector{Code::kUnknownReference});
}

TEST(Load, WhoTellsOfTheRunsOfASourceIsASource) {
  const auto told_by = [](const std::string& id) {
    const std::string source =
        "[[source]]\nid = \"a\"\ntitle = \"A\"\nkind = \"dataset\"\n"
        "[[source.run]]\nstep_tokens = 5\nsource = [\"" +
        id + "\"]\n";
    return load_catalog(set_of({base("sources/s.toml", source)}), {.sources = true});
  };
  EXPECT_TRUE(told_by("a"));
  EXPECT_EQ(codes_of(told_by("b")), std::vector{Code::kUnknownReference});
}

TEST(Load, ASystemNeedsAChipOfTheCatalogue) {
  const auto catalog = load_catalog(
      set_of({base(
          "systems/s.toml",
          "id = \"s\"\nname = \"S\"\nvendor = \"Acme\"\nchip = \"a9\"\nchips_per_node = 8\n")}),
      {.chips = true, .systems = true, .sources = true});
  EXPECT_EQ(codes_of(catalog), std::vector{Code::kUnknownReference});
}

TEST(Load, AChipOfTheUsersIsReadFromText) {
  const auto chip = parse_chip("my.toml", kChip);
  ASSERT_TRUE(chip);
  EXPECT_EQ(chip->id, "a1");
  EXPECT_FALSE(parse_chip("my.toml", "id = 3\n"));
}

TEST(Load, AnEmptyDataSetIsAnEmptyCatalogue) {
  const auto catalog = load_catalog(set_of({}), {});
  ASSERT_TRUE(catalog);
  EXPECT_TRUE(catalog->chips.empty());
}

}  // namespace
}  // namespace redline

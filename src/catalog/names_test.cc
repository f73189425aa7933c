// Names as people write them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "catalog/test_data.h"

namespace redline {
namespace {

Result<std::vector<std::string>> ids_of(std::string_view name) {
  const auto& chips = test::catalog().chips;
  auto found = find_records(names_of(chips), name, "chip", Code::kUnknownChip);
  if (!found) {
    return tl::unexpected(std::move(found).error());
  }
  std::vector<std::string> ids;
  for (const std::size_t i : *found) {
    ids.push_back(chips[i].id);
  }
  return ids;
}

// The one record meant, or the error code and its help lines.
std::string id_of(std::string_view name) {
  const auto ids = ids_of(name);
  if (!ids) {
    return code_name(ids.error().code);
  }
  return ids->size() == 1 ? ids->front() : std::to_string(ids->size()) + " chips";
}

std::string help_of(std::string_view name) {
  const auto ids = ids_of(name);
  std::string text;
  for (const std::string& line : ids ? std::vector<std::string>{} : ids.error().help) {
    text += line + "\n";
  }
  return text;
}

TEST(Names, AnIdMeansItsRecord) { EXPECT_EQ(id_of("h20-96gb"), "h20-96gb"); }

TEST(Names, AnAliasMeansItsRecord) { EXPECT_EQ(id_of("H20"), "h20-96gb"); }

TEST(Names, CaseAndPunctuationDoNotMatter) {
  EXPECT_EQ(id_of("RTX 5090 D"), "rtx-5090-d");
  EXPECT_EQ(id_of("rtx_5090_d"), "rtx-5090-d");
  EXPECT_EQ(id_of("  Hgx h20 "), "h20-96gb");
}

TEST(Names, TheVendorMayStandInFront) {
  EXPECT_EQ(id_of("NVIDIA H20"), "h20-96gb");
  EXPECT_EQ(id_of("nvidia-b200"), "b200");
  EXPECT_EQ(id_of("AMD MI300X"), "mi300x");
  EXPECT_EQ(id_of("amd b200"), "RL2101");
}

TEST(Names, EveryIdMeansItself) {
  for (const Chip& chip : test::catalog().chips) {
    EXPECT_EQ(id_of(chip.id), chip.id);
  }
}

TEST(Names, EveryFullNameMeansItsRecord) {
  for (const Chip& chip : test::catalog().chips) {
    EXPECT_EQ(id_of(chip.name), chip.id) << chip.name;
  }
}

TEST(Names, AGlobMeansSeveralRecords) {
  const auto ids = ids_of("rtx-5090*");
  ASSERT_TRUE(ids);
  EXPECT_EQ(*ids, (std::vector<std::string>{"rtx-5090", "rtx-5090-d", "rtx-5090-d-v2"}));
}

TEST(Names, AGlobMayNameTheVendor) {
  const auto ids = ids_of("AMD-*");
  ASSERT_TRUE(ids);
  EXPECT_EQ(ids->size(), 9U);
}

TEST(Names, AGlobThatMatchesNothingIsAnError) { EXPECT_EQ(id_of("zz*"), "RL2101"); }

TEST(Names, Bare910BIsAmbiguousAndListsItsParts) {
  EXPECT_EQ(id_of("910B"), "RL2102");
  for (const char* id : {"ascend-910b2", "ascend-910b3"}) {
    EXPECT_NE(help_of("910B").find(id), std::string::npos) << id;
  }
}

TEST(Names, R200IsAmbiguousAndListsItsParts) {
  EXPECT_EQ(id_of("R200"), "RL2102");
  EXPECT_NE(help_of("R200").find("rubin-vr200"), std::string::npos);
}

TEST(Names, AnUnknownNameSuggestsNearOnes) {
  EXPECT_EQ(id_of("h20-69gb"), "RL2101");
  EXPECT_NE(help_of("h20-69gb").find("h20-96gb"), std::string::npos);
}

TEST(Names, EmptyAndHostileNamesAreUnknown) {
  for (const std::string& name : {std::string(), std::string(" "), std::string("---"),
                                  std::string(100000, 'a'), std::string("\0", 1)}) {
    EXPECT_EQ(id_of(name), "RL2101");
  }
}

TEST(Glob, AStarIsAnyRun) {
  EXPECT_TRUE(glob_match("a*c", "abbbc"));
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*b*b*", "abcb"));
  EXPECT_FALSE(glob_match("*b*b", "abc"));
}

TEST(Glob, AQuestionMarkIsOneCharacter) {
  EXPECT_TRUE(glob_match("h?0", "H20"));
  EXPECT_FALSE(glob_match("h?0", "h0"));
}

TEST(Glob, ManyStarsDoNotTakeLong) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) {
    pattern += "*a";
  }
  EXPECT_FALSE(glob_match(pattern + "b", std::string(2000, 'a')));
}

RC_GTEST_PROP(Names, AnyTextIsFoundOrRefused, (const std::string& name)) {
  const auto ids = ids_of(name);
  RC_ASSERT((ids ? !ids->empty() : !ids.error().message.empty()));
}

}  // namespace
}  // namespace redline

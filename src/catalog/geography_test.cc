// Places by name, and the country groups over time.
#include <gtest/gtest.h>

#include "catalog/test_data.h"

namespace redline {
namespace {

const Geography& geography() { return test::catalog().geography; }

std::string code_of(std::string_view name) {
  const auto code = geography().find_place(name);
  return code ? *code : code_name(code.error().code);
}

TEST(Places, ACodeMeansItsPlace) {
  EXPECT_EQ(code_of("CN"), "CN");
  EXPECT_EQ(code_of("cn"), "CN");
}

TEST(Places, AnEnglishNameMeansItsPlace) {
  EXPECT_EQ(code_of("China"), "CN");
  EXPECT_EQ(code_of("saudi arabia"), "SA");
  EXPECT_EQ(code_of("Hong Kong"), "HK");
}

TEST(Places, AnAliasMeansItsPlace) {
  EXPECT_EQ(code_of("UAE"), "AE");
  EXPECT_EQ(code_of("Macao"), "MO");
}

TEST(Places, AChineseNameMeansItsPlace) {
  EXPECT_EQ(code_of("中国"), "CN");
  EXPECT_EQ(code_of("中國"), "CN");
  EXPECT_EQ(code_of("香港"), "HK");
}

TEST(Places, AnUnknownNameSuggestsNearOnes) {
  const auto code = geography().find_place("Chian");
  ASSERT_FALSE(code);
  EXPECT_EQ(code.error().code, Code::kUnknownPlace);
  EXPECT_EQ(code.error().help.front(), "similar name: China");
  EXPECT_EQ(code_of(""), "RL2103");
}

TEST(Places, EveryNameMeansItsPlace) {
  for (const Place& place : geography().places) {
    EXPECT_EQ(code_of(place.code), place.code);
    EXPECT_EQ(code_of(place.name.en), place.code);
    if (!place.name.zh_hans.empty()) {
      EXPECT_EQ(code_of(place.name.zh_hans), place.code);
    }
    for (const std::string& alias : place.aliases) {
      EXPECT_EQ(code_of(alias), place.code) << alias;
    }
  }
}

TEST(Places, HaveEnglishNamesToPrint) {
  EXPECT_EQ(geography().name_of("AE"), "United Arab Emirates");
  EXPECT_EQ(geography().name_of("??"), "??");
}

TEST(Groups, ChinaIsInD5) { EXPECT_TRUE(geography().is_member("CN", "D5", make_date(2023, 1, 1))); }

TEST(Groups, MacauIsInD1ButNotInD5) {
  EXPECT_TRUE(geography().is_member("MO", "D1", make_date(2024, 1, 1)));
  EXPECT_FALSE(geography().is_member("MO", "D5", make_date(2024, 1, 1)));
}

TEST(Groups, HongKongFollowsChinaFromTheDayThatItLostItsStatus) {
  EXPECT_FALSE(geography().is_member("HK", "D5", make_date(2020, 12, 22)));
  EXPECT_TRUE(geography().is_member("HK", "D5", make_date(2020, 12, 23)));
}

TEST(Groups, TheEmiratesMoveToA5OnTheDayOfTheRule) {
  EXPECT_FALSE(geography().is_member("AE", "A5", make_date(2026, 7, 9)));
  EXPECT_TRUE(geography().is_member("AE", "A5", make_date(2026, 7, 10)));
  EXPECT_TRUE(geography().is_member("AE", "D4", make_date(2026, 7, 9)));
}

TEST(Groups, AnUnknownGroupHasNoMembers) {
  EXPECT_EQ(geography().find_group("D9"), nullptr);
  EXPECT_FALSE(geography().is_member("CN", "D9", make_date(2024, 1, 1)));
}

TEST(Groups, EveryMemberIsAPlace) {
  for (const CountryGroup& group : geography().groups) {
    for (const GroupMember& member : group.members) {
      EXPECT_EQ(code_of(member.place), member.place) << group.id;
      EXPECT_TRUE(!member.from || !member.until || *member.from <= *member.until) << group.id;
    }
  }
}

}  // namespace
}  // namespace redline

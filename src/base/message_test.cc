#include "redline/message.h"

#include <gtest/gtest.h>

namespace redline {
namespace {

TEST(Message, FillsNamedPlaceholders) {
  const Message m("{chip} to {place}: {chip}", {{"chip", "h20"}, {"place", "China"}});
  EXPECT_EQ(m.english(), "h20 to China: h20");
}

TEST(Message, LeavesWhatItCannotFill) {
  EXPECT_EQ(fill_template("{a} {b} {not a name} {", {{"a", "1"}}), "1 {b} {not a name} {");
  EXPECT_EQ(Message("100 % {of it}").english(), "100 % {of it}");
}

TEST(Message, AnArgumentIsNotATemplate) {
  EXPECT_EQ(fill_template("{a}{b}", {{"a", "{b}"}, {"b", "x"}}), "{b}x");
}

TEST(Message, ListsItsPlaceholders) {
  EXPECT_EQ(placeholders_of("{b} and {a} and {b}"), (std::vector<std::string>{"b", "a", "b"}));
  EXPECT_TRUE(placeholders_of("no {Name} here").empty());
}

}  // namespace
}  // namespace redline

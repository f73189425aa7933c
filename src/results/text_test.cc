// utf8, table, text_table, writers, envelope.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "results/envelope.h"
#include "results/table.h"
#include "results/text_table.h"
#include "results/text_template.h"
#include "results/utf8.h"
#include "results/writers.h"

namespace redline::results {
namespace {

using nlohmann::ordered_json;

Table chips() {
  return {.title = "Chips",
          .columns = {{.key = "chip", .title = "Chip"},
                      {.key = "tpp", .title = "TPP", .unit = "TOPS x bit", .align = Align::kRight},
                      {.key = "controlled", .title = "Controlled"}},
          .rows = {{std::string("H20"), 2368.0, true}, {std::string("昇腾"), Cell{}, false}},
          .notes = {"As of 2025."}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

TEST(Utf8, ChineseCharactersTakeTwoCells) {
  EXPECT_EQ(display_width("昇腾 910"), 8);
  EXPECT_EQ(display_width("，"), 2);
}
TEST(Utf8, CombiningMarksTakeNoCell) { EXPECT_EQ(display_width("e\xCC\x81"), 1); }
TEST(Utf8, LatinLettersWithAccentsTakeOneCell) { EXPECT_EQ(display_width("Zürich ×"), 8); }
TEST(Utf8, EachMalformedByteReadsAsOneReplacement) {
  EXPECT_EQ(printable("a\xFF\xC0z"), "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(printable("\xE2\x82"), "\xEF\xBF\xBD");
}
TEST(Utf8, SurrogatesAndOverlongFormsAreMalformed) {
  EXPECT_EQ(printable("\xED\xA0\x80").find("\xED\xA0"), std::string::npos);
  EXPECT_EQ(printable("\xE0\x80\xAF").find('/'), std::string::npos);
}
TEST(Utf8, TerminalEscapesAreDefused) {
  EXPECT_EQ(printable("\x1b[31mred"), "\xEF\xBF\xBD[31mred");
}
TEST(Utf8, BidirectionalOverridesAreDefused) {
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a\xEF\xBF\xBD"
            "b");
}
TEST(Utf8, TruncationNeverSplitsAWideCharacter) {
  EXPECT_EQ(truncate_to_width("昇腾处理器", 6), "昇腾…");
  EXPECT_LE(display_width(truncate_to_width("昇腾处理器", 5)), 5);
}
TEST(Utf8, MarkupEscapesEveryDangerousCharacter) {
  EXPECT_EQ(escape_markup("<a b='c' d=\"e\">&\x01"),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;\xEF\xBF\xBD");
}

TEST(Wrap, LinesStayWithinTheWidth) {
  for (const std::string& line :
       wrap_lines("performance density 性能密度不重要 in this band", 10)) {
    EXPECT_LE(display_width(line), 10) << line;
  }
}
TEST(Wrap, ChineseTextBreaksBetweenCharacters) {
  EXPECT_EQ(wrap_lines("性能密度", 4), (std::vector<std::string>{"性能", "密度"}));
}
TEST(Wrap, ClosingPunctuationDoesNotBeginALine) {
  EXPECT_EQ(wrap_lines("性能。密度", 4).front(), "性");
}
TEST(Wrap, OpeningPunctuationDoesNotEndALine) {
  EXPECT_EQ(wrap_lines("甲乙（丙丁）", 6), (std::vector<std::string>{"甲乙", "（丙", "丁）"}));
}
TEST(Wrap, WordsWiderThanTheLineAreBroken) {
  EXPECT_EQ(wrap_lines("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
}
TEST(Wrap, EveryLineIsIndented) { EXPECT_EQ(wrap("one two", 6, 2), "  one\n  two"); }

TEST(FormatNumber, TrailingZerosAreDropped) {
  EXPECT_EQ(format_number(2.5, 4), "2.5");
  EXPECT_EQ(format_number(3.0, 4), "3");
  EXPECT_EQ(format_number(5.9200001, 3), "5.92");
}
TEST(FormatNumber, TheWholePartIsNeverRounded) { EXPECT_EQ(format_number(15824, 2), "15824"); }
TEST(FormatNumber, RoundingUpGainsNoDigit) { EXPECT_EQ(format_number(9.9996, 4), "10"); }
TEST(FormatNumber, UsualSizesArePlain) {
  EXPECT_EQ(format_number(1e-4, 4), "0.0001");
  EXPECT_EQ(format_number(1e15, 4), "1000000000000000");
  EXPECT_EQ(format_number(-0.0, 4), "0");
}
TEST(FormatNumber, ExtremeSizesAreScientific) {
  EXPECT_EQ(format_number(1.5e-7, 4), "1.5e-7");
  EXPECT_EQ(format_number(-2e18, 4), "-2e18");
}
TEST(FormatNumber, NanIsUnknown) { EXPECT_EQ(format_number(std::nan(""), 4), "?"); }

TEST(TextTable, ColumnsAlignBesideWideCharacters) {
  const auto lines = lines_of(render_text(chips()));
  ASSERT_GE(lines.size(), 6U);
  EXPECT_EQ(lines[2], "Chip  TPP (TOPS x bit)  Controlled");
  EXPECT_EQ(lines[4], "H20               2368  yes");
  EXPECT_EQ(lines[5], "昇腾                 ?  no");
}
TEST(TextTable, AShortChineseHeaderStaysOnItsLine) {
  Table table;
  table.columns = {{"a", "条件", "", Align::kLeft}, {"b", "条款", "", Align::kLeft}};
  table.rows = {{std::string("<"), std::string("a text that is too long for this table")}};
  const std::string text = render_text(table, {.width = 20});
  EXPECT_EQ(text.substr(0, text.find('\n')), "条件  条款");
}

TEST(TextTable, NoLineIsEverWiderThanAsked) {
  Table table = chips();
  table.rows.push_back(
      {std::string(300, 'x') + " 很长的名字", 1.23456e9, std::string("a b c d e f")});
  table.rows.push_back(
      {std::string("two\nlines\tand \x1b[2J"), true, std::string("昇腾昇腾昇腾昇腾")});
  for (int width = 4; width < 100; ++width) {
    for (const std::string& line : lines_of(render_text(table, {.width = width}))) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}
TEST(TextTable, CutTextIsMarkedAndSaidSo) {
  Table table = chips();
  table.rows[0][0] = std::string(400, 'x');
  const std::string text = render_text(table, {.width = 60});
  EXPECT_LT(text.find("x…\n"), text.find("As of 2025."));
  EXPECT_NE(text.find("--format csv has it whole"), std::string::npos);
}
TEST(TextTable, NumbersAreNeverCut) {
  Table table = chips();
  table.rows[0][1] = std::int64_t{1234567890123};
  for (const int width : {16, 20, 30, 60}) {
    EXPECT_NE(render_text(table, {.width = width}).find("1234567890123"), std::string::npos);
  }
}
TEST(TextTable, ANarrowTerminalGetsOneBlockPerRow) {
  EXPECT_NE(render_text(chips(), {.width = 16}).find("Chip: H20\n"), std::string::npos);
}
TEST(TextTable, PlainOutputHoldsNoEscapes) {
  EXPECT_EQ(render_text(chips()).find('\x1b'), std::string::npos);
  EXPECT_NE(render_text(chips(), {.color = true}).find("\x1b[1m"), std::string::npos);
}
TEST(TextTable, ShortRowsEndInUnknown) {
  Table table = chips();
  table.rows = {{std::string("A")}};
  EXPECT_EQ(lines_of(render_text(table))[4], "A                    ?  ?");
}

TEST(Csv, QuotesFollowRfc4180) {
  Table table{
      .columns = {{.key = "a"}, {.key = "b,c"}},
      .rows = {{std::string("say \"hi\""), std::string("x\ny")}, {std::string("plain"), 1.5}}};
  EXPECT_EQ(write_csv(table), "a,\"b,c\"\r\n\"say \"\"hi\"\"\",\"x\ny\"\r\nplain,1.5\r\n");
}
TEST(Csv, UnknownIsEmptyAndEmptyTextIsQuoted) {
  Table table{.columns = {{.key = "a"}, {.key = "b"}}, .rows = {{Cell{}, std::string()}}};
  EXPECT_EQ(write_csv(table), "a,b\r\n,\"\"\r\n");
}
TEST(Csv, DoublesRoundTrip) {
  Table table{.columns = {{.key = "a"}}, .rows = {{0.1 + 0.2}}};
  EXPECT_EQ(write_csv(table), "a\r\n0.30000000000000004\r\n");
}

TEST(Markdown, PipesAndMarkupAreEscaped) {
  Table table{.columns = {{.key = "a", .title = "A|B"}},
              .rows = {{std::string("x|y <script> *z*\nnext")}}};
  EXPECT_EQ(write_markdown(table), "| A\\|B |\n| --- |\n| x\\|y &lt;script&gt; \\*z\\* next |\n");
}
TEST(Markdown, NumbersAlignRightAndUnknownIsAQuestionMark) {
  const std::string text = write_markdown(chips());
  EXPECT_NE(text.find("| --- | ---: | --- |"), std::string::npos);
  EXPECT_NE(text.find("| ? | no |"), std::string::npos);
}

TEST(Ndjson, EachRowIsOneObjectOnOneLine) {
  const auto lines = lines_of(write_ndjson(chips()));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], R"({"chip":"H20","tpp":2368.0,"controlled":true})");
  EXPECT_EQ(ordered_json::parse(lines[1])["tpp"], nullptr);
}
TEST(Json, HostileTextNeverThrowsAndStaysValid) {
  Table table{.columns = {{.key = "a\xFF"}},
              .rows = {{std::string("\xC3\x28 \x01 \" \\ </script>")}, {std::nan("")}}};
  const std::string text = dump_json(to_json(table));
  EXPECT_TRUE(ordered_json::accept(text));
  EXPECT_EQ(to_json(table)[1].begin().value(), nullptr);
  EXPECT_TRUE(ordered_json::accept(lines_of(write_ndjson(table))[0]));
}

TEST(Envelope, FieldsStandInTheirOrder) {
  const EnvelopeMeta meta{"classify", "0.1.0", "3f9a", "2025-10-17", 7};
  EXPECT_EQ(write_envelope(meta, ordered_json::array({1}), {{"threads", 2}}, JsonStyle::kCompact),
            "{\"schema\":\"redline.classify/1\",\"redline\":\"0.1.0\",\"data_hash\":\"3f9a\","
            "\"as_of\":\"2025-10-17\",\"seed\":7,\"results\":[1],\"run\":{\"threads\":2}}\n");
}
TEST(Envelope, PrettyIsIndentedByTwo) {
  EXPECT_EQ(write_envelope({}, ordered_json::array(), ordered_json::object()).substr(0, 14),
            "{\n  \"schema\": ");
}
TEST(Envelope, ALargeSeedIsExact) {
  const EnvelopeMeta meta{.command = "c",
                          .version = "",
                          .data_hash = "",
                          .as_of = "",
                          .seed = std::numeric_limits<std::uint64_t>::max()};
  const std::string text = write_envelope(meta, {}, {}, JsonStyle::kCompact);
  EXPECT_NE(text.find("\"as_of\":null,\"seed\":18446744073709551615"), std::string::npos);
}

TEST(Format, NamesAndSuffixesAreFound) {
  EXPECT_EQ(find_format("NDJSON"), Format::kNdjson);
  EXPECT_EQ(find_format("yaml"), std::nullopt);
  EXPECT_EQ(find_format_for_path("out/a.b.CSV"), Format::kCsv);
  EXPECT_EQ(find_format_for_path("a.csv/out"), std::nullopt);
  EXPECT_EQ(find_format_for_path(""), std::nullopt);
  for (const Format f : {Format::kTable, Format::kJson, Format::kNdjson, Format::kCsv,
                         Format::kMarkdown, Format::kHtml}) {
    EXPECT_EQ(find_format(format_name(f)), f);
  }
}

TEST(FillTemplate, UnknownNamesAndLooseBracesStay) {
  EXPECT_EQ(fill_template("{n} of {m} {", {{"n", "3"}}), "3 of {m} {");
}

TEST(TextTable, AColumnKeepsToItsWidest) {
  Table table;
  table.columns = {{"a", "A", "", Align::kLeft}, {"b", "B", "", Align::kLeft, 4, 12}};
  table.rows = {{std::string("one two three four"), std::string("five six seven eight")}};
  const std::string text = render_text(table);
  EXPECT_NE(text.find("one two three four  five six\n"), std::string::npos) << text;
  EXPECT_NE(text.find("                    seven eight\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace redline::results

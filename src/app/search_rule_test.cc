#include "app/search_rule.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/search_chip.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWork =
    "phase = \"decode\"\nmodel = \"gpt-3-6.7b\"\ndtype = \"bf16\"\nprompt = 1024\n"
    "answer = 256\ntpot = \"200ms\"\n";

// Its own for each test, for tests may run beside each other.
std::string file_in_test(const std::string& name, const std::string& text) {
  const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const fs::path path = fs::temp_directory_path() / ("redline-rules-" + test) / name;
  EXPECT_TRUE(data::write_text_file(path.string(), text));
  return path.string();
}

std::string threshold(const std::string& quantity, double value, const std::string& moves) {
  return "[[threshold]]\nquantity = \"" + quantity + "\"\nvalue = " + std::to_string(value) + "\n" +
         moves + "\n";
}

struct Asked {
  std::string die = "gh100", rules = "2025-04-09", known = "2025-04-17", more;
};
std::string space_of(const Asked& asked, const std::string& thresholds) {
  return "rules = \"" + asked.rules + "\"\nknown = " + asked.known + "\ndies = [\"" + asked.die +
         "\"]\n" + asked.more + "\n" + thresholds + "[[leak]]\n" + std::string(kWork) +
         "[[leak]]\nphase = \"prefill\"\nmodel = \"gpt-3-6.7b\"\ndtype = \"bf16\"\nprompt = "
         "1024\n[[market]]\n" +
         std::string(kWork);
}

RuleReport worked_out(const std::string& space, Json fields = Json::object(),
                      const SearchRun& run = {}) {
  fields["space"] = file_in_test("space.toml", space);
  auto report = work_out_rules(workspace(), fields, run, Code::kBadOptionValue);
  EXPECT_TRUE(report) << (report ? "" : render(report.error()));
  RL_CHECK(report.has_value());
  return std::move(*report);
}

Diagnostics errors_of(const std::string& space, Json fields = Json::object()) {
  fields["space"] = file_in_test("space.toml", space);
  auto report = work_out_rules(workspace(), fields, {}, Code::kBadOptionValue);
  EXPECT_FALSE(report);
  return report ? Diagnostics{} : report.error();
}

void expect_frontier(const RuleReport& report) {
  ASSERT_FALSE(report.front.empty());
  for (std::size_t i = 1; i < report.front.size(); ++i) {
    const RuleWorth& before = *report.at[report.front[i - 1]];
    const RuleWorth& now = *report.at[report.front[i]];
    EXPECT_GT(now.lost_usd, before.lost_usd);
    EXPECT_LT(now.leaked, before.leaked);
  }
  // Nothing on the grid is below it.
  for (const auto& one : report.at) {
    ASSERT_TRUE(one);
    EXPECT_TRUE(std::any_of(report.front.begin(), report.front.end(), [&](std::size_t point) {
      const RuleWorth& front = *report.at[point];
      return front.leaked <= one->leaked && front.lost_usd <= one->lost_usd;
    }));
  }
}

TEST(SearchRule, TheFrontierIsMonotoneAndNothingIsBelowIt) {
  for (const Asked& asked :
       {Asked{}, Asked{"gh100", "us-2023-10-17", "2023-10-17", ""},
        Asked{"gb202", "2025-04-09", "2025-04-17", "per = \"dollar\"\nmeasure = \"dollar\""}}) {
    const bool letters = asked.rules == "2025-04-09";
    const RuleReport report = worked_out(space_of(
        asked, letters ? threshold("dram_bw", 1400, "range = \"±50%\"\nsteps = 4") +
                             threshold("letter_io + dram_bw", 1700, "range = \"50%\"\nsteps = 4")
                       : threshold("tpp", 2400, "range = \"±50%\"\nsteps = 4") +
                             threshold("pd", 1.6, "from = 0.8\nto = 2.4\nsteps = 3")));
    expect_frontier(report);
    EXPECT_EQ(report.certificate.proved, report.at.size());
    EXPECT_EQ(report.certificate.differing, 0U);
    EXPECT_EQ(report.certificate.largest_difference, 0.0);
    EXPECT_GT(report.certificate.checked, 0U);
    ASSERT_GT(report.named.size(), 4U);
    EXPECT_TRUE(std::any_of(report.named.begin(), report.named.end(),
                            [](const auto& one) { return one.name == "BILL-S3374"; }));
  }
}

// A point of the grid is a rule whose text says so.
TEST(SearchRule, EveryAnswerIsThatOfADirectSearchUnderSuchARule) {
  for (const char* per : {"chip", "dollar", "watt"}) {
    const RuleReport report = worked_out(
        space_of({"gh100", "2025-04-09", "2025-04-17", std::string("per = \"") + per + "\""},
                 threshold("dram_bw", 1400, "values = [1050, 1400, 2100]") +
                     threshold("dram_bw + letter_io", 1700, "values = [1700, 2200]")));
    const data::DataFile* letters = nullptr;
    for (const data::DataFile& file : workspace().files.files) {
      if (file.relative.find("us-2025-04-09-letters") != std::string::npos) {
        letters = &file;
      }
    }
    ASSERT_NE(letters, nullptr);
    for (std::size_t point = 0; point < report.at.size(); ++point) {
      const std::vector<MovedThreshold> moved = report.space->grid.moved(point);
      std::string text = letters->text;
      const auto replace = [&text](const std::string& old, double limit) {
        const auto place = text.find(old + " >= ");
        ASSERT_NE(place, std::string::npos);
        const auto number = place + old.size() + 4;
        text.replace(number, text.find_first_not_of("0123456789", number) - number,
                     std::to_string(limit));
      };
      replace("dram_bw", moved[0].to);
      replace("dram_bw + letter_io", moved[1].to);
      const std::string file = file_in_test("over/rules/us/us-2025-04-09-letters.toml", text);
      WorkspaceOptions options = whole_data(REDLINE_TEST_DATA);
      options.overlays = {fs::path(file).parent_path().parent_path().parent_path().string()};
      const auto over = open_workspace(options);
      ASSERT_TRUE(over) << render(over.error());
      const Json fields{{"from", "gh100"},
                        {"to", "CN"},
                        {"as_of", "2025-04-17"},
                        {"rules_as_of", "2025-04-09"},
                        {"per", per},
                        {"model", "gpt-3-6.7b"},
                        {"dtype", "bf16"},
                        {"prompt", 1024},
                        {"answer", 256},
                        {"tpot", "200ms"}};
      const auto direct =
          work_out_reply(*over, fields, {}, {false, false, false}, Code::kBadOptionValue);
      ASSERT_TRUE(direct) << render(direct.error());
      const RuleWorth& worth = *report.at[point];
      ASSERT_EQ(direct->best.empty(), !worth.part.has_value());
      if (!worth.part) {
        continue;
      }
      const Reply& theirs = direct->best.front();
      EXPECT_EQ(worth.part->value, theirs.value) << per << point;
      EXPECT_EQ(worth.part->tpp, theirs.tpp);
      EXPECT_EQ(worth.part->dram_gb_s, theirs.dram_gb_s);
      EXPECT_EQ(worth.part->capacity_gb, theirs.capacity_gb);
      EXPECT_EQ(worth.part->link_gb_s, theirs.link_gb_s);
      EXPECT_EQ(worth.part->cores, theirs.cores);
      EXPECT_EQ(worth.part->cost.total.value, theirs.cost.total.value);
    }
  }
}

TEST(SearchRule, ThreadsChangeNothing) {
  const std::string space =
      space_of({}, threshold("dram_bw", 1400, "range = \"±50%\"\nsteps = 5") +
                       threshold("letter_io", 1100, "range = \"±50%\"\nsteps = 5"));
  SearchRun run;
  const Json one = rules_json(worked_out(space, Json::object(), run));
  run.threads = 3;
  EXPECT_EQ(one.dump(), rules_json(worked_out(space, Json::object(), run)).dump());
}

// What buyers have at home and how many can be made there say what leaks.
TEST(SearchRule, WhatLeaksFollowsFromItsDefinition) {
  const std::string limits = threshold("dram_bw", 1400, "values = [1400, 2800]");
  const RuleReport report =
      worked_out(space_of({.more = "domestic = [\"ascend-910c\"]"}, limits) +
                 "[quantity]\nparts = 1000\nlimit = 400\ndomestic = 700\nelasticity = 2\n");
  ASSERT_TRUE(report.home && report.home->usd_per_s);
  for (const auto& one : report.at) {
    const RuleWorth& worth = *one;
    ASSERT_TRUE(worth.part);
    const double ours = std::pow(worth.market / worth.part->usd_per_s, 2.0);
    const double theirs = std::pow(report.home->market / *report.home->usd_per_s, 2.0);
    EXPECT_NEAR(worth.share, ours / (ours + theirs), 1e-12);
    EXPECT_DOUBLE_EQ(worth.parts, std::min(400.0, 1000.0 * worth.share));
    const double replaced = 700.0 - std::min(1000.0 - worth.parts, 700.0);
    EXPECT_NEAR(worth.leaked,
                std::max(0.0, worth.parts * worth.leak - replaced * report.home->leak), 1e-9);
    EXPECT_NEAR(worth.lost_usd, report.free.revenue_usd - worth.revenue_usd, 1e-6);
    EXPECT_NEAR(worth.revenue_usd, worth.parts * worth.market * report.base_price_usd, 1e-3);
  }
  EXPECT_EQ(report.free.lost_usd, 0.0);
}

// A part may comply and be of no use: nobody takes it, and nothing leaks.
TEST(SearchRule, ARuleMayLetThroughWhatIsOfNoUse) {
  const RuleReport report =
      worked_out(space_of({.more = "domestic = [\"h200-sxm\"]"},
                          threshold("dram_bw", 1400, "values = [300, 1400]")) +
                 "[quantity]\nelasticity = 100\n");
  EXPECT_EQ(report.at[0]->leaked, 0.0);
  EXPECT_LT(report.at[0]->share, 1e-6);
}

TEST(SearchRule, TheObjectiveChoosesOnTheFrontier) {
  const std::string space = space_of({}, threshold("dram_bw", 1400, "range = \"±50%\"\nsteps = 5"));
  const RuleReport leak = worked_out(space, {{"objective", "leak"}});
  EXPECT_EQ(leak.best.front(), leak.front.back());
  const RuleReport revenue = worked_out(space, {{"objective", "revenue"}});
  EXPECT_EQ(revenue.best.front(), revenue.front.front());
  const RuleReport both = worked_out(space, {{"top", 3}});
  ASSERT_EQ(both.best.size(), 3U);
  for (const std::size_t point : both.front) {
    EXPECT_LE(avoided_per_usd(both, *both.at[point]).value_or(0.0),
              avoided_per_usd(both, *both.at[both.best.front()]).value_or(1e300));
  }
  const double most = leak.at[leak.front.back()]->leaked;
  const RuleReport none = worked_out(space, {{"max_leak", 0.5 * most}, {"max_lost_usd", 0}});
  EXPECT_TRUE(none.best.empty());
}

TEST(SearchRule, AStopKeepsWhatIsDoneAndSaysSo) {
  SearchRun run;
  std::uint64_t done = 0;
  run.progress = [&done](const SearchProgress& now, const std::string&) { done = now.done; };
  run.stop = [&done] { return done >= 2; };
  const RuleReport report = worked_out(
      space_of({}, threshold("dram_bw", 1400, "range = \"±50%\"\nsteps = 5")), Json::object(), run);
  EXPECT_FALSE(report.finished);
  EXPECT_EQ(report.certificate.points, 2U);
  EXPECT_FALSE(report.best.empty());
  EXPECT_EQ(rules_json(report)["optimal"], false);
}

TEST(SearchRule, AFileWithErrorsIsRefusedWithTheirPlaces) {
  struct Faulty {
    const char* lines;
    Code code;
    int line;
  };
  const Faulty kinds[]{
      {"quantity = \"dram_bw\"\nrange = \"±500%\"\n", Code::kBadNumber, 6},
      {"quantity = \"dram_bw\"\n", Code::kMissingKey, 4},
      {"quantity = \"dram_bw\"\nrange = \"5%\"\nvalues = [3]\n", Code::kInconsistent, 4},
      {"quantity = \"dram_bw\"\nfrom = 5\nto = 3\n", Code::kBadInterval, 7},
      {"quantity = \"dram_bw\"\nvalues = [0]\n", Code::kOutOfRange, 6},
      {"quantity = \"speed\"\nrange = \"5%\"\n", Code::kUnknownReference, 5},
      {"quantity = \"dram_bw\"\nvalue = 1401\nrange = \"5%\"\n", Code::kUnknownReference, 6},
      {"quantity = \"tpp\"\nrange = \"5%\"\n", Code::kInconsistent, 5},
      {"quantity = \"dram_bw\"\nrange = \"5%\"\nsteps = 1\n", Code::kOutOfRange, 7},
      {"quantity = \"dram_bw\"\nrange = \"5%\"\ncolour = 3\n", Code::kUnknownKey, 7},
  };
  for (const Faulty& one : kinds) {
    const Diagnostics errors = errors_of(space_of({}, std::string("[[threshold]]\n") + one.lines));
    ASSERT_EQ(errors.size(), 1U) << one.lines << render(errors);
    EXPECT_EQ(errors[0].code, one.code) << render(errors);
    ASSERT_TRUE(errors[0].where) << render(errors);
    EXPECT_EQ(errors[0].where->line, one.line + 1) << render(errors);
  }
  // All at once, and of what the file names.
  const Diagnostics many = errors_of(
      "rules = \"2025-04-31+us-1999\"\nto = \"Atlantis\"\ndies = [\"gh100\", \"gh1000\"]\n"
      "domestic = [\"no-such\"]\nmarkets = \"black\"\n[[threshold]]\nquantity = \"tpp\"\n"
      "[[leak]]\nweight = 1\n");
  EXPECT_EQ(many.size(), 8U) << render(many);
  for (const Error& error : many) {
    EXPECT_TRUE(error.where) << error.message;
  }
  const Diagnostics work = errors_of(
      "rules = \"2025-04-09\"\ndies = [\"gh100\"]\n[[threshold]]\nquantity = \"dram_bw\"\nrange = "
      "\"5%\"\n[[leak]]\nphase = \"decode\"\nmodel = \"no-such\"\n");
  ASSERT_FALSE(work.empty());
  EXPECT_EQ(work[0].where->line, 6) << render(work);
}

TEST(SearchRule, AFieldThatIsWrongIsAnError) {
  for (const Json& fields : {Json{{"objective", "poetry"}}, Json{{"top", 0}}, Json{{"spice", "x"}},
                             Json{{"max_leak", -1}}, Json{{"objective", 3}}}) {
    EXPECT_FALSE(work_out_rules(workspace(), fields, {}, Code::kBatchField));
  }
  const Json nothing = Json::object();
  const auto report = work_out_rules(workspace(), nothing, {}, Code::kBatchField);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error()[0].message.find("space"), std::string::npos);
}

// A rule of the user's, named from where the space stands; its errors have their places in it.
TEST(SearchRule, TheRuleMayBeAFileOfTheUsers) {
  const std::string good =
      "id = \"MY-LINE\"\ntitle = \"Mine\"\njurisdiction = \"US\"\nkind = \"final-rule\"\nissued = "
      "\"2024-01-02\"\ncitation = \"none\"\nsources = [\"fr-2023-23055\"]\nconfidence = "
      "\"primary\"\nsummary = \"A line.\"\n\n[[version]]\neffective = 2024-01-02\n\n"
      "[[version.test]]\nitem = \"my-line\"\nparagraph = \"line\"\nwhen = \"tpp >= 1000\"\n\n"
      "[[version.license]]\nitems = [\"my-line\"]\nwhere = \"dest == 'SG'\"\nletter = true\n";
  file_in_test("mine.toml", good);
  const Asked asked{"gh100", "mine.toml", "2024-02-01", "to = \"SG\""};
  const RuleReport report =
      worked_out(space_of(asked, threshold("tpp", 1000, "values = [500, 2000]")));
  EXPECT_LT(report.at[0]->part->tpp, 500.0);
  EXPECT_GT(report.at[1]->part->tpp, 1900.0);
  file_in_test("mine.toml", good.substr(0, good.size() - 20) + "colour = 3\n");
  const Diagnostics errors =
      errors_of(space_of(asked, threshold("tpp", 1000, "values = [500, 2000]")));
  ASSERT_FALSE(errors.empty());
  ASSERT_TRUE(errors[0].where);
  EXPECT_NE(errors[0].where->file.find("mine.toml"), std::string::npos);
}

}  // namespace
}  // namespace redline::app

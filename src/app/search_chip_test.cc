#include "app/search_chip.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "app/reply_backtest.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

namespace fs = std::filesystem;

constexpr ReplyDetail kBestAlone{false, false, false};

// A small question about a small model.
Json usual(std::string_view die, std::string_view as_of) {
  return {{"from", die},           {"to", "CN"},      {"as_of", as_of},
          {"model", "gpt-3-6.7b"}, {"dtype", "bf16"}, {"answer", 256},
          {"prompt", 1024},        {"tpot", "200ms"}, {"markets", "any"}};
}

ReplyReport worked_out(const Workspace& w, const Json& fields,
                       const ReplyDetail& detail = kBestAlone) {
  auto report = work_out_reply(w, fields, {}, detail, Code::kBadOptionValue);
  EXPECT_TRUE(report) << fields << (report ? "" : render(report.error()));
  RL_CHECK(report.has_value());
  return std::move(*report);
}
ReplyReport worked_out(const Json& fields, const ReplyDetail& detail = kBestAlone) {
  return worked_out(workspace(), fields, detail);
}

Outcome outcome_of(const ReplyReport& report, const Reply& part) {
  const ReplyRequest& request = *report.request;
  VerdictDetail detail;
  detail.flips = false;
  const auto verdict =
      classify(workspace().rules, chip_of(part, report.bodies[part.body], *request.base),
               request.question, detail);
  RL_CHECK(verdict.has_value());
  return verdict->outcome;
}

struct Situation {
  const char *die, *as_of, *rule;
};
constexpr std::array<Situation, 6> kSituations{{
    {"ga100", "2022-10-07", "US-2022-10-07-IFR"},
    {"gh100", "2022-10-07", "US-2022-08-26-NVDA-LETTER,US-2022-10-07-IFR"},
    {"gh100", "2023-10-17", "US-2023-10-17-ACS-IFR"},
    {"ad102", "2023-10-17", "US-2023-10-17-ACS-IFR"},
    {"gb202", "2025-04-17", "US-2025-04-09-LETTERS"},
    {"gh100", "2025-12-10", "BILL-S3374"},
}};

TEST(SearchChip, EveryPartFoundIsLegalAsAChipOfTheCatalogue) {
  for (const Situation& one : kSituations) {
    for (const char* per : {"chip", "dollar"}) {
      if (per == std::string_view("dollar") && one.die == std::string_view("ad102")) {
        continue;  // many parts, and little that the others have not
      }
      Json fields = usual(one.die, one.as_of);
      fields["rule"] = one.rule;
      fields["per"] = per;
      fields["top"] = 20;
      const ReplyReport report = worked_out(fields, {true, false, false});
      ASSERT_FALSE(report.best.empty()) << one.rule;
      EXPECT_TRUE(report.result.exhausted);
      ASSERT_TRUE(report.verdict);
      EXPECT_EQ(report.verdict->outcome, Outcome::kNoLicense);
      std::vector<Reply> parts = report.best;
      parts.insert(parts.end(), report.front.begin(), report.front.end());
      EXPECT_FALSE(report.front.empty());
      for (const Reply& part : parts) {
        EXPECT_EQ(outcome_of(report, part), Outcome::kNoLicense) << one.rule << " " << part.tpp;
        const ReplyBody& body = report.bodies[part.body];
        const LegalQuantities legal = legal_quantities(chip_of(part, body, *report.request->base));
        EXPECT_NEAR(*legal.tpp.value, part.tpp, 1e-6 * part.tpp);
        EXPECT_NEAR(*legal.die.value, part.area_mm2, 1e-9 * part.area_mm2);
        EXPECT_NEAR(*legal.dram_bw.value, part.dram_gb_s, 1e-9 * part.dram_gb_s);
        EXPECT_NEAR(*legal.io_bidir.value, part.io_gb_s, 1e-9 * part.io_gb_s + 1e-9);
      }
    }
  }
}

TEST(SearchChip, TheAnswerStandsJustBelowALimitAndUnlockedDoesMore) {
  Json fields = usual("gh100", "2023-10-17");
  fields["rule"] = "us-2023-10-17";
  const ReplyReport report = worked_out(fields);
  ASSERT_FALSE(report.best.empty());
  const Reply& best = report.best.front();
  EXPECT_LT(best.tpp, 2400.0);
  EXPECT_GT(best.tpp, 0.99 * 2400.0);
  ASSERT_TRUE(report.unlocked);
  EXPECT_GE(report.unlocked->value, best.value);
  EXPECT_GT(report.unlocked->tpp, best.tpp);
  const auto ways = evasions_of(best, report.bodies[best.body], *report.request);
  EXPECT_TRUE(std::any_of(ways.begin(), ways.end(), [](const Message& way) {
    return way.english() == "a firmware cap on the peak rate";
  }));
  // Without caps there is no more, and no such way round.
  fields["from"] = "ad104";
  const ReplyReport capped = worked_out(fields);
  fields["caps"] = false;
  const ReplyReport uncapped = worked_out(fields);
  ASSERT_FALSE(capped.best.empty());
  ASSERT_FALSE(uncapped.best.empty());
  EXPECT_LE(uncapped.best.front().value, capped.best.front().value);
  EXPECT_FALSE(uncapped.unlocked);
}

TEST(SearchChip, AnExceptionLetsMoreThrough) {
  Json fields = usual("gh100", "2023-11-20");
  const ReplyReport without = worked_out(fields);
  fields["exceptions"] = true;
  const ReplyReport with = worked_out(fields);
  ASSERT_FALSE(without.best.empty());
  ASSERT_FALSE(with.best.empty());
  EXPECT_GT(with.best.front().value, without.best.front().value);
  ASSERT_TRUE(with.verdict);
  EXPECT_EQ(with.verdict->outcome, Outcome::kLicenseException);
}

TEST(SearchChip, AWorkstationMayDoWhatADataCenterPartMayNot) {
  Json fields = usual("ad102", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["markets"] = "data-center";
  const ReplyReport servers = worked_out(fields);
  fields["markets"] = "workstation";
  const ReplyReport desks = worked_out(fields);
  ASSERT_FALSE(servers.best.empty());
  ASSERT_FALSE(desks.best.empty());
  const Reply& best = desks.best.front();
  EXPECT_GT(best.value, servers.best.front().value);
  EXPECT_TRUE(desks.bodies[best.body].workstation);
  EXPECT_GT(best.tpp, 2400.0);
  EXPECT_LT(best.tpp, 4800.0);
  EXPECT_EQ(outcome_of(desks, best), Outcome::kNoLicense);
  // The same silicon for data centers.
  ReplyBody server = desks.bodies[best.body];
  server.workstation = false;
  const auto verdict = classify(workspace().rules, chip_of(best, server, *desks.request->base),
                                desks.request->question, {});
  ASSERT_TRUE(verdict);
  EXPECT_NE(verdict->outcome, Outcome::kNoLicense);
}

bool takes(const ReplyReport& report, std::string_view way) {
  const Reply& best = report.best.front();
  const auto ways = evasions_of(best, report.bodies[best.body], *report.request);
  return std::any_of(ways.begin(), ways.end(), [way](const Message& one) {
    return one.english().find(way) != std::string::npos;
  });
}

// The letters count its link, not its bytes.
TEST(SearchChip, DataMayStandInMemoryOfTheHost) {
  for (const auto& [die, as_of, rule] :
       {Situation{"gh100", "2023-10-17", "US-2023-10-17-ACS-IFR"},
        Situation{"gb202", "2025-04-17", "US-2025-04-09-LETTERS"}}) {
    Json fields = usual(die, as_of);
    fields["rule"] = rule;
    fields["markets"] = "data-center";
    const ReplyReport without = worked_out(fields);
    fields["host_memory"] = true;
    const ReplyReport with = worked_out(fields);
    ASSERT_FALSE(without.best.empty());
    ASSERT_FALSE(with.best.empty());
    const Reply& best = with.best.front();
    EXPECT_GT(best.value, without.best.front().value);
    EXPECT_EQ(outcome_of(with, best), Outcome::kNoLicense);
    const LegalQuantities legal =
        legal_quantities(chip_of(best, with.bodies[best.body], *with.request->base));
    EXPECT_NEAR(*legal.dram_bw.value, best.dram_gb_s, 1e-9 * best.dram_gb_s);
    EXPECT_TRUE(takes(with, "% of the data in "));
    EXPECT_FALSE(takes(without, "% of the data in "));
  }
}

TEST(SearchChip, WorkMayBeInAFormatThatCountsFewerBits) {
  Json fields = usual("gb100", "2025-04-17");
  fields["rule"] = "US-2025-04-09-LETTERS";
  fields["objective"] = "prefill";
  fields["model"] = "llama-3.1-8b";
  fields["dtype"] = "fp8";
  const ReplyReport without = worked_out(fields);
  fields["formats"] = "fp6,tf32";
  const ReplyReport with = worked_out(fields);
  ASSERT_FALSE(without.best.empty());
  ASSERT_FALSE(with.best.empty());
  const Reply& best = with.best.front();
  EXPECT_EQ(best.formats, std::vector{Format::kFp6});
  EXPECT_GT(best.value, 1.1 * without.best.front().value);
  EXPECT_EQ(outcome_of(with, best), Outcome::kNoLicense);
  EXPECT_TRUE(takes(with, "in fp6, which counts fewer bits"));
  // A die without units for it is not sold as if it had them.
  fields["from"] = "gh100";
  const ReplyReport older = worked_out(fields);
  ASSERT_FALSE(older.best.empty());
  EXPECT_EQ(older.best.front().formats, std::vector{Format::kFp8});
}

TEST(SearchChip, ALimitOnPowerSlowsAPart) {
  Json fields = usual("gh100", "2024-01-02");
  fields["to"] = "SG";
  fields["objective"] = "train";
  fields["seq"] = 2048;
  for (const char* served : {"prompt", "answer", "tpot"}) {
    fields.erase(served);
  }
  fields["max_watts"] = 400;
  const ReplyReport slowed = worked_out(fields);
  fields["power_limit"] = false;
  const ReplyReport left_out = worked_out(fields);
  ASSERT_FALSE(slowed.best.empty());
  ASSERT_FALSE(left_out.best.empty());
  // Cores that are off may spare as much as a slower clock.
  EXPECT_GT(slowed.result.total, left_out.result.total);
  EXPECT_EQ(left_out.best.front().held, 1.0);
  EXPECT_LE(slowed.best.front().power.total(), 400.0);
  EXPECT_GE(slowed.best.front().value, left_out.best.front().value);
  // Rules count the rate that it could have.
  fields = usual("gh100", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["max_watts"] = 250;
  fields["top"] = 20;
  const ReplyReport ruled = worked_out(fields);
  ASSERT_FALSE(ruled.best.empty());
  for (const Reply& part : ruled.best) {
    EXPECT_LE(part.power.total(), 250.0);
    EXPECT_EQ(outcome_of(ruled, part), Outcome::kNoLicense);
  }
}

// What each would add is what asking for it gives.
TEST(SearchChip, TellsWhatOtherWaysRoundWouldAdd) {
  Json fields = usual("ad104", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["markets"] = "data-center";
  const auto answer = search_chip(workspace(), fields, {}, Code::kBadOptionValue, results::Words());
  ASSERT_TRUE(answer);
  const Json& result = answer->results[0];
  ASSERT_EQ(result["ways_left_out"].size(), 4U);
  const double now = result["best"][0]["value"];
  Json asked = fields;
  asked["host_memory"] = true;
  for (const Json& one : result["ways_left_out"]) {
    EXPECT_GE(one["gain_percent"].get<double>(), -1e-9) << one;
    if (one["option"] == "--host-memory") {
      const double then = worked_out(asked).best.front().value;
      EXPECT_NEAR(one["gain_percent"].get<double>(), 100.0 * (then / now - 1.0), 1e-9);
    }
  }
}

// Eight dies stand in its package, as many as any may have.
TEST(SearchChip, AFullPackageHasNoWayOfMoreDies) {
  Json fields = usual("mi300x-xcd", "2023-12-31");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["exceptions"] = true;
  const auto answer = search_chip(workspace(), fields, {}, Code::kBadOptionValue, results::Words());
  ASSERT_TRUE(answer.has_value());
  const Json& ways = answer->results.front()["ways_left_out"];
  EXPECT_FALSE(ways.empty());
  for (const Json& one : ways) {
    EXPECT_NE(one["option"], "--dies");
  }
}

TEST(SearchChip, MoreDiesAndIdleSiliconOnlyAdd) {
  Json fields = usual("ad104", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["dies"] = 1;
  fields["dead"] = false;
  double before = 0.0;
  const auto grows = [&] {
    const ReplyReport report = worked_out(fields);
    ASSERT_FALSE(report.best.empty());
    EXPECT_GE(report.best.front().value, before);
    before = report.best.front().value;
  };
  grows();
  fields["dead"] = true;
  grows();
  fields["dies"] = 2;
  grows();
}

TEST(SearchChip, ThreadsAndPruningChangeNothing) {
  Json fields = usual("ad104", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  const Json one = reply_json(worked_out(fields, {true, false, false}));
  for (const auto& [threads, prune] :
       {std::pair{2U, true}, std::pair{4U, true}, std::pair{1U, false}}) {
    SearchRun run;
    run.threads = threads;
    run.prune = prune;
    const auto same =
        work_out_reply(workspace(), fields, run, {true, false, false}, Code::kBadOptionValue);
    ASSERT_TRUE(same);
    EXPECT_EQ(reply_json(*same).dump(), one.dump()) << threads;
    EXPECT_EQ(same->result.evaluated == same->result.total, !prune);
  }
}

TEST(SearchChip, ALimitIsWorthNothingOrMore) {
  Json fields = usual("ad104", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["markets"] = "data-center";
  for (const char* per : {"chip", "dollar", "watt"}) {
    fields["per"] = per;
    const ReplyReport report = worked_out(fields, {false, true, false});
    ASSERT_FALSE(report.prices.empty());
    EXPECT_EQ(report.prices.size(), 2 * report.thresholds.size());
    double most = 0.0;
    for (const ThresholdPrice& one : report.prices) {
      ASSERT_TRUE(one.best);
      EXPECT_GE(one.gain_percent, -1e-9) << one.threshold.quantity << " " << one.threshold.value;
      most = std::max(most, one.gain_percent);
    }
    // Of what is paid for, a slower part may be best, which no limit holds back.
    EXPECT_TRUE(most > 0.0 || per != std::string_view("chip"));
  }
}

// The data with a folder laid over it.
Workspace with_file(const std::string& name, const std::string& file, const std::string& text) {
  const fs::path folder = fs::temp_directory_path() / ("redline-reply-" + name);
  fs::remove_all(folder);
  EXPECT_TRUE(data::write_text_file((folder / file).string(), text));
  WorkspaceOptions options = whole_data(REDLINE_TEST_DATA);
  options.overlays = {folder.string()};
  auto opened = open_workspace(options);
  EXPECT_TRUE(opened) << render(opened.error());
  RL_CHECK(opened.has_value());
  return std::move(*opened);
}

constexpr std::string_view kBan = R"toml(id = "TEST-BAN"
title = "No part may go"
jurisdiction = "US"
kind = "final-rule"
issued = "2024-01-02"
citation = "none"
sources = ["fr-2023-23055"]
confidence = "primary"
summary = "No part may go to China."

[[version]]
effective = 2024-01-02

  [[version.test]]
  item = "test-ban"
  paragraph = "ban (every part)"
  when = "kind == 'accelerator'"

  [[version.license]]
  items = ["test-ban"]
  where = "dest == 'CN'"
  letter = true

  [[version.review]]
  items = ["test-ban"]
  when = "dest == 'CN'"
  policy = "denial"
)toml";

TEST(SearchChip, LimitsMayStandElsewhere) {
  Json fields = usual("gh100", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  const ReplyReport before = worked_out(fields);
  ASSERT_FALSE(before.best.empty());
  const auto moved = [&](const Json& limits) {
    Json asked = fields;
    asked["limits"] = limits;
    return worked_out(asked);
  };
  // To where it stands already: nothing changes.
  const ReplyReport same = moved("tpp:2400=2400");
  EXPECT_EQ(same.best.front().tpp, before.best.front().tpp);
  EXPECT_TRUE(same.verdict);
  // A text and a list say the same; a tighter limit lets no more through.
  const ReplyReport text = moved("tpp:2400=1200,tpp:1600=800");
  const ReplyReport list = moved(Json::array({{{"quantity", "tpp"}, {"at", 2400}, {"to", 1200}},
                                              {{"quantity", "tpp"}, {"at", 1600}, {"to", 800}}}));
  ASSERT_FALSE(text.best.empty());
  EXPECT_EQ(text.best.front().tpp, list.best.front().tpp);
  // Not below 1200: of a density under 1.6 more may go.
  EXPECT_LT(text.best.front().tpp, before.best.front().tpp);
  EXPECT_TRUE(text.best.front().tpp < 1200.0 || text.best.front().pd < 1.6);
  EXPECT_LE(text.best.front().value, before.best.front().value);
  EXPECT_FALSE(text.verdict);  // the text of the rule says something else
  // As much as the price of the limit says.
  const ReplyReport priced = worked_out(fields, {false, true, false});
  for (const ThresholdPrice& one : priced.prices) {
    if (one.best && one.percent == 10.0) {
      const ReplyReport loose = moved(fmt::format("{}:{}={}", one.threshold.quantity,
                                                  one.threshold.value, 1.1 * one.threshold.value));
      EXPECT_NEAR(loose.best.front().value, one.best->value, 1e-9 * one.best->value)
          << one.threshold.quantity << one.threshold.value;
    }
  }
  for (const Json& wrong : {Json("tpp:99=1"), Json("tpp"), Json("tpp:2400=x"), Json("tpp:2400=-1"),
                            Json(7), Json::array({Json::object()}), Json("dram_bw:1=2")}) {
    Json asked = fields;
    asked["limits"] = wrong;
    const auto report = work_out_reply(workspace(), asked, {}, kBestAlone, Code::kBadOptionValue);
    ASSERT_FALSE(report) << wrong;
    EXPECT_EQ(report.error().front().code, Code::kBadOptionValue);
  }
}

TEST(SearchChip, WhereNothingIsLegalTheRuleIsNamed) {
  const Workspace w = with_file("ban", "rules/us/test-ban.toml", std::string(kBan));
  const Json fields = usual("gh100", "2024-02-01");
  const auto answer = search_chip(w, fields, {}, Code::kBadOptionValue, results::Words());
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->infeasible);
  const Json& result = answer->results[0];
  EXPECT_EQ(result["feasible"], false);
  EXPECT_TRUE(result["best"].empty());
  EXPECT_EQ(result["because"]["outcome"], "license-required");
  EXPECT_EQ(result["because"]["rule"], "TEST-BAN");
  EXPECT_EQ(result["because"]["paragraph"], "ban (every part)");
  // Elsewhere it bans nothing.
  Json elsewhere = fields;
  elsewhere["to"] = "SG";
  EXPECT_FALSE(worked_out(w, elsewhere).best.empty());
}

// Parts that may go are too slow for the limit: that is said, and no rule is blamed.
TEST(SearchChip, WhatIsTooSlowIsNotCalledIllegal) {
  Json fields = usual("gh100", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["objective"] = "prefill";
  fields["ttft"] = "17ms";
  const ReplyReport report = worked_out(fields);
  EXPECT_TRUE(report.best.empty());
  EXPECT_TRUE(report.result.exhausted);
  ASSERT_TRUE(report.lightest);
  EXPECT_EQ(report.lightest->outcome, Outcome::kNoLicense);
}

// --- requests that are wrong

struct Wrong {
  Json change;
  Code code;
  const char* says;
};

TEST(SearchChip, NamesWhatIsWrong) {
  const std::vector<Wrong> kList{
      {{{"rule", "us-2023-10-18"}}, Code::kUnknownRecord, "there is no rule 'us-2023-10-18'"},
      {{{"from", "gh1000"}}, Code::kUnknownRecord, "there is no die 'gh1000'"},
      {{{"from", "gb202"}}, Code::kBadOptionValue, "gb202 came in 2025-01, after 2023-10-17"},
      {{{"model", "deepseek-r1"}}, Code::kBadOptionValue, "deepseek-r1 came in 2025-01, after"},
      {{{"objective", "poetry"}}, Code::kBadOptionValue, "there is no objective 'poetry'"},
      {{{"per", "pound"}}, Code::kBadOptionValue, "'per' must be one of chip, dollar, watt"},
      {{{"mode", "old"}}, Code::kBadOptionValue, "'mode' must be one of cut-down, new, both"},
      {{{"markets", "moon"}}, Code::kBadOptionValue, "'markets' must be one of"},
      {{{"mode", "both"}, {"nodes", "tsmc-n55"}},
       Code::kBadOptionValue,
       "there is no node 'tsmc-n55'"},
      {{{"top", 0}}, Code::kBadOptionValue, "'top' must be a number from 1 to 100"},
      {{{"dies", 9}}, Code::kBadOptionValue, "'dies' must be a number from 1 to 8"},
      {{{"tpot", "soon"}}, Code::kBadOptionValue, "'tpot' must be a time above zero"},
      {{{"objective", "mix:nowhere"}}, Code::kBadOptionValue, "there is no mix 'nowhere'"},
      {{{"formats", "fp7"}}, Code::kBadOptionValue, "there is no format 'fp7'"},
      {{{"rool", "us-2023-10"}}, Code::kBadOptionValue, "rool"},
      {{{"as_of", "yesterday"}}, Code::kBadOptionValue, "yesterday"},
  };
  for (const Wrong& one : kList) {
    Json fields = usual("gh100", "2023-10-17");
    fields.update(one.change);
    const auto report = work_out_reply(workspace(), fields, {}, kBestAlone, Code::kBadOptionValue);
    ASSERT_FALSE(report) << one.change;
    const Diagnostics& errors = report.error();
    ASSERT_EQ(errors.size(), 1U) << render(errors);
    EXPECT_EQ(errors[0].code, one.code) << render(errors);
    EXPECT_NE(errors[0].message.find(one.says), std::string::npos) << render(errors);
  }
}

TEST(SearchChip, SuggestsTheNearestRules) {
  Json fields = usual("gh100", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFT";
  const auto report = work_out_reply(workspace(), fields, {}, kBestAlone, Code::kBadOptionValue);
  ASSERT_FALSE(report);
  ASSERT_FALSE(report.error()[0].help.empty());
  EXPECT_EQ(report.error()[0].help[0], "similar rule: US-2023-10-17-ACS-IFR");
}

TEST(SearchChip, NamesEveryProblemOfARequest) {
  const auto report = work_out_reply(workspace(),
                                     {{"from", "gh1000"},
                                      {"rule", "us-1999"},
                                      {"per", "pound"},
                                      {"mode", "old"},
                                      {"objective", "poetry"},
                                      {"top", 1000},
                                      {"rool", "x"}},
                                     {}, kBestAlone, Code::kBatchField);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().size(), 7U) << render(report.error());
}

std::string mix_file(const std::string& text) {
  const fs::path path = fs::temp_directory_path() / "redline-reply-mix.toml";
  EXPECT_TRUE(data::write_text_file(path.string(), text));
  return path.string();
}

TEST(SearchChip, AMixNamesWhatDoesNotExist) {
  const auto mix = read_mix(workspace(), "work.toml",
                            "[[workload]]\nphase = \"decode\"\nmodel = \"llama-9\"\n"
                            "tpot = \"50 GB\"\nengine = \"steam\"\n");
  ASSERT_FALSE(mix);
  ASSERT_EQ(mix.error().size(), 3U) << render(mix.error());
  for (const auto& [line, code] : {std::pair{3, Code::kUnknownRecord},
                                   {4, Code::kMissingUnit},
                                   {5, Code::kUnknownReference}}) {
    EXPECT_TRUE(std::any_of(mix.error().begin(), mix.error().end(),
                            [&](const Error& error) {
                              return error.code == code && error.where && error.where->line == line;
                            }))
        << line << render(mix.error());
  }
}

TEST(SearchChip, AWrongMixIsShownWithItsPlace) {
  const std::string path = mix_file(
      "[[workload]]\nmodel = \"gpt-3-6.7b\"\n\n[[workload]]\nphase = \"decode\"\nweight = 0\n\n"
      "[[workload]]\nphase = \"train\"\nweight = -1\ncolour = \"red\"\n");
  Json fields = usual("gh100", "2023-10-17");
  fields["objective"] = "mix:" + path;
  const auto report = work_out_reply(workspace(), fields, {}, kBestAlone, Code::kBadOptionValue);
  ASSERT_FALSE(report);
  struct Place {
    Code code;
    int line, column;
  };
  std::vector<Place> expected{{Code::kMissingKey, 1, 1},
                              {Code::kOutOfRange, 6, 10},
                              {Code::kOutOfRange, 10, 10},
                              {Code::kUnknownKey, 11, 1}};
  ASSERT_EQ(report.error().size(), expected.size()) << render(report.error());
  for (const Place& place : expected) {
    const bool found =
        std::any_of(report.error().begin(), report.error().end(), [&](const Error& error) {
          return error.code == place.code && error.where && error.where->file == path &&
                 error.where->line == place.line && error.where->column == place.column;
        });
    EXPECT_TRUE(found) << place.line << ":" << place.column << "\n" << render(report.error());
  }
}

TEST(SearchChip, AMixIsTheHarmonicMeanOfItsWork) {
  const std::string path = mix_file(
      "[[workload]]\nphase = \"decode\"\nweight = 3\nmodel = \"gpt-3-6.7b\"\nprompt = 1024\n"
      "answer = 256\ntpot = \"200ms\"\n\n[[workload]]\nphase = \"prefill\"\nweight = 1\n"
      "model = \"gpt-3-6.7b\"\nprompt = 1024\n");
  Json fields = usual("ad104", "2023-10-17");
  fields["rule"] = "US-2023-10-17-ACS-IFR";
  fields["objective"] = "mix:" + path;
  const ReplyReport report = worked_out(fields);
  ASSERT_FALSE(report.best.empty());
  const Reply& best = report.best.front();
  ASSERT_EQ(best.tokens_per_s.size(), 2U);
  const double takes = 0.75 * report.base.tokens_per_s[0] / best.tokens_per_s[0] +
                       0.25 * report.base.tokens_per_s[1] / best.tokens_per_s[1];
  EXPECT_NEAR(best.value, 1.0 / takes, 1e-9);
}

// --- what came after past rules

TEST(SearchChipBacktest, EveryEpochIsWorkedOut) {
  const auto report = work_out_backtest(workspace(), {});
  ASSERT_TRUE(report) << render(report.error());
  std::size_t asked = 0;
  for (const ReplyEpoch& epoch : report->epochs) {
    asked += epoch.reply.size();
  }
  ASSERT_EQ(report->replies.size(), asked);
  ASSERT_GE(report->epochs.size(), 4U);
  bool h20 = false;
  bool last = false;
  for (const ScoredReply& one : report->replies) {
    EXPECT_TRUE(one.proposed) << one.epoch->id;
    const bool scored = !one.asked->shipped.empty();
    EXPECT_EQ(one.parameters.empty(), !scored);
    if (one.asked->shipped == "h20-96gb") {
      h20 = true;
      for (const ScoredParameter& parameter : one.parameters) {
        if (parameter.name == "memory_bandwidth" || parameter.name == "tpp") {
          ASSERT_TRUE(parameter.log_error());
          EXPECT_LT(std::abs(*parameter.log_error()), 0.02) << parameter.name;
        }
      }
    }
    if (one.epoch->id == "2026-01") {
      last = true;
      EXPECT_TRUE(one.no_new_part);
      EXPECT_FALSE(one.eased.empty());
    }
  }
  EXPECT_TRUE(h20);
  EXPECT_TRUE(last);
}

// Also dies whose memory and links are on others in the package.
TEST(SearchChip, EveryDieOfTheDataCanBeStartedFrom) {
  const auto silicon = load_silicon(workspace().files);
  ASSERT_TRUE(silicon);
  for (const DieRecord& die : silicon->dies) {
    const Json fields{{"from", die.id},          {"to", "FR"},     {"as_of", "2026-06-01"},
                      {"model", "llama-3.1-8b"}, {"prompt", 1024}, {"tpot", "200ms"}};
    const auto report =
        work_out_reply(workspace(), fields, {}, {false, false, false}, Code::kBatchField);
    ASSERT_TRUE(report) << die.id << render(report.error());
    ASSERT_FALSE(report->best.empty()) << die.id;
    EXPECT_GE(report->best.front().value, 1.0 - 1e-9) << die.id;  // at least the base part
  }
}

TEST(SearchChip, AFieldOfTheWrongKindIsAnError) {
  for (const Json& fields :
       {Json{{"backtest", "yes"}}, Json{{"backtest", 1}, {"from", 5}, {"work", {3}}}}) {
    EXPECT_FALSE(search_chip(workspace(), fields, {}, Code::kBatchField, results::Words()));
  }
}

TEST(SearchChipBacktest, AnAnswerThatWasKnownIsRefused) {
  for (const auto& [shipped, code] :
       {std::pair{"h100-sxm5", Code::kOutOfRange}, {"no-such-part", Code::kUnknownReference}}) {
    Workspace w = with_file(
        "known", "backtest/mine.toml",
        std::string("[[epoch]]\nid = \"mine\"\ntitle = \"Mine\"\nrules = "
                    "\"US-2023-10-17-ACS-IFR\"\nto = \"CN\"\nknown = 2023-10-17\nwork = [{ phase = "
                    "\"decode\", model = \"gpt-3-6.7b\" }]\nreply = [{ die = \"gh100\", shipped = "
                    "\"") +
            shipped + "\", markets = \"data-center\" }]\n");
    // Mine alone.
    std::erase_if(w.files.files, [](const data::DataFile& file) {
      return file.relative.rfind("backtest/", 0) == 0 && file.layer == 0;
    });
    const auto report = work_out_backtest(w, {});
    ASSERT_FALSE(report);
    ASSERT_EQ(report.error().size(), 1U) << render(report.error());
    EXPECT_EQ(report.error()[0].code, code);
    EXPECT_NE(report.error()[0].message.find(shipped), std::string::npos);
    EXPECT_TRUE(report.error()[0].where);
  }
}

}  // namespace
}  // namespace redline::app

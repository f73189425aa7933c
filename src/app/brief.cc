#include "app/brief.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/bandwidth_text.h"
#include "app/brief_facts.h"
#include "app/build_info.h"
#include "app/built_text.h"
#include "app/buyer_text.h"
#include "app/claims_text.h"
#include "app/classify.h"
#include "app/cover.h"
#include "app/verdict_html.h"
#include "app/verdict_text.h"
#include "app/worth_text.h"
#include "results/envelope.h"
#include "results/html.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::HtmlPage;
using results::plain;
using results::Table;
using results::Words;

// "US-2023-10-17-ACS-IFR" is labelled "ACS-IFR": the chart prints the date beside it.
std::string label_of(const std::string& id) {
  const auto first = id.find_first_not_of("0123456789-", id.find('-') + 1);
  return first == std::string::npos || id.find('-') == std::string::npos ? id : id.substr(first);
}

double days_of(Date date) { return static_cast<double>(date.time_since_epoch().count()); }

class BriefPage {
 public:
  BriefPage(const Workspace& w, const BriefFacts& facts, const RunInfo& run, const Words& say)
      : w_(w),
        facts_(facts),
        run_(run),
        say_(say),
        page_(page_options(say(facts.scenario.title),
                           say("Decision brief on inputs known by {date}",
                               {{"date", format_date(facts.scenario.as_of)}}),
                           say)) {}

  Result<std::string> write() {
    cover();
    what_happened();
    RL_TRY(stands, where_every_chip_stands());
    (void)stands;
    why_caught();
    if (facts_.worth) {
      add_worth(*facts_.worth, say_, page_);
    }
    if (facts_.bandwidth) {
      add_bandwidth(*facts_.bandwidth, say_, page_);
    }
    if (facts_.built) {
      add_built(*facts_.built, say_, page_);
    }
    if (facts_.impact) {
      add_rule_change(*facts_.impact, say_, page_);
    }
    if (facts_.exposure) {
      add_exposure(*facts_.exposure, say_, page_, 2);
    }
    if (facts_.buyer) {
      add_buyer(*facts_.buyer, say_, page_);
    }
    if (facts_.claims) {
      add_claims(w_, *facts_.claims, say_, page_);
    }
    inputs();
    manifest();
    return page_.finish();
  }

 private:
  void heading(int level, const Message& text) { page_.heading(level, say_(text), text.text); }

  void cover() {
    std::vector<results::Html> sentences;
    for (const std::string& text : cover_sentences(w_, facts_, say_)) {
      sentences.push_back(sentences.empty() ? cover_answer(w_, facts_, say_) : plain(text));
    }
    page_.cover(say_("In short"), sentences, cover_figures(facts_, say_));
  }

  void what_happened() {
    heading(2, Message("What happened"));
    results::Timeline chart;
    chart.id = "instruments";
    chart.title = say_("Instruments and what reached the makers");
    chart.description = say_(
        "Timeline of the legal instruments up to the day of the brief; the table "
        "lists them with the chips that each caught.");
    chart.lanes = {say_("Rules and letters"), say_("Inputs of this brief")};
    for (const Milestone& m : facts_.milestones) {
      const std::string label = label_of(m.id);
      chart.events.push_back({days_of(m.date), format_date(m.date),
                              m.caught.empty() ? label
                                               : say_("{instrument} ({count} caught)",
                                                      {{"instrument", label},
                                                       {"count", fmt::to_string(m.caught.size())}}),
                              0, !m.caught.empty(), say_(m.title)});
    }
    for (const ScenarioInput& input : facts_.scenario.inputs) {
      chart.events.push_back(
          {days_of(input.date), format_date(input.date), input.id, 1, false, say_(input.what)});
    }
    page_.figure(
        {results::render_svg(chart),
         say_("An instrument stands at the first day on which it binds; emphasised where it made "
              "the answer for some chip stricter."),
         say_("Source: instruments of the rule book, cited in the table.")});
    page_.table(say_(milestone_table(facts_.milestones, say_)));
  }

  Result<bool> where_every_chip_stands() {
    heading(2, Message("Where every chip stands"));
    page_.paragraph(
        say_("Answers for {place}, with the end user's headquarters there. A chip appears on a day "
             "if it was announced by then.",
             {{"place", w_.catalog.geography.name_of(facts_.scenario.to)}}));
    page_.paragraph(
        say_("The tables give answers by their codes: no-license (no license is needed), "
             "license-exception (a license exception serves), license-required (a license is "
             "needed; the review policy stands behind it: denial, approval, case-by-case or "
             "unstated) and unknown (it hangs on a value that is not known)."));
    for (const DayStanding& day : facts_.days) {
      page_.heading(3, say_(day.title), day.title.english());
      page_.paragraph(count_line(day));
      RL_TRY(density, density_plot(w_, facts_, day, say_));
      page_.figure(
          {results::render_svg(density), "",
           say_("Sources: data sheets and press as listed with each chip (redline data show).")});
      RL_TRY(bandwidth, bandwidth_plot(w_, facts_, day, say_));
      page_.figure({results::render_svg(bandwidth), "",
                    say_("Sources: as above; figures of the letters from press of 2025-04-16.")});
      page_.open_details(
          say_("Table: {count} chips on {date}",
               {{"count", fmt::to_string(day.chips.size())}, {"date", format_date(day.date)}}));
      page_.table(say_(standing_table(day, say_)));
      page_.close_details();
    }
    return true;
  }

  [[nodiscard]] std::string count_line(const DayStanding& day) const {
    std::size_t counts[4] = {};
    for (const ChipStanding& one : day.chips) {
      ++counts[static_cast<std::size_t>(one.verdict.outcome)];
    }
    const auto of = [&counts](Outcome o) {
      return fmt::to_string(counts[static_cast<std::size_t>(o)]);
    };
    return say_(
        "{count} chips: {free} need no license, {excepted} may use a license exception, {caught} "
        "need a license, and for {unknown} the answer is not known.",
        {{"count", fmt::to_string(day.chips.size())},
         {"free", of(Outcome::kNoLicense)},
         {"excepted", of(Outcome::kLicenseException)},
         {"caught", of(Outcome::kLicenseRequired)},
         {"unknown", of(Outcome::kUnknown)}});
  }

  [[nodiscard]] std::string turn_title(const Verdict& v) const {
    return say_("What would turn the answer of {date}", {{"date", format_date(v.as_of)}});
  }

  void why_caught() {
    page_.heading(2, say_("Why the {chip} was caught", {{"chip", facts_.subject->name}}),
                  "why-caught");
    for (const std::string& margin : margin_sentences(facts_, say_)) {
      page_.paragraph(margin);
    }
    const std::string before = format_date(facts_.before.as_of);
    const std::string after = format_date(facts_.after.as_of);
    page_.table(
        say_(tests_table(facts_.before, say_("Margins on {date}", {{"date", before}}), say_)));
    page_.table(say_(flips_table(facts_.before, turn_title(facts_.before), say_)));
    page_.table(say_(tests_table(facts_.after, say_("Tests on {date}", {{"date", after}}), say_)));
    page_.table(say_(flips_table(facts_.after, turn_title(facts_.after), say_)));
    page_.open_details(say_("Working of {date}, clause by clause", {{"date", after}}));
    add_working(facts_.after, say_, page_);
    page_.close_details();
    page_.callout(results::Callout::kCaution, say_("What is not evaluated"),
                  plain(say_("These decide besides the chip rules and are not held here.")));
    add_flags(facts_.after, say_, page_);
    heading(3, Message("Assumptions"));
    add_assumptions(facts_.after, say_, page_);
  }

  void inputs() {
    heading(2, Message("Inputs"));
    Table table;
    table.title = say_("Facts known by {date}", {{"date", format_date(facts_.scenario.as_of)}});
    table.columns = {{"date", "Date", "", Align::kLeft},
                     {"what", "Fact", "", Align::kLeft},
                     {"value_usd", "Value", "USD", Align::kRight, 4},
                     {"source", "Source", "", Align::kLeft}};
    for (const ScenarioInput& input : facts_.scenario.inputs) {
      table.rows.push_back({format_date(input.date), say_(input.what),
                            input.value ? Cell{input.value->base()} : Cell{std::string("-")},
                            fmt::format("{}", fmt::join(input.source, ", "))});
    }
    page_.table(say_(table));
    heading(3, Message("Sources"));
    std::set<std::string> ids(facts_.after.sources.begin(), facts_.after.sources.end());
    ids.insert(facts_.before.sources.begin(), facts_.before.sources.end());
    for (const ScenarioInput& input : facts_.scenario.inputs) {
      ids.insert(input.source.begin(), input.source.end());
    }
    if (facts_.exposure) {
      ids.merge(exposure_sources(*facts_.exposure));
    }
    add_sources(w_.catalog, ids, say_, page_);
  }

  void manifest() {
    heading(2, Message("Manifest"));
    std::string command = "redline report " + facts_.scenario.id;
    if (say_.language() != results::Language::kEnglish) {
      command += fmt::format(" --lang {}", results::tag_of(say_.language()));
    }
    page_.definitions(
        {{"Redline", plain(kVersion)},
         {say_("Data"), plain(format_date(w_.date))},
         {say_("Data hash"), results::inline_code(run_.data_hash)},
         {say_("Scenario"),
          plain(say_("{scenario}, as of {date}", {{"scenario", facts_.scenario.id},
                                                  {"date", format_date(facts_.scenario.as_of)}}))},
         {say_("Seed"), plain(std::to_string(run_.seed))},
         {say_("Command"), results::inline_code(command)}});
  }

  const Workspace& w_;
  const BriefFacts& facts_;
  const RunInfo& run_;
  const Words& say_;
  HtmlPage page_;
};

// One row of the day: the answer and the quantities of the plots; `redline classify` has the rest.
Json standing_json(const ChipStanding& one) {
  const LegalQuantities q = legal_quantities(*one.chip);
  const Verdict& v = one.verdict;
  const auto number = [](const Estimate& e) { return e.value ? Json(*e.value) : Json(nullptr); };
  return {{"chip", v.chip},
          {"outcome", std::string(name_of(v.outcome))},
          {"review", text_or_null(name_of(v.review))},
          {"exception", text_or_null(name_of(v.exception))},
          {"eccn", text_or_null(v.eccn)},
          {"rule", text_or_null(v.rule)},
          {"licenses_granted", v.licenses_granted},
          {"tpp", number(q.tpp)},
          {"pd", number(q.pd)},
          {"dram_bw", number(q.dram_bw)},
          {"letter_io", number(q.letter_io)}};
}

// Sentences are English, whatever the language of the page.
Json brief_json(const Workspace& w, const BriefFacts& facts) {
  Json milestones = Json::array();
  for (const Milestone& m : facts.milestones) {
    milestones.push_back({{"date", format_date(m.date)},
                          {"instrument", m.id},
                          {"title", m.title},
                          {"caught", m.caught},
                          {"freed", m.freed}});
  }
  Json days = Json::array();
  for (const DayStanding& day : facts.days) {
    Json chips = Json::array();
    for (const ChipStanding& one : day.chips) {
      chips.push_back(standing_json(one));
    }
    days.push_back({{"date", format_date(day.date)},
                    {"title", day.title.english()},
                    {"chips", std::move(chips)}});
  }
  Json inputs = Json::array();
  for (const ScenarioInput& input : facts.scenario.inputs) {
    inputs.push_back({{"id", input.id},
                      {"date", format_date(input.date)},
                      {"what", input.what},
                      {"value_usd", input.value ? Json(input.value->base()) : Json(nullptr)},
                      {"source", input.source}});
  }
  Json brief = Json::array(
      {{{"scenario", facts.scenario.id},
        {"title", facts.scenario.title},
        {"as_of", format_date(facts.scenario.as_of)},
        {"subject", facts.subject->id},
        {"what_happened", std::move(milestones)},
        {"where_every_chip_stands", std::move(days)},
        {"why_caught",
         {{"before", verdict_json(facts.before)}, {"after", verdict_json(facts.after)}}},
        {"inputs", std::move(inputs)}}});
  brief[0]["in_short"] = cover_sentences(w, facts, Words());
  brief[0]["worth"] = facts.worth ? worth_json(*facts.worth) : Json(nullptr);
  brief[0]["bandwidth"] = facts.bandwidth ? bandwidth_json(*facts.bandwidth) : Json(nullptr);
  brief[0]["built"] = facts.built ? built_json(*facts.built) : Json(nullptr);
  brief[0]["impact"] = facts.impact ? rule_change_json(*facts.impact) : Json(nullptr);
  brief[0]["exposure"] = facts.exposure ? exposure_json(*facts.exposure) : Json(nullptr);
  brief[0]["buyer"] = facts.buyer ? buyer_json(*facts.buyer) : Json(nullptr);
  brief[0]["claims"] = facts.claims ? claims_json(*facts.claims) : Json(nullptr);
  return brief;
}

}  // namespace

Loaded<BriefTexts> make_brief(const Workspace& w, const BriefRequest& request) {
  auto scenario = load_scenario(w, request.scenario);
  if (!scenario) {
    return tl::unexpected(std::move(scenario).error());
  }
  auto facts = gather_brief(w, *scenario, request.how);
  if (!facts) {
    return tl::unexpected(std::move(facts).error());
  }
  if (!scenario->claims.empty()) {
    auto claims = judge_claims(w, scenario->claims);
    if (!claims) {
      return tl::unexpected(std::move(claims).error());
    }
    facts->claims = std::move(*claims);
  }
  auto html = BriefPage(w, *facts, request.run, request.say).write();
  if (!html) {
    return tl::unexpected(Diagnostics{std::move(html).error()});
  }
  BriefTexts texts;
  texts.html = std::move(*html);
  texts.json = results::write_envelope(
      {"report", std::string(kVersion), request.run.data_hash, format_date(scenario->as_of),
       request.run.seed},
      brief_json(w, *facts),
      {{"command_line", request.run.command_line}, {"seconds", request.run.seconds}});
  for (const Verdict* v : {&facts->before, &facts->after}) {
    texts.summary.push_back(request.say("{chip} to {place} on {date}: {answer}",
                                        {{"chip", v->chip},
                                         {"place", w.catalog.geography.name_of(v->to)},
                                         {"date", format_date(v->as_of)},
                                         {"answer", answer_words(*v, request.say)}}));
  }
  return texts;
}

Loaded<BriefFiles> write_brief(const Workspace& w, const BriefRequest& request) {
  BriefFiles files{request.folder + "/report.html", request.folder + "/report.json", {}};
  // The scenario is read first: a wrong name leaves no folder behind.
  if (auto scenario = load_scenario(w, request.scenario); !scenario) {
    return tl::unexpected(std::move(scenario).error());
  }
  if (const auto writable = data::check_writable(files.json_path); !writable) {
    return tl::unexpected(Diagnostics{writable.error()});
  }
  auto texts = make_brief(w, request);
  if (!texts) {
    return tl::unexpected(std::move(texts).error());
  }
  for (const auto& [path, text] :
       {std::pair{&files.json_path, &texts->json}, std::pair{&files.html_path, &texts->html}}) {
    auto written = data::write_text_file(*path, *text);
    if (!written) {
      return tl::unexpected(Diagnostics{std::move(written).error()});
    }
  }
  files.summary = std::move(texts->summary);
  return files;
}

}  // namespace redline::app

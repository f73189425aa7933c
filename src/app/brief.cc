#include "app/brief.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "app/build_info.h"
#include "app/classify.h"
#include "app/verdict_text.h"
#include "results/envelope.h"
#include "results/html.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Html;
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

Table tests_table(const Verdict& v, std::string title, const Words& say) {
  Table table = comparison_table(v, say);
  table.title = std::move(title);
  table.columns.push_back({"rule", "Instrument", "", Align::kLeft});
  for (std::size_t i = 0; i < v.tests.size(); ++i) {
    table.rows[i].emplace_back(v.tests[i].rule);
  }
  return table;
}

Table flips_table(const Verdict& v) {
  Table table;
  table.title = fmt::format("What would turn the answer of {}", format_date(v.as_of));
  table.columns = {{"quantity", "Quantity", "", Align::kLeft},
                   {"from", "From", "", Align::kRight, 7},
                   {"relation", "To", "", Align::kLeft},
                   {"to", "Value", "", Align::kRight, 7},
                   {"unit", "Unit", "", Align::kLeft},
                   {"change_percent", "Change", "%", Align::kRight, 3},
                   {"outcome", "Answer then", "", Align::kLeft}};
  for (const Flip& flip : v.flips) {
    const std::string outcome = answer_phrase(flip.outcome, flip.review, flip.exception);
    table.rows.push_back({flip.quantity, flip.from, flip.relation, flip.to, flip.unit,
                          flip.change_percent, outcome});
  }
  return table;
}

// The quantity nearest to its limit from below, among the tests of the thresholds: how close the
// part was designed to the line.
std::string closest_margin(const Verdict& v) {
  if (!v.nearest_flip) {
    return {};
  }
  const Flip& flip = *v.nearest_flip;
  return fmt::format("{} {:.6g}, {:.2f} % from the {:g} at which the answer changes", flip.quantity,
                     flip.from, std::fabs(flip.change_percent), flip.to);
}

// Among the figures that newly catch the part, the one that it exceeds by most.
std::string widest_margin(const Verdict& before, const Verdict& after) {
  const ComparisonLine* widest = nullptr;
  for (const ComparisonLine& line : after.tests) {
    const bool old = std::any_of(before.tests.begin(), before.tests.end(),
                                 [&](const ComparisonLine& b) { return b.rule == line.rule; });
    if (!old && line.met == Tri::kYes && line.margin_percent &&
        (widest == nullptr || *line.margin_percent > *widest->margin_percent)) {
      widest = &line;
    }
  }
  return widest == nullptr
             ? std::string()
             : fmt::format("{} {:g} {} is {:.0f} % above {:g}", widest->quantity, *widest->value,
                           widest->unit, *widest->margin_percent, widest->limit);
}

class BriefPage {
 public:
  BriefPage(const Workspace& w, const BriefFacts& facts, const RunInfo& run, const Words& say)
      : w_(w), facts_(facts), run_(run), say_(say), page_(options(facts)) {}

  Result<std::string> write() {
    lead();
    what_happened();
    RL_TRY(stands, where_every_chip_stands());
    (void)stands;
    why_caught();
    inputs();
    manifest();
    return page_.finish();
  }

 private:
  static results::HtmlOptions options(const BriefFacts& facts) {
    results::HtmlOptions o;
    o.title = facts.scenario.title;
    o.subtitle =
        fmt::format("Decision brief on inputs known by {}", format_date(facts.scenario.as_of));
    o.footer =
        "A model of public texts, not legal advice. The Bureau of Industry and Security can "
        "give a binding classification.";
    return o;
  }

  void lead() {
    const Verdict& b = facts_.before;
    const Verdict& a = facts_.after;
    const std::string place = w_.catalog.geography.name_of(facts_.scenario.to);
    page_.lead(plain(fmt::format("On {} the {} to {}: ", format_date(b.as_of), facts_.subject->name,
                                 place)) +
               results::strong(answer_words(b, say_)) +
               plain(fmt::format(". On {}: ", format_date(a.as_of))) +
               results::strong(answer_words(a, say_)) +
               plain(a.rule.empty() ? "." : fmt::format(", through {}.", a.rule)));
    const std::string margin = closest_margin(b);
    if (!margin.empty()) {
      page_.paragraph(
          fmt::format("Under the earlier thresholds the part stood just outside: {}.", margin));
    }
    const std::string widest = widest_margin(b, a);
    if (!widest.empty()) {
      page_.paragraph(fmt::format("Under the new requirement it stands far inside: {} ({}).",
                                  widest, a.paragraph));
    }
  }

  void what_happened() {
    page_.heading(2, "What happened");
    results::Timeline chart;
    chart.id = "instruments";
    chart.title = "Instruments and what reached the makers";
    chart.description =
        "Timeline of the legal instruments up to the day of the brief; the table "
        "lists them with the chips that each caught.";
    chart.lanes = {"Rules and letters", "Inputs of this brief"};
    for (const Milestone& m : facts_.milestones) {
      chart.events.push_back({days_of(m.date), format_date(m.date),
                              m.caught.empty()
                                  ? label_of(m.id)
                                  : fmt::format("{} ({} caught)", label_of(m.id), m.caught.size()),
                              0, !m.caught.empty(), m.title});
    }
    for (const ScenarioInput& input : facts_.scenario.inputs) {
      chart.events.push_back(
          {days_of(input.date), format_date(input.date), input.id, 1, false, input.what});
    }
    page_.figure(
        {results::render_svg(chart),
         "An instrument stands at the first day on which it binds; emphasised where it made "
         "the answer for some chip stricter.",
         "Source: instruments of the rule book, cited in the table."});
    page_.table(milestone_table(facts_.milestones));
  }

  Result<bool> where_every_chip_stands() {
    page_.heading(2, "Where every chip stands");
    page_.paragraph(fmt::format(
        "Answers for {}, with the end user's headquarters there. A chip appears on a day if it was "
        "announced by then.",
        w_.catalog.geography.name_of(facts_.scenario.to)));
    for (const DayStanding& day : facts_.days) {
      page_.heading(3, day.title);
      page_.paragraph(count_line(day));
      RL_TRY(density, density_plot(w_, facts_, day));
      page_.figure(
          {results::render_svg(density), "",
           "Sources: data sheets and press as listed with each chip (redline data show)."});
      RL_TRY(bandwidth, bandwidth_plot(w_, facts_, day));
      page_.figure({results::render_svg(bandwidth), "",
                    "Sources: as above; figures of the letters from press of 2025-04-16."});
      page_.open_details(
          fmt::format("Table: {} chips on {}", day.chips.size(), format_date(day.date)));
      page_.table(standing_table(day));
      page_.close_details();
    }
    return true;
  }

  static std::string count_line(const DayStanding& day) {
    std::size_t counts[4] = {};
    for (const ChipStanding& one : day.chips) {
      ++counts[static_cast<std::size_t>(one.verdict.outcome)];
    }
    const auto of = [&counts](Outcome o) { return counts[static_cast<std::size_t>(o)]; };
    return fmt::format(
        "{} chips: {} need no license, {} may use a license exception, {} need a "
        "license, {} unknown.",
        day.chips.size(), of(Outcome::kNoLicense), of(Outcome::kLicenseException),
        of(Outcome::kLicenseRequired), of(Outcome::kUnknown));
  }

  void why_caught() {
    page_.heading(2, fmt::format("Why the {} was caught", facts_.subject->name));
    page_.table(tests_table(facts_.before,
                            fmt::format("Margins on {}", format_date(facts_.before.as_of)), say_));
    page_.table(flips_table(facts_.before));
    page_.table(tests_table(facts_.after,
                            fmt::format("Tests on {}", format_date(facts_.after.as_of)), say_));
    page_.table(flips_table(facts_.after));
    page_.open_details(
        fmt::format("Working of {}, clause by clause", format_date(facts_.after.as_of)));
    trace(facts_.after);
    page_.close_details();
    std::vector<Html> flags;
    for (const Flag& flag : facts_.after.flags) {
      flags.push_back(results::strong(flag.name) + plain(": " + say_(flag.text)));
    }
    page_.callout(results::Callout::kCaution, "What is not evaluated",
                  plain("These decide besides the chip rules and are not held here."));
    page_.list(flags);
    std::vector<Html> assumptions;
    for (const Message& line : facts_.after.assumptions) {
      assumptions.push_back(plain(say_(line)));
    }
    page_.heading(3, "Assumptions");
    page_.list(assumptions);
  }

  void trace(const Verdict& v) {
    for (const TraceClause& clause : v.trace) {
      const std::string_view result = clause.result == Tri::kYes  ? "yes"
                                      : clause.result == Tri::kNo ? "no"
                                                                  : "unknown";
      page_.paragraph(results::strong(fmt::format("{} {} {}: {}", clause.rule, clause.kind,
                                                  clause.paragraph, result)) +
                      plain(fmt::format(" ({})", say_(clause.effect))));
      std::vector<Html> atoms;
      for (const TraceAtom& atom : clause.atoms) {
        const std::string_view met = atom.result == Tri::kYes  ? "yes"
                                     : atom.result == Tri::kNo ? "no"
                                                               : "unknown";
        atoms.push_back(
            results::inline_code(atom.text) +
            plain(fmt::format(" {}{}{}", met, atom.detail.empty() ? "" : ": ", say_(atom.detail))));
      }
      page_.list(atoms);
    }
  }

  void inputs() {
    page_.heading(2, "Inputs");
    Table table;
    table.title = fmt::format("Facts known by {}", format_date(facts_.scenario.as_of));
    table.columns = {{"date", "Date", "", Align::kLeft},
                     {"what", "Fact", "", Align::kLeft},
                     {"value_usd", "Value", "USD", Align::kRight, 4},
                     {"source", "Source", "", Align::kLeft}};
    for (const ScenarioInput& input : facts_.scenario.inputs) {
      table.rows.push_back({format_date(input.date), input.what,
                            input.value ? Cell{input.value->base()} : Cell{std::string("-")},
                            fmt::format("{}", fmt::join(input.source, ", "))});
    }
    page_.table(table);
    page_.heading(3, "Sources");
    std::set<std::string> ids(facts_.after.sources.begin(), facts_.after.sources.end());
    ids.insert(facts_.before.sources.begin(), facts_.before.sources.end());
    for (const ScenarioInput& input : facts_.scenario.inputs) {
      ids.insert(input.source.begin(), input.source.end());
    }
    std::vector<Html> list;
    for (const std::string& id : ids) {
      if (const Source* source = w_.catalog.source(id)) {
        list.push_back(results::inline_code(id) + plain(" ") +
                       (source->url.empty() ? plain(source->title)
                                            : results::link(source->title, source->url)) +
                       plain(fmt::format(" ({})", source->kind)));
      }
    }
    page_.list(list);
  }

  void manifest() {
    page_.heading(2, "Manifest");
    page_.definitions({{"Redline", plain(kVersion)},
                       {"Data", plain(format_date(w_.date))},
                       {"Data hash", results::inline_code(run_.data_hash)},
                       {"Scenario", plain(fmt::format("{}, as of {}", facts_.scenario.id,
                                                      format_date(facts_.scenario.as_of)))},
                       {"Seed", plain(std::to_string(run_.seed))},
                       {"Command", results::inline_code("redline report " + facts_.scenario.id)}});
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
  const auto text = [](std::string_view t) {
    return t.empty() ? Json(nullptr) : Json(std::string(t));
  };
  return {{"chip", v.chip},
          {"outcome", std::string(name_of(v.outcome))},
          {"review", text(name_of(v.review))},
          {"exception", text(name_of(v.exception))},
          {"eccn", text(v.eccn)},
          {"rule", text(v.rule)},
          {"licenses_granted", v.licenses_granted},
          {"tpp", number(q.tpp)},
          {"pd", number(q.pd)},
          {"dram_bw", number(q.dram_bw)},
          {"letter_io", number(q.letter_io)}};
}

Json brief_json(const BriefFacts& facts) {
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
    days.push_back(
        {{"date", format_date(day.date)}, {"title", day.title}, {"chips", std::move(chips)}});
  }
  Json inputs = Json::array();
  for (const ScenarioInput& input : facts.scenario.inputs) {
    inputs.push_back({{"id", input.id},
                      {"date", format_date(input.date)},
                      {"what", input.what},
                      {"value_usd", input.value ? Json(input.value->base()) : Json(nullptr)},
                      {"source", input.source}});
  }
  return Json::array(
      {{{"scenario", facts.scenario.id},
        {"title", facts.scenario.title},
        {"as_of", format_date(facts.scenario.as_of)},
        {"subject", facts.subject->id},
        {"what_happened", std::move(milestones)},
        {"where_every_chip_stands", std::move(days)},
        {"why_caught",
         {{"before", verdict_json(facts.before)}, {"after", verdict_json(facts.after)}}},
        {"inputs", std::move(inputs)}}});
}

}  // namespace

Loaded<BriefFiles> write_brief(const Workspace& w, const BriefRequest& request) {
  auto scenario = load_scenario(w, request.scenario);
  if (!scenario) {
    return tl::unexpected(std::move(scenario).error());
  }
  auto facts = gather_brief(w, *scenario);
  if (!facts) {
    return tl::unexpected(std::move(facts).error());
  }
  auto html = BriefPage(w, *facts, request.run, request.say).write();
  if (!html) {
    return tl::unexpected(Diagnostics{std::move(html).error()});
  }
  const std::string json = results::write_envelope(
      {"report", std::string(kVersion), request.run.data_hash, format_date(scenario->as_of),
       request.run.seed},
      brief_json(*facts),
      {{"command_line", request.run.command_line}, {"seconds", request.run.seconds}});
  BriefFiles files;
  files.html_path = request.folder + "/report.html";
  files.json_path = request.folder + "/report.json";
  for (const auto& [path, text] :
       {std::pair{files.json_path, json}, std::pair{files.html_path, *html}}) {
    auto written = data::write_text_file(path, text);
    if (!written) {
      return tl::unexpected(Diagnostics{std::move(written).error()});
    }
  }
  for (const Verdict* v : {&facts->before, &facts->after}) {
    files.summary.push_back(fmt::format("{} to {} on {}: {}", v->chip,
                                        w.catalog.geography.name_of(v->to), format_date(v->as_of),
                                        answer_words(*v, request.say)));
  }
  return files;
}

}  // namespace redline::app

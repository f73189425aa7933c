#include "app/brief_facts.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "rules/rule_book.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;

// What is public of a part on a day: announced no later. Where only the month is known, the part
// counts from the month's end, so that a back-test never sees too much.
bool is_public(const Chip& chip, Date date) {
  const auto& first = chip.announced ? chip.announced : chip.launched;
  return chip.kind == ChipKind::kAccelerator && first && first->latest() <= date;
}

Result<Inquiry> inquiry_on(const Workspace& w, const Scenario& scenario, Date date) {
  Question question;
  question.to = scenario.to;
  question.as_of = date;
  return Inquiry::open(w.rules, std::move(question));
}

constexpr VerdictDetail kAnswerOnly{.trace = false, .flips = false};

// Stricter in the order no license, exception, unknown, required.
int strictness(const Verdict& v) { return static_cast<int>(v.outcome); }

Result<std::vector<Milestone>> milestones_of(const Workspace& w, const Scenario& scenario) {
  std::vector<Milestone> milestones;
  for (const rules::Instrument& instrument : w.rules.book().instruments()) {
    if (instrument.jurisdiction != "US" || instrument.hypothetical ||
        instrument.kind == rules::InstrumentKind::kBoundary) {
      continue;
    }
    std::optional<Date> first;
    for (const rules::Version& version : instrument.versions) {
      if (!version.effective) {
        continue;
      }
      const Date binding = version.compliance.value_or(*version.effective);
      if (!first || binding < *first) {
        first = binding;
      }
    }
    if (!first || *first > scenario.as_of) {
      continue;
    }
    Milestone m{*first, instrument.id, instrument.title, instrument.summary, {}, {}};
    RL_TRY(on_the_day, inquiry_on(w, scenario, *first));
    RL_TRY(day_before, inquiry_on(w, scenario, *first - std::chrono::days{1}));
    for (const Chip& chip : w.catalog.chips) {
      if (!is_public(chip, *first)) {
        continue;
      }
      RL_TRY(now, on_the_day.classify(chip, kAnswerOnly));
      RL_TRY(then, day_before.classify(chip, kAnswerOnly));
      const bool through_it = std::find(now.instruments.begin(), now.instruments.end(),
                                        instrument.id) != now.instruments.end();
      if (strictness(now) > strictness(then) && through_it) {
        m.caught.push_back(chip.id);
      } else if (strictness(now) < strictness(then)) {
        m.freed.push_back(chip.id);
      }
    }
    milestones.push_back(std::move(m));
  }
  std::stable_sort(milestones.begin(), milestones.end(),
                   [](const Milestone& a, const Milestone& b) { return a.date < b.date; });
  return milestones;
}

Result<DayStanding> day_of(const Workspace& w, const Scenario& scenario, Date date, Message title) {
  DayStanding day{date, std::move(title), {}};
  RL_TRY(inquiry, inquiry_on(w, scenario, date));
  for (const Chip& chip : w.catalog.chips) {
    if (is_public(chip, date)) {
      RL_TRY(verdict, inquiry.classify(chip, kAnswerOnly));
      day.chips.push_back({&chip, std::move(verdict)});
    }
  }
  return day;
}

std::string joined(const std::vector<std::string>& ids) {
  return ids.empty() ? "-" : fmt::format("{}", fmt::join(ids, ", "));
}

// Those that the scenario asks for, one after another. Errors: of a section; kStopped where the run
// was told to.
Diagnostics work_out_sections(const Workspace& w, const Scenario& scenario, const SearchRun& run,
                              BriefFacts& facts) {
  const auto keep = [](auto found, auto& into) {
    if (!found) {
      return std::move(found).error();
    }
    into = std::move(*found);
    return Diagnostics();
  };
  struct Section {
    Message name;
    bool asked;
    std::function<Diagnostics()> work;
  };
  SearchRun quiet = run;  // progress is told by section
  quiet.progress = {};
  std::vector<Section> sections{
      {Message("what it is worth"), scenario.worth.has_value(),
       [&] {
         facts.worth = work_out_worth(w, scenario, run.threads);
         return Diagnostics();
       }},
      {Message("bandwidth and thinking"), scenario.bandwidth.has_value(),
       [&] {
         facts.bandwidth = work_out_bandwidth(w, scenario, run.threads);
         return Diagnostics();
       }},
      {Message("what would be built instead"), scenario.built.has_value(),
       [&] { return keep(work_out_built(w, scenario, run.threads), facts.built); }},
      {Message("what the rule changes"), scenario.impact.has_value(),
       [&] { return keep(work_out_rule_change(w, scenario, quiet), facts.impact); }},
      {Message("three paths"), !scenario.exposure.empty(),
       [&] {
         return keep(work_out_brief_exposure(w, scenario.exposure, run.threads), facts.exposure);
       }},
      {Message("the buyer's side"), scenario.buyer.has_value(), [&] {
         facts.buyer = work_out_buyer(w, scenario, run.threads);
         return Diagnostics();
       }}};
  std::erase_if(sections, [](const Section& one) { return !one.asked; });
  SearchProgress progress;
  progress.total = sections.size();
  const auto stopped = [&run] { return run.stop && run.stop(); };
  for (const Section& one : sections) {
    if (run.progress) {
      run.progress(progress, one.name.english());
    }
    Diagnostics errors = stopped() ? Diagnostics() : one.work();
    if (!errors.empty()) {
      return errors;
    }
    ++progress.done;
  }
  if (stopped()) {
    return {{Code::kStopped, "the brief was stopped before it was whole", std::nullopt, {}, {}}};
  }
  return {};
}

}  // namespace

Loaded<BriefFacts> gather_brief(const Workspace& w, const Scenario& scenario,
                                const SearchRun& run) {
  const auto wrap = [](Error error) { return tl::unexpected(Diagnostics{std::move(error)}); };
  BriefFacts facts;
  facts.scenario = scenario;
  facts.subject = w.catalog.chip(scenario.subject);
  Question question;
  question.to = scenario.to;
  question.as_of = scenario.before;
  auto before =
      redline::classify(w.rules, *facts.subject, question, {.trace = true, .flips = true});
  question.as_of = scenario.after;
  auto after = redline::classify(w.rules, *facts.subject, question, {.trace = true, .flips = true});
  auto milestones = milestones_of(w, scenario);
  if (!before || !after || !milestones) {
    return wrap(!before ? before.error() : !after ? after.error() : milestones.error());
  }
  facts.before = std::move(*before);
  facts.after = std::move(*after);
  facts.milestones = std::move(*milestones);
  const std::pair<Date, Message> days[] = {
      {scenario.before, {"{date}, the day before", {{"date", format_date(scenario.before)}}}},
      {scenario.after, {"{date}, under the letters", {{"date", format_date(scenario.after)}}}},
      {w.date, {"{date}, the day of the data", {{"date", format_date(w.date)}}}}};
  for (const auto& [date, title] : days) {
    auto day = day_of(w, scenario, date, title);
    if (!day) {
      return wrap(day.error());
    }
    facts.days.push_back(std::move(*day));
  }
  if (Diagnostics errors = work_out_sections(w, scenario, run, facts); !errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return facts;
}

std::string short_name(const Chip& chip) {
  std::string name = chip.name;
  for (const std::string& front :
       {chip.vendor + " ", std::string("Instinct "), std::string("GeForce ")}) {
    if (name.rfind(front, 0) == 0) {
      name = name.substr(front.size());
    }
  }
  const auto bracket = name.find(" (");
  return bracket == std::string::npos ? name : name.substr(0, bracket);
}

std::string_view sentence_gap(const results::Words& say) {
  return say.language() == results::Language::kEnglish ? " " : "";
}

Table standing_table(const DayStanding& day, const results::Words& say) {
  Table table;
  table.title = say("Every chip on {day}", {{"day", say(day.title)}});
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"tpp", "TPP", "", Align::kRight, 7},
                   {"pd", "Density", "TPP/mm²", Align::kRight, 4},
                   {"dram_bw", "Memory", "GB/s", Align::kRight, 6},
                   {"letter_io", "I/O", "GB/s", Align::kRight, 6},
                   {"answer", "Answer", "", Align::kLeft},
                   {"rule", "Through", "", Align::kLeft}};
  for (const ChipStanding& one : day.chips) {
    const LegalQuantities q = legal_quantities(*one.chip);
    const auto cell = [](const Estimate& e) { return e.value ? Cell{*e.value} : Cell{}; };
    const Verdict& v = one.verdict;
    const std::string answer = answer_phrase(v.outcome, v.review, v.exception);
    table.rows.push_back({one.chip->name, cell(q.tpp), cell(q.pd), cell(q.dram_bw),
                          cell(q.letter_io), answer,
                          one.verdict.rule.empty() ? std::string("-") : one.verdict.rule});
  }
  return table;
}

Table milestone_table(const std::vector<Milestone>& milestones, const results::Words& say) {
  Table table;
  table.title = "Instruments and the chips that each caught";
  table.columns = {{"date", "Binding from", "", Align::kLeft},
                   {"id", "Instrument", "", Align::kLeft},
                   {"summary", "What it does", "", Align::kLeft},
                   {"caught", "Newly caught on that day", "", Align::kLeft}};
  for (const Milestone& m : milestones) {
    table.rows.push_back({format_date(m.date), m.id, say(m.summary), joined(m.caught)});
  }
  return table;
}

results::ScatterWords scatter_words(const results::Words& say) {
  return {
      say("Points without a label, for want of room: {n}; the table names them.", {{"n", "{n}"}}),
      say("Outside the axes: {names}.", {{"names", "{names}"}}), say(", "),
      std::string(sentence_gap(say))};
}

}  // namespace redline::app

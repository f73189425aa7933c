#include "app/case_page.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/build_info.h"
#include "app/record_table.h"
#include "app/verdict_html.h"
#include "app/verdict_text.h"
#include "results/html.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Html;
using results::HtmlPage;
using results::plain;
using results::Table;
using results::Words;

class CasePage {
 public:
  CasePage(const Workspace& w, const Words& say, results::HtmlOptions options)
      : w_(w), say_(say), page_(std::move(options)) {}

  void lead(const std::vector<Verdict>& verdicts) {
    for (const Verdict& v : verdicts) {
      page_.lead(plain(headline(w_.catalog.geography, v, say_)));
    }
  }

  void question(const Question& q, const ClassifyRequest& request) {
    const auto& places = w_.catalog.geography;
    page_.heading(2, say_("The question"));
    std::vector<std::pair<std::string, Html>> rows{
        {say_("Item"), plain(fmt::format("{}", fmt::join(request.chips, ", ")))},
        {say_("Destination"), plain(say_(places.name_of(q.to)))},
        {say_("Owner"), plain(say_(places.name_of(q.hq.empty() ? q.to : q.hq)))},
        {say_("From"), plain(say_(places.name_of(q.from)))},
        {say_("End user"), plain(q.end_user.empty() ? say_("not named") : q.end_user)},
        {say_("Date"), plain(format_date(q.as_of))}};
    for (const Setting& setting : q.settings) {
      rows.emplace_back(setting.key,
                        plain(say_("set to {value} by the user", {{"value", setting.value}})));
    }
    page_.definitions(rows);
  }

  void verdict(const Verdict& v) {
    page_.heading(2, subject_words(v, say_));
    answer(v);
    facts(v);
    margins(v);
    to_do(v);
    for (const Checklist& list : v.checklists) {
      table(checklist_table(list, say_));
    }
    working(v);
    page_.heading(3, say_("Assumptions"));
    add_assumptions(v, say_, page_);
    page_.heading(3, say_("What was not evaluated, and other flags"));
    add_flags(v, say_, page_);
    sources_.insert(v.sources.begin(), v.sources.end());
  }

  void sources() {
    page_.heading(2, say_("Sources"));
    add_sources(w_.catalog, sources_, say_, page_);
  }

  void manifest(const Answer& answer, const RunInfo& run) {
    add_manifest(w_, answer, run, "case.html", say_, page_);
  }

  [[nodiscard]] std::string finish() const { return page_.finish(); }

 private:
  void table(const Table& table) { page_.table(say_(table)); }

  void answer(const Verdict& v) {
    page_.paragraph(results::strong(answer_words(v, say_)));
    std::vector<std::pair<std::string, Html>> rows;
    const auto add = [&rows](const std::string& name, const std::string& text) {
      if (!text.empty()) {
        rows.emplace_back(name, plain(text));
      }
    };
    add(say_("ECCN"), v.eccn);
    add(say_("Meets"), v.meets);
    add(say_("Decided by"),
        v.rule.empty() ? "" : v.rule + (v.paragraph.empty() ? "" : ", " + v.paragraph));
    add(say_("Unknown because"), say_(v.unknown_because));
    add(say_("Possible"), fmt::format("{}", fmt::join(v.possible, "; ")));
    add(say_("Instruments"), fmt::format("{}", fmt::join(v.instruments, ", ")));
    if (!rows.empty()) {
      page_.definitions(rows);
    }
  }

  // What the data sheet says, with its evidence, and what follows from it.
  void facts(const Verdict& v) {
    page_.heading(3, say_("Facts and evidence"));
    Table quantities;
    quantities.title = say_("Quantities that rules ask for");
    quantities.columns = {
        {"quantity", "Quantity", "", Align::kLeft}, {"value", "Value", "", Align::kRight, 8},
        {"low", "Low", "", Align::kRight, 6},       {"high", "High", "", Align::kRight, 6},
        {"unit", "Unit", "", Align::kLeft},         {"from", "From", "", Align::kLeft},
        {"doc", "Meaning", "", Align::kLeft}};
    for (const QuantityLine& line : v.quantities) {
      const bool nothing_known = !line.value && line.from.empty();
      if (nothing_known) {
        continue;
      }
      const auto bound = [](double value) { return std::isfinite(value) ? Cell{value} : Cell{}; };
      quantities.rows.push_back({line.name, line.value ? Cell{*line.value} : Cell{},
                                 bound(line.bounds.low), bound(line.bounds.high), line.unit,
                                 line.from, say_(line.doc)});
    }
    table(quantities);
    if (auto record = record_of(w_, "chips", v.chip)) {
      record->table.title = say_("Values of {chip} with basis and source", {{"chip", v.chip}});
      table(record->table);
      for (const auto& row : record->table.rows) {
        cite(std::get<std::string>(row.back()));
      }
    }
  }

  // The ids of a cell, as the table of a record lists them.
  void cite(std::string_view ids) {
    constexpr std::string_view kComma = ", ";
    while (!ids.empty()) {
      const auto end = std::min(ids.find(kComma), ids.size());
      sources_.emplace(ids.substr(0, end));
      ids.remove_prefix(std::min(end + kComma.size(), ids.size()));
    }
  }

  void margins(const Verdict& v) {
    page_.heading(3, say_("Margins"));
    table(tests_table(v, "", say_));
    const Table flips = flips_table(v, say_("What would turn the answer"), say_);
    if (flips.rows.empty()) {
      page_.paragraph(say_("No single quantity that is known would turn the answer."));
    } else {
      table(flips);
    }
  }

  void to_do(const Verdict& v) {
    std::vector<Html> lines;
    for (const std::string& line : condition_lines(v, say_)) {
      lines.push_back(plain(line));
    }
    for (const std::string& line : side_lines(v, say_)) {
      lines.push_back(plain(line));
    }
    if (!lines.empty()) {
      page_.heading(3, say_("Conditions, fees and the destination's own measures"));
      page_.list(lines);
    }
  }

  void working(const Verdict& v) {
    page_.heading(3, say_("Working, clause by clause"));
    add_working(v, say_, page_);
  }

  const Workspace& w_;
  const Words& say_;
  HtmlPage page_;
  std::set<std::string> sources_;
};

}  // namespace

void add_manifest(const Workspace& w, const Answer& answer, const RunInfo& run,
                  std::string_view file, const Words& say, HtmlPage& page) {
  page.heading(2, say("Manifest"));
  page.definitions(
      {{"Redline", plain(kVersion)},
       {say("Data"), plain(format_date(w.date))},
       {say("Data hash"), results::inline_code(run.data_hash)},
       {say("Request"), results::inline_code(answer.request.dump())},
       {say("To ask again"), results::inline_code(fmt::format("redline replay {}", file))}});
  RunInfo still;
  still.data_hash = run.data_hash;
  still.command_line = "redline " + answer.command;
  page.data(kCaseData, render_line(answer, still, nullptr));
}

Loaded<std::string> write_case(const Workspace& w, const ClassifyRequest& asked, const RunInfo& run,
                               const Words& say) {
  if (asked.timeline || asked.diff) {
    return tl::unexpected(
        Diagnostics{{Code::kBadOptionValue,
                     "a case page answers for one date",
                     std::nullopt,
                     {"leave --timeline and --diff out, or write them as .json, .csv or .md"},
                     {}}});
  }
  ClassifyRequest request = asked;
  request.why = true;
  request.checklist = true;
  const auto question = question_of(w, request);
  auto verdicts = verdicts_of(w, request);
  if (!question || !verdicts) {
    return tl::unexpected(verdicts ? Diagnostics{question.error()} : verdicts.error());
  }
  Answer answer;
  answer.command = "classify";
  answer.as_of = question->as_of;
  answer.request = request_json(request, *question);
  for (const Verdict& verdict : *verdicts) {
    answer.results.push_back(verdict_json(verdict));
  }
  const std::string item =
      request.chips.size() == 1 ? subject_words(verdicts->front(), say) : say("several items");
  CasePage page(w, say,
                page_options(say("Export classification of {item}", {{"item", item}}),
                             say("As of {date}", {{"date", format_date(question->as_of)}}), say));
  page.lead(*verdicts);
  page.question(*question, request);
  for (const Verdict& verdict : *verdicts) {
    page.verdict(verdict);
  }
  page.sources();
  page.manifest(answer, run);
  return page.finish();
}

}  // namespace redline::app

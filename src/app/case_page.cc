#include "app/case_page.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/build_info.h"
#include "app/record_table.h"
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
    std::vector<Html> assumptions;
    for (const Message& line : v.assumptions) {
      assumptions.push_back(plain(say_(line)));
    }
    page_.list(assumptions);
    page_.heading(3, say_("What was not evaluated, and other flags"));
    std::vector<Html> flags;
    for (const Flag& flag : v.flags) {
      flags.push_back(results::strong(flag.name) + plain(": " + say_(flag.text)));
    }
    page_.list(flags);
    sources_.insert(v.sources.begin(), v.sources.end());
  }

  void sources() {
    page_.heading(2, say_("Sources"));
    std::vector<Html> list;
    for (const std::string& id : sources_) {
      if (const Source* source = w_.catalog.source(id)) {
        list.push_back(results::inline_code(id) + plain(" ") +
                       (source->url.empty() ? plain(source->title)
                                            : results::link(source->title, source->url)));
      }
    }
    page_.list(list);
  }

  void manifest(const RunInfo& run, const Json& request, const std::string& envelope) {
    page_.heading(2, say_("Manifest"));
    page_.definitions({{"Redline", plain(kVersion)},
                       {say_("Data"), plain(format_date(w_.date))},
                       {say_("Data hash"), results::inline_code(run.data_hash)},
                       {say_("Request"), results::inline_code(request.dump())},
                       {say_("To ask again"), results::inline_code("redline replay case.html")}});
    page_.data(kCaseData, envelope);
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
      for (const Source& source : w_.catalog.sources) {
        const bool cited = std::any_of(
            record->table.rows.begin(), record->table.rows.end(), [&source](const auto& row) {
              const auto* text = std::get_if<std::string>(&row.back());
              return text != nullptr && text->find(source.id) != std::string::npos;
            });
        if (cited) {
          sources_.insert(source.id);
        }
      }
    }
  }

  void margins(const Verdict& v) {
    page_.heading(3, say_("Margins"));
    Table tests = comparison_table(v, say_);
    tests.columns.push_back({"rule", "Instrument", "", Align::kLeft});
    for (std::size_t i = 0; i < v.tests.size(); ++i) {
      tests.rows[i].emplace_back(v.tests[i].rule);
    }
    table(tests);
    Table flips;
    flips.title = say_("What would turn the answer");
    flips.columns = {{"quantity", "Quantity", "", Align::kLeft},
                     {"from", "From", "", Align::kRight, 7},
                     {"relation", "To", "", Align::kLeft},
                     {"to", "Value", "", Align::kRight, 7},
                     {"unit", "Unit", "", Align::kLeft},
                     {"change_percent", "Change", "%", Align::kRight, 3},
                     {"outcome", "Answer then", "", Align::kLeft}};
    for (const Flip& flip : v.flips) {
      flips.rows.push_back({flip.quantity, flip.from, say_(flip.relation), flip.to, flip.unit,
                            flip.change_percent,
                            answer_phrase(flip.outcome, flip.review, flip.exception)});
    }
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
    for (const TraceClause& clause : v.trace) {
      page_.paragraph(
          results::strong(fmt::format("[{}] {}", truth_word(clause.result, say_), clause.rule)) +
          plain(
              fmt::format(" {} {}: {}", say_(clause.kind), clause.paragraph, say_(clause.effect))));
      std::vector<Html> atoms;
      for (const TraceAtom& atom : clause.atoms) {
        atoms.push_back(results::inline_code(atom.text) +
                        plain(fmt::format(" {}{}{}", truth_word(atom.result, say_),
                                          atom.detail.empty() ? "" : ": ", say_(atom.detail))));
      }
      page_.list(atoms);
    }
  }

  const Workspace& w_;
  const Words& say_;
  HtmlPage page_;
  std::set<std::string> sources_;
};

}  // namespace

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
  // The envelope inside says nothing of the run, so that the page is the same each time.
  Answer answer;
  answer.command = "classify";
  answer.as_of = question->as_of;
  answer.request = request_json(request, *question);
  for (const Verdict& verdict : *verdicts) {
    answer.results.push_back(verdict_json(verdict));
  }
  RunInfo still;
  still.data_hash = run.data_hash;
  still.command_line = "redline classify";

  results::HtmlOptions options;
  options.title = say("Export classification of {item}",
                      {{"item", request.chips.size() == 1 ? subject_words(verdicts->front(), say)
                                                          : say("several items")}});
  options.subtitle = say("As of {date}", {{"date", format_date(question->as_of)}});
  options.language = results::tag_of(say.language());
  options.contents_title = say("Contents");
  options.skip_link = say("Skip to the text");
  options.words = say.cells();
  options.footer = say(
      "A model of public texts, not legal advice. The Bureau of Industry and Security can give a "
      "binding classification.");
  CasePage page(w, say, std::move(options));
  page.lead(*verdicts);
  page.question(*question, request);
  for (const Verdict& verdict : *verdicts) {
    page.verdict(verdict);
  }
  page.sources();
  page.manifest(run, answer.request, render_line(answer, still, nullptr));
  return page.finish();
}

}  // namespace redline::app

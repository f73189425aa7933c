#include "app/verdict_html.h"

#include <fmt/format.h>

#include "app/verdict_text.h"

namespace redline::app {

using results::Align;
using results::Html;
using results::HtmlPage;
using results::plain;
using results::Table;
using results::Words;

results::HtmlOptions page_options(std::string title, std::string subtitle, const Words& say) {
  results::HtmlOptions o;
  o.title = std::move(title);
  o.subtitle = std::move(subtitle);
  o.language = results::tag_of(say.language());
  o.contents_title = say("Contents");
  o.skip_link = say("Skip to the text");
  o.words = say.cells();
  o.filter_label = say("Filter the rows");
  o.rows_shown = say("{n} of {m} rows");
  o.footer =
      say("A model of public texts, not legal advice. The Bureau of Industry and Security can "
          "give a binding classification.");
  if (say.language() != results::Language::kEnglish) {
    o.footer +=
        say("Texts of rules are given here in an unofficial translation without legal force; "
            "the original texts prevail.");
  }
  return o;
}

Html marked_up(std::string_view sentence,
               std::initializer_list<std::pair<std::string_view, Html>> pieces) {
  Html out;
  while (!sentence.empty()) {
    std::size_t at = sentence.size();
    std::size_t length = 0;
    const Html* markup = nullptr;
    for (const auto& [name, html] : pieces) {
      const std::string place = fmt::format("{{{}}}", name);
      const std::size_t found = sentence.find(place);
      if (found < at) {
        at = found;
        length = place.size();
        markup = &html;
      }
    }
    out += plain(sentence.substr(0, at));
    if (markup != nullptr) {
      out += *markup;
    }
    sentence.remove_prefix(at + length);
  }
  return out;
}

Table tests_table(const Verdict& v, std::string title, const Words& say) {
  Table table = comparison_table(v, say);
  table.title = std::move(title);
  table.columns.push_back({"rule", "Instrument", "", Align::kLeft});
  for (std::size_t i = 0; i < v.tests.size(); ++i) {
    table.rows[i].emplace_back(v.tests[i].rule);
  }
  return table;
}

Table flips_table(const Verdict& v, std::string title, const Words& say) {
  Table table;
  table.title = std::move(title);
  table.columns = {{"quantity", "Quantity", "", Align::kLeft},
                   {"from", "From", "", Align::kRight, 7},
                   {"relation", "To", "", Align::kLeft},
                   {"to", "Value", "", Align::kRight, 7},
                   {"unit", "Unit", "", Align::kLeft},
                   {"change_percent", "Change", "%", Align::kRight, 3},
                   {"outcome", "Answer then", "", Align::kLeft}};
  for (const Flip& flip : v.flips) {
    const std::string outcome = answer_phrase(flip.outcome, flip.review, flip.exception);
    table.rows.push_back({flip.quantity, flip.from, say(flip.relation), flip.to, flip.unit,
                          flip.change_percent, outcome});
  }
  return table;
}

namespace {

// Spelled out where there is room for it.
std::string truth_text(Tri tri, const Words& say) {
  return tri == Tri::kUnknown ? say("unknown") : truth_word(tri, say);
}

}  // namespace

void add_working(const Verdict& v, const Words& say, HtmlPage& page) {
  for (const TraceClause& clause : v.trace) {
    const std::string name =
        clause.paragraph.empty()
            ? say("{rule}, {kind}", {{"rule", clause.rule}, {"kind", clause.kind}})
            : say("{rule}, {kind} of {paragraph}",
                  {{"rule", clause.rule}, {"kind", clause.kind}, {"paragraph", clause.paragraph}});
    page.paragraph(
        marked_up(say("{clause}: {result} ({detail})",
                      {{"result", truth_text(clause.result, say)}, {"detail", say(clause.effect)}}),
                  {{"clause", results::strong(name)}}));
    std::vector<Html> atoms;
    for (const TraceAtom& atom : clause.atoms) {
      const std::string result = truth_text(atom.result, say);
      const std::string line = atom.detail.empty()
                                   ? say("{clause}: {result}", {{"result", result}})
                                   : say("{clause}: {result} ({detail})",
                                         {{"result", result}, {"detail", say(atom.detail)}});
      atoms.push_back(marked_up(line, {{"clause", results::inline_code(atom.text)}}));
    }
    page.list(atoms);
  }
}

void add_flags(const Verdict& v, const Words& say, HtmlPage& page) {
  std::vector<Html> flags;
  for (const Flag& flag : v.flags) {
    flags.push_back(marked_up(say("{flag}: {text}", {{"text", say(flag.text)}}),
                              {{"flag", results::strong(flag.name)}}));
  }
  page.list(flags);
}

void add_assumptions(const Verdict& v, const Words& say, HtmlPage& page) {
  std::vector<Html> assumptions;
  for (const Message& line : v.assumptions) {
    assumptions.push_back(plain(say(line)));
  }
  page.list(assumptions);
}

void add_sources(const Catalog& catalog, const std::set<std::string>& ids, const Words& say,
                 HtmlPage& page) {
  std::vector<Html> list;
  for (const std::string& id : ids) {
    if (const Source* source = catalog.source(id)) {
      list.push_back(
          marked_up(say("{id} {title} ({kind})", {{"kind", source->kind}}),
                    {{"id", results::inline_code(id)},
                     {"title", source->url.empty() ? plain(source->title)
                                                   : results::link(source->title, source->url)}}));
    }
  }
  page.list(list);
}

}  // namespace redline::app

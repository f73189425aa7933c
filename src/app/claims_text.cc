#include "app/claims_text.h"

#include <set>

#include <fmt/format.h>

#include "app/claim_formulas.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Html;
using results::HtmlPage;
using results::plain;
using results::Table;
using results::Words;

constexpr ClaimVerdict kVerdicts[] = {ClaimVerdict::kConfirmed, ClaimVerdict::kRounding,
                                      ClaimVerdict::kWrong, ClaimVerdict::kUnverifiable,
                                      ClaimVerdict::kOpinion};

std::string verdict_word(ClaimVerdict verdict, const Words& say) {
  return say(std::string(name_of(verdict)));
}

std::string stated_one(const std::string& text, StatedKind kind) {
  const std::string unit = " percent";
  const bool share = kind == StatedKind::kNumbers && text.size() > unit.size() &&
                     text.compare(text.size() - unit.size(), unit.size(), unit) == 0;
  return share ? text.substr(0, text.size() - unit.size()) + " %" : text;
}

// "32.16 %", "12 GUSD to 15 GUSD", "H20, L20, L2".
std::string stated_text(const Claim& claim, const Words& say) {
  const Formula* formula = find_formula(claim.formula);
  if (formula == nullptr) {
    return {};
  }
  const bool range = claim.stated.size() == 2 && (formula->stated == StatedKind::kNumbers ||
                                                  formula->stated == StatedKind::kDates);
  if (range) {
    return say("{low} to {high}", {{"low", stated_one(claim.stated[0], formula->stated)},
                                   {"high", stated_one(claim.stated[1], formula->stated)}});
  }
  std::string text;
  for (const std::string& one : claim.stated) {
    text += (text.empty() ? "" : say(", ")) + say(stated_one(one, formula->stated));
  }
  return text;
}

// One entry of what was found: a word, "16 to 18 GUSD", "83 days after", "25 places".
std::string found_one(const std::string& text, const Words& say) {
  const auto to = text.find(" to ");
  const auto space = text.find(' ');
  if (say.knows(text) || space == std::string::npos) {
    return say(text);
  }
  if (to != std::string::npos) {
    return say("{low} to {high}", {{"low", text.substr(0, to)}, {"high", text.substr(to + 4)}});
  }
  const std::string count = text.substr(0, space);
  const std::string_view what = std::string_view(text).substr(space + 1);
  if (what == "days before") {
    return say("{count} days before", {{"count", count}});
  }
  if (what == "days after") {
    return say("{count} days after", {{"count", count}});
  }
  if (what == "places") {
    return say("{count} places", {{"count", count}});
  }
  return text;
}

std::string found_text(const ClaimResult& result, const Words& say) {
  if (result.found.empty()) {
    return "?";
  }
  std::string said;
  std::string_view rest = result.found;
  while (true) {
    const auto comma = rest.find(", ");
    said += found_one(std::string(rest.substr(0, comma)), say);
    if (comma == std::string_view::npos) {
      return said;
    }
    said += say(", ");
    rest.remove_prefix(comma + 2);
  }
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string marked_verdict(const ClaimReport& report, const ClaimResult& result, const Words& say) {
  return verdict_word(result.verdict, say) + (report.hindsight(result) ? " *" : "");
}

std::string hindsight_note(const ClaimReport& report, const Words& say) {
  return say("* rests on something published after {date}, the day of the article",
             {{"date", format_date(report.as_of)}});
}

// What fits a terminal; csv, ndjson and json hold the rest.
Table compact_table(const ClaimReport& report, const Words& say) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"claim", "Claim", "", Align::kLeft},
                   {"stated", "Stated", "", Align::kLeft, 4, 15},
                   {"found", "Found", "", Align::kLeft, 4, 15},
                   {"verdict", "Verdict", "", Align::kLeft}};
  for (const ClaimResult& r : report.results) {
    table.rows.push_back(
        {r.claim.id, say(r.claim.text), r.computed() ? stated_text(r.claim, say) : std::string("-"),
         r.computed() ? found_text(r, say) : std::string("-"), marked_verdict(report, r, say)});
  }
  table.notes.push_back(hindsight_note(report, say));
  return table;
}

// One row a claim, for machines.
Table full_table(const ClaimReport& report) {
  Table table;
  for (const std::string_view key :
       {"id", "claim", "stated", "found", "low", "high", "unit", "verdict", "computed", "formula",
        "arithmetic", "known_by", "hindsight", "inputs", "note", "sources"}) {
    table.columns.push_back({std::string(key), std::string(key), "", Align::kLeft});
  }
  const auto text = [](std::string t) { return t.empty() ? Cell{} : Cell{std::move(t)}; };
  for (const ClaimResult& r : report.results) {
    std::vector<std::string> inputs;
    for (const ClaimInput& input : r.inputs) {
      inputs.push_back(input.id);
    }
    table.rows.push_back(
        {r.claim.id, r.claim.text, text(joined(r.claim.stated)), text(r.found),
         r.bounds ? Cell{r.bounds->low} : Cell{}, r.bounds ? Cell{r.bounds->high} : Cell{},
         text(r.unit), std::string(name_of(r.verdict)), r.computed(), text(r.claim.formula),
         text(r.arithmetic), r.known_by ? Cell{format_date(*r.known_by)} : Cell{},
         report.hindsight(r), text(joined(inputs)), text(r.claim.note), text(joined(r.sources))});
  }
  return table;
}

Json number(const std::optional<Interval<double>>& bounds, double Interval<double>::*end) {
  return bounds ? Json((*bounds).*end) : Json(nullptr);
}

Table computed_table(const ClaimReport& report, const Words& say) {
  Table table;
  table.title = "Claims recomputed";
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"claim", "Claim", "", Align::kLeft},
                   {"stated", "Stated", "", Align::kLeft},
                   {"found", "Found", "", Align::kLeft},
                   {"verdict", "Verdict", "", Align::kLeft},
                   {"note", "Note", "", Align::kLeft},
                   {"known_by", "Known by", "", Align::kLeft},
                   {"sources", "Sources", "", Align::kLeft}};
  for (const ClaimResult& r : report.results) {
    if (!r.computed()) {
      continue;
    }
    // The working ends in the value where it has one; otherwise it stands behind it.
    const bool ends_in_value =
        r.arithmetic.size() > r.found.size() && !r.found.empty() &&
        r.arithmetic.compare(r.arithmetic.size() - r.found.size(), r.found.size(), r.found) == 0;
    const std::string found = r.arithmetic.empty() ? found_text(r, say)
                              : ends_in_value
                                  ? r.arithmetic
                                  : fmt::format("{} ({})", found_text(r, say), r.arithmetic);
    table.rows.push_back({r.claim.id, say(r.claim.text), stated_text(r.claim, say), found,
                          marked_verdict(report, r, say), say(r.claim.note),
                          r.known_by ? Cell{format_date(*r.known_by)} : Cell{std::string("-")},
                          joined(r.sources)});
  }
  table.notes.push_back(hindsight_note(report, say));
  return table;
}

Table uncomputed_table(const ClaimReport& report, const Words& say) {
  Table table;
  table.title = "Claims that cannot be computed";
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"claim", "Claim", "", Align::kLeft},
                   {"verdict", "Verdict", "", Align::kLeft},
                   {"note", "Why", "", Align::kLeft},
                   {"sources", "Sources", "", Align::kLeft}};
  for (const ClaimResult& r : report.results) {
    if (!r.computed()) {
      table.rows.push_back({r.claim.id, say(r.claim.text), verdict_word(r.verdict, say),
                            say(r.claim.note), r.sources.empty() ? "-" : joined(r.sources)});
    }
  }
  return table;
}

}  // namespace

std::string claims_headline(const ClaimReport& report, const Words& say) {
  const auto count = [&report](ClaimVerdict v) { return std::to_string(report.count(v)); };
  return say(
      "{total} claims: {confirmed} confirmed, {rounding} rounding, {wrong} wrong, {unverifiable} "
      "unverifiable, {opinion} opinion; {computed} computed",
      {{"total", std::to_string(report.results.size())},
       {"confirmed", count(ClaimVerdict::kConfirmed)},
       {"rounding", count(ClaimVerdict::kRounding)},
       {"wrong", count(ClaimVerdict::kWrong)},
       {"unverifiable", count(ClaimVerdict::kUnverifiable)},
       {"opinion", count(ClaimVerdict::kOpinion)},
       {"computed", std::to_string(report.computed())}});
}

Json claim_json(const ClaimReport& report, const ClaimResult& r) {
  Json inputs = Json::array();
  for (const ClaimInput& input : r.inputs) {
    inputs.push_back(
        {{"id", input.id},
         {"kind", input.kind},
         {"value", text_or_null(input.text)},
         {"published", input.published ? Json(format_date(*input.published)) : Json(nullptr)},
         {"sources", input.sources}});
  }
  return {{"id", r.claim.id},
          {"claim", r.claim.text},
          {"stated", r.claim.stated},
          {"found",
           {{"text", text_or_null(r.found)},
            {"low", number(r.bounds, &Interval<double>::low)},
            {"high", number(r.bounds, &Interval<double>::high)},
            {"unit", text_or_null(r.unit)}}},
          {"verdict", std::string(name_of(r.verdict))},
          {"computed", r.computed()},
          {"formula", text_or_null(r.claim.formula)},
          {"arithmetic", text_or_null(r.arithmetic)},
          {"known_by", r.known_by ? Json(format_date(*r.known_by)) : Json(nullptr)},
          {"hindsight", report.hindsight(r)},
          {"inputs", std::move(inputs)},
          {"note", text_or_null(r.claim.note)},
          {"sources", r.sources}};
}

Json claims_json(const ClaimReport& report) {
  Json counts = {{"claims", report.results.size()}, {"computed", report.computed()}};
  for (const ClaimVerdict verdict : kVerdicts) {
    counts[std::string(name_of(verdict))] = report.count(verdict);
  }
  Json claims = Json::array();
  for (const ClaimResult& result : report.results) {
    claims.push_back(claim_json(report, result));
  }
  return {{"id", report.id},
          {"as_of", format_date(report.as_of)},
          {"counts", std::move(counts)},
          {"claims", std::move(claims)}};
}

void add_claims(const Workspace& w, const ClaimReport& report, const Words& say, HtmlPage& page) {
  page.heading(2, say("The claims"), "claims");
  page.paragraph(say("{title}: {counts}.",
                     {{"title", report.title}, {"counts", claims_headline(report, say)}}));
  page.paragraph(say(
      "Each verdict follows from what is stated and what the data give. Unlike the rest of this "
      "brief, the check uses everything published until {date}.",
      {{"date", format_date(w.date)}}));
  page.table(say(computed_table(report, say)));
  page.table(say(uncomputed_table(report, say)));
  std::set<std::string> ids;
  for (const ClaimResult& result : report.results) {
    ids.insert(result.sources.begin(), result.sources.end());
  }
  std::vector<Html> list;
  for (const std::string& id : ids) {
    if (const Source* source = w.catalog.source(id)) {
      list.push_back(
          results::inline_code(id) + plain(" ") +
          (source->url.empty() ? plain(source->title) : results::link(source->title, source->url)));
    }
  }
  page.open_details(say("Sources of the claims"));
  page.list(list);
  page.close_details();
}

Answer claims_answer(const ClaimReport& report, const Words& say) {
  Answer answer;
  answer.command = "report";
  for (const ClaimResult& result : report.results) {
    answer.results.push_back(claim_json(report, result));
  }
  answer.table = full_table(report);
  const std::string headline = claims_headline(report, say);
  answer.blocks.emplace_back(Headline{headline});
  answer.blocks.emplace_back(compact_table(report, say));
  answer.blocks.emplace_back(Paragraph{headline, 0});
  answer.document.emplace_back(Headline{headline});
  answer.document.emplace_back(computed_table(report, say));
  answer.document.emplace_back(uncomputed_table(report, say));
  return answer;
}

}  // namespace redline::app

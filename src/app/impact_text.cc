// The impact statement for people.

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/brief_facts.h"
#include "app/case_page.h"
#include "app/estimate_text.h"
#include "app/impact_facts.h"
#include "app/scales.h"
#include "app/verdict_html.h"
#include "app/verdict_text.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::HtmlPage;
using results::plain;
using results::Table;
using results::Words;

Message work_name(ImpactWork work) {
  switch (work) {
    case ImpactWork::kTrain:
      return Message("training");
    case ImpactWork::kPrefill:
      return Message("prefill");
    case ImpactWork::kDecode:
      return Message("decode");
    default:
      return Message("thinking");
  }
}
// How soon a design could ship: "fuse, 1-5".
std::string soon_text(const ImpactReport& report, ReplyKind kind, const Words& say) {
  const LeadTime* time = lead_time_of(report, kind);
  const std::string months = time == nullptr ? "?"
                             : time->least == time->most
                                 ? std::to_string(time->least)
                                 : fmt::format("{}-{}", time->least, time->most);
  switch (kind) {
    case ReplyKind::kOnSale:
      return say("on sale");
    case ReplyKind::kFuse:
      return say("fuse, {months}", {{"months", months}});
    case ReplyKind::kPackage:
      return say("package, {months}", {{"months", months}});
    default:
      return say("new die, {months}", {{"months", months}});
  }
}

std::string signed_percent(double percent) { return fmt::format("{:+.3g}", percent); }

// What a change of one field reads like: "no-license -> license-required".
std::string change_text(const Change& one, const Words& say) {
  const auto shown = [&say](const std::string& text) { return text.empty() ? say("none") : text; };
  return say("{field} {before} -> {after}",
             {{"field", one.field}, {"before", shown(one.before)}, {"after", shown(one.after)}});
}

std::size_t changes_of(const ImpactReport& report, std::string_view field) {
  return static_cast<std::size_t>(
      std::count_if(report.parts.begin(), report.parts.end(), [field](const ChangedPart& part) {
        return std::any_of(part.changes.begin(), part.changes.end(),
                           [field](const Change& one) { return one.field == field; });
      }));
}

std::string side_name(const RuleSet& rules) {
  const std::string day = format_date(rules.as_of);
  return rules.name == day ? day : fmt::format("{} ({})", rules.name, day);
}

// "BILL-S3374", of a law that is another by that bill alone.
std::string bill_name(const ImpactReport& report) {
  const std::vector<std::string>& ids = report.rules(1).ids;
  return ids.empty() ? report.rules(1).name : ids.back();
}

std::string headline_of(const ImpactReport& report, const Words& say) {
  const ImpactRequest& request = *report.request;
  const Message::Argument from{"before", side_name(report.rules(0))};
  const Message::Argument to{"after", side_name(report.rules(1))};
  if (report.empty()) {
    return say("{before} -> {after}: nothing changes.", {from, to});
  }
  std::string text =
      say("{before} -> {after}, to {place}: {changed} of {all} parts have another answer, {status} "
          "of them another outcome.",
          {from,
           to,
           {"place", request.question.to},
           {"changed", std::to_string(report.parts.size())},
           {"all", std::to_string(report.parts_asked)},
           {"status", std::to_string(changes_of(report, "outcome"))}});
  std::vector<std::string> works;
  for (const Capability& one : report.capability) {
    const auto change = change_percent(one.per_part, false);
    if (change) {
      works.push_back(say("{work} {percent} %", {{"work", say(work_name(one.work))},
                                                 {"percent", signed_percent(*change)}}));
    }
  }
  if (!works.empty()) {
    text += sentence_gap(say);
    text += say("Work of the best legal part: {works}.",
                {{"works", fmt::format("{}", fmt::join(works, ", "))}});
  }
  return text;
}

std::string answer_text(const Verdict& verdict) {
  return answer_phrase(verdict.outcome, verdict.review, verdict.exception);
}
bool same_phrase(const ChangedPart& one) {
  return answer_text(one.verdict[0]) == answer_text(one.verdict[1]);
}

Table parts_table(const ImpactReport& report, const Words& say) {
  Table table;
  table.title = say("Parts whose outcome, review or exception is another");
  table.columns = {{"chip", "Part", "", Align::kLeft},
                   {"before", "Before", "", Align::kLeft},
                   {"after", "After", "", Align::kLeft},
                   {"by", "By", "", Align::kLeft}};
  for (const ChangedPart& one : report.parts) {
    if (!same_phrase(one)) {
      const Verdict& after = one.verdict[1];
      table.rows.push_back({one.chip->id, answer_text(one.verdict[0]), answer_text(after),
                            after.paragraph.empty() ? after.rule : after.paragraph});
    }
  }
  return table;
}

// Parts of which something else changes: how many, by field.
std::string other_changes(const ImpactReport& report, const Words& say) {
  std::map<std::string, int> counts;
  int parts = 0;
  for (const ChangedPart& one : report.parts) {
    if (same_phrase(one)) {
      ++parts;
      for (const Change& change : one.changes) {
        ++counts[change.field];
      }
    }
  }
  std::vector<std::string> fields;
  for (const auto& [field, count] : counts) {
    fields.push_back(fmt::format("{} ({})", field, count));
  }
  return parts == 0
             ? std::string()
             : say("{count} more parts keep outcome, review and exception, with other {fields}.",
                   {{"count", std::to_string(parts)},
                    {"fields", fmt::format("{}", fmt::join(fields, ", "))}});
}

// Destinations that own what they get by name where they are few, else how many; others counted.
std::string where_text(const ChangedPlaces& one, const Words& say) {
  constexpr std::size_t kFew = 8;
  std::vector<std::string> names;
  std::size_t more = 0;
  std::size_t owned = 0;
  std::string owner;
  for (const auto& [to, hq] : one.where) {
    if (hq != to) {
      ++owned;
      owner = hq;
    } else if (names.size() < kFew) {
      names.push_back(to);
    } else {
      ++more;
    }
  }
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  if (more > 0) {
    text = say("{some} and {more} more", {{"some", text}, {"more", std::to_string(more)}});
  }
  if (owned > 0) {
    text += text.empty() ? "" : "; ";
    text +=
        say("{count} places owned from {hq}", {{"count", std::to_string(owned)}, {"hq", owner}});
  }
  return text;
}

// The commonest changes of a group of places.
std::string common_changes(const ChangedPlaces& one, const Words& say) {
  std::map<std::string, int> counts;
  for (const auto& [chip, changes] : one.parts) {
    for (const Change& change : changes) {
      const bool is_text = change.field == "conditions" || change.field == "fees";
      ++counts[is_text ? change.field : change_text(change, say)];
    }
  }
  std::vector<std::pair<int, std::string>> sorted;
  for (const auto& [text, count] : counts) {
    sorted.emplace_back(-count, text);
  }
  std::sort(sorted.begin(), sorted.end());
  constexpr std::size_t kMost = 3;
  sorted.resize(std::min(sorted.size(), kMost));
  std::vector<std::string> texts;
  for (const auto& [count, text] : sorted) {
    texts.push_back(fmt::format("{} ({})", text, -count));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

Table places_table(const ImpactReport& report, const Words& say) {
  Table table;
  table.title = say("Where answers change: {count} pairs of destination and owner were asked",
                    {{"count", std::to_string(report.places_asked)}});
  table.columns = {{"where", "Destination", "", Align::kLeft},
                   {"parts", "Parts", "", Align::kRight, 4},
                   {"changes", "Changes (parts)", "", Align::kLeft}};
  for (const ChangedPlaces& one : report.places) {
    table.rows.push_back(
        {where_text(one, say), static_cast<double>(one.parts.size()), common_changes(one, say)});
  }
  return table;
}

std::string limits_text(const ImpactReport& report, const Words& say) {
  const auto limits = moved_limits(report);
  const auto texts = [](const std::vector<Threshold>& list) {
    std::vector<std::string> words;
    for (const Threshold& one : list) {
      words.push_back(fmt::format("{} {}{}{}", one.quantity, number(one.value, 6),
                                  one.unit.empty() ? "" : " ", one.unit));
    }
    return fmt::format("{}", fmt::join(words, ", "));
  };
  std::string text;
  if (!limits[0].empty()) {
    text = say("Limits that go: {limits}.", {{"limits", texts(limits[0])}});
  }
  if (!limits[1].empty()) {
    text += text.empty() ? "" : sentence_gap(say);
    text += say("Limits that come: {limits}.", {{"limits", texts(limits[1])}});
  }
  return text;
}

std::string part_name(const std::optional<PartAtWork>& part, const Words& say) {
  return !part                   ? std::string("-")
         : part->chip != nullptr ? short_name(*part->chip)
                                 : say("{die} cut down", {{"die", part->name}});
}

Table capability_table(const ImpactReport& report, const Words& say) {
  Table table;
  table.title = say("What the best legal part does, in {unit}; raw is TPP",
                    {{"unit", short_name(*report.request->unit)}});
  table.columns = {{"work", "Work", "", Align::kLeft},
                   {"measure", "Per", "", Align::kLeft},
                   {"before", "Before", "", Align::kRight, 3},
                   {"after", "After", "", Align::kRight, 3},
                   {"change_percent", "Change", "%", Align::kRight, 3},
                   {"domestic", "Domestic", "", Align::kRight, 3},
                   {"best_sold", "Best sold", "", Align::kRight, 3},
                   {"part", "Part after", "", Align::kLeft}};
  // Nothing that does the work is known to be there, or there is no price.
  const auto cell = [](const std::optional<double>& value) {
    return value ? Cell{*value} : Cell{std::string("-")};
  };
  const Cell none{std::string()};
  for (const Capability& one : report.capability) {
    const double unit = one.unit_tokens_per_s;
    if (unit <= 0.0) {
      continue;
    }
    const auto effective = [unit](const std::optional<PartAtWork>& part) {
      return part ? std::optional(part->tokens_per_s / unit) : std::nullopt;
    };
    const auto raw = [&one](const std::optional<PartAtWork>& part) -> std::optional<double> {
      return part && part->tpp && one.unit_tpp > 0.0 ? std::optional(*part->tpp / one.unit_tpp)
                                                     : std::nullopt;
    };
    // Tokens for a dollar, in millions.
    const auto money = [](const std::optional<PartAtWork>& part) -> std::optional<double> {
      const auto per_dollar = part ? part->per_dollar() : std::nullopt;
      return per_dollar ? std::optional(*per_dollar / kMillion) : std::nullopt;
    };
    const std::string name = say(work_name(one.work));
    table.rows.push_back({name, say("part"), cell(effective(one.per_part[0])),
                          cell(effective(one.per_part[1])),
                          cell(change_percent(one.per_part, false)), cell(effective(one.domestic)),
                          cell(effective(one.free)), part_name(one.per_part[1], say)});
    table.rows.push_back(
        {name, say("licensed"), cell(effective(one.licensed[0])), cell(effective(one.licensed[1])),
         cell(change_percent(one.licensed, false)), none, none, part_name(one.licensed[1], say)});
    table.rows.push_back({name, say("part, raw"), cell(raw(one.per_part[0])),
                          cell(raw(one.per_part[1])), none, cell(raw(one.domestic)),
                          cell(raw(one.free)), none});
    table.rows.push_back(
        {name, say("USD, Mtokens"), cell(money(one.per_dollar[0])), cell(money(one.per_dollar[1])),
         cell(change_percent(one.per_dollar, true)), cell(money(one.domestic_per_dollar)),
         cell(money(one.free_per_dollar)), part_name(one.per_dollar[1], say)});
  }
  return table;
}

std::string total_text(const ImpactReport& report, const Words& say) {
  std::vector<std::string> works;
  for (const Capability& one : report.capability) {
    const auto total = [&](const std::optional<PartAtWork>& part) {
      const double parts = report.request->parts / kMillion;
      return part ? number(parts * part->tokens_per_s / one.unit_tokens_per_s) : "0";
    };
    if (one.unit_tokens_per_s > 0.0) {
      works.push_back(say("{work} {before} -> {after}", {{"work", say(work_name(one.work))},
                                                         {"before", total(one.per_part[0])},
                                                         {"after", total(one.per_part[1])}}));
    }
  }
  return say("In total, {parts} million parts a year, in millions of {unit}: {works}.",
             {{"parts", number(report.request->parts / kMillion)},
              {"works", fmt::format("{}", fmt::join(works, ", "))},
              {"unit", short_name(*report.request->unit)}});
}

// Designs that change, by die; those for a part.
Table replies_table(const ImpactReport& report, const Words& say) {
  Table table;
  table.title = say("The best design of each die, for each kind of work, where it changes");
  table.columns = {{"die", "Die", "", Align::kLeft},
                   {"work", "Work", "", Align::kLeft},
                   {"before", "TPP/GB/s/link", "", Align::kLeft},
                   {"after", "After", "", Align::kLeft},
                   {"change_percent", "Change", "%", Align::kRight, 3},
                   {"soon", "Months", "", Align::kLeft}};
  const auto specs = [](const std::optional<PartAtWork>& part) {
    return part
               ? fmt::format("{}/{}/{}", number(part->design->tpp, 4),
                             number(part->design->dram_gb_s, 4), number(part->design->link_gb_s, 3))
               : std::string("-");
  };
  for (const DieReply& one : report.replies) {
    const auto& [before, after] = one.per_part;
    const auto change = change_percent(one.per_part, false);
    if ((!before && !after) || (change && *change == 0.0)) {
      continue;
    }
    table.rows.push_back({one.die, say(work_name(one.work)), specs(before), specs(after),
                          results::cell_of(change),
                          after ? soon_text(report, after->kind, say) : std::string("-")});
  }
  return table;
}

Table stake_table(const ImpactReport& report, const Words& say) {
  Table table;
  table.title = say("Revenue at stake, as published by then");
  table.columns = {{"figure", "Figure", "", Align::kLeft},
                   {"value", "Value", "", Align::kLeft},
                   {"by", "By", "", Align::kLeft},
                   {"published", "Published", "", Align::kLeft}};
  for (const StakeFigure& one : report.stake) {
    const MarketFigure& figure = *one.figure;
    const std::string value = figure.value
                                  ? format_measure(*figure.value)
                                  : fmt::format("{} .. {}", format_measure(figure.range[0]),
                                                format_measure(figure.range[1]));
    table.rows.push_back({figure.id, value, figure.by, format_date(*figure.published)});
  }
  return table;
}

// The elements that S. 3374 would have a briefing of Congress hold before a limit moves.
std::vector<std::string> briefing_lines(const ImpactReport& report, const Words& say) {
  std::vector<std::string> lines;
  const std::string& justification = report.request->justification;
  lines.push_back(justification.empty()
                      ? say("Justification: for its author to give (--justification).")
                      : say("Justification: {text}", {{"text", justification}}));
  for (const Capability& one : report.capability) {
    const auto& [before, after] = one.per_part;
    if (!before || !after) {
      continue;
    }
    const std::string work = say(work_name(one.work));
    std::string line =
        say("Leading firms of the other side, {work}: {factor} times the parts for the same work",
            {{"work", work}, {"factor", number(before->tokens_per_s / after->tokens_per_s)}});
    if (one.domestic) {
      line += say("; their own {chip} does {share} of the best legal part",
                  {{"chip", short_name(*one.domestic->chip)},
                   {"share", number(one.domestic->tokens_per_s / after->tokens_per_s)}});
    }
    lines.push_back(line + ".");
    if (one.free) {
      lines.push_back(say(
          "Advantage kept, {work}: the best part sold elsewhere ({chip}) does {after} times the "
          "best legal one; before {before}.",
          {{"work", work},
           {"chip", short_name(*one.free->chip)},
           {"after", number(one.free->tokens_per_s / after->tokens_per_s)},
           {"before", number(one.free->tokens_per_s / before->tokens_per_s)}}));
    }
  }
  lines.push_back(say("Military and cyber capability: not evaluated."));
  return lines;
}

std::vector<std::string> flip_lines(const ImpactReport& report, const Words& say) {
  std::vector<std::string> lines;
  constexpr std::size_t kMost = 6;
  for (const Flipping& one : flippings(report)) {
    if (lines.size() == kMost) {
      break;
    }
    if (one.side == 0) {
      continue;
    }
    lines.push_back(
        say("{quantity} at {limit}, looser by a tenth, gives the best design ({die}) {percent} % "
            "more {work}.",
            {{"quantity", one.price->threshold.quantity},
             {"limit", number(one.price->threshold.value, 5)},
             {"die", one.die},
             {"percent", number(one.price->gain_percent)},
             {"work", say(work_name(one.work))}}));
  }
  for (const ChangedPart& one : report.parts) {
    const auto& flip = one.verdict[1].nearest_flip;
    constexpr double kNear = 10.0;
    if (flip && std::abs(flip->change_percent) <= kNear) {
      lines.push_back(
          say("{chip}: {quantity} {relation} {to} ({percent} %) makes it {outcome}.",
              {{"chip", one.chip->id},
               {"quantity", flip->quantity},
               {"relation", say(flip->relation)},
               {"to", number(flip->to, 5)},
               {"percent", signed_percent(flip->change_percent)},
               {"outcome", answer_phrase(flip->outcome, flip->review, flip->exception)}}));
    }
  }
  for (const Capability& one : report.capability) {
    if (change_percent(one.per_part, false).value_or(0.0) != 0.0 && !beyond_scatter(one)) {
      lines.push_back(
          say("{work}: the change is within the error of a predicted speed ({percent} %), "
              "though both are of one model.",
              {{"work", say(work_name(one.work))}, {"percent", number(scatter_percent(one))}}));
    }
  }
  return lines;
}

// A part of the statement: texts, then tables.
struct Section {
  std::string title;  // empty: what stands first
  std::vector<std::string> texts;
  std::vector<Table> tables;
};

std::vector<Section> sections_of(const ImpactReport& report, const Words& say) {
  std::vector<Section> all;
  const auto add = [&all](Section section) {
    std::erase_if(section.tables, [](const Table& table) { return table.rows.empty(); });
    if (!section.texts.empty() || !section.tables.empty()) {
      all.push_back(std::move(section));
    }
  };
  Section answers{say("What changes"), {}, {parts_table(report, say), places_table(report, say)}};
  for (std::string text : {limits_text(report, say), other_changes(report, say)}) {
    if (!text.empty()) {
      answers.texts.push_back(std::move(text));
    }
  }
  add(std::move(answers));
  if (!report.empty()) {
    add({say("What buyers can have"), {total_text(report, say)}, {capability_table(report, say)}});
    add({say("What would be built"), {}, {replies_table(report, say)}});
    std::vector<std::string> opened;
    const auto before = evasions_on(report, 0);
    for (const std::string& one : evasions_on(report, 1)) {
      if (!before.contains(one)) {
        opened.push_back(say(one));
      }
    }
    add({say("Ways round the wording that it opens"), std::move(opened), {}});
    add({say("Revenue at stake"), {}, {stake_table(report, say)}});
    add({say("For a briefing, as S. 3374 would ask"), briefing_lines(report, say), {}});
    add({say("What would turn it"), flip_lines(report, say), {}});
  }
  return all;
}

Section basis_of(const ImpactReport& report, const Words& say) {
  Section basis{say("What it rests on"), {}, {}};
  for (const Message& one : assumptions_of(report)) {
    basis.texts.push_back(say(one));
  }
  return basis;
}

// Before and after beside the domestic part, work by work.
results::DotWhisker capability_plot(const ImpactReport& report, const Words& say) {
  results::DotWhisker plot;
  plot.id = fmt::format("capability-{}", report.laws[1]);
  plot.title = say("Work of the best legal part");
  plot.description =
      say("For each kind of work the best legal part before and after, and the best "
          "domestic one; the table below has the figures.");
  const std::string unit = short_name(*report.request->unit);
  plot.x = {say("{unit} that one part does the work of", {{"unit", unit}}), unit, true, 0.0, 0.0};
  plot.series = {{say("before")}, {say("after")}, {say("domestic")}};
  plot.marks = {{1.0, unit}};
  for (const Capability& one : report.capability) {
    results::WhiskerGroup group{say(work_name(one.work)), {}};
    const auto row = [&](const std::string& label, const std::optional<PartAtWork>& part,
                         std::size_t series) {
      if (!part || one.unit_tokens_per_s <= 0.0) {
        group.rows.push_back({label, std::nullopt, 0.0, 0.0, say("nothing"), series, false, ""});
        return;
      }
      const double value = part->tokens_per_s / one.unit_tokens_per_s;
      constexpr double kNormal90 = 1.2815515655446004;
      const double spread = std::exp(kNormal90 * one.scatter);
      group.rows.push_back({label, value, value / spread, value * spread,
                            fmt::format("{}, {}", number(value), part_name(part, say)), series,
                            series == 1, ""});
    };
    row(say("before"), one.per_part[0], 0);
    row(say("after"), one.per_part[1], 1);
    row(say("domestic"), one.domestic, 2);
    plot.groups.push_back(std::move(group));
  }
  return plot;
}

}  // namespace

Table impact_table(const std::vector<ImpactReport>& reports) {
  Table table;
  table.columns = {{"after", "Rules", "", Align::kLeft},
                   {"parts", "Other answer", "", Align::kRight, 4},
                   {"outcomes", "Outcome", "", Align::kRight, 4}};
  for (const std::string_view work : kImpactWorkNames) {
    table.columns.push_back(
        {fmt::format("{}_percent", work), std::string(work), "%", Align::kRight, 3});
  }
  for (const ImpactReport& report : reports) {
    std::vector<Cell> cells{report.rules(1).name, static_cast<double>(report.parts.size()),
                            static_cast<double>(changes_of(report, "outcome"))};
    for (const Capability& one : report.capability) {
      cells.push_back(results::cell_of(change_percent(one.per_part, false)));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

namespace {

void describe_section(Section section, std::vector<Block>& blocks) {
  blocks.emplace_back(Paragraph{});
  const bool titled = section.tables.empty();
  if (titled) {
    blocks.emplace_back(Paragraph{section.title, 0});
  }
  for (const std::string& text : section.texts) {
    blocks.emplace_back(Paragraph{text, titled ? 2 : 0});
  }
  for (std::size_t i = 0; i < section.tables.size(); ++i) {
    if (i > 0 || !section.texts.empty()) {
      blocks.emplace_back(Paragraph{});
    }
    blocks.emplace_back(std::move(section.tables[i]));
  }
}

void describe_impact(const ImpactReport& report, const Words& say, std::vector<Block>& blocks) {
  blocks.emplace_back(Headline{headline_of(report, say)});
  for (Section& section : sections_of(report, say)) {
    describe_section(std::move(section), blocks);
  }
}

// Bills beside each other: parts of which the answer changes, work of the best legal part.
Table bills_table(const std::vector<ImpactReport>& reports, const Words& say) {
  Table table = impact_table(reports);
  table.title =
      say("Each bill taken as law on {date}: parts with another answer and outcome, and "
          "work of the best legal part",
          {{"date", format_date(reports.front().rules(0).as_of)}});
  table.columns[0].title = "Bill";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    table.rows[i].front() = bill_name(reports[i]);
  }
  return table;
}

std::string bills_headline(const std::vector<ImpactReport>& reports, const Words& say) {
  const auto moving = std::count_if(reports.begin(), reports.end(), [](const ImpactReport& one) {
    return changes_of(one, "outcome") > 0;
  });
  return say(
      "{bills} bills before the law of {date}: {moving} of them change the outcome of parts "
      "to {place}.",
      {{"bills", std::to_string(reports.size())},
       {"date", format_date(reports.front().rules(0).as_of)},
       {"moving", std::to_string(moving)},
       {"place", reports.front().request->question.to}});
}

}  // namespace

void describe_impacts(const std::vector<ImpactReport>& reports, const Words& say,
                      std::vector<Block>& blocks) {
  if (reports.size() == 1) {
    describe_impact(reports.front(), say, blocks);
  } else {
    blocks.emplace_back(Headline{bills_headline(reports, say)});
    blocks.emplace_back(Paragraph{});
    blocks.emplace_back(bills_table(reports, say));
    for (const ImpactReport& report : reports) {
      if (!report.empty()) {
        blocks.emplace_back(Paragraph{});
        describe_impact(report, say, blocks);
      }
    }
  }
  describe_section(basis_of(reports.front(), say), blocks);
}

namespace {

void add_section(const Section& section, const Words& say, HtmlPage& page, int level) {
  page.heading(level, section.title);
  if (section.tables.empty()) {
    std::vector<results::Html> items;
    std::transform(section.texts.begin(), section.texts.end(), std::back_inserter(items), plain);
    page.list(items);
    return;
  }
  for (const std::string& text : section.texts) {
    page.paragraph(text);
  }
  for (const Table& table : section.tables) {
    page.table(say(table));
  }
}

void add_basis(const ImpactReport& report, const Words& say, HtmlPage& page, int level) {
  add_section(basis_of(report, say), say, page, level);
}

}  // namespace

void add_impact(const ImpactReport& report, const Words& say, HtmlPage& page, int level) {
  page.paragraph(headline_of(report, say));
  if (!report.empty()) {
    page.figure({results::render_svg(capability_plot(report, say)), "",
                 say("Computed from the records of rules, dies, chips and models (redline data "
                     "show) by redline impact; intervals are 80 %.")});
  }
  for (const Section& section : sections_of(report, say)) {
    add_section(section, say, page, level);
  }
}

Loaded<std::string> write_impact(const Workspace& workspace, const Json& fields,
                                 const SearchRun& run, const RunInfo& info, const Words& say) {
  auto request = read_impact_request(workspace, fields, Code::kBadOptionValue);
  if (!request) {
    return tl::unexpected(std::move(request).error());
  }
  const auto reports = work_out_impact(workspace, std::move(*request), run);
  if (!reports) {
    return tl::unexpected(reports.error());
  }
  const ImpactReport& first = reports->front();
  const bool alone = reports->size() == 1;
  const std::string title =
      alone ? say("Impact of {after} on {before}",
                  {{"after", side_name(first.rules(1))}, {"before", side_name(first.rules(0))}})
            : say("Predictions: pending bills taken as law");
  HtmlPage page(page_options(
      title, say("Facts until {date}", {{"date", format_date(first.request->known)}}), say));
  if (alone) {
    add_impact(first, say, page, 2);
    add_basis(first, say, page, 2);
  } else {
    page.lead(plain(bills_headline(*reports, say)));
    page.table(say(bills_table(*reports, say)));
    for (const ImpactReport& report : *reports) {
      page.heading(2, bill_name(report));
      add_impact(report, say, page, 3);
    }
    add_basis(first, say, page, 2);
  }
  add_manifest(workspace, answer_of(*reports, fields, say), info, "impact.html", say, page);
  return page.finish();
}

}  // namespace redline::app

#include "app/verdict_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

const QuantityLine* quantity(const Verdict& v, std::string_view name) {
  const auto found = std::find_if(v.quantities.begin(), v.quantities.end(),
                                  [name](const QuantityLine& line) { return line.name == name; });
  return found == v.quantities.end() ? nullptr : &*found;
}

// Flags that hold for nearly every export and would drown the others in a table of many chips.
bool is_standing_caveat(const std::string& name) {
  return name == "entity-list-not-evaluated" || name == "end-use-not-evaluated" ||
         name == "jurisdiction-not-evaluated" || name.rfind("affiliates", 0) == 0 ||
         name == "veu-not-evaluated";
}

std::string notable_flags(const Verdict& v) {
  std::string names;
  for (const Flag& flag : v.flags) {
    if (!is_standing_caveat(flag.name)) {
      names += (names.empty() ? "" : ", ") + flag.name;
    }
  }
  return names;
}

std::string flip_words(const Flip& flip, const Words& say) {
  return say("{quantity} {relation} {limit} {unit} (from {value}, {change} %): {answer}",
             {{"quantity", flip.quantity},
              {"relation", flip.relation},
              {"limit", fmt::format("{:.6g}", flip.to)},
              {"unit", flip.unit},
              {"value", fmt::format("{:.6g}", flip.from)},
              {"change", fmt::format("{:+.2f}", flip.change_percent)},
              {"answer", answer_phrase(flip.outcome, flip.review, flip.exception)}});
}

void add_trace(std::vector<Block>& blocks, const Verdict& v, const Words& say) {
  blocks.emplace_back(Paragraph{say("Working, clause by clause (yes, no, ? unknown):"), 0});
  std::string rule;
  for (const TraceClause& clause : v.trace) {
    if (clause.rule != rule) {
      rule = clause.rule;
      blocks.emplace_back(Paragraph{rule, 0});
    }
    blocks.emplace_back(
        Paragraph{say(clause.paragraph.empty() ? "[{result}] {kind}: {effect}"
                                               : "[{result}] {kind} {paragraph}: {effect}",
                      {{"result", truth_word(clause.result, say)},
                       {"kind", clause.kind},
                       {"paragraph", clause.paragraph},
                       {"effect", say(clause.effect)}}),
                  2});
    blocks.emplace_back(Paragraph{say("if {condition}", {{"condition", clause.text}}), 6});
    for (const TraceAtom& atom : clause.atoms) {
      blocks.emplace_back(Paragraph{fmt::format("{:>3}  {}{}{}{}", truth_word(atom.result, say),
                                                atom.text, atom.detail.empty() ? "" : "  (",
                                                say(atom.detail), atom.detail.empty() ? "" : ")"),
                                    8});
    }
  }
}

std::vector<std::string> flag_lines(const Verdict& v, const Words& say) {
  std::vector<std::string> lines;
  for (const Flag& flag : v.flags) {
    lines.push_back(say("{flag}: {text}", {{"flag", flag.name}, {"text", say(flag.text)}}) +
                    (flag.rule.empty() ? "" : " [" + flag.rule + "]"));
  }
  return lines;
}

}  // namespace

std::string truth_word(Tri tri, const Words& say) {
  return tri == Tri::kYes ? say("yes") : tri == Tri::kNo ? say("no") : "?";
}

std::vector<std::string> condition_lines(const Verdict& v, const Words& say) {
  std::vector<std::string> lines;
  for (const redline::Condition& condition : v.conditions) {
    lines.push_back(
        say("{kind}: {text} [{rule}]",
            {{"kind", condition.kind}, {"text", condition.text}, {"rule", condition.rule}}));
  }
  for (const Fee& fee : v.fees) {
    const std::vector<Message::Argument> args{{"percent", fmt::format("{:g}", fee.percent)},
                                              {"base", fee.base},
                                              {"form", fee.legal_form},
                                              {"rule", fee.rule}};
    lines.push_back(fee.legal_form.empty()
                        ? say("fee: {percent} % of {base} [{rule}]", args)
                        : say("fee: {percent} % of {base}; {form} [{rule}]", args));
  }
  return lines;
}

std::vector<std::string> side_lines(const Verdict& v, const Words& say) {
  std::vector<std::string> lines;
  for (const SideMeasure& measure : v.destination_side.measures) {
    lines.push_back(
        say(measure.scope == "general" ? "{kind} (general): {text} [{rule}]"
                                       : "{kind}: {text} [{rule}]",
            {{"kind", measure.status}, {"text", measure.text}, {"rule", measure.rule}}));
  }
  return lines;
}

Cell text_cell(std::string_view text) {
  return text.empty() ? Cell{std::string("-")} : Cell{std::string(text)};
}

// For machine formats: what is not there is empty, as null is in JSON.
Cell null_cell(std::string_view text) { return text.empty() ? Cell{} : Cell{std::string(text)}; }

void add_list(std::vector<Block>& blocks, std::string_view title,
              const std::vector<std::string>& items) {
  if (items.empty()) {
    return;
  }
  blocks.emplace_back(Paragraph{std::string(title), 0});
  for (const std::string& item : items) {
    blocks.emplace_back(Paragraph{"- " + item, 2});
  }
}

std::string subject_words(const Verdict& v, const Words& say) {
  const std::vector<Message::Argument> args{
      {"chip", v.chip}, {"system", v.holder}, {"count", fmt::to_string(v.holder_chips)}};
  if (v.form == ItemForm::kTechnology) {
    return say("technology for {chip}", args);
  }
  if (!v.holder.empty()) {
    return say("{system} ({count} x {chip})", args);
  }
  switch (v.form) {
    case ItemForm::kBoard:
      return say("a board with {chip}", args);
    case ItemForm::kServer:
      return say("a server with {chip}", args);
    case ItemForm::kPart:
    case ItemForm::kTechnology:
      break;
  }
  return v.chip;
}

namespace {

std::string checklist_title(const Checklist& list, const Words& say) {
  return fmt::format("{} [{}]", say(list.title), list.rule);
}

std::string checklist_counts(const Checklist& list, const Words& say) {
  const auto count = [&list](ChecklistStatus status) {
    return fmt::to_string(
        std::count_if(list.lines.begin(), list.lines.end(),
                      [status](const ChecklistLine& line) { return line.status == status; }));
  };
  return say("{met} met, {not_met} not met, {unknown} unknown, {certify} to certify, {todo} to do",
             {{"met", count(ChecklistStatus::kMet)},
              {"not_met", count(ChecklistStatus::kNotMet)},
              {"unknown", count(ChecklistStatus::kUnknown)},
              {"certify", count(ChecklistStatus::kToCertify)},
              {"todo", count(ChecklistStatus::kToDo)}});
}

std::string status_word(ChecklistStatus status, const Words& say) {
  switch (status) {
    case ChecklistStatus::kMet:
      return say("met");
    case ChecklistStatus::kNotMet:
      return say("NOT MET");
    case ChecklistStatus::kUnknown:
      return say("unknown");
    case ChecklistStatus::kToCertify:
      return say("to certify");
    case ChecklistStatus::kToDo:
      break;
  }
  return say("to do");
}

void add_checklist(const Checklist& list, const Words& say, std::vector<Block>& blocks) {
  blocks.emplace_back(
      Paragraph{fmt::format("{}: {}", checklist_title(list, say), checklist_counts(list, say)), 0});
  for (const ChecklistLine& line : list.lines) {
    blocks.emplace_back(
        Paragraph{fmt::format("[{}] {}{}{}{} [{}]", status_word(line.status, say), say(line.text),
                              line.detail.empty() ? "" : " (", say(line.detail),
                              line.detail.empty() ? "" : ")", line.paragraph),
                  2});
  }
}

}  // namespace

Table checklist_table(const Checklist& list, const Words& say) {
  Table table;
  table.title = checklist_title(list, say);
  table.columns = {{"status", "Status", "", Align::kLeft},
                   {"text", "What is asked", "", Align::kLeft},
                   {"detail", "Worked out", "", Align::kLeft},
                   {"paragraph", "Paragraph", "", Align::kLeft}};
  for (const ChecklistLine& line : list.lines) {
    table.rows.push_back({status_word(line.status, say), say(line.text),
                          text_cell(say(line.detail)), text_cell(line.paragraph)});
  }
  table.notes.push_back(checklist_counts(list, say));
  return table;
}

Table comparison_table(const Verdict& v, const Words& say) {
  Table table;
  table.columns = {{"quantity", "Quantity", "", Align::kLeft},
                   {"value", "Value", "", Align::kRight, 8},
                   {"relation", "Asked", "", Align::kLeft},
                   {"limit", "Limit", "", Align::kRight, 8},
                   {"unit", "Unit", "", Align::kLeft},
                   {"met", "Met", "", Align::kLeft},
                   {"margin_percent", "Margin", "%", Align::kRight, 3},
                   {"paragraph", "Paragraph", "", Align::kLeft}};
  for (const ComparisonLine& line : v.tests) {
    table.rows.push_back({line.quantity, results::cell_of(line.value), line.relation, line.limit,
                          line.unit, truth_word(line.met, say),
                          results::cell_of(line.margin_percent), text_cell(line.paragraph)});
  }
  return table;
}

Table verdict_table(const std::vector<Verdict>& verdicts) {
  Table table;
  table.columns = {
      {"chip", "Chip", "", Align::kLeft},          {"outcome", "Outcome", "", Align::kLeft},
      {"review", "Review", "", Align::kLeft},      {"exception", "Exception", "", Align::kLeft},
      {"eccn", "ECCN", "", Align::kLeft},          {"tpp", "TPP", "", Align::kRight, 6},
      {"pd", "PD", "", Align::kRight, 3},          {"dram_bw", "DRAM", "GB/s", Align::kRight},
      {"letter_io", "I/O", "GB/s", Align::kRight}, {"flags", "Flags", "", Align::kLeft}};
  for (const Verdict& v : verdicts) {
    const auto value = [&v](std::string_view name) {
      const QuantityLine* line = quantity(v, name);
      return results::cell_of(line == nullptr ? std::nullopt : line->value);
    };
    table.rows.push_back({v.chip, std::string(name_of(v.outcome)), null_cell(name_of(v.review)),
                          null_cell(name_of(v.exception)), null_cell(v.eccn), value("tpp"),
                          value("pd"), value("dram_bw"), value("letter_io"),
                          null_cell(notable_flags(v))});
  }
  return table;
}

// What fits a terminal of 80 columns; csv, ndjson and json hold the rest.
Table compact_table(const std::vector<Verdict>& verdicts, const Words& say) {
  Table table;
  table.columns = {{"chip", "Chip", "", Align::kLeft}, {"answer", "Answer", "", Align::kLeft},
                   {"eccn", "ECCN", "", Align::kLeft}, {"tpp", "TPP", "", Align::kRight, 6},
                   {"pd", "PD", "", Align::kRight, 3}, {"dram_bw", "DRAM", "GB/s", Align::kRight}};
  bool starred = false;
  for (const Verdict& v : verdicts) {
    const auto value = [&v](std::string_view name) {
      const QuantityLine* line = quantity(v, name);
      return results::cell_of(line == nullptr ? std::nullopt : line->value);
    };
    std::string answer;
    switch (v.outcome) {
      case Outcome::kNoLicense:
        answer = say("no license");
        break;
      case Outcome::kLicenseException:
        answer = say("exception {name}", {{"name", std::string(name_of(v.exception))}});
        break;
      case Outcome::kUnknown:
        answer = say("unknown");
        break;
      case Outcome::kLicenseRequired:
        answer =
            say("license, {review}",
                {{"review", v.review == Review::kUnknown ? "?" : std::string(name_of(v.review))}});
        break;
    }
    if (!v.borderline.empty()) {
      answer += " *";
      starred = true;
    }
    table.rows.push_back(
        {v.chip, answer, text_cell(v.eccn), value("tpp"), value("pd"), value("dram_bw")});
  }
  if (starred) {
    table.notes.emplace_back("* borderline: error bars of the specification could turn the answer");
  }
  return table;
}

std::string headline(const Geography& geography, const Verdict& v, const Words& say) {
  const std::vector<Message::Argument> args{{"chip", subject_words(v, say)},
                                            {"place", geography.name_of(v.to)},
                                            {"owner", geography.name_of(v.hq)},
                                            {"date", format_date(v.as_of)},
                                            {"answer", answer_words(v, say)}};
  std::string text = say(v.hq == v.to ? "{chip} to {place} on {date}: {answer}"
                                      : "{chip} to {place}, owner {owner} on {date}: {answer}",
                         args);
  // A free answer must not hide what else decides.
  const std::string flags = notable_flags(v);
  if (!flags.empty() && v.outcome != Outcome::kLicenseRequired) {
    text += say("; see flags: {flags}", {{"flags", flags}});
  }
  return text;
}

void add_verdict(const Geography& geography, const Verdict& v, const VerdictStyle& style,
                 std::vector<Block>& blocks) {
  const Words& say = style.say;
  blocks.emplace_back(Headline{headline(geography, v, say)});
  const std::string meets = v.meets.empty() ? "" : say(" (meets {eccn})", {{"eccn", v.meets}});
  if (!v.rule.empty()) {
    blocks.emplace_back(Paragraph{say("decided by {rule}", {{"rule", v.rule}}) +
                                      (v.paragraph.empty() ? "" : ", " + v.paragraph) +
                                      (v.eccn.empty() ? "" : ", ECCN " + v.eccn) + meets,
                                  2});
  } else if (!v.eccn.empty()) {
    blocks.emplace_back(Paragraph{
        say("ECCN {eccn}; no requirement reaches this transaction", {{"eccn", v.eccn + meets}}),
        2});
  }
  if (!v.unknown_because.empty()) {
    blocks.emplace_back(Paragraph{say(v.unknown_because), 2});
  }
  if (!v.possible.empty()) {
    blocks.emplace_back(Paragraph{
        say("possible: {answers}", {{"answers", fmt::format("{}", fmt::join(v.possible, "; "))}}),
        2});
  }
  if (v.import_duty_percent) {
    blocks.emplace_back(Paragraph{say("import duty into the US: {percent} %",
                                      {{"percent", fmt::format("{:g}", *v.import_duty_percent)}}),
                                  2});
  }
  if (!v.tests.empty()) {
    blocks.emplace_back(comparison_table(v, say));
  }
  std::vector<std::string> flips;
  for (const Flip& flip : v.flips) {
    flips.push_back(flip_words(flip, say));
  }
  std::vector<std::string> assumptions;
  for (const Message& assumption : v.assumptions) {
    assumptions.push_back(say(assumption));
  }
  add_list(blocks, say("Nearest flips"), flips);
  add_list(blocks, say("Destination side"), side_lines(v, say));
  add_list(blocks, say("Conditions and fees"), condition_lines(v, say));
  for (const Checklist& list : v.checklists) {
    add_checklist(list, say, blocks);
  }
  add_list(blocks, say("Flags"), flag_lines(v, say));
  add_list(blocks, say("Assumptions"), assumptions);
  if (style.why) {
    add_trace(blocks, v, say);
  }
  blocks.emplace_back(Paragraph{
      say("sources: {sources}", {{"sources", fmt::format("{}", fmt::join(v.sources, ", "))}}), 0});
}

std::string answer_words(const Verdict& v, const Words& say) {
  switch (v.outcome) {
    case Outcome::kNoLicense:
      return say("NO LICENSE needed under the rules held here");
    case Outcome::kLicenseException:
      return say("LICENSE EXCEPTION {name}", {{"name", std::string(name_of(v.exception))}});
    case Outcome::kUnknown:
      return say("UNKNOWN");
    case Outcome::kLicenseRequired:
      break;
  }
  std::string text;
  switch (v.review) {
    case Review::kDenial:
      text = say("LICENSE REQUIRED, presumption of denial");
      break;
    case Review::kApproval:
      text = say("LICENSE REQUIRED, presumption of approval");
      break;
    case Review::kCaseByCase:
      text = say("LICENSE REQUIRED, case-by-case review");
      break;
    case Review::kUnstated:
      text = say("LICENSE REQUIRED, review policy not stated");
      break;
    case Review::kUnknown:
      text = say("LICENSE REQUIRED, review policy unknown");
      break;
    case Review::kNone:
      text = say("LICENSE REQUIRED");
      break;
  }
  if (v.licenses_granted) {
    text += say("; licenses have been granted to some customers");
  }
  return text;
}

}  // namespace redline::app

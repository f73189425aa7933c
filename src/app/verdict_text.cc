#include "app/verdict_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;

Cell number_cell(const std::optional<double>& value) { return value ? Cell{*value} : Cell{}; }
std::string_view truth_word(Tri tri) {
  return tri == Tri::kYes ? "yes" : tri == Tri::kNo ? "no" : "?";
}

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

std::string flip_words(const Flip& flip) {
  return fmt::format("{} {} {:.6g} {} (from {:.6g}, {:+.2f} %): {}", flip.quantity, flip.relation,
                     flip.to, flip.unit, flip.from, flip.change_percent,
                     answer_phrase(flip.outcome, flip.review, flip.exception));
}

void add_trace(std::vector<Block>& blocks, const Verdict& v) {
  blocks.emplace_back(Paragraph{"Working, clause by clause (yes, no, ? unknown):", 0});
  std::string rule;
  for (const TraceClause& clause : v.trace) {
    if (clause.rule != rule) {
      rule = clause.rule;
      blocks.emplace_back(Paragraph{rule, 0});
    }
    blocks.emplace_back(
        Paragraph{fmt::format("[{}] {}{}{}: {}", truth_word(clause.result), clause.kind,
                              clause.paragraph.empty() ? "" : " ", clause.paragraph, clause.effect),
                  2});
    blocks.emplace_back(Paragraph{fmt::format("if {}", clause.text), 6});
    for (const TraceAtom& atom : clause.atoms) {
      blocks.emplace_back(Paragraph{fmt::format("{:>3}  {}{}{}{}", truth_word(atom.result),
                                                atom.text, atom.detail.empty() ? "" : "  (",
                                                atom.detail, atom.detail.empty() ? "" : ")"),
                                    8});
    }
  }
}

std::vector<std::string> condition_lines(const Verdict& v) {
  std::vector<std::string> lines;
  for (const Condition& condition : v.conditions) {
    lines.push_back(fmt::format("{}: {} [{}]", condition.kind, condition.text, condition.rule));
  }
  for (const Fee& fee : v.fees) {
    lines.push_back(fmt::format("fee: {:g} % of {}{}{} [{}]", fee.percent, fee.base,
                                fee.legal_form.empty() ? "" : "; ", fee.legal_form, fee.rule));
  }
  return lines;
}

std::vector<std::string> flag_lines(const Verdict& v) {
  std::vector<std::string> lines;
  for (const Flag& flag : v.flags) {
    lines.push_back(fmt::format("{}: {}{}", flag.name, flag.text,
                                flag.rule.empty() ? "" : " [" + flag.rule + "]"));
  }
  return lines;
}

}  // namespace

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

Table comparison_table(const Verdict& v) {
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
    table.rows.push_back({line.quantity, number_cell(line.value), line.relation, line.limit,
                          line.unit, std::string(truth_word(line.met)),
                          number_cell(line.margin_percent), text_cell(line.paragraph)});
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
      return number_cell(line == nullptr ? std::nullopt : line->value);
    };
    table.rows.push_back({v.chip, std::string(name_of(v.outcome)), null_cell(name_of(v.review)),
                          null_cell(name_of(v.exception)), null_cell(v.eccn), value("tpp"),
                          value("pd"), value("dram_bw"), value("letter_io"),
                          null_cell(notable_flags(v))});
  }
  return table;
}

// What fits a terminal of 80 columns; csv, ndjson and json hold the rest.
Table compact_table(const std::vector<Verdict>& verdicts) {
  Table table;
  table.columns = {{"chip", "Chip", "", Align::kLeft}, {"answer", "Answer", "", Align::kLeft},
                   {"eccn", "ECCN", "", Align::kLeft}, {"tpp", "TPP", "", Align::kRight, 6},
                   {"pd", "PD", "", Align::kRight, 3}, {"dram_bw", "DRAM", "GB/s", Align::kRight}};
  bool starred = false;
  for (const Verdict& v : verdicts) {
    const auto value = [&v](std::string_view name) {
      const QuantityLine* line = quantity(v, name);
      return number_cell(line == nullptr ? std::nullopt : line->value);
    };
    std::string answer;
    switch (v.outcome) {
      case Outcome::kNoLicense:
        answer = "no license";
        break;
      case Outcome::kLicenseException:
        answer = fmt::format("exception {}", name_of(v.exception));
        break;
      case Outcome::kUnknown:
        answer = "unknown";
        break;
      case Outcome::kLicenseRequired:
        answer = fmt::format("license, {}", v.review == Review::kUnknown ? "?" : name_of(v.review));
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

std::string headline(const Geography& geography, const Verdict& v) {
  const std::string hq = v.hq == v.to ? "" : fmt::format(", owner {}", geography.name_of(v.hq));
  std::string text = fmt::format("{} to {}{} on {}: {}", v.chip, geography.name_of(v.to), hq,
                                 format_date(v.as_of), answer_words(v));
  // A free answer must not hide what else decides.
  const std::string flags = notable_flags(v);
  if (!flags.empty() && v.outcome != Outcome::kLicenseRequired) {
    text += fmt::format("; see flags: {}", flags);
  }
  return text;
}

void add_verdict(const Geography& geography, const Verdict& v, bool why,
                 std::vector<Block>& blocks) {
  blocks.emplace_back(Headline{headline(geography, v)});
  if (!v.rule.empty()) {
    blocks.emplace_back(
        Paragraph{fmt::format("decided by {}{}{}{}", v.rule, v.paragraph.empty() ? "" : ", ",
                              v.paragraph, v.eccn.empty() ? "" : ", ECCN " + v.eccn),
                  2});
  } else if (!v.eccn.empty()) {
    blocks.emplace_back(
        Paragraph{fmt::format("ECCN {}; no requirement reaches this transaction", v.eccn), 2});
  }
  if (!v.unknown_because.empty()) {
    blocks.emplace_back(Paragraph{v.unknown_because, 2});
  }
  if (!v.possible.empty()) {
    blocks.emplace_back(Paragraph{fmt::format("possible: {}", fmt::join(v.possible, "; ")), 2});
  }
  if (v.import_duty_percent) {
    blocks.emplace_back(
        Paragraph{fmt::format("import duty into the US: {:g} %", *v.import_duty_percent), 2});
  }
  if (!v.tests.empty()) {
    blocks.emplace_back(comparison_table(v));
  }
  std::vector<std::string> flips;
  for (const Flip& flip : v.flips) {
    flips.push_back(flip_words(flip));
  }
  add_list(blocks, "Nearest flips", flips);
  if (!v.destination_side.measures.empty()) {
    std::vector<std::string> lines;
    for (const SideMeasure& measure : v.destination_side.measures) {
      lines.push_back(fmt::format("{}{}: {} [{}]", measure.status,
                                  measure.scope == "general" ? " (general)" : "", measure.text,
                                  measure.rule));
    }
    add_list(blocks, "Destination side", lines);
  }
  add_list(blocks, "Conditions and fees", condition_lines(v));
  add_list(blocks, "Flags", flag_lines(v));
  add_list(blocks, "Assumptions", v.assumptions);
  if (why) {
    add_trace(blocks, v);
  }
  blocks.emplace_back(Paragraph{fmt::format("sources: {}", fmt::join(v.sources, ", ")), 0});
}

std::string answer_words(const Verdict& v) {
  std::string text;
  switch (v.outcome) {
    case Outcome::kNoLicense:
      text = "NO LICENSE needed under the rules held here";
      break;
    case Outcome::kLicenseException:
      text = fmt::format("LICENSE EXCEPTION {}", name_of(v.exception));
      break;
    case Outcome::kUnknown:
      text = "UNKNOWN";
      break;
    case Outcome::kLicenseRequired:
      text = "LICENSE REQUIRED";
      break;
  }
  if (v.outcome == Outcome::kLicenseRequired) {
    switch (v.review) {
      case Review::kDenial:
        text += ", presumption of denial";
        break;
      case Review::kApproval:
        text += ", presumption of approval";
        break;
      case Review::kCaseByCase:
        text += ", case-by-case review";
        break;
      case Review::kUnstated:
        text += ", review policy not stated";
        break;
      case Review::kUnknown:
        text += ", review policy unknown";
        break;
      case Review::kNone:
        break;
    }
    if (v.licenses_granted) {
      text += "; licenses have been granted to some customers";
    }
  }
  return text;
}

}  // namespace redline::app

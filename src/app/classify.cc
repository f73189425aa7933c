#include "app/classify.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/nearest.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;

constexpr std::string_view kModesty = "A model of the texts as they stood on {}, not legal advice.";

Cell text_cell(std::string_view text) {
  return text.empty() ? Cell{std::string("-")} : Cell{std::string(text)};
}
// For machine formats: what is not there is empty, as null is in JSON.
Cell null_cell(std::string_view text) { return text.empty() ? Cell{} : Cell{std::string(text)}; }
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
    std::string flags;
    for (const Flag& flag : v.flags) {
      if (!is_standing_caveat(flag.name)) {
        flags += (flags.empty() ? "" : ", ") + flag.name;
      }
    }
    table.rows.push_back({v.chip, std::string(name_of(v.outcome)), null_cell(name_of(v.review)),
                          null_cell(name_of(v.exception)), null_cell(v.eccn), value("tpp"),
                          value("pd"), value("dram_bw"), value("letter_io"), null_cell(flags)});
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

Table tests_table(const Verdict& v) {
  Table table;
  table.columns = {{"quantity", "Quantity", "", Align::kLeft},
                   {"value", "Value", "", Align::kRight, 8},
                   {"relation", "", "", Align::kLeft},
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

std::string flip_words(const Flip& flip) {
  std::string answer(name_of(flip.outcome));
  if (flip.exception != LicenseException::kNone) {
    answer += fmt::format(" {}", name_of(flip.exception));
  } else if (flip.outcome == Outcome::kLicenseRequired) {
    answer += fmt::format(", review {}",
                          flip.review == Review::kUnknown ? "unknown" : name_of(flip.review));
  }
  return fmt::format("{} {} {:.6g} {} (from {:.6g}, {:+.2f} %): {}", flip.quantity, flip.relation,
                     flip.to, flip.unit, flip.from, flip.change_percent, answer);
}

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

std::string headline(const Workspace& workspace, const Verdict& v) {
  const Geography& geography = workspace.catalog.geography;
  const std::string hq = v.hq == v.to ? "" : fmt::format(", owner {}", geography.name_of(v.hq));
  std::string text = fmt::format("{} to {}{} on {}: {}", v.chip, geography.name_of(v.to), hq,
                                 format_date(v.as_of), answer_words(v));
  return text;
}

void add_one(const Workspace& workspace, const Verdict& v, bool why, std::vector<Block>& blocks) {
  blocks.emplace_back(Headline{headline(workspace, v)});
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
    blocks.emplace_back(tests_table(v));
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

Loaded<std::vector<Chip>> chips_of(const Workspace& workspace,
                                   const std::vector<std::string>& names) {
  if (names.empty()) {
    return workspace.catalog.chips;
  }
  std::vector<Chip> chips;
  Diagnostics errors;
  for (const std::string& name : names) {
    auto found = find_chips(workspace, name);
    if (!found) {
      errors.insert(errors.end(), found.error().begin(), found.error().end());
      continue;
    }
    chips.insert(chips.end(), found->begin(), found->end());
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return chips;
}

void note_defaults(const ClassifyRequest& request, Verdict& v) {
  if (request.to.empty()) {
    v.assumptions.insert(v.assumptions.begin(), "destination CN, as none was given");
  }
}

std::string short_answer(const Verdict& v) {
  std::string text(name_of(v.outcome));
  if (v.exception != LicenseException::kNone) {
    text += fmt::format(" {}", name_of(v.exception));
  } else if (v.outcome == Outcome::kLicenseRequired) {
    text += fmt::format(", review {}", v.review == Review::kUnknown ? "?" : name_of(v.review));
  }
  return text + (v.licenses_granted ? ", some granted" : "");
}

Answer timeline_answer(const Workspace& workspace, const Chip& chip,
                       const std::vector<TimelineSpan>& spans, const Question& question) {
  Answer answer;
  answer.table.columns = {{"chip", "Chip", "", Align::kLeft},
                          {"first", "From", "", Align::kLeft},
                          {"last", "Until", "", Align::kLeft},
                          {"outcome", "Outcome", "", Align::kLeft},
                          {"review", "Review", "", Align::kLeft},
                          {"exception", "Exception", "", Align::kLeft},
                          {"eccn", "ECCN", "", Align::kLeft},
                          {"licenses_granted", "Granted", "", Align::kLeft},
                          {"destination_side", "Destination side", "", Align::kLeft},
                          {"rule", "Through", "", Align::kLeft}};
  Table shown;
  shown.columns = {{"first", "From", "", Align::kLeft},
                   {"last", "Until", "", Align::kLeft},
                   {"answer", "Answer", "", Align::kLeft},
                   {"destination_side", "There", "", Align::kLeft},
                   {"rule", "Through", "", Align::kLeft}};
  Json list = Json::array();
  for (const TimelineSpan& span : spans) {
    const Verdict& v = span.verdict;
    const Cell first = span.first ? Cell{format_date(*span.first)} : Cell{std::string("...")};
    const Cell last = span.last ? Cell{format_date(*span.last)} : Cell{std::string("...")};
    answer.table.rows.push_back({chip.id, span.first ? first : Cell{}, span.last ? last : Cell{},
                                 std::string(name_of(v.outcome)), null_cell(name_of(v.review)),
                                 null_cell(name_of(v.exception)), null_cell(v.eccn),
                                 v.licenses_granted, null_cell(v.destination_side.status),
                                 null_cell(v.rule)});
    shown.rows.push_back(
        {first, last, short_answer(v), text_cell(v.destination_side.status), text_cell(v.rule)});
    Json row = verdict_json(v);
    row["first"] = span.first ? Json(format_date(*span.first)) : Json(nullptr);
    row["last"] = span.last ? Json(format_date(*span.last)) : Json(nullptr);
    list.push_back(std::move(row));
  }
  answer.results.push_back({{"chip", chip.id}, {"to", question.to}, {"spans", std::move(list)}});
  answer.blocks.emplace_back(
      Headline{fmt::format("{} to {}: {} spans", chip.id,
                           workspace.catalog.geography.name_of(question.to), spans.size())});
  answer.blocks.emplace_back(std::move(shown));
  return answer;
}

Answer diff_answer(const Workspace& workspace, const VerdictDiff& diff) {
  Answer answer;
  Json changes = Json::array();
  Table table;
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"field", "What", "", Align::kLeft},
                   {"before", "On " + format_date(diff.before.as_of), "", Align::kLeft},
                   {"after", "On " + format_date(diff.after.as_of), "", Align::kLeft}};
  for (const Change& change : diff.changes) {
    changes.push_back(
        {{"field", change.field}, {"before", change.before}, {"after", change.after}});
    table.rows.push_back(
        {diff.before.chip, change.field, text_cell(change.before), text_cell(change.after)});
  }
  answer.results.push_back({{"chip", diff.before.chip},
                            {"to", diff.before.to},
                            {"changed", !diff.changes.empty()},
                            {"changes", std::move(changes)},
                            {"instruments", diff.instruments},
                            {"before", verdict_json(diff.before)},
                            {"after", verdict_json(diff.after)}});
  answer.blocks.emplace_back(Headline{headline(workspace, diff.before)});
  answer.blocks.emplace_back(Headline{headline(workspace, diff.after)});
  if (diff.changes.empty()) {
    answer.blocks.emplace_back(Paragraph{"nothing changes between the two dates", 2});
  } else {
    answer.blocks.emplace_back(table);
    answer.blocks.emplace_back(
        Paragraph{fmt::format("through: {}", fmt::join(diff.instruments, ", ")), 0});
  }
  answer.table = std::move(table);
  return answer;
}

void append(Answer& all, Answer one) {
  for (Json& result : one.results) {
    all.results.push_back(std::move(result));
  }
  if (all.table.columns.empty()) {
    all.table.columns = one.table.columns;
  }
  for (auto& row : one.table.rows) {
    all.table.rows.push_back(std::move(row));
  }
  for (Block& block : one.blocks) {
    all.blocks.push_back(std::move(block));
  }
}

// Assumptions about the question hold for every chip of a table, those about one chip do not.
std::vector<std::string> shared_assumptions(const Verdict& v) {
  std::vector<std::string> shared;
  for (const std::string& line : v.assumptions) {
    if (line.find("market segment") == std::string::npos) {
      shared.push_back(line);
    }
  }
  return shared;
}

Loaded<Answer> over_time(const Workspace& workspace, const ClassifyRequest& request,
                         const std::vector<Chip>& chips, const Question& question) {
  Answer answer;
  for (const Chip& chip : chips) {
    if (request.diff) {
      auto difference = diff(workspace.rules, chip, question, *request.diff);
      if (!difference) {
        return tl::unexpected(Diagnostics{std::move(difference).error()});
      }
      note_defaults(request, difference->before);
      note_defaults(request, difference->after);
      append(answer, diff_answer(workspace, *difference));
    } else {
      auto spans = redline::timeline(workspace.rules, chip, question);
      if (!spans) {
        return tl::unexpected(Diagnostics{std::move(spans).error()});
      }
      for (TimelineSpan& span : *spans) {
        note_defaults(request, span.verdict);
      }
      append(answer, timeline_answer(workspace, chip, *spans, question));
    }
  }
  return answer;
}

}  // namespace

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

Result<Question> question_of(const Workspace& workspace, const ClassifyRequest& request) {
  const Geography& geography = workspace.catalog.geography;
  Question question;
  RL_TRY(to, geography.find_place(request.to.empty() ? "CN" : request.to));
  question.to = to;
  if (!request.hq.empty()) {
    RL_TRY(hq, geography.find_place(request.hq));
    question.hq = hq;
  }
  RL_TRY(from, geography.find_place(request.from.empty() ? "US" : request.from));
  question.from = from;
  question.end_user = request.end_user;
  question.as_of = request.as_of.value_or(workspace.date);
  question.settings = request.settings;
  question.with = request.with;
  return question;
}

Loaded<Answer> classify(const Workspace& workspace, const ClassifyRequest& request) {
  const auto question = question_of(workspace, request);
  const auto chips = chips_of(workspace, request.chips);
  if (!question || !chips) {
    Diagnostics errors = chips ? Diagnostics{} : chips.error();
    if (!question) {
      errors.push_back(question.error());
    }
    return tl::unexpected(std::move(errors));
  }
  Answer answer;
  if (request.timeline || request.diff) {
    auto over = over_time(workspace, request, *chips, *question);
    if (!over) {
      return over;
    }
    answer = std::move(*over);
  } else {
    std::vector<Verdict> verdicts;
    const auto inquiry = Inquiry::open(workspace.rules, *question);
    if (!inquiry) {
      return tl::unexpected(Diagnostics{inquiry.error()});
    }
    for (const Chip& chip : *chips) {
      auto verdict = inquiry->classify(chip, {.trace = request.why, .flips = true});
      if (!verdict) {
        return tl::unexpected(Diagnostics{std::move(verdict).error()});
      }
      note_defaults(request, *verdict);
      answer.results.push_back(verdict_json(*verdict));
      verdicts.push_back(std::move(*verdict));
    }
    answer.table = verdict_table(verdicts);
    if (verdicts.size() == 1 || request.why) {
      for (const Verdict& verdict : verdicts) {
        add_one(workspace, verdict, request.why, answer.blocks);
      }
    } else {
      const Verdict& first = verdicts.front();
      answer.blocks.emplace_back(Headline{fmt::format(
          "{} chips to {} on {}", verdicts.size(),
          workspace.catalog.geography.name_of(question->to), format_date(question->as_of))});
      answer.blocks.emplace_back(compact_table(verdicts));
      add_list(answer.blocks, "Assumptions", shared_assumptions(first));
      answer.blocks.emplace_back(
          Paragraph{"Entity List and other end-user lists, end use and origin are not evaluated; "
                    "`redline classify CHIP --why` shows the working of one chip.",
                    0});
    }
  }
  answer.command = "classify";
  answer.as_of = request.diff ? request.diff->last : question->as_of;
  answer.blocks.emplace_back(
      Paragraph{fmt::format(fmt::runtime(kModesty), format_date(*answer.as_of)), 0});
  return answer;
}

}  // namespace redline::app

#include "app/classify.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/verdict_text.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

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
    v.assumptions.insert(v.assumptions.begin(), Message("destination CN, as none was given"));
  }
}

std::string short_answer(const Verdict& v) {
  return answer_phrase(v.outcome, v.review, v.exception) +
         (v.licenses_granted ? ", some granted" : "");
}

Answer timeline_answer(const Workspace& workspace, const Chip& chip,
                       const std::vector<TimelineSpan>& spans, const Question& question,
                       const Words& say) {
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
      Headline{say("{chip} to {place}: {count} spans",
                   {{"chip", chip.id},
                    {"place", workspace.catalog.geography.name_of(question.to)},
                    {"count", fmt::to_string(spans.size())}})});
  answer.blocks.emplace_back(std::move(shown));
  return answer;
}

Answer diff_answer(const Workspace& workspace, const VerdictDiff& diff, const Words& say) {
  Answer answer;
  Json changes = Json::array();
  Table table;
  table.columns = {
      {"chip", "Chip", "", Align::kLeft},
      {"field", "What", "", Align::kLeft},
      {"before", say("On {date}", {{"date", format_date(diff.before.as_of)}}), "", Align::kLeft},
      {"after", say("On {date}", {{"date", format_date(diff.after.as_of)}}), "", Align::kLeft}};
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
  answer.blocks.emplace_back(Headline{headline(workspace.catalog.geography, diff.before, say)});
  answer.blocks.emplace_back(Headline{headline(workspace.catalog.geography, diff.after, say)});
  if (diff.changes.empty()) {
    answer.blocks.emplace_back(Paragraph{say("nothing changes between the two dates"), 2});
  } else {
    answer.blocks.emplace_back(table);
    answer.blocks.emplace_back(
        Paragraph{say("through: {instruments}",
                      {{"instruments", fmt::format("{}", fmt::join(diff.instruments, ", "))}}),
                  0});
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
std::vector<std::string> shared_assumptions(const Verdict& v, const Words& say) {
  std::vector<std::string> shared;
  for (const Message& line : v.assumptions) {
    if (line.text.find("market segment") == std::string::npos) {
      shared.push_back(say(line));
    }
  }
  return shared;
}

Loaded<Answer> over_time(const Workspace& workspace, const ClassifyRequest& request,
                         const std::vector<Chip>& chips, const Question& question,
                         const Words& say) {
  Answer answer;
  for (const Chip& chip : chips) {
    if (request.diff) {
      auto difference = diff(workspace.rules, chip, question, *request.diff);
      if (!difference) {
        return tl::unexpected(Diagnostics{std::move(difference).error()});
      }
      note_defaults(request, difference->before);
      note_defaults(request, difference->after);
      append(answer, diff_answer(workspace, *difference, say));
    } else {
      auto spans = redline::timeline(workspace.rules, chip, question);
      if (!spans) {
        return tl::unexpected(Diagnostics{std::move(spans).error()});
      }
      for (TimelineSpan& span : *spans) {
        note_defaults(request, span.verdict);
      }
      append(answer, timeline_answer(workspace, chip, *spans, question, say));
    }
  }
  return answer;
}

}  // namespace

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

Loaded<Answer> classify(const Workspace& workspace, const ClassifyRequest& request,
                        const Words& say) {
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
    auto over = over_time(workspace, request, *chips, *question, say);
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
      if (request.machine) {
        answer.results.push_back(verdict_json(*verdict));
      }
      verdicts.push_back(std::move(*verdict));
    }
    answer.table = verdict_table(verdicts);
    if (verdicts.size() == 1 || request.why) {
      for (const Verdict& verdict : verdicts) {
        add_verdict(workspace.catalog.geography, verdict, {request.why, say}, answer.blocks);
      }
    } else {
      const Verdict& first = verdicts.front();
      answer.blocks.emplace_back(
          Headline{say("{count} chips to {place} on {date}",
                       {{"count", fmt::to_string(verdicts.size())},
                        {"place", workspace.catalog.geography.name_of(question->to)},
                        {"date", format_date(question->as_of)}})});
      answer.blocks.emplace_back(compact_table(verdicts, say));
      add_list(answer.blocks, say("Assumptions"), shared_assumptions(first, say));
      answer.blocks.emplace_back(
          Paragraph{say("Entity List and other end-user lists, end use and origin are not "
                        "evaluated; `redline classify CHIP --why` shows the working of one chip."),
                    0});
    }
  }
  answer.command = "classify";
  answer.as_of = request.diff ? request.diff->last : question->as_of;
  answer.blocks.emplace_back(
      Paragraph{say("A model of the texts as they stood on {date}, not legal advice.",
                    {{"date", format_date(*answer.as_of)}}),
                0});
  return answer;
}

}  // namespace redline::app

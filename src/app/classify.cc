#include "app/classify.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "app/verdict_text.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

// What is asked about: a chip, by itself or in the system that was named.
struct Subject {
  Chip chip;
  const System* holder = nullptr;
};

Loaded<std::vector<Subject>> subjects_of(const Workspace& workspace,
                                         const std::vector<std::string>& names) {
  std::vector<Subject> subjects;
  if (names.empty()) {
    for (const Chip& chip : workspace.catalog.chips) {
      subjects.push_back({chip});
    }
    return subjects;
  }
  Diagnostics errors;
  for (const std::string& name : names) {
    if (const System* system = find_system(workspace, name)) {
      subjects.push_back({*workspace.catalog.chip(system->chip), system});
      continue;
    }
    auto found = find_chips(workspace, name);
    if (!found) {
      errors.insert(errors.end(), found.error().begin(), found.error().end());
      continue;
    }
    for (Chip& chip : *found) {
      subjects.push_back({std::move(chip)});
    }
    if (auto many = too_many_parts(workspace, subjects.size())) {
      errors.push_back(std::move(*many));
      break;
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return subjects;
}

void note_holder(const Subject& subject, Verdict& v) {
  if (subject.holder != nullptr) {
    v.holder = subject.holder->id;
    v.holder_chips = subject.holder->chips_per_node;
  }
}

// A named system goes as a server unless the request says otherwise.
Question question_about(const Subject& subject, const ClassifyRequest& request, Question question) {
  if (subject.holder != nullptr && request.item.empty()) {
    question.form = ItemForm::kServer;
  }
  return question;
}

Result<ItemForm> form_named(const std::string& name) {
  if (name.empty()) {
    return ItemForm::kPart;
  }
  for (const ItemForm form :
       {ItemForm::kPart, ItemForm::kBoard, ItemForm::kServer, ItemForm::kTechnology}) {
    if (name == name_of(form)) {
      return form;
    }
  }
  return fail(Code::kBadOptionValue,
              fmt::format("--item {}: expected part, board, server or technology", name));
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
                         const std::vector<Subject>& subjects, const Question& asked,
                         const Words& say) {
  Answer answer;
  std::size_t done = 0;
  for (const Subject& subject : subjects) {
    const Question question = question_about(subject, request, asked);
    const auto finish = [&](Verdict& v) {
      note_holder(subject, v);
      note_defaults(request, v);
    };
    if (request.diff) {
      auto difference = diff(workspace.rules, subject.chip, question, *request.diff);
      if (!difference) {
        return tl::unexpected(Diagnostics{std::move(difference).error()});
      }
      finish(difference->before);
      finish(difference->after);
      append(answer, diff_answer(workspace, *difference, say));
    } else {
      auto spans = redline::timeline(workspace.rules, subject.chip, question);
      if (!spans) {
        return tl::unexpected(Diagnostics{std::move(spans).error()});
      }
      for (TimelineSpan& span : *spans) {
        finish(span.verdict);
      }
      append(answer, timeline_answer(workspace, subject.chip, *spans, question, say));
    }
    if (request.on_progress) {
      request.on_progress(++done, subjects.size());
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
  question.listed_under = request.listed_under;
  RL_TRY(form, form_named(request.item));
  question.form = form;
  return question;
}

namespace {

struct Asked {
  Question question;
  std::vector<Subject> subjects;
};

Loaded<Asked> ask(const Workspace& workspace, const ClassifyRequest& request) {
  auto question = question_of(workspace, request);
  auto subjects = subjects_of(workspace, request.chips);
  if (question && subjects) {
    return Asked{std::move(*question), std::move(*subjects)};
  }
  Diagnostics errors = subjects ? Diagnostics{} : std::move(subjects).error();
  if (!question) {
    errors.push_back(std::move(question).error());
  }
  return tl::unexpected(std::move(errors));
}

// One inquiry for each form in which the subjects go.
Loaded<std::vector<Verdict>> verdicts_on(const Workspace& workspace, const ClassifyRequest& request,
                                         const std::vector<Subject>& subjects,
                                         const Question& asked) {
  std::map<ItemForm, Inquiry> inquiries;
  std::vector<Verdict> verdicts;
  for (const Subject& subject : subjects) {
    const Question question = question_about(subject, request, asked);
    auto known = inquiries.find(question.form);
    if (known == inquiries.end()) {
      auto opened = Inquiry::open(workspace.rules, question);
      if (!opened) {
        return tl::unexpected(Diagnostics{std::move(opened).error()});
      }
      known = inquiries.emplace(question.form, std::move(*opened)).first;
    }
    auto verdict = known->second.classify(
        subject.chip, {.trace = request.why, .flips = true, .checklists = request.checklist});
    if (!verdict) {
      return tl::unexpected(Diagnostics{std::move(verdict).error()});
    }
    note_holder(subject, *verdict);
    note_defaults(request, *verdict);
    verdicts.push_back(std::move(*verdict));
  }
  return verdicts;
}

}  // namespace

Json request_json(const ClassifyRequest& request, const Question& question) {
  Json json{{"command", "classify"},
            {"chip", request.chips.empty() ? std::vector<std::string>{"*"} : request.chips}};
  const auto add = [&json](const char* key, const std::string& text) {
    if (!text.empty()) {
      json[key] = text;
    }
  };
  // Where the destination was not given, the answer says so: it stays a default.
  add("to", request.to.empty() ? "" : question.to);
  add("hq", question.hq);
  json["from"] = question.from;
  add("end_user", request.end_user);
  json["as_of"] = format_date(question.as_of);
  add("item", request.item);
  add("listed_under", request.listed_under);
  for (const Setting& setting : request.settings) {
    json["set"][setting.key] = setting.value;
  }
  if (!request.with.empty()) {
    json["with"] = request.with;
  }
  for (const auto& [key, given] :
       {std::pair{"why", request.why}, std::pair{"timeline", request.timeline},
        std::pair{"checklist", request.checklist}}) {
    if (given) {
      json[key] = true;
    }
  }
  if (request.diff) {
    json["diff"] =
        fmt::format("{}..{}", format_date(request.diff->first), format_date(request.diff->last));
  }
  return json;
}

Loaded<std::vector<Verdict>> verdicts_of(const Workspace& workspace,
                                         const ClassifyRequest& request) {
  auto asked = ask(workspace, request);
  if (!asked) {
    return tl::unexpected(std::move(asked).error());
  }
  return verdicts_on(workspace, request, asked->subjects, asked->question);
}

Loaded<Answer> classify(const Workspace& workspace, const ClassifyRequest& request,
                        const Words& say) {
  const auto asked = ask(workspace, request);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  const Question* const question = &asked->question;
  const std::vector<Subject>* const subjects = &asked->subjects;
  Answer answer;
  if (request.timeline || request.diff) {
    auto over = over_time(workspace, request, *subjects, *question, say);
    if (!over) {
      return over;
    }
    answer = std::move(*over);
  } else {
    auto found = verdicts_on(workspace, request, *subjects, *question);
    if (!found) {
      return tl::unexpected(std::move(found).error());
    }
    const std::vector<Verdict> verdicts = std::move(*found);
    if (request.machine) {
      for (const Verdict& verdict : verdicts) {
        answer.results.push_back(verdict_json(verdict));
      }
    }
    answer.table = verdict_table(verdicts);
    if (verdicts.size() == 1 || request.why || request.checklist) {
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
  const Date asked_about = request.diff ? request.diff->last : question->as_of;
  if (workspace.date < asked_about && !request.timeline) {
    const std::string end = format_date(workspace.date);
    answer.warnings.push_back(
        {say("the data end on {end}: what was decided until {date} is not held here",
             {{"end", end}, {"date", format_date(asked_about)}}),
         say("ask with --as-of {end}, or lay newer rules over the data with --data",
             {{"end", end}})});
  }
  answer.command = "classify";
  answer.request = request_json(request, *question);
  answer.as_of = request.diff ? request.diff->last : question->as_of;
  answer.blocks.emplace_back(
      Paragraph{say("A model of the texts as they stood on {date}, not legal advice.",
                    {{"date", format_date(*answer.as_of)}}),
                0});
  return answer;
}

}  // namespace redline::app

// Verdicts over time: spans with one answer each, and what changed between two dates.

#include <algorithm>

#include <fmt/format.h>

#include "redline/verdict.h"

#include "rules/rule_book.h"

namespace redline {
namespace {

std::string join_names(const std::vector<Flag>& flags) {
  std::string text;
  for (const Flag& flag : flags) {
    text += (text.empty() ? "" : ", ") + flag.name;
  }
  return text;
}

std::string duty_text(const std::optional<double>& percent) {
  return percent ? fmt::format("{:g}", *percent) : std::string("none");
}

// What makes a span of the timeline one: rules may change hands without the answer changing.
bool same_answer(const Verdict& a, const Verdict& b) {
  return a.outcome == b.outcome && a.review == b.review && a.exception == b.exception &&
         a.eccn == b.eccn && a.licenses_granted == b.licenses_granted &&
         a.import_duty_percent == b.import_duty_percent &&
         a.destination_side.status == b.destination_side.status;
}

}  // namespace

std::vector<Change> changes_between(const Verdict& a, const Verdict& b) {
  std::vector<Change> all{
      {"outcome", std::string(name_of(a.outcome)), std::string(name_of(b.outcome))},
      {"review", std::string(name_of(a.review)), std::string(name_of(b.review))},
      {"exception", std::string(name_of(a.exception)), std::string(name_of(b.exception))},
      {"eccn", a.eccn, b.eccn},
      {"licenses_granted", a.licenses_granted ? "yes" : "no", b.licenses_granted ? "yes" : "no"},
      {"import_duty_percent", duty_text(a.import_duty_percent), duty_text(b.import_duty_percent)},
      {"rule", a.rule, b.rule},
      {"paragraph", a.paragraph, b.paragraph},
      {"destination_side", a.destination_side.status, b.destination_side.status},
      {"flags", join_names(a.flags), join_names(b.flags)},
  };
  all.erase(
      std::remove_if(all.begin(), all.end(), [](const Change& c) { return c.before == c.after; }),
      all.end());
  return all;
}

Result<std::vector<TimelineSpan>> timeline(const Rules& rules, const Chip& chip,
                                           const Question& question) {
  std::vector<TimelineSpan> spans;
  for (const Date date : rules.book().boundaries()) {
    Question at = question;
    at.as_of = date;
    RL_TRY(verdict, classify(rules, chip, at, {.trace = false, .flips = false}));
    if (!spans.empty() && same_answer(spans.back().verdict, verdict)) {
      continue;
    }
    if (!spans.empty()) {
      spans.back().last = date - std::chrono::days{1};
    }
    spans.push_back(
        {spans.empty() ? std::nullopt : std::optional(date), std::nullopt, std::move(verdict)});
  }
  return spans;
}

Result<VerdictDiff> diff(const Rules& rules, const Chip& chip, Question question,
                         const DateRange& dates) {
  question.as_of = dates.first;
  RL_TRY(before, classify(rules, chip, question, {.trace = false, .flips = true}));
  question.as_of = dates.last;
  RL_TRY(after, classify(rules, chip, question, {.trace = false, .flips = true}));
  VerdictDiff result{std::move(before), std::move(after), {}, {}};
  result.changes = changes_between(result.before, result.after);
  if (result.changes.empty()) {
    return result;
  }
  // Instruments that took part at one date and not at the other, then those whose standing changed
  // while they took part or flagged.
  const auto took_part = [](const Verdict& v, const std::string& id) {
    return std::find(v.instruments.begin(), v.instruments.end(), id) != v.instruments.end() ||
           std::any_of(v.flags.begin(), v.flags.end(),
                       [&](const Flag& flag) { return flag.rule == id; }) ||
           std::any_of(v.destination_side.measures.begin(), v.destination_side.measures.end(),
                       [&](const SideMeasure& m) { return m.rule == id; });
  };
  for (const rules::Instrument& instrument : rules.book().instruments()) {
    if (took_part(result.before, instrument.id) != took_part(result.after, instrument.id)) {
      result.instruments.push_back(instrument.id);
    }
  }
  return result;
}

}  // namespace redline

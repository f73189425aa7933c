// The public face of the rules: loading them, and putting one question to any number of chips.

#include "redline/verdict.h"

#include <fmt/format.h>

#include "base/nearest.h"
#include "rules/checklist.h"
#include "rules/decide.h"
#include "rules/facts.h"
#include "rules/probe.h"
#include "rules/trace.h"
#include "rules/verdict_writer.h"

namespace redline {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNoLicense:
      return "no-license";
    case Outcome::kLicenseException:
      return "license-exception";
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kLicenseRequired:
      return "license-required";
  }
  return "";
}

std::string_view name_of(Review review) {
  switch (review) {
    case Review::kNone:
    case Review::kUnknown:
      return "";
    case Review::kUnstated:
      return "unstated";
    case Review::kApproval:
      return "approval";
    case Review::kCaseByCase:
      return "case-by-case";
    case Review::kDenial:
      return "denial";
  }
  return "";
}

std::string_view name_of(LicenseException name) {
  switch (name) {
    case LicenseException::kNone:
      return "";
    case LicenseException::kNac:
      return "NAC";
    case LicenseException::kAca:
      return "ACA";
  }
  return "";
}

std::string answer_phrase(Outcome outcome, Review review, LicenseException exception) {
  std::string text(name_of(outcome));
  if (exception != LicenseException::kNone) {
    return text + fmt::format(" {}", name_of(exception));
  }
  if (outcome == Outcome::kLicenseRequired) {
    text += fmt::format(", review {}", review == Review::kUnknown ? "unknown" : name_of(review));
  }
  return text;
}

std::string_view name_of(ItemForm form) {
  constexpr std::string_view kNames[] = {"part", "board", "server", "technology"};
  return kNames[static_cast<std::size_t>(form)];
}
std::string_view name_of(Transaction transaction) {
  constexpr std::string_view kNames[] = {"export", "reexport", "transfer", "import"};
  return kNames[static_cast<std::size_t>(transaction)];
}
std::string_view name_of(ChecklistStatus status) {
  constexpr std::string_view kNames[] = {"met", "not-met", "unknown", "to-certify", "to-do"};
  return kNames[static_cast<std::size_t>(status)];
}

namespace rules {
namespace {

Result<bool> check_bills(const RuleBook& book, const std::vector<std::string>& with) {
  std::vector<std::string_view> bills;
  for (const Instrument& instrument : book.instruments()) {
    if (instrument.hypothetical) {
      bills.push_back(instrument.id);
    }
  }
  for (const std::string& id : with) {
    const Instrument* found = book.find(id);
    if (found == nullptr || !found->hypothetical) {
      std::vector<std::string> help;
      for (const std::string_view near : nearest_names(id, bills)) {
        help.push_back(fmt::format("similar name: {}", near));
      }
      help.push_back(fmt::format("bills: {}", fmt::join(bills, ", ")));
      return fail(Code::kUnknownRecord, fmt::format("there is no bill '{}'", id), std::move(help));
    }
  }
  return true;
}

}  // namespace
}  // namespace rules

Loaded<Rules> Rules::load(const data::FileSet& files, const Geography& geography,
                          std::vector<std::string>& replaced) {
  auto book = rules::RuleBook::load(files, geography, replaced);
  if (!book) {
    return tl::unexpected(std::move(book).error());
  }
  Rules rules;
  rules.book_ = std::make_shared<const rules::RuleBook>(std::move(*book));
  return rules;
}

struct Inquiry::Impl {
  const rules::RuleBook* book;
  Question question;
  rules::Situation situation;
  rules::ActiveRules active;
};

Inquiry::Inquiry(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Inquiry::~Inquiry() = default;
Inquiry::Inquiry(Inquiry&&) noexcept = default;
Inquiry& Inquiry::operator=(Inquiry&&) noexcept = default;

Result<Inquiry> Inquiry::open(const Rules& rule_set, Question question) {
  const rules::RuleBook& book = rule_set.book();
  RL_TRY(bills, rules::check_bills(book, question.with));
  (void)bills;
  RL_TRY(situation, rules::situation_of(question));
  rules::ActiveRules active = rules::activate(book, situation, question.with);
  return Inquiry(std::make_unique<Impl>(
      Impl{&book, std::move(question), std::move(situation), std::move(active)}));
}

Result<Verdict> Inquiry::classify(const Chip& chip, const VerdictDetail& detail) const {
  const auto& [book, question, situation, active] = *impl_;
  RL_TRY(sheet, rules::item_sheet(chip, book->symbols(), question.as_of, question.settings));
  const rules::Resolved resolved = rules::resolve(active, sheet);
  const rules::Case c{book, &situation, &question.with, &sheet, &active, &resolved.decision};

  Verdict verdict;
  rules::Working working = rules::work_out(c, detail.trace);
  verdict.tests = std::move(working.tests);
  verdict.trace = std::move(working.trace);
  rules::write_verdict(c, chip, question, verdict);
  if (detail.checklists) {
    verdict.checklists = rules::checklists_of(c);
  }
  verdict.possible = resolved.possible;
  if (!resolved.unknown.empty()) {
    verdict.unknown_because = {"not known: {names}",
                               {{"names", fmt::format("{}", fmt::join(resolved.unknown, ", "))}}};
  } else if (verdict.outcome == Outcome::kUnknown) {
    verdict.unknown_because = resolved.decision.not_addressed
                                  ? "whether the letters address this maker is not public"
                                  : "where the instrument applies is not public";
  }
  if (detail.flips) {
    verdict.borderline = rules::find_borderline(active, sheet, resolved.decision);
    if (!verdict.borderline.empty()) {
      verdict.flags.push_back(
          {"borderline",
           verdict.rule,
           {"Error bars of the specification could turn the verdict: {names}",
            {{"names", fmt::format("{}", fmt::join(verdict.borderline, "; "))}}}});
    }
    verdict.flips = rules::find_flips(active, sheet, resolved.decision);
    if (!verdict.flips.empty()) {
      verdict.nearest_flip = verdict.flips.front();
    }
  }
  return verdict;
}

Result<Verdict> classify(const Rules& rules, const Chip& chip, const Question& question,
                         const VerdictDetail& detail) {
  RL_TRY(inquiry, Inquiry::open(rules, question));
  return inquiry.classify(chip, detail);
}

}  // namespace redline

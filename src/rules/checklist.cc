#include "rules/checklist.h"

#include <algorithm>

#include <fmt/format.h>

#include "rules/instrument_records.h"

namespace redline::rules {
namespace {

// The comparisons of a check with their margins; empty where it asks for no number.
Message detail_of(const ChecklistEntry& entry, const Case& c, const Instrument& instrument) {
  std::string text;
  for (const ComparisonLine& line : comparisons(entry.when, c, instrument, entry.paragraph)) {
    text += text.empty() ? "" : "; ";
    if (!line.value) {
      text += fmt::format("{} ? {} {:g}", line.quantity, line.relation, line.limit);
      continue;
    }
    text +=
        fmt::format("{} {:.10g} {} {:g}", line.quantity, *line.value, line.relation, line.limit);
    if (line.margin_percent) {
      text += fmt::format(", {:+.2f} %", *line.margin_percent);
    }
  }
  return text;
}

ChecklistStatus answer_status(const ChecklistClause& clause, const Decision& decision) {
  const bool is_it =
      name_of(decision.exception) == clause.name || name_of(decision.review) == clause.name;
  if (is_it) {
    return ChecklistStatus::kMet;
  }
  const bool open = decision.outcome == Outcome::kUnknown || decision.review == Review::kUnknown;
  return open ? ChecklistStatus::kUnknown : ChecklistStatus::kNotMet;
}

ChecklistStatus status_of(const ChecklistClause& clause, const ChecklistEntry& entry,
                          const Case& c) {
  switch (entry.kind) {
    case ChecklistKind::kAnswer:
      return answer_status(clause, *c.decision);
    case ChecklistKind::kCertify:
      return ChecklistStatus::kToCertify;
    case ChecklistKind::kDo:
      return ChecklistStatus::kToDo;
    case ChecklistKind::kCheck:
      break;
  }
  switch (holds(entry.when, c)) {
    case Tri::kYes:
      return ChecklistStatus::kMet;
    case Tri::kNo:
      return ChecklistStatus::kNotMet;
    case Tri::kUnknown:
      break;
  }
  return ChecklistStatus::kUnknown;
}

}  // namespace

std::vector<Checklist> checklists_of(const Case& c) {
  std::vector<Checklist> lists;
  const CaughtItems in_text = caught_items(*c.rules, c.sheet->facts, false);
  for (const Instrument& instrument : c.book->instruments()) {
    for (const Version& version : instrument.versions) {
      if (standing(instrument, version, c.situation->date, *c.with) != Standing::kBinding) {
        continue;
      }
      for (const ChecklistClause& clause : version.checklists) {
        const bool concerned = (c.book->item_bits(clause.items) & in_text.maybe) != 0;
        if (!concerned || holds(clause.when, c) == Tri::kNo) {
          continue;
        }
        Checklist list{clause.name, clause.title, instrument.id, {}};
        for (const ChecklistEntry& entry : clause.entries) {
          list.lines.push_back({entry.text, status_of(clause, entry, c),
                                detail_of(entry, c, instrument), entry.paragraph});
        }
        lists.push_back(std::move(list));
      }
    }
  }
  // Those that are open come first.
  std::stable_partition(lists.begin(), lists.end(), [](const Checklist& list) {
    return std::none_of(list.lines.begin(), list.lines.end(), [](const ChecklistLine& line) {
      return line.status == ChecklistStatus::kNotMet;
    });
  });
  return lists;
}

}  // namespace redline::rules

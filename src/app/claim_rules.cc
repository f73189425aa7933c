// Formulas over the rules: verdicts, what sets them off, whom they reach, and since when.

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "app/claim_formulas.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

Result<Verdict> verdict_of(const Case& c, const Chip& chip, const std::string& place, Date date,
                           std::vector<Setting> settings = {}) {
  Question question;
  question.to = place;
  question.as_of = date;
  question.settings = std::move(settings);
  VerdictDetail detail;
  detail.flips = false;
  return classify(c.workspace.rules, chip, question, detail);
}

void add_rule(const Case& c, const std::string& id, std::vector<ClaimInput>& inputs) {
  const rules::Instrument* rule = c.workspace.rules.book().find(id);
  if (rule == nullptr) {
    return;
  }
  const auto& known = rule->published ? rule->published : rule->issued;
  inputs.push_back({rule->id, "rule", rule->title,
                    known ? std::optional(known->latest()) : std::nullopt, rule->sources});
}

Result<Finding> run_verdict(const Case& c) {
  const Chip& chip = c.chip(0);
  std::vector<Setting> settings;
  for (std::size_t i = 3; i < c.size(); ++i) {
    const std::string& text = c.claim.inputs[i];
    const auto equals = text.find('=');
    settings.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  RL_TRY(verdict, verdict_of(c, chip, c.claim.inputs[1], c.date(2), std::move(settings)));
  Finding finding;
  finding.inputs.push_back(input_of(chip, chip.name, {}));
  add_rule(c, verdict.rule, finding.inputs);
  if (verdict.outcome == Outcome::kUnknown) {
    return finding;
  }
  finding.found = std::string(name_of(verdict.outcome));
  finding.arithmetic =
      fmt::format("{} to {} on {}{}", chip.id, c.claim.inputs[1], c.claim.inputs[2],
                  verdict.rule.empty() ? "" : " (" + verdict.rule + ")");
  finding.verdict = agree(finding.found == c.claim.stated.front());
  return finding;
}

std::optional<double> quantity_of(const Verdict& verdict, const std::string& name) {
  for (const QuantityLine& line : verdict.quantities) {
    if (line.name == name) {
      return line.value;
    }
  }
  return std::nullopt;
}

// Inputs: a chip that is free, the chip whose quantities are lent to it, place, day, quantities.
Result<Finding> run_criterion(const Case& c) {
  const Chip& base = c.chip(0);
  const Chip& lender = c.chip(1);
  const std::string& place = c.claim.inputs[2];
  const Date date = c.date(3);
  RL_TRY(lent, verdict_of(c, lender, place, date));
  RL_TRY(plain, verdict_of(c, base, place, date));
  Finding finding;
  finding.inputs = {input_of(base, base.name, {}), input_of(lender, lender.name, {})};
  add_rule(c, lent.rule, finding.inputs);
  std::vector<Setting> all;
  std::vector<std::string> working{fmt::format("neither: {}", name_of(plain.outcome))};
  bool any_alone = false;
  bool open = plain.outcome == Outcome::kUnknown;
  for (std::size_t i = 4; i < c.size(); ++i) {
    const std::string& name = c.claim.inputs[i];
    const auto value = quantity_of(lent, name);
    if (!value) {
      return finding;
    }
    const Setting setting{name, fmt::format("{}", *value)};
    RL_TRY(alone, verdict_of(c, base, place, date, {setting}));
    working.push_back(fmt::format("{}={} alone: {}", name, setting.value, name_of(alone.outcome)));
    any_alone = any_alone || alone.outcome == Outcome::kLicenseRequired;
    open = open || alone.outcome == Outcome::kUnknown;
    all.push_back(setting);
  }
  RL_TRY(together, verdict_of(c, base, place, date, all));
  working.push_back(fmt::format("together: {}", name_of(together.outcome)));
  finding.arithmetic = fmt::format("{}", fmt::join(working, "; "));
  if (plain.outcome == Outcome::kLicenseRequired || (open && !any_alone)) {
    return finding;
  }
  finding.found = any_alone ? "or" : together.outcome == Outcome::kLicenseRequired ? "and" : "none";
  finding.verdict = agree(finding.found == c.claim.stated.front());
  return finding;
}

Result<Finding> run_places_caught(const Case& c) {
  const Chip& chip = c.chip(0);
  std::vector<std::string> caught;
  Finding finding;
  finding.inputs.push_back(input_of(chip, chip.name, {}));
  std::set<std::string> rules;
  for (const Place& place : c.workspace.catalog.geography.places) {
    RL_TRY(before, verdict_of(c, chip, place.code, c.date(1)));
    RL_TRY(after, verdict_of(c, chip, place.code, c.date(2)));
    if (before.outcome != Outcome::kLicenseRequired && after.outcome == Outcome::kLicenseRequired) {
      caught.push_back(place.code);
      rules.insert(after.rule);
    }
  }
  for (const std::string& rule : rules) {
    add_rule(c, rule, finding.inputs);
  }
  finding.found = fmt::format("{} places", caught.size());
  finding.arithmetic = fmt::format("{}", fmt::join(caught, " "));
  std::size_t named = 0;
  bool all = true;
  bool others = false;
  for (const std::string& word : c.claim.stated) {
    others = others || word == "others";
    named += word == "others" ? 0U : 1U;
    all = all && (word == "others" || has_word(caught, word));
  }
  finding.verdict = agree(all && (others ? caught.size() > named : caught.size() == named));
  return finding;
}

// The first day on which a chip needs a license; nothing if it never does.
struct Control {
  std::optional<Date> since;
  std::string rule;
  bool unknown = false;  // an answer before that day is not known
};

Result<Control> control_of(const Case& c, const Chip& chip, const std::string& place) {
  Question question;
  question.to = place;
  Control control;
  VerdictDetail detail;
  detail.flips = false;
  for (const Date day : c.workspace.rules.book().boundaries()) {
    question.as_of = day;
    RL_TRY(verdict, classify(c.workspace.rules, chip, question, detail));
    if (verdict.outcome == Outcome::kLicenseRequired) {
      control.since = day;
      control.rule = verdict.rule;
      return control;
    }
    control.unknown = control.unknown || verdict.outcome == Outcome::kUnknown;
  }
  return control;
}

Result<Finding> run_controlled_from(const Case& c) {
  Finding finding;
  std::optional<Interval<Date>> all;
  std::vector<std::string> working;
  for (std::size_t i = 1; i < c.size(); ++i) {
    const Chip& chip = c.chip(i);
    RL_TRY(control, control_of(c, chip, c.claim.inputs[0]));
    finding.inputs.push_back(input_of(chip, chip.name, {}));
    if (!control.since || control.unknown) {
      return finding;
    }
    add_rule(c, control.rule, finding.inputs);
    working.push_back(
        fmt::format("{} {} ({})", chip.id, format_date(*control.since), control.rule));
    const Interval<Date> one{*control.since, *control.since};
    all = all ? hull(*all, one) : one;
  }
  finding.arithmetic = fmt::format("{}", fmt::join(working, "; "));
  return judge_dates(c, std::move(finding), all);
}

// Chips that the vendor made for China, with the day on which each came to need a license there.
struct MadeForChina {
  const Chip* chip = nullptr;
  Control control;
  Date announced{};
};

Result<std::vector<MadeForChina>> made_for_china(const Case& c, const std::string& vendor,
                                                 const std::string& place) {
  std::vector<MadeForChina> all;
  for (const Chip& chip : c.workspace.catalog.chips) {
    const auto& first = chip.announced ? chip.announced : chip.launched;
    if (!chip.designed_for_china || chip.vendor != vendor || !first) {
      continue;
    }
    RL_TRY(control, control_of(c, chip, place));
    all.push_back({&chip, std::move(control), first->earliest()});
  }
  std::sort(all.begin(), all.end(), [](const MadeForChina& a, const MadeForChina& b) {
    return std::tie(a.announced, a.chip->id) < std::tie(b.announced, b.chip->id);
  });
  return all;
}

void add_families(const std::vector<const Chip*>& chips, Finding& finding,
                  std::vector<std::string>& families) {
  for (const Chip* chip : chips) {
    finding.inputs.push_back(input_of(*chip, chip->name, {}));
    if (!has_word(families, chip->family)) {
      families.push_back(chip->family);
    }
  }
}

Result<Finding> run_lineage(const Case& c) {
  const std::string& place = c.claim.inputs[0];
  const Chip& first = c.chip(1);
  Finding finding;
  std::optional<Date> controlled;
  for (std::size_t i = 1; i < c.size(); ++i) {
    RL_TRY(control, control_of(c, c.chip(i), place));
    finding.inputs.push_back(input_of(c.chip(i), c.chip(i).name, {}));
    if (!control.since || control.unknown) {
      return finding;
    }
    add_rule(c, control.rule, finding.inputs);
    controlled = controlled ? std::max(*controlled, *control.since) : *control.since;
  }
  RL_TRY(made, made_for_china(c, first.vendor, place));
  // The generation ends when the first of it comes under control itself.
  std::vector<const Chip*> generation;
  std::optional<Date> end;
  for (const MadeForChina& one : made) {
    if (one.announced < *controlled || (end && one.announced >= *end)) {
      continue;
    }
    generation.push_back(one.chip);
    end = end ? end : one.control.since;
  }
  std::vector<std::string> families;
  add_families(generation, finding, families);
  if (families.empty()) {
    return finding;
  }
  finding.found = fmt::format("{}", fmt::join(families, ", "));
  finding.arithmetic = fmt::format("controlled {}; successors{}: {}", format_date(*controlled),
                                   end ? " until " + format_date(*end) : "", finding.found);
  const bool same = families.size() == c.claim.stated.size() &&
                    std::all_of(c.claim.stated.begin(), c.claim.stated.end(),
                                [&](const std::string& w) { return has_word(families, w); });
  finding.verdict = agree(same);
  return finding;
}

Result<Finding> run_first_of_kind(const Case& c) {
  const Chip& chip = c.chip(0);
  const std::string& place = c.claim.inputs[1];
  RL_TRY(stated, parse_stated_count(c.claim.stated.front()));
  RL_TRY(control, control_of(c, chip, place));
  Finding finding;
  finding.inputs.push_back(input_of(chip, chip.name, {}));
  if (!control.since || control.unknown) {
    return finding;
  }
  add_rule(c, control.rule, finding.inputs);
  RL_TRY(made, made_for_china(c, chip.vendor, place));
  std::map<Date, std::vector<const Chip*>> earlier;
  for (const MadeForChina& one : made) {
    if (one.control.since && *one.control.since < *control.since &&
        one.announced < *one.control.since) {
      earlier[*one.control.since].push_back(one.chip);
    }
  }
  std::vector<std::string> working;
  for (const auto& [day, chips] : earlier) {
    std::vector<std::string> families;
    add_families(chips, finding, families);
    working.push_back(fmt::format("{} {}", format_date(day), fmt::join(families, ", ")));
  }
  working.push_back(fmt::format("{} {}", format_date(*control.since), chip.family));
  const auto place_in_row = static_cast<int>(earlier.size()) + 1;
  finding.found = std::to_string(place_in_row);
  finding.bounds =
      Interval<double>{static_cast<double>(place_in_row), static_cast<double>(place_in_row)};
  finding.arithmetic = fmt::format("{}", fmt::join(working, "; "));
  finding.verdict = agree(place_in_row == stated);
  return finding;
}

}  // namespace

std::vector<Formula> rule_formulas() {
  constexpr Parameter kChip{Param::kChip};
  constexpr Parameter kPlace{Param::kPlace};
  constexpr Parameter kDate{Param::kDate};
  constexpr Parameter kChips{Param::kChip, Repeat::kOnceOrMore};
  return {
      {"verdict",
       "The outcome for the chip to the place on the day, with quantities set.",
       StatedKind::kChoice,
       {kChip, kPlace, kDate, {Param::kSetting, Repeat::kAnyNumber}},
       {"no-license", "license-exception", "license-required"},
       run_verdict},
      {"criterion",
       "The first chip takes quantities of the second: whether any one of them brings a license "
       "requirement, or only all together.",
       StatedKind::kChoice,
       {kChip, kChip, kPlace, kDate, {Param::kQuantity, Repeat::kOnceOrMore}},
       {"or", "and", "none"},
       run_criterion},
      {"places-caught",
       "The places to which the chip needs a license on the second day and did not on the first; "
       "`others` stands for more than those stated.",
       StatedKind::kWords,
       {kChip, kDate, kDate},
       {},
       run_places_caught},
      {"controlled-from",
       "The first day on which each chip needs a license to the place.",
       StatedKind::kDates,
       {kPlace, kChips},
       {},
       run_controlled_from},
      {"lineage",
       "The families that their maker made for China once the chips were controlled, up to the day "
       "on which these were controlled themselves.",
       StatedKind::kWords,
       {kPlace, kChips},
       {},
       run_lineage},
      {"first-of-kind",
       "The day on which the chip came under control, counted among the days on which chips made "
       "for China and out by then did: 1 is the first.",
       StatedKind::kCount,
       {kChip, kPlace},
       {},
       run_first_of_kind},
  };
}

}  // namespace redline::app

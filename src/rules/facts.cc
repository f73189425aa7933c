#include "rules/facts.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "redline/quantity.h"

#include "base/nearest.h"

namespace redline::rules {
namespace {

Interval<double> density(Interval<double> tpp, Interval<double> die) {
  const double low = std::isfinite(die.high) && die.high > 0.0 ? tpp.low / die.high : 0.0;
  const double high = die.low > 0.0 ? tpp.high / die.low : kInfinity;
  return {low, high};
}

void take(ItemSheet& sheet, Number number, const Estimate& estimate) {
  const auto index = static_cast<std::size_t>(number);
  sheet.facts[number] =
      estimate.value ? Interval<double>{*estimate.value, *estimate.value} : estimate.bounds;
  sheet.bounds[index] = estimate.bounds;
  sheet.from[index] = estimate.from;
}

// The unit of a quantity in rule texts, as a dimension and its size in base units.
struct RuleUnit {
  Number number;
  Dimension dimension;
  double size;
};
constexpr RuleUnit kRuleUnits[] = {
    {Number::kDie, SquareMm::kDimension, 1.0},
    {Number::kIoBidir, BytesPerSecond::kDimension, 1e9},
    {Number::kDramBw, BytesPerSecond::kDimension, 1e9},
    {Number::kLetterIo, BytesPerSecond::kDimension, 1e9},
    {Number::kAtc, Count::kDimension, 1.0},
};

tl::unexpected<Error> bad_setting(const Setting& setting, std::string_view why,
                                  std::vector<std::string> help) {
  return fail(Code::kBadSetting, fmt::format("--set {}={}: {}", setting.key, setting.value, why),
              std::move(help));
}

Result<double> parse_rule_number(const Setting& setting, Number number) {
  double value = 0.0;
  const char* end = setting.value.data() + setting.value.size();
  const auto [rest, error] = std::from_chars(setting.value.data(), end, value);
  if (error == std::errc{} && rest == end) {
    if (!std::isfinite(value) || value < 0.0) {
      return bad_setting(setting, "the number must be finite and not negative", {});
    }
    return value;
  }
  for (const RuleUnit& unit : kRuleUnits) {
    if (unit.number == number) {
      auto base = parse_quantity(setting.value, unit.dimension);
      if (base && *base >= 0.0) {
        return *base / unit.size;
      }
      return bad_setting(setting, base ? "the number must not be negative" : base.error().message,
                         base ? std::vector<std::string>{} : base.error().help);
    }
  }
  return bad_setting(setting, fmt::format("expected a number in {}", info_of(number).unit),
                     {"write --set tpp=2300, or --set tpp=unknown"});
}

Result<Tri> parse_truth(const Setting& setting) {
  const std::string value = to_lower(setting.value);
  if (value == "true" || value == "yes") {
    return Tri::kYes;
  }
  if (value == "false" || value == "no") {
    return Tri::kNo;
  }
  if (value == "unknown" || value == "?") {
    return Tri::kUnknown;
  }
  return bad_setting(setting, "expected true, false or unknown", {});
}

Result<bool> apply(ItemSheet& sheet, const SymbolTable& symbols, const Setting& setting) {
  const NameInfo* info = find_name(setting.key);
  const bool unknown = to_lower(setting.value) == "unknown" || setting.value == "?";
  if (info == nullptr ||
      (info->owner == NameOwner::kCircumstance && setting.key != "exporter_role")) {
    std::vector<std::string_view> names;
    for (const NameInfo& n : kNames) {
      if (n.owner != NameOwner::kCircumstance || n.name == "exporter_role") {
        names.push_back(n.name);
      }
    }
    std::vector<std::string> help;
    for (const std::string_view near : nearest_names(setting.key, names)) {
      help.push_back(fmt::format("similar quantity: {}", near));
    }
    help.push_back(info != nullptr ? "destination, owner, origin, user and date have options of "
                                     "their own: --to, --hq, --from, --end-user, --as-of"
                                   : fmt::format("quantities: {}", fmt::join(names, ", ")));
    return bad_setting(setting, "there is no such quantity to set", std::move(help));
  }
  if (info->owner == NameOwner::kNumber) {
    const auto number = static_cast<Number>(info->index);
    Interval<double> value = kUnknownNumber;
    if (!unknown) {
      RL_TRY(parsed, parse_rule_number(setting, number));
      value = {parsed, parsed};
    }
    sheet.pd_fixed = sheet.pd_fixed || number == Number::kPd;
    set_number(sheet.facts, number, value, sheet.pd_fixed);
    sheet.bounds[info->index] = value;
    sheet.from[info->index] = "set by the user";
    if (number == Number::kTpp) {
      sheet.bounds[static_cast<std::size_t>(Number::kBitsTops)] = value;
      sheet.from[static_cast<std::size_t>(Number::kBitsTops)] = "follows tpp";
    }
    if (!sheet.pd_fixed && (number == Number::kTpp || number == Number::kDie)) {
      sheet.from[static_cast<std::size_t>(Number::kPd)] = "tpp / die";
      sheet.bounds[static_cast<std::size_t>(Number::kPd)] =
          density(sheet.bounds[static_cast<std::size_t>(Number::kTpp)],
                  sheet.bounds[static_cast<std::size_t>(Number::kDie)]);
    }
    return true;
  }
  if (info->owner == NameOwner::kBoolean) {
    RL_TRY(truth, parse_truth(setting));
    sheet.facts.boolean[info->index] = truth;
    return true;
  }
  if (info->owner == NameOwner::kText) {
    sheet.facts.text[info->index] = unknown ? kUnknownText : symbols.find(setting.value);
  }
  return true;
}

Symbol symbol_of(const SymbolTable& symbols, const std::string& text, Symbol if_empty) {
  return text.empty() ? if_empty : symbols.find(text);
}

void take_texts(ItemSheet& sheet, const Chip& chip, const SymbolTable& symbols) {
  ItemFacts& facts = sheet.facts;
  facts[Text::kChip] = symbols.find(chip.id);
  facts[Text::kKind] = symbols.find(chip.kind == ChipKind::kAccelerator ? "accelerator" : "memory");
  // A part without a family, or of a vendor that no rule names, is known to be none of those named.
  facts[Text::kFamily] = symbol_of(symbols, chip.family, kOtherText);
  facts[Text::kVendor] = symbol_of(symbols, chip.vendor, kOtherText);
  facts[Text::kFoundry] = symbol_of(symbols, foundry_of(chip), kUnknownText);
  facts[Text::kDesignerHq] = symbol_of(symbols, chip.designer_hq, kUnknownText);
}

}  // namespace

void set_number(ItemFacts& facts, Number number, Interval<double> value, bool pd_fixed) {
  facts[number] = value;
  if (number == Number::kTpp) {
    facts[Number::kBitsTops] = value;
  }
  if (!pd_fixed && (number == Number::kTpp || number == Number::kDie)) {
    facts[Number::kPd] = density(facts[Number::kTpp], facts[Number::kDie]);
  }
}

Result<ItemSheet> item_sheet(const Chip& chip, const SymbolTable& symbols, Date as_of,
                             const std::vector<Setting>& settings) {
  const LegalQuantities q = legal_quantities(chip);
  ItemSheet sheet;
  take(sheet, Number::kTpp, q.tpp);
  take(sheet, Number::kDie, q.die);
  take(sheet, Number::kPd, q.pd);
  take(sheet, Number::kBitsTops, q.bits_tops);
  take(sheet, Number::kIoBidir, q.io_bidir);
  take(sheet, Number::kDramBw, q.dram_bw);
  take(sheet, Number::kLetterIo, q.letter_io);
  take(sheet, Number::kMbd, q.mbd);
  take(sheet, Number::kAtc, q.atc);
  take(sheet, Number::kNodeNm, q.node_nm);
  const auto year =
      static_cast<double>(static_cast<int>(std::chrono::year_month_day{as_of}.year()));
  take(sheet, Number::kYear, {year, {year, year}, "year of the date"});
  if (q.nonplanar == false) {
    // Planar dies are left out of the area: with an empty denominator no density is met.
    take(sheet, Number::kPd, {0.0, {0.0, 0.0}, "planar node: no applicable die area"});
    sheet.pd_fixed = true;
  }
  ItemFacts& facts = sheet.facts;
  facts[Boolean::kDc] = chip.datacenter ? to_tri(chip.datacenter->value) : Tri::kUnknown;
  facts[Boolean::kHasHbm] =
      chip.memory.type.empty() ? Tri::kUnknown : to_tri(chip.memory.type.compare(0, 3, "HBM") == 0);
  // A record of memory is a stack of its own; in the package of a processor it is set so.
  facts[Boolean::kCopackaged] = chip.kind == ChipKind::kMemory ? Tri::kNo : Tri::kUnknown;
  facts[Boolean::kUsAvailable] = to_tri(available_in_us(chip));
  facts[Boolean::kNonplanar] = to_tri(q.nonplanar);
  take_texts(sheet, chip, symbols);
  for (const Setting& setting : settings) {
    RL_TRY(applied, apply(sheet, symbols, setting));
    (void)applied;
  }
  return sheet;
}

Result<Situation> situation_of(const Question& question) {
  Situation s;
  s.dest = question.to;
  s.hq = question.hq.empty() ? question.to : question.hq;
  s.export_from = question.from;
  s.end_user = question.end_user;
  s.form = name_of(question.form);
  s.date = question.as_of;
  for (const Setting& setting : question.settings) {
    if (setting.key == "exporter_role") {
      const std::string role = to_lower(setting.value);
      if (role != "vendor" && role != "foundry") {
        return bad_setting(setting, "expected vendor or foundry", {});
      }
      s.exporter_role = role;
    }
  }
  return s;
}

}  // namespace redline::rules

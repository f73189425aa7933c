#include "exposure/model_names.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest.h"

namespace redline::exposure {
namespace {

constexpr Dimension kDollars{.usd = 1};

template <class T>
const T* by_id(const std::vector<T>& list, std::string_view id) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const T& one) { return one.id == id; });
  return found == list.end() ? nullptr : &*found;
}

// "FY26Q1", or "FY26Q1..FY26Q4", as places in the quarters of a firm.
Result<std::pair<std::size_t, std::size_t>> quarters_of(const Firm& firm, std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto place = [&](std::string_view one) -> std::optional<std::size_t> {
    for (std::size_t q = 0; q < firm.quarters.size(); ++q) {
      if (name_of(firm.quarters[q].name) == one) {
        return q;
      }
    }
    return std::nullopt;
  };
  const auto first = place(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : place(text.substr(dots + 2));
  if (!first || !last || *last < *first) {
    return fail(
        Code::kUnknownReference, fmt::format("'{}' is no quarter of the scenario", text),
        {fmt::format("quarters of {}: {} to {}", firm.title, name_of(firm.quarters.front().name),
                     name_of(firm.quarters.back().name))});
  }
  return std::pair{*first, *last};
}

}  // namespace

bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text.front()) && text.back() != '.' &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.'; });
}

Result<Slot> ModelNames::value(std::string_view name) {
  if (const QuantityInfo* found = by_id(model_.quantities, name)) {
    return Slot{found->slot, found->kind};
  }
  if (by_id(model_.events, name) != nullptr) {
    return fail(Code::kFormulaSyntax, fmt::format("'{}' is an event, not a number", name),
                {fmt::format("ask by({}, DATE) or days({}, DATE)", name, name)});
  }
  return fail(Code::kUnknownReference, fmt::format("there is no quantity '{}'", name));
}

std::vector<std::string> ModelNames::names() const {
  std::vector<std::string> all;
  for (const QuantityInfo& one : model_.quantities) {
    all.push_back(one.id);
  }
  return all;
}

Result<std::optional<SlotIndex>> ModelNames::event(std::string_view name) {
  const EventInfo* found = by_id(model_.events, name);
  return found == nullptr ? std::nullopt : std::optional(found->slot);
}

std::vector<std::string> ModelNames::event_names() const {
  std::vector<std::string> all;
  for (const EventInfo& one : model_.events) {
    all.push_back(one.id);
  }
  return all;
}

Result<std::vector<Slot>> ModelNames::call(const WorldCall& call) {
  return call.name == "by" || call.name == "days" ? day_call(call) : result_call(call);
}

Result<std::vector<Slot>> ModelNames::day_call(const WorldCall& call) {
  if (call.arguments.size() != 2) {
    return fail(Code::kFormulaSyntax,
                fmt::format("{} has {} arguments", call.name, call.arguments.size()),
                {fmt::format("write {}(event, 2025-12-31)", call.name)});
  }
  RL_TRY(found, event(call.arguments[0]));
  if (!found) {
    return fail(Code::kUnknownReference, fmt::format("there is no event '{}'", call.arguments[0]),
                {did_you_mean(call.arguments[0], event_names(),
                              "define it as an [[event]], or correct the name")});
  }
  RL_TRY(day, parse_date(call.arguments[1]));
  const bool by = call.name == "by";
  const auto slot = static_cast<SlotIndex>(model_.row.size());
  model_.row.push_back(0.0);
  model_.nodes.push_back(
      {NodeKind::kDay, static_cast<std::uint32_t>(model_.day_nodes.size()), slot});
  model_.day_nodes.push_back(
      {*found, day_number(day), by, model_.firms.front().quarters.back().last});
  ValueKind kind;
  if (!by) {
    kind.dimension = {.second = 1};
  }
  return std::vector{Slot{slot, kind}};
}

Result<std::vector<Slot>> ModelNames::result_call(const WorldCall& call) {
  if (!results) {
    return fail(Code::kFormulaSyntax,
                fmt::format("{} is a result: inputs cannot depend on results", call.name),
                {"ask for it in an [[answer]]"});
  }
  if (call.arguments.empty() || call.arguments.size() > 2) {
    return fail(Code::kFormulaSyntax,
                fmt::format("{} has {} arguments", call.name, call.arguments.size()),
                {fmt::format("write {}(line or firm, FY26Q1), or FY26Q1..FY26Q4", call.name)});
  }
  const Line* line = by_id(model_.lines, call.arguments[0]);
  const Firm* firm =
      line != nullptr ? &model_.firms[line->firm] : by_id(model_.firms, call.arguments[0]);
  if (firm == nullptr) {
    std::vector<std::string_view> known;
    for (const Line& one : model_.lines) {
      known.push_back(one.id);
    }
    for (const Firm& one : model_.firms) {
      known.push_back(one.id);
    }
    return fail(Code::kUnknownReference,
                fmt::format("there is no line or firm '{}'", call.arguments[0]),
                {did_you_mean(call.arguments[0], known,
                              fmt::format("there are: {}", fmt::join(known, ", ")))});
  }
  std::pair<std::size_t, std::size_t> range{0, model_.quarters - 1};
  if (call.arguments.size() == 2) {
    RL_TRY(found, quarters_of(*firm, call.arguments[1]));
    range = found;
  }
  const std::size_t count = range.second - range.first + 1;
  ValueKind kind{kDollars, Form::kFlow};
  kind.length = count == 1   ? Length::kQuarter
                : count == 2 ? Length::kHalf
                : count == 4 ? Length::kYear
                             : Length::kNone;
  std::vector<Slot> slots;
  const auto add = [&](auto which, auto measure) {
    for (std::size_t q = range.first; q <= range.second; ++q) {
      slots.push_back({model_.slot_of(which, measure, q), kind, line == nullptr});
    }
  };
  if (line != nullptr) {
    const auto index = static_cast<std::size_t>(line - model_.lines.data());
    if (call.name == "revenue") {
      add(index, LineMeasure::kRevenue);
    } else if (call.name == "blocked") {
      add(index, LineMeasure::kBlocked);
    } else if (call.name == "released") {
      add(index, LineMeasure::kReleased);
    }
    if (call.name == "inventory_charge" || call.name == "charge") {
      add(index, LineMeasure::kInventoryCharge);
    }
    if (call.name == "purchase_charge" || call.name == "charge") {
      add(index, LineMeasure::kPurchaseCharge);
    }
    if (slots.empty()) {
      return fail(Code::kFormulaSyntax,
                  fmt::format("{} is asked of firms, not of lines", call.name),
                  {fmt::format("write {}({}, …)", call.name, firm->id)});
    }
    return slots;
  }
  static constexpr auto kOfFirm = std::to_array<std::pair<std::string_view, FirmMeasure>>(
      {{"revenue", FirmMeasure::kRevenue},
       {"charge", FirmMeasure::kCharge},
       {"gross_profit", FirmMeasure::kGrossProfit},
       {"net", FirmMeasure::kNet},
       {"cash", FirmMeasure::kCash},
       {"released", FirmMeasure::kReleased}});
  for (const auto& [name, measure] : kOfFirm) {
    if (name == call.name) {
      add(static_cast<std::size_t>(firm - model_.firms.data()), measure);
      return slots;
    }
  }
  return fail(Code::kFormulaSyntax, fmt::format("{} is asked of lines, not of firms", call.name),
              {"name a line"});
}

}  // namespace redline::exposure

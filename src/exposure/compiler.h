#pragma once
// Makes a scenario ready: finds every problem, puts everything in the order in which it can be
// worked out.

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "redline/quantity.h"

#include "base/nearest.h"
#include "exposure/model.h"
#include "exposure/model_names.h"

namespace redline::exposure {

inline constexpr Dimension kUsd{.usd = 1}, kTime{.second = 1}, kPure{};
inline constexpr double kSecondsADay = 86400.0;

[[nodiscard]] inline std::string unit_name(Dimension dimension) {
  return dimension == kPure ? "a number without a unit"
                            : std::string(dimension_words(dimension).name);
}

// What a place takes.
struct Wanted {
  Dimension dimension;
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  Form form = Form::kPlain;  // that it may have besides kPlain
  bool probability = false;
};
inline constexpr Wanted kShare{kPure, 0.0, 1.0};
inline constexpr Wanted kProbabilityOf{kPure, 0.0, 1.0, Form::kPlain, true};
inline constexpr Wanted kNumber{kPure, 0.0};
inline constexpr Wanted kPrice{kPure, 0.001};
inline constexpr Wanted kGrowthRate{kPure, -1.0};
inline constexpr Wanted kMoneyFlow{kUsd, 0.0, std::numeric_limits<double>::infinity(), Form::kFlow};
inline constexpr Wanted kMoney{kUsd, 0.0, std::numeric_limits<double>::infinity(), Form::kStock};
inline constexpr Wanted kDuration{kTime, 0.0};

class Compiler : public ModelNames {
 public:
  Compiler(const ExposureRecord& record, const data::Node& root, const ScenarioContext& context,
           Model& model, Diagnostics& errors)
      : ModelNames(model), r_(record), root_(root), c_(context), errors_(errors) {}

  void compile();
  static Loaded<AnswerInfo> answer_of(FormulaNames& names, const std::string& id,
                                      const std::string& what, const std::string& text,
                                      const std::string& unit);
  Result<Slot> value(std::string_view name) override;
  std::vector<std::string> event_names() const override;
  std::vector<std::string> names() const override;

 protected:
  Result<std::optional<SlotIndex>> event(std::string_view name) override;

 private:
  enum class State : std::uint8_t { kNew, kUnderWay, kDone };

  // --- problems
  void report(Error error, const data::Node& node);
  void report(Code code, std::string message, const data::Node& node, std::string help) {
    report(Error{code, std::move(message), std::nullopt, {std::move(help)}, {}}, node);
  }
  template <class Known>
  void unknown(std::string_view noun, std::string_view name, const Known& known,
               const data::Node& node) {
    std::vector<std::string_view> names;
    for (const auto& one : known) {
      names.push_back(one.id);
    }
    report(Code::kUnknownReference, fmt::format("there is no {} '{}'", noun, name), node,
           did_you_mean(name, names,
                        names.empty() ? fmt::format("define it as a [[{}]]", noun)
                                      : fmt::format("there are: {}", fmt::join(names, ", "))));
  }
  static data::Node item(const data::Node& list, std::size_t index) {
    const auto items = list.items();
    return index < items.size() ? items[index] : list;
  }
  void check_ids();

  // --- numbers
  SlotIndex new_slot(double value) {
    model_.row.push_back(value);
    return static_cast<SlotIndex>(model_.row.size() - 1);
  }
  SlotIndex constant(double value);
  // The slot of what is drawn or stands fast.
  SlotIndex drawn(const Distribution& distribution, double factor, int& dimension);
  SlotIndex worked_out(Formula formula);
  // A cycle: the names from where it begins.
  tl::unexpected<Error> cycle(const std::string& name);
  Result<std::size_t> made_quantity(std::size_t i);
  Result<std::size_t> made_event(std::size_t i);
  void late(const std::string& what, Date dated, const data::Node& node);
  // Sources that there are and that had been published.
  void check_sources(const std::vector<std::string>& sources, const data::Node& node);
  void make_quantity(std::size_t i);
  void from_formula(const QuantityRecord& q, QuantityInfo& info);
  static void show_in_unit(QuantityInfo& info);
  void show(const Distribution& distribution, QuantityInfo& info) {
    info.shown = distribution.describe();
    info.distribution = distribution;
  }
  void from_literal(const QuantityRecord& q, QuantityInfo& info);
  void from_figure(const QuantityRecord& q, QuantityInfo& info, const data::Node& node);
  // What a published figure is by its period and its name.
  [[nodiscard]] ValueKind kind_of(const MarketFigure& figure) const;
  [[nodiscard]] Length length_of(const std::string& period) const;
  void from_precedents(const QuantityRecord& q, QuantityInfo& info, const data::Node& node);
  // The predictive distribution of the next number: Student's t around the mean of the logarithms
  // (of the numbers, where one is not positive), as the normal of the same 90 % interval.
  void from_numbers(const std::vector<const CaseRecord*>& cases, const SeriesRecord& series,
                    QuantityInfo& info, const data::Node& node);
  void from_ask(const QuantityRecord& q, QuantityInfo& info, const data::Node& node);

  // --- places that take a number
  std::string owner(const std::string& id, std::string_view field) {
    return fmt::format("{}.{}", id, field);
  }
  SlotIndex input(const ValueText& text, const std::string& name, const Wanted& wanted,
                  double otherwise) {
    return text ? required_input(text, name, wanted) : constant(otherwise);
  }
  std::optional<SlotIndex> optional_input(const ValueText& text, const std::string& name,
                                          const Wanted& wanted) {
    return text ? std::optional(required_input(text, name, wanted)) : std::nullopt;
  }
  SlotIndex required_input(const ValueText& text, const std::string& name, const Wanted& wanted);
  bool check_kind(const ValueText& text, const std::string& what, const ValueKind& kind,
                  const Wanted& wanted);
  void check_bounds(const ValueText& text, const Distribution& distribution, double factor,
                    const Wanted& wanted);

  // --- events
  std::vector<SlotIndex> event_slots(const std::vector<std::string>& names, const data::Node& node);
  void make_event(std::size_t i);

  // --- firms, lines, markets, options
  void add_firms();
  void add_firm_inputs();
  template <class T>
  int index_of(const std::vector<T>& list, const std::string& id, std::string_view noun,
               const data::Node& node) {
    if (id.empty()) {
      return kNone;
    }
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const T& one) { return one.id == id; });
    if (found == list.end()) {
      unknown(noun, id, list, node);
      return kNone;
    }
    return static_cast<int>(found - list.begin());
  }
  void add_lines();
  // A line that another one refers to has to stand before it.
  int line_before(std::size_t i, const std::string& id, const data::Node& node);
  void add_line(std::size_t i, const data::Node& node);
  void add_markets();
  void add_options();

  // --- correlations and factors
  std::optional<unsigned> dimension_named(const std::string& name, const data::Node& node);
  void add_correlations();
  // The nearest matrix with four digits that can be; a little nearer to 0 where rounding led out.
  static CorrelationMatrix offered_for(const CorrelationMatrix& matrix);
  // Inputs one by one; those that a correlation joins are one.
  void add_factors();

  // --- answers
  void add_answers();
  void add_beliefs();

  const ExposureRecord& r_;
  const data::Node& root_;
  const ScenarioContext& c_;
  Diagnostics& errors_;
  std::map<std::string, std::size_t, std::less<>> quantity_at_, event_at_;
  std::vector<State> quantity_state_, event_state_;
  std::vector<std::size_t> made_quantities_, made_events_;
  std::vector<std::string> under_way_;
  std::set<std::size_t> failed_;  // quantities of the model that have no value
  std::map<double, SlotIndex> constants_;
};

}  // namespace redline::exposure

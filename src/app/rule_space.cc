#include "app/rule_space.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "app/classify.h"
#include "app/search_chip.h"
#include "app/vary.h"
#include "app/work_records.h"
#include "base/nearest.h"
#include "data/node.h"

namespace redline::data {

// A limit at nothing would let nothing through.
constexpr double kLeastLimit = 1e-6;

template <>
struct EnumNames<ReplyObjective> {
  static constexpr NameList<ReplyObjective, 3> kNames{{{"chip", ReplyObjective::kChip},
                                                       {"dollar", ReplyObjective::kDollar},
                                                       {"watt", ReplyObjective::kWatt}}};
};
template <>
struct EnumNames<app::LeakMeasure> {
  static constexpr NameList<app::LeakMeasure, 2> kNames{
      {{"part", app::LeakMeasure::kPart}, {"dollar", app::LeakMeasure::kDollar}}};
};
template <>
struct Record<app::RuleThreshold> {
  using T = app::RuleThreshold;
  static constexpr std::string_view kName = "threshold";
  static constexpr std::string_view kDoc = "A limit that moves.";
  static constexpr auto fields() {
    return std::tuple{
        field("quantity", &T::quantity,
              {.required = true, .doc = "What it limits: tpp, pd, dram_bw + letter_io …"}),
        field("value", &T::value, {.min = kLeastLimit, .doc = "Where it stands in the rules."}),
        field("range", &T::range, {.doc = "How far it moves both ways, such as ±50%."}),
        field("from", &T::from, {.min = kLeastLimit, .doc = "Lowest value."}),
        field("to", &T::to, {.min = kLeastLimit, .doc = "Highest value."}),
        field("values", &T::values, {.min = kLeastLimit, .doc = "Values one by one."}),
        field("steps", &T::steps, {.min = 2, .max = 1000, .doc = "Values of a range."}),
    };
  }
};
template <>
struct Record<app::RuleQuantities> {
  using Q = app::RuleQuantities;
  static constexpr std::string_view kName = "quantity";
  static constexpr std::string_view kDoc = "How many parts go.";
  static constexpr auto fields() {
    return std::tuple{
        field("parts", &Q::parts, {.min = 1.0, .max = 1e12, .doc = "Buyers take in a year."}),
        field("limit", &Q::limit, {.min = 0.0, .max = 1e12, .doc = "Most that may go in a year."}),
        field("domestic", &Q::domestic,
              {.min = 0.0, .max = 1e12, .doc = "Most that are made at home in a year."}),
        field("elasticity", &Q::elasticity,
              {.min = 0.0, .max = 100.0, .doc = "Of shares in work for a dollar."}),
    };
  }
};
template <>
struct Record<app::RuleSpaceRecord> {
  using S = app::RuleSpaceRecord;
  static constexpr std::string_view kName = "rule space";
  static constexpr std::string_view kDoc = "Rules that differ in where limits stand.";
  static constexpr auto fields() {
    return std::tuple{
        field("title", &S::title, {.doc = "For people."}),
        field("rules", &S::rules,
              {.required = true, .doc = "A date, an instrument, a bill, a file; joined by +."}),
        field("to", &S::to, {.doc = "Destination, ISO code or name."}),
        field("hq", &S::hq, {.doc = "Headquarters of the end user."}),
        field("known", &S::known, {.doc = "No fact is dated later."}),
        field("dies", &S::dies, {.required = true, .doc = "The vendor's, or parts made of them."}),
        field("domestic", &S::domestic, {.doc = "Chips that buyers have at home."}),
        field("per", &S::per, {.doc = "What the vendor's part does most work for."}),
        field("measure", &S::measure, {.doc = "Leak for a part, or for the same dollars."}),
        field("markets", &S::markets, {.doc = "any, data-center or workstation."}),
        field("caps", &S::caps, {.doc = "Firmware may cap the rate."}),
        field("slow_memory", &S::slow_memory, {.doc = "Memory may run below its grade."}),
        field("exceptions", &S::exceptions, {.doc = "License exceptions let parts through."}),
        field("price_factor", &S::price_factor,
              {.min = 1.0, .max = 100.0, .doc = "Price over what a part costs to make."}),
        field("max_watts", &S::max_watts, {.min = 1.0, .doc = "Most that a part may draw."}),
        field("threshold", &S::threshold, {.required = true, .doc = "Limits that move."}),
        field("leak", &S::leak, {.required = true, .doc = "Work that the rule-maker cares for."}),
        field("market", &S::market, {.doc = "Work that buyers pay for; else the same."}),
        field("quantity", &S::quantity, {.doc = "How many parts go."}),
    };
  }
};

}  // namespace redline::data

namespace redline::app {
namespace {

// Points that are worked out at most.
constexpr double kMostRules = 1e6;

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return to_lower(text);
}

// "a+b" and "b+a" are one sum.
bool same_quantity(const std::string& asked, const std::string& known) {
  const std::string a = without_spaces(asked);
  const std::string b = without_spaces(known);
  const std::size_t plus = a.find('+');
  return a == b || (plus != std::string::npos && a.substr(plus + 1) + "+" + a.substr(0, plus) == b);
}

class SpaceReader {
 public:
  SpaceReader(const Workspace& w, data::Document document, Code code)
      : w_(w), document_(std::move(document)), root_(document_.root()), code_(code) {}

  Loaded<std::unique_ptr<RuleSpace>> read(Diagnostics errors) {
    errors_ = std::move(errors);
    out_->path = document_.file();
    data::Reader reader(errors_, document_.damaged());
    const bool good = data::read_record(root_, out_->asked, reader);
    // What stands on the law and the catalogue is looked at as far as it was read.
    read_rules();
    read_place();
    find_dies();
    find_domestic();
    read_values();
    if (!good || !errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    read_work();
    if (errors_.empty()) {
      read_requests();
    }
    if (errors_.empty()) {
      find_thresholds();
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(out_);
  }

 private:
  void problem(const data::Node& at, Code code, std::string message,
               std::vector<std::string> help = {}) {
    errors_.push_back({code, std::move(message), at.span(), std::move(help), {}});
  }
  // Errors of somebody else's are of this place where they have none.
  void take(Diagnostics errors, const data::Node& at) {
    for (Error& one : errors) {
      if (!one.where && at) {
        one.where = at.span();
      }
      errors_.push_back(std::move(one));
    }
  }
  [[nodiscard]] data::Node node(std::string_view key, std::size_t place) const {
    const auto items = root_.find(key).items();
    return place < items.size() ? items[place] : root_.find(key);
  }

  // Files are named from where the space stands.
  [[nodiscard]] std::string rules_from_here() const {
    std::string spec;
    const std::string& asked = out_->asked.rules;
    for (std::size_t begin = 0; begin <= asked.size();) {
      const std::size_t end = std::min(asked.find('+', begin), asked.size());
      std::filesystem::path part = asked.substr(begin, end - begin);
      if (part.extension() == ".toml" && part.is_relative()) {
        part = std::filesystem::path(out_->path).parent_path() / part;
      }
      spec += (begin > 0 ? "+" : "") + part.string();
      begin = end + 1;
    }
    return spec;
  }

  void read_rules() {
    out_->known = out_->asked.known.value_or(w_.date);
    if (!root_.find("rules").string()) {
      return;
    }
    auto rules = read_rule_set(w_, rules_from_here(), out_->known);
    if (!rules) {
      take(std::move(rules).error(), root_.find("rules"));
      return;
    }
    out_->rules = std::move(*rules);
    out_->rules.name = out_->asked.rules;
  }

  void read_place() {
    for (const auto& [key, name] : {std::pair{"to", out_->asked.to}, {"hq", out_->asked.hq}}) {
      if (name.empty()) {
        continue;
      }
      if (auto place = w_.catalog.geography.find_place(name); !place) {
        take({std::move(place).error()}, root_.find(key));
      } else if (key == std::string_view("to")) {
        out_->asked.to = *place;
      }
    }
    constexpr std::array<std::string_view, 3> kMarkets{"any", "data-center", "workstation"};
    if (std::find(kMarkets.begin(), kMarkets.end(), out_->asked.markets) == kMarkets.end()) {
      problem(root_.find("markets"), Code::kNotAChoice,
              fmt::format("'{}' is no market", out_->asked.markets),
              {fmt::format("it must be one of {}", fmt::join(kMarkets, ", "))});
    }
  }

  void find_dies() {
    std::vector<std::string>& dies = out_->asked.dies;
    if (dies.empty() && root_.find("dies").kind() == data::NodeKind::kArray &&
        root_.find("dies").items().empty()) {
      problem(root_.find("dies"), Code::kOutOfRange, "no die is named",
              {"name at least one, such as \"gh100\"; `redline data list dies` shows all"});
    }
    auto silicon = load_silicon(w_.files);
    if (!silicon) {
      take(std::move(silicon).error(), {});
      return;
    }
    for (std::size_t i = 0; i < dies.size(); ++i) {
      const DieRecord* die = die_named(w_, *silicon, dies[i]);
      if (die == nullptr) {
        problem(node("dies", i), Code::kUnknownReference,
                fmt::format("there is no die '{}'", dies[i]),
                {"`redline data list dies` shows all"});
      } else {
        dies[i] = die->id;
      }
    }
  }

  void find_domestic() {
    for (std::size_t i = 0; i < out_->asked.domestic.size(); ++i) {
      auto chips = find_chips(w_, out_->asked.domestic[i]);
      if (!chips) {
        take(std::move(chips).error(), node("domestic", i));
        continue;
      }
      out_->own_chips.insert(out_->own_chips.end(), chips->begin(), chips->end());
    }
    for (const Chip& chip : out_->own_chips) {
      out_->domestic.push_back(&chip);
    }
    if (root_.find("domestic")) {
      return;
    }
    for (const Chip& chip : w_.catalog.chips) {
      if (chip.designer_hq == out_->asked.to && chip.kind == ChipKind::kAccelerator &&
          chip.launched_by(out_->known)) {
        out_->domestic.push_back(&chip);
      }
    }
  }

  // --- limits

  [[nodiscard]] data::Node threshold_key(std::size_t place, std::string_view key) const {
    const data::Node table = node("threshold", place);
    const data::Node found = table.find(key);
    return found ? found : table;
  }

  // How values are said, whatever the limit.
  void read_values() {
    std::vector<RuleThreshold>& list = out_->asked.threshold;
    if (list.size() != root_.find("threshold").items().size()) {
      return;  // told already
    }
    if (list.empty() && root_.find("threshold")) {
      problem(root_.find("threshold"), Code::kOutOfRange, "no limit moves",
              {"add a [[threshold]] table"});
    }
    double points = 1.0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const RuleThreshold& one = list[i];
      const data::Node table = node("threshold", i);
      const bool ends = one.from || one.to;
      const int ways = (one.range.empty() ? 0 : 1) + (ends ? 1 : 0) + (one.values.empty() ? 0 : 1);
      if (ways != 1) {
        problem(table, ways == 0 ? Code::kMissingKey : Code::kInconsistent,
                ways == 0 ? "it is not said how far the limit moves"
                          : "it is said in more than one way how far the limit moves",
                {"write one of range = \"±50%\", from and to, or values = […]"});
        continue;
      }
      if (!one.range.empty() && !percent_of(one.range)) {
        problem(threshold_key(i, "range"), Code::kBadNumber,
                fmt::format("'{}' is no range", one.range),
                {"write a percentage from above 0 to 99, such as ±50%"});
      }
      if (ends && (!one.from || !one.to)) {
        problem(table, Code::kMissingKey, "a range from … to … has both ends",
                {one.from ? "add to = …" : "add from = …"});
      } else if (ends && !(*one.from < *one.to)) {
        problem(threshold_key(i, "to"), Code::kBadInterval, "the range ends before it begins",
                {"from must be below to"});
      }
      if (!one.values.empty() && table.find("steps")) {
        problem(threshold_key(i, "steps"), Code::kInconsistent, "values one by one have no steps",
                {"leave steps out"});
      }
      points *= one.values.empty() ? one.steps : static_cast<double>(one.values.size());
    }
    if (points > kMostRules) {
      problem(root_.find("threshold"), Code::kOutOfRange,
              fmt::format("{:.0f} rules are more than can be worked out", points),
              {fmt::format("have fewer steps: at most {:.0f} rules in all", kMostRules)});
    }
  }

  [[nodiscard]] static std::vector<double> values_of(const RuleThreshold& one, double at) {
    std::vector<double> values = one.values;
    if (values.empty()) {
      const double share = one.range.empty() ? 0.0 : *percent_of(one.range) / 100.0;
      const double low = one.from.value_or(at * (1.0 - share));
      const double high = one.to.value_or(at * (1.0 + share));
      for (int i = 0; i < one.steps; ++i) {
        values.push_back(low + (high - low) * i / (one.steps - 1));
      }
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  }

  void find_thresholds() {
    const ReplyRequest& first = *out_->dies.front().market;
    const auto rules =
        ReplyRules::open(out_->workspace().rules, first.question, *first.base, first.exceptions);
    RL_CHECK(rules.has_value());  // the question was read
    const std::vector<Threshold> known = rules->thresholds();
    std::vector<std::string> names;
    for (const Threshold& one : known) {
      names.push_back(fmt::format("{} {:g}", one.quantity, one.value));
    }
    const std::string all = names.empty()
                                ? fmt::format("the rules limit no part for {} on {}",
                                              first.question.to, format_date(first.question.as_of))
                                : fmt::format("limits: {}", fmt::join(names, ", "));
    std::vector<RuleAxis> axes;
    for (std::size_t i = 0; i < out_->asked.threshold.size(); ++i) {
      const RuleThreshold& asked = out_->asked.threshold[i];
      std::vector<Threshold> found;
      for (const Threshold& one : known) {
        if (same_quantity(asked.quantity, one.quantity) &&
            (!asked.value || *asked.value == one.value)) {
          found.push_back(one);
        }
      }
      if (found.size() != 1) {
        const std::string at = asked.value ? fmt::format(" at {:g}", *asked.value) : "";
        problem(threshold_key(i, found.empty() && asked.value ? "value" : "quantity"),
                found.empty() ? Code::kUnknownReference : Code::kInconsistent,
                found.empty() ? fmt::format("the rules have no limit on {}{}", asked.quantity, at)
                              : fmt::format("the rules have several limits on {}", asked.quantity),
                {found.empty() ? all : "say with value = … which; " + all});
        continue;
      }
      const bool twice = std::any_of(axes.begin(), axes.end(), [&](const RuleAxis& one) {
        return one.threshold.quantity == found.front().quantity &&
               one.threshold.value == found.front().value;
      });
      if (twice) {
        problem(threshold_key(i, "quantity"), Code::kInconsistent,
                fmt::format("the limit on {} at {:g} moves twice", found.front().quantity,
                            found.front().value),
                {"leave one of the two out"});
        continue;
      }
      std::vector<double> values = values_of(asked, found.front().value);
      axes.push_back({found.front(), std::move(values)});
    }
    out_->grid = RuleGrid(std::move(axes));
  }

  // --- work

  void read_work() {
    const auto silicon = load_silicon(w_.files);
    const Chip* base = w_.catalog.chip(silicon->die(out_->asked.dies.front())->chip);
    RL_CHECK(base != nullptr);  // checked with the records
    out_->leak_work = work_fields(out_->asked.leak);
    out_->market_work =
        out_->asked.market.empty() ? out_->leak_work : work_fields(out_->asked.market);
    for (const char* key : {"leak", "market"}) {
      const auto& list = key == std::string_view("leak") ? out_->asked.leak : out_->asked.market;
      if (list.empty() && root_.find(key)) {
        problem(root_.find(key), Code::kOutOfRange, "there is no work in the list",
                {"add a table with a phase"});
      }
      for (std::size_t i = 0; i < list.size(); ++i) {
        auto speed =
            chip_at_work(w_, *base, work_fields({list[i]}), out_->known, Code::kOutOfRange);
        if (!speed) {
          take(std::move(speed).error(), node(key, i));
        }
      }
    }
  }

  [[nodiscard]] Json fields_for(const std::string& die, const Json& work) const {
    const RuleSpaceRecord& asked = out_->asked;
    Json fields{{"from", die},
                {"to", asked.to},
                {"as_of", format_date(out_->known)},
                {"rules_as_of", format_date(out_->rules.as_of)},
                {"with", fmt::format("{}", fmt::join(out_->rules.with, ","))},
                {"per", kReplyObjectiveNames[static_cast<std::size_t>(asked.per)]},
                {"markets", asked.markets},
                {"caps", asked.caps},
                {"slow_memory", asked.slow_memory},
                {"exceptions", asked.exceptions},
                {"price_factor", asked.price_factor},
                {"work", work}};
    if (!asked.hq.empty()) {
      fields["hq"] = asked.hq;
    }
    if (asked.max_watts) {
      fields["max_watts"] = *asked.max_watts;
    }
    return fields;
  }

  void read_requests() {
    for (std::size_t i = 0; i < out_->asked.dies.size(); ++i) {
      const auto read = [&](const Json& work) -> std::unique_ptr<ReplyRequest> {
        auto request =
            read_reply_request(out_->workspace(), fields_for(out_->asked.dies[i], work), code_);
        if (!request) {
          take(std::move(request).error(), node("dies", i));
          return nullptr;
        }
        if (!(*request)->refusal) {
          Reply base;
          if (auto error = measure_base(out_->workspace(), **request, base)) {
            take({std::move(*error)}, node("dies", i));
            return nullptr;
          }
        }
        return std::move(*request);
      };
      RuleDie die;
      die.market = read(out_->market_work);
      if (!out_->asked.market.empty() && die.market != nullptr) {
        die.leak = read(out_->leak_work);
      }
      out_->dies.push_back(std::move(die));
    }
  }

  const Workspace& w_;
  data::Document document_;
  data::Node root_;
  Code code_;
  Diagnostics errors_;
  std::unique_ptr<RuleSpace> out_ = std::make_unique<RuleSpace>();
};

}  // namespace

data::TypeInfo space_type() { return data::Codec<RuleSpaceRecord>::info(); }

Loaded<std::unique_ptr<RuleSpace>> read_rule_space(const Workspace& workspace,
                                                   const std::string& name, Code field_code) {
  auto text = text_named(workspace, "spaces", name);
  if (!text) {
    return tl::unexpected(std::move(text).error());
  }
  if (!*text) {
    return tl::unexpected(
        Diagnostics{{field_code,
                     name.empty() ? "the space of rules is not said"
                                  : fmt::format("there is no space of rules '{}'", name),
                     std::nullopt,
                     {"name a .toml file, such as --space examples/rule-space.toml"},
                     {}}});
  }
  Diagnostics errors;
  data::Document document((*text)->first, (*text)->second, errors);
  return SpaceReader(workspace, std::move(document), field_code).read(std::move(errors));
}

}  // namespace redline::app

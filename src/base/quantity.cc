#include "redline/quantity.h"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/nearest.h"

namespace redline {
namespace {

struct Unit {
  std::string_view name;
  Dimension dimension;
  double factor;
};

constexpr Dimension kByte{.byte = 1}, kSecond{.second = 1}, kOp{.op = 1}, kJoule{.joule = 1};
constexpr Dimension kArea{.mm = 2}, kUsd{.usd = 1}, kHertz{.second = -1}, kNone{};
constexpr Dimension kOpRate = kOp + kHertz, kByteRate = kByte + kHertz, kWatt = kJoule + kHertz;
constexpr Dimension kUsdRate = kUsd + kHertz, kYuan{.cny = 1};
constexpr double kHour = 3600.0, kKi = 1024.0, kBit = 0.125;

// Decimal and binary prefixes are both accepted where people use both; case matters (B is a byte,
// a rate in bits is written bit/s).
constexpr auto kUnits = std::to_array<Unit>({
    {"B", kByte, 1},
    {"kB", kByte, 1e3},
    {"MB", kByte, 1e6},
    {"GB", kByte, 1e9},
    {"TB", kByte, 1e12},
    {"PB", kByte, 1e15},
    {"KiB", kByte, kKi},
    {"MiB", kByte, kKi* kKi},
    {"GiB", kByte, kKi* kKi* kKi},
    {"TiB", kByte, kKi* kKi* kKi* kKi},
    {"B/s", kByteRate, 1},
    {"kB/s", kByteRate, 1e3},
    {"MB/s", kByteRate, 1e6},
    {"GB/s", kByteRate, 1e9},
    {"TB/s", kByteRate, 1e12},
    {"PB/s", kByteRate, 1e15},
    {"GiB/s", kByteRate, kKi* kKi* kKi},
    {"TiB/s", kByteRate, kKi* kKi* kKi* kKi},
    {"Mbit/s", kByteRate, 1e6 * kBit},
    {"Gbit/s", kByteRate, 1e9 * kBit},
    {"Tbit/s", kByteRate, 1e12 * kBit},
    {"FLOP/s", kOpRate, 1},
    {"GFLOP/s", kOpRate, 1e9},
    {"TFLOP/s", kOpRate, 1e12},
    {"PFLOP/s", kOpRate, 1e15},
    {"EFLOP/s", kOpRate, 1e18},
    {"OP/s", kOpRate, 1},
    {"GOP/s", kOpRate, 1e9},
    {"TOP/s", kOpRate, 1e12},
    {"POP/s", kOpRate, 1e15},
    {"FLOP", kOp, 1},
    {"GFLOP", kOp, 1e9},
    {"TFLOP", kOp, 1e12},
    {"PFLOP", kOp, 1e15},
    {"OP", kOp, 1},
    {"GOP", kOp, 1e9},
    {"TOP", kOp, 1e12},
    {"ns", kSecond, 1e-9},
    {"us", kSecond, 1e-6},
    {"ms", kSecond, 1e-3},
    {"s", kSecond, 1},
    {"min", kSecond, 60},
    {"h", kSecond, kHour},
    {"day", kSecond, 24 * kHour},
    {"days", kSecond, 24 * kHour},
    {"weeks", kSecond, 168 * kHour},
    {"Hz", kHertz, 1},
    {"kHz", kHertz, 1e3},
    {"MHz", kHertz, 1e6},
    {"GHz", kHertz, 1e9},
    {"J", kJoule, 1},
    {"kJ", kJoule, 1e3},
    {"MJ", kJoule, 1e6},
    {"kWh", kJoule, 1e3 * kHour},
    {"MWh", kJoule, 1e6 * kHour},
    {"GWh", kJoule, 1e9 * kHour},
    {"W", kWatt, 1},
    {"kW", kWatt, 1e3},
    {"MW", kWatt, 1e6},
    {"mm2", kArea, 1},
    {"mm^2", kArea, 1},
    {"cm2", kArea, 100},
    {"cm^2", kArea, 100},
    {"USD", kUsd, 1},
    {"kUSD", kUsd, 1e3},
    {"MUSD", kUsd, 1e6},
    {"GUSD", kUsd, 1e9},
    {"USD/h", kUsdRate, 1 / kHour},
    {"USD/s", kUsdRate, 1},
    {"CNY", kYuan, 1},
    {"MCNY", kYuan, 1e6},
    {"transistors", kNone, 1},
    {"parameters", kNone, 1},
    {"units", kNone, 1},
    {"tokens", kNone, 1},
    {"percent", kNone, 0.01},
});

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) {
      return &unit;
    }
  }
  return nullptr;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The units a value of this dimension may carry, for the help line.
std::string units_of(Dimension dimension) {
  std::string list;
  for (const Unit& unit : kUnits) {
    if (unit.dimension == dimension) {
      list += (list.empty() ? "" : ", ") + std::string(unit.name);
    }
  }
  return list;
}

tl::unexpected<Error> wrong_unit(std::string_view unit_text, Dimension dimension) {
  const DimensionWords words = dimension_words(dimension);
  const Unit* other = find_unit(unit_text);
  std::string message = other != nullptr
                            ? fmt::format("'{}' is the unit of {}, not of {}", unit_text,
                                          dimension_words(other->dimension).name, words.name)
                            : fmt::format("'{}' is not a unit of {}", unit_text, words.name);
  std::vector<std::string_view> names;
  for (const Unit& unit : kUnits) {
    if (unit.dimension == dimension) {
      names.push_back(unit.name);
    }
  }
  std::vector<std::string> help;
  if (other == nullptr) {
    const auto near = nearest_names(unit_text, names);
    if (!near.empty()) {
      help.push_back(fmt::format("did you mean '{}'?", near.front()));
    }
  }
  help.push_back(fmt::format("units of {}: {}", words.name, units_of(dimension)));
  auto error = fail(Code::kWrongUnit, std::move(message), std::move(help));
  error.value().label = fmt::format("expected {}", words.name);
  return error;
}

struct QuantityParts {
  double number = 0.0;
  std::string_view unit;
};

Result<QuantityParts> split_quantity(std::string_view text, const DimensionWords& words) {
  const std::string_view body = trim(text);
  QuantityParts parts;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), parts.number);
  if (error != std::errc{} || !std::isfinite(parts.number)) {
    auto bad = fail(Code::kBadNumber, fmt::format("'{}' does not begin with a number", text),
                    {fmt::format("write {} such as \"{}\"", words.name, words.example)});
    bad.value().label = fmt::format("expected {}", words.name);
    return bad;
  }
  parts.unit = trim(body.substr(static_cast<std::size_t>(end - body.data())));
  if (parts.unit.empty()) {
    auto missing = fail(Code::kMissingUnit, "value has no unit",
                        {fmt::format("write it with a unit, for example \"{}\"", words.example)});
    missing.value().label = fmt::format("expected {}", words.name);
    return missing;
  }
  return parts;
}

// Whole numbers are written out rather than with an exponent.
std::string format_number_with(const Measure& measure, int digits) {
  const double shown = measure.shown();
  const bool whole = std::fabs(shown) >= std::pow(10.0, digits) && std::fabs(shown) < 1e15;
  return (whole ? fmt::format("{:.0f}", shown) : fmt::format("{:.{}g}", shown, digits)) + " " +
         measure.unit;
}

}  // namespace

DimensionWords dimension_words(Dimension d) {
  if (d == kByte) {
    return {"an amount of data", "141 GB", "GB", 1e9};
  }
  if (d == kByteRate) {
    return {"a bandwidth", "4.0 TB/s", "GB/s", 1e9};
  }
  if (d == kOpRate) {
    return {"an operation rate", "989 TFLOP/s", "TOP/s", 1e12};
  }
  if (d == kOp) {
    return {"a number of operations", "2 TFLOP", "TOP", 1e12};
  }
  if (d == kSecond) {
    return {"a time", "20 us", "s", 1};
  }
  if (d == kHertz) {
    return {"a frequency", "1980 MHz", "MHz", 1e6};
  }
  if (d == kJoule) {
    return {"an energy", "3 kWh", "J", 1};
  }
  if (d == kWatt) {
    return {"a power", "700 W", "W", 1};
  }
  if (d == kArea) {
    return {"an area", "814 mm2", "mm2", 1};
  }
  if (d == kUsd) {
    return {"an amount of money", "12000 USD", "USD", 1};
  }
  if (d == kUsdRate) {
    return {"a price per time", "2.5 USD/h", "USD/h", 1 / kHour};
  }
  if (d == kYuan) {
    return {"an amount of yuan", "0.9 MCNY", "CNY", 1};
  }
  if (d == kNone) {
    return {"a count", "80e9 transistors", "", 1};
  }
  return {"a quantity", "1", "", 1};
}

Result<double> parse_quantity(std::string_view text, Dimension dimension) {
  const DimensionWords words = dimension_words(dimension);
  RL_TRY(parts, split_quantity(text, words));
  const Unit* unit = find_unit(parts.unit);
  if (unit == nullptr || !(unit->dimension == dimension)) {
    return wrong_unit(parts.unit, dimension);
  }
  const double base = parts.number * unit->factor;
  if (!std::isfinite(base)) {
    return fail(Code::kBadNumber, fmt::format("'{}' is too large", text));
  }
  return base;
}

Result<Measure> parse_measure(std::string_view text) {
  RL_TRY(parts, split_quantity(text, {"a quantity", "5.5 GUSD", "", 1.0}));
  const Unit* unit = find_unit(parts.unit);
  if (unit == nullptr) {
    std::vector<std::string_view> names;
    for (const Unit& one : kUnits) {
      names.push_back(one.name);
    }
    std::vector<std::string> help;
    const auto near = nearest_names(parts.unit, names);
    if (!near.empty()) {
      help.push_back(fmt::format("did you mean '{}'?", near.front()));
    }
    return fail(Code::kWrongUnit, fmt::format("'{}' is not a unit", parts.unit), std::move(help));
  }
  const double base = parts.number * unit->factor;
  if (!std::isfinite(base)) {
    return fail(Code::kBadNumber, fmt::format("'{}' is too large", text));
  }
  return Measure{base, unit->dimension, std::string(unit->name), unit->factor};
}

bool same_kind(const Measure& a, const Measure& b) {
  const auto is_share = [](const Measure& m) { return m.unit == "percent"; };
  return a.dimension == b.dimension && is_share(a) == is_share(b);
}

std::string format_measure(const Measure& measure, int digits) {
  return measure.unit == "percent" ? fmt::format("{:.{}g} %", measure.shown(), digits)
                                   : format_number_with(measure, digits);
}

std::string format_quantity(double base, Dimension dimension, int digits) {
  struct Step {
    Dimension dimension;
    std::array<std::string_view, 5> units;
    double first;
  };
  static constexpr auto kSteps = std::to_array<Step>({
      {kByte, {"B", "kB", "MB", "GB", "TB"}, 1},
      {kByteRate, {"MB/s", "GB/s", "TB/s", "PB/s", ""}, 1e6},
      {kOpRate, {"GOP/s", "TOP/s", "POP/s", "", ""}, 1e9},
      {kSecond, {"ns", "us", "ms", "s", ""}, 1e-9},
      {kWatt, {"W", "kW", "MW", "", ""}, 1},
  });
  for (const Step& step : kSteps) {
    if (!(step.dimension == dimension) || base == 0.0) {
      continue;
    }
    double factor = step.first;
    std::size_t i = 0;
    while (i + 1 < step.units.size() && !step.units[i + 1].empty() &&
           std::fabs(base) >= factor * 1e3) {
      factor *= 1e3;
      ++i;
    }
    return fmt::format("{:.{}g} {}", base / factor, digits, step.units[i]);
  }
  const DimensionWords words = dimension_words(dimension);
  const double shown = base / words.scale;
  // Whole numbers are written out rather than with an exponent.
  std::string number = std::fabs(shown) >= std::pow(10.0, digits) && std::fabs(shown) < 1e15
                           ? fmt::format("{:.0f}", shown)
                           : fmt::format("{:.{}g}", shown, digits);
  return words.unit.empty() ? number : fmt::format("{} {}", number, words.unit);
}

}  // namespace redline

#include "results/table.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace redline::results {
namespace {

constexpr int kMaxDigits = 17;        // more than a double holds
constexpr double kPlainFrom = 1e-4;   // smaller numbers would be mostly zeros
constexpr double kPlainBelow = 1e15;  // larger ones lose integer precision soon after

void trim_zeros(std::string& text) {
  if (text.find('.') == std::string::npos) {
    return;
  }
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
}

int decimal_exponent(std::string_view scientific) {
  int exponent = 0;
  std::size_t at = scientific.find('e') + 1;
  at += scientific[at] == '+' ? 1U : 0U;
  std::from_chars(scientific.data() + at, scientific.data() + scientific.size(), exponent);
  return exponent;
}

struct CellText {
  const Column& column;
  const CellWords& words;
  std::string operator()(std::monostate) const { return words.unknown; }
  std::string operator()(bool value) const { return value ? words.yes : words.no; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const {
    return std::isnan(value) ? words.unknown : format_number(value, column.digits);
  }
  std::string operator()(const std::string& value) const { return value; }
};

struct ExactText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const {
    return std::isnan(value) ? "" : fmt::format("{}", value);
  }
  std::string operator()(const std::string& value) const { return value; }
};

}  // namespace

std::string format_number(double value, int digits) {
  if (std::isnan(value)) {
    return "?";
  }
  if (std::isinf(value)) {
    return value < 0 ? "-inf" : "inf";
  }
  if (value == 0.0) {
    return "0";
  }
  const int significant = std::clamp(digits, 1, kMaxDigits);
  const std::string scientific = fmt::format("{:.{}e}", value, significant - 1);
  const int exponent = decimal_exponent(scientific);
  const double size = std::abs(value);
  if (size < kPlainFrom || size > kPlainBelow) {
    std::string mantissa = scientific.substr(0, scientific.find('e'));
    trim_zeros(mantissa);
    return fmt::format("{}e{}", mantissa, exponent);
  }
  std::string plain = fmt::format("{:.{}f}", value, std::max(0, significant - 1 - exponent));
  trim_zeros(plain);
  return plain;
}

std::string format_cell(const Cell& cell, const Column& column, const CellWords& words) {
  return std::visit(CellText{column, words}, cell);
}

std::string exact_cell(const Cell& cell) { return std::visit(ExactText{}, cell); }

bool is_unknown(const Cell& cell) {
  const auto* number = std::get_if<double>(&cell);
  return std::holds_alternative<std::monostate>(cell) || (number && std::isnan(*number));
}

const Cell& cell_at(const std::vector<Cell>& row, std::size_t column) {
  static const Cell kUnknown;
  return column < row.size() ? row[column] : kUnknown;
}

std::string header_text(const Column& column) {
  const std::string& name = column.title.empty() ? column.key : column.title;
  return column.unit.empty() ? name : fmt::format("{} ({})", name, column.unit);
}

}  // namespace redline::results

// Small texts: quantities of every dimension, dates, ranges, names and patterns. What is read is
// finite, and what is written reads back.

#include <array>
#include <cmath>

#include "redline/catalog.h"
#include "redline/date.h"
#include "redline/quantity.h"

#include "fuzz/invariants.h"

using namespace redline;

namespace {

void check_quantity(std::string_view text, Dimension dimension) {
  const auto read = parse_quantity(text, dimension);
  if (!read) {
    fuzz::check_error(read.error(), text);
    return;
  }
  RL_CHECK(std::isfinite(*read));
  const std::string written = format_quantity(*read, dimension, 15);
  RL_CHECK(!written.empty());
  const auto again = parse_quantity(written, dimension);
  if (again) {  // a bare number has no unit to read back
    RL_CHECK(std::fabs(*again - *read) <= 1e-9 * std::fabs(*read));
  }
}

void check_dates(std::string_view text) {
  if (const auto date = parse_date(text)) {
    RL_CHECK(format_date(*date) == text);
  } else {
    fuzz::check_error(date.error(), text);
  }
  if (const auto partial = parse_partial_date(text)) {
    RL_CHECK(format_date(*partial) == text);
    RL_CHECK(partial->earliest() <= partial->latest());
    RL_CHECK(partial->day == 0 || partial->earliest() == partial->latest());
  }
  if (const auto range = parse_date_range(text)) {
    RL_CHECK(range->first <= range->last);
    RL_CHECK(format_date(range->first) + ".." + format_date(range->last) == text);
  } else {
    fuzz::check_error(range.error(), text);
  }
}

void check_names(std::string_view text) {
  static const std::vector<std::string> kH20{"H20"}, kMi308{"MI308"};
  const std::vector<NamedRecord> records = {
      {"h20-96gb", "NVIDIA", "NVIDIA H20 96 GB", kH20},
      {"h20-141gb", "NVIDIA", "NVIDIA H20 141 GB", {}},
      {"mi308x", "AMD", "AMD Instinct MI308X", kMi308},
  };
  const auto found = find_records(records, text, "chip");
  if (!found) {
    fuzz::check_error(found.error(), text);
    return;
  }
  RL_CHECK(!found->empty());
  for (const std::size_t i : *found) {
    RL_CHECK(i < records.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  constexpr std::array kDimensions = {
      Bytes::kDimension,  BytesPerSecond::kDimension, OpsPerSecond::kDimension,
      Ops::kDimension,    Seconds::kDimension,        Hertz::kDimension,
      Joules::kDimension, Watts::kDimension,          SquareMm::kDimension,
      Usd::kDimension,    UsdPerSecond::kDimension,   Count::kDimension,
  };
  for (const Dimension dimension : kDimensions) {
    check_quantity(text, dimension);
  }
  check_dates(text);
  check_names(text);
  const std::size_t middle = text.size() / 2;
  const bool matched = glob_match(text.substr(0, middle), text.substr(middle));
  RL_CHECK(glob_match("*", text) && (!matched || middle > 0 || text.size() == middle));
  (void)code_page(find_code(text).value_or(Code::kBug));
  return 0;
}

// Any text as the file of a chip: it is read, or every problem has its place in the text. What is
// read can be classified without a fault.

#include <cmath>

#include "redline/catalog.h"

#include "fuzz/invariants.h"
#include "rules/facts.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto chip = parse_chip("fuzz.toml", std::string(text));
  if (!chip) {
    fuzz::check_errors(chip.error(), text);
    return 0;
  }
  const auto sheet =
      rules::item_sheet(*chip, rules::SymbolTable{}, make_date(2025, 4, 17), {{"tpp", "2368"}});
  RL_CHECK(sheet.has_value());
  for (std::size_t i = 0; i < sheet->bounds.size(); ++i) {
    const Interval<double> bounds = sheet->bounds[i];
    RL_CHECK(!std::isnan(bounds.low) && !std::isnan(bounds.high));
    RL_CHECK(bounds.low <= bounds.high);
    RL_CHECK(sheet->facts.number[i].low <= sheet->facts.number[i].high);
  }
  return 0;
}

// Any text as a table of comma-separated values: rows as long as the header with cells that have
// their place in the text, or every problem with its place.

#include "data/csv.h"
#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto table = data::parse_csv("fuzz.csv", text);
  if (!table) {
    fuzz::check_errors(table.error(), text);
    return 0;
  }
  RL_CHECK(!table->header.empty());
  for (const auto& row : table->rows) {
    RL_CHECK(row.size() == table->header.size());
    for (const data::CsvCell& cell : row) {
      const SourceSpan where = table->span(cell);
      RL_CHECK(where.line >= 1 && static_cast<std::size_t>(where.line) <= table->lines.size());
      RL_CHECK(where.column >= 1 &&
               static_cast<std::size_t>(where.column) <= where.text.size() + 1);
    }
  }
  return 0;
}

// Any text as rows of measurements: objects with their place in the text, or every problem with its
// place.

#include "data/json_rows.h"
#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto rows = data::parse_json_rows("fuzz.json", std::string(text));
  if (!rows) {
    fuzz::check_errors(rows.error(), text);
    return 0;
  }
  RL_CHECK(!rows->rows.empty());
  for (const data::JsonRow& row : rows->rows) {
    RL_CHECK(row.value.is_object());
    RL_CHECK(row.begin < row.end && row.end <= text.size() && text[row.begin] == '{');
    for (const auto& [key, value] : row.value.items()) {
      RL_CHECK(rows->span(row, key).line >= 1);
    }
  }
  return 0;
}

// Any text as a trace: every problem with its place, or requests in order whose blocks lie within
// the trace and their prompt.

#include "redline/traffic.h"

#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto trace = read_trace("fuzz.csv", std::string(text));
  if (!trace) {
    fuzz::check_errors(trace.error(), text);
    return 0;
  }
  RL_CHECK(!trace->rows.empty());
  double before = 0.0;
  for (const TraceRow& row : trace->rows) {
    RL_CHECK(row.time_s >= before && row.time_s < 1e13);
    before = row.time_s;
    RL_CHECK(row.prompt >= 1 && row.prompt <= Traffic::kMostTokens);
    RL_CHECK(row.answer >= 1 && row.answer <= Traffic::kMostTokens);
    RL_CHECK(row.first_block + row.blocks <= trace->blocks.size());
    RL_CHECK(static_cast<std::int64_t>(row.blocks) * trace->block_tokens <
             row.prompt + trace->block_tokens);
  }
  return 0;
}

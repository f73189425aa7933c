// Any text as a scenario of exposure: worlds that can be worked out under every option, with whole
// cents, or every problem with its place.

#include <cmath>

#include "exposure/run.h"
#include "exposure/world.h"
#include "fuzz/invariants.h"

using namespace redline;

namespace {

const exposure::ScenarioContext& context() {
  static const exposure::ScenarioContext kContext = [] {
    exposure::ScenarioContext made;
    exposure::SeriesRecord rate{"moves", "moves", "", make_date(2018, 1, 1), {}};
    exposure::SeriesRecord record{"licensed", "licensed", "", {}, {}};
    exposure::SeriesRecord days{"days", "days", "days", {}, {}};
    for (int i = 1; i <= 4; ++i) {
      const Date date = make_date(2018 + i, 6, 1);
      rate.cases.push_back({date, "x", {}, {}, {}, {}, {}, ""});
      record.cases.push_back({date, "x", i % 2 == 0, {}, {}, {}, {}, ""});
      days.cases.push_back({date, "x", {}, {}, {}, 30.0 * i, {}, ""});
    }
    made.precedents = {rate, record, days};
    return made;
  }();
  return kContext;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto model = exposure::read_model("fuzz.toml", std::string(text), context());
  if (!model) {
    fuzz::check_errors(model.error(), text);
    return 0;
  }
  exposure::RunOptions options;
  options.samples = 128;
  const exposure::RunResult result = exposure::run(*model, options);
  RL_CHECK(result.samples == options.samples && result.of.size() == model->options.size());
  const exposure::Accounts places(*model);
  for (const auto& option : result.of) {
    const Tally& net = option[places.total(exposure::FirmMeasure::kNet)].tally;
    RL_CHECK(net.count() + option[places.total(exposure::FirmMeasure::kNet)].undefined ==
             options.samples);
  }
  return 0;
}

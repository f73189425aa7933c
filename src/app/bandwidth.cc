#include "app/bandwidth.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/search_serve.h"
#include "app/serve_report.h"
#include "app/simulate_request.h"

namespace redline::app {
namespace {

// Enough for two digits, little enough for a report.
constexpr std::int64_t kRequests = 1000;
constexpr std::int64_t kBlockTokens = 64;
constexpr int kRuns = 3;
constexpr double kPrecision = 0.05;
constexpr double kRoom = 0.6;  // of the time to the first token, for the prompt itself
// Of a replica: up to four nodes, so that a cluster of any size is made of whole ones.
constexpr const char* kRanks = "1,2,4,8,16,32";

class Bandwidth {
 public:
  Bandwidth(const Workspace& w, const Scenario& scenario, unsigned threads)
      : w_(w), scenario_(scenario), threads_(std::max(1U, threads)) {
    report_.question = *scenario.bandwidth;
  }

  BandwidthReport work_out() {
    const BandwidthQuestion& q = report_.question;
    const auto model = find_model(w_, q.serve);
    report_.serve_name = model ? model->name : q.serve;
    serve(*w_.catalog.chip(scenario_.subject));
    for (const std::string& id : q.chips) {
      serve(*w_.catalog.chip(id));
    }
    for (const std::string& id : q.thinkers) {
      think(id);
    }
    return std::move(report_);
  }

 private:
  void serve(const Chip& chip) {
    const BandwidthQuestion& q = report_.question;
    ServedChip one;
    one.chip = &chip;
    Json fields{{"model", q.serve},
                {"chip", chip.id},
                {"ttft", kRoom * q.ttft.base()},
                {"tpot", q.tpot.base()},
                {"prompt", long_prompt()},
                {"answer", mean_answer()},
                {"kv_dtype", "bf16"},
                {"prefill", "pool"},
                {"dp", kRanks},
                {"ep", kRanks},
                {"prefill_dp", kRanks},
                {"prefill_ep", kRanks},
                {"top", 1}};
    if (const auto price = price_in_server(chip, {})) {
      fields["price_usd"] = price->base();
    }
    ServeRequest asked(w_, fields, Code::kBug);
    const auto read = asked.read();
    if (!read) {
      one.reason = Message(read.error().front().message);
    } else if (asked.refusal()) {
      one.reason = *asked.refusal();
    } else {
      SearchRun run;
      run.threads = threads_;
      const ServeSearch found = search_serving(w_, asked, asked.models(), run);
      if (found.best.empty()) {
        one.reason = Message("no plan that was tried keeps the limits");
      } else {
        one.plan = scheme_message(asked, found.best.front().scheme);
        simulate(one, found.best.front());
      }
    }
    report_.served.push_back(std::move(one));
  }

  void simulate(ServedChip& one, const ServeAnswer& best) const {
    const BandwidthQuestion& q = report_.question;
    Json fields = best.step_fields;
    const ServingScheme& s = best.scheme;
    for (const char* name : {"batch", "prefill_batch"}) {
      fields.erase(name);
    }
    fields["sequences"] = s.decode.batch;
    fields["memory_share"] = 1.0;  // as the search has it
    fields["prefill_replicas"] = static_cast<std::int64_t>(
        std::max(1.0, std::ceil(s.prefill.instances / s.decode.instances)));
    fields["prompt"] = q.prompt;
    fields["answer"] = q.answer;
    fields["requests"] = kRequests;
    fields["block_tokens"] = kBlockTokens;
    fields["ttft"] = q.ttft.base();
    fields["tpot"] = q.tpot.base();
    const auto models = read_simulation(w_, fields, Code::kBug);
    RL_CHECK(models.has_value());
    const SimulateModels& m = **models;
    if (m.refusal || m.too_small) {
      one.reason = m.refusal ? *m.refusal : *m.too_small;
      return;
    }
    CapacityOptions options;
    options.share = q.share_percent / 100.0;
    options.runs = kRuns;
    options.precision = kPrecision;
    options.threads = threads_;
    CapacityResult found = find_capacity(m.spec, options);
    one.chips = m.chips();
    if (found.rate <= 0.0) {
      one.reason = Message("no rate of requests of all lengths keeps the limits");
      return;
    }
    constexpr double kKilo = 1000.0;
    const double each = kKilo / static_cast<double>(one.chips);
    one.rate_per_kilochip = found.rate * each;
    one.low = found.low.value_or(found.rate) * each;
    one.high = found.high.value_or(found.rate) * each;
    const SimulationResult& at = found.at;
    const double tokens = at.answer_tokens_per_s * at.window_s;
    if (m.priced() && tokens > 0.0) {
      one.usd_per_million = at.window_usd / tokens * 1e6;
    }
    one.found = std::move(found);
  }

  // Longer are no more prompts than may miss the target.
  [[nodiscard]] std::int64_t long_prompt() const {
    const BandwidthQuestion& q = report_.question;
    const double share = std::min(q.share_percent / 100.0, 0.99);
    return std::max<std::int64_t>(1, std::llround(read(q.prompt).quantile(share)));
  }
  [[nodiscard]] std::int64_t mean_answer() const {
    return std::max<std::int64_t>(1, std::llround(read(report_.question.answer).mean()));
  }
  [[nodiscard]] static Distribution read(const std::string& text) {
    const auto found = Distribution::parse(text);
    RL_CHECK(found.has_value());  // as the scenario was checked
    return *found;
  }

  void think(const std::string& model) {
    const BandwidthQuestion& q = report_.question;
    Json fields{{"chip", {scenario_.subject, q.rival}}, {"model", model}};
    if (model == q.serve && !q.benchmark.empty()) {
      fields["benchmark"] = q.benchmark;
    }
    auto report = work_out_reasoning(w_, fields, Code::kBug);
    RL_CHECK(report.has_value());  // as the scenario was checked
    report_.thinking.push_back(std::move(*report));
  }

  const Workspace& w_;
  const Scenario& scenario_;
  unsigned threads_;
  BandwidthReport report_;
};

}  // namespace

BandwidthReport work_out_bandwidth(const Workspace& w, const Scenario& scenario, unsigned threads) {
  return Bandwidth(w, scenario, threads).work_out();
}

}  // namespace redline::app

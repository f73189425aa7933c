// Requests of a simulation, how many of them, and what they are held to.

#include <algorithm>
#include <cmath>

#include "app/scales.h"
#include "app/simulation_reader.h"
#include "data/files.h"

namespace redline::app {
namespace {

constexpr std::array<std::string_view, 6> kArrivals{"poisson", "gamma",   "diurnal",
                                                    "users",   "at-once", "trace"};
constexpr double kMostRate = 1e9;

}  // namespace

void SimulationReader::read_traffic() {
  TrafficSpec& t = out_->spec.traffic;
  const bool traced = fields_.has("traffic");
  t.process = choice("arrivals", kArrivals,
                     traced                 ? ArrivalProcess::kTrace
                     : fields_.has("users") ? ArrivalProcess::kUsers
                                            : ArrivalProcess::kPoisson);
  const bool trace = t.process == ArrivalProcess::kTrace;
  if (traced != trace) {
    problem("a file of traffic goes with 'arrivals' trace, and the other way round",
            {"name the file with --traffic"});
  }
  constexpr double kMostTokens = 1e7;
  t.prompt = distribution("prompt", Distribution::constant(2048.0), 1.0, kMostTokens);
  t.answer = distribution("answer", Distribution::constant(512.0), 1.0, kMostTokens);
  t.rate = amount("rate", trace ? 0.0 : 1.0, 0.0, kMostRate);
  t.gap_cv = amount("gap_cv", 1.0, Distribution::kLeastCv, Distribution::kMostCv);
  t.swing = fields_.has("swing") ? amount("swing", 0.5, 0.0, 1.0) : 0.5;
  t.period_s = seconds("period", t.period_s);
  t.users = whole("users", 0, 10'000'000);
  t.think_s = distribution("think", Distribution::constant(0.0), 0.0, 1e9);
  t.prefixes = whole("prefixes", 0);
  t.prefix_zipf = fields_.has("prefix_zipf") ? amount("prefix_zipf", 1.0, 1e-9, 10.0) : 1.0;
  t.prefix_tokens = distribution("prefix_tokens", Distribution::constant(1024.0), 1.0, kMostTokens);
  if (t.process == ArrivalProcess::kUsers && t.users == 0) {
    problem("how many users there are is not said", {"give --users 64"});
  }
  if (fields_.has("priorities")) {
    t.priority_shares = shares_of(fields_.text("priorities"));
    if (t.priority_shares.empty()) {
      problem(
          "field 'priorities' must be shares of requests by priority, zero or more and some above, "
          "such as 0.2,0.8");
    }
  }
  if (traced) {
    read_trace_file();
  }
  mean_prompt_ = t.prompt.mean();
  mean_answer_ = t.answer.mean();
  if (!out_->trace.rows.empty()) {
    mean_prompt_ = mean_answer_ = 0.0;
    const auto count = static_cast<double>(out_->trace.rows.size());
    for (const TraceRow& row : out_->trace.rows) {
      mean_prompt_ += static_cast<double>(row.prompt) / count;
      mean_answer_ += static_cast<double>(row.answer) / count;
    }
  }
}

void SimulationReader::read_trace_file() {
  const auto stated = json_.find("traffic");
  const std::string path = stated->is_string() ? stated->get<std::string>() : std::string();
  auto text = read_users_file(w_, path);
  if (!text) {
    errors_.push_back(std::move(text).error());
    return;
  }
  auto trace = read_trace(path, std::move(*text));
  if (!trace) {
    errors_.insert(errors_.end(), trace.error().begin(), trace.error().end());
    return;
  }
  out_->trace = std::move(*trace);
  out_->spec.traffic.trace = &out_->trace;
}

void SimulationReader::read_run() {
  SimulationSpec& s = out_->spec;
  const bool timed = fields_.has("duration");
  constexpr std::int64_t kUsual = 10'000;
  constexpr std::int64_t kEndless = 1'000'000'000'000;
  s.duration_s = seconds("duration", kNoLimit);
  const auto traced = static_cast<std::int64_t>(out_->trace.rows.size());
  s.requests = static_cast<std::uint64_t>(whole("requests",
                                                timed        ? kEndless
                                                : traced > 0 ? traced
                                                             : kUsual,
                                                kEndless));
  s.samples = static_cast<int>(whole("samples", 1, 10'000));
  s.rounds = static_cast<int>(whole("rounds", 1, 1000));
  s.leave_warmup = truth("warmup", true);
  constexpr std::int64_t kMostSeed = std::int64_t{1} << 53U;  // that a JSON number holds exactly
  s.seed = static_cast<std::uint64_t>(whole("seed", 1, kMostSeed));
  if (timed && s.traffic.process == ArrivalProcess::kAtOnce && !fields_.has("requests")) {
    problem("how many requests come at once is not said", {"give --requests"});
  }
}

void SimulationReader::read_target() {
  LatencyTarget& target = out_->spec.target;
  target.ttft_s = seconds("ttft", kNoLimit);
  target.tpot_s = seconds("tpot", kNoLimit);
  target.latency_s = seconds("latency", kNoLimit);
}

}  // namespace redline::app

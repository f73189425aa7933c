#include "app/simulate.h"

#include <chrono>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "app/chrome_trace.h"
#include "app/simulate_report.h"
#include "app/step_fields.h"

namespace redline::app {
namespace {

using results::Words;

Answer begun(const Workspace& w, std::string command, const Json& fields) {
  Answer answer;
  answer.command = std::move(command);
  answer.as_of = w.date;
  answer.request = fields;
  answer.request["command"] = answer.command;
  return answer;
}

// Why nothing is simulated, where nothing can be.
bool refused(const SimulateModels& m, const Words& say, Answer& answer) {
  if (!m.refusal && !m.too_small) {
    return false;
  }
  const Message& reason = m.refusal ? *m.refusal : *m.too_small;
  answer.infeasible = !m.refusal;
  answer.results.push_back(
      {{"feasible", m.refusal ? Json(nullptr) : Json(false)}, {"reason", reason.english()}});
  const StepRequest& r = m.step.request;
  const std::string_view text =
      m.refusal ? "{model} on {where}: not known" : "{model} does not fit on {where}";
  answer.blocks.emplace_back(
      Headline{say(text, {{"model", r.model.id}, {"where", cluster_text(m)}})});
  answer.blocks.emplace_back(Paragraph{say(reason), 2});
  return true;
}

Json run_json(std::uint64_t iterations, double seconds) {
  return {{"iterations", iterations},
          {"simulation_seconds", seconds},
          {"iterations_per_s", seconds > 0.0 ? static_cast<double>(iterations) / seconds : 0.0}};
}

double seconds_since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

Diagnostics wrong(Code code, std::string message, std::string help) {
  return {{code, std::move(message), std::nullopt, {std::move(help)}, {}}};
}

}  // namespace

Loaded<Answer> simulate_serve(const Workspace& w, const Json& fields, const SimulateRun& run,
                              Code field_code, const Words& say) {
  auto read = read_simulation(w, fields, field_code);
  if (!read) {
    return tl::unexpected(std::move(read).error());
  }
  SimulateModels& m = **read;
  Answer answer = begun(w, "simulate-serve", fields);
  if (refused(m, say, answer)) {
    return answer;
  }
  m.spec.stop = run.stop;
  if (run.progress) {
    m.spec.progress = [&](std::uint64_t done) { run.progress(done, m.spec.requests); };
  }
  std::optional<ChromeTrace> trace;
  if (!run.trace.empty()) {
    trace.emplace(run.trace, m.spec.cluster);
    m.spec.log = &*trace;
  }
  const auto start = std::chrono::steady_clock::now();
  const SimulationResult result = simulate(m.spec);
  answer.run = run_json(result.iterations, seconds_since(start));
  if (trace) {
    if (auto failed = trace->finish()) {
      return tl::unexpected(Diagnostics{std::move(*failed)});
    }
  }
  answer.results.push_back(simulation_json(m, result));
  answer.table = latency_table(result);
  describe_simulation(m, result, run.plot, say, answer.blocks);
  if (trace) {
    answer.blocks.emplace_back(
        Paragraph{say("trace of the run: {path}", {{"path", run.trace}}), 2});
  }
  if (result.rejected > 0) {
    answer.warnings.push_back(
        {say("{count} requests need more cache than a rank has: they are not served",
             {{"count", std::to_string(result.rejected)}}),
         say("shorter requests, or more memory: --tp, --kv-dtype fp8")});
  }
  return answer;
}

Loaded<Answer> simulate_capacity(const Workspace& w, const Json& fields, const SimulateRun& run,
                                 Code field_code, const Words& say) {
  auto read = read_simulation(w, fields, field_code);
  if (!read) {
    return tl::unexpected(std::move(read).error());
  }
  SimulateModels& m = **read;
  const Fields values(fields);
  CapacityOptions options;
  options.share = values.number("share").value_or(options.share);
  options.runs = static_cast<int>(values.count("runs").value_or(options.runs));
  options.precision = values.number("precision_percent").value_or(1.0) / 100.0;
  options.threads = run.threads;
  if (!m.spec.target.limits()) {
    return tl::unexpected(wrong(field_code, "no target is said that a rate could hold",
                                "give --ttft 2s, --tpot 50ms or --latency 30s"));
  }
  constexpr int kMostRuns = 1000;
  if (!(options.share > 0.0 && options.share <= 1.0) || options.runs > kMostRuns ||
      !(options.precision >= 1e-4 && options.precision <= 1.0)) {
    return tl::unexpected(wrong(field_code,
                                fmt::format("'share' is above 0 and at most 1, 'runs' at most {}, "
                                            "'precision_percent' from 0.01 to 100",
                                            kMostRuns),
                                "such as --share 0.99 --runs 5 --precision-percent 1"));
  }
  const ArrivalProcess process = m.spec.traffic.process;
  if (process == ArrivalProcess::kUsers || process == ArrivalProcess::kAtOnce) {
    return tl::unexpected(wrong(field_code, "these arrivals have no rate to look for",
                                "take --arrivals poisson, gamma, diurnal, or a file of traffic"));
  }
  Answer answer = begun(w, "simulate-capacity", fields);
  if (refused(m, say, answer)) {
    return answer;
  }
  m.spec.stop = run.stop;
  const auto start = std::chrono::steady_clock::now();
  const CapacityResult result = find_capacity(m.spec, options);
  answer.run = {{"simulations", result.simulations}, {"simulation_seconds", seconds_since(start)}};
  answer.results.push_back(capacity_json(m, result, options));
  if (result.rate > 0.0) {
    answer.table = latency_table(result.at);
  }
  describe_capacity(m, result, options, say, answer);
  return answer;
}

}  // namespace redline::app

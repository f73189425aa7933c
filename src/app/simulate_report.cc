#include "app/simulate_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/estimate_text.h"
#include "app/scales.h"
#include "app/step_report.h"
#include "results/ascii_plot.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

template <class T>
Json known(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
// Null where the interval is not known.
Json interval_json(const std::optional<double>& low, const std::optional<double>& high) {
  return low && high ? Json{*low, *high} : Json(nullptr);
}

Json latency_json(const LatencyStats& s) {
  if (s.count == 0) {
    return nullptr;
  }
  Json json{
      {"mean", s.mean}, {"mean_interval", interval_json(s.mean_low, s.mean_high)}, {"max", s.most}};
  for (const QuantileEstimate& q : s.quantiles) {
    const std::string name = fmt::format("p{:.0f}", 100.0 * q.share);
    json[name] = q.value;
    json[name + "_interval"] = interval_json(q.low, q.high);
  }
  return json;
}

Json pool_json(const StepAnswer& step, const PoolSpec& spec, const PoolStats& stats,
               const SimulatedPool& pool) {
  const StepRequest& r = step.request;
  const Shard& shard = r.serving.shard;
  const std::uint64_t prompts = stats.prompt_tokens + stats.cached_tokens;
  return {{"chip", r.chip->id},
          {"system", r.system != nullptr ? Json(r.system->id) : Json(nullptr)},
          {"replicas", spec.replicas},
          {"mean_replicas", stats.replicas},
          {"chips", spec.replica.chips * spec.replicas},
          {"tp", shard.tensor},
          {"pp", r.serving.pipeline},
          {"dp", shard.data},
          {"ep", shard.expert},
          {"cache_tokens_per_replica", pool.cache_tokens},
          {"utilisation", stats.busy_share},
          {"mean_batch", stats.mean_decodes},
          {"cache_share", stats.cache_share},
          {"cache_peak", stats.cache_peak},
          {"steps", stats.steps},
          {"preemptions", stats.preemptions},
          {"failures", stats.failures},
          {"prompt_tokens", stats.prompt_tokens},
          {"cached_prompt_share", prompts > 0 ? Json(static_cast<double>(stats.cached_tokens) /
                                                     static_cast<double>(prompts))
                                              : Json(nullptr)}};
}

std::optional<double> usd_per_million(const SimulateModels& m, const SimulationResult& r) {
  const double tokens = r.answer_tokens_per_s * r.window_s;
  return m.priced() && tokens > 0.0 ? std::optional(r.window_usd / tokens * kMillion)
                                    : std::nullopt;
}
std::optional<double> joules_per_token(const SimulateModels& m, const SimulationResult& r) {
  const double tokens = r.answer_tokens_per_s * r.window_s;
  return m.metered() && tokens > 0.0 ? std::optional(r.window_joules / tokens) : std::nullopt;
}

// Of one task of several requests.
Json task_share(bool is_known, double amount, const SimulationResult& r) {
  return is_known && r.task.count > 0 ? Json(amount / static_cast<double>(r.task.count))
                                      : Json(nullptr);
}

const StepConstants& constants_of(const SimulateModels& m) {
  return m.answers.steps->serving_constants();
}

Json timeline_json(const SimulationResult& r) {
  Json list = Json::array();
  for (const TimelinePoint& one : r.timeline) {
    list.push_back({{"at_s", one.at_s},
                    {"span_s", one.span_s},
                    {"running", one.running},
                    {"waiting", one.waiting},
                    {"cache_share", one.cache_share}});
  }
  return list;
}

std::string pool_text(const StepAnswer& step, const PoolSpec& spec) {
  return fmt::format("{} x {} {}", spec.replicas, spec.replica.chips, step.request.chip->id);
}

std::string interval_text(const std::optional<double>& low, const std::optional<double>& high) {
  return low && high ? fmt::format("{} - {}", time_text(*low), time_text(*high)) : "?";
}

Table percentiles(const SimulationResult& r, const Words& say) {
  Table table;
  table.columns = {{"what", say("Seconds"), "", Align::kLeft},
                   {"mean", say("Mean"), "", Align::kRight},
                   {"p50", "p50", "", Align::kRight},
                   {"p90", "p90", "", Align::kRight},
                   {"p99", "p99", "", Align::kRight},
                   {"p99_interval", say("95 % interval of p99"), "", Align::kRight}};
  const auto add = [&](std::string name, const LatencyStats& s) {
    if (s.count > 0) {
      table.rows.push_back({std::move(name), time_text(s.mean), time_text(s.quantiles[0].value),
                            time_text(s.quantiles[1].value), time_text(s.quantiles[3].value),
                            interval_text(s.quantiles[3].low, s.quantiles[3].high)});
    }
  };
  add("TTFT", r.ttft);
  add("TPOT", r.tpot);
  add(say("request"), r.latency);
  add(say("task"), r.task);
  return table;
}

results::ScatterPlot timeline_plot(const SimulationResult& r, const Words& say) {
  results::ScatterPlot plot;
  plot.title = say("Requests in the cluster");
  plot.x = {say("Time"), "s", false, 0.0, 0.0};
  plot.y = {say("Requests"), "", false, 0.0, 0.0};
  plot.series = {{say("running")}, {say("waiting")}};
  for (const TimelinePoint& one : r.timeline) {
    plot.points.push_back({one.at_s, one.running, "", std::size_t{0}, false, ""});
    plot.points.push_back({one.at_s, one.waiting, "", std::size_t{1}, false, ""});
  }
  return plot;
}

void describe_pool(const std::string& name, const PoolSpec& spec, const PoolStats& stats,
                   const Words& say, std::vector<Block>& blocks) {
  blocks.emplace_back(Paragraph{
      say("{name}: busy {busy} % of the time, {batch} sequences in a step of a rank, cache {cache} "
          "% full, at most {peak} %",
          {{"name", name},
           {"busy", number(100.0 * stats.busy_share)},
           {"batch", number(stats.mean_decodes)},
           {"cache", number(100.0 * stats.cache_share)},
           {"peak", number(100.0 * stats.cache_peak)}}),
      2});
  if (stats.cached_tokens > 0) {
    const double all = static_cast<double>(stats.cached_tokens + stats.prompt_tokens);
    blocks.emplace_back(
        Paragraph{say("{share} % of the tokens of prompts were found in the cache",
                      {{"share", number(100.0 * static_cast<double>(stats.cached_tokens) / all)}}),
                  2});
  }
  if (stats.preemptions > 0) {
    blocks.emplace_back(Paragraph{
        say("{count} sequences had to make room", {{"count", std::to_string(stats.preemptions)}}),
        2});
  }
  if (stats.failures > 0 || stats.replicas + 1e-9 < spec.replicas) {
    blocks.emplace_back(Paragraph{
        say("{failures} failures; {mean} replicas on average",
            {{"failures", std::to_string(stats.failures)}, {"mean", number(stats.replicas)}}),
        2});
  }
}

void describe_result(const SimulateModels& m, const SimulationResult& r, const Words& say,
                     std::vector<Block>& blocks) {
  const ClusterSpec& c = m.spec.cluster;
  blocks.emplace_back(percentiles(r, say));
  if (m.spec.target.limits()) {
    blocks.emplace_back(
        Paragraph{say("{share} % of the requests keep the target: goodput {rate} requests a second",
                      {{"share", number(100.0 * r.good_share)}, {"rate", number(r.goodput_per_s)}}),
                  2});
  }
  const auto usd = usd_per_million(m, r);
  const auto joules = joules_per_token(m, r);
  blocks.emplace_back(Paragraph{
      say("{tokens} tokens of answers a second, {each} on each chip; {cost}; {energy}",
          {{"tokens", number(r.answer_tokens_per_s)},
           {"each", number(r.answer_tokens_per_s / static_cast<double>(m.chips()))},
           {"cost", usd ? say("{usd} USD for a million tokens of answers", {{"usd", number(*usd)}})
                        : say("cost not known")},
           {"energy", joules ? say("{joules} J a token", {{"joules", number(*joules)}})
                             : say("energy not known")}}),
      2});
  describe_pool(c.prefill ? say("chips for answers") : say("replicas"), c.pool, r.pool, say,
                blocks);
  if (c.prefill) {
    describe_pool(say("chips for prompts"), *c.prefill, *r.prefill, say, blocks);
  }
  const StepConstants& k = constants_of(m);
  blocks.emplace_back(Paragraph{
      say("{count} requests measured over {window} after a warm-up of {warmup} ({left} requests, "
          "by MSER); intervals are of the simulation, times of steps are known to {error} % (80 %, "
          "{evidence})",
          {{"count", std::to_string(r.measured)},
           {"window", time_text(r.window_s)},
           {"warmup", r.warmup_s > 0.0 ? time_text(r.warmup_s) : "0 s"},
           {"left", std::to_string(r.warmup_requests)},
           {"error", number(100.0 * (interval_factor(k) - 1.0), 2)},
           {"evidence", say(kEvidenceNames[static_cast<std::size_t>(k.evidence)], {})}}),
      2});
}

}  // namespace

std::string cluster_text(const SimulateModels& m) {
  const ClusterSpec& c = m.spec.cluster;
  std::string text = pool_text(m.step, c.pool);
  if (c.prefill) {
    text += " + " + pool_text(*m.step.pool->prefill, *c.prefill);
  }
  return text;
}

Json simulation_json(const SimulateModels& m, const SimulationResult& r) {
  const ClusterSpec& c = m.spec.cluster;
  const LatencyTarget& target = m.spec.target;
  const StepConstants& k = constants_of(m);
  Json json{
      {"feasible", true},
      {"model", m.step.request.model.id},
      {"engine", m.step.request.engine->name},
      {"chips", m.chips()},
      {"answers", pool_json(m.step, c.pool, r.pool, m.answers)},
      {"prompts", c.prefill ? pool_json(*m.step.pool->prefill, *c.prefill, *r.prefill, m.prompts)
                            : Json(nullptr)}};
  json.update({{"offered", r.offered},
               {"finished", r.finished},
               {"rejected", r.rejected},
               {"stopped", r.stopped},
               {"end_s", r.end_s},
               {"warmup_s", r.warmup_s},
               {"warmup_requests", r.warmup_requests},
               {"window_s", r.window_s},
               {"measured", r.measured},
               {"ttft_s", latency_json(r.ttft)},
               {"tpot_s", latency_json(r.tpot)},
               {"latency_s", latency_json(r.latency)},
               {"task_s", latency_json(r.task)},
               {"requests_per_s", r.requests_per_s},
               {"output_tokens_per_s", r.answer_tokens_per_s},
               {"prompt_tokens_per_s", r.prompt_tokens_per_s},
               {"tokens_per_s_per_chip", r.answer_tokens_per_s / static_cast<double>(m.chips())},
               {"target",
                {{"ttft_s", finite(target.ttft_s)},
                 {"tpot_s", finite(target.tpot_s)},
                 {"latency_s", finite(target.latency_s)}}},
               {"good_share", target.limits() ? Json(r.good_share) : Json(nullptr)},
               {"goodput_requests_per_s", target.limits() ? Json(r.goodput_per_s) : Json(nullptr)},
               {"cost_usd", m.priced() ? Json(r.usd) : Json(nullptr)},
               {"cost_usd_per_million_tokens", known(usd_per_million(m, r))},
               {"cost_usd_per_task", task_share(m.priced(), r.window_usd, r)},
               {"energy_j_per_task", task_share(m.metered(), r.window_joules, r)},
               {"energy_j", m.metered() ? Json(r.joules) : Json(nullptr)},
               {"energy_j_per_token", known(joules_per_token(m, r))},
               {"mean_in_system", r.mean_in_system},
               {"littles_law_gap", r.littles_gap},
               {"step_interval_factor", interval_factor(k)},
               {"evidence", kEvidenceNames[static_cast<std::size_t>(k.evidence)]},
               {"timeline", timeline_json(r)},
               {"assumptions", texts_json(m.assumptions)}});
  return json;
}

Json capacity_json(const SimulateModels& m, const CapacityResult& found,
                   const CapacityOptions& options) {
  Json json{{"feasible", found.stopped ? Json(nullptr) : Json(found.rate > 0.0)},
            {"rate", found.rate > 0.0 ? Json(found.rate) : Json(nullptr)},
            {"rate_interval", interval_json(found.low, found.high)},
            {"rates", found.rates},
            {"share", options.share},
            {"chips", m.chips()},
            {"rate_per_chip", found.rate / static_cast<double>(m.chips())}};
  if (found.rate > 0.0) {
    json["at"] = simulation_json(m, found.at);
    return json;
  }
  json["alone"] = {{"ttft_s", latency_json(found.alone.ttft)},
                   {"tpot_s", latency_json(found.alone.tpot)},
                   {"latency_s", latency_json(found.alone.latency)},
                   {"good_share", found.alone.good_share}};
  return json;
}

Table latency_table(const SimulationResult& r) {
  Table table;
  table.columns = {{"what", "What", "", Align::kLeft}, {"mean_s", "Mean", "s", Align::kRight}};
  for (const char* share : {"50", "90", "95", "99"}) {
    table.columns.push_back(
        {fmt::format("p{}_s", share), fmt::format("p{}", share), "s", Align::kRight});
    table.columns.push_back({fmt::format("p{}_low_s", share), "", "", Align::kRight});
    table.columns.push_back({fmt::format("p{}_high_s", share), "", "", Align::kRight});
  }
  const auto add = [&](const char* name, const LatencyStats& s) {
    if (s.count == 0) {
      return;
    }
    std::vector<Cell> row{std::string(name), s.mean};
    for (const QuantileEstimate& q : s.quantiles) {
      row.emplace_back(q.value);
      row.push_back(q.low ? Cell(*q.low) : Cell());
      row.push_back(q.high ? Cell(*q.high) : Cell());
    }
    table.rows.push_back(std::move(row));
  };
  add("ttft", r.ttft);
  add("tpot", r.tpot);
  add("latency", r.latency);
  add("task", r.task);
  return table;
}

void describe_simulation(const SimulateModels& m, const SimulationResult& r, bool plot,
                         const Words& say, std::vector<Block>& blocks) {
  blocks.emplace_back(
      Headline{say("{model} on {where}: {rate} requests a second, TTFT {ttft}, TPOT {tpot}",
                   {{"model", m.step.request.model.id},
                    {"where", cluster_text(m)},
                    {"rate", number(r.requests_per_s)},
                    {"ttft", time_text(r.ttft.mean)},
                    {"tpot", r.tpot.count > 0 ? time_text(r.tpot.mean) : "?"}})});
  if (r.stopped) {
    blocks.emplace_back(Paragraph{say("stopped early: what was answered until then"), 2});
  }
  describe_result(m, r, say, blocks);
  if (plot && r.timeline.size() > 1) {
    blocks.emplace_back(Verbatim{results::render_ascii(timeline_plot(r, say))});
  }
  describe_assumptions(m.assumptions, say, blocks);
}

namespace {

// Which limit a request that meets no others does not keep.
std::string binding_text(const SimulateModels& m, const SimulationResult& alone, double share,
                         const Words& say) {
  const LatencyTarget& target = m.spec.target;
  std::string text;
  const auto look = [&](const std::string& name, const LatencyStats& s, double limit) {
    const double there = s.quantiles[1].value;
    if (std::isfinite(limit) && s.count > 0 && s.most > limit) {
      text += (text.empty() ? "" : "; ") +
              say("{name} alone is {mean} on average and {p90} at the 90th percentile, the target "
                  "{limit}",
                  {{"name", name},
                   {"mean", time_text(s.mean)},
                   {"p90", time_text(there)},
                   {"limit", time_text(limit)}});
    }
  };
  look("TTFT", alone.ttft, target.ttft_s);
  look("TPOT", alone.tpot, target.tpot_s);
  look(say("a request"), alone.latency, target.latency_s);
  if (text.empty()) {
    text = say("even one request after another keeps it in {share} % of cases only, of {asked} %",
               {{"share", number(100.0 * alone.good_share)}, {"asked", number(100.0 * share)}});
  }
  return text;
}

}  // namespace

void describe_capacity(const SimulateModels& m, const CapacityResult& found,
                       const CapacityOptions& options, const Words& say, Answer& answer) {
  auto& blocks = answer.blocks;
  const std::string model = m.step.request.model.id;
  if (found.rate <= 0.0) {
    answer.infeasible = !found.stopped;
    blocks.emplace_back(Headline{found.stopped
                                     ? say("{model} on {where}: stopped before a rate was found",
                                           {{"model", model}, {"where", cluster_text(m)}})
                                     : say("{model} on {where}: no rate holds the target",
                                           {{"model", model}, {"where", cluster_text(m)}})});
    if (!found.stopped) {
      blocks.emplace_back(Paragraph{binding_text(m, found.alone, options.share, say), 2});
    }
    return;
  }
  blocks.emplace_back(
      Headline{say("{model} on {where}: {rate} requests a second",
                   {{"model", model}, {"where", cluster_text(m)}, {"rate", number(found.rate)}})});
  blocks.emplace_back(Paragraph{
      say("the highest rate at which {share} % of the requests keep the target; 95 % interval "
          "{low} to {high} over {runs} runs",
          {{"share", number(100.0 * options.share)},
           {"low", found.low ? number(*found.low) : "?"},
           {"high", found.high ? number(*found.high) : "?"},
           {"runs", std::to_string(found.rates.size())}}),
      2});
  describe_result(m, found.at, say, blocks);
  describe_assumptions(m.assumptions, say, blocks);
}

}  // namespace redline::app

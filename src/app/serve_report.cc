#include "app/serve_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/estimate_text.h"
#include "app/step_report.h"
#include "results/ascii_plot.h"

namespace redline::app {
namespace {

using results::Align;
using results::Table;
using results::Words;

std::string_view bits_name(Format format) {
  switch (format) {
    case Format::kFp8:
      return "fp8";
    case Format::kInt8:
      return "int8";
    case Format::kFp6:
      return "fp6";
    case Format::kFp4:
      return "fp4";
    case Format::kInt4:
      return "int4";
    case Format::kFp16:
      return "fp16";
    default:
      return "bf16";
  }
}

double tokens_per_s_per_chip(const ServingScheme& s) { return s.tokens_per_s / s.chips; }
std::optional<double> usd_per_million(const ServingScheme& s) {
  return s.usd_per_s > 0.0 ? std::optional(s.usd_per_s / s.tokens_per_s * 1e6) : std::nullopt;
}

Json pool_json(const ServePlace& place, const ServingPool& pool) {
  const Shard& shard = pool.plan.shard;
  const Precision& p = place.request.serving.precision;
  const StepRequest& r = place.request;
  return {{"chip", r.chip->id},
          {"system", r.system != nullptr ? Json(r.system->id) : Json(nullptr)},
          {"weights", bits_name(p.weights)},
          {"cache", bits_name(p.kv_cache)},
          {"tp", shard.tensor},
          {"pp", pool.plan.pipeline},
          {"dp", shard.data},
          {"ep", shard.expert},
          {"batch", pool.batch},
          {"instances", pool.instances},
          {"chips", pool.chips()}};
}

// What a shell takes as it is, or in quotes.
std::string shell_word(const std::string& word) {
  const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
  });
  return plain && !word.empty() ? word : fmt::format("'{}'", word);
}

// The command that works out the decode step of a way.
std::string estimate_command(const Json& fields) {
  std::string text = "redline estimate decode";
  for (const auto& [key, value] : fields.items()) {
    std::string name = key;
    for (const std::string_view unit : {"_usd_per_hour", "_usd"}) {
      if (name.size() > unit.size() && name.ends_with(unit)) {
        name.resize(name.size() - unit.size());
        break;
      }
    }
    std::replace(name.begin(), name.end(), '_', '-');
    text += fmt::format(" --{} {}", name,
                        shell_word(value.is_string() ? value.get<std::string>() : value.dump()));
  }
  return text;
}

Json objectives_json(const ServingQuestion& q, const Scores& scores) {
  constexpr std::array<std::string_view, 6> kKeys{"chip_seconds_per_million_tokens",
                                                  "cost_usd_per_million_tokens",
                                                  "energy_j_per_million_tokens",
                                                  "ttft_s",
                                                  "tpot_s",
                                                  "memory_bytes"};
  Json json = Json::object();
  for (std::size_t i = 0; i < q.objectives.size(); ++i) {
    json[std::string(kKeys[static_cast<std::size_t>(q.objectives[i])])] = scores[i];
  }
  return json;
}

std::string pool_text(const ServingPool& pool) {
  const Shard& shard = pool.plan.shard;
  std::string text = fmt::format("tp {}", shard.tensor);
  const auto add = [&text](std::string_view name, std::int64_t value, std::int64_t usual) {
    text += value == usual ? std::string() : fmt::format(", {} {}", name, value);
  };
  add("pp", pool.plan.pipeline, 1);
  add("dp", shard.data, 1);
  add("ep", shard.expert, 1);
  add("batch", pool.batch, 0);
  return text;
}

// Whole where they are counted.
std::string count_text(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : number(value);
}

results::ScatterPlot front_plot(const ServingQuestion& q, const ServeSearch& found,
                                const Words& say) {
  constexpr std::array<std::string_view, 6> kTitles{"Chip time", "Cost", "Energy",
                                                    "TTFT",      "TPOT", "Memory"};
  constexpr std::array<std::string_view, 6> kUnits{"s/M", "USD/M", "J/M", "s", "s", "B"};
  results::ScatterPlot plot;
  plot.title = say("Pareto-optimal plans");
  const auto axis = [&](std::size_t i) {
    const auto k = static_cast<std::size_t>(q.objectives[i]);
    return results::Axis{say(kTitles[k], {}), std::string(kUnits[k]), true, 0.0, 0.0};
  };
  plot.x = axis(0);
  plot.y = axis(1);
  plot.series = {{say("chunked prefill")}, {say("a pool for prompts")}};
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    const Scores& scores = found.result.front[i].scores;
    const ServingScheme& s = found.front[i].scheme;
    plot.points.push_back({scores[0], scores[1], std::to_string(s.decode.batch),
                           s.chunk > 0 ? std::size_t{0} : std::size_t{1}, i == 0, ""});
  }
  return plot;
}

}  // namespace

std::string objective_text(ServingObjective objective, double score) {
  switch (objective) {
    case ServingObjective::kThroughput:
      return fmt::format("{} tokens/s", number(1e6 / score));
    case ServingObjective::kCost:
      return fmt::format("{} USD/M", number(score));
    case ServingObjective::kEnergy:
      return fmt::format("{} J/M", number(score));
    case ServingObjective::kTtft:
    case ServingObjective::kTpot:
      return time_text(score);
    case ServingObjective::kMemory:
      break;
  }
  return gigabytes(Bytes{score});
}

Message scheme_message(const ServeRequest& asked, const ServingScheme& s) {
  const Precision& p = asked.place(s.decode.site).request.serving.precision;
  const Message::Argument plan{"plan", pool_text(s.decode)};
  const Message::Argument weights{"weights", std::string(bits_name(p.weights))};
  const Message::Argument cache{"cache", std::string(bits_name(p.kv_cache))};
  if (s.chunk >= asked.request().prompt) {
    return {"{plan}, {weights} with {cache} cache, whole prompts beside", {plan, weights, cache}};
  }
  if (s.chunk > 0) {
    return {"{plan}, {weights} with {cache} cache, chunks of {chunk} tokens",
            {plan, weights, cache, {"chunk", std::to_string(s.chunk)}}};
  }
  const StepRequest& prompts = asked.prompt_place(s.prefill.site).request;
  const Precision& o = prompts.serving.precision;
  const Message::Argument chip{"chip", prompts.chip->id};
  const Message::Argument other{"other", pool_text(s.prefill)};
  if (o.weights == p.weights) {
    return {"{plan}, {weights} with {cache} cache; prompts on {chip}: {other}",
            {plan, weights, cache, chip, other}};
  }
  return {"{plan}, {weights} with {cache} cache; prompts on {chip}: {other}, {format}",
          {plan, weights, cache, chip, other, {"format", std::string(bits_name(o.weights))}}};
}

Json scheme_json(const ServeRequest& asked, const ServingQuestion& q, const SearchHit& hit,
                 const ServeAnswer& answer) {
  const ServingScheme& s = answer.scheme;
  const StepTime& t = answer.step.time();
  const auto usd = usd_per_million(s);
  const double low = t.low.base() / t.total.base();
  const double high = t.high.base() / t.total.base();
  return {{"number", hit.number},
          {"objectives", objectives_json(q, hit.scores)},
          {"decode", pool_json(asked.place(s.decode.site), s.decode)},
          {"chunk", s.chunk > 0 ? Json(s.chunk) : Json(nullptr)},
          {"prefill",
           s.chunk > 0 ? Json(nullptr) : pool_json(asked.prompt_place(s.prefill.site), s.prefill)},
          {"chips", s.chips},
          {"ttft_s", s.ttft_s},
          {"tpot_s", s.tpot_s},
          {"interval_tpot_s", {s.tpot_s * low, s.tpot_s * high}},
          {"tokens_per_s", s.tokens_per_s},
          {"requests_per_s", s.tokens_per_s / static_cast<double>(q.load.answer)},
          {"tokens_per_s_per_chip", tokens_per_s_per_chip(s)},
          {"cost_usd_per_million_tokens", usd ? Json(*usd) : Json(nullptr)},
          {"energy_j_per_token", s.watts > 0.0 ? Json(s.watts / s.tokens_per_s) : Json(nullptr)},
          {"mfu", s.mfu},
          {"memory_bytes_per_chip", s.memory.base()},
          {"bound", kPartNames[static_cast<std::size_t>(t.bound)]},
          {"evidence", kEvidenceNames[static_cast<std::size_t>(t.evidence)]},
          {"estimate", estimate_command(answer.step_fields)}};
}

Table schemes_table(const ServeRequest& asked, const ServeSearch& found, const Words& say) {
  Table table;
  table.columns = {{"plan", "Plan", "", Align::kLeft},
                   {"chips", "Chips", "", Align::kRight, 4},
                   {"ttft_s", "TTFT", "s", Align::kRight, 3},
                   {"tpot_ms", "TPOT", "ms", Align::kRight, 3},
                   {"tokens_per_s_per_chip", "Tokens/s", "", Align::kRight, 3},
                   {"usd_per_million_tokens", "USD/M", "", Align::kRight, 3},
                   {"memory_gb", "Memory", "GB", Align::kRight, 3}};
  for (const ServeAnswer& one : found.front) {
    const ServingScheme& s = one.scheme;
    const auto usd = usd_per_million(s);
    table.rows.push_back({say(scheme_message(asked, s)), s.chips, s.ttft_s, 1e3 * s.tpot_s,
                          tokens_per_s_per_chip(s), usd ? results::Cell(*usd) : results::Cell(),
                          s.memory.base() / 1e9});
  }
  return table;
}

void describe_schemes(const ServeRequest& asked, const ServingQuestion& q, const ServeSearch& found,
                      const std::vector<Sensitivity>& varied, const SearchRun& run,
                      const Words& say, Answer& answer) {
  auto& blocks = answer.blocks;
  const SearchResult& result = found.result;
  const ServeAnswer& best = found.best.front();
  const ServingScheme& s = best.scheme;
  const StepRequest& r = asked.request();
  const StepTime& t = best.step.time();
  blocks.emplace_back(Headline{
      say("{model} on {chip}: {plan}",
          {{"model", r.model.id}, {"chip", r.chip->id}, {"plan", say(scheme_message(asked, s))}})});
  const auto limited = [&](double value, double limit) {
    return std::isfinite(limit) ? say("{value} of {limit}",
                                      {{"value", time_text(value)}, {"limit", time_text(limit)}})
                                : time_text(value);
  };
  blocks.emplace_back(Paragraph{
      say("TTFT {ttft}; TPOT {tpot} (80 % interval {low} to {high}); {rate} tokens a second on "
          "each chip",
          {{"ttft", limited(s.ttft_s, q.ttft_s)},
           {"tpot", limited(s.tpot_s, q.tpot_s)},
           {"low", time_text(s.tpot_s * t.low.base() / t.total.base())},
           {"high", time_text(s.tpot_s * t.high.base() / t.total.base())},
           {"rate", number(tokens_per_s_per_chip(s))}}),
      2});
  const auto usd = usd_per_million(s);
  const Bytes capacity = q.sites[s.decode.site].capacity;
  blocks.emplace_back(Paragraph{
      say("{cost}; MFU {mfu} %; {memory} of {capacity} on each chip",
          {{"cost", usd ? say("{usd} USD for a million tokens of answers", {{"usd", number(*usd)}})
                        : say("cost not known")},
           {"mfu", number(100.0 * s.mfu)},
           {"memory", gigabytes(s.memory)},
           {"capacity", capacity > Bytes{} ? gigabytes(capacity) : say("none")}}),
      2});
  if (s.chunk == 0) {
    blocks.emplace_back(Paragraph{
        say("{prompts} chips for prompts to {answers} for answers ({x} and {y} instances)",
            {{"prompts", count_text(s.prefill.chips())},
             {"answers", count_text(s.decode.chips())},
             {"x", count_text(s.prefill.instances)},
             {"y", count_text(s.decode.instances)}}),
        2});
  }
  if (q.chips > 0 || q.requests_per_s > 0.0) {
    blocks.emplace_back(
        Paragraph{say("{chips} chips: {requests} requests and {tokens} tokens a second",
                      {{"chips", count_text(s.chips)},
                       {"requests", number(s.tokens_per_s / static_cast<double>(q.load.answer))},
                       {"tokens", number(s.tokens_per_s)}}),
                  2});
  }
  blocks.emplace_back(
      Paragraph{optimality_text(
                    result, kServingObjectiveNames[static_cast<std::size_t>(q.objectives[0])], say),
                2});
  const auto most = std::max_element(t.parts.begin(), t.parts.end());
  blocks.emplace_back(Paragraph{
      say("the decode step is bound by {bound}; its greatest part is {part} with {share} %",
          {{"bound", say(kPartNames[static_cast<std::size_t>(t.bound)], {})},
           {"part", say(kWorkNames[static_cast<std::size_t>(most - t.parts.begin())], {})},
           {"share", number(100.0 * most->base() / t.total.base())}}),
      2});
  describe_next_best(
      result, [&] { return say(scheme_message(asked, found.best[1].scheme)); }, say, blocks);
  blocks.emplace_back(Paragraph{
      say("the step by itself: {command}", {{"command", estimate_command(best.step_fields)}}), 2});
  describe_sensitivities(varied, result.best.front().scores[0], say, blocks);
  if (q.objectives.size() > 1) {
    describe_front(schemes_table(asked, found, say),
                   run.plot ? std::optional(front_plot(q, found, say)) : std::nullopt, say, blocks);
  }
  std::vector<Message> assumptions = asked.assumptions();
  if (!std::isfinite(q.ttft_s) && !std::isfinite(q.tpot_s)) {
    assumptions.push_back(Message("no limit on TTFT or TPOT"));
  }
  assumptions.push_back(Message("requests that are all alike, without queues"));
  describe_assumptions(assumptions, say, blocks);
}

namespace {

// Rounded up, so that it can be met.
std::string reachable(double seconds) {
  const double digit = std::pow(10.0, std::floor(std::log10(seconds)) - 2.0);
  std::string text = time_text(std::ceil(seconds / digit) * digit);
  std::erase(text, ' ');  // one word for a shell
  return text;
}

std::string cure_text(const ServeCure& cure, const ServingQuestion& q, const Words& say) {
  switch (cure.binding) {
    case ServeCure::Binding::kDivisibility:
      return say("no split of the chips divides the model");
    case ServeCure::Binding::kMemory: {
      const std::string text =
          say("memory binds: the leanest plan needs {needs} on each chip of {has}",
              {{"needs", gigabytes(cure.needs)}, {"has", gigabytes(q.sites.front().capacity)}});
      const std::string change = cure.chips > 0    ? fmt::format("--chips {}", cure.chips)
                                 : cure.tensor > 0 ? fmt::format("--tp {}", cure.tensor)
                                                   : std::string();
      return change.empty() ? text
                            : say("{problem}; smallest change that fits: {change}",
                                  {{"problem", text}, {"change", change}});
    }
    case ServeCure::Binding::kChips:
      return cure.chips > 0 ? say("chips bind; smallest change that fits: --chips {count}",
                                  {{"count", std::to_string(cure.chips)}})
                            : say("chips bind: without --chips there are plans that fit");
    case ServeCure::Binding::kTtft:
      return say("TTFT binds; smallest change that fits: --ttft {time}",
                 {{"time", reachable(cure.ttft_s)}});
    case ServeCure::Binding::kTpot:
      return say("TPOT binds; smallest change that fits: --tpot {time}",
                 {{"time", reachable(cure.tpot_s)}});
    case ServeCure::Binding::kTogether:
      return say(
          "TTFT and TPOT bind together; smallest change that fits: --ttft {ttft} or --tpot "
          "{tpot}",
          {{"ttft", reachable(cure.ttft_s)}, {"tpot", reachable(cure.tpot_s)}});
    case ServeCure::Binding::kEach:
      break;
  }
  return say("TTFT and TPOT bind: no plan is below {ttft} and {tpot}, each by itself",
             {{"ttft", reachable(cure.ttft_s)}, {"tpot", reachable(cure.tpot_s)}});
}

}  // namespace

void describe_no_scheme(const ServeRequest& asked, const ServingQuestion& q,
                        const std::optional<ServeCure>& cure, const Words& say, Json& json,
                        Answer& answer) {
  constexpr std::array<std::string_view, 7> kBindings{
      "divisibility", "memory", "chips", "ttft", "tpot", "ttft-and-tpot", "ttft-and-tpot-each"};
  const StepRequest& r = asked.request();
  answer.infeasible = true;
  answer.blocks.emplace_back(Headline{
      say("{model} on {chip}: no plan fits", {{"model", r.model.id}, {"chip", r.chip->id}})});
  if (!cure) {
    json["binding"] = nullptr;
    return;
  }
  using Binding = ServeCure::Binding;
  json["binding"] = kBindings[static_cast<std::size_t>(cure->binding)];
  if (cure->binding == Binding::kMemory) {
    json["least_memory_bytes"] = cure->needs.base();
    json["capacity_bytes"] = q.sites.front().capacity.base();
    json["fits_with_tp"] = cure->tensor > 0 ? Json(cure->tensor) : Json(nullptr);
  }
  if (cure->binding == Binding::kMemory || cure->binding == Binding::kChips) {
    json["fits_with_chips"] = cure->chips > 0 ? Json(cure->chips) : Json(nullptr);
  } else if (cure->binding != Binding::kDivisibility) {
    const auto known = [](double s) { return std::isfinite(s) ? Json(s) : Json(nullptr); };
    json["least_ttft_s"] = known(cure->ttft_s);
    json["least_tpot_s"] = known(cure->tpot_s);
  }
  answer.blocks.emplace_back(Paragraph{cure_text(*cure, q, say), 2});
}

}  // namespace redline::app

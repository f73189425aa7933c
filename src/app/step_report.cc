#include "app/step_report.h"

#include <array>

#include <fmt/format.h>

#include "app/estimate_text.h"

namespace redline::app {
namespace {

using results::Align;
using results::Table;
using results::Words;

constexpr std::array<std::string_view, 6> kMemoryNames{"weights",     "gradients", "optimizer",
                                                       "activations", "cache",     "workspace"};

std::array<Bytes, 6> parts_of(const StepMemory& m) {
  return {m.weights, m.gradients, m.optimizer, m.activations, m.cache, m.workspace};
}

}  // namespace

std::string gigabytes(Bytes bytes) { return number(bytes.base() / 1e9) + " GB"; }

std::string_view kind_name(StepKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"train", "prefill", "decode"};
  return kNames[static_cast<std::size_t>(kind)];
}

namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json plan_json(const StepRequest& r) {
  const bool trains = r.kind == StepKind::kTrain;
  const Shard& shard = trains ? r.training.shard : r.serving.shard;
  Json plan{{"tp", shard.tensor},
            {"pp", trains ? r.training.pipeline : r.serving.pipeline},
            {"dp", shard.data},
            {"ep", shard.expert}};
  if (trains) {
    const TrainingRequest& request = r.training.request;
    plan["cp"] = shard.context;
    plan["vp"] = r.training.virtual_stages;
    plan["schedule"] = kScheduleNames[static_cast<std::size_t>(r.training.schedule)];
    plan["microbatch"] = request.sequences;
    plan["microbatches"] = request.microbatches;
    plan["batch"] = request.sequences * request.microbatches * shard.data;
    plan["seq"] = request.tokens;
    plan["zero"] = static_cast<int>(shard.zero);
    plan["recompute"] = kRecomputeNames[static_cast<std::size_t>(request.recompute)];
    plan["zero_ranks"] = shard.zero_ranks > 0 ? Json(shard.zero_ranks) : Json(nullptr);
    plan["sequence_parallel"] = shard.sequence_parallel;
  } else {
    plan["batch"] = r.batch;
    plan["prompt"] = r.prompt;
    plan["answer"] = r.answer;
    plan["drafts"] = r.serving.draft_passes;
  }
  return plan;
}

Json time_json(const StepTime& t) {
  Json breakdown = Json::object();
  for (std::size_t i = 0; i < kWorks; ++i) {
    breakdown[std::string(kWorkNames[i]) + "_s"] = t.parts[i].base();
  }
  return {{"time_s", t.total.base()},
          {"interval_s", {t.low.base(), t.high.base()}},
          {"evidence", kEvidenceNames[static_cast<std::size_t>(t.evidence)]},
          {"bound", kPartNames[static_cast<std::size_t>(t.bound)]},
          {"breakdown", std::move(breakdown)}};
}

// Of a token budget of training.
struct Budget {
  double chip_hours = 0.0;
  double energy_j = 0.0;
  std::optional<double> cost_usd;
};
std::optional<Budget> budget_of(const StepAnswer& a) {
  if (a.request.token_budget <= 0.0 || !a.training) {
    return std::nullopt;
  }
  const double chip_seconds = a.request.token_budget / a.tokens_per_s_per_chip();
  Budget budget;
  budget.chip_hours = chip_seconds / 3600.0;
  if (a.cost.power) {
    budget.energy_j = chip_seconds * a.cost.power->base();
  }
  if (a.cost.cost) {
    budget.cost_usd = chip_seconds * a.cost.cost->base();
  }
  return budget;
}

}  // namespace

namespace {

Json chunked_json(const StepAnswer& a) {
  const ChunkedPrefill& c = *a.chunked;
  Json json{{"chunk", c.chunk}, {"step_s", c.step.time.total.base()}, {"ttft_s", c.ttft_s}};
  if (a.decode) {
    const double tokens_per_step = a.request.serving.tokens_per_step;
    json["share_of_steps"] = c.share_of_steps;
    json["batch"] = c.batch;
    json["prompts_bind"] = c.prompts_bind;
    json["tpot_s"] = c.step_s / tokens_per_step;
    json["tokens_per_s_per_chip"] = a.chunked_tokens_per_s_per_chip();
  }
  return json;
}

Json pool_json(const PrefillPool& pool) {
  return {{"prefill", step_json(*pool.prefill)},
          {"replicas_per_replica", pool.replicas},
          {"chips_per_chip", pool.chips},
          {"cache_bytes", pool.cache.base()},
          {"transfer_s", pool.transfer.base()},
          {"ttft_s", pool.ttft.base()},
          {"tokens_per_s_per_chip", pool.tokens_per_s_per_chip},
          {"cost_usd_per_million_tokens", or_null(pool.usd_per_million_tokens)}};
}

}  // namespace

Json step_json(const StepAnswer& a) {
  const StepRequest& r = a.request;
  Json json{{"model", r.model.id},
            {"chip", r.chip->id},
            {"system", r.system != nullptr ? Json(r.system->id) : Json(nullptr)},
            {"engine", r.engine->name},
            {"chips", r.chips()},
            {"plan", plan_json(r)}};
  if (a.unanswered) {
    json["time_s"] = nullptr;
    json["interval_s"] = nullptr;
    json["reason"] = a.unanswered->english();
    json["assumptions"] = texts_json(r.assumptions);
    return json;
  }
  json.update(time_json(a.time()));
  json["reason"] = nullptr;
  if (a.training) {
    json["step_time_s"] = a.time().total.base();
    json["mfu"] = a.training->mfu;
    json["hfu"] = a.training->hfu;
    const Exposed& e = a.training->exposed;
    json["exposed"] = {{"tensor_parallel", e.tensor},
                       {"context_parallel", e.context},
                       {"expert_parallel", e.expert},
                       {"pipeline_send", e.pipeline},
                       {"data_parallel", e.replicas}};
  } else {
    const double ttft = a.prefill->time.total.base();
    json["ttft_s"] = ttft;
    json["tpot_s"] =
        a.decode ? Json(a.decode->time.total.base() / r.serving.tokens_per_step) : Json(nullptr);
  }
  json["tokens_per_s_per_chip"] = a.tokens_per_s_per_chip();
  json["cost_usd_per_million_tokens"] = or_null(a.usd_per_million_tokens());
  json["energy_j_per_token"] =
      a.cost.power ? Json(a.cost.power->base() / a.tokens_per_s_per_chip()) : Json(nullptr);
  json["memory_bytes_per_chip"] = a.memory().total().base();
  Json memory = Json::object();
  const auto parts = parts_of(a.memory());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    memory[std::string(kMemoryNames[i]) + "_bytes"] = parts[i].base();
  }
  json["memory"] = std::move(memory);
  json["capacity_bytes"] = a.capacity ? Json(a.capacity->base()) : Json(nullptr);
  json["fits"] = a.capacity ? Json(a.fits) : Json(nullptr);
  json["cure"] = a.cure ? Json(a.cure->english()) : Json(nullptr);
  if (!a.training && a.capacity) {
    json["largest_batch"] = largest_batch(r.model, r.serving, *a.capacity, r.prompt + r.answer);
  }
  if (const auto budget = budget_of(a)) {
    json["token_budget"] = r.token_budget;
    json["chip_hours"] = budget->chip_hours;
    json["energy_j"] = a.cost.power ? Json(budget->energy_j) : Json(nullptr);
    json["cost_usd"] = or_null(budget->cost_usd);
  }
  json["assumptions"] = texts_json(r.assumptions);
  if (a.chunked) {
    json["chunked_prefill"] = chunked_json(a);
  }
  if (r.pool) {
    json["prefill_pool"] = a.pool && !a.pool->unanswered ? pool_json(*a.pool) : Json(nullptr);
  }
  return json;
}

namespace {

Table time_table(const StepTime& t) {
  Table table;
  table.columns = {{"part", "Part", "", Align::kLeft},
                   {"time_ms", "Time", "ms", Align::kRight, 4},
                   {"share_percent", "Share", "%", Align::kRight, 3}};
  for (std::size_t i = 0; i < kWorks; ++i) {
    const double part = t.parts[i].base();
    if (part > 0.0) {
      table.rows.push_back({std::string(kWorkNames[i]), part * 1e3, 100.0 * part / t.total.base()});
    }
  }
  return table;
}

Table memory_table(const StepMemory& memory) {
  Table table;
  table.columns = {{"part", "Memory of a chip", "", Align::kLeft},
                   {"gb", "Size", "GB", Align::kRight, 4}};
  const auto parts = parts_of(memory);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].base() > 0.0) {
      table.rows.push_back({std::string(kMemoryNames[i]), parts[i].base() / 1e9});
    }
  }
  return table;
}

}  // namespace

Table step_table(const StepAnswer& a) {
  Table table;
  table.columns = {{"step", "Step", "", Align::kLeft},
                   {"model", "Model", "", Align::kLeft},
                   {"chip", "Chip", "", Align::kLeft},
                   {"chips", "Chips", "", Align::kRight},
                   {"time_s", "Time", "s"},
                   {"low_s", "p10", "s"},
                   {"high_s", "p90", "s"},
                   {"tokens_per_s_per_chip", "Tokens a second and chip", ""},
                   {"memory_bytes_per_chip", "Memory", "B"},
                   {"evidence", "Evidence", "", Align::kLeft},
                   {"bound", "Bound", "", Align::kLeft}};
  const StepRequest& r = a.request;
  std::vector<results::Cell> row{std::string(kind_name(r.kind)), r.model.id, r.chip->id,
                                 static_cast<std::int64_t>(r.chips())};
  if (!a.unanswered) {
    const StepTime& t = a.time();
    row.insert(row.end(), {t.total.base(), t.low.base(), t.high.base(), a.tokens_per_s_per_chip(),
                           a.memory().total().base(),
                           std::string(kEvidenceNames[static_cast<std::size_t>(t.evidence)]),
                           std::string(kPartNames[static_cast<std::size_t>(t.bound)])});
  }
  table.rows.push_back(std::move(row));
  return table;
}

namespace {

std::string evidence_text(const StepAnswer& a, const Words& say) {
  switch (a.time().evidence) {
    case Evidence::kMeasured:
      return say("measured: constants fitted on this chip and engine");
    case Evidence::kFamily:
      return say("family: constants fitted on relatives of this chip, or on other engines on it");
    case Evidence::kExtrapolated:
      break;
  }
  return say("extrapolated: this chip is known from its data sheet alone");
}

void describe_chunks(const StepAnswer& a, const Words& say, std::vector<Block>& blocks) {
  const ChunkedPrefill& c = *a.chunked;
  const std::string chunk = std::to_string(c.chunk);
  if (!a.decode) {
    blocks.emplace_back(
        Paragraph{say("In chunks of {chunk} tokens: first token after {ttft}, steps of {step}",
                      {{"chunk", chunk},
                       {"ttft", time_text(c.ttft_s)},
                       {"step", time_text(c.step.time.total.base())}}),
                  2});
    return;
  }
  blocks.emplace_back(
      Paragraph{say("With prompts in chunks of {chunk} tokens beside them: {share} % of steps "
                    "carry one, TPOT "
                    "{tpot}, first token after {ttft}; {rate} tokens a second on each chip",
                    {{"chunk", chunk},
                     {"share", number(100.0 * c.share_of_steps)},
                     {"tpot", time_text(c.step_s / a.request.serving.tokens_per_step)},
                     {"ttft", time_text(c.ttft_s)},
                     {"rate", number(a.chunked_tokens_per_s_per_chip())}}),
                2});
  if (c.prompts_bind) {
    blocks.emplace_back(
        Paragraph{say("Prompts bind: every step carries a chunk, and {batch} sequences decode",
                      {{"batch", number(c.batch)}}),
                  2});
  }
}

void describe_pool(const PrefillPool& pool, const Words& say, std::vector<Block>& blocks) {
  if (pool.unanswered) {
    blocks.emplace_back(Paragraph{
        say("The pool that prefills is not known: {reason}", {{"reason", say(*pool.unanswered)}}),
        2});
    return;
  }
  const StepRequest& r = pool.prefill->request;
  blocks.emplace_back(Paragraph{
      say("Prompts on a pool of {chip}: {count} chips for each of these, first token after {ttft} "
          "with {transfer} to send {cache}",
          {{"chip", r.chip->id},
           {"count", number(pool.chips)},
           {"ttft", time_text(pool.ttft.base())},
           {"transfer", time_text(pool.transfer.base())},
           {"cache", gigabytes(pool.cache)}}),
      2});
  blocks.emplace_back(Paragraph{
      pool.usd_per_million_tokens
          ? say("both pools: {rate} tokens a second on each chip, {usd} USD for a million tokens",
                {{"rate", number(pool.tokens_per_s_per_chip)},
                 {"usd", number(*pool.usd_per_million_tokens)}})
          : say("both pools: {rate} tokens a second on each chip",
                {{"rate", number(pool.tokens_per_s_per_chip)}}),
      2});
}

void describe_cost(const StepAnswer& a, const Words& say, std::vector<Block>& blocks) {
  if (const auto usd = a.usd_per_million_tokens()) {
    const std::string basis =
        a.cost.basis == CostBasis::kRent
            ? say("rent at {usd} USD an hour", {{"usd", number(a.cost.cost->base() * 3600.0)}})
            : say("ownership at {usd} USD an hour",
                  {{"usd", number(a.cost.cost->base() * 3600.0)}});
    blocks.emplace_back(Paragraph{
        say("{usd} USD for a million tokens: {basis}", {{"usd", number(*usd)}, {"basis", basis}}),
        2});
  } else {
    blocks.emplace_back(Paragraph{
        say("cost not known: no price or rent of this chip is; give --rent or --price"), 2});
  }
  if (const auto budget = budget_of(a)) {
    blocks.emplace_back(Paragraph{
        say("{tokens} tokens: {hours} chip-hours, {energy} MWh{cost}",
            {{"tokens", number(a.request.token_budget)},
             {"hours", number(budget->chip_hours)},
             {"energy", number(budget->energy_j / 3.6e9)},
             {"cost", budget->cost_usd ? fmt::format(", {} USD", number(*budget->cost_usd))
                                       : std::string()}}),
        2});
  }
}

}  // namespace

void describe_step(const StepAnswer& a, const Words& say, std::vector<Block>& blocks) {
  const StepRequest& r = a.request;
  const std::string where = fmt::format("{} x {}", r.chips(), r.chip->id);
  if (a.unanswered) {
    blocks.emplace_back(
        Headline{say("{model} on {where}: not known", {{"model", r.model.id}, {"where", where}})});
    blocks.emplace_back(Paragraph{say(*a.unanswered), 2});
    return;
  }
  const StepTime& t = a.time();
  const std::initializer_list<Message::Argument> values{{"model", r.model.id},
                                                        {"where", where},
                                                        {"time", time_text(t.total.base())},
                                                        {"low", time_text(t.low.base())},
                                                        {"high", time_text(t.high.base())}};
  blocks.emplace_back(Headline{
      r.kind == StepKind::kTrain
          ? say("{model} on {where}: training step {time} (80 % interval {low} to {high})", values)
      : r.kind == StepKind::kPrefill
          ? say("{model} on {where}: first token after {time} (80 % interval {low} to {high})",
                values)
          : say("{model} on {where}: decode step {time} (80 % interval {low} to {high})", values)});
  if (a.capacity && !a.fits) {
    blocks.emplace_back(Paragraph{say("DOES NOT FIT: needs {needs} on each chip, {chip} has {has}",
                                      {{"needs", gigabytes(a.memory().total())},
                                       {"chip", r.chip->id},
                                       {"has", gigabytes(*a.capacity)}}),
                                  2});
    if (a.cure) {
      blocks.emplace_back(Paragraph{say(*a.cure), 2});
    }
  }
  blocks.emplace_back(
      Paragraph{say("{rate} tokens a second on each chip; bound by {bound}",
                    {{"rate", number(a.tokens_per_s_per_chip())},
                     {"bound", say(kPartNames[static_cast<std::size_t>(t.bound)], {})}}),
                2});
  if (a.training) {
    blocks.emplace_back(Paragraph{
        say("MFU {mfu} %, HFU {hfu} %",
            {{"mfu", number(100.0 * a.training->mfu)}, {"hfu", number(100.0 * a.training->hfu)}}),
        2});
  } else if (a.decode) {
    blocks.emplace_back(
        Paragraph{say("TPOT {tpot}; first token of one prompt after {ttft}",
                      {{"tpot", time_text(a.decode->time.total.base() / r.serving.tokens_per_step)},
                       {"ttft", time_text(a.prefill->time.total.base())}}),
                  2});
  }
  if (a.training && r.chips() > 1) {
    const auto percent = [](double share) { return number(100.0 * share, 2); };
    const Exposed& e = a.training->exposed;
    blocks.emplace_back(Paragraph{
        say("messages that work does not hide: tensor {tensor} %, context {context} %, experts "
            "{expert} %, pipeline {pipeline} %, replicas {replicas} %",
            {{"tensor", percent(e.tensor)},
             {"context", percent(e.context)},
             {"expert", percent(e.expert)},
             {"pipeline", percent(e.pipeline)},
             {"replicas", percent(e.replicas)}}),
        2});
  }
  describe_cost(a, say, blocks);
  if (a.chunked) {
    describe_chunks(a, say, blocks);
  }
  if (a.pool) {
    describe_pool(*a.pool, say, blocks);
  }
  blocks.emplace_back(Paragraph{evidence_text(a, say), 2});
  blocks.emplace_back(said_cells(time_table(t), {"part"}, say));
  blocks.emplace_back(said_cells(memory_table(a.memory()), {"part"}, say));
  describe_assumptions(r.assumptions, say, blocks);
}

}  // namespace redline::app

#include "app/estimate_step.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/scales.h"
#include "app/step_fields.h"
#include "app/step_report.h"

namespace redline::app {
namespace {

using results::Words;

// Changes of a plan from small to large.
struct PlanChange {
  Message name;
  StepRequest request;
};
std::vector<PlanChange> changes_of(const StepRequest& r) {
  std::vector<PlanChange> list;
  const auto add = [&](std::string_view text, std::initializer_list<Message::Argument> values,
                       const auto& change) {
    PlanChange one{Message(text, values), r};
    change(one.request);
    list.push_back(std::move(one));
  };
  const auto with = [](int value) { return Message::Argument{"value", std::to_string(value)}; };
  if (r.kind == StepKind::kTrain) {
    for (const auto& [recompute, name] :
         {std::pair{Recompute::kSelective, "selective"}, std::pair{Recompute::kFull, "full"}}) {
      if (r.training.request.recompute < recompute) {
        add("--recompute {value}", {{"value", name}},
            [&](StepRequest& c) { c.training.request.recompute = recompute; });
      }
    }
    for (int zero = static_cast<int>(r.training.shard.zero) + 1; zero <= 3; ++zero) {
      add("--zero {value}", {with(zero)},
          [&](StepRequest& c) { c.training.shard.zero = static_cast<ZeroStage>(zero); });
    }
    for (int tensor = 2 * r.training.shard.tensor;
         tensor <= std::min(16, std::max(1, r.training.shard.node_ranks)); tensor *= 2) {
      add("--tp {value}", {with(tensor)}, [&](StepRequest& c) {
        split_tensor(c.training.shard, c.model, tensor);
        c.training.shard.sequence_parallel = true;
      });
    }
    for (int pipeline = 2 * r.training.pipeline; pipeline <= 64; pipeline *= 2) {
      add("--pp {value}", {with(pipeline)},
          [&](StepRequest& c) { c.training.pipeline = pipeline; });
    }
    return list;
  }
  const bool wide_cache = bytes_per_element(r.serving.precision.kv_cache) > 1.0;
  if (wide_cache) {
    add("--kv-dtype {value}", {{"value", "fp8"}},
        [](StepRequest& c) { c.serving.precision.kv_cache = Format::kFp8; });
  }
  for (std::int64_t batch = r.batch / 2; batch >= 1; batch /= 2) {
    add("--batch {value}", {{"value", std::to_string(batch)}},
        [batch](StepRequest& c) { c.batch = batch; });
  }
  for (int tensor = 2 * r.serving.shard.tensor; tensor <= std::max(1, r.serving.shard.node_ranks);
       tensor *= 2) {
    add("--tp {value}", {with(tensor)},
        [tensor](StepRequest& c) { split_tensor(c.serving.shard, c.model, tensor); });
  }
  for (int pipeline = 2 * r.serving.pipeline; pipeline <= 64; pipeline *= 2) {
    add("--pp {value}", {with(pipeline)},
        [pipeline](StepRequest& c) { c.serving.pipeline = pipeline; });
  }
  return list;
}

Diagnostics check_request(const StepRequest& r) {
  if (r.kind == StepKind::kTrain) {
    return check(r.model, r.training);
  }
  return check(r.model, r.serving,
               r.kind == StepKind::kPrefill ? r.prefill_of(r.batch) : r.decode_of(r.batch));
}

StepMemory memory_of(const StepRequest& r) {
  switch (r.kind) {
    case StepKind::kTrain:
      return training_memory(r.model, r.training);
    case StepKind::kPrefill:
      return serving_memory(r.model, r.serving, r.batch, r.prompt + r.answer, r.batch * r.prompt);
    case StepKind::kDecode:
      break;
  }
  return serving_memory(r.model, r.serving, fullest_step(r.load(), r.serving, r.batch, r.chunk));
}

std::optional<Message> cure_of(const StepRequest& r, Bytes capacity) {
  for (const PlanChange& change : changes_of(r)) {
    if (check_request(change.request).empty() && memory_of(change.request).total() <= capacity) {
      return Message("smallest change that fits: {change} ({memory})",
                     {{"change", change.name.english()},
                      {"memory", gigabytes(memory_of(change.request).total())}});
    }
  }
  return std::nullopt;
}

void predict(StepAnswer& answer, const Workspace& w) {
  const StepRequest& r = answer.request;
  const std::shared_ptr<const KernelModel> kernels = w.kernels->of(w.catalog, r.machine);
  const StepModel steps = steps_of(w, r, *kernels);
  if (r.kind == StepKind::kTrain) {
    answer.unanswered = steps.refuses(r.model, r.training);
    if (!answer.unanswered) {
      answer.training = steps.training(r.model, r.training);
    }
    return;
  }
  const InferenceRequest prefill =
      r.prefill_of(r.kind == StepKind::kPrefill ? r.batch : std::int64_t{1});
  answer.unanswered = steps.refuses(r.model, r.serving, prefill);
  if (answer.unanswered) {
    return;
  }
  answer.prefill = steps.serving(r.model, r.serving, prefill);
  if (r.kind == StepKind::kDecode) {
    const InferenceRequest decode = r.decode_of(r.batch);
    answer.unanswered = steps.refuses(r.model, r.serving, decode);
    if (!answer.unanswered) {
      answer.decode = steps.serving(r.model, r.serving, decode);
    }
  }
  if (r.chunk > 0 && !answer.unanswered) {
    answer.chunked =
        chunked_prefill(r.model, steps, r.serving, r.load(), r.batch, r.chunk, answer.decode);
  }
}

}  // namespace

void take_as_owned(StepAnswer& answer) {
  CostTerms terms = answer.request.terms;
  terms.rents = false;
  answer.cost = cost_rate(*answer.request.chip, answer.request.system, terms);
}

StepModel steps_of(const Workspace& w, const StepRequest& r, const KernelModel& kernels) {
  return {r.machine, kernels, w.kernels->calibration(), *r.engine,
          step_variant(r.model, r.kind == StepKind::kTrain ? r.training.request.precision
                                                           : r.serving.precision)};
}

const StepTime& StepAnswer::time() const {
  return training ? training->time : decode ? decode->time : prefill->time;
}
const StepMemory& StepAnswer::memory() const {
  return training  ? training->memory
         : chunked ? chunked->step.memory
         : decode  ? decode->memory
                   : prefill->memory;
}
double StepAnswer::tokens() const {
  if (training) {
    return static_cast<double>(request.training.tokens());
  }
  const double sequences =
      static_cast<double>(request.batch) * static_cast<double>(request.serving.shard.data);
  return decode ? sequences * request.serving.tokens_per_step
                : sequences * static_cast<double>(request.prompt);
}
double StepAnswer::tokens_per_s_per_chip() const {
  const auto chips = static_cast<double>(request.chips());
  // A full pipeline starts a step whenever its slowest stage is done with the one before.
  const double pace =
      training ? training->time.total.base() : (decode ? decode->stage : prefill->stage).base();
  return tokens() / pace / chips;
}
std::optional<double> StepAnswer::usd_per_million_tokens() const {
  if (!cost.cost) {
    return std::nullopt;
  }
  return cost.cost->base() / tokens_per_s_per_chip() * kMillion;
}

double StepAnswer::chunked_tokens_per_s_per_chip() const {
  return chunked->batch * request.serving.shard.data * request.serving.tokens_per_step /
         chunked->pace_s / static_cast<double>(request.chips());
}

Loaded<StepAnswer> answer_step(const Workspace& w, StepKind kind, const Json& fields,
                               Code field_code, bool prompts_alone) {
  std::vector<FieldProblem> problems;
  auto request = read_step_request(w, kind, fields, problems);
  Diagnostics errors;
  for (const FieldProblem& one : problems) {
    errors.push_back({field_code, one.message, std::nullopt, {}, {}});
  }
  if (!request) {
    errors.insert(errors.end(), request.error().begin(), request.error().end());
  }
  std::shared_ptr<const StepAnswer> prefill;
  if (request && request->pool) {
    auto pool =
        answer_step(w, StepKind::kPrefill, *request->pool, field_code, /*prompts_alone=*/true);
    if (!pool) {
      for (Error& error : pool.error()) {
        error.help.emplace_back("this is the pool that prefills");
        errors.push_back(std::move(error));
      }
    } else {
      prefill = std::make_shared<const StepAnswer>(std::move(*pool));
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  StepAnswer answer;
  answer.request = std::move(*request);
  answer.request.serving.prompts_alone = prompts_alone;
  adopt_formats(answer.request);
  choose_plan(answer.request);
  answer.request.machine.chip = answer.request.chip.get();
  if (Diagnostics wrong = check_request(answer.request); !wrong.empty()) {
    return tl::unexpected(std::move(wrong));
  }
  predict(answer, w);
  answer.cost = cost_rate(*answer.request.chip, answer.request.system, answer.request.terms);
  const auto& capacity = answer.request.chip->memory.capacity;
  if (capacity && capacity->value && !answer.unanswered) {
    answer.capacity = *capacity->value;
    answer.fits = answer.memory().total() <= *answer.capacity;
    if (!answer.fits) {
      answer.cure = cure_of(answer.request, *answer.capacity);
    }
  }
  if (prefill != nullptr && !answer.unanswered) {
    answer.pool = prefill_pool(std::move(prefill), answer);
  }
  return answer;
}

Loaded<Answer> estimate_step(const Workspace& w, StepKind kind, const Json& fields, Code field_code,
                             const Words& say) {
  auto step = answer_step(w, kind, fields, field_code);
  if (!step) {
    return tl::unexpected(std::move(step).error());
  }
  Answer answer;
  answer.command = fmt::format("estimate-{}", kind_name(kind));
  answer.as_of = w.date;
  answer.request = fields;
  answer.request["command"] = answer.command;
  answer.results.push_back(step_json(*step));
  answer.table = step_table(*step);
  answer.infeasible = !step->fits;
  describe_step(*step, say, answer.blocks);
  return answer;
}

}  // namespace redline::app

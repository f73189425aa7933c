// Plans of runs under load, and what a run has that its row leaves out.

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "app/row_reader.h"
#include "base/nearest.h"

namespace redline::app {
namespace {

// The ranks of a plan, in whatever words.
struct Ranks {
  int tensor = 1, pipeline = 1, data = 1, experts = 1, expert_tensor = 1;
  bool own_sequences = false;  // the tensor's ranks have sequences of their own
};
Ranks ranks_of(const Fields& par) {
  const auto number = [&par](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (const auto found = par.count(name)) {
        return static_cast<int>(std::min<std::int64_t>(*found, 1'000'000));
      }
    }
    return 1;
  };
  return {.tensor = number({"tp", "tp_size"}),
          .pipeline = number({"pp", "pp_size"}),
          .data = number({"attention_dp", "attention_dp_size", "dp_attention", "dp"}),
          .experts = number({"moe_ep", "moe_ep_size", "ep"}),
          .expert_tensor = number({"moe_tp", "moe_tp_size"}),
          .own_sequences = par.truth("attention_dp")};
}

// Of n chips named as n x n: what has all of them has n, experts are on n. Whether it was so.
bool name_once(Ranks& r) {
  const std::int64_t all = std::int64_t{r.tensor} * r.data;
  const int n = static_cast<int>(std::llround(std::sqrt(static_cast<double>(all))));
  const bool twice = n > 1 && std::int64_t{n} * n == all && r.experts > 1 &&
                     std::int64_t{r.experts} * r.expert_tensor == all &&
                     (r.expert_tensor == n || (r.tensor == n && r.data == n));
  if (twice) {
    r.data = r.tensor == 1 ? n : 1;
    r.tensor = r.data == 1 ? n : 1;
    r.experts = n;
    r.expert_tensor = 1;
  }
  return twice;
}

ServingPlan plan_of(Ranks r, const Precision& precision, const LlmModel& model) {
  ServingPlan plan;
  plan.precision = precision;
  if (r.own_sequences) {
    r.data = std::exchange(r.tensor, 1);
  }
  plan.pipeline = r.pipeline;
  plan.shard.data = r.data;
  plan.shard.expert = model.moe ? r.experts : 1;
  split_tensor(plan.shard, model, r.tensor);
  if (model.moe && r.experts > 1) {
    plan.shard.expert_tensor = r.expert_tensor;
  } else if (model.moe && r.data > 1) {
    plan.shard.expert_tensor = std::max(1, r.tensor * r.data);
  }
  return plan;
}

}  // namespace

ServingPlan RowReader::load_plan(const Json& parallelism) {
  Ranks ranks = ranks_of(Fields(parallelism));
  const Source* source = w_.catalog.source(out_.source);
  const int data = ranks.data;
  if (source != nullptr && source->ranks_named_twice && name_once(ranks)) {
    batch_scale_ = data / ranks.data;
    assume("{count} chips, which the row names twice",
           {{"count", std::to_string(ranks.tensor * ranks.data)}});
  }
  return plan_of(ranks, precision_, model_);
}

// What another source has of the run.
const SourceRun* RowReader::told_elsewhere() const {
  const Source* source = w_.catalog.source(out_.source);
  if (source == nullptr) {
    return nullptr;
  }
  const std::string date = row_.text("date");
  const auto is_run = [&](const SourceRun& run) {
    constexpr std::size_t kDay = std::string_view("2026-01-14").size();
    const bool dated = !run.from || (date.size() == kDay && date >= format_date(*run.from));
    const bool named = run.rows.empty() ||
                       std::any_of(run.rows.begin(), run.rows.end(), [this](const std::string& id) {
                         return out_.id.starts_with(id);
                       });
    const auto among = [](const std::vector<int>& all, std::optional<std::int64_t> one) {
      return all.empty() || (one && std::find(all.begin(), all.end(), *one) != all.end());
    };
    return dated && named && among(run.prompts, shape_.count("isl")) &&
           among(run.answers, shape_.count("osl")) && among(run.tensor, par_.count("tp")) &&
           shape_.text("engine").starts_with(run.engine) &&
           (run.model.empty() || to_lower(run.model) == model_fields_.text("name"));
  };
  const auto run = std::find_if(source->runs.begin(), source->runs.end(), is_run);
  return run != source->runs.end() ? &*run : nullptr;
}

double RowReader::accepted_of(std::int64_t drafts) {
  return drafts > 1 ? kDraftsAccepted : kDraftAccepted;
}

// Tokens that a step guesses ahead.
int RowReader::read_drafts(ServingPlan& plan, const SourceRun* told) {
  constexpr std::int64_t kMost = 16;
  std::int64_t drafts = std::min(par_.count("mtp").value_or(0), kMost);
  if (told != nullptr && told->drafts > 0) {
    const bool apart = plan.shard.data > 1 && told->drafts_data_parallel > 0;
    drafts = apart ? told->drafts_data_parallel : told->drafts;
  }
  if (drafts <= 0) {
    return 0;
  }
  plan.draft_passes = drafts;
  plan.shard.mtp = true;
  model_.mtp = Mtp{1};
  assume("a step has {count} drafts, of which the next holds in {share} %",
         {{"count", std::to_string(drafts)},
          {"share", fmt::format("{:g}", 100.0 * accepted_of(drafts))}});
  return static_cast<int>(drafts);
}

// Most tokens of a step.
std::int64_t RowReader::read_step_tokens(const SourceRun* told, std::int64_t users) const {
  const auto stated = shape_.count("max_num_batched_tokens");
  if (stated || told == nullptr || told->step_tokens == 0) {
    return stated.value_or(engine_->step_tokens);
  }
  const std::int64_t prompt = shape_.count("isl").value_or(0);
  std::int64_t room = 0;
  switch (told->step_room) {
    case StepRoom::kFixed:
      break;
    case StepRoom::kPromptAndUsers:
      room = prompt + users + told->step_spare;
      break;
    case StepRoom::kPromptAndAnswer:
      room = prompt + shape_.count("osl").value_or(0) + told->step_spare;
      break;
  }
  return std::max<std::int64_t>(told->step_tokens, room);
}

// At a time on one replica. A batch is that of a rank: where it is a part of what is there at a
// time, the tensor's ranks have sequences of their own, or there are more replicas.
std::optional<std::int64_t> RowReader::users_of(ServingPlan& plan, bool pools) const {
  const auto users = shape_.count("concurrency");
  const auto batch = shape_.count("batch");
  Shard& shard = plan.shard;
  if (!batch || pools) {
    return users;
  }
  const std::int64_t all = *batch * batch_scale_ * shard.data;
  if (users && *users > all && *users % all == 0 && shard.tensor % (*users / all) == 0) {
    const int ranks = static_cast<int>(*users / all);
    shard.expert_tensor = model_.moe && shard.expert == 1 ? shard.tensor : shard.expert_tensor;
    shard.tensor /= ranks;
    shard.data *= ranks;
    return users;
  }
  return users ? std::min(all, *users) : all;
}

}  // namespace redline::app

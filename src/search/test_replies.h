#pragma once
// Questions about parts made of dies of the data set, for tests and benchmarks.

#include <string>
#include <string_view>
#include <vector>

#include "redline/chip_search.h"

#include "perf/test_steps.h"

namespace redline::test {

struct ReplyWorld {
  data::FileSet files;
  Catalog catalog;  // with places, for rules
  Rules rules;
  Silicon silicon;
};

inline const ReplyWorld& reply_world() {
  static const ReplyWorld kWorld = [] {
    ReplyWorld found;
    found.files = *data::read_file_set({REDLINE_TEST_DATA});
    CatalogParts parts;
    parts.geography = true;
    found.catalog = *load_catalog(found.files, parts);
    std::vector<std::string> replaced;
    found.rules = *Rules::load(found.files, found.catalog.geography, replaced);
    found.silicon = *load_silicon(found.files);
    return found;
  }();
  return kWorld;
}

inline Question asked(std::string to, std::string_view date, std::vector<std::string> with = {}) {
  Question question;
  question.to = std::move(to);
  question.as_of = *parse_date(date);
  question.with = std::move(with);
  return question;
}

// A die, the part that uses most of it, and work for it. What questions point to lives as long.
struct ReplyBed {
  explicit ReplyBed(std::string_view id, const LlmModel& of = gpt(8))
      : die(*reply_world().silicon.die(id)),
        model(of),
        serving(die.chip, "sglang"),
        training(die.chip, "megatron-core") {}
  ReplyBed(const ReplyBed&) = delete;
  ReplyBed& operator=(const ReplyBed&) = delete;

  // The die with few choices; `cores` of one die.
  [[nodiscard]] ReplyBody body(std::vector<double> cores) const {
    const Silicon& silicon = reply_world().silicon;
    ReplyBody one;
    one.die = die.id;
    one.node = silicon.node(die.node);
    one.memory = silicon.memory(die.memory);
    one.spec = die.spec;
    one.die_mm2 = die.area_mm2;
    one.core_mm2 =
        die_area(*one.node, *one.memory, die.spec)[index_of(DiePart::kCores)] / die.spec.cores;
    one.spared_mm2 = spared_area(*one.node, die.spec);
    one.dies = die.dies;
    one.host_gb_s = die.host_gb_s;
    one.cores = std::move(cores);
    one.memory_units = {die.units_on * die.dies};
    one.gbit_s = one.memory->gbit_s;
    one.unit_gb = one.memory->gigabytes;
    one.link_gb_s = {0.0};
    if (die.spec.link_gb_s > 0.0) {
      one.link_gb_s.push_back(die.spec.link_gb_s * die.dies);
    }
    return one;
  }

  [[nodiscard]] ReplyWorkload decode() const {
    ReplyWorkload work;
    work.phase = ReplyPhase::kDecode;
    work.model = &model;
    work.steps = &serving.steps;
    work.load = {1024, 256};
    work.limit_s = 0.05;
    work.batch = {1, 16, 128};
    work.serving = {plan(1), plan(2)};
    return work;
  }
  [[nodiscard]] ReplyWorkload prefill() const {
    ReplyWorkload work = decode();
    work.phase = ReplyPhase::kPrefill;
    work.limit_s = 1.0;
    work.batch = {1, 4};
    work.serving = {plan(1)};
    return work;
  }
  [[nodiscard]] ReplyWorkload train() const {
    ReplyWorkload work;
    work.phase = ReplyPhase::kTrain;
    work.model = &model;
    work.steps = &training.steps;
    TrainingPlan plan;
    plan.request.tokens = 1024;
    plan.request.microbatches = 4;
    plan.shard.tensor = 2;
    plan.shard.data = 4;
    plan.shard.node_ranks = 8;
    work.training = {plan};
    return work;
  }

  [[nodiscard]] ReplyQuestion question(std::vector<double> cores,
                                       std::vector<ReplyWorkload> works) const {
    ReplyQuestion q;
    q.base = &serving.chip;
    q.workloads = std::move(works);
    q.bodies = {body(std::move(cores))};
    q.clocks = {0.7, 1.0};
    q.packaging = &reply_world().silicon.packaging;
    return q;
  }

  [[nodiscard]] ReplyRules rules(const Question& question,
                                 const std::vector<MovedThreshold>& moved = {}) const {
    auto opened = ReplyRules::open(reply_world().rules, question, serving.chip, false, moved);
    RL_CHECK(opened.has_value());
    return std::move(*opened);
  }

  const DieRecord& die;
  LlmModel model;
  Bench serving, training;

 private:
  [[nodiscard]] static ServingPlan plan(int tensor) {
    ServingPlan plan;
    plan.shard.tensor = tensor;
    plan.shard.node_ranks = 8;
    return plan;
  }
};

}  // namespace redline::test

#include "app/search_chip.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "redline/random.h"
#include "redline/rule_search.h"

#include "app/reply_backtest.h"
#include "app/scales.h"
#include "app/search_report.h"
#include "app/step_fields.h"
#include "perf/limits.h"

namespace redline::app {
namespace {

constexpr double kTera = 1e12;

double objective_of(const ReplyReport& report, const Reply& part) {
  return part.per(report.request->reply.objective);
}

// By how much limits are loosened to see what they are worth.
constexpr std::array<double, 2> kLoosened{1.0, 10.0};

class Work {
 public:
  Work(const Workspace& w, std::unique_ptr<ReplyRequest> request, const SearchRun& run)
      : w_(w), request_(std::move(request)), run_(run), quiet_(run) {
    quiet_.progress = {};
  }

  Loaded<ReplyReport> work_out(ReplyDetail detail) {
    const auto begun = std::chrono::steady_clock::now();
    if (request_->part_only) {
      detail.prices = detail.robustness = false;
    }
    if (request_->refusal) {
      report_.request = request_;
      return std::move(report_);
    }
    if (auto error = measure_base(w_, *request_, report_.base)) {
      return tl::unexpected(Diagnostics{std::move(*error)});
    }
    ReplyRules rules = rules_with();
    report_.thresholds = rules.thresholds();
    const ReplySpace space(request_->reply, std::move(rules));
    const std::size_t top = std::max<std::size_t>(request_->top, kCandidates);
    report_.result = run_search(space, options_of(run_, top, [](double score) {
                                  return fmt::format("{:.4g}", 1.0 / score);
                                }));
    for (const SearchHit& hit : report_.result.best) {
      report_.best.push_back(space.reply(hit.number));
    }
    if (!report_.best.empty() && detail.front) {
      find_front();
    }
    report_.request = request_;
    report_.bodies = request_->reply.bodies;
    if (report_.best.empty()) {
      // The verdict of the least that could be built says why.
      const Reply least = space.lightest();
      if (request_->moved.empty()) {
        report_.lightest = verdict_of(least, report_.bodies[least.body]);
      }
    } else {
      judge_best(space);
      if (detail.prices) {
        report_.prices = price_limits_of(
            request_->reply, report_.thresholds, {kLoosened.begin(), kLoosened.end()},
            objective_of(report_, report_.best.front()),
            [this](const MovedThreshold& moved) { return rules_with(moved); }, run_);
      }
      if (detail.robustness) {
        try_draws(space);
      }
      report_.best.resize(std::min(report_.best.size(), request_->top));
    }
    report_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return std::move(report_);
  }

 private:
  static constexpr std::size_t kCandidates = 20;

  // With the limits that the request moves, and of those as they stand then one more.
  [[nodiscard]] ReplyRules rules_with(const std::optional<MovedThreshold>& more = {}) const {
    std::vector<MovedThreshold> moved = request_->moved;
    if (more) {
      const auto before = std::find_if(moved.begin(), moved.end(), [&](const MovedThreshold& one) {
        return one.threshold.quantity == more->threshold.quantity &&
               one.to == more->threshold.value;
      });
      if (before != moved.end()) {
        before->to = more->to;
      } else {
        moved.push_back(*more);
      }
    }
    auto rules = ReplyRules::open(w_.rules, request_->question, *request_->base,
                                  request_->exceptions, moved);
    RL_CHECK(rules.has_value());  // the question was read
    return std::move(*rules);
  }

  Verdict verdict_of(const Reply& part, const ReplyBody& body) const {
    const Chip chip = chip_of(part, body, *request_->base);
    auto verdict = classify(w_.rules, chip, request_->question, {.flips = false});
    RL_CHECK(verdict.has_value());  // the question was read
    return std::move(*verdict);
  }

  // Over fewer numbers of cores, at full clock: others of the same rate cost the same, nearly.
  void find_front() {
    ReplyQuestion question = request_->reply;
    question.front = true;
    question.clocks = {question.clocks.back()};
    constexpr std::size_t kMostCores = 6;
    for (ReplyBody& body : question.bodies) {
      const std::size_t step = (body.cores.size() + kMostCores - 1) / kMostCores;
      std::vector<double> fewer;
      for (std::size_t i = body.cores.size(); i > 0; i -= std::min(i, step)) {
        fewer.insert(fewer.begin(), body.cores[i - 1]);
      }
      body.cores = std::move(fewer);
    }
    const ReplySpace space(std::move(question), rules_with());
    for (const SearchHit& hit : run_search(space, options_of(quiet_, 1)).front) {
      report_.front.push_back(space.reply(hit.number));
    }
  }

  void judge_best(const ReplySpace& space) {
    const Reply& best = report_.best.front();
    if (request_->moved.empty()) {
      report_.verdict = verdict_of(best, report_.bodies[best.body]);
    }
    Reply free = best;
    free.cap = std::numeric_limits<double>::infinity();
    if (free.slowed) {
      free.gbit_s = report_.bodies[best.body].gbit_s.back();
      free.dram_gb_s =
          free.memory_units * free.gbit_s * report_.bodies[best.body].memory->bits / 8.0;
    }
    free.held = 1.0;
    if (best.tpp < best.silicon_tpp || best.slowed) {
      report_.unlocked = space.assess(free);
    }
  }

  // Draws of what is not known well: how much computing and memory yield, costs of the parts.
  void try_draws(const ReplySpace& space) {
    constexpr int kDraws = 200;
    constexpr double kNear = 0.98;
    double log_sd = 0.0;
    for (const auto& work : request_->works) {
      log_sd = std::max(log_sd, work->log_sd());
    }
    std::vector<Reply> candidates = report_.best;
    candidates.insert(candidates.end(), report_.front.begin(), report_.front.end());
    constexpr std::size_t kMost = 60;
    candidates.resize(std::min(candidates.size(), kMost));
    std::vector<double> ours;
    int near = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      ReplyDraw luck;
      const auto normal = [&](std::uint64_t stream) {
        const auto counter = static_cast<std::uint64_t>(draw);
        const double u = uniform(1, 2 * stream, counter);
        const double v = uniform(1, 2 * stream + 1, counter);
        return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * 3.14159265358979323846 * v);
      };
      luck.compute = std::exp(log_sd * normal(0));
      luck.memory = std::exp(log_sd * normal(1));
      for (std::size_t i = 0; i < luck.cost.size(); ++i) {
        luck.cost[i] = normal(2 + i);
      }
      double most = 0.0;
      double first = 0.0;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        const double value = objective_of(report_, space.assess(candidates[i], luck));
        first = i == 0 ? value : first;
        most = std::max(most, value);
      }
      near += first >= kNear * most ? 1 : 0;
      ours.push_back(first);
    }
    std::sort(ours.begin(), ours.end());
    report_.robustness = Robustness{kDraws, static_cast<double>(near) / kDraws, ours[kDraws / 10],
                                    ours[kDraws - 1 - kDraws / 10]};
  }

  const Workspace& w_;
  std::shared_ptr<ReplyRequest> request_;
  const SearchRun& run_;
  SearchRun quiet_;  // of searches beside the one that was asked for
  ReplyReport report_;
};

void scale(std::optional<ComputeRate>& rate, double factor, double cap_ops) {
  if (rate && rate->rate.value) {
    const double most = cap_ops / rate->dense_factor();
    rate->rate.value = OpsPerSecond{std::min(rate->rate.value->base() * factor, most)};
    rate->rate.range.reset();
  }
}

template <class Unit>
void set(std::optional<Fact<Unit>>& fact, double base) {
  Fact<Unit> known;
  known.value = Unit{base};
  known.basis = Basis::kDerived;
  fact = std::move(known);
}

}  // namespace

std::vector<ThresholdPrice> price_limits_of(
    const ReplyQuestion& question, const std::vector<Threshold>& limits,
    const std::vector<double>& percents, double now,
    const std::function<ReplyRules(const MovedThreshold&)>& rules_with, const SearchRun& run) {
  ReplyMemory memory(question);
  std::vector<ThresholdPrice> prices;
  for (const Threshold& limit : limits) {
    for (const double percent : percents) {
      if (run.stop && run.stop()) {
        return prices;
      }
      ThresholdPrice price{limit, percent, std::nullopt, 0.0};
      const double loose = limit.value * (1.0 + percent / 100.0);
      price.best = answer_rule(memory, rules_with({limit, loose}), run.prune).part;
      if (price.best) {
        price.gain_percent = 100.0 * (price.best->per(question.objective) / now - 1.0);
      }
      prices.push_back(std::move(price));
    }
  }
  return prices;
}

Chip chip_of(const Reply& part, const ReplyBody& body, const Chip& base) {
  Chip chip = base;
  chip.id = "reply";
  chip.name = "reply";
  chip.family.clear();
  chip.aliases.clear();
  chip.status = ChipStatus::kProposed;
  chip.designed_for_china = true;
  chip.announced.reset();
  chip.launched.reset();
  chip.market = body.workstation ? Market::kWorkstation : Market::kDataCenter;
  chip.datacenter = Fact<bool>{};
  chip.datacenter->value = !body.workstation;
  const double base_tpp = legal_quantities(base).tpp.value.value_or(0.0);
  const double factor = base_tpp > 0.0 ? part.silicon_tpp / base_tpp : 0.0;
  for (const FormatSlot& slot : kTppFormats) {
    scale(chip.compute.*slot.rate, factor, part.cap * kTera / slot.bits);
  }
  scale(chip.compute.tf32, factor, part.cap * kTera / part.tf32_bits);
  chip.memory.type = body.memory->name;
  set(chip.memory.capacity, part.memory_units * part.unit_gb * kGiga);
  set(chip.memory.bandwidth, part.dram_gb_s * kGiga);
  chip.memory.dram_bandwidth.reset();
  chip.memory.package_area.reset();
  if (!chip.link) {
    chip.link = Link{};
  }
  chip.link->kind = part.link_gb_s > 0.0 ? LinkKind::kLink : LinkKind::kNone;
  chip.link->direction = Direction::kBidirectional;
  set(chip.link->bandwidth, part.link_gb_s * kGiga);
  if (!chip.host_bus) {
    chip.host_bus = Link{};
  }
  chip.host_bus->direction = Direction::kBidirectional;
  set(chip.host_bus->bandwidth, body.host_gb_s * kGiga);
  const double area = chip.die.area && chip.die.area->value ? chip.die.area->value->base() : 0.0;
  set(chip.die.area, body.area_mm2());
  if (area > 0.0 && chip.die.transistors && chip.die.transistors->value) {
    const double transistors = chip.die.transistors->value->base() * body.area_mm2() / area;
    set(chip.die.transistors, transistors);
  }
  chip.core.count = static_cast<int>(std::lround(part.cores * body.dies));
  if (chip.clock.boost && chip.clock.boost->value) {
    set(chip.clock.boost, chip.clock.boost->value->base() * part.clock);
  }
  if (part.power.total() > 0.0) {
    set(chip.power.tdp, part.power.total());
  }
  if (part.cost.total.value > 0.0) {
    chip.price = {};
  }
  chip.published.clear();
  return chip;
}

Reply assess_as_sold(const Workspace& workspace, const ReplyRequest& request, const Chip& chip) {
  ReplyQuestion question = request.reply;
  question.bodies = {request.base_body};
  auto rules = ReplyRules::open(workspace.rules, request.question, *request.base, false);
  RL_CHECK(rules.has_value());  // the question was read
  return ReplySpace(std::move(question), std::move(*rules)).assess(part_as_sold(chip, request));
}

namespace {

// Plans in other formats than the first come after it.
Format format_of(const Precision& p) { return math_format(p.activations, p.weights); }
Format format_of(const ServingPlan& plan) { return format_of(plan.precision); }
Format format_of(const TrainingPlan& plan) { return format_of(plan.request.precision); }

void keep_format_asked(ReplyWorkload& work) {
  const auto keep = [](auto& plans) {
    std::erase_if(plans, [&, first = plans.empty() ? Format::kNone : format_of(plans.front())](
                             const auto& plan) { return format_of(plan) != first; });
  };
  keep(work.serving);
  keep(work.training);
}

}  // namespace

std::optional<Error> measure_base(const Workspace& workspace, ReplyRequest& request, Reply& base) {
  const ReplyQuestion whole = request.reply;
  for (ReplyWorkload& work : request.reply.workloads) {
    keep_format_asked(work);
  }
  base = assess_as_sold(workspace, request, *request.base);
  request.reply = whole;
  for (std::size_t i = 0; i < base.tokens_per_s.size(); ++i) {
    if (base.tokens_per_s[i] <= 0.0) {
      return Error{Code::kBadOptionValue,
                   fmt::format("{} cannot do the work '{}' in any group that is tried",
                               request.base->id, request.works[i]->name),
                   std::nullopt,
                   {"name a smaller --model, or a limit that it keeps"},
                   {}};
    }
    request.reply.workloads[i].reference = base.tokens_per_s[i];
  }
  base.value = 1.0;
  return std::nullopt;
}

std::vector<Message> evasions_of(const Reply& part, const ReplyBody& body,
                                 const ReplyRequest& request) {
  std::vector<Message> used;
  if (part.tpp < part.silicon_tpp) {
    used.push_back(Message("a firmware cap on the peak rate"));
  }
  if (part.slowed) {
    used.push_back(Message("memory that runs below its grade"));
  }
  if (body.workstation) {
    used.push_back(Message("sold as a workstation card"));
  }
  if (body.dead_mm2 > 0.0) {
    used.push_back(Message("idle silicon that lowers the density"));
  }
  if (body.dies > (body.die.empty() ? 1 : request.die->dies)) {
    used.push_back(Message("more dies in a package"));
  }
  if (part.host_share > 0.0) {
    used.push_back(Message("{share} % of the data in {memory}",
                           {{"share", fmt::format("{:.3g}", 100.0 * part.host_share)},
                            {"memory", body.host_memory->name}}));
  }
  for (std::size_t i = 0; i < part.formats.size(); ++i) {
    const ReplyWorkload& work = request.reply.workloads[i];
    const Format asked =
        work.serving.empty() ? format_of(work.training.front()) : format_of(work.serving.front());
    if (part.formats[i] != Format::kNone && part.formats[i] != asked) {
      used.push_back(Message("{work} in {format}, which counts fewer bits for its speed",
                             {{"work", request.works[i]->name},
                              {"format", std::string(perf::format_name(part.formats[i]))}}));
    }
  }
  return used;
}

Json evasions_json(const std::vector<Message>& evasions) {
  Json list = Json::array();
  for (const Message& one : evasions) {
    list.push_back(one.english());
  }
  return list;
}

Loaded<ReplyReport> work_out_reply(const Workspace& workspace, const Json& fields,
                                   const SearchRun& run, const ReplyDetail& detail,
                                   Code field_code) {
  auto request = read_reply_request(workspace, fields, field_code);
  if (!request) {
    return tl::unexpected(std::move(request).error());
  }
  return Work(workspace, std::move(*request), run).work_out(detail);
}

namespace {

// What the ways round that were not asked for would add, each alone.
void try_other_ways(const Workspace& workspace, const Json& fields, const SearchRun& run,
                    ReplyReport& report) {
  struct Way {
    const char *field, *option;
    Message way;
    Json value;
  };
  const int dies = report.request->die->dies;
  const std::vector<Way> ways{
      {"host_memory", "--host-memory", Message("memory on the side of the host"), true},
      {"formats", "--formats", Message("work in formats that count fewer bits"), "fp6,tf32"},
      {"dead", "--dead", Message("idle silicon that lowers the density"), true},
      {"dies", "--dies", Message("more dies in a package"), 2 * dies},
  };
  SearchRun quiet = run;
  quiet.progress = {};
  const double now = report.best.front().per(report.request->reply.objective);
  for (const Way& way : ways) {
    if (fields.contains(way.field) || (run.stop && run.stop())) {
      continue;
    }
    Json more = fields;
    more[way.field] = way.value;
    const auto found =
        work_out_reply(workspace, more, quiet, {false, false, false}, Code::kBadRequest);
    // A package of eight dies takes no more of them.
    if (!found || !found->result.exhausted || found->best.empty()) {
      continue;
    }
    WayLeftOut& one = report.ways_left_out.emplace_back();
    one.way = way.way;
    one.option = way.option;
    one.best = found->best.front();
    one.evasions = evasions_of(one.best, found->bodies[one.best.body], *found->request);
    one.gain_percent = 100.0 * (one.best.per(report.request->reply.objective) / now - 1.0);
  }
}

}  // namespace

Loaded<Answer> search_chip(const Workspace& workspace, const Json& fields, const SearchRun& run,
                           Code field_code, const results::Words& say) {
  if (Fields(fields).truth("backtest")) {
    std::vector<FieldProblem> unknown;
    look_for_unknown(fields, reply_fields(), unknown);
    if (!unknown.empty()) {
      Diagnostics errors;
      for (FieldProblem& one : unknown) {
        errors.push_back({field_code, std::move(one.message), std::nullopt, {}, {}});
      }
      return tl::unexpected(std::move(errors));
    }
    return search_chip_backtest(workspace, run, say);
  }
  auto report = work_out_reply(workspace, fields, run, {}, field_code);
  if (!report) {
    return tl::unexpected(std::move(report).error());
  }
  const std::string mode = Fields(fields).text("mode");
  const bool cuts_down = mode.empty() || mode == "cut-down";
  if (cuts_down && !report->best.empty() && !report->request->part_only) {
    try_other_ways(workspace, fields, run, *report);
  }
  Answer answer;
  answer.command = "search-chip";
  answer.as_of = report->request->known;
  answer.request = fields;
  answer.request["command"] = "search-chip";
  answer.results.push_back(reply_json(*report));
  answer.table = reply_table(*report, report->best);
  answer.run = run_json(report->result, report->seconds);
  answer.infeasible = report->best.empty();
  describe_reply(*report, run.plot, say, answer.blocks);
  return answer;
}

}  // namespace redline::app

// Parts as a tree: silicon, cores, clock and cap decide what computing takes; links and memory are
// joined to it by arithmetic, since messages and local work add up.

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <optional>

#include "redline/chip_search.h"

#include "perf/limits.h"
#include "perf/serving_step.h"
#include "perf/training_step.h"
#include "search/reply_rules.h"
#include "search/value_table.h"

namespace redline {
namespace {

using perf::PassCost;
using perf::ServingCosts;
using perf::TrainingCosts;
using rules::Number;

constexpr double kInfinite = std::numeric_limits<double>::infinity();
// Keeps what is rounded in a bound from reaching what is rounded in a leaf.
constexpr double kBelow = 1.0 - 1e-9;
// What a cap or a slowed memory stays below its limit: limits are met from their value on.
constexpr double kUnder = 0.999;
constexpr double kGiga = 1e9;
constexpr double kTera = 1e12;
// Slower than this share of its grade, memory of the next lower kind would be bought.
constexpr double kSlowest = 0.5;
// Shares of data in the memory of the host that are tried beside the one that both are read out
// with at once: more room at less speed.
constexpr std::array<double, 2> kHostShares{0.25, 0.5};

enum Level : std::size_t { kBody, kCores, kClock, kCap, kLink, kMemory, kUnit, kLevels };

constexpr std::size_t kNothing = static_cast<std::size_t>(-1);

constexpr std::array<Work, 5> kMessageWorks{Work::kTensor, Work::kContext, Work::kExpert,
                                            Work::kPipeline, Work::kData};

void take_messages(PassCost& to, const PassCost& from) {
  for (const Work work : kMessageWorks) {
    to.seconds[index_of(work)] = from.seconds[index_of(work)];
  }
}
void take_messages(ServingCosts& to, const ServingCosts& from) {
  take_messages(to.stages.front(), from.stages.front());
  to.over_host_bus = from.over_host_bus;
}
void take_messages(TrainingCosts& to, const TrainingCosts& from) {
  for (std::size_t i = 0; i < to.stages.size(); ++i) {
    take_messages(to.stages[i].forward, from.stages[i].forward);
    take_messages(to.stages[i].backward, from.stages[i].backward);
    take_messages(to.stages[i].weight, from.stages[i].weight);
    take_messages(to.stages[i].data, from.stages[i].data);
  }
  to.send = from.send;
}

// Messages go the faster of two ways, each kind by itself.
void take_faster(PassCost& to, const PassCost& from) {
  for (const Work work : kMessageWorks) {
    double& seconds = to.seconds[index_of(work)];
    seconds = std::min(seconds, from.seconds[index_of(work)]);
  }
}
void take_faster(ServingCosts& over_link, const ServingCosts& over_bus) {
  PassCost& stage = over_link.stages.front();
  const PassCost& other = over_bus.stages.front();
  over_link.over_host_bus = other.at(Work::kTensor) < stage.at(Work::kTensor);
  take_faster(stage, other);
}
void take_faster(TrainingCosts& to, const TrainingCosts& from) {
  for (std::size_t i = 0; i < to.stages.size(); ++i) {
    take_faster(to.stages[i].forward, from.stages[i].forward);
    take_faster(to.stages[i].backward, from.stages[i].backward);
    take_faster(to.stages[i].weight, from.stages[i].weight);
    take_faster(to.stages[i].data, from.stages[i].data);
  }
  take_faster(to.send, from.send);
}

// The host's bus alone.
void leave_link(Network& network) {
  network.link.reset();
  network.topology = Topology::kBus;
  network.reduces = false;
}

// A step that a workload may take: a plan, and for serving a batch.
struct Step {
  std::size_t workload = 0;
  const ServingPlan* serving = nullptr;
  InferenceRequest request{};
  const TrainingPlan* training = nullptr;
  double needs = 0.0;   // bytes of a chip
  double tokens = 0.0;  // of a step, of one chip
  // Of its products.
  [[nodiscard]] Format format() const {
    const Precision& p = serving != nullptr ? serving->precision : training->request.precision;
    return math_format(p.activations, p.weights);
  }
};

// What one of them asks for.
struct StepCosts {
  std::uint64_t age = 0;  // of the walk when it was worked out; 0: not yet
  ServingCosts serving;
  TrainingCosts training;
};

// Steps of one plan, by batch.
struct StepRun {
  std::size_t first = 0, end = 0;
};

struct MemoryChoice {
  double units = 0.0, gbit_s = 0.0;
  bool slowed = false;
  double gb_s = 0.0;          // of the part's own memory, as rules count
  std::size_t count = 0;      // place of `units` in the body
  double host_share = 0.0;    // see `Reply`
  double reads_gb_s = 0.0;    // with the host's
  std::size_t bandwidth = 0;  // place of that among all that differ
  // Units that would have as much room as there is with the host's.
  [[nodiscard]] double room_units() const { return units / (1.0 - host_share); }
};

// A clock, and the share of it that is held at work.
struct Pace {
  double clock = 1.0, held = 1.0;
  [[nodiscard]] double at_work() const { return clock * held; }
};

// By the kind of what is numbered.
enum Numbered : std::size_t { kCoresOn, kCapped, kBandwidth, kCapacity, kNumbered };
// Numbers for values, in the order in which they come.
class Numbering {
 public:
  [[nodiscard]] std::uint32_t of(double value) {
    return numbers_.try_emplace(value, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }

 private:
  std::map<double, std::uint32_t> numbers_;
};

// Of a body.
struct BodyChoices {
  std::vector<double> caps;                         // descending, below what silicon can do
  std::vector<std::vector<MemoryChoice>> memories;  // by link
  std::vector<std::vector<std::size_t>> by_speed;   // memories of a link, the fastest first
  // Room of a link's memories no faster than that one, at most, in units; in the order of
  // `memories`.
  std::vector<std::vector<double>> most_units;
  Interval<double> dram_gb_s{kInfinite, 0.0};  // of all memories
  std::size_t fastest = 0;                     // place of the greatest bandwidth
  double most_room = 0.0;                      // the most that `room_units` says of any
};

std::vector<Step> steps_of(const std::vector<ReplyWorkload>& workloads) {
  std::vector<Step> steps;
  for (std::size_t w = 0; w < workloads.size(); ++w) {
    const ReplyWorkload& work = workloads[w];
    for (const ServingPlan& plan : work.serving) {
      RL_CHECK(plan.pipeline == 1);
      const auto chips = static_cast<double>(plan.chips());
      for (const std::int64_t batch : work.batch) {
        Step step{.workload = w, .serving = &plan};
        const bool decodes = work.phase == ReplyPhase::kDecode;
        step.request =
            decodes ? decode_step(work.load, plan, batch) : prefill_step(work.load, plan, batch);
        const InferenceRequest fullest =
            decodes ? fullest_step(work.load, plan, batch, 0) : step.request;
        step.needs = serving_memory(*work.model, plan, fullest).total().base();
        step.tokens = static_cast<double>(batch * plan.shard.data) *
                      (decodes ? plan.tokens_per_step : static_cast<double>(work.load.prompt)) /
                      chips;
        steps.push_back(step);
      }
    }
    for (const TrainingPlan& plan : work.training) {
      Step step{.workload = w, .training = &plan};
      step.needs = training_memory(*work.model, plan).total().base();
      step.tokens = static_cast<double>(plan.tokens()) / static_cast<double>(plan.chips());
      steps.push_back(step);
    }
  }
  return steps;
}

PartSpec part_of(const ReplyBody& body, double cores, double units, double unit_gb) {
  PartSpec part;
  part.die_mm2 = body.die_mm2;
  part.core_mm2 = body.core_mm2;
  part.spared_mm2 = body.spared_mm2;
  part.cores = body.spec.cores;
  part.cores_on = cores;
  part.dies = body.dies;
  part.memory_units = units;
  part.unit_gb = unit_gb;
  part.base_node = body.base_node;
  part.base_mm2 = body.base_mm2;
  part.bases = body.bases;
  return part;
}

std::vector<StepRun> runs_of(const std::vector<Step>& steps) {
  std::vector<StepRun> runs;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool same = !runs.empty() && steps[i].serving != nullptr &&
                      steps[i].serving == steps[runs.back().first].serving;
    if (same) {
      runs.back().end = i + 1;
    } else {
      runs.push_back({i, i + 1});
    }
  }
  return runs;
}

// Tokens a second of one plan by the largest batch that fits and is fast enough: it yields most.
template <class SecondsOf>
double rate_of(const std::vector<Step>& steps, const StepRun& run, const ReplyWorkload& work,
               double capacity, const SecondsOf& seconds_of) {
  for (std::size_t i = run.end; i-- > run.first;) {
    const Step& step = steps[i];
    if (step.needs > capacity) {
      continue;
    }
    const double seconds = seconds_of(i);
    const double tokens = work.phase == ReplyPhase::kDecode ? step.serving->tokens_per_step : 1.0;
    if (seconds <= work.limit_s * tokens) {
      return step.tokens / seconds;
    }
  }
  return 0.0;
}

// What a step asks for on a part of these limits.
void costs_on(const Step& step, const ReplyWorkload& work, const perf::Limits& limits,
              StepCosts& costs) {
  const KernelModel kernels = work.steps->kernels().with(limits);
  const Engine& engine = work.steps->engine();
  if (step.serving != nullptr) {
    costs.serving = perf::serving_costs(*work.model, *step.serving, step.request, kernels, engine);
  } else {
    costs.training = perf::training_costs(*work.model, *step.training, kernels, engine);
  }
}
double seconds_with(const Step& step, const ReplyWorkload& work, const StepCosts& costs) {
  double slowest = 0.0;
  return step.serving != nullptr
             ? perf::serving_parts(costs.serving, work.steps->serving_constants().values, slowest)
                   .total()
             : perf::training_parts(costs.training, work.steps->training_constants().values)
                   .total();
}

std::vector<double> just_below(std::vector<double> limits) {
  for (double& limit : limits) {
    limit *= kUnder;
  }
  return limits;
}

}  // namespace

// Of a question, whatever the rules.
struct ReplySpace::Frame {
  ReplyQuestion question;
  perf::Limits base;
  double base_cores = 1.0, base_tpp = 0.0, base_area = 0.0;
  std::vector<Step> steps;
  std::vector<StepRun> runs;
  std::vector<Pace> paces;        // by clock, then by what is held; the last is the fastest
  std::vector<double> links;      // GB/s, both directions, ascending
  std::vector<double> least_usd;  // by body: to make, of any memory and number of cores

  explicit Frame(ReplyQuestion asked);

  // `clock`: at work.
  [[nodiscard]] perf::Limits limits_of(double cores, double clock, double cap, double bandwidth,
                                       double link_gb_s) const;
};

ReplySpace::Frame::Frame(ReplyQuestion asked)
    : question(std::move(asked)),
      base(question.workloads.front().steps->kernels().limits()),
      steps(steps_of(question.workloads)),
      runs(runs_of(steps)) {
  const LegalQuantities legal = legal_quantities(*question.base);
  base_cores = static_cast<double>(question.base->core.count.value_or(1));
  base_tpp = legal.tpp.value.value_or(0.0);
  base_area = legal.die.value.value_or(0.0);
  for (const double clock : question.clocks) {
    for (const double held : question.held) {
      paces.push_back({clock, held});
    }
  }
  for (const ReplyBody& body : question.bodies) {
    links.insert(links.end(), body.link_gb_s.begin(), body.link_gb_s.end());
    // A larger package may cost less where it is bridged.
    double least = kInfinite;
    for (const double units : body.memory_units) {
      for (const double unit_gb : body.unit_gb) {
        const PartSpec part = part_of(body, body.cores.front(), units, unit_gb);
        least = std::min(
            least, part_cost(*body.node, *body.memory, *question.packaging, part).total.value);
      }
    }
    least_usd.push_back(least);
  }
  std::sort(links.begin(), links.end());
  links.erase(std::unique(links.begin(), links.end()), links.end());
}

namespace {

// Each memory again with shares of data in that of the host.
void add_host_shares(const ReplyBody& body, std::vector<MemoryChoice>& list) {
  if (body.host_memory == nullptr) {
    return;
  }
  const std::size_t own = list.size();
  for (std::size_t i = 0; i < own; ++i) {
    MemoryChoice one = list[i];
    const double even = body.host_reads_gb_s / (body.host_reads_gb_s + one.gb_s);
    one.host_share = even;
    list.push_back(one);
    for (const double share : kHostShares) {
      if (share > even) {
        one.host_share = share;
        list.push_back(one);
      }
    }
  }
}

}  // namespace

// What the rules add.
struct ReplySpace::Tables {
  std::vector<BodyChoices> bodies;
  std::vector<double> bandwidths;  // bytes a second, ascending

  Tables(const ReplyQuestion& question, const ReplyRules::State& rules);
};

ReplySpace::Tables::Tables(const ReplyQuestion& question, const ReplyRules::State& rules) {
  for (const ReplyBody& body : question.bodies) {
    BodyChoices choices;
    if (question.caps) {
      choices.caps = just_below(rules.tpp_limits(body.area_mm2()));
    }
    std::vector<double> sums;
    std::vector<double> slower;
    if (question.slows_memory) {
      slower = just_below(rules.limits_on(Number::kDramBw));
      sums = rules.limits_on_sums();
    }
    const std::size_t alone = slower.size();
    for (const double link : body.link_gb_s) {
      slower.resize(alone);
      for (const double sum : sums) {
        slower.push_back((sum - link - body.host_gb_s) * kUnder);
      }
      std::vector<MemoryChoice> list;
      for (std::size_t count = 0; count < body.memory_units.size(); ++count) {
        const double units = body.memory_units[count];
        const double pins = units * body.memory->bits / 8.0;
        const double top = body.gbit_s.back();
        for (const double grade : body.gbit_s) {
          list.push_back({units, grade, false, pins * grade, count});
        }
        for (const double gb_s : slower) {
          const double grade = gb_s / pins;
          if (grade < top && grade > kSlowest * body.gbit_s.front()) {
            list.push_back({units, grade, true, gb_s, count});
          }
        }
      }
      add_host_shares(body, list);
      for (MemoryChoice& one : list) {
        one.reads_gb_s = reads_gb_s(one.gb_s, body.host_reads_gb_s, one.host_share);
        choices.most_room = std::max(choices.most_room, one.room_units());
        bandwidths.push_back(one.reads_gb_s * kGiga);
        choices.dram_gb_s = {std::min(choices.dram_gb_s.low, one.gb_s),
                             std::max(choices.dram_gb_s.high, one.gb_s)};
      }
      choices.memories.push_back(std::move(list));
    }
    bodies.push_back(std::move(choices));
  }
  std::sort(bandwidths.begin(), bandwidths.end());
  bandwidths.erase(std::unique(bandwidths.begin(), bandwidths.end()), bandwidths.end());
  for (BodyChoices& body : bodies) {
    for (auto& list : body.memories) {
      std::vector<std::size_t> order(list.size());
      for (std::size_t i = 0; i < list.size(); ++i) {
        MemoryChoice& one = list[i];
        one.bandwidth = static_cast<std::size_t>(
            std::lower_bound(bandwidths.begin(), bandwidths.end(), one.reads_gb_s * kGiga) -
            bandwidths.begin());
        body.fastest = std::max(body.fastest, one.bandwidth);
        order[i] = i;
      }
      std::stable_sort(order.begin(), order.end(), [&list](std::size_t a, std::size_t b) {
        return list[a].bandwidth > list[b].bandwidth;
      });
      std::vector<double> most(list.size());
      double units = 0.0;
      for (std::size_t i = order.size(); i-- > 0;) {
        most[order[i]] = units = std::max(units, list[order[i]].room_units());
      }
      body.most_units.push_back(std::move(most));
      body.by_speed.push_back(std::move(order));
    }
  }
}

perf::Limits ReplySpace::Frame::limits_of(double cores, double clock, double cap, double bandwidth,
                                          double link_gb_s) const {
  perf::Limits limits = base;
  const double scale = cores / base_cores * clock;
  for (std::size_t i = 0; i < perf::kFormats; ++i) {
    limits.issue[i] *= scale;
    limits.matrix[i] *= scale;
    const auto format = static_cast<Format>(i);
    const double bits =
        format == Format::kTf32 ? question.tf32_bits : 8.0 * bytes_per_element(format);
    if (bits > 0.0) {
      limits.matrix[i] = std::min(limits.matrix[i], cap * kTera / bits);
    }
  }
  limits.cores *= cores / base_cores;
  limits.clock *= clock;
  limits.bandwidth = bandwidth;
  Network& network = limits.network;
  if (link_gb_s > 0.0) {
    network.link = BytesPerSecond{link_gb_s * kGiga / 2.0};
  } else {
    leave_link(network);
  }
  return limits;
}

// What parts like one do at most: tokens a second of each plan, the best of each workload, and what
// all come to.
struct Reference {
  std::vector<double> rates;
  std::vector<std::size_t> first;
  double value = 0.0;
};

struct ReplyMemory::State {
  std::shared_ptr<const ReplySpace::Frame> frame;
  std::array<Numbering, kNumbered> numbers;
  std::deque<Reference> references;
  search::ValueTable values;  // by what is entered and the room that there is
  std::vector<std::vector<std::vector<std::optional<PartCost>>>> costs;  // by body, cores, memory
  std::uint64_t age = 0;                                                 // one more with every cap
  std::vector<StepCosts> local;     // by bandwidth, by step; of the age alone
  std::vector<StepCosts> messages;  // by clock, by link, by step; only those are meant

  [[nodiscard]] std::uint32_t number(Numbered kind, double value) {
    return numbers[kind].of(value);
  }
  // What parts with so many cores on cost to make, by memory; none: not yet asked.
  std::vector<std::optional<PartCost>>& costs_of(const ReplySpace::Frame& of, std::size_t body,
                                                 std::size_t cores) {
    costs.resize(of.question.bodies.size());
    const ReplyBody& one = of.question.bodies[body];
    costs[body].resize(one.cores.size());
    auto& list = costs[body][cores];
    list.resize(one.memory_units.size() * one.unit_gb.size());
    return list;
  }
};

namespace {

class ReplyWalk : public SearchWalk {
 public:
  using Frame = ReplySpace::Frame;
  using Tables = ReplySpace::Tables;
  // With a memory values are looked up in it.
  ReplyWalk(const Frame& frame, const ReplyRules::State& rules, const Tables& tables,
            ReplyMemory::State* memory = nullptr)
      : q_(frame.question),
        rules_(rules),
        f_(frame),
        t_(tables),
        own_(memory == nullptr ? std::make_unique<ReplyMemory::State>() : nullptr),
        m_(memory == nullptr ? *own_ : *memory),
        keeps_(memory != nullptr) {
    for (const double bandwidth : t_.bandwidths) {
      bandwidth_numbers_.push_back(m_.number(kBandwidth, bandwidth));
    }
    seconds_.resize(f_.steps.size());
    part_.tokens_per_s.resize(q_.workloads.size());
    part_.formats.resize(q_.workloads.size());
    best_.resize(q_.workloads.size());
  }

  std::uint32_t choices(std::size_t level) override {
    const auto count = [](const auto& list) { return static_cast<std::uint32_t>(list.size()); };
    switch (level) {
      case kBody:
        return count(q_.bodies);
      case kCores:
        return count(body().cores);
      case kClock:
        return count(f_.paces);
      case kCap:
        return 1 + static_cast<std::uint32_t>(caps().end() - first_cap());
      case kLink:
        return count(body().link_gb_s);
      case kMemory:
        return count(memories());
      default:
        return count(body().unit_gb);
    }
  }

  void enter(std::size_t level, std::uint32_t choice) override {
    switch (level) {
      case kBody:
        part_.body = choice;
        break;
      case kCores:
        part_.cores = body().cores[choice];
        costs_ = &m_.costs_of(f_, part_.body, choice);
        number_[kCoresOn] = m_.number(kCoresOn, cores());
        break;
      case kClock:
        clock_place_ = choice;
        part_.clock = f_.paces[choice].clock;
        part_.held = f_.paces[choice].held;
        part_.silicon_tpp = silicon_tpp();
        break;
      case kCap:
        part_.cap =
            choice == 0 ? kInfinite : *(first_cap() + (static_cast<std::ptrdiff_t>(choice) - 1));
        part_.tpp = std::min(part_.silicon_tpp, part_.cap);
        begin_cap();
        break;
      case kLink:
        link_ = choice;
        part_.link_gb_s = body().link_gb_s[choice];
        break;
      case kMemory: {
        const MemoryChoice& memory = memories()[choice];
        memory_ = choice;
        count_ = memory.count;
        part_.memory_units = memory.units;
        part_.gbit_s = memory.gbit_s;
        part_.slowed = memory.slowed;
        part_.dram_gb_s = memory.gb_s;
        part_.host_share = memory.host_share;
        room_units_ = memory.room_units();
        stand_at(memory.bandwidth, place_of(part_.link_gb_s));
        break;
      }
      default:
        part_.unit_gb = body().unit_gb[choice];
        cost_place_ = count_ * body().unit_gb.size() + choice;
        break;
    }
  }

  void aim(double most) override { aim_ = most; }

  bool prepare(std::size_t level, Scores& least) override {
    least.fill(0.0);
    if (level == kBody) {
      // Blocks of one body follow one another.
      if (bounded_body_ == part_.body) {
        least = bounded_;
        return bounded_possible_;
      }
      bounded_body_ = part_.body;
      stand_in();
      bounded_possible_ = bound(level, least);
      bounded_ = least;
      return bounded_possible_;
    }
    return (level != kCap && level != kLink) || bound(level, least);
  }

  bool evaluate(Scores& scores) override {
    describe();
    if (!may_go()) {
      return false;
    }
    part_.value = value_of(room_gb() * kGiga, room_units_);
    if (part_.value <= 0.0) {
      return false;
    }
    // What a part costs to make hangs on its cores and memory alone.
    std::optional<PartCost>& cost = (*costs_)[cost_place_];
    if (!cost) {
      cost = cost_to_make();
    }
    part_.cost = *cost;
    price_part();
    if (part_.power.total() > q_.most_watts) {
      return false;
    }
    const std::array<double, 3> takes{1.0 / part_.value, part_.usd_per_s / part_.value,
                                      part_.watts / part_.value};
    scores[0] = takes[static_cast<std::size_t>(q_.objective)];
    scores[1] = takes[q_.objective == ReplyObjective::kDollar ? 0 : 1];
    return true;
  }

  // Of what is entered.
  [[nodiscard]] const Reply& part() const { return part_; }

  // A part with any cap, link and memory.
  Reply assess(const Reply& like, const ReplyDraw& draw) {
    draw_ = draw;
    part_ = like;
    part_.tokens_per_s.assign(q_.workloads.size(), 0.0);
    part_.formats.assign(q_.workloads.size(), Format::kNone);
    part_.silicon_tpp = silicon_tpp();
    part_.tpp = std::min(part_.silicon_tpp, part_.cap);
    describe();
    alone_ = true;
    timed_ = false;
    part_.value = value_in(room_gb() * kGiga);
    part_.cost = cost_to_make();
    price_part();
    return part_;
  }

  search::PartFacts facts() const {
    return facts_with({part_.io_gb_s, part_.io_gb_s}, {part_.dram_gb_s, part_.dram_gb_s});
  }

 private:
  [[nodiscard]] search::PartFacts facts_with(Interval<double> io, Interval<double> dram) const {
    return facts_with({part_.tpp, part_.tpp}, io, dram);
  }
  [[nodiscard]] search::PartFacts facts_with(Interval<double> tpp, Interval<double> io,
                                             Interval<double> dram) const {
    const double area = body().area_mm2();
    return {area,
            tpp,
            io,
            dram,
            f_.base_area > 0.0 ? area / f_.base_area : 1.0,
            body().workstation,
            body().memory->stacked};
  }
  [[nodiscard]] const ReplyBody& body() const { return q_.bodies[part_.body]; }
  [[nodiscard]] double cores() const { return part_.cores * body().dies; }
  [[nodiscard]] double silicon_tpp() const {
    return f_.base_tpp * cores() / f_.base_cores * part_.clock;
  }
  [[nodiscard]] double price() const { return q_.price_factor * q_.terms.server_factor; }
  [[nodiscard]] const std::vector<double>& caps() const { return t_.bodies[part_.body].caps; }
  [[nodiscard]] std::vector<double>::const_iterator first_cap() const {
    return std::find_if(caps().begin(), caps().end(),
                        [this](double cap) { return cap < part_.silicon_tpp; });
  }
  [[nodiscard]] const std::vector<MemoryChoice>& memories() const {
    return t_.bodies[part_.body].memories[link_];
  }
  [[nodiscard]] std::size_t place_of(double link) const {
    return static_cast<std::size_t>(std::lower_bound(f_.links.begin(), f_.links.end(), link) -
                                    f_.links.begin());
  }
  void describe() {
    part_.tf32_bits = q_.tf32_bits;
    part_.area_mm2 = body().area_mm2();
    part_.pd = part_.area_mm2 > 0.0 ? part_.tpp / part_.area_mm2 : 0.0;
    part_.capacity_gb = part_.memory_units * part_.unit_gb;
    part_.io_gb_s = part_.link_gb_s + body().host_gb_s;
    part_.host_gb = part_.host_share > 0.0
                        ? std::min(body().host_memory->gigabytes,
                                   part_.capacity_gb * part_.host_share / (1.0 - part_.host_share))
                        : 0.0;
  }
  // Of both memories.
  [[nodiscard]] double room_gb() const { return part_.capacity_gb + part_.host_gb; }
  // Share of the base part's clock at work.
  [[nodiscard]] double pace() const { return part_.clock * part_.held; }

  // Below the scores of all parts under what is entered; false: none of them may go, or does the
  // work.
  bool bound(std::size_t level, Scores& least) {
    // The fastest memory that may go, with the most room of those no faster, and the fastest link,
    // at the least cost.
    std::size_t fastest = kNothing;
    double units = t_.bodies[part_.body].most_room;
    std::size_t link = link_;
    if (level == kBody) {
      fastest = t_.bodies[part_.body].fastest;
      link = body().link_gb_s.size() - 1;
    } else if (learn_legal(); level == kLink) {
      fastest = legal_->best[link_].bandwidth;
      units = legal_->best[link_].units;
    } else {
      units = 0.0;
      for (std::size_t i = 0; i < legal_->best.size(); ++i) {
        const LegalMemory& one = legal_->best[i];
        if (one.bandwidth != kNothing) {
          fastest = fastest == kNothing ? one.bandwidth : std::max(fastest, one.bandwidth);
          units = std::max(units, one.units);
          link = i;
        }
      }
    }
    if (fastest == kNothing) {
      return false;
    }
    stand_at(fastest, place_of(body().link_gb_s[link]));
    const double least_watts = least_power(level).total();
    if (least_watts > q_.most_watts) {
      return false;
    }
    const Watts watts = power_in_server(Watts{least_watts}, q_.terms);
    const double usd =
        ownership_rate(Usd{f_.least_usd[part_.body] * price()}, watts, q_.terms).base();
    const auto set_least = [&](double most) {
      const std::array<double, 3> at_least{1.0 / most, usd / most, watts.base() / most};
      least[0] = kBelow * at_least[static_cast<std::size_t>(q_.objective)];
      least[1] = kBelow * at_least[q_.objective == ReplyObjective::kDollar ? 0 : 1];
    };
    const double room = units * body().unit_gb.back() * kGiga;
    if (level == kBody && body().cores.size() > 1) {
      const double most = roofline_value(room);
      set_least(most);
      return most > 0.0;
    }
    if (keeps_ && aim_ < kInfinite) {
      // What a faster part would do may be known, and be too little.
      const double most = reference(units).value;
      set_least(most);
      if (most <= 0.0 || least[0] > aim_) {
        return most > 0.0;
      }
    }
    const double most = value_of(room, units);
    set_least(most);
    return most > 0.0;
  }

  // `clock` and what the silicon could do of TPP: at work.
  [[nodiscard]] PowerSpec power_of(double cores_on, double clock, double tpp, double silicon_tpp,
                                   double memory_gb_s, double link_gb_s) const {
    PowerSpec power;
    power.cores_on = cores_on * body().dies;
    power.core_ops = body().spec.core_ops;
    power.clock_ghz = clock * (f_.base.clock > 0.0 ? f_.base.clock / kGiga : body().clock_ghz);
    power.rate_share = silicon_tpp > 0.0 ? std::min(1.0, tpp / silicon_tpp) : 1.0;
    power.die_mm2 = body().dies * body().die_mm2;
    power.memory_gb_s = memory_gb_s;
    power.link_gb_s = link_gb_s;
    return power;
  }
  // With the slowest memory and link; of a body also with the fewest cores, slow and idle.
  [[nodiscard]] PartPower least_power(std::size_t level) const {
    const ReplyBody& b = body();
    const double memory = t_.bodies[part_.body].dram_gb_s.low;
    const double link = b.link_gb_s.front();
    return part_power(*b.node, *b.memory,
                      level == kBody ? power_of(b.cores.front(), f_.paces.front().at_work(), 0.0,
                                                1.0, memory, link)
                                     : power_of(part_.cores, pace(), part_.tpp,
                                                part_.held * part_.silicon_tpp, memory, link));
  }

  // All cores at full clock, and as high a rate as the rules do not surely stop for every memory
  // and link. Fewer cores may do more, for blocks of work do not divide evenly among any number:
  // the roofline of such a part is what no other of the body beats.
  void stand_in() {
    part_.cores = body().cores.back();
    clock_place_ = f_.paces.size() - 1;
    part_.clock = f_.paces.back().clock;
    part_.held = f_.paces.back().held;
    part_.silicon_tpp = silicon_tpp();
    const Interval<double> io{body().link_gb_s.front() + body().host_gb_s,
                              body().link_gb_s.back() + body().host_gb_s};
    double upper = part_.silicon_tpp;
    for (const double cap : caps()) {
      const double lower = cap / kUnder;  // the limit itself
      if (lower >= upper) {
        continue;
      }
      if (!rules_.stops_all(facts_with({lower, upper}, io, t_.bodies[part_.body].dram_gb_s))) {
        break;
      }
      upper = lower;
    }
    part_.cap = part_.tpp = upper;
    number_[kCoresOn] = m_.number(kCoresOn, cores());
    begin_cap();
  }

  // All that a part computes with is entered.
  void begin_cap() {
    ++m_.age;
    number_[kCapped] = m_.number(kCapped, part_.cap);
  }

  // By link the fastest memory with which a part of the cap that is entered may go.
  void learn_legal() {
    const auto band = rules_.band_of(part_.tpp, body().area_mm2());
    const bool same =
        legal_body_ == part_.body && (legal_tpp_ == part_.tpp || (band && legal_band_ == band));
    if (same) {
      return;
    }
    legal_body_ = part_.body;
    legal_tpp_ = part_.tpp;
    legal_band_ = band;
    if (band) {
      const auto [found, is_new] = legal_of_.try_emplace({part_.body, *band});
      legal_ = &found->second;
      if (!is_new) {
        return;
      }
    } else {
      legal_ = &legal_here_;
      legal_here_ = {};
    }
    const BodyChoices& choices = t_.bodies[part_.body];
    legal_->best.assign(choices.memories.size(), {});
    legal_->may_go.assign(choices.memories.size(), {});
    for (std::size_t i = 0; i < choices.memories.size(); ++i) {
      const double io = body().link_gb_s[i] + body().host_gb_s;
      std::vector<Tri>& may_go = legal_->may_go[i];
      // Where one answer holds for all memories there is no need to ask of each.
      const bool none = rules_.stops_all(facts_with({io, io}, choices.dram_gb_s));
      may_go.assign(choices.memories[i].size(), none ? Tri::kNo : Tri::kUnknown);
      if (none) {
        continue;
      }
      for (const std::size_t place : choices.by_speed[i]) {
        const MemoryChoice& one = choices.memories[i][place];
        const bool legal = rules_.lets_through(facts_with({io, io}, {one.gb_s, one.gb_s}));
        may_go[place] = to_tri(legal);
        if (legal) {
          legal_->best[i] = {one.bandwidth, choices.most_units[i][place]};
          break;
        }
      }
    }
  }
  // What is entered. The size of memory does not matter to rules.
  bool may_go() {
    learn_legal();
    Tri& known = legal_->may_go[link_][memory_];
    if (known == Tri::kUnknown) {
      known = to_tri(rules_.lets_through(facts()));
    }
    return known == Tri::kYes;
  }

  // Of a step on a part of these limits.
  void work_out(std::size_t i, const perf::Limits& limits, StepCosts& costs) const {
    costs.age = m_.age;
    const Step& step = f_.steps[i];
    costs_on(step, q_.workloads[step.workload], limits, costs);
  }
  // The same, messages over the link or the host's bus: a slow link is not in the way.
  void work_out_whole(std::size_t i, const perf::Limits& limits, StepCosts& costs) const {
    work_out(i, limits, costs);
    if (!limits.network.link) {
      return;
    }
    perf::Limits bus = limits;
    leave_link(bus.network);
    StepCosts other;
    work_out(i, bus, other);
    if (f_.steps[i].serving != nullptr) {
      take_faster(costs.serving, other.serving);
    } else {
      take_faster(costs.training, other.training);
    }
  }
  // Local work at the bandwidth, once for what is entered up to the cap.
  StepCosts& local_of(std::size_t i) {
    const std::size_t place = bandwidth_ * f_.steps.size() + i;
    if (m_.local.size() <= place) {
      m_.local.resize(t_.bandwidths.size() * f_.steps.size());
    }
    StepCosts& costs = m_.local[place];
    if (costs.age != m_.age) {
      work_out(i,
               f_.limits_of(cores(), pace(), part_.cap, t_.bandwidths[bandwidth_], f_.links.back()),
               costs);
    }
    return costs;
  }
  // Messages at the clock and over the link, once for all: nothing else changes them.
  const StepCosts& messages_of(std::size_t i) {
    if (m_.messages.empty()) {
      m_.messages.resize(f_.paces.size() * f_.links.size() * f_.steps.size());
    }
    StepCosts& costs =
        m_.messages[(clock_place_ * f_.links.size() + link_place_) * f_.steps.size() + i];
    if (costs.age == 0) {
      work_out_whole(
          i,
          f_.limits_of(f_.base_cores, pace(), kInfinite, f_.base.bandwidth, f_.links[link_place_]),
          costs);
    }
    return costs;
  }

  // What steps are timed with from here on.
  void stand_at(std::size_t bandwidth, std::size_t link) {
    bandwidth_ = bandwidth;
    link_place_ = link;
    number_[kBandwidth] = bandwidth_numbers_[bandwidth];
    timed_ = false;
  }

  double seconds_of(std::size_t i) {
    if (!timed_) {
      std::fill(seconds_.begin(), seconds_.end(), 0.0);
      timed_ = true;
    }
    double& seconds = seconds_[i];
    if (seconds > 0.0) {
      return seconds;
    }
    if (alone_) {
      return seconds = whole_step(i);
    }
    return seconds = joined(i, local_of(i));
  }
  // Local work with the messages over the link.
  double joined(std::size_t i, StepCosts& costs) {
    const StepCosts& messages = messages_of(i);
    if (f_.steps[i].serving != nullptr) {
      take_messages(costs.serving, messages.serving);
    } else {
      take_messages(costs.training, messages.training);
    }
    return seconds_with(f_.steps[i], q_.workloads[f_.steps[i].workload], costs);
  }

  // The same without tables.
  [[nodiscard]] double whole_step(std::size_t i) const {
    const double reads =
        reads_gb_s(part_.dram_gb_s, body().host_reads_gb_s, part_.host_share) * kGiga;
    perf::Limits limits = f_.limits_of(cores(), pace(), part_.cap, reads, part_.link_gb_s);
    for (std::size_t format = 0; format < perf::kFormats; ++format) {
      limits.matrix[format] *= draw_.compute;
      limits.issue[format] *= draw_.compute;
    }
    limits.bandwidth *= draw_.memory;
    StepCosts costs;
    work_out_whole(i, limits, costs);
    return seconds_with(f_.steps[i], q_.workloads[f_.steps[i].workload], costs);
  }

  // Base parts whose work one does: so many would be needed for a part's time on each workload in
  // its share.
  double value_in(double capacity) {
    std::fill(best_.begin(), best_.end(), 0.0);
    for (const StepRun& run : f_.runs) {
      const Step& step = f_.steps[run.first];
      double& best = best_[step.workload];
      const double rate = rate_in(run, capacity);
      if (rate > best) {
        best = rate;
        part_.formats[step.workload] = step.format();
      }
    }
    part_.tokens_per_s = best_;
    return work_value(q_.workloads, best_);
  }
  double rate_in(const StepRun& run, double capacity) {
    return rate_of(f_.steps, run, q_.workloads[f_.steps[run.first].workload], capacity,
                   [this](std::size_t i) { return seconds_of(i); });
  }
  // The same where it is known by plan what a part does at most: the best of them first, and none
  // that cannot do more.
  double value_below(const Reference& most, double capacity) {
    std::fill(best_.begin(), best_.end(), 0.0);
    for (const bool first : {true, false}) {
      for (std::size_t i = 0; i < f_.runs.size(); ++i) {
        const std::size_t w = f_.steps[f_.runs[i].first].workload;
        const bool is_first = most.first[w] == i;
        if (is_first == first && most.rates[i] >= kBelow * best_[w]) {
          best_[w] = std::max(best_[w], rate_in(f_.runs[i], capacity));
        }
      }
    }
    return work_value(q_.workloads, best_);
  }
  // From what is known where there is a memory; speeds are then left as they are.
  double value_of(double capacity, double units) {
    if (!keeps_) {
      return value_in(capacity);
    }
    const search::ValueTable::Key key = key_of(capacity, 0);
    if (const double known = m_.values.at(key); known >= 0.0) {
      return known;
    }
    const Reference& most = reference(units);
    return m_.values.at(key) = most.value > 0.0 ? value_below(most, capacity) : 0.0;
  }
  // Of a part with memory a little faster, with the largest of so many units, and the fastest link.
  const Reference& reference(double units) {
    constexpr double kStep = 1.1;
    const double bandwidth = t_.bandwidths[bandwidth_];
    auto place = static_cast<std::uint32_t>(std::log(bandwidth) / std::log(kStep));
    double faster = std::pow(kStep, place);
    while (faster < bandwidth) {
      faster *= kStep;
      ++place;
    }
    const double room = units * body().unit_gb.back() * kGiga;
    const std::size_t link = std::exchange(link_place_, f_.links.size() - 1);
    search::ValueTable::Key key = key_of(room, 2);
    key[2] = place;
    double& known = m_.values.at(key);
    if (known < 0.0) {
      known = static_cast<double>(m_.references.size());
      m_.references.push_back(worked_out(faster, room));
    }
    link_place_ = link;
    return m_.references[static_cast<std::size_t>(known)];
  }
  Reference worked_out(double bandwidth, double room) {
    Reference found;
    const perf::Limits limits =
        f_.limits_of(cores(), pace(), part_.cap, bandwidth, f_.links.back());
    StepCosts costs;
    std::vector<double> best(q_.workloads.size(), 0.0);
    found.first.assign(q_.workloads.size(), kNothing);
    for (std::size_t i = 0; i < f_.runs.size(); ++i) {
      const std::size_t w = f_.steps[f_.runs[i].first].workload;
      const ReplyWorkload& work = q_.workloads[w];
      const double rate = rate_of(f_.steps, f_.runs[i], work, room, [&](std::size_t step) {
        work_out(step, limits, costs);
        return joined(step, costs);
      });
      found.rates.push_back(rate);
      if (found.first[w] == kNothing || rate > best[w]) {
        best[w] = rate;
        found.first[w] = i;
      }
    }
    found.value = work_value(q_.workloads, best);
    return found;
  }
  // Were every step as fast as the rates of what is entered allow.
  double roofline_value(double capacity) {
    if (!keeps_) {
      return roofline(capacity);
    }
    double& known = m_.values.at(key_of(capacity, 1));
    if (known < 0.0) {
      known = roofline(capacity);
    }
    return known;
  }
  // Kinds: a value, that of the roofline, and the number of a reference.
  [[nodiscard]] search::ValueTable::Key key_of(double capacity, std::uint32_t kind) {
    constexpr std::uint32_t kKinds = 3;
    const auto paces = static_cast<std::uint32_t>(f_.paces.size());
    const auto links = static_cast<std::uint32_t>(f_.links.size());
    return {number_[kCoresOn] * paces + static_cast<std::uint32_t>(clock_place_), number_[kCapped],
            number_[kBandwidth],
            (kKinds * m_.number(kCapacity, capacity) + kind) * links +
                static_cast<std::uint32_t>(link_place_)};
  }
  double roofline(double capacity) {
    perf::Limits limits =
        f_.limits_of(cores(), pace(), part_.cap, t_.bandwidths[bandwidth_], f_.links.back());
    if (auto& link = limits.network.link) {
      link = std::max(*link, BytesPerSecond{limits.host_bus});
    }
    StepCosts costs;
    timed_ = true;
    for (std::size_t i = 0; i < f_.steps.size(); ++i) {
      const Step& step = f_.steps[i];
      if (step.serving != nullptr) {
        work_out(i, limits, costs);
        seconds_[i] = costs.serving.stages.front().floor_s;
      } else {
        const ReplyWorkload& work = q_.workloads[step.workload];
        const TrainingRequest& request = step.training->request;
        const double ops = model_ops(*work.model, request).base() * step.training->shard.data;
        const double rate = *std::max_element(limits.matrix.begin(), limits.matrix.end());
        seconds_[i] = ops / (rate * static_cast<double>(step.training->chips()));
      }
    }
    return value_in(capacity);
  }

  [[nodiscard]] PartCost cost_to_make() const {
    const ReplyBody& b = body();
    PartCost cost = part_cost(*b.node, *b.memory, *q_.packaging,
                              part_of(b, part_.cores, part_.memory_units, part_.unit_gb));
    // Idle dies need not yield: their area of a wafer is all they cost. A new die bears its masks.
    constexpr double kWaferMm2 = 3.14159265358979323846 * 150.0 * 150.0;
    const double share = b.dead_mm2 / kWaferMm2;
    const double masks = b.die.empty() ? b.node->mask_usd / q_.volume : 0.0;
    const Spread& wafer = b.node->wafer_usd;
    for (Spread* one : {&cost.logic, &cost.total}) {
      one->low += share * wafer.low + masks;
      one->value += share * wafer.value + masks;
      one->high += share * wafer.high + masks;
    }
    draw_cost(cost);
    return cost;
  }

  // A part whose cost to make is known.
  void price_part() {
    const ReplyBody& b = body();
    part_.power =
        part_power(*b.node, *b.memory,
                   power_of(part_.cores, pace(), part_.tpp, part_.held * part_.silicon_tpp,
                            part_.dram_gb_s, part_.link_gb_s));
    double usd = part_.cost.total.value * price();
    double host_watts = 0.0;
    if (part_.host_share > 0.0) {
      // Of the host, at what it costs there.
      constexpr double kWattsPerBit = 8e-3;  // of GB/s and picojoules
      const double reads = reads_gb_s(part_.dram_gb_s, b.host_reads_gb_s, part_.host_share);
      host_watts = part_.host_share * reads * b.host_memory->picojoule_bit * kWattsPerBit;
      usd += part_.host_gb * b.host_memory->usd_per_gb.value;
    }
    const Watts watts = power_in_server(Watts{part_.power.total() + host_watts}, q_.terms);
    part_.watts = watts.base();
    part_.usd_per_s = ownership_rate(Usd{usd}, watts, q_.terms).base();
  }

  void draw_cost(PartCost& cost) const {
    const std::array<Spread*, 4> items{&cost.logic, &cost.memory, &cost.packaging, &cost.test};
    double total = 0.0;
    for (std::size_t i = 0; i < items.size(); ++i) {
      Spread& item = *items[i];
      const double z = draw_.cost[i];
      const double end = z < 0.0 ? item.low : item.high;
      constexpr double kNormal90 = 1.2815515655446004;
      if (z != 0.0 && item.value > 0.0 && end > 0.0) {
        item.value *= std::pow(end / item.value, std::abs(z) / kNormal90);
      }
      total += item.value;
    }
    cost.total.value = total;
  }

  const ReplyQuestion& q_;
  const ReplyRules::State& rules_;
  const Frame& f_;
  const Tables& t_;
  std::unique_ptr<ReplyMemory::State> own_;
  ReplyMemory::State& m_;
  bool keeps_ = false;
  double aim_ = kInfinite;
  ReplyDraw draw_;
  Reply part_;
  std::size_t bounded_body_ = kNothing;  // whose bound is `bounded_`
  Scores bounded_{};
  bool bounded_possible_ = false;
  // See `learn_legal`: of all parts of a body and a band of TPP, and of what is entered.
  struct LegalMemory {
    std::size_t bandwidth = kNothing;  // place of the greatest
    double units = 0.0;                // whose room any no faster has, at most
  };
  struct Legal {
    std::vector<LegalMemory> best;         // by link
    std::vector<std::vector<Tri>> may_go;  // by link, by memory; unknown: not yet asked
  };
  std::map<std::pair<std::size_t, std::size_t>, Legal> legal_of_;
  Legal legal_here_;  // where rules know no bands
  Legal* legal_ = nullptr;
  std::size_t legal_body_ = kNothing;
  double legal_tpp_ = -1.0;
  std::optional<std::size_t> legal_band_;
  std::vector<std::optional<PartCost>>* costs_ = nullptr;  // of the cores, by memory
  std::size_t count_ = 0, cost_place_ = 0;
  double room_units_ = 0.0;  // of the memory that is entered
  std::size_t clock_place_ = 0;
  std::size_t link_ = 0, memory_ = 0;              // of the body
  std::size_t bandwidth_ = 0, link_place_ = 0;     // that `seconds_` are of
  std::array<std::uint32_t, kNumbered> number_{};  // of what is entered, see `Numbering`
  std::vector<std::uint32_t> bandwidth_numbers_;
  std::vector<double> seconds_;  // by step; 0: not yet timed
  bool timed_ = false;           // whether any of them holds
  bool alone_ = false;           // a part by itself, without tables
  std::vector<double> best_;     // tokens a second by workload
};

}  // namespace

double tokens_per_s_as_sold(const ReplyWorkload& work, double capacity_bytes) {
  const std::vector<ReplyWorkload> works{work};  // steps point into it
  const std::vector<Step> steps = steps_of(works);
  const perf::Limits& limits = work.steps->kernels().limits();
  double best = 0.0;
  for (const StepRun& run : runs_of(steps)) {
    const auto seconds_of = [&](std::size_t i) {
      StepCosts costs;
      costs_on(steps[i], work, limits, costs);
      return seconds_with(steps[i], work, costs);
    };
    best = std::max(best, rate_of(steps, run, work, capacity_bytes, seconds_of));
  }
  return best;
}

double reads_gb_s(double own_gb_s, double host_gb_s, double host_share) {
  // Whichever takes longer to give its share.
  return host_share > 0.0 ? 1.0 / std::max((1.0 - host_share) / own_gb_s, host_share / host_gb_s)
                          : own_gb_s;
}

double work_value(const std::vector<ReplyWorkload>& works,
                  const std::vector<double>& tokens_per_s) {
  double takes = 0.0;
  double weights = 0.0;
  for (std::size_t w = 0; w < works.size(); ++w) {
    if (tokens_per_s[w] <= 0.0) {
      return 0.0;
    }
    takes += works[w].weight * works[w].reference / tokens_per_s[w];
    weights += works[w].weight;
  }
  return weights / takes;
}

ReplyMemory::ReplyMemory(ReplyQuestion question) : state_(std::make_unique<State>()) {
  state_->frame = std::make_shared<const ReplySpace::Frame>(std::move(question));
}
ReplyMemory::~ReplyMemory() = default;
std::size_t ReplyMemory::size() const { return state_->values.size(); }

ReplySpace::ReplySpace(ReplyQuestion question, ReplyRules rules)
    : frame_(std::make_shared<const Frame>(std::move(question))),
      rules_(std::move(rules)),
      tables_(std::make_unique<const Tables>(frame_->question, rules_.state())) {}
ReplySpace::ReplySpace(ReplyMemory& memory, ReplyRules rules)
    : frame_(memory.state().frame),
      rules_(std::move(rules)),
      tables_(std::make_unique<const Tables>(frame_->question, rules_.state())),
      memory_(&memory.state()) {}
ReplySpace::~ReplySpace() = default;

std::size_t ReplySpace::levels() const { return kLevels; }
std::size_t ReplySpace::block_levels() const { return kCap + 1; }
std::size_t ReplySpace::free_from() const { return kMemory; }
std::size_t ReplySpace::objectives() const { return question().front ? 2 : 1; }
const ReplyQuestion& ReplySpace::question() const { return frame_->question; }

std::unique_ptr<SearchWalk> ReplySpace::walk() const {
  return std::make_unique<ReplyWalk>(*frame_, rules_.state(), *tables_, memory_);
}

Reply ReplySpace::reply(std::uint64_t number) const { return reply(choices_of(*this, number)); }

Reply ReplySpace::reply(const std::vector<std::uint32_t>& choices) const {
  ReplyWalk walk(*frame_, rules_.state(), *tables_);
  for (std::size_t level = 0; level < choices.size(); ++level) {
    (void)walk.choices(level);
    walk.enter(level, choices[level]);
  }
  Scores scores{};
  (void)walk.evaluate(scores);
  return walk.part();
}

Reply ReplySpace::lightest() const {
  ReplyWalk walk(*frame_, rules_.state(), *tables_);
  for (std::size_t level = 0; level < kLevels; ++level) {
    const std::uint32_t n = walk.choices(level);
    walk.enter(level, level == kCap ? n - 1 : 0);  // caps descend
  }
  Scores scores{};
  (void)walk.evaluate(scores);
  return walk.part();
}

Reply ReplySpace::assess(const Reply& like, const ReplyDraw& draw) const {
  return ReplyWalk(*frame_, rules_.state(), *tables_).assess(like, draw);
}

Outcome ReplySpace::outcome(const Reply& part) const {
  ReplyWalk walk(*frame_, rules_.state(), *tables_);
  (void)walk.assess(part, {});
  return rules_.state().outcome(walk.facts());
}

}  // namespace redline

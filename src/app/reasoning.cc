#include "app/reasoning.h"

#include <algorithm>
#include <cmath>

namespace redline::app {
namespace {

using results::Words;

// Lengths of chains that two chips are compared at.
constexpr std::int64_t kFirstLength = 512;
constexpr std::int64_t kLastLength = 131072;
// Chains side by side where nothing published says how many.
constexpr std::int64_t kUsualSamples = 64;

class Work {
 public:
  Work(const Workspace& w, ReasoningRequest request, Code code) : w_(w), code_(code) {
    report_.request = std::make_shared<const ReasoningRequest>(std::move(request));
  }

  Loaded<ReasoningReport> run() {
    Diagnostics errors = add_chips();
    if (!errors.empty()) {
      return tl::unexpected(std::move(errors));
    }
    take_alike();
    for (std::size_t i = 0; i < report_.chips.size(); ++i) {
      add_rows(i);
      if (report_.request->token_budget > 0) {
        add_choice(i);
      }
      if (i > 0) {
        add_crossover(i);
      }
    }
    if (auto refused = refusal()) {
      return tl::unexpected(Diagnostics{std::move(*refused)});
    }
    return std::move(report_);
  }

 private:
  Diagnostics add_chips() {
    Diagnostics errors;
    const ReasoningRequest& asked = *report_.request;
    report_.chips.reserve(asked.places.size());
    for (const Json& place : asked.places) {
      const ThinkingChip& chip = report_.chips.emplace_back(w_, report_.request, place, code_);
      for (const Error& error : chip.errors()) {
        const auto same = [&](const Error& one) { return one.message == error.message; };
        if (std::none_of(errors.begin(), errors.end(), same)) {
          errors.push_back(error);  // a split that no chip can have is told once
        }
      }
    }
    return errors;
  }

  // A rent against the cost of owning says nothing of the chips.
  void take_alike() {
    const auto basis_is = [this](CostBasis basis) {
      return std::any_of(report_.chips.begin(), report_.chips.end(), [basis](const auto& chip) {
        return chip.cost().cost && chip.cost().basis == basis;
      });
    };
    if (!basis_is(CostBasis::kRent) || !basis_is(CostBasis::kOwnership)) {
      return;
    }
    report_.owned = true;
    for (ThinkingChip& chip : report_.chips) {
      chip.take_as_owned();
    }
  }

  ReasoningRow row_of(std::size_t chip, Way way) {
    const ReasoningRequest& asked = *report_.request;
    ReasoningRow row{chip, std::move(way), {}, {}, {}};
    row.judgement = judge(asked.curves, row.way, asked.extrapolate);
    row.flags = row.judgement.flags;
    if (asked.tokens_bound && row.judgement.accuracy) {
      row.flags.emplace_back("tokens-upper-bound");
    }
    row.cost = report_.chips[chip].task(row.way);
    const std::int64_t chain =
        row.way.method == Reasoning::kRevision ? row.way.samples * row.way.tokens : row.way.tokens;
    if (chain > asked.longest_chain()) {
      row.flags.emplace_back("beyond-context");
    }
    if (asked.token_budget > 0 && row.way.all_tokens() > static_cast<double>(asked.token_budget)) {
      row.flags.emplace_back("over-budget");
    }
    return row;
  }

  // How many samples are told of: as asked, or as many as were published last.
  std::vector<std::int64_t> samples_of(Reasoning method, std::int64_t tokens) const {
    const ReasoningRequest& asked = *report_.request;
    if (!asked.samples.empty()) {
      return asked.samples;
    }
    const TaskCurves& curves = asked.curves;
    const auto last = [](const PublishedCurve& one) {
      return one.curve.empty() ? std::int64_t{1}
                               : static_cast<std::int64_t>(one.curve.points().back().spent);
    };
    std::int64_t most =
        last(method == Reasoning::kBestOf && last(curves.best_of) > 1 ? curves.best_of
                                                                      : curves.majority);
    most = most > 1 ? most : asked.methods.size() == 1 ? kUsualSamples : 0;
    if (asked.token_budget > 0) {
      most = std::min(most, asked.token_budget / tokens);
    }
    return most > 1 ? std::vector{most} : std::vector<std::int64_t>{};
  }

  std::vector<Way> ways_at(Reasoning method, std::int64_t tokens) const {
    const ReasoningRequest& asked = *report_.request;
    if (method == Reasoning::kChain) {
      return {{method, 1, tokens, {}}};
    }
    // One chain is told of once.
    const bool told = asked.methods.front() == Reasoning::kChain;
    const auto more = [told](std::int64_t n) { return n > 1 || !told; };
    std::vector<Way> ways;
    if (method != Reasoning::kRevision) {
      for (const std::int64_t n : samples_of(method, tokens)) {
        if (more(n)) {
          ways.push_back({method, n, tokens, {}});
        }
      }
      return ways;
    }
    for (const PublishedCurve& one : asked.curves.revisions) {
      const auto last = static_cast<std::int64_t>(one.curve.points().back().spent);
      for (const std::int64_t n : asked.samples.empty() ? std::vector{last} : asked.samples) {
        if (more(n)) {
          ways.push_back({method, n, tokens, one.series});
        }
      }
    }
    // What nobody published of the model is told of where it is asked for by name.
    const bool named = asked.methods.size() < kReasoningNames.size();
    if (ways.empty() && (named || asked.extrapolate)) {
      for (const std::int64_t n : asked.samples) {
        ways.push_back({method, n, tokens, {}});
      }
    }
    return ways;
  }

  void add_rows(std::size_t chip) {
    for (const std::int64_t tokens : report_.request->tokens) {
      for (const Reasoning method : report_.request->methods) {
        for (Way& way : ways_at(method, tokens)) {
          report_.rows.push_back(row_of(chip, std::move(way)));
        }
      }
    }
  }

  // Every number of samples at which a curve may turn, within the budget.
  std::vector<Way> affordable(std::int64_t tokens) const {
    const ReasoningRequest& asked = *report_.request;
    const std::int64_t most = asked.token_budget / tokens;
    std::vector<Way> ways;
    for (const Reasoning method : asked.methods) {
      for (const Way& way : ways_at(method, tokens)) {
        if (way.samples <= most) {
          ways.push_back(way);
        }
      }
      const bool many = method == Reasoning::kMajority || method == Reasoning::kBestOf;
      for (std::int64_t n = 2; many && asked.samples.empty() && n <= most; n *= 2) {
        ways.push_back({method, n, tokens, {}});
      }
    }
    return ways;
  }

  void add_choice(std::size_t chip) {
    BudgetChoice choice{chip, {}, {}};
    const auto better = [](const ReasoningRow& a, const std::optional<ReasoningRow>& b) {
      const double one = a.judgement.accuracy->value;
      return !b || one > b->judgement.accuracy->value ||
             (one == b->judgement.accuracy->value &&
              a.cost->estimate.chip_seconds < b->cost->estimate.chip_seconds);
    };
    const auto each = [](const ReasoningRow& row) {
      return row.cost->estimate.chip_seconds / row.judgement.accuracy->value;
    };
    for (const std::int64_t tokens : report_.request->tokens) {
      for (Way& way : affordable(tokens)) {
        ReasoningRow row = row_of(chip, std::move(way));
        if (!row.judgement.accuracy || !row.cost) {
          continue;
        }
        if (better(row, choice.most_accurate)) {
          choice.most_accurate = row;
        }
        if (!choice.cheapest || each(row) < each(*choice.cheapest)) {
          choice.cheapest = std::move(row);
        }
      }
    }
    report_.budget.push_back(std::move(choice));
  }

  using Measure = std::optional<double> (*)(const TaskCost&);

  // Of the first over the second, as a logarithm, with the half width of its 80 % interval.
  struct Difference {
    double value = 0.0, width = 0.0;
  };
  std::optional<Difference> difference(std::size_t second, std::int64_t tokens, Measure measure) {
    const ThinkingLoad load{report_.request->prompt, tokens, 1};
    const auto& a = report_.chips.front().task(load);
    const auto& b = report_.chips[second].task(load);
    const auto x = a ? measure(*a) : std::nullopt;
    const auto y = b ? measure(*b) : std::nullopt;
    if (!x || !y) {
      return std::nullopt;
    }
    return Difference{std::log(*x / *y),
                      std::hypot(std::log(a->estimate.factor), std::log(b->estimate.factor))};
  }

  MeasuredCrossing crossing(std::size_t second, const std::vector<std::int64_t>& lengths,
                            Measure measure) {
    const auto shifted = [&](double widths) {
      return first_crossing(lengths, [&, widths](std::int64_t tokens) -> std::optional<double> {
        const auto found = difference(second, tokens, measure);
        return found ? std::optional(found->value + widths * found->width) : std::nullopt;
      });
    };
    MeasuredCrossing found;
    found.crossing = shifted(0.0);
    if (found.crossing) {
      // What wins from there on wins sooner where it is taken to be better than it is.
      const double sooner = found.crossing->first_wins ? -1.0 : 1.0;
      for (const auto& [end, widths] : {std::pair{&found.low, sooner}, {&found.high, -sooner}}) {
        const auto other = shifted(widths);
        if (other && other->first_wins == found.crossing->first_wins) {
          *end = other->tokens;
        }
      }
      return found;
    }
    std::optional<Difference> last;
    for (const std::int64_t tokens : lengths) {
      const auto now = difference(second, tokens, measure);
      last = now ? now : last;
    }
    found.reason = last ? Message("{chip} is ahead at every length",
                                  {{"chip", report_.chips[last->value < 0.0 ? 0 : second].name()}})
                        : Message("it is not known of both chips");
    return found;
  }

  void add_crossover(std::size_t second) {
    Crossover found;
    found.second = second;
    std::vector<std::int64_t> lengths;
    const std::int64_t longest = std::min(kLastLength, report_.request->longest_chain());
    for (std::int64_t tokens = kFirstLength; tokens <= longest; tokens *= 2) {
      const ThinkingLoad load{report_.request->prompt, tokens, 1};
      lengths.push_back(tokens);
      found.rows.push_back(
          {tokens, report_.chips.front().task(load), report_.chips[second].task(load)});
    }
    found.cost = crossing(second, lengths, [](const TaskCost& task) { return task.usd(); });
    found.chip_time = crossing(second, lengths, [](const TaskCost& task) {
      return std::optional(task.estimate.chip_seconds);
    });
    found.time = crossing(second, lengths, [](const TaskCost& task) {
      return std::optional(task.estimate.time().base());
    });
    report_.crossovers.push_back(std::move(found));
  }

  // Accuracy beyond what was published is not given unasked.
  std::optional<Error> refusal() const {
    const auto outside = [](const ReasoningRow& row) { return row.judgement.outside; };
    const bool stated = report_.request->tokens_stated || !report_.request->samples.empty();
    if (!stated || report_.rows.empty() ||
        !std::all_of(report_.rows.begin(), report_.rows.end(), outside)) {
      return std::nullopt;
    }
    const TaskCurves& curves = report_.request->curves;
    return Error{code_,
                 "the accuracy of " + curves.checkpoint + " on " + curves.benchmark + " is " +
                     report_.rows.front().judgement.reason->english(),
                 std::nullopt,
                 {"--extrapolate takes the nearest that is published, with a flag",
                  "without --benchmark the answer is the cost of a task alone"},
                 {}};
  }

  const Workspace& w_;
  Code code_;
  ReasoningReport report_;
};

}  // namespace

std::optional<SolvedAmount> per_solved(const ReasoningRow& row, std::optional<double> amount) {
  const auto& accuracy = row.judgement.accuracy;
  if (!accuracy || !amount || accuracy->value <= 0.0) {
    return std::nullopt;
  }
  SolvedAmount found{*amount / accuracy->value, std::nullopt};
  if (accuracy->interval && accuracy->interval->low > 0.0) {
    const double width = std::log(row.cost->estimate.factor);
    const double less = std::hypot(width, std::log(accuracy->interval->high / accuracy->value));
    const double more = std::hypot(width, std::log(accuracy->value / accuracy->interval->low));
    found.interval = {found.value * std::exp(-less), found.value * std::exp(more)};
  }
  return found;
}

std::optional<std::size_t> cheapest_row(const ReasoningReport& report) {
  const bool priced =
      std::all_of(report.rows.begin(), report.rows.end(),
                  [](const ReasoningRow& row) { return !row.cost || row.cost->usd(); });
  const bool judged = std::any_of(
      report.rows.begin(), report.rows.end(),
      [](const ReasoningRow& row) { return row.cost && row.judgement.accuracy.has_value(); });
  std::optional<std::size_t> best;
  double least = 0.0;
  for (std::size_t i = 0; i < report.rows.size(); ++i) {
    const ReasoningRow& row = report.rows[i];
    if (!row.cost || (judged && !row.judgement.accuracy)) {
      continue;
    }
    const double amount = (priced ? *row.cost->usd() : row.cost->estimate.chip_seconds) /
                          (judged ? row.judgement.accuracy->value : 1.0);
    if (!best || amount < least) {
      best = i;
      least = amount;
    }
  }
  return best;
}

Loaded<ReasoningReport> work_out_reasoning(const Workspace& w, const Json& fields,
                                           Code field_code) {
  auto request = read_reasoning(w, fields, field_code);
  if (!request) {
    return tl::unexpected(std::move(request).error());
  }
  return Work(w, std::move(*request), field_code).run();
}

Loaded<Answer> estimate_reasoning(const Workspace& w, const Json& fields, Code field_code,
                                  const Words& say, bool plot) {
  const auto report = work_out_reasoning(w, fields, field_code);
  if (!report) {
    return tl::unexpected(report.error());
  }
  Answer answer;
  answer.command = "estimate-reasoning";
  answer.as_of = w.date;
  answer.request = fields;
  answer.request["command"] = answer.command;
  answer.results.push_back(reasoning_json(*report));
  answer.table = reasoning_table(*report);
  answer.infeasible = std::none_of(report->rows.begin(), report->rows.end(),
                                   [](const ReasoningRow& row) { return row.cost.has_value(); }) &&
                      std::any_of(report->chips.begin(), report->chips.end(),
                                  [](const ThinkingChip& chip) { return !chip.plans().empty(); });
  describe_reasoning(*report, say, plot, answer.blocks);
  return answer;
}

}  // namespace redline::app

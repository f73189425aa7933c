#include "app/buyer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/plan_request.h"

namespace redline::app {
namespace {

constexpr double kSecondsOfDay = 86400.0;
constexpr int kNode = 8;

std::optional<double> usd_per_s(const Chip& chip) {
  CostTerms terms;
  terms.price = price_in_server(chip, terms);
  if (!terms.price) {
    return std::nullopt;
  }
  const CostRate rate = cost_rate(chip, nullptr, terms);
  return rate.cost ? std::optional(rate.cost->base()) : std::nullopt;
}

// Numbers of chips that many plans divide: whole groups of nodes, down to 85 % of what is bought.
std::vector<int> usable_counts(double bought) {
  constexpr int kGroup = 8 * kNode;
  constexpr double kLeast = 0.85;
  std::vector<int> counts;
  for (int n = static_cast<int>(bought) / kGroup * kGroup; n > 0 && n >= kLeast * bought;
       n -= kGroup) {
    counts.push_back(n);
  }
  if (counts.empty()) {
    counts.push_back(std::max(1, static_cast<int>(bought)));
  }
  return counts;
}

class Buyer {
 public:
  Buyer(const Workspace& w, const Scenario& scenario, unsigned threads)
      : w_(w), scenario_(scenario) {
    report_.question = *scenario.buyer;
    run_.threads = threads;
  }

  BuyerReport work_out() {
    const BuyerQuestion& q = report_.question;
    const Chip& subject = *w_.catalog.chip(scenario_.subject);
    report_.train_name = name_of(q.train);
    report_.serve_name = name_of(q.serve);
    report_.usd_per_s = q.chips * usd_per_s(subject).value_or(0.0);
    std::vector<const Chip*> alone{&subject};
    for (const std::string& id : q.others) {
      alone.push_back(w_.catalog.chip(id));
    }
    for (const Chip* chip : alone) {
      train(*chip);
      serve(*chip, nullptr);
    }
    for (const std::string& id : q.prompts) {
      serve(subject, w_.catalog.chip(id));
    }
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::string name_of(const std::string& id) const {
    const auto model = find_model(w_, id);
    return model ? model->name : id;
  }

  [[nodiscard]] double bought(const Chip& chip) const {
    if (chip.id == scenario_.subject) {
      return report_.question.chips;
    }
    const auto each = usd_per_s(chip);
    return each && *each > 0.0 ? report_.usd_per_s / *each : 0.0;
  }

  [[nodiscard]] Message no_price() const { return Message("price not known"); }

  void train(const Chip& chip) {
    const BuyerQuestion& q = report_.question;
    TrainingOption one;
    one.option = {&chip, nullptr, bought(chip)};
    if (one.option.bought < 1.0) {
      one.reason = no_price();
      report_.training.push_back(std::move(one));
      return;
    }
    const Json fields{
        {"model", q.train},
        {"chip", chip.id},
        {"chips", fmt::format("{}", fmt::join(usable_counts(one.option.bought), ","))},
        {"batch", q.batch},
        {"tokens", q.tokens},
        {"dtype", "bf16,fp8"},
        {"pareto", "time"},
        {"price_usd", price_in_server(chip, {}).value_or(Usd{1.0}).base()},
        {"top", 1}};
    PlanRequest asked(w_, fields, Code::kBug);
    auto read = asked.read();
    if (!read) {
      one.reason = Message(read.error().front().message);
    } else if (asked.refusal()) {
      one.reason = *asked.refusal();
    } else {
      Found found = search_training(asked, *read, run_);
      if (found.best.empty()) {
        one.reason = Message("no plan tried fits in memory");
      } else {
        one.plan = std::move(found.best.front());
        const StepTime& t = one.plan->step.time();
        const double steps = q.tokens / one.plan->step.tokens() / kSecondsOfDay;
        one.days = steps * t.total.base();
        one.low = steps * t.low.base();
        one.high = steps * t.high.base();
      }
    }
    report_.training.push_back(std::move(one));
  }

  void serve(const Chip& chip, const Chip* prompts) {
    const BuyerQuestion& q = report_.question;
    ServingOption one;
    one.option = {&chip, prompts, bought(chip)};
    const auto price = price_in_server(chip, {});
    const auto other = prompts != nullptr ? price_in_server(*prompts, {}) : price;
    if (!price || !other || report_.usd_per_s <= 0.0) {
      one.reason = no_price();
      report_.serving.push_back(std::move(one));
      return;
    }
    Json fields{{"model", q.serve},           {"chip", chip.id},
                {"ttft", q.ttft.base()},      {"tpot", q.tpot.base()},
                {"kv_dtype", "bf16"},         {"objective", "cost"},
                {"price_usd", price->base()}, {"top", 1}};
    if (prompts != nullptr) {
      fields["prefill_chip"] = prompts->id;
      fields["prefill_price_usd"] = other->base();
      fields["prefill"] = "pool";
    }
    ServeRequest asked(w_, fields, Code::kBug);
    const auto read = asked.read();
    if (!read) {
      one.reason = Message(read.error().front().message);
    } else if (asked.refusal()) {
      one.reason = *asked.refusal();
    } else {
      report_.prompt = asked.request().prompt;
      report_.answer = asked.request().answer;
      ServeSearch found = search_serving(w_, asked, asked.models(), run_);
      if (found.best.empty()) {
        one.reason = Message("no plan that was tried keeps the limits");
      } else {
        take(one, asked, std::move(found.best.front()));
      }
    }
    report_.serving.push_back(std::move(one));
  }

  void take(ServingOption& one, const ServeRequest& asked, ServeAnswer answer) const {
    const ServingScheme& s = answer.scheme;
    const StepTime& t = answer.step.time();
    one.plan = scheme_message(asked, s);
    one.usd_per_million = s.usd_per_s / s.tokens_per_s * 1e6;
    one.low = one.usd_per_million * t.low.base() / t.total.base();
    one.high = one.usd_per_million * t.high.base() / t.total.base();
    const double copies = report_.usd_per_s / s.usd_per_s;
    one.tokens_per_s = copies * s.tokens_per_s;
    one.prompt_chips = copies * s.prefill.chips();
    one.chips = copies * s.chips - one.prompt_chips;
    one.answer = std::move(answer);
  }

  const Workspace& w_;
  const Scenario& scenario_;
  SearchRun run_;
  BuyerReport report_;
};

}  // namespace

BuyerReport work_out_buyer(const Workspace& w, const Scenario& scenario, unsigned threads) {
  return Buyer(w, scenario, threads).work_out();
}

}  // namespace redline::app

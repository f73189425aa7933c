#include "app/exposure_asks.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/reply_backtest.h"
#include "app/search_chip.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

using exposure::Asked;
using exposure::AskRecord;

constexpr auto kAsks =
    std::to_array<std::string_view>({"performance", "reply-performance", "reply-cost",
                                     "reply-license-required", "license-required"});

tl::unexpected<Error> first_of(Diagnostics errors) {
  Error error = std::move(errors.front());
  error.where.reset();  // of another text
  return tl::unexpected(std::move(error));
}

Result<Distribution> lognormal(double median, double deviation) {
  return deviation > 0.0 ? Distribution::parse(fmt::format("lognormal({}, {})", median, deviation))
                         : Result<Distribution>(Distribution::constant(median));
}

// Whether the rules of a day want a license for a chip to China.
Result<bool> needs_license(const Workspace& workspace, const Chip& chip, Date day) {
  Question question;
  question.to = "CN";
  question.as_of = day;
  RL_TRY(verdict, classify(workspace.rules, chip, question, {.flips = false}));
  return verdict.outcome == Outcome::kLicenseRequired;
}

Result<const Chip*> chip_named(const Workspace& workspace, const std::string& id) {
  const Chip* chip = workspace.catalog.chip(id);
  if (chip == nullptr) {
    return fail(Code::kUnknownReference, fmt::format("there is no chip '{}'", id),
                {"`redline data list chips` shows all"});
  }
  return chip;
}

class Asks {
 public:
  Asks(const Workspace& workspace, unsigned threads) : w_(workspace) { run_.threads = threads; }

  Result<Asked> answer(const AskRecord& ask, Date as_of) {
    if (std::find(kAsks.begin(), kAsks.end(), ask.what) == kAsks.end()) {
      return fail(Code::kNotAChoice, fmt::format("'{}' cannot be asked", ask.what),
                  {fmt::format("one of {}", fmt::join(kAsks, ", "))});
    }
    if (ask.what == "license-required") {
      return license(ask, as_of);
    }
    RL_TRY(epoch, epoch_named(ask.epoch, as_of));
    if (ask.what == "performance") {
      RL_TRY(chip, speed_of(ask.chip, *epoch));
      RL_TRY(over, speed_of(ask.over, *epoch));
      return ratio(chip, over, *epoch, fmt::format("performance: {} / {}", ask.chip, ask.over));
    }
    RL_TRY(reply, reply_of(ask.die, *epoch));
    if (reply->best.empty()) {
      return fail(Code::kInconsistent,
                  fmt::format("no part of {} may go under the rules of '{}'", ask.die, epoch->id),
                  {"ask for another die, or leave the line out"});
    }
    const Reply& best = reply->best.front();
    if (ask.what == "reply-license-required") {
      return license_on(chip_of(best, reply->bodies[best.body], *reply->request->base),
                        fmt::format("best part of {} ({})", ask.die, epoch->id), ask, as_of);
    }
    if (ask.what == "reply-cost") {
      const auto& cost = best.cost.total;
      RL_TRY(spread, lognormal(cost.value, std::log(cost.high / cost.low) / (2.0 * kZ90)));
      return Asked{
          std::move(spread), {{.usd = 1}}, fmt::format("reply-cost: {} ({})", ask.die, epoch->id)};
    }
    RL_TRY(over, speed_of(ask.over, *epoch));
    return ratio({best.tokens_per_s, over.scatter}, over, *epoch,
                 fmt::format("reply-performance: {} / {}", ask.die, ask.over));
  }

 private:
  static constexpr double kZ90 = 1.2815515655446004;  // p10 and p90 of the cost

  struct Speed {
    std::vector<double> tokens_per_s;
    double scatter = 0.0;
  };

  Result<Asked> license(const AskRecord& ask, Date as_of) {
    RL_TRY(chip, chip_named(w_, ask.chip));
    return license_on(*chip, ask.chip, ask, as_of);
  }
  Result<Asked> license_on(const Chip& chip, const std::string& name, const AskRecord& ask,
                           Date as_of) {
    Date day = as_of;
    if (!ask.on.empty()) {
      RL_TRY(on, parse_date(ask.on));
      if (on > as_of) {
        return fail(Code::kLateEvidence,
                    fmt::format("rules of {} are asked, but the scenario is of {}", ask.on,
                                format_date(as_of)),
                    {"take a day that is not later"});
      }
      day = on;
    }
    RL_TRY(required, needs_license(w_, chip, day));
    return Asked{Distribution::constant(required ? 1.0 : 0.0),
                 {},
                 fmt::format("rules: {} to CN on {}", name, format_date(day))};
  }

  Result<const ReplyEpoch*> epoch_named(const std::string& id, Date as_of) {
    if (epochs_.empty()) {
      auto loaded = load_reply_epochs(w_);
      if (!loaded) {
        return first_of(std::move(loaded).error());
      }
      epochs_ = std::move(*loaded);
    }
    for (const ReplyEpoch& one : epochs_) {
      if (one.id != id) {
        continue;
      }
      if (one.known > as_of) {
        return fail(Code::kLateEvidence,
                    fmt::format("epoch '{}' is of facts until {}, but the scenario is of {}", id,
                                format_date(one.known), format_date(as_of)),
                    {"take an earlier epoch"});
      }
      return &one;
    }
    return fail(Code::kUnknownReference, fmt::format("there is no epoch '{}'", id),
                {"data/backtest has them"});
  }

  Result<Speed> speed_of(const std::string& id, const ReplyEpoch& epoch) {
    RL_TRY(chip, chip_named(w_, id));
    auto at_work = chip_at_work(w_, *chip, work_of(epoch), epoch.known, Code::kOutOfRange);
    if (!at_work) {
      return first_of(std::move(at_work).error());
    }
    return Speed{at_work->tokens_per_s, at_work->scatter};
  }
  static Json work_of(const ReplyEpoch& epoch) {
    return reply_fields_of(epoch, EpochReply{}).at("work");
  }

  Result<std::shared_ptr<const ReplyReport>> reply_of(const std::string& die,
                                                      const ReplyEpoch& epoch) {
    const auto found = std::find_if(epoch.reply.begin(), epoch.reply.end(),
                                    [&](const EpochReply& one) { return one.die == die; });
    if (found == epoch.reply.end()) {
      return fail(Code::kUnknownReference, fmt::format("epoch '{}' has no die '{}'", epoch.id, die),
                  {"data/backtest has them"});
    }
    auto& kept = replies_[epoch.id + " " + die];
    if (kept == nullptr) {
      EpochReply asked = *found;
      asked.cards = false;  // judged by the work of servers, as the chips beside it
      auto report = work_out_reply(w_, reply_fields_of(epoch, asked), run_, {false, false, false},
                                   Code::kOutOfRange);
      if (!report) {
        return first_of(std::move(report).error());
      }
      kept = std::make_shared<const ReplyReport>(std::move(*report));
    }
    return kept;
  }

  // The mean of the logarithms over the work, by its weights.
  static Result<Asked> ratio(const Speed& chip, const Speed& over, const ReplyEpoch& epoch,
                             std::string what) {
    double logs = 0.0, weights = 0.0;
    for (std::size_t i = 0; i < epoch.work.size(); ++i) {
      if (!(chip.tokens_per_s[i] > 0.0) || !(over.tokens_per_s[i] > 0.0)) {
        return fail(Code::kInconsistent, fmt::format("{}: one of them cannot do the work", what),
                    {"name chips that can, or an epoch with other work"});
      }
      logs += epoch.work[i].weight * std::log(chip.tokens_per_s[i] / over.tokens_per_s[i]);
      weights += epoch.work[i].weight;
    }
    RL_TRY(spread, lognormal(std::exp(logs / weights), std::hypot(chip.scatter, over.scatter)));
    return Asked{std::move(spread), {}, fmt::format("{} ({})", what, epoch.id)};
  }

  const Workspace& w_;
  SearchRun run_;
  std::vector<ReplyEpoch> epochs_;
  std::map<std::string, std::shared_ptr<const ReplyReport>> replies_;
};

}  // namespace

namespace {

// Each case says what its series is of, on a day that the series looks at, with sources that there
// are.
class PrecedentsCheck {
 public:
  PrecedentsCheck(const Workspace& workspace, Diagnostics& errors)
      : w_(workspace), errors_(errors) {}

  void series(exposure::SeriesRecord& one, const data::Node& node) {
    const auto cases = node.find("case").items();
    for (std::size_t i = 0; i < one.cases.size(); ++i) {
      ask(one.cases[i], cases[i]);
      check(one, one.cases[i], cases[i]);
    }
  }

 private:
  void report(Code code, std::string message, const data::Node& node, std::string help) {
    errors_.push_back({code, std::move(message), node.span(), {std::move(help)}, {}});
  }
  // What the rules say stands as the case's answer.
  void ask(exposure::CaseRecord& one, const data::Node& node) {
    if (one.chip.empty() && !one.on) {
      return;
    }
    const bool typed = one.yes.has_value();
    one.yes = one.yes.value_or(false);  // no error of its kind besides
    if (typed || one.chip.empty() || !one.on) {
      report(Code::kInconsistent, "a case that is asked of the rules has a chip and a day alone",
             node, "write chip and on, or yes");
      return;
    }
    if (*one.on < one.date) {
      report(Code::kInconsistent, "the rules are asked of a day before the case", node.find("on"),
             "take a day on which the rule of the case is in force");
      return;
    }
    const auto chip = chip_named(w_, one.chip);
    const auto required =
        chip ? needs_license(w_, **chip, *one.on) : Result<bool>(tl::unexpected(chip.error()));
    if (!required) {
      const Error& problem = required.error();
      report(problem.code, problem.message, node.find(chip ? "on" : "chip"),
             problem.help.empty() ? "" : problem.help.front());
      return;
    }
    one.yes = *required;
  }
  void check(const exposure::SeriesRecord& series, const exposure::CaseRecord& one,
             const data::Node& node) {
    const bool rate = series.since.has_value(), numbers = !series.unit.empty();
    if (rate && one.date < *series.since) {
      report(Code::kInconsistent,
             fmt::format("a case of {} is dated before its series begins", format_date(one.date)),
             node.find("date"), "a rate counts every event since then, and none before");
    }
    if (one.yes.has_value() != (!rate && !numbers) || one.value.has_value() != numbers) {
      report(Code::kInconsistent,
             fmt::format("a case of series '{}' is not of its kind", series.id), node,
             rate      ? "cases of a rate have neither yes nor value"
             : numbers ? "cases of numbers have a value, and no yes"
                       : "cases have yes = true or false, and no value");
    }
    for (const std::string& source : one.source) {
      if (w_.catalog.source(source) == nullptr) {
        report(Code::kUnknownReference, fmt::format("there is no source '{}'", source),
               node.find("source"), "define it in data/sources, or correct the id");
      }
    }
  }

  const Workspace& w_;
  Diagnostics& errors_;
};

void read_series(const Workspace& w, const std::string& file, const std::string& text,
                 std::vector<exposure::SeriesRecord>& all, Diagnostics& errors) {
  const data::Document document(file, text, errors);
  data::Reader reader(errors, document.damaged());
  exposure::PrecedentsRecord record;
  if (!exposure::read_precedents(document.root(), record, reader)) {
    return;
  }
  const auto nodes = document.root().find("series").items();
  PrecedentsCheck check(w, errors);
  for (std::size_t i = 0; i < record.series.size(); ++i) {
    exposure::SeriesRecord& one = record.series[i];
    check.series(one, nodes[i]);
    if (std::any_of(all.begin(), all.end(),
                    [&](const exposure::SeriesRecord& other) { return other.id == one.id; })) {
      errors.push_back({Code::kDuplicateId,
                        fmt::format("series '{}' stands twice", one.id),
                        nodes[i].find("id").span(),
                        {"give each its own id"},
                        {}});
    }
    all.push_back(std::move(one));
  }
}

}  // namespace

Loaded<exposure::ScenarioContext> exposure_context(const Workspace& workspace, unsigned threads) {
  exposure::ScenarioContext context;
  context.catalog = &workspace.catalog;
  Diagnostics errors;
  for (const data::DataFile* file : workspace.files.under("precedents")) {
    read_series(workspace, file->display, file->text, context.precedents, errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  auto asks = std::make_shared<Asks>(workspace, threads);
  context.ask = [asks](const AskRecord& ask, Date as_of) { return asks->answer(ask, as_of); };
  return context;
}

Diagnostics check_exposure(const Workspace& workspace, const std::string& file) {
  auto text = text_named(workspace, "exposure", file);
  auto context = exposure_context(workspace, 1);
  if (!text || !*text || !context) {
    return !text ? text.error() : !context ? context.error() : Diagnostics{};
  }
  const auto model = exposure::read_model((*text)->first, (*text)->second, *context);
  return model ? Diagnostics{} : model.error();
}

Diagnostics check_precedents(const Workspace& workspace, const std::string& file,
                             const std::string& text) {
  Diagnostics errors;
  std::vector<exposure::SeriesRecord> all;
  read_series(workspace, file, text, all, errors);
  return errors;
}

}  // namespace redline::app

#include "app/search_rule.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "redline/random.h"

#include "app/field_reader.h"
#include "app/scales.h"
#include "app/search_chip.h"
#include "app/search_report.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
// Points that are searched again by themselves.
constexpr std::size_t kChecked = 16;

constexpr auto kFields = std::to_array<std::string_view>(
    {"id", "command", "space", "objective", "top", "max_leak", "max_lost_usd", "seed"});

// What tells parts of one die apart.
auto key_of(const Reply& part) {
  return std::tuple(part.body, part.cores, part.clock, part.cap, part.link_gb_s, part.memory_units,
                    part.dram_gb_s, part.unit_gb);
}

class RuleWork : FieldReader {
 public:
  RuleWork(const Workspace& w, const Json& json, Code code, const SearchRun& run)
      : FieldReader(json, code), w_(w), run_(run) {}

  Loaded<RuleReport> work_out() {
    const auto begun = std::chrono::steady_clock::now();
    if (auto errors = read(); !errors.empty()) {
      return tl::unexpected(std::move(errors));
    }
    for (const RuleDie& die : space_->dies) {
      for (const ReplyRequest* one : {die.market.get(), die.leak.get()}) {
        if (one != nullptr && one->refusal) {
          report_.refusal = one->refusal;
          return std::move(report_);
        }
      }
    }
    if (auto errors = look_at_home(); !errors.empty()) {
      return tl::unexpected(std::move(errors));
    }
    price_base();
    for (const RuleDie& die : space_->dies) {
      rules_.push_back(rules_of(w_of_space(), die, die.market->question));
      const ReplyRequest& leak = die.leak != nullptr ? *die.leak : *die.market;
      leak_spaces_.push_back(std::make_unique<ReplySpace>(leak.reply, rules_.back()));
    }
    leaks_.resize(space_->dies.size());
    report_.free = direct(unbound(rules_));
    report_.free.lost_usd = 0.0;
    answer_grid();
    find_front();
    find_best();
    name_rules();
    certify();
    report_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return std::move(report_);
  }

 private:
  [[nodiscard]] const Workspace& w_of_space() const { return space_->workspace(); }
  [[nodiscard]] bool stopped() const { return run_.stop && run_.stop(); }
  [[nodiscard]] const RuleDie& first() const { return space_->dies.front(); }
  [[nodiscard]] const ReplyRequest& leak_request(std::size_t die) const {
    const RuleDie& one = space_->dies[die];
    return one.leak != nullptr ? *one.leak : *one.market;
  }

  // --- what is asked

  Diagnostics read() {
    refuse_all_but({kFields.begin(), kFields.end()});
    report_.objective = choice<RuleObjective>("objective", kRuleObjectiveNames);
    constexpr double kMost = 1e15;
    top_ = static_cast<std::size_t>(amount("top", 1.0, 1.0, 100.0));
    max_leak_ = amount("max_leak", kInfinite, 0.0, kMost);
    max_lost_ = amount("max_lost_usd", kInfinite, 0.0, kMost);
    seed_ = static_cast<std::uint64_t>(amount("seed", 1.0, 0.0, 1e9));
    auto space = read_rule_space(w_, plain("space"), code_);
    if (space) {
      report_.space = space_ = std::move(*space);
    } else {
      add(std::move(space).error());
    }
    return std::move(errors_);
  }

  // The best of what there is at home, by the market's work.
  Diagnostics look_at_home() {
    const auto value_of = [&](const Chip& chip, const Json& work, const ReplyRequest& like) {
      auto speed = chip_at_work(w_, chip, work, space_->known, Code::kOutOfRange);
      if (!speed) {
        return tl::expected<double, Diagnostics>(tl::unexpected(std::move(speed).error()));
      }
      return tl::expected<double, Diagnostics>(
          work_value(like.reply.workloads, speed->tokens_per_s));
    };
    for (const Chip* chip : space_->domestic) {
      const auto market = value_of(*chip, space_->market_work, *first().market);
      // What a chip of the catalogue cannot run it does not do; of chips asked for that is told.
      if (!market) {
        if (!space_->asked.domestic.empty()) {
          return market.error();
        }
        continue;
      }
      if (*market <= 0.0 || (report_.home && report_.home->market >= *market)) {
        continue;
      }
      const auto leak = value_of(*chip, space_->leak_work, leak_request(0));
      HomeChip home{chip, *market, leak.value_or(0.0), std::nullopt};
      CostTerms terms = first().market->reply.terms;
      terms.rents = false;
      const CostRate owned = cost_rate(*chip, nullptr, terms);
      if (owned.cost && owned.power) {
        home.usd_per_s = owned.cost->base();
      }
      report_.home = home;
    }
    report_.by_dollar = !report_.home || report_.home->usd_per_s.has_value();
    return {};
  }

  void price_base() {
    const ReplyRequest& request = *first().market;
    const auto& stated = request.base->price.purchase;
    if (stated && stated->value) {
      const auto day = parse_partial_date(stated->date);
      report_.price_is_stated = !day || day->earliest() <= space_->known;
    }
    report_.base_price_usd =
        report_.price_is_stated
            ? stated->value->base()
            : request.reply.price_factor *
                  assess_as_sold(w_of_space(), request, *request.base).cost.total.value;
  }

  // --- what a rule does

  [[nodiscard]] static ReplyRules rules_of(const Workspace& workspace, const RuleDie& die,
                                           const Question& question) {
    auto rules =
        ReplyRules::open(workspace.rules, question, *die.market->base, die.market->exceptions);
    RL_CHECK(rules.has_value());  // the question was read
    return std::move(*rules);
  }
  static std::vector<ReplyRules> unbound(const std::vector<ReplyRules>& rules) {
    std::vector<ReplyRules> none;
    for (const ReplyRules& one : rules) {
      none.push_back(one.unbound());
    }
    return none;
  }

  // A part of a die in the base parts of the first die.
  RuleWorth measured(std::size_t die, const Reply& part) {
    RuleWorth worth;
    worth.part = part;
    worth.die = die;
    worth.market = work_value(first().market->reply.workloads, part.tokens_per_s);
    if (first().leak == nullptr) {
      worth.leak = worth.market;
      return worth;
    }
    const auto [found, is_new] = leaks_[die].try_emplace(key_of(part), 0.0);
    if (is_new) {
      found->second =
          work_value(leak_request(0).reply.workloads, leak_spaces_[die]->assess(part).tokens_per_s);
    }
    worth.leak = found->second;
    return worth;
  }

  [[nodiscard]] double score(const RuleWorth& worth) const {
    if (!worth.part) {
      return 0.0;
    }
    switch (space_->asked.per) {
      case ReplyObjective::kDollar:
        return worth.market / worth.part->usd_per_s;
      case ReplyObjective::kWatt:
        return worth.market / worth.part->watts;
      case ReplyObjective::kChip:
        break;
    }
    return worth.market;
  }

  // The best of the dies' answers, and what comes of it.
  RuleWorth worth_of(const std::vector<const RuleAnswer*>& answers) {
    RuleWorth best;
    bool proved = true;
    double gap = 0.0;
    for (std::size_t die = 0; die < answers.size(); ++die) {
      const RuleAnswer& one = *answers[die];
      proved = proved && one.proved;
      gap = std::max(gap, one.gap_percent);
      if (one.part) {
        RuleWorth worth = measured(die, *one.part);
        if (!best.part || score(worth) > score(best)) {
          best = std::move(worth);
        }
      }
    }
    best.proved = proved;
    best.gap_percent = gap;
    sell(best);
    return best;
  }

  void sell(RuleWorth& worth) const {
    if (worth.part && worth.market > 0.0) {
      const RuleQuantities& quantity = space_->asked.quantity;
      const std::optional<HomeChip>& home = report_.home;
      const double usd_per_s = worth.part->usd_per_s;
      worth.share = 1.0;
      if (home) {
        const double ours = report_.by_dollar ? worth.market / usd_per_s : worth.market;
        const double theirs = report_.by_dollar ? home->market / *home->usd_per_s : home->market;
        worth.share = 1.0 / (1.0 + std::pow(theirs / ours, quantity.elasticity));
      }
      worth.parts = std::min(quantity.limit.value_or(kInfinite), quantity.parts * worth.share);
      if (worth.parts > 0.0) {
        leak(worth);
      }
      worth.revenue_usd = worth.parts * worth.market * report_.base_price_usd;
    }
    worth.lost_usd = report_.free.revenue_usd - worth.revenue_usd;
  }

  // What parts that are sold do above the chips at home whose place they take.
  void leak(RuleWorth& worth) const {
    const double usd_per_s = worth.part->usd_per_s;
    double at_home = 0.0;          // work in the place of one part
    double at_home_per_usd = 0.0;  // by the second
    if (report_.home) {
      const HomeChip& home = *report_.home;
      const RuleQuantities& quantity = space_->asked.quantity;
      const double made = std::min(quantity.parts, quantity.domestic.value_or(kInfinite));
      const double left = std::min(quantity.parts - worth.parts, made);
      const double replaced = (made - left) / worth.parts;  // chips by one part
      at_home = replaced * home.leak;
      at_home_per_usd = home.usd_per_s ? replaced * home.leak / *home.usd_per_s : 0.0;
    }
    worth.leak_per_part = std::max(0.0, worth.leak - at_home);
    const double per_usd = std::max(0.0, worth.leak / usd_per_s - at_home_per_usd);
    worth.leak_per_usd_h = per_usd / kSecondsOfHour;
    const bool same_dollars = space_->asked.measure == LeakMeasure::kDollar && report_.by_dollar;
    worth.leaked = worth.parts * (same_dollars ? usd_per_s * per_usd : worth.leak_per_part);
  }

  // By searches of their own.
  RuleWorth direct(const std::vector<ReplyRules>& rules) {
    RuleSearchOptions options;
    options.threads = run_.threads;
    options.prune = run_.prune;
    std::vector<RuleAnswer> answers;
    for (std::size_t die = 0; die < rules.size(); ++die) {
      answers.push_back(answer_rule(space_->dies[die].market->reply, rules[die], options));
    }
    std::vector<const RuleAnswer*> all;
    for (const RuleAnswer& one : answers) {
      all.push_back(&one);
    }
    return worth_of(all);
  }

  // --- the grid

  void answer_grid() {
    const RuleGrid& grid = space_->grid;
    const std::size_t size = grid.size();
    const std::size_t dies = space_->dies.size();
    RuleSearchOptions options;
    options.threads = run_.threads;
    options.prune = run_.prune;
    options.stop = run_.stop;
    for (std::size_t die = 0; die < dies; ++die) {
      if (run_.progress) {
        options.progress = [&, die](std::size_t done) {
          run_.progress({size * dies, size * die + done, size * die + done, 0.0}, "");
        };
      }
      answers_.push_back(answer_rules(space_->dies[die].market->reply, rules_[die], grid, options));
      report_.parts += answers_.back().parts;
      report_.evaluated += answers_.back().evaluated;
    }
    report_.at.resize(size);
    for (std::size_t point = 0; point < size; ++point) {
      std::vector<const RuleAnswer*> all;
      for (const RuleAnswers& one : answers_) {
        if (one.at[point]) {
          all.push_back(&*one.at[point]);
        }
      }
      if (all.size() < dies) {
        report_.finished = false;
        continue;
      }
      report_.at[point] = worth_of(all);
      RuleCertificate& certificate = report_.certificate;
      ++certificate.points;
      certificate.proved += report_.at[point]->proved ? 1 : 0;
      certificate.largest_gap_percent =
          std::max(certificate.largest_gap_percent, report_.at[point]->gap_percent);
    }
  }

  [[nodiscard]] std::vector<std::size_t> reached() const {
    std::vector<std::size_t> points;
    for (std::size_t point = 0; point < report_.at.size(); ++point) {
      if (report_.at[point]) {
        points.push_back(point);
      }
    }
    return points;
  }

  void find_front() {
    std::vector<std::size_t> points = reached();
    std::sort(points.begin(), points.end(), [this](std::size_t a, std::size_t b) {
      const RuleWorth& x = *report_.at[a];
      const RuleWorth& y = *report_.at[b];
      return std::tuple(x.lost_usd, x.leaked, a) < std::tuple(y.lost_usd, y.leaked, b);
    });
    double least = kInfinite;
    for (const std::size_t point : points) {
      if (report_.at[point]->leaked < least) {
        least = report_.at[point]->leaked;
        report_.front.push_back(point);
      }
    }
  }

  void find_best() {
    std::vector<std::size_t> points = reached();
    std::erase_if(points, [this](std::size_t point) {
      const RuleWorth& worth = *report_.at[point];
      return worth.leaked > max_leak_ || worth.lost_usd > max_lost_;
    });
    const auto rank = [this](std::size_t point) {
      const RuleWorth& worth = *report_.at[point];
      const double ratio = worth.leaked < report_.free.leaked
                               ? avoided_per_usd(report_, worth).value_or(kInfinite)
                               : 0.0;
      switch (report_.objective) {
        case RuleObjective::kLeak:
          return std::tuple(worth.leaked, worth.lost_usd, point);
        case RuleObjective::kRevenue:
          return std::tuple(worth.lost_usd, worth.leaked, point);
        case RuleObjective::kLeakPerRevenue:
          break;
      }
      return std::tuple(-ratio, worth.leaked, point);
    };
    std::sort(points.begin(), points.end(),
              [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    points.resize(std::min(points.size(), top_));
    report_.best = std::move(points);
  }

  // --- rules that there are

  using Limits = std::set<std::pair<std::string, double>>;
  [[nodiscard]] static Limits limits_of(const std::vector<ReplyRules>& rules) {
    Limits limits;
    for (const Threshold& one : rules.front().thresholds()) {
      limits.emplace(one.quantity, one.value);
    }
    return limits;
  }
  [[nodiscard]] std::vector<ReplyRules> law(Date date, const std::vector<std::string>& with) const {
    std::vector<ReplyRules> rules;
    for (const RuleDie& die : space_->dies) {
      rules.push_back(rules_of(w_, die, asked_on(date, with)));
    }
    return rules;
  }
  [[nodiscard]] Question asked_on(Date date, const std::vector<std::string>& with) const {
    Question question = first().market->question;
    question.as_of = date;
    question.with = with;
    return question;
  }

  void name_rules() {
    add_named({space_->rules.name, std::nullopt, "", direct(rules_), std::nullopt});
    // Days from which instruments bind, and what they changed for parts.
    std::map<Date, std::string> days;
    std::vector<std::string> bills;
    for (const rules::Instrument& one : w_.rules.book().instruments()) {
      bool dated = false;
      for (const rules::Version& version : one.versions) {
        const bool says = !version.tests.empty() || !version.reviews.empty();
        dated = dated || version.effective;
        if (says && version.effective && *version.effective <= w_.date) {
          std::string& names = days[*version.effective];
          // A document with parts of several scopes has a version for each.
          if (!names.ends_with(one.id)) {
            names += (names.empty() ? "" : ", ") + one.id;
          }
        }
      }
      if (!dated) {
        bills.push_back(one.id);
      }
    }
    Limits before;
    std::string licensed_before;
    for (const auto& [day, names] : days) {
      if (stopped()) {
        return;
      }
      const std::vector<ReplyRules> rules = law(day, {});
      Limits now = limits_of(rules);
      if (now != before) {
        add_named({names, day, "", direct(rules), std::nullopt});
        before = std::move(now);
      }
      auto licensed = best_licensed(day);
      const std::string chip = licensed ? licensed->first : "";
      if (licensed && chip != licensed_before) {
        add_named({names, day, chip, std::move(licensed->second), std::nullopt});
      }
      licensed_before = chip;
    }
    const Limits today = limits_of(law(w_.date, {}));
    for (const std::string& bill : bills) {
      if (stopped()) {
        return;
      }
      const std::vector<ReplyRules> rules = law(w_.date, {bill});
      if (limits_of(rules) != today) {
        add_named({bill, std::nullopt, "", direct(rules), std::nullopt});
      }
    }
  }

  // The best chip made of a die that is licensed case by case, or as a rule.
  [[nodiscard]] std::optional<std::pair<std::string, RuleWorth>> best_licensed(Date day) {
    const auto inquiry = Inquiry::open(w_.rules, asked_on(day, {}));
    RL_CHECK(inquiry.has_value());  // the question was read
    std::optional<std::pair<std::string, RuleWorth>> best;
    for (std::size_t die = 0; die < space_->dies.size(); ++die) {
      const ReplyRequest& request = *space_->dies[die].market;
      for (const Chip& chip : w_.catalog.chips) {
        if (!made_of(w_.catalog, *request.die, chip) || !chip.launched_by(day)) {
          continue;
        }
        const auto verdict = inquiry->classify(chip, {.flips = false});
        const bool may =
            verdict && verdict->outcome == Outcome::kLicenseRequired &&
            (verdict->review == Review::kCaseByCase || verdict->review == Review::kApproval);
        if (!may) {
          continue;
        }
        // Another kind of question has no body of its own for such a chip: that of the whole die.
        const Reply part = assess_as_sold(w_of_space(), request, chip);
        if (part.value <= 0.0) {
          continue;
        }
        RuleWorth worth;
        worth.part = part;
        worth.die = die;
        worth.market = work_value(first().market->reply.workloads, part.tokens_per_s);
        worth.leak =
            first().leak == nullptr
                ? worth.market
                : work_value(leak_request(0).reply.workloads,
                             assess_as_sold(w_of_space(), leak_request(die), chip).tokens_per_s);
        if (!best || score(worth) > score(best->second)) {
          best = {chip.id, std::move(worth)};
        }
      }
    }
    if (best) {
      sell(best->second);
    }
    return best;
  }

  void add_named(NamedRulePoint point) {
    for (const std::size_t one : report_.front) {
      const RuleWorth& other = *report_.at[one];
      const bool no_worse =
          other.leaked <= point.worth.leaked && other.lost_usd <= point.worth.lost_usd;
      const bool better =
          other.leaked < point.worth.leaked || other.lost_usd < point.worth.lost_usd;
      // Of those that beat it the one that leaks least.
      if (no_worse && better) {
        point.beaten_by = one;
      }
    }
    report_.named.push_back(std::move(point));
  }

  // --- whether answers are those of searches of their own

  void certify() {
    const std::vector<std::size_t> points = reached();
    std::set<std::size_t> drawn;
    for (std::uint64_t i = 0; drawn.size() < std::min(kChecked, points.size()); ++i) {
      const double u = uniform(seed_, 0, i);
      drawn.insert(points[std::min(static_cast<std::size_t>(u * static_cast<double>(points.size())),
                                   points.size() - 1)]);
    }
    RuleCertificate& certificate = report_.certificate;
    for (const std::size_t point : drawn) {
      if (stopped()) {
        return;
      }
      ++certificate.checked;
      bool differs = false;
      for (std::size_t die = 0; die < space_->dies.size(); ++die) {
        const ReplyRequest& request = *space_->dies[die].market;
        // From the texts of the rules, too.
        const ReplyRules rules = rules_of(w_of_space(), space_->dies[die], request.question)
                                     .with(space_->grid.moved(point));
        RuleSearchOptions options;
        options.threads = run_.threads;
        const RuleAnswer direct = answer_rule(request.reply, rules, options);
        const RuleAnswer& quick = *answers_[die].at[point];
        const auto work = [&](const RuleAnswer& answer) {
          return answer.part ? answer.part->per(request.reply.objective) : 0.0;
        };
        differs = differs || direct.part.has_value() != quick.part.has_value() ||
                  (direct.part && key_of(*direct.part) != key_of(*quick.part));
        const double most = std::max(work(direct), work(quick));
        if (most > 0.0) {
          certificate.largest_difference =
              std::max(certificate.largest_difference, std::abs(work(direct) - work(quick)) / most);
        }
      }
      certificate.differing += differs ? 1 : 0;
    }
  }

  const Workspace& w_;
  const SearchRun& run_;
  std::shared_ptr<const RuleSpace> space_;
  std::size_t top_ = 1;
  double max_leak_ = kInfinite, max_lost_ = kInfinite;
  std::uint64_t seed_ = 1;
  std::vector<ReplyRules> rules_;  // by die
  std::vector<std::unique_ptr<ReplySpace>> leak_spaces_;
  std::vector<std::map<decltype(key_of(Reply())), double>> leaks_;  // of parts, by die
  std::vector<RuleAnswers> answers_;                                // by die
  RuleReport report_;
};

}  // namespace

std::optional<double> avoided_per_usd(const RuleReport& report, const RuleWorth& worth) {
  const double avoided = report.free.leaked - worth.leaked;
  return worth.lost_usd > 0.0 ? std::optional(avoided / worth.lost_usd) : std::nullopt;
}

Loaded<RuleReport> work_out_rules(const Workspace& workspace, const Json& fields,
                                  const SearchRun& run, Code field_code) {
  return RuleWork(workspace, fields, field_code, run).work_out();
}

Loaded<Answer> search_rule(const Workspace& workspace, const Json& fields, const SearchRun& run,
                           Code field_code, const results::Words& say) {
  auto report = work_out_rules(workspace, fields, run, field_code);
  if (!report) {
    return tl::unexpected(std::move(report).error());
  }
  Answer answer;
  answer.command = "search-rule";
  answer.as_of = report->space->known;
  answer.request = fields;
  answer.request["command"] = "search-rule";
  answer.results.push_back(rules_json(*report));
  answer.infeasible = report->best.empty();
  if (!report->refusal) {
    answer.table = rules_table(*report, report->front);
    answer.run = {
        {"points", report->certificate.points},
        {"parts", report->parts},
        {"evaluated", report->evaluated},
        {"pruned", report->parts - report->evaluated},
        {"points_per_s", static_cast<double>(report->certificate.points) / report->seconds}};
  }
  describe_rules(*report, run.plot, say, answer.blocks);
  return answer;
}

}  // namespace redline::app

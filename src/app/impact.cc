#include "app/impact.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include "redline/rule_search.h"

#include "app/reply_backtest.h"
#include "base/for_each_index.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

constexpr std::size_t kBefore = 0;
constexpr std::size_t kAfter = 1;

// Whole months from a day to a month.
int months_between(Date from, const PartialDate& to) {
  const auto count = [](int month) { return month / 100 * 12 + month % 100; };
  return count(month_of(to)) - count(month_of(from));
}

// What is another in two answers about one part: rules may change hands without it, and flags tell
// of what was not looked at.
std::vector<Change> answer_changes(const Verdict& before, const Verdict& after) {
  std::vector<Change> changes = changes_between(before, after);
  std::erase_if(changes, [](const Change& one) {
    return one.field == "rule" || one.field == "paragraph" || one.field == "flags";
  });
  const auto compare_texts = [&changes](const char* field, const std::vector<std::string>& then,
                                        const std::vector<std::string>& now) {
    const auto only_in = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
      std::vector<std::string> found;
      std::copy_if(a.begin(), a.end(), std::back_inserter(found), [&b](const std::string& one) {
        return std::find(b.begin(), b.end(), one) == b.end();
      });
      return fmt::format("{}", fmt::join(found, " | "));
    };
    const std::string gone = only_in(then, now);
    const std::string come = only_in(now, then);
    if (!gone.empty() || !come.empty()) {
      changes.push_back({field, gone, come});
    }
  };
  const auto conditions = [](const Verdict& v) {
    std::vector<std::string> texts;
    for (const redline::Condition& one : v.conditions) {
      texts.push_back(one.text);
    }
    return texts;
  };
  const auto fees = [](const Verdict& v) {
    std::vector<std::string> texts;
    for (const Fee& one : v.fees) {
      texts.push_back(fmt::format("{:g} % of {}", one.percent, one.base));
    }
    return texts;
  };
  compare_texts("conditions", conditions(before), conditions(after));
  compare_texts("fees", fees(before), fees(after));
  return changes;
}

Question question_under(const RuleSet& rules, const Question& question, const std::string& to,
                        const std::string& hq) {
  Question asked = question;
  asked.to = to;
  asked.hq = hq;
  asked.as_of = rules.as_of;
  asked.with = rules.with;
  return asked;
}

// Laws that say the same of any part: a bill that asks for papers alone stops none.
std::string legal_key(const RuleSet& law) {
  std::string key =
      fmt::format("{} {}", static_cast<const void*>(law.workspace.get()), format_date(law.as_of));
  for (const std::string& id : law.with) {
    const rules::Instrument* bill = law.workspace->rules.book().find(id);
    const bool decides =
        bill != nullptr &&
        std::any_of(bill->versions.begin(), bill->versions.end(), [](const rules::Version& v) {
          return !v.tests.empty() || !v.licenses.empty() || !v.exceptions.empty() ||
                 !v.grants.empty();
        });
    if (decides) {
      key += " " + id;
    }
  }
  return key;
}

bool better(const std::optional<PartAtWork>& best, const PartAtWork& one, bool per_dollar) {
  if (per_dollar) {
    return one.per_dollar() && (!best || *one.per_dollar() > *best->per_dollar());
  }
  return !best || one.tokens_per_s > best->tokens_per_s;
}
void take_better(std::optional<PartAtWork>& best, const std::optional<PartAtWork>& one,
                 bool per_dollar) {
  if (one && one->tokens_per_s > 0.0 && better(best, *one, per_dollar)) {
    best = one;
  }
}

ReplyKind kind_of(const Reply& part, const ReplyBody& body, const DieRecord& die) {
  if (body.die.empty()) {
    return ReplyKind::kNewDie;
  }
  constexpr double kSame = 1.001;
  const bool repackaged = body.dies != die.dies || body.dead_mm2 > 0.0 ||
                          part.memory_units > die.units_on * kSame ||
                          part.unit_gb > die.unit_gb * kSame;
  return repackaged ? ReplyKind::kPackage : ReplyKind::kFuse;
}

// A chip with memory that the part which it was made of does not have.
ReplyKind kind_of(const Chip& shipped, const Chip& base) {
  const auto capacity = [](const Chip& chip) {
    const auto& fact = chip.memory.capacity;
    return fact && fact->value ? fact->value->base() : 0.0;
  };
  return shipped.memory.type != base.memory.type || capacity(shipped) > capacity(base)
             ? ReplyKind::kPackage
             : ReplyKind::kFuse;
}

// How a part comes to a buyer: as it is, by a license or an exception that may be had, or not.
enum class Passage : std::uint8_t { kNone, kLicense, kFree };

// The designs of one die for one kind of work under one law.
struct Designs {
  std::optional<PartAtWork> per_part, per_dollar;
  Message refusal;
};

// What several laws let vendors build and buyers have.
class Study {
 public:
  Study(const Workspace& w, std::shared_ptr<const ImpactRequest> request, const SearchRun& run)
      : w_(w), request_(std::move(request)), run_(run) {
    for (const RuleSet& law : request_->laws) {
      const auto [place, is_new] = keys_.emplace(legal_key(law), distinct_.size());
      if (is_new) {
        distinct_.push_back(&law);
      }
      key_of_.push_back(place->second);
    }
  }

  // Errors: those of a question that a law cannot be asked.
  Diagnostics run() {
    for (const Chip& chip : w_.catalog.chips) {
      if (chip.kind == ChipKind::kAccelerator && chip.designer_hq != request_->question.to &&
          chip.market != Market::kComponent) {
        exported_.push_back(&chip);
      }
    }
    find_answers();
    if (errors_.empty()) {
      find_places();
      find_designs();
      find_sold();
      find_lead_times();
    }
    return std::move(errors_);
  }

  // One law in the place of the first.
  ImpactReport report(std::size_t after) {
    ImpactReport report;
    report.request = request_;
    report.laws = {0, after};
    report.lead_times = lead_times_;
    report.parts_asked = exported_.size();
    for (const std::size_t side : {kBefore, kAfter}) {
      report.limits[side] = limits_[report.laws[side]];
    }
    add_parts(report);
    add_places(report);
    add_replies(report);
    add_capability(report);
    price_limits(report);
    add_stake(report);
    return report;
  }

  // Whether something is left out since the run was told to stop.
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  // Calls work(i) for each, on the threads of the run, until it is told to stop.
  template <class Work>
  void each(std::size_t count, const Work& work) {
    {
      const std::lock_guard lock(mutex_);
      progress_.total += count;
    }
    for_each_index(count, std::max(1U, run_.threads), [&](std::size_t i) {
      if (stopped_ || (run_.stop && run_.stop())) {
        stopped_ = true;
        return;
      }
      work(i);
      const std::lock_guard lock(mutex_);
      ++progress_.done;
      if (run_.progress) {
        run_.progress(progress_, "");
      }
    });
  }

  [[nodiscard]] Question question(const RuleSet& law) const {
    return question_under(law, request_->question, request_->question.to, request_->question.hq);
  }

  // Limits, and the verdict on each part.
  void find_answers() {
    for (const RuleSet& law : request_->laws) {
      const auto opened =
          ReplyRules::open(law.workspace->rules, question(law), *request_->unit, false);
      const auto inquiry = Inquiry::open(law.workspace->rules, question(law));
      if (!opened || !inquiry) {
        errors_.push_back(opened ? inquiry.error() : opened.error());
        return;
      }
      limits_.push_back(opened->thresholds());
      verdicts_.emplace_back();
      for (const Chip* chip : exported_) {
        auto verdict = inquiry->classify(*chip, {.flips = true});
        RL_CHECK(verdict.has_value());  // nothing is set that could be wrong
        verdicts_.back().push_back(std::move(*verdict));
      }
    }
  }

  [[nodiscard]] Passage passage_of(const Verdict& verdict) const {
    const bool free = verdict.outcome == Outcome::kNoLicense ||
                      (request_->exceptions && verdict.outcome == Outcome::kLicenseException);
    const bool licensed = verdict.outcome == Outcome::kLicenseException ||
                          verdict.review == Review::kCaseByCase ||
                          verdict.review == Review::kApproval;
    return free ? Passage::kFree : licensed ? Passage::kLicense : Passage::kNone;
  }

  void add_parts(ImpactReport& report) const {
    for (std::size_t i = 0; i < exported_.size(); ++i) {
      ChangedPart part{exported_[i],
                       {verdicts_[report.laws[kBefore]][i], verdicts_[report.laws[kAfter]][i]},
                       {}};
      part.changes = answer_changes(part.verdict[kBefore], part.verdict[kAfter]);
      if (!part.changes.empty()) {
        report.parts.push_back(std::move(part));
      }
    }
  }

  using ChangesOfParts = std::vector<std::pair<const Chip*, std::vector<Change>>>;

  // Every destination, owned by itself and by the destination of the question: what each law
  // changes there, against the first.
  void find_places() {
    const std::string& to = request_->question.to;
    where_ = {{to, to}};
    for (const bool owned : {false, true}) {
      for (const Place& place : w_.catalog.geography.places) {
        if (place.code != to) {
          where_.emplace_back(place.code, owned ? to : place.code);
        }
      }
    }
    changes_.assign(request_->laws.size(), std::vector<ChangesOfParts>(where_.size()));
    // Places that no law tells apart are asked once.
    std::map<std::string, std::size_t> first_of;
    std::vector<std::size_t> asked, stands_for(where_.size());
    for (std::size_t i = 0; i < where_.size(); ++i) {
      const auto [known, is_new] = first_of.emplace(place_key(where_[i]), i);
      stands_for[i] = known->second;
      if (is_new) {
        asked.push_back(i);
      }
    }
    each(asked.size(), [&](std::size_t one) {
      const std::size_t i = asked[one];
      std::vector<Inquiry> inquiries;
      for (const RuleSet& law : request_->laws) {
        auto opened = Inquiry::open(
            law.workspace->rules,
            question_under(law, request_->question, where_[i].first, where_[i].second));
        RL_CHECK(opened.has_value());  // the question was put to the laws before
        inquiries.push_back(std::move(*opened));
      }
      for (const Chip* chip : exported_) {
        const auto before = inquiries.front().classify(*chip, {.flips = false});
        for (std::size_t law = 1; law < inquiries.size(); ++law) {
          const auto after = inquiries[law].classify(*chip, {.flips = false});
          RL_CHECK(before && after);
          if (auto changes = answer_changes(*before, *after); !changes.empty()) {
            changes_[law][i].emplace_back(chip, std::move(changes));
          }
        }
      }
    });
    for (auto& found : changes_) {
      for (std::size_t i = 0; i < where_.size(); ++i) {
        found[i] = found[stands_for[i]];
      }
    }
  }

  // The same for a destination and an owner that no law tells from another pair.
  [[nodiscard]] std::string place_key(const std::pair<std::string, std::string>& where) const {
    const auto& [to, owner] = where;
    const bool special = to == "US" || to == request_->question.from;
    std::string key = fmt::format("{} {}", special ? to : "", to == owner);
    for (const RuleSet& law : request_->laws) {
      for (const std::string* place : {&to, &owner}) {
        key += '\n' + law.workspace->rules.book().place_key(*place, law.as_of);
      }
    }
    return key;
  }

  // Places of the same changes together, those of the most parts first.
  void add_places(ImpactReport& report) const {
    report.places_asked = where_.size();
    const std::vector<ChangesOfParts>& found = changes_[report.laws[kAfter]];
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < where_.size(); ++i) {
      if (found[i].empty()) {
        continue;
      }
      std::string signature;
      for (const auto& [chip, changes] : found[i]) {
        signature += chip->id;
        for (const Change& one : changes) {
          signature += fmt::format("\n{}\n{}\n{}\n", one.field, one.before, one.after);
        }
      }
      const auto [place, is_new] = known.emplace(signature, report.places.size());
      if (is_new) {
        report.places.push_back({{}, found[i]});
      }
      report.places[place->second].where.push_back(where_[i]);
    }
    std::stable_sort(report.places.begin(), report.places.end(),
                     [](const ChangedPlaces& a, const ChangedPlaces& b) {
                       return a.parts.size() > b.parts.size();
                     });
  }

  [[nodiscard]] Json reply_fields(const std::string& die, std::size_t work,
                                  const RuleSet& law) const {
    const Question& q = request_->question;
    Json fields{{"from", die},
                {"as_of", format_date(request_->known)},
                {"rules_as_of", format_date(law.as_of)},
                {"to", q.to},
                {"work", request_->work[work]}};
    if (!q.hq.empty()) {
      fields["hq"] = q.hq;
    }
    return fields;
  }

  // A question about a die, for any law: its own are asked of each.
  [[nodiscard]] Loaded<std::unique_ptr<ReplyRequest>> ask(const std::string& die,
                                                          std::size_t work) const {
    return read_reply_request(w_, reply_fields(die, work, request_->laws.front()),
                              Code::kOutOfRange);
  }
  [[nodiscard]] ReplyRules rules_of(const RuleSet& law, const Chip& base,
                                    const std::vector<MovedThreshold>& moved = {}) const {
    auto rules =
        ReplyRules::open(law.workspace->rules, question(law), base, request_->exceptions, moved);
    RL_CHECK(rules.has_value());  // the question was put to the laws before
    return std::move(*rules);
  }

  static std::optional<PartAtWork> best_of(ReplyMemory& memory, const ReplyRules& rules,
                                           const ReplyRequest& request) {
    const RuleAnswer found = answer_rule(memory, rules);
    if (!found.part) {
      return std::nullopt;
    }
    const Reply& best = *found.part;
    const ReplyBody& body = request.reply.bodies[best.body];
    PartAtWork part;
    part.name = request.die->id;
    part.design = best;
    part.kind = kind_of(best, body, *request.die);
    part.tokens_per_s = best.tokens_per_s.front();
    part.tpp = best.tpp;
    part.usd_per_s = best.usd_per_s;
    part.evasions = evasions_of(best, body, request);
    return part;
  }

  // The best design of each die for each kind of work under each law.
  void find_designs() {
    const std::size_t asked = request_->dies.size() * kImpactWorks;
    designs_.assign(distinct_.size(), std::vector<Designs>(asked));
    each(asked, [&](std::size_t i) {
      const auto request = ask(request_->dies[i / kImpactWorks], i % kImpactWorks);
      const Message refusal = !request ? Message(request.error().front().message)
                                       : (*request)->refusal.value_or(Message());
      for (const ReplyObjective per : {ReplyObjective::kChip, ReplyObjective::kDollar}) {
        if (!request || (*request)->refusal) {
          break;
        }
        (*request)->reply.objective = per;
        ReplyMemory memory((*request)->reply);
        for (std::size_t law = 0; law < distinct_.size(); ++law) {
          Designs& designs = designs_[law][i];
          (per == ReplyObjective::kChip ? designs.per_part : designs.per_dollar) =
              best_of(memory, rules_of(*distinct_[law], *(*request)->base), **request);
        }
      }
      for (std::size_t law = 0; law < distinct_.size(); ++law) {
        designs_[law][i].refusal = refusal;
      }
    });
  }

  void add_replies(ImpactReport& report) const {
    for (std::size_t i = 0; i < request_->dies.size() * kImpactWorks; ++i) {
      DieReply reply;
      reply.die = request_->dies[i / kImpactWorks];
      reply.work = static_cast<ImpactWork>(i % kImpactWorks);
      for (const std::size_t side : {kBefore, kAfter}) {
        const Designs& designs = designs_[key_of_[report.laws[side]]][i];
        reply.per_part[side] = designs.per_part;
        reply.per_dollar[side] = designs.per_dollar;
        reply.refusal = designs.refusal;
      }
      report.replies.push_back(std::move(reply));
    }
  }

  // Chips that are sold by then, for any use.
  [[nodiscard]] bool is_on_sale(const Chip& chip) const {
    return chip.kind == ChipKind::kAccelerator && chip.status == ChipStatus::kShipped &&
           chip.market != Market::kComponent && chip.launched_by(request_->known);
  }

  // What a chip of the catalogue does of each kind of work.
  struct Sold {
    const Chip* chip = nullptr;
    std::array<std::optional<PartAtWork>, kImpactWorks> part;
    std::array<double, kImpactWorks> scatter{};
  };

  void find_sold() {
    for (const Chip& chip : w_.catalog.chips) {
      if (is_on_sale(chip) || &chip == request_->unit) {
        sold_.push_back({&chip, {}, {}});
      }
    }
    each(sold_.size(), [&](std::size_t i) {
      Sold& sold = sold_[i];
      for (std::size_t work = 0; work < kImpactWorks; ++work) {
        const auto at_work =
            chip_at_work(w_, *sold.chip, request_->work[work], request_->known, Code::kOutOfRange);
        // The data sheet of another may not say enough.
        if (at_work && at_work->tokens_per_s.front() > 0.0) {
          sold.part[work] = on_sale(*sold.chip, at_work->tokens_per_s.front());
          sold.scatter[work] = at_work->scatter;
        }
      }
    });
  }

  [[nodiscard]] static PartAtWork on_sale(const Chip& chip, double tokens_per_s) {
    PartAtWork part;
    part.name = chip.id;
    part.chip = &chip;
    part.tokens_per_s = tokens_per_s;
    part.tpp = legal_quantities(chip).tpp.value;
    CostTerms terms;
    terms.rents = false;
    const CostRate owned = cost_rate(chip, nullptr, terms);
    if (owned.cost && owned.power) {
      part.usd_per_s = owned.cost->base();
    }
    return part;
  }

  void add_capability(ImpactReport& report) const {
    Sides<std::map<const Chip*, Passage>> passage;
    for (const std::size_t side : {kBefore, kAfter}) {
      for (std::size_t i = 0; i < exported_.size(); ++i) {
        passage[side][exported_[i]] = passage_of(verdicts_[report.laws[side]][i]);
      }
    }
    for (std::size_t work = 0; work < kImpactWorks; ++work) {
      Capability one;
      one.work = static_cast<ImpactWork>(work);
      for (const Sold& sold : sold_) {
        add_sold(sold, passage, one);
      }
      for (const DieReply& reply : report.replies) {
        if (reply.work != one.work) {
          continue;
        }
        for (const std::size_t side : {kBefore, kAfter}) {
          take_better(one.per_part[side], reply.per_part[side], false);
          take_better(one.per_dollar[side], reply.per_dollar[side], true);
        }
      }
      report.capability.push_back(std::move(one));
    }
  }

  void add_sold(const Sold& sold, const Sides<std::map<const Chip*, Passage>>& passage,
                Capability& one) const {
    const auto work = static_cast<std::size_t>(one.work);
    const std::optional<PartAtWork>& part = sold.part[work];
    if (sold.chip == request_->unit) {
      one.scatter = sold.scatter[work];
      one.unit_tokens_per_s = part ? part->tokens_per_s : 0.0;
      one.unit_tpp = part ? part->tpp.value_or(0.0) : 0.0;
    }
    if (!part || !is_on_sale(*sold.chip)) {
      return;
    }
    if (sold.chip->designer_hq == request_->question.to) {
      take_better(one.domestic, part, false);
      take_better(one.domestic_per_dollar, part, true);
      return;
    }
    take_better(one.free, part, false);
    take_better(one.free_per_dollar, part, true);
    for (const std::size_t side : {kBefore, kAfter}) {
      const Passage way = passage[side].at(sold.chip);
      if (way != Passage::kNone) {
        take_better(one.licensed[side], part, false);
      }
      if (way == Passage::kFree) {
        take_better(one.on_sale[side], part, false);
        take_better(one.per_part[side], part, false);
        take_better(one.per_dollar[side], part, true);
      }
    }
  }

  // What a tenth more of each limit is worth to the designs that are the best of all.
  void price_limits(ImpactReport& report) {
    struct Asked {
      std::size_t reply, side;
      std::pair<std::size_t, std::size_t> key;  // law and reply
    };
    std::vector<Asked> asked;
    for (const Capability& one : report.capability) {
      for (const std::size_t side : {kBefore, kAfter}) {
        const auto& best = one.per_part[side];
        for (std::size_t i = 0; i < report.replies.size(); ++i) {
          const DieReply& reply = report.replies[i];
          if (best && best->design && reply.work == one.work && reply.die == best->name) {
            asked.push_back({i, side, {key_of_[report.laws[side]], i}});
          }
        }
      }
    }
    std::vector<std::pair<std::size_t, std::size_t>> missing;
    for (const Asked& one : asked) {
      if (prices_.emplace(one.key, std::vector<ThresholdPrice>()).second) {
        missing.push_back(one.key);
      }
    }
    std::vector<std::vector<ThresholdPrice>> found(missing.size());
    each(missing.size(),
         [&](std::size_t i) { found[i] = prices_of(missing[i].first, missing[i].second); });
    for (std::size_t i = 0; i < missing.size(); ++i) {
      prices_[missing[i]] = std::move(found[i]);
    }
    for (const Asked& one : asked) {
      report.replies[one.reply].prices[one.side] = prices_[one.key];
    }
  }

  [[nodiscard]] std::vector<ThresholdPrice> prices_of(std::size_t law, std::size_t reply) const {
    constexpr double kTenth = 10.0;
    const auto& now = designs_[law][reply].per_part;
    auto request = ask(request_->dies[reply / kImpactWorks], reply % kImpactWorks);
    RL_CHECK(request && now);  // they were asked before
    const RuleSet& of = *distinct_[law];
    const Chip& base = *(*request)->base;
    return price_limits_of((*request)->reply, rules_of(of, base).thresholds(), {kTenth},
                           now->design->per(ReplyObjective::kChip),
                           [&](const MovedThreshold& moved) { return rules_of(of, base, {moved}); },
                           {});
  }

  // What vendors took before, as far as it is known by then.
  void find_lead_times() {
    const auto epochs = load_reply_epochs(w_);
    if (!epochs) {
      errors_.insert(errors_.end(), epochs.error().begin(), epochs.error().end());
      return;
    }
    const auto silicon = load_silicon(w_.files);
    for (const ReplyEpoch& epoch : *epochs) {
      // A rule may have several, of what there was at later dates.
      Date came = epoch.known;
      for (const ReplyEpoch& other : *epochs) {
        came = other.rules == epoch.rules ? std::min(came, other.known) : came;
      }
      for (const EpochReply& one : epoch.reply) {
        const Chip* shipped = one.shipped.empty() ? nullptr : w_.catalog.chip(one.shipped);
        const DieRecord* die = silicon ? silicon->die(one.die) : nullptr;
        const Chip* base = w_.catalog.chip(
            one.base.empty() && die != nullptr ? std::string_view(die->chip) : one.base);
        if (shipped == nullptr || base == nullptr || !shipped->launched_by(request_->known)) {
          continue;
        }
        const ReplyKind kind = kind_of(*shipped, *base);
        const int months = months_between(came, *shipped->launched);
        auto known = std::find_if(lead_times_.begin(), lead_times_.end(),
                                  [kind](const LeadTime& time) { return time.kind == kind; });
        if (known == lead_times_.end()) {
          known = lead_times_.insert(known, {kind, months, months, {}});
        }
        known->least = std::min(known->least, months);
        known->most = std::max(known->most, months);
        known->parts.push_back(shipped->id);
      }
    }
    std::sort(lead_times_.begin(), lead_times_.end(),
              [](const LeadTime& a, const LeadTime& b) { return a.kind < b.kind; });
  }

  // Figures of money of the year before whose id speaks of a part with another outcome.
  void add_stake(ImpactReport& report) const {
    constexpr std::chrono::days kYear{366};
    for (const ChangedPart& part : report.parts) {
      if (part.verdict[kBefore].outcome == part.verdict[kAfter].outcome) {
        continue;
      }
      const std::vector<std::string> names = market_names(part.chip->id);
      for (const MarketFigure& figure : w_.catalog.market.figures) {
        const bool told =
            std::any_of(report.stake.begin(), report.stake.end(),
                        [&figure](const StakeFigure& one) { return one.figure == &figure; });
        if (told || !figure.known() || !figure.published || *figure.published > request_->known ||
            *figure.published < request_->known - kYear ||
            !(figure.measure().dimension == Usd::kDimension) || !speaks_of(figure.id, names)) {
          continue;
        }
        report.stake.push_back({part.chip->id, &figure});
      }
    }
  }

  // "rtx-pro-6000d": "rtx", "rtxpro", "rtxpro6000d"; of "mi308x" also "mi308".
  static std::vector<std::string> market_names(const std::string& id) {
    std::vector<std::string> names;
    std::string name;
    for (std::size_t begin = 0; begin <= id.size();) {
      const std::size_t end = std::min(id.find('-', begin), id.size());
      name += id.substr(begin, end - begin);
      begin = end + 1;
      names.push_back(name);
      if (name.size() > 1 && name.back() == 'x') {
        names.push_back(name.substr(0, name.size() - 1));
      }
    }
    return names;
  }
  static bool speaks_of(const std::string& id, const std::vector<std::string>& names) {
    constexpr std::string_view kPrices = "price";
    if (id.find(kPrices) != std::string::npos) {
      return false;
    }
    for (std::size_t begin = 0; begin <= id.size();) {
      const std::size_t end = std::min(id.find_first_of("._", begin), id.size());
      if (std::find(names.begin(), names.end(), id.substr(begin, end - begin)) != names.end()) {
        return true;
      }
      begin = end + 1;
    }
    return false;
  }

  const Workspace& w_;
  std::shared_ptr<const ImpactRequest> request_;
  const SearchRun& run_;
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // of progress
  SearchProgress progress_;
  std::map<std::string, std::size_t> keys_;
  std::vector<const RuleSet*> distinct_;        // laws that say different things of parts
  std::vector<std::size_t> key_of_;             // by law, among those
  std::vector<const Chip*> exported_;           // parts that are made outside the destination
  std::vector<std::vector<Threshold>> limits_;  // by law
  std::vector<std::vector<Verdict>> verdicts_;  // by law, by part
  std::vector<std::pair<std::string, std::string>> where_;  // destinations and owners
  std::vector<std::vector<ChangesOfParts>> changes_;        // by law, by place
  std::vector<std::vector<Designs>> designs_;               // by distinct law, by die and work
  std::map<std::pair<std::size_t, std::size_t>, std::vector<ThresholdPrice>> prices_;
  std::vector<Sold> sold_;
  std::vector<LeadTime> lead_times_;
  Diagnostics errors_;
};

}  // namespace

bool ImpactReport::empty() const {
  const auto same_design = [](const std::optional<PartAtWork>& a,
                              const std::optional<PartAtWork>& b) {
    return a.has_value() == b.has_value() &&
           (!a || (a->tokens_per_s == b->tokens_per_s && a->usd_per_s == b->usd_per_s));
  };
  return parts.empty() && places.empty() &&
         std::all_of(replies.begin(), replies.end(), [&](const DieReply& one) {
           return same_design(one.per_part[0], one.per_part[1]) &&
                  same_design(one.per_dollar[0], one.per_dollar[1]);
         });
}

Loaded<std::vector<ImpactReport>> work_out_impact(const Workspace& workspace,
                                                  std::shared_ptr<const ImpactRequest> request,
                                                  const SearchRun& run) {
  const std::size_t laws = request->laws.size();
  Study study(workspace, std::move(request), run);
  if (Diagnostics errors = study.run(); !errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  std::vector<ImpactReport> reports;
  for (std::size_t law = 1; law < laws && !study.stopped(); ++law) {
    reports.push_back(study.report(law));
  }
  if (study.stopped()) {
    // Half a statement would say that what it does not tell does not change.
    return tl::unexpected(Diagnostics{{Code::kStopped,
                                       "the statement was stopped before it was whole",
                                       std::nullopt,
                                       {"ask again, and let it end"},
                                       {}}});
  }
  return reports;
}

Answer answer_of(const std::vector<ImpactReport>& reports, const Json& fields,
                 const results::Words& say) {
  Answer answer;
  answer.command = "impact";
  answer.as_of = reports.front().request->known;
  answer.request = fields;
  answer.request["command"] = "impact";
  for (const ImpactReport& report : reports) {
    answer.results.push_back(impact_json(report));
  }
  answer.table = impact_table(reports);
  describe_impacts(reports, say, answer.blocks);
  return answer;
}

Loaded<Answer> impact(const Workspace& workspace, const Json& fields, const SearchRun& run,
                      Code field_code, const results::Words& say) {
  auto request = read_impact_request(workspace, fields, field_code);
  if (!request) {
    return tl::unexpected(std::move(request).error());
  }
  const auto reports = work_out_impact(workspace, std::move(*request), run);
  return reports ? Loaded<Answer>(answer_of(*reports, fields, say))
                 : tl::unexpected(reports.error());
}

}  // namespace redline::app

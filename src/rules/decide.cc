#include "rules/decide.h"

#include <algorithm>
#include <bit>

namespace redline::rules {
namespace {

// Reviews and exceptions of the newest version first, then in the order of the file. A bill has no
// date and is newest of all.
struct VersionOrder {
  const RuleBook* book;
  bool operator()(const ClauseRef& a, const ClauseRef& b) const {
    const auto date = [this](const ClauseRef& ref) {
      return book->instruments()[ref.instrument].versions[ref.version].effective.value_or(
          Date::max());
    };
    return date(a) > date(b);
  }
};

// The strictest stated policy stands; what is not known could still be denial.
constexpr int strictness(Review review) {
  switch (review) {
    case Review::kNone:
      return 0;
    case Review::kUnstated:
      return 1;
    case Review::kApproval:
      return 2;
    case Review::kCaseByCase:
      return 3;
    case Review::kUnknown:
      return 4;
    case Review::kDenial:
      return 5;
  }
  return 0;
}

struct ReviewFound {
  Review policy = Review::kUnstated;
  std::int16_t clause = kNoClause;
};

ReviewFound review_of(const ActiveRules& rules, const ItemFacts& facts, std::uint32_t item) {
  for (std::size_t i = 0; i < rules.reviews.size(); ++i) {
    const ActiveReview& review = rules.reviews[i];
    if ((review.items & item) == 0) {
      continue;
    }
    const Tri holds = evaluate(review.when, facts);
    if (holds == Tri::kYes) {
      return {review.policy, static_cast<std::int16_t>(i)};
    }
    if (holds == Tri::kUnknown) {
      // The answer is known all the same if the clause that comes next says it too.
      for (std::size_t j = i + 1; j < rules.reviews.size(); ++j) {
        const ActiveReview& next = rules.reviews[j];
        if ((next.items & item) != 0 && evaluate(next.when, facts) == Tri::kYes) {
          return next.policy == review.policy
                     ? ReviewFound{next.policy, static_cast<std::int16_t>(j)}
                     : ReviewFound{Review::kUnknown, static_cast<std::int16_t>(i)};
        }
      }
      return {Review::kUnknown, static_cast<std::int16_t>(i)};
    }
  }
  return {};
}

struct ExceptionFound {
  Tri holds = Tri::kNo;
  LicenseException name = LicenseException::kNone;
  std::int16_t clause = kNoClause;
};

ExceptionFound exception_of(const ActiveRules& rules, const ItemFacts& facts, std::uint32_t item) {
  ExceptionFound maybe;
  for (std::size_t i = 0; i < rules.exceptions.size(); ++i) {
    const ActiveException& exception = rules.exceptions[i];
    if ((exception.items & item) == 0) {
      continue;
    }
    const Tri holds = evaluate(exception.when, facts);
    if (holds == Tri::kYes && maybe.holds == Tri::kNo) {
      return {Tri::kYes, exception.name, static_cast<std::int16_t>(i)};
    }
    if (holds != Tri::kNo && maybe.holds == Tri::kNo) {
      maybe = {Tri::kUnknown, exception.name, static_cast<std::int16_t>(i)};
    }
  }
  return maybe;
}

struct Requirement {
  Outcome outcome = Outcome::kNoLicense;
  LicenseException exception = LicenseException::kNone;
  std::int16_t exception_clause = kNoClause;
};

// What an item may invoke. It is the same under every license requirement, and requirements of
// one item mostly follow each other, so the last one found is kept.
struct Policies {
  std::uint32_t item = 0;  // bit
  ReviewFound review;
  ExceptionFound exception;
};

// One license requirement on one item, with the review that comes with it.
struct Candidate {
  std::int16_t license = kNoClause;
  std::uint8_t item = 0;
  bool applies = false;  // surely, before exceptions
  ReviewFound review;
};

Requirement requirement_of(const ActiveLicense& license, const ExceptionFound& exception,
                           Tri required) {
  Requirement r;
  if (required == Tri::kNo) {
    return r;
  }
  const bool certain = required == Tri::kYes && license.scope_known;
  r.outcome = certain ? Outcome::kLicenseRequired : Outcome::kUnknown;
  if (license.letter) {
    return r;
  }
  if (exception.holds == Tri::kYes && certain) {
    return {Outcome::kLicenseException, exception.name, exception.clause};
  }
  if (exception.holds != Tri::kNo) {
    r.outcome = Outcome::kUnknown;
  }
  return r;
}

// Takes over a requirement if it is stricter than what stands. A review that only may apply goes
// to `possible`: it cannot be stated, and only matters if it is stricter than all that do apply.
void weigh(Decision& decision, ReviewFound& possible, const Requirement& r, const Candidate& from) {
  const int standing = strictness(decision.review);
  const int review = strictness(from.review.policy);
  const int before =
      r.outcome == Outcome::kUnknown ? std::max(standing, strictness(possible.policy)) : standing;
  if (r.outcome > decision.outcome || (r.outcome == decision.outcome && review > before)) {
    decision.outcome = r.outcome;
    decision.license = from.license;
    decision.item = from.item;
    decision.exception = r.exception;
    decision.exception_clause = r.exception_clause;
  }
  if (!from.applies) {
    if (review > strictness(possible.policy)) {
      possible = from.review;
    }
  } else if (review > standing) {
    decision.review = from.review.policy;
    decision.review_clause = from.review.clause;
  }
}

}  // namespace

ActiveRules activate(const RuleBook& book, const Situation& situation,
                     const std::vector<std::string>& with) {
  ActiveRules active;
  const auto program = [&](const Predicate& predicate) {
    return specialise(predicate, situation, book.geography(), book.symbols());
  };
  for (std::size_t i = 0; i < book.instruments().size(); ++i) {
    const Instrument& instrument = book.instruments()[i];
    std::vector<Symbol> addressees;
    for (const std::string& name : instrument.addressees) {
      addressees.push_back(book.symbols().find(name));
    }
    for (std::size_t v = 0; v < instrument.versions.size(); ++v) {
      const Version& version = instrument.versions[v];
      const Standing stands = standing(instrument, version, situation.date, with);
      if (stands == Standing::kAbsent) {
        continue;
      }
      const auto ref = [&](std::size_t clause) {
        return ClauseRef{static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(v),
                         static_cast<std::uint16_t>(clause)};
      };
      for (std::size_t c = 0; c < version.tests.size(); ++c) {
        const TestClause& test = version.tests[c];
        if (situation.form == name_of(ItemForm::kTechnology) && test.technology_eccn.empty()) {
          continue;
        }
        ActiveTest one{ref(c), stands,    book.item_bits({test.item}), program(test.when),
                       {},     addressees};
        if (test.unless.empty()) {
          one.unless.code.push_back({.value = Tri::kNo});
        } else {
          one.unless = program(test.unless);
        }
        if (!one.when.is_constant(Tri::kNo)) {
          active.tests.push_back(std::move(one));
        }
      }
      for (std::size_t c = 0; c < version.licenses.size(); ++c) {
        const LicenseClause& license = version.licenses[c];
        ActiveLicense one{ref(c),
                          stands,
                          book.item_bits(license.items),
                          license.letter,
                          license.scope_known,
                          program(license.where)};
        if (!one.where.is_constant(Tri::kNo)) {
          active.licenses.push_back(std::move(one));
        }
      }
      // Policies and exceptions bind whether or not the requirement they came with does; a text
      // that is not enforced, or not yet due, gives none.
      if (stands != Standing::kBinding) {
        continue;
      }
      for (std::size_t c = 0; c < version.reviews.size(); ++c) {
        const ReviewClause& review = version.reviews[c];
        ActiveReview one{ref(c), book.item_bits(review.items), review.policy, program(review.when)};
        if (!one.when.is_constant(Tri::kNo)) {
          active.reviews.push_back(std::move(one));
        }
      }
      for (std::size_t c = 0; c < version.exceptions.size(); ++c) {
        const ExceptionClause& exception = version.exceptions[c];
        ActiveException one{ref(c), book.item_bits(exception.items), exception.name,
                            program(exception.when)};
        if (!one.when.is_constant(Tri::kNo)) {
          active.exceptions.push_back(std::move(one));
        }
      }
    }
  }
  const VersionOrder newest_first{&book};
  std::stable_sort(active.reviews.begin(), active.reviews.end(),
                   [&](const auto& a, const auto& b) { return newest_first(a.ref, b.ref); });
  std::stable_sort(active.exceptions.begin(), active.exceptions.end(),
                   [&](const auto& a, const auto& b) { return newest_first(a.ref, b.ref); });
  return active;
}

namespace {

// Items under binding tests, and under all tests that stand in a text: each test is read once.
struct Caught {
  CaughtItems binding;
  CaughtItems in_text;
};

void mark(CaughtItems& items, std::uint32_t item, Tri holds, bool addressed) {
  items.not_addressed |= !addressed;
  items.maybe |= item;
  items.yes |= holds == Tri::kYes ? item : 0U;
}

Caught catch_items(const ActiveRules& rules, const ItemFacts& facts) {
  Caught caught;
  for (const ActiveTest& test : rules.tests) {
    Tri holds = evaluate(test.when, facts);
    if (holds != Tri::kNo) {
      holds = holds && !evaluate(test.unless, facts);
    }
    if (holds == Tri::kNo) {
      continue;
    }
    const bool addressed =
        test.addressees.empty() || std::find(test.addressees.begin(), test.addressees.end(),
                                             facts[Text::kVendor]) != test.addressees.end();
    if (!addressed) {
      // Whether a maker that was not named got a letter too is not public.
      holds = Tri::kUnknown;
    }
    mark(caught.in_text, test.item, holds, addressed);
    if (test.standing == Standing::kBinding) {
      mark(caught.binding, test.item, holds, addressed);
    }
  }
  return caught;
}

}  // namespace

CaughtItems caught_items(const ActiveRules& rules, const ItemFacts& facts, bool binding_only) {
  const Caught caught = catch_items(rules, facts);
  return binding_only ? caught.binding : caught.in_text;
}

BindingLimits binding_limits(const ActiveRules& rules) {
  BindingLimits limits;
  for (const ActiveTest& test : rules.tests) {
    const bool used =
        std::any_of(rules.licenses.begin(), rules.licenses.end(), [&](const auto& one) {
          return one.standing == Standing::kBinding && (one.items & test.item) != 0;
        });
    if (used && test.standing == Standing::kBinding) {
      collect_limits(test.when, limits.on_one);
      collect_limits(test.unless, limits.on_one);
      collect_sum_limits(test.when, limits.on_sums);
      collect_sum_limits(test.unless, limits.on_sums);
    }
  }
  return limits;
}

Decision decide(const ActiveRules& rules, const ItemFacts& facts) {
  const auto [binding, in_text] = catch_items(rules, facts);
  Decision decision;
  decision.caught = binding.yes;
  decision.possibly_caught = binding.maybe;
  Policies policies;
  ReviewFound possible{Review::kNone, kNoClause};
  for (std::size_t i = 0; i < rules.licenses.size(); ++i) {
    const ActiveLicense& license = rules.licenses[i];
    const bool binds = license.standing == Standing::kBinding;
    const CaughtItems& items = binds ? binding : in_text;
    const std::uint32_t concerned = license.items & items.maybe;
    if (concerned == 0) {
      continue;
    }
    const Tri where = evaluate(license.where, facts);
    if (where == Tri::kNo) {
      continue;
    }
    if (!binds) {
      decision.text_not_enforced |= license.standing == Standing::kNotEnforced;
      decision.text_not_yet_due |= license.standing == Standing::kNotYetDue;
      continue;
    }
    for (std::uint32_t rest = concerned; rest != 0; rest &= rest - 1) {
      const auto item = static_cast<std::uint8_t>(std::countr_zero(rest));
      const std::uint32_t bit = 1U << item;
      if (policies.item != bit) {
        policies = {bit, review_of(rules, facts, bit), exception_of(rules, facts, bit)};
      }
      const Tri required = where && ((items.yes & bit) != 0 ? Tri::kYes : Tri::kUnknown);
      const Requirement r = requirement_of(license, policies.exception, required);
      weigh(decision, possible, r,
            {static_cast<std::int16_t>(i), item, required == Tri::kYes && license.scope_known,
             policies.review});
    }
  }
  if (strictness(possible.policy) > strictness(decision.review)) {
    decision.review =
        decision.outcome == Outcome::kLicenseRequired ? Review::kUnknown : possible.policy;
    decision.review_clause = possible.clause;
  }
  // A letter to others only matters where nothing else decides.
  decision.not_addressed = binding.not_addressed && decision.outcome == Outcome::kUnknown;
  if (decision.outcome == Outcome::kNoLicense || decision.outcome == Outcome::kLicenseException) {
    decision.review = Review::kNone;
    decision.review_clause = kNoClause;
  }
  return decision;
}

}  // namespace redline::rules

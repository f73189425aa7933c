#include "rules/decide.h"

#include <algorithm>

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
    case Review::kNone: return 0;
    case Review::kUnstated: return 1;
    case Review::kApproval: return 2;
    case Review::kCaseByCase: return 3;
    case Review::kUnknown: return 4;
    case Review::kDenial: return 5;
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

Requirement requirement_of(const ActiveRules& rules, const ItemFacts& facts,
                           const ActiveLicense& license, std::uint32_t item, Tri required) {
  Requirement r;
  if (required == Tri::kNo) {
    return r;
  }
  const bool certain = required == Tri::kYes && license.scope_known;
  r.outcome = certain ? Outcome::kLicenseRequired : Outcome::kUnknown;
  if (license.letter) {
    return r;
  }
  const ExceptionFound exception = exception_of(rules, facts, item);
  if (exception.holds == Tri::kYes && certain) {
    return {Outcome::kLicenseException, exception.name, exception.clause};
  }
  if (exception.holds != Tri::kNo) {
    r.outcome = Outcome::kUnknown;
  }
  return r;
}

// Takes over a requirement if it is stricter than what stands.
void weigh(Decision& decision, const Requirement& r, std::int16_t license, std::uint8_t item,
           ReviewFound review) {
  const bool stricter = r.outcome > decision.outcome ||
                        (r.outcome == decision.outcome &&
                         strictness(review.policy) > strictness(decision.review));
  if (stricter) {
    decision.outcome = r.outcome;
    decision.license = license;
    decision.item = item;
    decision.exception = r.exception;
    decision.exception_clause = r.exception_clause;
  }
  if (strictness(review.policy) > strictness(decision.review)) {
    decision.review = review.policy;
    decision.review_clause = review.clause;
  }
}

}  // namespace

ActiveRules activate(const RuleBook& book, const Situation& situation,
                     const std::vector<std::string>& with) {
  ActiveRules active;
  active.item_count = book.items().size();
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
        ActiveTest one{ref(c), stands, book.item_bits({test.item}), program(test.when), {}, addressees};
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
        ActiveLicense one{ref(c), stands, book.item_bits(license.items), license.letter,
                          license.scope_known, program(license.where)};
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

CaughtItems caught_items(const ActiveRules& rules, const ItemFacts& facts, bool binding_only) {
  CaughtItems items;
  for (const ActiveTest& test : rules.tests) {
    if (binding_only && test.standing != Standing::kBinding) {
      continue;
    }
    Tri holds = evaluate(test.when, facts);
    if (holds != Tri::kNo) {
      holds = holds && !evaluate(test.unless, facts);
    }
    if (holds == Tri::kNo) {
      continue;
    }
    if (!test.addressees.empty()) {
      const Symbol vendor = facts[Text::kVendor];
      const bool addressed = std::find(test.addressees.begin(), test.addressees.end(), vendor) !=
                             test.addressees.end();
      if (!addressed) {
        // Whether a maker that was not named got a letter too is not public.
        items.not_addressed = true;
        holds = Tri::kUnknown;
      }
    }
    items.maybe |= test.item;
    if (holds == Tri::kYes) {
      items.yes |= test.item;
    }
  }
  return items;
}

Decision decide(const ActiveRules& rules, const ItemFacts& facts) {
  const CaughtItems binding = caught_items(rules, facts, true);
  Decision decision;
  decision.caught = binding.yes;
  decision.possibly_caught = binding.maybe;
  CaughtItems in_text;
  bool text_read = false;
  for (std::size_t i = 0; i < rules.licenses.size(); ++i) {
    const ActiveLicense& license = rules.licenses[i];
    const bool binds = license.standing == Standing::kBinding;
    if (!binds && !text_read) {
      in_text = caught_items(rules, facts, false);
      text_read = true;
    }
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
    for (std::uint8_t item = 0; item < rules.item_count; ++item) {
      const std::uint32_t bit = 1U << item;
      if ((concerned & bit) == 0) {
        continue;
      }
      const Tri required = where && ((items.yes & bit) != 0 ? Tri::kYes : Tri::kUnknown);
      const Requirement r = requirement_of(rules, facts, license, bit, required);
      weigh(decision, r, static_cast<std::int16_t>(i), item, review_of(rules, facts, bit));
    }
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

#include "app/claims.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/claim_formulas.h"
#include "base/nearest.h"
#include "catalog/market_records.h"
#include "rules/quantities.h"

namespace redline::data {

template <>
struct EnumNames<app::ClaimVerdict> {
  using V = app::ClaimVerdict;
  static constexpr NameList<V, app::kClaimVerdicts> kNames{{{"confirmed", V::kConfirmed},
                                                            {"rounding", V::kRounding},
                                                            {"wrong", V::kWrong},
                                                            {"unverifiable", V::kUnverifiable},
                                                            {"opinion", V::kOpinion}}};
};
template <>
struct EnumNames<app::Tolerance> {
  static constexpr NameList<app::Tolerance, 2> kNames{
      {{"digits", app::Tolerance::kDigits}, {"exact", app::Tolerance::kExact}}};
};
template <>
struct Record<app::Claim> {
  using C = app::Claim;
  static constexpr std::string_view kName = "claim";
  static constexpr std::string_view kDoc = "One claim of an article.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &C::id, {.required = true, .doc = "Unique in the file."}),
        field("text", &C::text, {.required = true, .doc = "The claim in one sentence."}),
        field("stated", &C::stated,
              {.doc = "What the article gives: a value with its unit (two for a range, \"> \" in "
                      "front for more than), a day, words. Required with a formula."}),
        field("formula", &C::formula, {.doc = "How it is recomputed; see the formulas below."}),
        field("inputs", &C::inputs, {.doc = "What the formula takes, in its order."}),
        field("tolerance", &C::tolerance,
              {.doc = "digits (default): to the last digit stated; or exact."}),
        field("verdict", &C::verdict, {.doc = "Only of a claim without a formula."}),
        field("note", &C::note, {.doc = "What a reader must know."}),
        field("source", &C::sources, {.doc = "Ids of data/sources, besides those of inputs."}),
    };
  }
};
template <>
struct Record<app::ClaimSet> {
  using S = app::ClaimSet;
  static constexpr std::string_view kName = "file of claims";
  static constexpr std::string_view kDoc = "The claims of an article.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &S::id, {.required = true, .doc = "Unique; the name of the file."}),
        field("title", &S::title, {.required = true, .doc = "The article."}),
        field("as_of", &S::as_of, {.required = true, .doc = "Its day."}),
        field("claim", &S::claims, {.doc = "Claims."}),
    };
  }
};

}  // namespace redline::data

namespace redline::app {
namespace {

using data::Node;

// Checks claims against their formulas, so that a formula finds all it needs.
class ClaimCheck {
 public:
  ClaimCheck(const Workspace& workspace, Diagnostics& errors) : w_(workspace), errors_(errors) {}

  void claim(const Claim& claim, const Node& node) {
    if (!ids_.insert(claim.id).second) {
      report(Code::kDuplicateId, fmt::format("claim '{}' stands twice", claim.id), node.find("id"));
    }
    if (claim.formula.empty()) {
      uncomputed(claim, node);
      return;
    }
    if (claim.verdict) {
      report(Code::kInconsistent,
             fmt::format("claim '{}' is computed and may not state a verdict", claim.id),
             node.find("verdict"), {"leave the verdict out, or the formula"});
    }
    const Formula* formula = find_formula(claim.formula);
    if (formula == nullptr) {
      std::vector<std::string_view> names;
      for (const Formula& one : claim_formulas()) {
        names.push_back(one.name);
      }
      unknown(Code::kNotAChoice, "formula", claim.formula, names, node.find("formula"),
              "`redline data schema formula` shows all");
      return;
    }
    stated(claim, *formula, node);
    inputs(claim, *formula, node);
  }

  void report(Code code, std::string message, const Node& node,
              std::vector<std::string> help = {}) {
    errors_.push_back({code, std::move(message), node.span(), std::move(help), {}});
  }

 private:
  void uncomputed(const Claim& claim, const Node& node) {
    if (!claim.verdict) {
      report(Code::kMissingKey, fmt::format("claim '{}' has no formula and no verdict", claim.id),
             node, {"give a formula; or the verdict, where nothing can be computed"});
    }
    if (!claim.inputs.empty()) {
      report(Code::kInconsistent, "inputs without a formula", node.find("inputs"));
    }
  }

  void stated(const Claim& claim, const Formula& formula, const Node& node) {
    const std::size_t count = claim.stated.size();
    const Node list = node.find("stated");
    if (count == 0) {
      report(Code::kMissingKey, fmt::format("claim '{}' does not say what is stated", claim.id),
             node);
      return;
    }
    const bool pair =
        formula.stated == StatedKind::kNumbers || formula.stated == StatedKind::kDates;
    const bool fits = formula.stated == StatedKind::kWords || (pair && count <= 2) ||
                      (formula.stated == StatedKind::kTerm ? count == 2 : count == 1);
    if (!fits) {
      report(Code::kInconsistent,
             fmt::format("{} values are stated, which '{}' does not take", count, formula.name),
             list, {"`redline data schema formula` says what each takes"});
      return;
    }
    const auto each = [&](const auto& parse) {
      for (std::size_t i = 0; i < count; ++i) {
        if (auto parsed = parse(claim.stated[i]); !parsed) {
          add(std::move(parsed).error(), list.items()[i]);
        }
      }
    };
    switch (formula.stated) {
      case StatedKind::kNumbers:
        each([](const std::string& text) { return parse_stated(text); });
        break;
      case StatedKind::kDates:
        each([](const std::string& text) { return parse_partial_date(text); });
        break;
      case StatedKind::kCount:
        each([](const std::string& text) { return parse_stated_count(text); });
        break;
      case StatedKind::kTerm:
        if (auto date = parse_partial_date(claim.stated[0]); !date) {
          add(std::move(date).error(), list.items()[0]);
        }
        if (auto term = parse_stated(claim.stated[1]); !term) {
          add(std::move(term).error(), list.items()[1]);
        }
        break;
      case StatedKind::kChoice:
        if (std::find(formula.choices.begin(), formula.choices.end(), claim.stated.front()) ==
            formula.choices.end()) {
          unknown(Code::kNotAChoice, "answer", claim.stated.front(), formula.choices,
                  list.items().front(), fmt::format("one of {}", fmt::join(formula.choices, ", ")));
        }
        break;
      case StatedKind::kWords:
        break;
    }
  }

  void inputs(const Claim& claim, const Formula& formula, const Node& node) {
    const auto& parameters = formula.parameters;
    const Repeat last = parameters.back().repeat;
    const std::size_t least = parameters.size() - (last == Repeat::kAnyNumber ? 1 : 0);
    const std::size_t count = claim.inputs.size();
    if (count < least || (last == Repeat::kOnce && count > least)) {
      const Node list = node.find("inputs");
      report(Code::kInconsistent,
             fmt::format("formula '{}' takes {}{} inputs, not {}", formula.name,
                         last == Repeat::kOnce ? "" : "at least ", least, count),
             list ? list : node, {"`redline data schema formula` says what each takes"});
      return;
    }
    const std::vector<Node> nodes = node.find("inputs").items();
    for (std::size_t i = 0; i < count; ++i) {
      input(claim.inputs[i], parameters[std::min(i, parameters.size() - 1)].kind, nodes[i]);
    }
  }

  template <class R>
  static std::vector<std::string_view> ids_of(const std::vector<R>& records) {
    std::vector<std::string_view> ids;
    for (const R& record : records) {
      ids.push_back(record.id);
    }
    return ids;
  }

  void input(const std::string& text, Param kind, const Node& node) {
    const MarketData& market = w_.catalog.market;
    const auto in = [&](bool known, std::string_view noun,
                        const std::vector<std::string_view>& names, std::string help) {
      if (!known) {
        unknown(Code::kUnknownReference, noun, text, names, node, std::move(help));
      }
    };
    const std::string in_market = "`redline data list market` shows all";
    switch (kind) {
      case Param::kFigure:
        return in(market.figure(text) != nullptr, "figure", ids_of(market.figures), in_market);
      case Param::kEvent:
        return in(market.event(text) != nullptr, "event", ids_of(market.events), in_market);
      case Param::kStatement:
        return in(market.statement(text) != nullptr, "statement", ids_of(market.statements),
                  in_market);
      case Param::kPeriod:
        return in(market.period(text) != nullptr, "period", ids_of(market.periods), in_market);
      case Param::kChip:
        return in(w_.catalog.chip(text) != nullptr, "chip", ids_of(w_.catalog.chips),
                  "`redline data list chips` shows all");
      case Param::kPlace: {
        const auto& places = w_.catalog.geography.places;
        return in(std::any_of(places.begin(), places.end(),
                              [&](const Place& place) { return place.code == text; }),
                  "place", {}, "write the ISO code, such as CN");
      }
      case Param::kDate:
        if (auto date = parse_date(text); !date) {
          add(std::move(date).error(), node);
        }
        return;
      case Param::kSpec: {
        const auto names = spec_names();
        if (std::find(names.begin(), names.end(), text) == names.end()) {
          unknown(Code::kNotAChoice, "spec", text, names, node,
                  fmt::format("one of {}", fmt::join(names, ", ")));
        }
        return;
      }
      case Param::kQuantity: {
        const rules::NameInfo* info = rules::find_name(text);
        if (info == nullptr || info->kind != rules::NameKind::kNumber) {
          unknown(Code::kNotAChoice, "quantity", text, {}, node,
                  "`redline data schema predicate` shows all");
        }
        return;
      }
      case Param::kSetting:
        if (text.find('=') == std::string::npos || text.front() == '=') {
          report(Code::kBadSetting, fmt::format("'{}' is not KEY=VALUE", text), node);
        }
        return;
      case Param::kEventKind: {
        const auto names = data::Codec<EventKind>::choices();
        if (std::find(names.begin(), names.end(), text) == names.end()) {
          unknown(Code::kNotAChoice, "kind of event", text, names, node,
                  fmt::format("one of {}", fmt::join(names, ", ")));
        }
        return;
      }
      case Param::kName:
        return;
    }
  }

  void add(Error error, const Node& node) {
    error.where = node.span();
    errors_.push_back(std::move(error));
  }

  void unknown(Code code, std::string_view noun, const std::string& text,
               const std::vector<std::string_view>& names, const Node& node, std::string help) {
    std::vector<std::string> lines{std::move(help)};
    const auto near = nearest_names(text, names);
    if (!near.empty()) {
      lines.insert(lines.begin(), fmt::format("did you mean '{}'?", near.front()));
    }
    report(code, fmt::format("there is no {} '{}'", noun, text), node, std::move(lines));
  }

  const Workspace& w_;
  Diagnostics& errors_;
  std::set<std::string> ids_;
};

Result<ClaimResult> judge(const Workspace& w, const Claim& claim) {
  ClaimResult result;
  result.claim = claim;
  if (claim.formula.empty()) {
    result.verdict = *claim.verdict;
  } else {
    RL_TRY(finding, find_formula(claim.formula)->run({w, claim}));
    result.verdict = finding.verdict;
    result.found = std::move(finding.found);
    result.bounds = finding.bounds;
    result.unit = std::move(finding.unit);
    result.arithmetic = std::move(finding.arithmetic);
    result.inputs = std::move(finding.inputs);
  }
  const auto add = [&result](const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
      if (std::find(result.sources.begin(), result.sources.end(), id) == result.sources.end()) {
        result.sources.push_back(id);
      }
    }
  };
  add(claim.sources);
  for (const ClaimInput& input : result.inputs) {
    add(input.sources);
    if (input.published) {
      result.known_by =
          result.known_by ? std::max(*result.known_by, *input.published) : *input.published;
    }
  }
  return result;
}

Loaded<NamedText> claims_text(const Workspace& w, const std::string& name) {
  auto found = text_named(w, "claims", name);
  if (!found) {
    return tl::unexpected(std::move(found).error());
  }
  if (!*found) {
    return tl::unexpected(Diagnostics{{Code::kUnknownRecord,
                                       fmt::format("there are no claims '{}'", name),
                                       std::nullopt,
                                       {"claims are files of data/claims"},
                                       {}}});
  }
  return std::move(**found);
}

}  // namespace

std::string_view name_of(ClaimVerdict verdict) { return data::name_of(verdict); }

std::size_t ClaimReport::count(ClaimVerdict verdict) const {
  return static_cast<std::size_t>(std::count_if(
      results.begin(), results.end(), [verdict](const auto& r) { return r.verdict == verdict; }));
}
std::size_t ClaimReport::computed() const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(), [](const auto& r) { return r.computed(); }));
}

Loaded<ClaimReport> judge_claims(const Workspace& w, const std::string& name) {
  auto text = claims_text(w, name);
  if (!text) {
    return tl::unexpected(std::move(text).error());
  }
  Diagnostics errors;
  const data::Document document(text->first, std::move(text->second), errors);
  data::Reader reader(errors, document.damaged());
  ClaimSet set;
  if (!data::read_record(document.root(), set, reader) || document.damaged()) {
    return tl::unexpected(std::move(errors));
  }
  ClaimCheck check(w, errors);
  const std::vector<Node> nodes = document.root().find("claim").items();
  ClaimReport report{set.id, set.title, set.as_of, {}};
  for (std::size_t i = 0; i < set.claims.size(); ++i) {
    const std::size_t before = errors.size();
    check.claim(set.claims[i], nodes[i]);
    if (errors.size() != before) {
      continue;
    }
    auto result = judge(w, set.claims[i]);
    if (!result) {
      Error error = std::move(result).error();
      error.where = nodes[i].find("inputs").span();
      errors.push_back(std::move(error));
      continue;
    }
    report.results.push_back(std::move(*result));
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return report;
}

Result<ClaimedShare> claimed_share(const Workspace& w, const std::string& name,
                                   const std::string& claim) {
  auto text = claims_text(w, name);
  if (!text) {
    return tl::unexpected(std::move(text).error().front());
  }
  Diagnostics ignored;
  const data::Document document(text->first, std::move(text->second), ignored);
  data::Reader reader(ignored);
  ClaimSet set;
  data::read_record(document.root(), set, reader);
  const auto found = std::find_if(set.claims.begin(), set.claims.end(),
                                  [&claim](const Claim& one) { return one.id == claim; });
  if (found == set.claims.end()) {
    return fail(Code::kUnknownReference, fmt::format("there is no claim '{}'", claim),
                {fmt::format("`redline report NAME --section claims` shows those of '{}'", name)});
  }
  if (found->stated.size() == 1) {
    const auto stated = parse_stated(found->stated.front());
    if (stated && same_kind(stated->measure, {0.0, Dimension{}, "percent", 0.01}) &&
        stated->measure.base > 0.0) {
      return ClaimedShare{set.title, stated->measure.base, found->note};
    }
  }
  return fail(Code::kInconsistent, fmt::format("claim '{}' states no single share", claim),
              {"name one that states a percentage"});
}

data::TypeInfo claims_type() { return data::Codec<ClaimSet>::info(); }

}  // namespace redline::app

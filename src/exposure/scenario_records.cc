// The field tables of scenarios of exposure and of precedents.

#include "exposure/scenario_records.h"

namespace redline::data {

namespace ex = redline::exposure;

template <>
struct Codec<ex::ValueText> {
  static bool read(const Node& node, ex::ValueText& out, Reader& reader, const FieldOptions&) {
    if (const auto text = node.string(); text && !text->empty()) {
      out = {std::string(*text), node};
      return true;
    }
    if (const auto number = node.number()) {
      out = {node.span().text.substr(static_cast<std::size_t>(node.span().column - 1),
                                     static_cast<std::size_t>(node.span().length)),
             node};
      return true;
    }
    reader.wrong_type(node,
                      "the id of a quantity, a literal such as \"5 to 10 GUSD\", or a formula");
    return false;
  }
  static TypeInfo info() { return TypeInfo::text(); }
};
template <>
struct EnumNames<ex::Form> {
  static constexpr NameList<ex::Form, 3> kNames{
      {{"plain", ex::Form::kPlain}, {"stock", ex::Form::kStock}, {"flow", ex::Form::kFlow}}};
};
template <>
struct EnumNames<ex::Length> {
  static constexpr NameList<ex::Length, 3> kNames{{{"quarter", ex::Length::kQuarter},
                                                   {"half-year", ex::Length::kHalf},
                                                   {"year", ex::Length::kYear}}};
};
template <>
struct EnumNames<ex::Geography> {
  static constexpr NameList<ex::Geography, 3> kNames{
      {{"billing", ex::Geography::kBilling},
       {"headquarters", ex::Geography::kHeadquarters},
       {"shipped", ex::Geography::kShipped}}};
};

template <>
struct Record<ex::AskRecord> {
  using A = ex::AskRecord;
  static constexpr std::string_view kName = "ask";
  static constexpr std::string_view kDoc = "A question to rules, performance or the search.";
  static constexpr auto fields() {
    return std::tuple{
        field(
            "what", &A::what,
            {.required = true,
             .doc = "performance (work of a chip, of another's), reply-performance and reply-cost "
                    "(of the best part that rules let a die become), license-required and "
                    "reply-license-required (1 or 0)."}),
        field("chip", &A::chip, {.doc = "Chip, an id."}),
        field("over", &A::over, {.doc = "Chip whose work is 1."}),
        field("die", &A::die, {.doc = "Die of an epoch, an id."}),
        field("epoch", &A::epoch, {.doc = "Of data/backtest: rules, work and day of facts."}),
        field("on", &A::on, {.doc = "Day of the rules (default: that of the scenario)."}),
    };
  }
};
template <>
struct Record<ex::QuantityRecord> {
  using Q = ex::QuantityRecord;
  static constexpr std::string_view kName = "quantity";
  static constexpr std::string_view kDoc = "A number that is known or not known well.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &Q::id,
              {.required = true, .doc = "Letters, digits and _; unique in the file."}),
        field("what", &Q::what, {.required = true, .doc = "What it is."}),
        field("value", &Q::value, {.doc = "A literal with its unit, such as \"5 to 10 GUSD\"."}),
        field("formula", &Q::formula, {.doc = "Of other quantities."}),
        field("figure", &Q::figure, {.doc = "A figure of the market data, by id."}),
        field("precedents", &Q::precedents, {.doc = "A series of data/precedents, by id."}),
        field("ask", &Q::ask, {.doc = "A question to the other parts of the system."}),
        field("form", &Q::form, {.doc = "plain, a stock or a flow."}),
        field("per", &Q::per, {.doc = "Of a flow: quarter, half-year or year."}),
        field("geography", &Q::geography, {.doc = "By what revenue is put to a place."}),
        field("date", &Q::date, {.doc = "When it became known; of a literal from a source."}),
        field("basis", &Q::basis, {.doc = "How the literal came about."}),
        field("source", &Q::source, {.doc = "Ids of data/sources."}),
        field("note", &Q::note, {.doc = "What a reader has to know."}),
    };
  }
};
template <>
struct Record<ex::FirmRecord> {
  using F = ex::FirmRecord;
  static constexpr std::string_view kName = "firm";
  static constexpr std::string_view kDoc =
      "A firm with its fiscal year. The first is the one that decides.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &F::id, {.required = true, .doc = "Unique in the file."}),
        field("title", &F::title, {.required = true, .doc = "Its name."}),
        field("year_ends", &F::year_ends,
              {.required = true, .min = 1, .max = 12, .doc = "Month in which the year ends."}),
        field("weekday", &F::weekday,
              {.doc = "The year ends on the last such day of the month (default sunday)."}),
        field("tax", &F::tax, {.doc = "Rate of tax, a share (default 0)."}),
        field("shares", &F::shares, {.doc = "Shares outstanding, for earnings a share."}),
    };
  }
};
template <>
struct Record<ex::EventRecord> {
  using E = ex::EventRecord;
  static constexpr std::string_view kName = "event";
  static constexpr std::string_view kDoc =
      "Something that comes on a day or never: with a probability, after a delay, at a rate.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &E::id,
              {.required = true, .doc = "Letters, digits and _; unique in the file."}),
        field("what", &E::what, {.required = true, .doc = "What happens."}),
        field("actor", &E::actor, {.doc = "Whose act it is."}),
        field("happened", &E::happened, {.doc = "The day, of what is known."}),
        field("from", &E::from, {.doc = "Not before this day (default: the scenario's)."}),
        field("until", &E::until, {.doc = "By this day or never."}),
        field("after", &E::after, {.doc = "Events that must have come: the delay begins then."}),
        field("unless", &E::unless, {.doc = "Events before which it must come, or it never does."}),
        field("probability", &E::probability, {.doc = "That it comes at all (default 1)."}),
        field("delay", &E::delay, {.doc = "Time from its beginning to it (default 0)."}),
        field("rate", &E::rate, {.doc = "Hazard: times a year; instead of a delay."}),
        field("source", &E::source, {.doc = "Ids of data/sources."}),
        field("note", &E::note, {.doc = "What a reader has to know."}),
    };
  }
};
template <>
struct Record<ex::MarketRecord> {
  using M = ex::MarketRecord;
  static constexpr std::string_view kName = "market";
  static constexpr std::string_view kDoc =
      "Buyers who choose between the parts that may be sold, domestic ones and none.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &M::id, {.required = true, .doc = "Unique in the file."}),
        field("what", &M::what, {.required = true, .doc = "Which buyers."}),
        field("reference", &M::reference,
              {.required = true, .doc = "The line whose sales are known."}),
        field("sold", &M::sold,
              {.required = true, .doc = "What buyers take of it in a quarter if it is free."}),
        field("growth", &M::growth, {.doc = "Of their money, a quarter (default 0)."}),
        field("rival_supply", &M::rival_supply,
              {.doc = "What domestic makers can deliver in a quarter (default: any amount)."}),
        field("rival_growth", &M::rival_growth, {.doc = "Of that, a quarter (default 0)."}),
        field("preference", &M::preference,
              {.doc = "Weight of domestic parts at the same usefulness (default 1)."}),
        field("outside", &M::outside,
              {.doc = "Usefulness for a dollar at which a part is as good as none, of the domestic "
                      "part (default 0.25)."}),
        field("taste", &M::taste,
              {.doc = "Exponent of usefulness for a dollar in the choice (default 2)."}),
    };
  }
};
template <>
struct Record<ex::LineRecord> {
  using L = ex::LineRecord;
  static constexpr std::string_view kName = "line";
  static constexpr std::string_view kDoc =
      "Something that is sold: until the first of `closes`, and again from the last of `opens` to "
      "the first of `ends`.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &L::id,
              {.required = true, .doc = "Letters, digits and _; unique in the file."}),
        field("what", &L::what, {.required = true, .doc = "What is sold to whom."}),
        field("firm", &L::firm, {.doc = "Whose it is (default: the first)."}),
        field("chip", &L::chip, {.doc = "Which chip, an id."}),
        field("market", &L::market, {.doc = "Where buyers choose it, with `usefulness`."}),
        field("usefulness", &L::usefulness, {.doc = "For a dollar, of the domestic part's."}),
        field("demand", &L::demand, {.doc = "A quarter's orders, where there is no market."}),
        field("growth", &L::growth, {.doc = "Of that demand, a quarter (default 0)."}),
        field("closes", &L::closes, {.doc = "Events of which the first ends the free sale."}),
        field("opens", &L::opens, {.doc = "Events that must all have come for a sale (again)."}),
        field("ends", &L::ends, {.doc = "Events of which the first ends the sale for good."}),
        field("lead", &L::lead, {.doc = "Time from the decision to the product."}),
        field("development", &L::development, {.doc = "Cost until then."}),
        field("margin", &L::margin, {.required = true, .doc = "Gross margin, a share of revenue."}),
        field("price", &L::price, {.doc = "Share of the usual price that is got (default 1)."}),
        field("conversion", &L::conversion,
              {.doc = "Share of the orders that become sales after the opening (default 1)."}),
        field("cap", &L::cap, {.doc = "Most that may be sold in a quarter."}),
        field("supply", &L::supply, {.doc = "What can be made anew in a quarter (default: any)."}),
        field("supply_lead", &L::supply_lead, {.doc = "Time from the opening to that supply."}),
        field("share", &L::share, {.doc = "Share of revenue that a state takes."}),
        field("duty", &L::duty, {.doc = "Duty on the price."}),
        field("passed_on", &L::passed_on, {.doc = "Share of the duty that buyers bear."}),
        field("stock", &L::stock, {.doc = "Stock at cost when the sale closes."}),
        field("stock_reusable", &L::stock_reusable,
              {.doc = "Share that goes into other products."}),
        field("realisable", &L::realisable,
              {.doc = "Net realisable value of the rest, a share of cost (default 0)."}),
        field("commitments", &L::commitments, {.doc = "Firm orders to suppliers then."}),
        field("cancellable", &L::cancellable, {.doc = "Share that may be cancelled."}),
        field("reusable", &L::reusable, {.doc = "Share of the rest for other products."}),
        field("stock_of", &L::stock_of, {.doc = "The line whose stock it sells."}),
        field("replaces", &L::replaces, {.doc = "The line whose freed capacity it uses."}),
        field("fungible", &L::fungible, {.doc = "Share of that capacity that it can use."}),
        field("builds_on", &L::builds_on,
              {.doc = "Event on which stock is built (default: the "
                      "opening)."}),
        field("holds", &L::holds, {.doc = "Stock and commitments then, in quarters of sales."}),
        field("patience", &L::patience, {.doc = "Time after which unsold stock is written off."}),
    };
  }
};
template <>
struct Record<ex::OptionRecord> {
  using O = ex::OptionRecord;
  static constexpr std::string_view kName = "option";
  static constexpr std::string_view kDoc = "What the first firm can do.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &O::id, {.required = true, .doc = "Unique in the file."}),
        field("title", &O::title, {.required = true, .doc = "In a few words."}),
        field("what", &O::what, {.doc = "In a sentence."}),
        field("lines", &O::lines, {.required = true, .doc = "Lines besides those of `always`."}),
    };
  }
};
template <>
struct Record<ex::CorrelationRecord> {
  using C = ex::CorrelationRecord;
  static constexpr std::string_view kName = "correlation";
  static constexpr std::string_view kDoc =
      "Of the normal scores of two quantities or events (Gaussian copula).";
  static constexpr auto fields() {
    return std::tuple{
        field("between", &C::between, {.required = true, .doc = "Two ids."}),
        field("value", &C::value,
              {.required = true, .min = -1.0, .max = 1.0, .doc = "From -1 to 1."}),
    };
  }
};
template <>
struct Record<ex::AnswerRecord> {
  using A = ex::AnswerRecord;
  static constexpr std::string_view kName = "answer";
  static constexpr std::string_view kDoc = "A number to show besides charge, revenue and cash.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &A::id, {.required = true, .doc = "Unique in the file."}),
        field("what", &A::what, {.required = true, .doc = "What it is."}),
        field("formula", &A::formula, {.required = true, .doc = "Of quantities and results."}),
        field("unit", &A::unit, {.doc = "For showing, such as GUSD or percent."}),
    };
  }
};
template <>
struct Record<ex::BeliefRecord> {
  using B = ex::BeliefRecord;
  static constexpr std::string_view kName = "belief";
  static constexpr std::string_view kDoc =
      "One or two quantities over which the best option is shown.";
  static constexpr auto fields() {
    return std::tuple{
        field("over", &B::over, {.required = true, .doc = "Ids of quantities."}),
        field("from", &B::from, {.required = true, .doc = "Least value of each."}),
        field("to", &B::to, {.required = true, .doc = "Greatest value of each."}),
        field("steps", &B::steps, {.min = 2, .max = 21, .doc = "Values of each (default 5)."}),
    };
  }
};
template <>
struct Record<ex::ExposureRecord> {
  using S = ex::ExposureRecord;
  static constexpr std::string_view kName = "exposure";
  static constexpr std::string_view kDoc = "What a situation costs whom, path by path.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &S::id, {.required = true, .doc = "The name of the file."}),
        field("title", &S::title, {.required = true, .doc = "Title."}),
        field("as_of", &S::as_of, {.required = true, .doc = "No evidence is dated later."}),
        field("quarters", &S::quarters,
              {.min = 1, .max = 16, .doc = "Fiscal quarters, that of `as_of` first (default 8)."}),
        field("expects", &S::expects,
              {.doc = "Option that the author expects the firm to take, for back-tests (default: "
                      "the best)."}),
        field("always", &S::always, {.doc = "Lines that every option has."}),
        field("firm", &S::firms, {.required = true, .doc = "Firms."}),
        field("quantity", &S::quantities, {.doc = "Quantities."}),
        field("event", &S::events, {.doc = "Events."}),
        field("market", &S::markets, {.doc = "Markets."}),
        field("line", &S::lines, {.doc = "Lines."}),
        field("option", &S::options, {.required = true, .doc = "Options."}),
        field("correlation", &S::correlations, {.doc = "Correlations."}),
        field("answer", &S::answers, {.doc = "Answers besides the books."}),
        field("belief", &S::beliefs, {.doc = "Beliefs under which the choice is shown."}),
    };
  }
};
template <>
struct Record<ex::CaseRecord> {
  using C = ex::CaseRecord;
  static constexpr std::string_view kName = "case";
  static constexpr std::string_view kDoc = "One precedent.";
  static constexpr auto fields() {
    return std::tuple{
        field("date", &C::date, {.required = true, .doc = "When it was known and resolved."}),
        field("what", &C::what, {.required = true, .doc = "What happened."}),
        field("yes", &C::yes, {.doc = "Of a series of yes and no."}),
        field("chip", &C::chip,
              {.doc = "In place of yes: the rules are asked whether this chip needs a license for "
                      "China on the day `on`."}),
        field("on", &C::on, {.doc = "A day on which the rules in question are in force."}),
        field("value", &C::value, {.doc = "Of a series of numbers, in its unit."}),
        field("source", &C::source, {.required = true, .doc = "Ids of data/sources."}),
        field("note", &C::note, {.doc = "Where the reading is a judgement."}),
    };
  }
};
template <>
struct Record<ex::SeriesRecord> {
  using S = ex::SeriesRecord;
  static constexpr std::string_view kName = "series";
  static constexpr std::string_view kDoc =
      "Precedents of one kind: events since a day (a rate), yes and no (a probability), or "
      "numbers.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &S::id, {.required = true, .doc = "Unique over all files."}),
        field("what", &S::what, {.required = true, .doc = "What is counted."}),
        field("since", &S::since, {.doc = "Of a rate: every event since then is here."}),
        field("unit", &S::unit, {.doc = "Of numbers: days or percent."}),
        field("case", &S::cases, {.doc = "Cases."}),
    };
  }
};
template <>
struct Record<ex::PrecedentsRecord> {
  static constexpr std::string_view kName = "precedents";
  static constexpr std::string_view kDoc = "Dated cases from which base rates come.";
  static constexpr auto fields() {
    return std::tuple{field("series", &ex::PrecedentsRecord::series,
                            {.required = true, .doc = "Series of cases."})};
  }
};

}  // namespace redline::data

namespace redline::exposure {

data::TypeInfo exposure_type() { return data::Codec<ExposureRecord>::info(); }
data::TypeInfo precedents_type() { return data::Codec<PrecedentsRecord>::info(); }
bool read_exposure(const data::Node& root, ExposureRecord& out, data::Reader& reader) {
  return data::read_record(root, out, reader);
}
bool read_precedents(const data::Node& root, PrecedentsRecord& out, data::Reader& reader) {
  return data::read_record(root, out, reader);
}

}  // namespace redline::exposure

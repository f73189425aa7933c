#pragma once
// Field tables of market data.

#include "redline/market.h"

#include "data/fields.h"

namespace redline::data {

template <>
struct Codec<Measure> {
  static bool read(const Node& node, Measure& out, Reader& reader, const FieldOptions& options);
  static TypeInfo info() { return TypeInfo::text(); }
};

template <>
struct EnumNames<Reading> {
  static constexpr NameList<Reading, 3> kNames{
      {{"filing", Reading::kFiling}, {"press", Reading::kPress}, {"recalled", Reading::kRecalled}}};
};
template <>
struct EnumNames<EventKind> {
  static constexpr NameList<EventKind, 10> kNames{{{"visit", EventKind::kVisit},
                                                   {"filing", EventKind::kFiling},
                                                   {"results", EventKind::kResults},
                                                   {"order", EventKind::kOrder},
                                                   {"report", EventKind::kReport},
                                                   {"release", EventKind::kRelease},
                                                   {"announcement", EventKind::kAnnouncement},
                                                   {"statement", EventKind::kStatement},
                                                   {"election", EventKind::kElection},
                                                   {"market", EventKind::kMarket}}};
};

// The fields that all records of the market share.
constexpr auto market_basis_fields() {
  using B = MarketBasis;
  return std::tuple{
      field("basis", &B::basis, {.doc = "How it came about; required if it is known."}),
      field("confidence", &B::confidence,
            {.doc = "filing: read in one or in a public extract; press; recalled."}),
      field("published", &B::published,
            {.doc = "When it became known (default: that of the period, the day of the event)."}),
      field("source", &B::sources, {.doc = "Ids of data/sources; required if it is known."}),
      field("unknown", &B::unknown, {.doc = "Why there is no value, where there is none."}),
      field("note", &B::note, {.doc = "What a reader must know."}),
  };
}

constexpr auto figure_value_fields() {
  using F = FigureValue;
  return std::tuple_cat(
      std::tuple{
          field("value", &F::value, {.doc = "With its unit: \"5.5 GUSD\", \"53.1 percent\"."}),
          field("range", &F::range, {.doc = "[low, high], where only bounds are known."}),
      },
      market_basis_fields());
}

template <>
struct Record<FigureValue> {
  static constexpr std::string_view kName = "figure of a period";
  static constexpr std::string_view kDoc = "A figure of a fiscal period.";
  static constexpr auto fields() { return figure_value_fields(); }
};
template <>
struct Record<MarketFigure> {
  using F = MarketFigure;
  static constexpr std::string_view kName = "figure";
  static constexpr std::string_view kDoc = "A figure with the day on which it became known.";
  static constexpr auto fields() {
    return std::tuple_cat(
        std::tuple{
            field("id", &F::id, {.required = true, .doc = "whose.of-what.which, unique."}),
            field("what", &F::what, {.required = true, .doc = "What it is."}),
            field("by", &F::by, {.doc = "Whose estimate or forecast it is."}),
            field("forecast", &F::forecast, {.doc = "Said before it could be known."}),
            field("period", &F::period, {.doc = "What it covers: nvda.fy26q1, 2025."}),
            field("at", &F::at, {.doc = "The day of a stock, such as inventory."}),
        },
        figure_value_fields());
  }
};
template <>
struct Record<FiscalPeriod> {
  using P = FiscalPeriod;
  static constexpr std::string_view kName = "period";
  static constexpr std::string_view kDoc = "A fiscal period; its figures are ID.KEY.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &P::id, {.required = true, .doc = "whose.fyNNqN, whose.fyNN."}),
        field("title", &P::title, {.required = true, .doc = "How people call it."}),
        field("first", &P::first, {.doc = "First day."}),
        field("last", &P::last, {.doc = "Last day."}),
        field("published", &P::published, {.required = true, .doc = "When results appeared."}),
        field("note", &P::note, {.doc = "What a reader must know."}),
        field("revenue", &P::revenue, {.doc = "Revenue"}),
        field("data_center", &P::data_center, {.doc = "Data-center revenue"}),
        field("gross_margin", &P::gross_margin, {.doc = "Gross margin, GAAP"}),
        field("h20", &P::h20, {.doc = "Revenue of the H20"}),
        field("us_billing", &P::us_billing, {.doc = "Revenue billed to the United States"}),
        field("china_billing", &P::china_billing,
              {.doc = "Revenue billed to China with Hong Kong"}),
        field("singapore_billing", &P::singapore_billing, {.doc = "Revenue billed to Singapore"}),
        field("taiwan_billing", &P::taiwan_billing, {.doc = "Revenue billed to Taiwan"}),
        field("china_hq", &P::china_hq,
              {.doc = "Revenue from customers with headquarters in China with Hong Kong"}),
        field("non_us_share_billing", &P::non_us_share_billing,
              {.doc = "Share of revenue billed outside the United States"}),
        field("non_us_share_hq", &P::non_us_share_hq,
              {.doc = "Share of revenue from customers with headquarters outside the US"}),
    };
  }
};
template <>
struct Record<MarketEvent> {
  using E = MarketEvent;
  static constexpr std::string_view kName = "event";
  static constexpr std::string_view kDoc = "Something that happened on a day.";
  static constexpr auto fields() {
    return std::tuple_cat(
        std::tuple{
            field("id", &E::id, {.required = true, .doc = "whose.what, unique."}),
            field("date", &E::date, {.required = true, .doc = "The day."}),
            field("what", &E::what, {.required = true, .doc = "What happened."}),
            field("kind", &E::kind, {.required = true, .doc = "Kind of event."}),
            field("who", &E::who, {.required = true, .doc = "Who did it."}),
        },
        market_basis_fields());
  }
};
template <>
struct Record<MarketStatement> {
  using S = MarketStatement;
  static constexpr std::string_view kName = "statement";
  static constexpr std::string_view kDoc = "A fact that is words.";
  static constexpr auto fields() {
    return std::tuple_cat(
        std::tuple{
            field("id", &S::id, {.required = true, .doc = "whose.what, unique."}),
            field("what", &S::what, {.required = true, .doc = "What the words answer."}),
            field("values", &S::values, {.doc = "The words."}),
            field("complete", &S::complete, {.doc = "What is not among the words is not so."}),
        },
        market_basis_fields());
  }
};

struct MarketFile {
  std::vector<MarketFigure> figures;
  std::vector<FiscalPeriod> periods;
  std::vector<MarketEvent> events;
  std::vector<MarketStatement> statements;
};
template <>
struct Record<MarketFile> {
  static constexpr std::string_view kName = "file of market data";
  static constexpr std::string_view kDoc = "Figures, fiscal periods, events and statements.";
  static constexpr auto fields() {
    return std::tuple{
        field("figure", &MarketFile::figures, {.doc = "Figures."}),
        field("period", &MarketFile::periods, {.doc = "Fiscal periods."}),
        field("event", &MarketFile::events, {.doc = "Events."}),
        field("statement", &MarketFile::statements, {.doc = "Statements."}),
    };
  }
};

}  // namespace redline::data

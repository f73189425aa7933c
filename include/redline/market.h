#pragma once
// The market as published: figures, fiscal periods, events and statements, each with the day on
// which it became known.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/date.h"
#include "redline/fact.h"
#include "redline/quantity.h"

namespace redline {

// How a value reached us.
enum class Reading : std::uint8_t {
  kFiling,    // read in a filing of a company or government, or in a public extract of one
  kPress,     // read in press, bank research or other secondary text
  kRecalled,  // from memory; where it could be, checked by sums
};

// What figures, events and statements have in common.
struct MarketBasis {
  std::optional<Basis> basis;
  std::optional<Reading> confidence;
  std::optional<Date> published;  // when it became known
  std::vector<std::string> sources;
  std::string unknown;  // why there is no value, where there is none
  std::string note;
};

struct FigureValue : MarketBasis {
  std::optional<Measure> value;
  std::vector<Measure> range;  // low and high, or empty

  [[nodiscard]] bool known() const { return value || range.size() == 2; }
  // The value, or the range where there is no single value; base units.
  [[nodiscard]] std::optional<Interval<double>> bounds() const;
  // The measure whose unit shows the figure; only if known.
  [[nodiscard]] const Measure& measure() const { return value ? *value : range.front(); }
};

struct MarketFigure : FigureValue {
  std::string id;  // "nvda.h20.charge_ceiling"
  std::string what;
  std::string by;          // who says so, where it is somebody's estimate or forecast
  std::string period;      // that the figure covers, such as "nvda.fy26q1" or "2025"
  std::optional<Date> at;  // of a stock, such as inventory
  bool forecast = false;
};

// A fiscal period of a company; its figures can be named "nvda.fy26q1.revenue".
struct FiscalPeriod {
  std::string id;  // "nvda.fy26q1"
  std::string title;
  std::optional<Date> first;
  std::optional<Date> last;
  Date published{};  // when its results appeared
  std::string note;
  std::optional<FigureValue> revenue, data_center, gross_margin, h20;
  // By billing address of the customer, and by the customer's headquarters.
  std::optional<FigureValue> us_billing, china_billing, singapore_billing, taiwan_billing;
  std::optional<FigureValue> china_hq, non_us_share_billing, non_us_share_hq;
};

enum class EventKind : std::uint8_t {
  kVisit,
  kFiling,
  kResults,
  kOrder,  // of a government
  kReport,
  kRelease,  // of a model or product
  kAnnouncement,
  kStatement,
  kElection,
  kMarket,
};

struct MarketEvent : MarketBasis {
  std::string id;
  Date date{};
  std::string what;
  EventKind kind = EventKind::kAnnouncement;
  std::string who;
};

// What cannot be a number: who funded whom, what a filing speaks of.
struct MarketStatement : MarketBasis {
  std::string id;
  std::string what;
  std::vector<std::string> values;
  bool complete = false;  // the list is whole: what is not in it is not so
};

struct MarketData {
  std::vector<MarketFigure> figures;  // by id, those of periods among them
  std::vector<FiscalPeriod> periods;
  std::vector<MarketEvent> events;
  std::vector<MarketStatement> statements;

  [[nodiscard]] const MarketFigure* figure(std::string_view id) const;
  [[nodiscard]] const FiscalPeriod* period(std::string_view id) const;
  [[nodiscard]] const MarketEvent* event(std::string_view id) const;
  [[nodiscard]] const MarketStatement* statement(std::string_view id) const;
};

}  // namespace redline

#pragma once
// A scenario of exposure as its file has it. Texts that stand for a number are the id of a
// quantity, a literal with its unit ("5 to 10 GUSD", "0.3", "38 days") or a formula.

#include <optional>
#include <string>
#include <vector>

#include "redline/fact.h"

#include "data/fields.h"
#include "exposure/value_kind.h"

namespace redline::exposure {

// A text that stands for a number, with its place.
struct ValueText {
  std::string text;
  data::Node node;
  [[nodiscard]] explicit operator bool() const { return !text.empty(); }
};

// A question to the other parts of the system.
struct AskRecord {
  std::string what;  // "performance", "reply-performance", "reply-cost", "license-required"
  std::string chip, over, die, epoch, on;
};

struct QuantityRecord {
  std::string id, what;
  ValueText value, formula;
  std::string figure;      // of data/market
  std::string precedents;  // a series of data/precedents
  std::optional<AskRecord> ask;
  std::optional<Form> form;
  std::optional<Length> per;
  std::optional<Geography> geography;
  std::optional<Date> date;
  std::optional<Basis> basis;
  std::vector<std::string> source;
  std::string note;
};

struct FirmRecord {
  std::string id, title;
  int year_ends = 1;  // month
  std::string weekday = "sunday";
  ValueText tax, shares;
};

struct EventRecord {
  std::string id, what, actor;
  std::optional<Date> happened, from, until;
  std::vector<std::string> after, unless;
  ValueText probability, delay, rate;
  std::vector<std::string> source;
  std::string note;
};

struct MarketRecord {
  std::string id, what, reference;
  ValueText sold, growth, rival_supply, rival_growth, preference, outside, taste;
};

struct LineRecord {
  std::string id, what, firm, market, chip, stock_of, replaces;
  std::vector<std::string> opens, closes, ends;
  ValueText usefulness, demand, growth, margin, conversion, cap, supply, supply_lead, lead;
  ValueText share, duty, passed_on, price;
  ValueText stock, stock_reusable, realisable, commitments, cancellable, reusable;
  std::string builds_on;
  ValueText holds, patience, fungible, development;
};

struct OptionRecord {
  std::string id, title, what;
  std::vector<std::string> lines;
};

struct CorrelationRecord {
  std::vector<std::string> between;
  double value = 0.0;
};

struct AnswerRecord {
  std::string id, what, unit;
  ValueText formula;
};

struct BeliefRecord {
  std::vector<std::string> over;
  std::vector<double> from, to;  // of each, in the unit of its literal
  int steps = 5;
};

struct ExposureRecord {
  std::string id, title, expects;
  std::optional<Date> as_of;
  int quarters = 8;
  std::vector<std::string> always;  // lines of every option
  std::vector<FirmRecord> firms;
  std::vector<QuantityRecord> quantities;
  std::vector<EventRecord> events;
  std::vector<MarketRecord> markets;
  std::vector<LineRecord> lines;
  std::vector<OptionRecord> options;
  std::vector<CorrelationRecord> correlations;
  std::vector<AnswerRecord> answers;
  std::vector<BeliefRecord> beliefs;
};

// Dated cases from which base rates come: data/precedents.
struct CaseRecord {
  Date date{};
  std::string what;
  std::optional<bool> yes;
  // In place of `yes`: whether the rules in force on a day want a license for a chip to China.
  std::string chip;
  std::optional<Date> on;
  std::optional<double> value;
  std::vector<std::string> source;
  std::string note;
};
struct SeriesRecord {
  std::string id, what, unit;
  std::optional<Date> since;
  std::vector<CaseRecord> cases;
};
struct PrecedentsRecord {
  std::vector<SeriesRecord> series;
};

[[nodiscard]] data::TypeInfo exposure_type();
[[nodiscard]] data::TypeInfo precedents_type();
[[nodiscard]] bool read_exposure(const data::Node& root, ExposureRecord& out, data::Reader& reader);
[[nodiscard]] bool read_precedents(const data::Node& root, PrecedentsRecord& out,
                                   data::Reader& reader);

}  // namespace redline::exposure

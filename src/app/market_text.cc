#include "app/market_text.h"

#include <fmt/format.h>

#include "catalog/market_records.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;

std::string value_text(const MarketFigure& figure) {
  if (figure.value) {
    return format_measure(*figure.value);
  }
  return figure.range.size() == 2 ? fmt::format("{} to {}", format_measure(figure.range[0]),
                                                format_measure(figure.range[1]))
                                  : std::string();
}

Cell known(std::string text) { return text.empty() ? Cell{} : Cell{std::move(text)}; }
Cell date_cell(const std::optional<Date>& date) { return date ? Cell{format_date(*date)} : Cell{}; }

// Key and value of a record, empty ones left out.
class Rows {
 public:
  Rows() {
    table_.columns = {{"key", "Key", "", Align::kLeft}, {"value", "Value", "", Align::kLeft}};
  }
  Rows& add(std::string key, std::string value) {
    if (!value.empty()) {
      table_.rows.push_back({std::move(key), std::move(value)});
    }
    return *this;
  }
  Rows& add(std::string key, const std::optional<Date>& date) {
    return add(std::move(key), date ? format_date(*date) : std::string());
  }
  Rows& add(const MarketBasis& basis) {
    add("basis", basis.basis ? std::string(data::name_of(*basis.basis)) : std::string());
    add("confidence",
        basis.confidence ? std::string(data::name_of(*basis.confidence)) : std::string());
    add("published", basis.published);
    add("source", fmt::format("{}", fmt::join(basis.sources, ", ")));
    add("unknown", basis.unknown);
    return add("note", basis.note);
  }
  Rows& add(const MarketFigure& figure) {
    add("id", figure.id).add("what", figure.what);
    if (figure.value) {
      add("value", format_measure(*figure.value));
    }
    if (figure.range.size() == 2) {
      add("range", fmt::format("{} to {}", format_measure(figure.range[0]),
                               format_measure(figure.range[1])));
    }
    add("by", figure.by).add("period", figure.period).add("at", figure.at);
    add("forecast", figure.forecast ? "true" : "");
    return add(static_cast<const MarketBasis&>(figure));
  }

  // The record as a table for people and as one object.
  Answer answer(const Workspace& w, std::string headline) {
    Json object = Json::object();
    for (const auto& row : table_.rows) {
      object[std::get<std::string>(row[0])] = std::get<std::string>(row[1]);
    }
    Answer shown = table_answer("data-show", std::move(table_), w.date);
    shown.results = Json::array({std::move(object)});
    shown.blocks.insert(shown.blocks.begin(), Headline{std::move(headline)});
    return shown;
  }

 private:
  Table table_;
};

}  // namespace

Table market_table(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"kind", "Kind", "", Align::kLeft},
                   {"what", "What", "", Align::kLeft},
                   {"value", "Value", "", Align::kLeft},
                   {"published", "Known from", "", Align::kLeft}};
  const MarketData& market = w.catalog.market;
  for (const MarketFigure& figure : market.figures) {
    table.rows.push_back({figure.id, std::string(figure.forecast ? "forecast" : "figure"),
                          figure.what, known(value_text(figure)), date_cell(figure.published)});
  }
  for (const MarketEvent& event : market.events) {
    table.rows.push_back({event.id, std::string("event"), event.what, format_date(event.date),
                          date_cell(event.published)});
  }
  for (const MarketStatement& statement : market.statements) {
    table.rows.push_back({statement.id, std::string("statement"), statement.what,
                          known(fmt::format("{}", fmt::join(statement.values, ", "))),
                          date_cell(statement.published)});
  }
  return table;
}

std::optional<Answer> show_market(const Workspace& w, const std::string& id) {
  const MarketData& market = w.catalog.market;
  if (const MarketFigure* figure = market.figure(id)) {
    return Rows().add(*figure).answer(w, id);
  }
  if (const MarketEvent* event = market.event(id)) {
    return Rows()
        .add("id", event->id)
        .add("what", event->what)
        .add("date", std::optional(event->date))
        .add("kind", std::string(data::name_of(event->kind)))
        .add("who", event->who)
        .add(*event)
        .answer(w, id);
  }
  if (const MarketStatement* statement = market.statement(id)) {
    return Rows()
        .add("id", statement->id)
        .add("what", statement->what)
        .add("values", fmt::format("{}", fmt::join(statement->values, ", ")))
        .add("complete", statement->complete ? "true" : "")
        .add(*statement)
        .answer(w, id);
  }
  const FiscalPeriod* period = market.period(id);
  if (period == nullptr) {
    return std::nullopt;
  }
  Rows rows;
  rows.add("id", period->id).add("title", period->title).add("first", period->first);
  rows.add("last", period->last).add("published", std::optional(period->published));
  rows.add("note", period->note);
  for (const MarketFigure& figure : market.figures) {
    if (figure.period == period->id) {
      rows.add(figure.id, value_text(figure));
    }
  }
  return rows.answer(w, period->id);
}

}  // namespace redline::app

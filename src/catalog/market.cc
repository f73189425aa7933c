// Loads market data: figures, fiscal periods with the figures inside them, events and statements.

#include <type_traits>

#include <fmt/format.h>

#include "catalog/market_loader.h"
#include "catalog/record_folder.h"

namespace redline::data {

bool Codec<Measure>::read(const Node& node, Measure& out, Reader& reader,
                          const FieldOptions& /*options*/) {
  const auto text = node.string();
  if (!text) {
    reader.wrong_type(node, "a quantity with its unit, such as \"5.5 GUSD\"");
    return false;
  }
  auto measure = parse_measure(*text);
  if (!measure) {
    reader.add(std::move(measure).error(), node);
    return false;
  }
  out = std::move(*measure);
  return true;
}

}  // namespace redline::data

namespace redline {
namespace {

using data::Document;
using data::Node;

class MarketCheck {
 public:
  explicit MarketCheck(Diagnostics& errors) : errors_(errors) {}

  // What is known says how it came about, who says so and when it became known.
  void basis(const MarketBasis& record, bool known, bool dated, const Node& node) {
    if (known && !record.unknown.empty()) {
      report(Code::kInconsistent, "it has a value and a reason why it has none",
             node.find("unknown"), "keep one of the two");
    }
    if (!known && record.unknown.empty()) {
      report(Code::kMissingKey, "there is no value", node,
             "give the value, or say in `unknown` why there is none");
    }
    if (!known) {
      return;
    }
    if (!record.basis) {
      report(Code::kMissingKey, "'basis' is missing", node, "stated, derived or estimated");
    }
    if (!record.confidence) {
      report(Code::kMissingKey, "'confidence' is missing", node, "filing, press or recalled");
    }
    if (record.sources.empty()) {
      report(Code::kMissingKey, "'source' is missing", node, "name ids of data/sources");
    }
    if (dated && !record.published) {
      report(Code::kMissingKey, "'published' is missing", node, "say on which day it became known");
    }
  }

  void value(const FigureValue& figure, const Node& node) {
    if (figure.range.empty()) {
      return;
    }
    const Node range = node.find("range");
    const auto bad = [&](std::string message) {
      report(Code::kBadInterval, std::move(message), range, "write range = [low, high]");
    };
    if (figure.range.size() != 2 || figure.range[1].base < figure.range[0].base) {
      bad("a range is [low, high] with low not above high");
      return;
    }
    if (!same_kind(figure.range[0], figure.range[1]) ||
        (figure.value && !same_kind(figure.range[0], *figure.value))) {
      bad("the ends of the range and the value have different units");
      return;
    }
    if (figure.value &&
        (figure.value->base < figure.range[0].base || figure.value->base > figure.range[1].base)) {
      bad("the range does not hold the value");
    }
  }

  void period(const FiscalPeriod& period, const Node& node) {
    if (period.first && period.last && *period.last < *period.first) {
      report(Code::kInconsistent, fmt::format("period '{}' ends before it begins", period.id),
             node.find("last"), "correct the days");
    }
  }

 private:
  void report(Code code, std::string message, const Node& node, std::string help) {
    errors_.push_back({code, std::move(message), node.span(), {std::move(help)}, {}});
  }

  Diagnostics& errors_;
};

// Calls with each figure of a period: its key, what it is, and the value.
template <class F>
void each_figure(const FiscalPeriod& period, const F& call) {
  const auto one = [&](const auto& f) {
    using T = std::remove_cvref_t<decltype(period.*(f.member))>;
    if constexpr (std::is_same_v<T, std::optional<FigureValue>>) {
      if (period.*(f.member)) {
        call(f.key, f.options.doc, *(period.*(f.member)));
      }
    }
  };
  std::apply([&one](const auto&... f) { (one(f), ...); }, data::Record<FiscalPeriod>::fields());
}

struct MarketFolders {
  RecordFolder<MarketFigure> figures;
  RecordFolder<FiscalPeriod> periods;
  RecordFolder<MarketEvent> events;
  RecordFolder<MarketStatement> statements;

  MarketFolders(Catalog& catalog, Diagnostics& errors)
      : figures("figure", catalog.replaced, errors),
        periods("period", catalog.replaced, errors),
        events("event", catalog.replaced, errors),
        statements("statement", catalog.replaced, errors) {}

  // The figures of a period under their full names, dated as its results unless they say otherwise.
  void add_period(const FiscalPeriod& period, const data::DataFile& file, const Node& node) {
    each_figure(period, [&](std::string_view key, std::string_view what, const FigureValue& value) {
      MarketFigure figure;
      static_cast<FigureValue&>(figure) = value;
      figure.id = fmt::format("{}.{}", period.id, key);
      figure.what = fmt::format("{}, {}", what, period.title);
      figure.period = period.id;
      if (!figure.published) {
        figure.published = period.published;
      }
      figures.add(std::move(figure), file, node.find(key).span());
    });
    periods.add(period, file, node.find("id").span());
  }
};

template <class R>
void add_all(std::vector<R>& records, std::string_view key, const Node& root,
             const data::DataFile& file, RecordFolder<R>& folder) {
  const std::vector<Node> nodes = root.find(key).items();
  for (std::size_t i = 0; i < records.size(); ++i) {
    folder.add(std::move(records[i]), file, nodes[i].find("id").span());
  }
}

template <class R>
const R* find_sorted(const std::vector<R>& records, std::string_view id) {
  const auto found = std::lower_bound(records.begin(), records.end(), id,
                                      [](const R& r, std::string_view key) { return r.id < key; });
  return found != records.end() && found->id == id ? &*found : nullptr;
}

}  // namespace

std::optional<Interval<double>> FigureValue::bounds() const {
  if (value) {
    return Interval<double>{value->base, value->base};
  }
  if (range.size() == 2) {
    return Interval<double>{range[0].base, range[1].base};
  }
  return std::nullopt;
}

const MarketFigure* MarketData::figure(std::string_view id) const {
  return find_sorted(figures, id);
}
const FiscalPeriod* MarketData::period(std::string_view id) const {
  return find_sorted(periods, id);
}
const MarketEvent* MarketData::event(std::string_view id) const { return find_sorted(events, id); }
const MarketStatement* MarketData::statement(std::string_view id) const {
  return find_sorted(statements, id);
}

void check_record(const data::MarketFile& file, const Document& document, Diagnostics& errors) {
  MarketCheck check(errors);
  const Node root = document.root();
  const std::vector<Node> figures = root.find("figure").items();
  for (std::size_t i = 0; i < file.figures.size(); ++i) {
    check.basis(file.figures[i], file.figures[i].known(), true, figures[i]);
    check.value(file.figures[i], figures[i]);
  }
  const std::vector<Node> periods = root.find("period").items();
  for (std::size_t i = 0; i < file.periods.size(); ++i) {
    check.period(file.periods[i], periods[i]);
    each_figure(file.periods[i],
                [&](std::string_view key, std::string_view, const FigureValue& value) {
                  check.basis(value, value.known(), false, periods[i].find(key));
                  check.value(value, periods[i].find(key));
                });
  }
  const std::vector<Node> events = root.find("event").items();
  for (std::size_t i = 0; i < file.events.size(); ++i) {
    check.basis(file.events[i], true, false, events[i]);
  }
  const std::vector<Node> statements = root.find("statement").items();
  for (std::size_t i = 0; i < file.statements.size(); ++i) {
    check.basis(file.statements[i], !file.statements[i].values.empty(), true, statements[i]);
  }
}

void load_market(const data::FileSet& files, Catalog& catalog, Diagnostics& errors) {
  MarketFolders folders(catalog, errors);
  for (const data::DataFile* file : files.under("market")) {
    const Document document(file->display, file->text, errors);
    auto read = read_document<data::MarketFile>(document, errors);
    if (!read) {
      continue;
    }
    const Node root = document.root();
    add_all(read->figures, "figure", root, *file, folders.figures);
    add_all(read->statements, "statement", root, *file, folders.statements);
    for (MarketEvent& event : read->events) {
      if (!event.published) {
        event.published = event.date;
      }
    }
    add_all(read->events, "event", root, *file, folders.events);
    const std::vector<Node> nodes = root.find("period").items();
    for (std::size_t i = 0; i < read->periods.size(); ++i) {
      folders.add_period(read->periods[i], *file, nodes[i]);
    }
  }
  catalog.market = {folders.figures.take(), folders.periods.take(), folders.events.take(),
                    folders.statements.take()};
}

}  // namespace redline

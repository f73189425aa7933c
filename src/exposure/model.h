#pragma once
// A scenario made ready to be worked out: every number has a place in a row, everything that is
// drawn a dimension, everything stands in the order in which it can be worked out.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redline/catalog.h"
#include "redline/copula.h"
#include "redline/distribution.h"
#include "redline/ledger.h"
#include "redline/sensitivity.h"

#include "exposure/formula.h"
#include "exposure/quantile_table.h"
#include "exposure/scenario_records.h"

namespace redline::exposure {

using SlotIndex = std::uint32_t;
inline constexpr int kNone = -1;

// Days since 1970-01-01; an event that never comes has an infinite one.
[[nodiscard]] inline double day_number(Date day) {
  return static_cast<double>(day.time_since_epoch().count());
}

// What the file says of a number, for the reader.
struct QuantityInfo {
  std::string id, what;
  std::string shown;    // the distribution or formula as understood
  std::string unit;     // in which `shown` is
  double factor = 1.0;  // of that unit in base units
  std::string origin;   // "figure nvda…", "12 precedents since 2018-01-01", "asked: …"
  ValueKind kind;
  SlotIndex slot = 0;
  int dimension = kNone;  // that it is drawn from
  std::optional<Distribution> distribution{};
  std::optional<Date> date{};
  std::optional<Basis> basis{};
  std::vector<std::string> sources{};
  std::string note{};
};

struct DrawNode {
  QuantileTable table;
  double factor = 1.0;
  unsigned dimension = 0;
};
struct EventNode {
  std::vector<SlotIndex> after, unless;
  double from = 0.0, until = 0.0;  // days
  bool happened = false;           // on `from`
  std::optional<SlotIndex> probability, delay, rate;
  int occurs = kNone, when = kNone;  // dimensions
};
// A question about an event: whether it came by a day, or how many days after one.
struct DayNode {
  SlotIndex event = 0;
  double day = 0.0;
  bool by = true;
  double latest = 0.0;  // the last day that is looked at: what comes later counts as if then
};
enum class NodeKind : std::uint8_t { kDraw, kFormula, kEvent, kDay };
struct Node {
  NodeKind kind;
  std::uint32_t index;
  SlotIndex slot;
};

struct EventInfo {
  std::string id, what, actor, note;
  SlotIndex slot = 0;
  std::vector<std::string> after, unless, sources;
  std::string odds;  // in words: "beta(…), after 30 to 200 days"
  bool happened = false;
  std::vector<unsigned> dimensions;
};

struct Quarter {
  FiscalQuarter name;
  double first = 0.0, last = 0.0;  // days, both of the quarter
};
struct Firm {
  std::string id, title;
  SlotIndex tax = 0;
  std::optional<SlotIndex> shares;
  std::vector<Quarter> quarters;
};

struct Market {
  std::string id, what;
  std::size_t reference = 0;  // line
  SlotIndex sold = 0, growth = 0, rival_growth = 0, preference = 0, outside = 0, taste = 0;
  std::optional<SlotIndex> rival_supply;
};

struct Line {
  std::string id, what, chip;
  std::size_t firm = 0;
  int market = kNone, stock_of = kNone, replaces = kNone, builds_on = kNone;  // builds_on: a slot
  std::vector<SlotIndex> closes, opens, ends;
  SlotIndex usefulness = 0, demand = 0, growth = 0, margin = 0, price = 0, conversion = 0;
  SlotIndex supply_lead = 0, lead = 0, share = 0, duty = 0, passed_on = 0;
  SlotIndex stock = 0, stock_reusable = 0, realisable = 0, commitments = 0, cancellable = 0;
  SlotIndex reusable = 0, holds = 0, patience = 0, fungible = 0, development = 0;
  std::optional<SlotIndex> cap, supply;
};

struct Option {
  std::string id, title, what;
  std::vector<std::size_t> lines;  // with those of every option, in the order of the file
};

struct AnswerInfo {
  std::string id, what;
  Formula formula;
  std::string unit;
  double factor = 1.0;
  std::string text;        // the formula
  bool of_option = false;  // it differs between options
};

struct Belief {
  std::vector<std::size_t> over;  // quantities
  std::vector<double> from, to;   // base units
  int steps = 5;
};

// What lines and firms give in a quarter, as places in the row.
enum class LineMeasure : std::uint8_t {
  kRevenue,
  kBlocked,   // what buyers would have taken while it was closed
  kReleased,  // margin on stock that had been written down
  kInventoryCharge,
  kPurchaseCharge,
};
inline constexpr std::size_t kLineMeasures = 5;
enum class FirmMeasure : std::uint8_t { kRevenue, kCharge, kGrossProfit, kCash, kNet, kReleased };
inline constexpr std::size_t kFirmMeasures = 6;
// The first so many are told by quarter too, the others over all of them.
inline constexpr std::size_t kQuarterMeasures = 4;

struct Model {
  std::string id, title;
  Date as_of{};
  std::size_t quarters = 0;
  std::vector<QuantityInfo> quantities;
  std::vector<EventInfo> events;
  std::vector<Firm> firms;
  std::vector<Market> markets;
  std::vector<Line> lines;
  std::vector<Option> options;
  std::optional<std::size_t> expected;  // option that the firm will take, in the author's view
  std::vector<AnswerInfo> answers;
  std::vector<Belief> beliefs;

  std::vector<Node> nodes;  // in the order of work
  std::vector<DrawNode> draws;
  std::vector<Formula> formulas;
  std::vector<EventNode> event_nodes;
  std::vector<DayNode> day_nodes;

  std::vector<double> row;  // with the constants
  unsigned dimensions = 0;
  std::optional<GaussianCopula> copula;
  std::vector<unsigned> correlated;  // dimensions, in the order of the copula
  std::vector<Factor> factors;       // an input each, or inputs that are correlated

  // What lines and firms give stands first in the row.
  [[nodiscard]] SlotIndex slot_of(std::size_t line, LineMeasure measure,
                                  std::size_t quarter) const {
    const std::size_t place = line * kLineMeasures + static_cast<std::size_t>(measure);
    return static_cast<SlotIndex>(place * quarters + quarter);
  }
  [[nodiscard]] SlotIndex slot_of(std::size_t firm, FirmMeasure measure,
                                  std::size_t quarter) const {
    const std::size_t place =
        lines.size() * kLineMeasures + firm * kFirmMeasures + static_cast<std::size_t>(measure);
    return static_cast<SlotIndex>(place * quarters + quarter);
  }
  [[nodiscard]] SlotIndex outcomes() const {
    return static_cast<SlotIndex>((lines.size() * kLineMeasures + firms.size() * kFirmMeasures) *
                                  quarters);
  }
};

// What the other parts of the system say to a question.
struct Asked {
  Distribution distribution;
  ValueKind kind;
  std::string how;
};
struct ScenarioContext {
  const Catalog* catalog = nullptr;
  std::vector<SeriesRecord> precedents;
  std::function<Result<Asked>(const AskRecord& ask, Date as_of)> ask;
};

// All problems of the file at once, each with its place.
[[nodiscard]] Loaded<Model> read_model(const std::string& file, const std::string& text,
                                       const ScenarioContext& context);

// A formula of a question about a model that is ready, such as a back-test asks.
[[nodiscard]] Loaded<AnswerInfo> read_answer(Model& model, const std::string& id,
                                             const std::string& what, const std::string& formula,
                                             const std::string& unit);

}  // namespace redline::exposure

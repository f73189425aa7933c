#pragma once
// Worlds of a scenario, many at a time: what is drawn, when events come, and what each option then
// brings, quarter by quarter, in whole cents.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "redline/sampling.h"

#include "exposure/model.h"

namespace redline::exposure {

// Holds the memory of one thread; the model must outlive it. Only the first worlds that are taken
// allocate.
//
// A number is a column, of one lane for each world, and every step of the work is a loop over the
// lanes. Lines that share a market, a stock or capacity are worked out together, and once for all
// options that have the same ones of them. The books are those of redline::Ledger, line by line; a
// test holds the two against each other.
class Worlds {
 public:
  static constexpr std::size_t kLanes = Formula::kLanes;
  // Worlds that are best taken together.
  static constexpr std::size_t kAtOnce = 4096;

  explicit Worlds(const Model& model);
  Worlds(const Worlds&) = delete;
  Worlds& operator=(const Worlds&) = delete;

  // Points of the unit cube, dimension by dimension.
  struct Points {
    std::span<const double> u;
    std::size_t count;  // in each
    [[nodiscard]] const double* of(unsigned dimension) const { return &u[dimension * count]; }
  };
  // Makes worlds of so many of the points ready to be drawn.
  void take(const Points& points, std::size_t first, std::size_t count);
  // The same of points of a plan, in an order in which worlds stand together where the same events
  // come, as far as that is seen from the points alone: most steps of the work can be left out
  // where they concern no lane. No world's numbers hang on it.
  void take_by_fate(const SamplePlan& plan, std::uint64_t first, std::size_t count);
  // Draws the worlds from `first` on, a multiple of kLanes, of those that were taken.
  void draw(std::size_t first);
  // Takes and draws `count` worlds, kLanes at the most: `u` has a number in (0, 1) for each world
  // and dimension, world by world.
  void draw(std::span<const double> u, std::size_t count);
  // From the next worlds on that are taken nothing is worked out but these numbers and what they
  // hang on, and inputs that could have no value; the others have any value.
  void work_out_only(std::span<const SlotIndex> slots);
  // From the next draw on a quantity is this, and not what is drawn for it.
  void hold(SlotIndex slot, double value);
  // Works out what an option brings in the worlds that were drawn.
  void play(std::size_t option);

  [[nodiscard]] double value(SlotIndex slot, std::size_t lane) const {
    return columns_[slot][lane];
  }
  // The first option that brings the same as the one that was played, in each of these worlds, as
  // far as is seen from the lines that do something in them; perhaps itself.
  [[nodiscard]] std::size_t same_as() const { return same_as_; }
  // What the option that was played brings to a firm in a quarter, in whole cents; there until
  // other worlds are drawn.
  [[nodiscard]] const double* cents(std::size_t firm, FirmMeasure measure,
                                    std::size_t quarter) const {
    return columns_[m_.slot_of(firm, measure, quarter)];
  }
  // The same of the first firm over all quarters; kLanes numbers.
  void total(FirmMeasure measure, double* out) const;
  // The same of a line, in dollars.
  [[nodiscard]] double usd(std::size_t line, LineMeasure measure, std::size_t quarter,
                           std::size_t lane) const {
    return columns_[m_.slot_of(line, measure, quarter)][lane];
  }
  // Of the first firm over all quarters, in dollars.
  [[nodiscard]] double net_usd(std::size_t lane) const;
  // A formula, of what was drawn and of the option that was played; kLanes numbers.
  void work_out(const Formula& formula, double* out) const { formula.work_out(columns_, out); }
  // Whether every input of a world has a value.
  [[nodiscard]] bool sound(std::size_t lane) const { return sound_[lane] == 0.0; }

 private:
  // Of a line, what does not change from quarter to quarter: within bounds, ready for use.
  enum LineColumn : std::uint8_t {
    kClosed,
    kOpened,
    kEnded,
    kBuilt,
    kWrittenOff,
    kWeight,
    kMargin,
    kCost,
    kTaken,
    kConversion,
    kDevelopment,
    kDevelopmentQuarters,
    kDemand,
    kGrowth,
    kLate,  // quarters
    kOriginal,
    kInventory,
    kAccrued,  // the books as they stand
    kLineColumns,
  };
  enum WindowColumn : std::uint8_t { kBefore, kAgain, kSupplied, kWindowColumns };
  enum FirmColumn : std::uint8_t {
    kRevenueOf,
    kCostOf,
    kProvisionsOf,
    kTakenOf,
    kDevelopmentOf,
    kCashOf,
    kReleasedOf,
    kFirmColumns,
  };
  // What the lanes of a line do in a quarter, for skipping what none does.
  struct Stirs {
    bool before = false, again = false, supplies = false;
    bool closes = false, builds = false, writes_off = false;
  };
  // Lines that hang together, as one or several options have them.
  struct Group {
    std::vector<std::size_t> lines, markets, firms;
    bool ready = false;           // in the worlds that were drawn
    std::vector<double> outcome;  // firm of the group x measure x quarter, cents
    std::vector<double> results;  // line of the group x measure x quarter, dollars
    std::vector<char> written;    // of those
    // The first group in which the same lines do something in the worlds that were drawn, which are
    // in the same place there; none where none does.
    std::optional<std::size_t> stands_for{};
  };

  // Of all worlds that were taken: what is drawn, or for events the number that decides.
  [[nodiscard]] double* column(unsigned dimension) { return &drawn_[rows_[dimension] * apart_]; }
  [[nodiscard]] double* of_line(std::size_t line, LineColumn column) {
    return &lines_[(line * kLineColumns + column) * kLanes];
  }
  [[nodiscard]] double* window(std::size_t line, std::size_t quarter, WindowColumn column) {
    return &windows_[((line * m_.quarters + quarter) * kWindowColumns + column) * kLanes];
  }
  // What a market holds in a quarter beside its domestic parts: lines that are open, and their
  // weight together.
  struct Crowd {
    std::vector<std::size_t> lines;
    std::size_t number = 0;  // of all that were seen in the worlds that were drawn; none is 0
  };
  [[nodiscard]] Crowd& crowd(std::size_t market, std::size_t quarter) {
    return crowds_[market * m_.quarters + quarter];
  }
  [[nodiscard]] double* crowd_weight(std::size_t market, std::size_t quarter) {
    return &crowd_weights_[(market * m_.quarters + quarter) * kLanes];
  }
  [[nodiscard]] double* potential(std::size_t line, std::size_t quarter) {
    return &potentials_[(line * m_.quarters + quarter) * kLanes];
  }
  [[nodiscard]] double* grown(std::size_t line, std::size_t quarter) {
    return &grown_[(line * m_.quarters + quarter) * kLanes];
  }
  [[nodiscard]] bool asked(std::size_t line, LineMeasure measure, std::size_t quarter) const {
    return asked_[m_.slot_of(line, measure, quarter)] != 0;
  }
  // To be written to; zeros until then.
  [[nodiscard]] double* result(Group& group, std::size_t line, LineMeasure measure,
                               std::size_t quarter) {
    const std::size_t at =
        (place_[line] * kLineMeasures + static_cast<std::size_t>(measure)) * m_.quarters + quarter;
    group.written[at] = 1;
    return &group.results[at * kLanes];
  }
  [[nodiscard]] double* outcome(Group& group, std::size_t firm, FirmMeasure measure,
                                std::size_t quarter) {
    const std::size_t at = firm_place_[firm] * kFirmMeasures + static_cast<std::size_t>(measure);
    return &group.outcome[(at * m_.quarters + quarter) * kLanes];
  }
  [[nodiscard]] double* books(std::size_t firm, FirmColumn column) {
    return books_[firm * kFirmColumns + column];
  }
  [[nodiscard]] Stirs& stirs(std::size_t line, std::size_t quarter) {
    return stirs_[line * m_.quarters + quarter];
  }

  void compare_groups();
  void find_needed(std::span<const SlotIndex> slots);
  void find_fates();
  void order_by_fate(const SamplePlan& plan, std::uint64_t first, std::size_t count);
  template <class Drawn>
  void draw_block(std::size_t count, const Drawn& drawn);
  void draw_table(unsigned dimension);
  void draw_node(const Node& node, std::size_t first);
  void draw_event(const EventNode& node, double* out, std::size_t first);
  void draw_day(const DayNode& node, double* out) const;
  void open_line(std::size_t line);
  void rest_line(std::size_t line);
  void ready_line(std::size_t line);
  void look_at_quarters(std::size_t line);
  void grow_market(std::size_t market);
  void group_lines();
  void add_firm(std::size_t option, std::size_t firm, const double* outcome);
  void work_out(Group& group);
  void open_books(std::size_t line);
  void open_quarter(Group& group, std::size_t quarter);
  void close_quarter(Group& group, std::size_t quarter);
  void crowd_market(const Group& group, std::size_t market, std::size_t quarter);
  const double* find_potential(Group& group, std::size_t line, std::size_t quarter);
  void grow_line(std::size_t line);
  void find_alone(std::size_t line, std::size_t quarter, double* out);
  void find_replaced(Group& group, std::size_t line, std::size_t quarter, double* out);
  void find_in_market(std::size_t line, std::size_t quarter, double* out);
  void play_line(Group& group, std::size_t line, std::size_t quarter);
  void count_blocked(Group& group, std::size_t line, std::size_t quarter, const double* potential);
  void note(Group& group, std::size_t line, LineMeasure measure, std::size_t quarter,
            const double* cents);
  void develop(std::size_t line, std::size_t quarter);
  void receive(std::size_t line);
  void close_stock(Group& group, std::size_t line, std::size_t quarter);
  void build_stock(std::size_t line, std::size_t quarter, const double* potential);
  void write_off_stock(Group& group, std::size_t line, std::size_t quarter);
  void sell_freely(Group& group, std::size_t line, std::size_t quarter, const double* potential);
  void sell_again(Group& group, std::size_t line, std::size_t quarter, const double* potential);

  // Whether an event comes, from the points alone: on one side of a quantile, if others came.
  struct Fate {
    SlotIndex slot;
    std::vector<std::size_t> after;       // fates, earlier ones
    std::optional<unsigned> dimension{};  // none where it always comes
    double above = 0.0, below = 1.0;      // comes between
    std::optional<unsigned> odds{};       // that its probability is drawn from, beside the bounds
    std::optional<unsigned> bit{};        // in the key of the order
  };

  const Model& m_;
  std::vector<Fate> fates_;
  // Of the dimensions that fates hang on: of each its row in early_, if it has one, and whether it
  // holds what is drawn, in place of points.
  std::vector<std::optional<std::size_t>> early_rows_;
  std::vector<char> drawn_early_;
  std::vector<double> early_;                 // row x point
  std::vector<double> points_;                // of one dimension
  std::vector<std::uint32_t> came_;           // fate x point
  std::vector<std::uint32_t> keys_, starts_;  // of points; of keys, in the order
  std::vector<std::uint32_t> order_;          // places of the points that were taken, or none
  // Of each dimension its row of drawn_: first those that are correlated, as the copula wants them.
  std::vector<std::size_t> rows_;
  std::vector<const DrawNode*> tables_;  // of each dimension; none of those of events
  std::vector<char> needed_, used_;      // nodes; dimensions
  std::size_t apart_ = 0;                // of rows: whole lanes
  std::vector<double> drawn_;            // row x world that was taken
  std::vector<double> few_;              // dimension x world
  std::vector<double> inputs_;           // slot x lane
  std::vector<const double*> columns_;   // of each slot; those of results by the option played
  std::vector<std::pair<SlotIndex, double>> held_;
  std::vector<double> sound_;    // 0, or NaN where an input has no value
  std::vector<double> lines_;    // line x LineColumn x lane
  std::vector<double> windows_;  // line x quarter x WindowColumn x lane
  std::vector<Stirs> stirs_;     // line x quarter
  std::vector<double> grown_;    // line x quarter x lane: wanted of lines that stand alone
  // Of kLate, of lines that use the capacity of another one.
  std::vector<double> soonest_, latest_;
  std::vector<char> left_out_;             // lines that nobody asks for
  std::vector<char> asked_;                // slots of lines and firms
  std::vector<std::size_t> same_options_;  // of each option, in the worlds that were drawn
  std::size_t same_as_ = 0;
  std::vector<char> idle_;               // lines that do nothing in any lane
  std::vector<char> replaced_;           // lines whose capacity another one uses
  std::vector<char> accrued_;            // lines with goods that are still to come
  std::vector<char> developed_;          // lines that are developed
  std::vector<double> demand_, rivals_;  // market x quarter x lane
  std::vector<double> rival_, nothing_;  // market x lane: weights
  std::vector<Crowd> crowds_;            // market x quarter, of the group worked out last
  std::vector<double> crowd_weights_;    // market x quarter x lane
  std::vector<std::size_t> open_;        // lines
  std::vector<double> potentials_;       // line x quarter x lane
  // Line x quarter: the number of the crowd in which the potential was found.
  std::vector<std::size_t> found_in_;
  // Firm x FirmColumn, of a quarter: in the group's outcome where it holds them, or apart.
  std::vector<double*> books_;
  std::vector<double> books_apart_;      // of the same, x lane
  std::vector<std::size_t> place_;       // of a line in the group that is worked out
  std::vector<std::size_t> firm_place_;  // of a firm
  std::vector<Group> groups_;
  std::vector<std::vector<std::size_t>> options_;  // groups of each
  std::vector<std::size_t> firm_groups_;  // groups of the option played that bring something to it
  // Option x firm x measure x quarter x lane, cents: sums over several groups.
  std::vector<double> firms_;
  std::vector<double> none_;  // a column of zeros
};

// Points of a model's cube, and some of them dimension by dimension.
[[nodiscard]] inline SamplePlan plan_of(const Model& model, SampleDesign design,
                                        std::uint64_t samples, std::uint64_t seed) {
  return {design, std::max(1U, model.dimensions), samples, seed};
}
inline void fill_points(const Model& model, const SamplePlan& plan, std::uint64_t first,
                        std::uint64_t count, std::vector<double>& points) {
  points.resize(count * model.dimensions);
  if (model.dimensions > 0) {
    plan.fill_columns(first, points);
  }
}

// Draws a world for each of `count` points, as many as there are lanes at a time, and calls
// work(place of the first, how many).
template <class Work>
void draw_in_turn(Worlds& worlds, std::span<const double> points, std::size_t count,
                  const Work& work) {
  for (std::size_t taken = 0; taken < count; taken += Worlds::kAtOnce) {
    const std::size_t size = std::min(Worlds::kAtOnce, count - taken);
    worlds.take({points, count}, taken, size);
    for (std::size_t at = 0; at < size; at += Worlds::kLanes) {
      worlds.draw(at);
      work(taken + at, std::min(Worlds::kLanes, size - at));
    }
  }
}

}  // namespace redline::exposure

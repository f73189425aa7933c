#include "exposure/counter.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "exposure/lane_loops.h"

namespace redline::exposure {
namespace {

// What the accounts of a model read of lines and firms.
std::vector<SlotIndex> slots_read(const Model& model) {
  std::vector<SlotIndex> slots{model.slot_of(0, FirmMeasure::kRevenue, 0)};
  for (const AnswerInfo& answer : model.answers) {
    const auto reads = answer.formula.reads();
    slots.insert(slots.end(), reads.begin(), reads.end());
  }
  return slots;
}

REDLINE_LANES void scale(double factor, double* values) {
  each([&](std::size_t i) { values[i] *= factor; });
}

}  // namespace

Counter::Counter(const Model& model, const std::vector<double>& scales)
    : m_(model),
      scales_(scales),
      places_(model),
      worlds_(model),
      bins_(model.options.size() * places_.size() * kBlock),
      waiting_(model.options.size() * places_.size()),
      blocks_(waiting_.size()),
      values_(waiting_.size()),
      made_(waiting_.size()) {
  worlds_.work_out_only(slots_read(model));
  result.of.assign(model.options.size(), std::vector<Account>(places_.size()));
}

void Counter::block(const SamplePlan& plan, std::uint64_t first, std::uint64_t count) {
  fill_points(m_, plan, first, count, points_);
  const auto take = [this](std::size_t, std::size_t lanes) { take_lanes(lanes); };
  draw_in_turn(worlds_, points_, count, take, true);
  for (std::size_t k = 0; k < waiting_.size(); ++k) {
    const std::size_t waiting = std::exchange(waiting_[k], 0);
    result.of[k / places_.size()][k % places_.size()].tally.count_bins(
        std::span(bins_).subspan(k * kBlock, waiting));
  }
  result.samples += count;
}

void Counter::take_lanes(std::size_t lanes) {
  for (std::size_t i = 0; i < lanes; ++i) {
    result.unsound += worlds_.sound(i) ? 0 : 1;
  }
  for (std::size_t o = 0; o < m_.options.size(); ++o) {
    worlds_.play(o);
    if (worlds_.same_as() < o) {
      for (std::size_t place = 0; place < places_.size(); ++place) {
        if (has(o, place)) {
          take_again(o, worlds_.same_as(), place);
        }
      }
    } else {
      take_books(o, lanes);
      take_answers(o, lanes);
    }
  }
}

void Counter::take_books(std::size_t option, std::size_t lanes) {
  for (std::size_t k = 0; k < kFirmMeasures; ++k) {
    const auto measure = static_cast<FirmMeasure>(k);
    for (std::size_t q = 0; k < kQuarterMeasures && q < m_.quarters; ++q) {
      take(option, places_.of(measure, q), worlds_.cents(0, measure, q), lanes);
    }
    double* const total = made_[at(option, places_.total(measure))].data();
    worlds_.total(measure, total);
    take(option, places_.total(measure), total, lanes);
  }
}

void Counter::take_answers(std::size_t option, std::size_t lanes) {
  for (std::size_t a = 0; a < m_.answers.size(); ++a) {
    const std::size_t place = places_.answer(a);
    if (has(option, place)) {
      double* const values = made_[at(option, place)].data();
      worlds_.work_out(m_.answers[a].formula, values);
      scale(scales_[a], values);
      take(option, place, values, lanes);
    }
  }
}

// Paths often bring the same in a quarter, such as a charge that all of them have.
void Counter::take(std::size_t option, std::size_t place, const double* values, std::size_t lanes) {
  const std::size_t here = at(option, place);
  values_[here] = values;
  for (std::size_t other = 0; other < option && has(other, place); ++other) {
    const double* const seen = values_[at(other, place)];
    if (seen[0] == values[0] && std::memcmp(seen, values, lanes * sizeof(double)) == 0) {
      take_again(option, other, place);
      return;
    }
  }
  blocks_[here] = Tally::look_at({values, lanes}, &bins_[here * kBlock + waiting_[here]]);
  count(option, place);
}

// What another option brought in the same worlds.
void Counter::take_again(std::size_t option, std::size_t other, std::size_t place) {
  const std::size_t here = at(option, place), from = at(other, place);
  values_[here] = values_[from];
  blocks_[here] = blocks_[from];
  const std::size_t noted = blocks_[here].noted;
  std::copy_n(&bins_[from * kBlock + waiting_[from] - noted], noted,
              &bins_[here * kBlock + waiting_[here]]);
  count(option, place);
}

void Counter::count(std::size_t option, std::size_t place) {
  const std::size_t here = at(option, place);
  Account& account = result.of[option][place];
  account.tally.take(blocks_[here]);
  account.undefined += blocks_[here].left_out;
  waiting_[here] += blocks_[here].noted;
}

}  // namespace redline::exposure

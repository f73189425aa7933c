#include "exposure/counter.h"

#include <algorithm>
#include <cstring>

#include "exposure/lane_loops.h"

namespace redline::exposure {
namespace {

// What the accounts of a model read.
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
      values_(model.options.size() * places_.size()),
      made_(values_.size()),
      shared_(places_.size()) {
  worlds_.work_out_only(slots_read(model));
}

void Counter::block(const SamplePlan& plan, std::uint64_t first, std::uint64_t count) {
  worlds_.take_by_fate(plan, first, count);
  for (std::uint64_t at = 0; at < count; at += Worlds::kLanes) {
    worlds_.draw(at);
    take_lanes(std::min(Worlds::kLanes, count - at));
  }
  samples_ += count;
}

RunResult Counter::result() {
  RunResult all;
  all.samples = samples_;
  all.unsound = unsound_;
  all.of.assign(m_.options.size(), std::vector<Account>(places_.size()));
  for (std::size_t place = 0; place < places_.size(); ++place) {
    Shared& shared = shared_[place];
    for (std::size_t k = 0; k < shared.feeds.size(); ++k) {
      for (OptionSet rest = shared.options[k]; rest.bits != 0; rest = rest.without_least()) {
        Account& account = all.of[rest.least()][place];
        account.tally.merge(shared.feeds[k].tally());
        account.undefined += shared.feeds[k].left_out();
      }
    }
  }
  return all;
}

void Counter::take_lanes(std::size_t lanes) {
  for (std::size_t i = 0; i < lanes; ++i) {
    unsound_ += worlds_.sound(i) ? 0 : 1;
  }
  for (std::size_t o = 0; o < m_.options.size(); ++o) {
    worlds_.play(o);
    if (worlds_.same_as() < o) {
      std::copy_n(&values_[at(worlds_.same_as(), 0)], places_.size(), &values_[at(o, 0)]);
    } else {
      work_out_books(o);
      work_out_answers(o);
    }
  }
  for (std::size_t place = 0; place < places_.size(); ++place) {
    count(place, lanes);
  }
}

void Counter::work_out_books(std::size_t option) {
  for (std::size_t k = 0; k < kFirmMeasures; ++k) {
    const auto measure = static_cast<FirmMeasure>(k);
    for (std::size_t q = 0; k < kQuarterMeasures && q < m_.quarters; ++q) {
      values_[at(option, places_.of(measure, q))] = worlds_.cents(0, measure, q);
    }
    double* const total = made_[at(option, places_.total(measure))].data();
    worlds_.total(measure, total);
    values_[at(option, places_.total(measure))] = total;
  }
}

void Counter::work_out_answers(std::size_t option) {
  for (std::size_t a = 0; a < m_.answers.size(); ++a) {
    const std::size_t place = places_.answer(a);
    if (has(option, place)) {
      double* const values = made_[at(option, place)].data();
      worlds_.work_out(m_.answers[a].formula, values);
      scale(scales_[a], values);
      values_[at(option, place)] = values;
    }
  }
}

void Counter::count(std::size_t place, std::size_t lanes) {
  const std::size_t options = has(1, place) ? m_.options.size() : 1;
  for (std::size_t first = 0; first < options; first += kSetSize) {
    OptionSet rest{first, ~std::uint64_t{0} >> (kSetSize - std::min(kSetSize, options - first))};
    while (rest.bits != 0) {
      const double* const values = values_[at(rest.least(), place)];
      OptionSet alike{first, 0};
      for (OptionSet others = rest; others.bits != 0; others = others.without_least()) {
        const double* const seen = values_[at(others.least(), place)];
        if (seen == values ||
            (seen[0] == values[0] && std::memcmp(seen, values, lanes * sizeof(double)) == 0)) {
          alike.bits |= others.least_alone().bits;
        }
      }
      count(place, alike, {values, lanes});
      rest.bits &= ~alike.bits;
    }
  }
}

// Where there are ever other sets of options that are alike, each option is counted alone, so that
// memory is bounded.
void Counter::count(std::size_t place, const OptionSet& options, std::span<const double> values) {
  if (TallyFeed* const feed = feed_of(place, options)) {
    feed->add(values);
    return;
  }
  for (OptionSet rest = options; rest.bits != 0; rest = rest.without_least()) {
    feed_of(place, rest.least_alone())->add(values);
  }
}

// None for several options where there are enough such feeds.
TallyFeed* Counter::feed_of(std::size_t place, const OptionSet& options) {
  constexpr std::ptrdiff_t kMostShared = 8;
  auto& [all, feeds] = shared_[place];
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (all[k] == options) {
      return &feeds[k];
    }
  }
  const auto several = [](const OptionSet& one) { return one.several(); };
  if (options.several() && std::count_if(all.begin(), all.end(), several) >= kMostShared) {
    return nullptr;
  }
  all.push_back(options);
  return &feeds.emplace_back();
}

}  // namespace redline::exposure

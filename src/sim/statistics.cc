#include "sim/statistics.h"

#include <algorithm>
#include <cmath>

namespace redline::sim {
namespace {

constexpr double kLeast = 1e-7;          // seconds; below are all alike
constexpr double kLogBin = 0.00498754;   // ln 1.005
constexpr std::size_t kMostBins = 8192;  // up to some 10^10 s

std::size_t bin_of(double value) {
  if (!(value > kLeast)) {
    return 0;
  }
  const double bin = 1.0 + std::log(value / kLeast) / kLogBin;
  return static_cast<std::size_t>(std::min(bin, static_cast<double>(kMostBins - 1)));
}
double middle_of(std::size_t bin) {
  constexpr double kHalf = 0.5;
  return bin == 0 ? 0.0 : kLeast * std::exp((static_cast<double>(bin) - kHalf) * kLogBin);
}

}  // namespace

void Sketch::add(double value) {
  const std::size_t bin = bin_of(value);
  if (bins_.empty()) {
    first_ = bin;
    bins_.push_back(0);
  } else if (bin < first_) {
    bins_.insert(bins_.begin(), first_ - bin, 0);
    first_ = bin;
  } else if (bin >= first_ + bins_.size()) {
    bins_.resize(bin - first_ + 1U);
  }
  ++bins_[bin - first_];
  ++count_;
  sum_ += value;
  most_ = std::max(most_, value);
}

void Sketch::merge(const Sketch& other) {
  if (other.bins_.empty()) {
    return;
  }
  if (bins_.empty()) {
    *this = other;
    return;
  }
  const std::size_t first = std::min(first_, other.first_);
  const std::size_t end = std::max(first_ + bins_.size(), other.first_ + other.bins_.size());
  bins_.insert(bins_.begin(), first_ - first, 0);
  bins_.resize(end - first);
  first_ = first;
  for (std::size_t i = 0; i < other.bins_.size(); ++i) {
    bins_[other.first_ - first + i] += other.bins_[i];
  }
  count_ += other.count_;
  sum_ += other.sum_;
  most_ = std::max(most_, other.most_);
}

double Sketch::mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0.0; }

double Sketch::at_rank(double rank) const {
  double below = 0.0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    below += bins_[i];
    if (below >= rank) {
      return std::min(most_, middle_of(first_ + i));
    }
  }
  return most_;
}

double Sketch::quantile(double share) const {
  return at_rank(std::max(1.0, std::ceil(share * static_cast<double>(count_))));
}

void Slices::arrive(std::uint64_t number, const Totals& now) {
  if (number / width_ >= kMost) {
    for (std::size_t i = 0; 2 * i < slices_.size(); ++i) {
      Slice merged = std::move(slices_[2 * i]);
      if (2 * i + 1 < slices_.size()) {
        const Slice& other = slices_[2 * i + 1];
        merged.requests += other.requests;
        merged.finished += other.finished;
        merged.good += other.good;
        merged.ttft.merge(other.ttft);
        merged.tpot.merge(other.tpot);
        merged.latency.merge(other.latency);
        merged.task.merge(other.task);
      }
      slices_[i] = std::move(merged);
    }
    slices_.resize((slices_.size() + 1U) / 2U);
    width_ *= 2;
  }
  const auto slice = static_cast<std::size_t>(number / width_);
  while (slices_.size() <= slice) {
    slices_.emplace_back().begin = now;
  }
}

std::size_t Slices::warmup() const {
  std::vector<double> means;
  for (const Slice& one : slices_) {
    if (one.latency.count() > 0) {
      means.push_back(one.latency.mean());
    }
  }
  constexpr std::size_t kFew = 8;
  if (means.size() != slices_.size() || means.size() < kFew) {
    return 0;
  }
  std::size_t best = 0;
  double least = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t i = means.size(); i-- > 0;) {
    sum += means[i];
    squares += means[i] * means[i];
    const auto left = static_cast<double>(means.size() - i);
    if (2 * i > means.size()) {
      continue;
    }
    const double spread = std::max(0.0, squares - sum * sum / left);
    const double error = spread / (left * left);
    if (2 * (i + 1) > means.size() || error <= least) {
      least = error;
      best = i;
    }
  }
  return best;
}

double student_t(std::size_t degrees) {
  // Hill's expansion (Abramowitz and Stegun 26.7.5) is exact to a thousandth from 4 degrees on.
  constexpr std::array<double, 4> kFew{12.706, 4.303, 3.182, 2.776};
  if (degrees == 0) {
    return kFew[0];
  }
  if (degrees <= kFew.size()) {
    return kFew[degrees - 1];
  }
  constexpr double kNormal = 1.959964;
  const auto n = static_cast<double>(degrees);
  const double z = kNormal;
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  return z + (z3 + z) / (4.0 * n) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * n * n);
}

namespace {

constexpr double kNormal = 1.959964;  // 97.5 %
constexpr std::size_t kBatches = 16;
constexpr std::size_t kFewestBatches = 8;

// Half the width of the interval about the mean of as many values as there are batches.
double half_width(const std::vector<double>& values) {
  double mean = 0.0;
  for (const double one : values) {
    mean += one / static_cast<double>(values.size());
  }
  double squares = 0.0;
  for (const double one : values) {
    squares += (one - mean) * (one - mean);
  }
  const auto n = static_cast<double>(values.size());
  return student_t(values.size() - 1) * std::sqrt(squares / (n * (n - 1.0)));
}

QuantileEstimate quantile_of(const Sketch& all, const std::vector<Sketch>& batches, double share) {
  QuantileEstimate found{share, all.quantile(share), {}, {}};
  const auto n = static_cast<double>(all.count());
  const double spread = kNormal * std::sqrt(n * share * (1.0 - share));
  const double low_rank = n * share - spread;
  const double high_rank = n * share + spread + 1.0;
  if (low_rank < 1.0 || high_rank > n) {
    return found;
  }
  double low = all.at_rank(std::floor(low_rank));
  double high = all.at_rank(std::ceil(high_rank));
  if (batches.size() >= kFewestBatches) {
    std::vector<double> values;
    for (const Sketch& one : batches) {
      values.push_back(one.quantile(share));
    }
    const double half = half_width(values);
    low = std::min(low, std::max(0.0, found.value - half));
    high = std::max(high, found.value + half);
  }
  found.low = std::min(low, found.value);
  found.high = std::max(high, found.value);
  return found;
}

LatencyStats stats_of(const Sketch& all, const std::vector<Sketch>& batches) {
  LatencyStats found;
  found.count = all.count();
  found.mean = all.mean();
  found.most = all.most();
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    found.quantiles[i] = quantile_of(all, batches, kQuantiles[i]);
  }
  if (batches.size() >= kFewestBatches) {
    std::vector<double> means;
    for (const Sketch& one : batches) {
      means.push_back(one.mean());
    }
    const double half = half_width(means);
    found.mean_low = std::max(0.0, found.mean - half);
    found.mean_high = found.mean + half;
  }
  return found;
}

}  // namespace

LatencyStats latency_stats(const std::vector<Slice>& slices, std::size_t first,
                           Sketch Slice::*member) {
  Sketch all;
  std::vector<Sketch> batches;
  const std::size_t kept = slices.size() - std::min(first, slices.size());
  const std::size_t each = std::max<std::size_t>(1, (kept + kBatches - 1) / kBatches);
  for (std::size_t i = 0; i < kept; ++i) {
    const Sketch& one = slices[first + i].*member;
    all.merge(one);
    if (i % each == 0) {
      batches.emplace_back();
    }
    batches.back().merge(one);
  }
  batches.erase(std::remove_if(batches.begin(), batches.end(),
                               [](const Sketch& one) { return one.count() == 0; }),
                batches.end());
  return stats_of(all, batches);
}

void Timeline::halve() {
  for (std::size_t i = 0; 2 * i < sums_.size(); ++i) {
    Sum merged = sums_[2 * i];
    if (2 * i + 1 < sums_.size()) {
      const Sum& other = sums_[2 * i + 1];
      merged.running += other.running;
      merged.waiting += other.waiting;
      merged.cache += other.cache;
    }
    sums_[i] = merged;
  }
  sums_.resize((sums_.size() + 1U) / 2U);
  width_s_ *= 2.0;
}

void Timeline::add(double from_s, double to_s, double running, double waiting, double cache) {
  while (to_s >= width_s_ * static_cast<double>(kMost)) {
    halve();
  }
  double at = from_s;
  while (at < to_s) {
    const auto index = static_cast<std::size_t>(at / width_s_);
    const double end = std::min(to_s, width_s_ * static_cast<double>(index + 1));
    const double span = end - at;
    if (sums_.size() <= index) {
      sums_.resize(index + 1);
    }
    sums_[index].running += running * span;
    sums_[index].waiting += waiting * span;
    sums_[index].cache += cache * span;
    if (!(end > at)) {
      break;
    }
    at = end;
  }
}

std::vector<TimelinePoint> Timeline::points(double end_s) const {
  std::vector<TimelinePoint> found;
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const double at = width_s_ * static_cast<double>(i);
    const double span = std::min(width_s_, end_s - at);
    if (span > 0.0) {
      found.push_back(
          {at, span, sums_[i].running / span, sums_[i].waiting / span, sums_[i].cache / span});
    }
  }
  return found;
}

}  // namespace redline::sim

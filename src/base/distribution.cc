#include "redline/distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include "base/distribution_table.h"

namespace redline {
namespace {

namespace bm = boost::math;
namespace policies = boost::math::policies;

// Whatever a special function cannot work out is a value that is checked here, not an exception.
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>,
    policies::underflow_error<policies::ignore_error>,
    policies::denorm_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>, policies::promote_double<false>>;

// Where one argument is 0 or 1, the series behind it are not asked.
double beta_cumulative(double a, double b, double x) {
  return x <= 0.0 ? 0.0 : x >= 1.0 ? 1.0 : bm::ibeta(a, b, x, Quiet());
}
double gamma_cumulative(double shape, double x) {
  return x <= 0.0 ? 0.0 : bm::gamma_p(shape, x, Quiet());
}
double poisson_cumulative(double mean, double count) {
  return count < 0.0 ? 0.0 : bm::gamma_q(count + 1.0, mean, Quiet());
}

// Doubles as integers of the same order.
std::int64_t place_of(double x) {
  const auto bits = std::bit_cast<std::int64_t>(x);
  return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}
double double_at(std::int64_t place) {
  return std::bit_cast<double>(place >= 0 ? place
                                          : std::numeric_limits<std::int64_t>::min() - place);
}

// The least double of [low, high] whose share is p or more, in at most 64 steps; `high` if none.
template <class Cumulative>
double bisect(double p, double low, double high, const Cumulative& cumulative) {
  if (!(low < high) || cumulative(low) >= p) {
    return low;
  }
  std::int64_t below = place_of(low), above = place_of(high);
  while (below < above - 1) {
    const std::int64_t middle = std::midpoint(below, above);
    (cumulative(double_at(middle)) >= p ? above : below) = middle;
  }
  return double_at(above);
}

// Boost's inverses of the incomplete beta and gamma functions miss for some arguments (beta with a
// shape of 0.5 near 0): a guess is taken only where the function leads back to p.
template <class Cumulative>
double checked(double guess, double p, double high, const Cumulative& cumulative) {
  constexpr double kClose = 1e-9;
  if (guess >= 0.0 && guess <= high &&
      std::fabs(cumulative(guess) - p) <= kClose * std::min(p, 1.0 - p)) {
    return guess;
  }
  return bisect(p, 0.0, high, cumulative);
}

double beta_quantile(double p, double a, double b) {
  return checked(bm::ibeta_inv(a, b, p, Quiet()), p, 1.0,
                 [a, b](double x) { return beta_cumulative(a, b, x); });
}

double gamma_quantile(double p, double mean, double cv) {
  const double shape = 1.0 / (cv * cv);
  const double guess = bm::gamma_p_inv(shape, p, Quiet());
  // No draw of 53 bits lies beyond 50 means and 50 in the tail.
  return mean / shape * checked(guess, p, 50.0 * shape + 50.0, [shape](double x) {
           return gamma_cumulative(shape, x);
         });
}

// From the normal approximation, corrected for skew, it is a few steps to the count.
double poisson_quantile(double p, double mean) {
  const double z = normal_quantile(p);
  double count = std::max(0.0, std::floor(mean + z * std::sqrt(mean) + (z * z - 1.0) / 6.0));
  while (count > 0.0 && poisson_cumulative(mean, count - 1.0) >= p) {
    count -= 1.0;
  }
  while (poisson_cumulative(mean, count) < p) {
    count += 1.0;
  }
  return count;
}

double triangular_quantile(double p, double a, double m, double b) {
  return p * (b - a) <= m - a ? a + std::sqrt(p * (b - a) * (m - a))
                              : b - std::sqrt((1.0 - p) * (b - a) * (b - m));
}
double triangular_cumulative(double x, double a, double m, double b) {
  if (x <= a || x >= b) {
    return x <= a ? 0.0 : 1.0;
  }
  return x <= m ? (x - a) / (b - a) * ((x - a) / (m - a))
                : 1.0 - (b - x) / (b - a) * ((b - x) / (b - m));
}

// PERT is a beta distribution stretched from a to b.
struct Shapes {
  double a, b;
};
Shapes pert_shapes(double a, double m, double b) {
  return {1.0 + 4.0 * ((m - a) / (b - a)), 1.0 + 4.0 * ((b - m) / (b - a))};
}

std::size_t place_in(const std::vector<double>& ascending, double p) {
  const auto found = std::lower_bound(ascending.begin(), ascending.end(), p);
  const auto place = static_cast<std::size_t>(found - ascending.begin());
  return std::min(place, ascending.size() - 1);
}

double empirical_quantile(const std::vector<double>& values, double p) {
  const double place = std::ceil(p * static_cast<double>(values.size())) - 1.0;
  const auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<std::size_t>(std::clamp(place, 0.0, last))];
}
double empirical_cumulative(const std::vector<double>& values, double x) {
  const auto above = std::upper_bound(values.begin(), values.end(), x);
  return static_cast<double>(above - values.begin()) / static_cast<double>(values.size());
}

// Ranks from 1; shares are cumulative.
double zipf_cumulative(const std::vector<double>& shares, double x) {
  const double rank = std::min(std::floor(x), static_cast<double>(shares.size()));
  return rank < 1.0 ? 0.0 : shares[static_cast<std::size_t>(rank) - 1];
}
double zipf_mean(const std::vector<double>& shares) {
  // The sum of the shares of all ranks from k on, over k.
  double mean = static_cast<double>(shares.size());
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    mean -= shares[i];
  }
  return mean;
}

}  // namespace

double normal_quantile(double p) { return -std::numbers::sqrt2 * bm::erfc_inv(2.0 * p, Quiet()); }
double normal_cumulative(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

Distribution Distribution::constant(double value) { return {DistributionKind::kConstant, value}; }

Distribution Distribution::gamma(double mean, double cv) {
  RL_CHECK(mean > 0.0 && cv >= kLeastCv && cv <= kMostCv);
  return {DistributionKind::kGamma, mean, cv};
}

double Distribution::mixture_cumulative(double x) const {
  double share = 0.0;
  for (std::size_t i = 0; i < table_->parts.size(); ++i) {
    share += table_->values[i] * table_->parts[i].cumulative(x);
  }
  return share;
}

// Between the least and the greatest quantile of the parts. To the last bit, so that a part that
// is one value is met exactly.
double Distribution::mixture_quantile(double p) const {
  double low = table_->parts.front().quantile(p), high = low;
  for (const Distribution& part : table_->parts) {
    const double one = part.quantile(p);
    low = std::min(low, one);
    high = std::max(high, one);
  }
  return bisect(p, low, high, [this](double x) { return mixture_cumulative(x); });
}

double Distribution::quantile(double p) const {
  switch (kind_) {
    case DistributionKind::kConstant:
      return a_;
    case DistributionKind::kUniform:
      return a_ + p * (b_ - a_);
    case DistributionKind::kTriangular:
      return triangular_quantile(p, a_, b_, c_);
    case DistributionKind::kPert: {
      const Shapes shapes = pert_shapes(a_, b_, c_);
      return a_ + (c_ - a_) * beta_quantile(p, shapes.a, shapes.b);
    }
    case DistributionKind::kBeta:
      return beta_quantile(p, a_, b_);
    case DistributionKind::kNormal:
      return a_ + b_ * normal_quantile(p);
    case DistributionKind::kLognormal:
      return a_ * std::exp(b_ * normal_quantile(p));
    case DistributionKind::kExponential:
      return -a_ * std::log1p(-p);
    case DistributionKind::kGamma:
      return gamma_quantile(p, a_, b_);
    case DistributionKind::kBernoulli:
      return p <= 1.0 - a_ ? 0.0 : 1.0;
    case DistributionKind::kPoisson:
      return poisson_quantile(p, a_);
    case DistributionKind::kZipf:
      return static_cast<double>(place_in(table_->values, p) + 1);
    case DistributionKind::kMixture:
      return mixture_quantile(p);
    case DistributionKind::kEmpirical:
      return empirical_quantile(table_->values, p);
  }
  return a_;
}

void Distribution::quantiles(std::span<double> p) const {
  if (kind_ == DistributionKind::kUniform) {
    for (double& one : p) {
      one = a_ + one * (b_ - a_);
    }
    return;
  }
  for (double& one : p) {
    one = quantile(one);
  }
}

double Distribution::cumulative(double x) const {
  switch (kind_) {
    case DistributionKind::kConstant:
      return x >= a_ ? 1.0 : 0.0;
    case DistributionKind::kUniform:
      return std::clamp((x - a_) / (b_ - a_), 0.0, 1.0);
    case DistributionKind::kTriangular:
      return triangular_cumulative(x, a_, b_, c_);
    case DistributionKind::kPert: {
      const Shapes shapes = pert_shapes(a_, b_, c_);
      return beta_cumulative(shapes.a, shapes.b, (x - a_) / (c_ - a_));
    }
    case DistributionKind::kBeta:
      return beta_cumulative(a_, b_, x);
    case DistributionKind::kNormal:
      return normal_cumulative((x - a_) / b_);
    case DistributionKind::kLognormal:
      return x <= 0.0 ? 0.0 : normal_cumulative(std::log(x / a_) / b_);
    case DistributionKind::kExponential:
      return x <= 0.0 ? 0.0 : -std::expm1(-x / a_);
    case DistributionKind::kGamma:
      return gamma_cumulative(1.0 / (b_ * b_), x / (a_ * b_ * b_));
    case DistributionKind::kBernoulli:
      return x < 0.0 ? 0.0 : x < 1.0 ? 1.0 - a_ : 1.0;
    case DistributionKind::kPoisson:
      return poisson_cumulative(a_, std::floor(x));
    case DistributionKind::kZipf:
      return zipf_cumulative(table_->values, x);
    case DistributionKind::kMixture:
      return mixture_cumulative(x);
    case DistributionKind::kEmpirical:
      return empirical_cumulative(table_->values, x);
  }
  return 0.0;
}

double Distribution::mean() const {
  switch (kind_) {
    case DistributionKind::kUniform:
      return 0.5 * a_ + 0.5 * b_;
    case DistributionKind::kTriangular:
      return (a_ + b_ + c_) / 3.0;
    case DistributionKind::kPert:
      return (a_ + 4.0 * b_ + c_) / 6.0;
    case DistributionKind::kBeta:
      return a_ / (a_ + b_);
    case DistributionKind::kLognormal:
      return a_ * std::exp(0.5 * b_ * b_);
    case DistributionKind::kZipf:
      return zipf_mean(table_->values);
    case DistributionKind::kMixture: {
      double mean = 0.0;
      for (std::size_t i = 0; i < table_->parts.size(); ++i) {
        mean += table_->values[i] * table_->parts[i].mean();
      }
      return mean;
    }
    case DistributionKind::kEmpirical:
      return std::accumulate(table_->values.begin(), table_->values.end(), 0.0) /
             static_cast<double>(table_->values.size());
    case DistributionKind::kConstant:
    case DistributionKind::kNormal:
    case DistributionKind::kExponential:
    case DistributionKind::kGamma:
    case DistributionKind::kBernoulli:
    case DistributionKind::kPoisson:
      return a_;
  }
  return a_;
}

bool operator==(const Distribution& a, const Distribution& b) {
  const bool tables = a.table_ == b.table_ || (a.table_ && b.table_ && *a.table_ == *b.table_);
  return a.kind_ == b.kind_ && a.a_ == b.a_ && a.b_ == b.b_ && a.c_ == b.c_ && tables;
}

}  // namespace redline

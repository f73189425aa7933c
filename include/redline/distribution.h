#pragma once
// Distributions of one number, as users write them: "2k to 16k", "100 ± 20", "gamma(3, 0.5)".
// docs/distributions.md has the literals.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "redline/error.h"

namespace redline {

enum class DistributionKind : std::uint8_t {
  kConstant,
  kUniform,
  kTriangular,
  kPert,
  kBeta,
  kNormal,
  kLognormal,
  kExponential,
  kGamma,
  kBernoulli,
  kPoisson,
  kZipf,
  kMixture,
  kEmpirical,
};

// Of the standard normal distribution; `p` in (0, 1).
[[nodiscard]] double normal_quantile(double p);
[[nodiscard]] double normal_cumulative(double z);

// A value, cheap to copy.
class Distribution {
 public:
  Distribution() = default;  // always 0
  [[nodiscard]] static Distribution constant(double value);
  // `cv` is the coefficient of variation, within kLeastCv and kMostCv.
  [[nodiscard]] static Distribution gamma(double mean, double cv);
  static constexpr double kLeastCv = 0.001, kMostCv = 10.0;

  // Reads a literal. Errors (kDistributionSyntax) name the place in it: `where->text` is the
  // literal, `where->file` is "distribution" until the caller puts the name of an option there.
  [[nodiscard]] static Result<Distribution> parse(std::string_view text);

  // The inverse of the distribution function, for 0 < p < 1: one uniform number gives a draw, and
  // the same one gives alike draws of distributions that are alike. Finite; monotone, to rounding.
  [[nodiscard]] double quantile(double p) const;
  // Each of many `p` becomes its quantile.
  void quantiles(std::span<double> p) const;
  // The share of draws that are at most `x`.
  [[nodiscard]] double cumulative(double x) const;
  [[nodiscard]] double mean() const;
  // The distribution as understood, such as "lognormal, 5 % 200, 95 % 2000".
  [[nodiscard]] std::string describe() const;

  [[nodiscard]] DistributionKind kind() const { return kind_; }
  friend bool operator==(const Distribution& a, const Distribution& b);

 private:
  friend class DistributionReader;
  struct Table;

  Distribution(DistributionKind kind, double a, double b = 0.0, double c = 0.0)
      : kind_(kind), a_(a), b_(b), c_(c) {}

  [[nodiscard]] double mixture_quantile(double p) const;
  [[nodiscard]] double mixture_cumulative(double x) const;
  [[nodiscard]] std::string describe_mixture() const;

  DistributionKind kind_ = DistributionKind::kConstant;
  // In the order of the literal; of a lognormal the median and the deviation of the logarithm.
  double a_ = 0.0, b_ = 0.0, c_ = 0.0;
  std::shared_ptr<const Table> table_{};  // of kZipf, kMixture and kEmpirical
};

}  // namespace redline

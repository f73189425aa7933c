#include <cmath>

#include <fmt/format.h>

#include "redline/distribution.h"

#include "base/distribution_table.h"

namespace redline {
namespace {

using Kind = DistributionKind;

std::string shown(double value) {
  const bool long_whole = std::fabs(value) >= 1e6 && std::fabs(value) < 1e15;
  return long_whole ? fmt::format("{:.0f}", value) : fmt::format("{:.6g}", value);
}

}  // namespace

std::string Distribution::describe_mixture() const {
  std::string out;
  for (std::size_t i = 0; i < table_->parts.size(); ++i) {
    out += fmt::format("{}{:.6g}: {}", i == 0 ? "mixture of " : "; ", table_->values[i],
                       table_->parts[i].describe());
  }
  return out;
}

std::string Distribution::describe() const {
  const std::string a = shown(a_), b = shown(b_), c = shown(c_);
  switch (kind_) {
    case Kind::kConstant:
      return "constant " + a;
    case Kind::kUniform:
      return fmt::format("uniform from {} to {}", a, b);
    case Kind::kTriangular:
      return fmt::format("triangular from {} to {}, likeliest {}", a, c, b);
    case Kind::kPert:
      return fmt::format("PERT from {} to {}, likeliest {}", a, c, b);
    case Kind::kBeta:
      return fmt::format("beta, shapes {} and {}", a, b);
    case Kind::kNormal:
      return fmt::format("normal, mean {}, standard deviation {}", a, b);
    case Kind::kLognormal:
      return fmt::format("lognormal, 5 % {}, 95 % {}", shown(quantile(0.05)),
                         shown(quantile(0.95)));
    case Kind::kExponential:
      return "exponential, mean " + a;
    case Kind::kGamma:
      return fmt::format("gamma, mean {}, coefficient of variation {}", a, b);
    case Kind::kBernoulli:
      return fmt::format("1 with probability {}, else 0", a);
    case Kind::kPoisson:
      return "Poisson, mean " + a;
    case Kind::kZipf:
      return fmt::format("Zipf over 1 to {}, exponent {}", a, b);
    case Kind::kMixture:
      return describe_mixture();
    case Kind::kEmpirical:
      return fmt::format("one of {} values from {} to {}", table_->values.size(),
                         shown(table_->values.front()), shown(table_->values.back()));
  }
  return {};
}

}  // namespace redline

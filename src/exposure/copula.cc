#include "redline/copula.h"

#include <algorithm>
#include <cmath>

#include "redline/error.h"

#include "exposure/lane_math.h"
#include "exposure/lanes.h"

namespace redline {
namespace {

// Lower triangle, row by row; none where the matrix is not positive definite.
std::optional<std::vector<double>> cholesky(const CorrelationMatrix& matrix) {
  const std::size_t n = matrix.size;
  std::vector<double> factor(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = matrix.at(i, j);
      for (std::size_t k = 0; k < j; ++k) {
        rest -= factor[i * n + k] * factor[j * n + k];
      }
      if (i != j) {
        factor[i * n + j] = rest / factor[j * n + j];
        continue;
      }
      // Rounding alone must not make a singular matrix pass.
      constexpr double kLeastPivot = 1e-12;
      if (!(rest > kLeastPivot)) {
        return std::nullopt;
      }
      factor[i * n + i] = std::sqrt(rest);
    }
  }
  return factor;
}

struct Eigen {
  std::vector<double> values;
  std::vector<double> vectors;  // column k belongs to value k
};

// Jacobi's rotations: a few dozen inputs at most are correlated by name.
Eigen eigen_of(std::vector<double> a, std::size_t n) {
  Eigen e{std::vector<double>(n), std::vector<double>(n * n, 0.0)};
  for (std::size_t i = 0; i < n; ++i) {
    e.vectors[i * n + i] = 1.0;
  }
  constexpr int kMostSweeps = 64;
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    double off = 0.0;
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        off += a[p * n + q] * a[p * n + q];
      }
    }
    if (off < 1e-30) {
      break;
    }
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        if (a[p * n + q] == 0.0) {
          continue;
        }
        const double theta = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
        const double t =
            (theta >= 0.0 ? 1.0 : -1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1.0));
        const double c = 1.0 / std::sqrt(t * t + 1.0);
        const double s = t * c;
        const auto rotate = [c, s](double& x, double& y) {
          const double old = x;
          x = c * old - s * y;
          y = s * old + c * y;
        };
        for (std::size_t k = 0; k < n; ++k) {
          rotate(a[k * n + p], a[k * n + q]);
        }
        for (std::size_t k = 0; k < n; ++k) {
          rotate(a[p * n + k], a[q * n + k]);
        }
        for (std::size_t k = 0; k < n; ++k) {
          rotate(e.vectors[k * n + p], e.vectors[k * n + q]);
        }
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    e.values[i] = a[i * n + i];
  }
  return e;
}

// The nearest symmetric matrix without an eigenvalue below `floor`.
std::vector<double> lifted(const std::vector<double>& matrix, std::size_t n, double floor) {
  const Eigen e = eigen_of(matrix, n);
  std::vector<double> out(n * n, 0.0);
  for (std::size_t k = 0; k < n; ++k) {
    const double value = std::max(e.values[k], floor);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        out[i * n + j] += value * e.vectors[i * n + k] * e.vectors[j * n + k];
      }
    }
  }
  return out;
}

}  // namespace

CorrelationMatrix CorrelationMatrix::identity(std::size_t size) {
  CorrelationMatrix matrix{size, std::vector<double>(size * size, 0.0)};
  for (std::size_t i = 0; i < size; ++i) {
    matrix.values[i * size + i] = 1.0;
  }
  return matrix;
}

void CorrelationMatrix::set(std::size_t row, std::size_t column, double value) {
  values[row * size + column] = value;
  values[column * size + row] = value;
}

CorrelationMatrix nearest_correlation(const CorrelationMatrix& matrix, double floor) {
  const std::size_t n = matrix.size;
  std::vector<double> now = matrix.values;
  std::vector<double> correction(n * n, 0.0);
  constexpr int kMostRounds = 1000;
  constexpr double kConverged = 1e-10;
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<double> shifted(n * n);
    for (std::size_t i = 0; i < n * n; ++i) {
      shifted[i] = now[i] - correction[i];
    }
    const std::vector<double> positive = lifted(shifted, n, floor);
    double moved = 0.0;
    for (std::size_t i = 0; i < n * n; ++i) {
      correction[i] = positive[i] - shifted[i];
      const double next = i % (n + 1) == 0 ? 1.0 : positive[i];
      moved = std::max(moved, std::abs(next - now[i]));
      now[i] = next;
    }
    if (moved < kConverged) {
      break;
    }
  }
  // The diagonal was set last: scaled, the matrix keeps it and is definite.
  const std::vector<double> positive = lifted(now, n, floor);
  CorrelationMatrix out = CorrelationMatrix::identity(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      out.set(i, j, positive[i * n + j] / std::sqrt(positive[i * n + i] * positive[j * n + j]));
    }
  }
  return out;
}

std::optional<GaussianCopula> GaussianCopula::of(const CorrelationMatrix& matrix) {
  auto factor = cholesky(matrix);
  if (!factor) {
    return std::nullopt;
  }
  GaussianCopula copula;
  copula.size_ = matrix.size;
  copula.factor_ = std::move(*factor);
  return copula;
}

REDLINE_LANES void GaussianCopula::correlate(std::span<double> u) const {
  RL_CHECK(u.size() % size_ == 0);
  const std::size_t points = u.size() / size_;
  // Whether any number lies beyond the bounds: as a rule none does.
  const auto reaches = [&](double least, double most) {
    std::int64_t beyond = 0;
    for (const double one : u) {
      beyond |= one < least || one > most ? 1 : 0;
    }
    return beyond != 0;
  };
  if (reaches(exposure::kFarShare, 1.0 - exposure::kFarShare)) {
    for (double& one : u) {
      one = exposure::normal_quantile_of(one);
    }
  } else {
    for (double& one : u) {
      one = exposure::normal_quantile_of<false>(one);
    }
  }
  // From the last: a row of the factor reads those before it.
  for (std::size_t i = size_; i-- > 0;) {
    double* const out = &u[i * points];
    for (std::size_t at = 0; at < points; ++at) {
      out[at] *= factor_[i * size_ + i];
    }
    for (std::size_t k = 0; k < i; ++k) {
      const double* const before = &u[k * points];
      REDLINE_INDEPENDENT
      for (std::size_t at = 0; at < points; ++at) {
        out[at] += factor_[i * size_ + k] * before[at];
      }
    }
  }
  if (reaches(-exposure::kFarDeviations, exposure::kFarDeviations)) {
    for (double& one : u) {
      one = exposure::normal_cumulative_of(one);
    }
  } else {
    for (double& one : u) {
      one = exposure::normal_cumulative_of<false>(one);
    }
  }
  for (double& one : u) {
    // Far in the tail the sum may round to 0 or 1, which have no quantile.
    one = one < 0x1p-54 ? 0x1p-54 : one > 1.0 - 0x1p-53 ? 1.0 - 0x1p-53 : one;
  }
}

}  // namespace redline

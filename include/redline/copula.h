#pragma once
// Inputs that move together: a Gaussian copula over numbers of the unit interval, from which each
// input draws by its own distribution.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace redline {

// Symmetric with a unit diagonal, row by row.
struct CorrelationMatrix {
  std::size_t size = 0;
  std::vector<double> values{};  // size x size

  [[nodiscard]] static CorrelationMatrix identity(std::size_t size);
  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    return values[row * size + column];
  }
  // Sets both places of a pair.
  void set(std::size_t row, std::size_t column, double value);
};

// The nearest correlation matrix in the Frobenius norm whose least eigenvalue is `floor` (Higham
// 2002: alternating projections with Dykstra's correction): what to offer for one that is not
// positive definite.
[[nodiscard]] CorrelationMatrix nearest_correlation(const CorrelationMatrix& matrix,
                                                    double floor = 1e-6);

class GaussianCopula {
 public:
  // None where the matrix is not positive definite.
  [[nodiscard]] static std::optional<GaussianCopula> of(const CorrelationMatrix& matrix);

  // Independent uniform numbers in (0, 1) become correlated ones: `matrix` holds the correlation of
  // their normal quantiles. `u` has size() columns, of one number for each point.
  void correlate(std::span<double> u) const;

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
  std::vector<double> factor_{};  // Cholesky's, lower, row by row
};

}  // namespace redline

#include "perf/fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

namespace redline::perf {
namespace {

constexpr int kRounds = 60;
constexpr double kPromising = 3.0;  // of the cost of a part: the whole may gain more
constexpr double kNoise = 0.06;     // scatter of a row about the model, in logarithm
constexpr double kStep = 1e-4;
constexpr double kSettled = 1e-6;
constexpr int kLeapRounds = 4;
constexpr double kLeap = 0.7;
constexpr double kWorthwhile = 0.1;  // of the cost: a thousandth of what one wild row adds

struct Unknown {
  std::size_t constant;
  std::string scope;
  double width;
  std::vector<std::size_t> rows{};  // that it acts on, rising
};

// Rows, and the unknowns that are sought with all others at rest.
struct Subset {
  std::vector<std::size_t> rows, unknowns;
};

// Symmetric positive definite matrix, by columns: the factor's inner loop runs down one.
class Matrix {
 public:
  explicit Matrix(std::size_t n) : n_(n), values_(n * n, 0.0) {}
  double& at(std::size_t i, std::size_t j) { return values_[j * n_ + i]; }
  double at(std::size_t i, std::size_t j) const { return values_[j * n_ + i]; }

  // Lower triangle becomes the Cholesky factor.
  void factor() {
    for (std::size_t j = 0; j < n_; ++j) {
      for (std::size_t k = 0; k < j; ++k) {
        for (std::size_t i = j; i < n_; ++i) {
          at(i, j) -= at(i, k) * at(j, k);
        }
      }
      const double root = std::sqrt(std::max(at(j, j), 1e-12));
      for (std::size_t i = j; i < n_; ++i) {
        at(i, j) /= root;
      }
    }
  }
  std::vector<double> solve(std::vector<double> b) const {
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        b[i] -= at(i, k) * b[k];
      }
      b[i] /= at(i, i);
    }
    for (std::size_t i = n_; i-- > 0;) {
      for (std::size_t k = i + 1; k < n_; ++k) {
        b[i] -= at(k, i) * b[k];
      }
      b[i] /= at(i, i);
    }
    return b;
  }

 private:
  std::size_t n_;
  std::vector<double> values_;
};

class Fitter {
 public:
  explicit Fitter(const FitProblem& problem) : problem_(problem) {
    std::map<std::pair<std::size_t, std::string>, std::size_t> index;
    for (const auto& scopes : problem_.scopes) {
      std::array<std::vector<std::size_t>, kMostConstants> acts;
      for (std::size_t c = 0; c < problem_.constants.size(); ++c) {
        const auto widths = widths_of(problem_.constants[c]);
        for (std::size_t s = 0; s < kScopes; ++s) {
          if (widths[s] <= 0.0) {
            continue;
          }
          const auto [found, added] = index.try_emplace({c, scopes[s]}, unknowns_.size());
          if (added) {
            unknowns_.push_back({c, scopes[s], widths[s]});
          }
          acts[c].push_back(found->second);
          unknowns_[found->second].rows.push_back(acts_.size());
        }
      }
      acts_.push_back(std::move(acts));
    }
    whole_.rows.resize(acts_.size());
    std::iota(whole_.rows.begin(), whole_.rows.end(), std::size_t{0});
    whole_.unknowns.resize(unknowns_.size());
    std::iota(whole_.unknowns.begin(), whole_.unknowns.end(), std::size_t{0});
  }

  std::vector<FittedConstant> run() {
    std::vector<double> x(unknowns_.size(), 0.0);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto& [constant, scope, width, rows] = unknowns_[i];
      const auto known =
          problem_.start.find({std::string(problem_.constants[constant].name), scope});
      x[i] = known == problem_.start.end() ? 0.0 : known->second->log_value;
    }
    settle(x, whole_);
    if (problem_.leaps) {
      for (int round = 0; round < kLeapRounds && leap(x); ++round) {
        settle(x, whole_);
      }
    }
    return finish(x);
  }

 private:
  // Places in `part` of the unknowns that some row depends on here, or that are not at rest: the
  // others are apart from these and stay where they are.
  std::vector<std::size_t> felt_by_rows(const Matrix& normal, const std::vector<double>& x,
                                        const Subset& part) const {
    std::vector<std::size_t> felt;
    for (std::size_t i = 0; i < part.unknowns.size(); ++i) {
      if (x[part.unknowns[i]] != 0.0 || normal.at(i, i) > tightness(part.unknowns[i])) {
        felt.push_back(i);
      }
    }
    return felt;
  }

  // Down the slopes to the nearest valley.
  void settle(std::vector<double>& x, const Subset& part) const {
    double damping = 1e-3;
    double cost = cost_of(x, part);
    for (int round = 0; round < kRounds; ++round) {
      const auto [normal, gradient] = linearise(x, part);
      const std::vector<std::size_t> felt = felt_by_rows(normal, x, part);
      bool better = false;
      for (int attempt = 0; attempt < 8 && !better; ++attempt) {
        Matrix damped(felt.size());
        std::vector<double> slopes;
        for (std::size_t i = 0; i < felt.size(); ++i) {
          for (std::size_t j = 0; j <= i; ++j) {
            damped.at(i, j) = normal.at(felt[i], felt[j]);
          }
          damped.at(i, i) *= 1.0 + damping;
          slopes.push_back(gradient[felt[i]]);
        }
        damped.factor();
        const std::vector<double> step = damped.solve(std::move(slopes));
        std::vector<double> next = x;
        for (std::size_t i = 0; i < felt.size(); ++i) {
          next[part.unknowns[felt[i]]] += std::clamp(step[i], -0.5, 0.5);
        }
        const double next_cost = cost_of(next, part);
        if (next_cost < cost) {
          better = true;
          damping = std::max(damping * 0.3, 1e-9);
          const bool settled = cost - next_cost < kSettled * cost;
          x = std::move(next);
          cost = next_cost;
          if (settled) {
            round = kRounds;
          }
        } else {
          damping *= 4.0;
        }
      }
      if (!better) {
        break;
      }
    }
  }

  // A latency binds only where it exceeds the work beside it and has no slope below, so each is
  // tried further up and down, first alone, then with what hangs on its rows alone settling round
  // it; false where none of that helps.
  bool leap(std::vector<double>& x) const {
    bool helped = false;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (problem_.constants[unknowns_[i].constant].part == Part::kLatency) {
        helped |= leap_alone(i, x);
      }
    }
    for (const std::size_t i : widest_latencies()) {
      helped |= leap_settling(i, x);
    }
    return helped;
  }
  bool leap_alone(std::size_t i, std::vector<double>& x) const {
    const double before = x[i];
    double cost = cost_of(x, whole_);
    double best = before;
    for (const double far : {-4.0, -2.0, -1.0, 1.0, 2.0, 4.0, 6.0}) {
      x[i] = before + far * kLeap;
      if (const double there = cost_of(x, whole_); there < cost - kWorthwhile) {
        cost = there;
        best = x[i];
      }
    }
    x[i] = best;
    return best != before;
  }
  bool leap_settling(std::size_t i, std::vector<double>& x) const {
    const Subset part = within(unknowns_[i].rows);
    const double near = cost_of(x, part);
    const double cost = cost_of(x, whole_);
    for (const double far : {-4.0, 4.0}) {
      std::vector<double> next = x;
      next[i] += far * kLeap;
      settle(next, part);
      const bool elsewhere = std::fabs(next[i] - x[i]) > kLeap;
      if (cost_of(next, part) > near + (elsewhere ? kPromising : -kWorthwhile)) {
        continue;
      }
      settle(next, whole_);
      if (cost_of(next, whole_) < cost - kWorthwhile) {
        x = std::move(next);
        return true;
      }
    }
    return false;
  }

  // Of the latencies that act on the very same rows one is enough: the one that moves most freely.
  // Those that act on all rows settle with the whole.
  std::vector<std::size_t> widest_latencies() const {
    std::map<std::pair<std::size_t, std::vector<std::size_t>>, std::size_t> widest;
    for (std::size_t i = 0; i < unknowns_.size(); ++i) {
      const Unknown& one = unknowns_[i];
      if (problem_.constants[one.constant].part != Part::kLatency ||
          one.rows.size() == whole_.rows.size()) {
        continue;
      }
      const auto [found, added] = widest.try_emplace({one.constant, one.rows}, i);
      if (one.width > unknowns_[found->second].width) {
        found->second = i;
      }
    }
    std::vector<std::size_t> list;
    for (const auto& [key, i] : widest) {
      list.push_back(i);
    }
    return list;
  }
  // With the unknowns that act on these rows alone.
  Subset within(const std::vector<std::size_t>& rows) const {
    Subset part{rows, {}};
    for (std::size_t i = 0; i < unknowns_.size(); ++i) {
      const auto& own = unknowns_[i].rows;
      if (std::includes(rows.begin(), rows.end(), own.begin(), own.end())) {
        part.unknowns.push_back(i);
      }
    }
    return part;
  }

  double tightness(std::size_t unknown) const {
    return 1.0 / (unknowns_[unknown].width * unknowns_[unknown].width);
  }
  Constants constants(const std::vector<double>& x, std::size_t row) const {
    Constants values{};
    for (std::size_t c = 0; c < problem_.constants.size(); ++c) {
      double sum = 0.0;
      for (const std::size_t u : acts_[row][c]) {
        sum += x[u];
      }
      values[c] = problem_.constants[c].start * std::exp(sum);
    }
    return values;
  }
  double log_time(std::size_t row, const Constants& values) const {
    return problem_.log_time(row, values);
  }
  static double weight(double residual) {
    const double u = residual / kNoise;
    return 1.0 / (1.0 + u * u / 3.0);  // Student t with three degrees of freedom
  }
  double cost_of(const std::vector<double>& x, const Subset& part) const {
    double sum = 0.0;
    for (const std::size_t r : part.rows) {
      const double u = (problem_.log_measured[r] - log_time(r, constants(x, r))) / kNoise;
      sum += 2.0 * std::log1p(u * u / 3.0);
    }
    for (const std::size_t i : part.unknowns) {
      sum += 0.5 * x[i] * x[i] * tightness(i);
    }
    return sum;
  }
  // By places in `part`.
  std::pair<Matrix, std::vector<double>> linearise(const std::vector<double>& x,
                                                   const Subset& part) const {
    const std::size_t n = part.unknowns.size();
    std::vector<std::size_t> places(x.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
      places[part.unknowns[i]] = i;
    }
    Matrix normal(n);
    std::vector<double> gradient(n, 0.0);
    std::vector<std::pair<std::size_t, double>> slopes;
    for (const std::size_t r : part.rows) {
      const Constants values = constants(x, r);
      const double here = log_time(r, values);
      const double residual = problem_.log_measured[r] - here;
      const double w = 4.0 / 3.0 * weight(residual) / (kNoise * kNoise);
      slopes.clear();
      for (std::size_t c = 0; c < problem_.constants.size(); ++c) {
        const auto& acting = acts_[r][c];
        if (std::all_of(acting.begin(), acting.end(),
                        [&](std::size_t u) { return places[u] == n; })) {
          continue;
        }
        Constants moved = values;
        moved[c] *= std::exp(kStep);
        const double slope = (log_time(r, moved) - here) / kStep;
        for (const std::size_t u : acting) {
          if (places[u] < n) {
            slopes.emplace_back(places[u], slope);
          }
        }
      }
      for (const auto& [i, si] : slopes) {
        gradient[i] += w * si * residual;
        for (const auto& [j, sj] : slopes) {
          if (j > i) {
            continue;  // the lower triangle is enough
          }
          normal.at(i, j) += w * si * sj;
        }
      }
    }
    for (std::size_t i = 0; i < n; ++i) {
      const double p = tightness(part.unknowns[i]);
      normal.at(i, i) += p;
      gradient[i] -= p * x[part.unknowns[i]];
    }
    return {std::move(normal), std::move(gradient)};
  }
  std::vector<FittedConstant> finish(const std::vector<double>& x) const {
    auto [normal, gradient] = linearise(x, whole_);
    normal.factor();
    std::vector<FittedConstant> fitted;
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::vector<double> unit(x.size(), 0.0);
      unit[i] = 1.0;
      const double variance = normal.solve(std::move(unit))[i];
      std::set<std::string> sources;
      for (const std::size_t r : unknowns_[i].rows) {
        sources.emplace(problem_.sources[r]);
      }
      fitted.push_back({std::string(problem_.model),
                        std::string(problem_.constants[unknowns_[i].constant].name),
                        unknowns_[i].scope,
                        x[i],
                        std::sqrt(variance),
                        static_cast<int>(unknowns_[i].rows.size()),
                        {sources.begin(), sources.end()}});
    }
    return fitted;
  }

  const FitProblem& problem_;
  std::vector<Unknown> unknowns_;
  std::vector<std::array<std::vector<std::size_t>, kMostConstants>> acts_;
  Subset whole_{};
};

}  // namespace

ScopeValues by_scope(const std::vector<FittedConstant>& constants, std::string_view model) {
  ScopeValues values;
  for (const FittedConstant& one : constants) {
    if (one.model == model) {
      values[{one.constant, one.scope}] = &one;
    }
  }
  return values;
}

std::vector<FittedConstant> fit(const FitProblem& problem) { return Fitter(problem).run(); }

std::vector<FittedConstant> fit(const Model& model, const std::vector<FitRow>& rows) {
  FitProblem problem{model.name, model.constants, {}, {}, {}, {}, false, {}};
  for (const FitRow& row : rows) {
    problem.scopes.push_back(row.scopes);
    problem.log_measured.push_back(std::log(row.row->value.base()));
    problem.sources.emplace_back(row.row->source);
  }
  problem.log_time = [&](std::size_t row, const Constants& values) {
    return std::log(total(predict(rows[row].row->kernel, rows[row].limits, values)));
  };
  return fit(problem);
}

Constants resolve(std::span<const ConstantInfo> constants, const ScopeValues& fitted,
                  const std::array<std::string, kScopes>& scopes) {
  Constants values{};
  for (std::size_t c = 0; c < constants.size(); ++c) {
    double sum = 0.0;
    for (const std::string& scope : scopes) {
      const auto found = fitted.find({std::string(constants[c].name), scope});
      sum += found == fitted.end() ? 0.0 : found->second->log_value;
    }
    values[c] = constants[c].start * std::exp(sum);
  }
  return values;
}

}  // namespace redline::perf

// Predictions of one machine: constants, error bars and what they rest on, resolved once.

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "perf/fit.h"
#include "perf/gemm.h"
#include "perf/stream.h"

namespace redline {
namespace {

using perf::Constants;
using perf::kKernelKeys;
using perf::kModelCount;
using perf::kNormal80;
using perf::Limits;
using perf::Model;

// An error bar where nothing at all was measured of an operator.
constexpr double kUnmeasured = 0.5;
// How much an error bar widens, in logarithm, for each factor of e beyond the fitted shapes.
constexpr double kBeyond = 0.05;
constexpr double kSlack = 2.0;  // this far beyond is still inside
constexpr std::size_t kTimings = 3;
// A row or two say little of a chip or of its family.
constexpr int kOwnRows = 3;
constexpr int kRelativesRows = 10;

struct Reach {
  std::array<double, 3> low{}, high{};
  bool known = false;

  void widen(const Support& support) {
    for (std::size_t i = 0; i < low.size(); ++i) {
      low[i] = known ? std::min(low[i], support.low[i]) : support.low[i];
      high[i] = known ? std::max(high[i], support.high[i]) : support.high[i];
    }
    known = true;
  }
  // Logarithm of how far a shape lies beyond.
  [[nodiscard]] double beyond(const std::array<double, 3>& shape) const {
    double most = 0.0;
    for (std::size_t i = 0; i < shape.size() && known; ++i) {
      if (shape[i] * kSlack >= low[i] && shape[i] <= high[i] * kSlack) {
        continue;
      }
      const double far = std::max(low[i] / kSlack / shape[i], shape[i] / (high[i] * kSlack));
      most = std::max(most, std::log(far));
    }
    return most;
  }
};

// One kernel on this machine.
struct Resolved {
  Constants constants{};
  Reach reach;
  double log_sd = kUnmeasured;
  double low = 1.0, high = 1.0;              // the interval within the fitted shapes, over the time
  Evidence rates = Evidence::kExtrapolated;  // of work and traffic
  std::array<Evidence, kTimings> launch{};   // of latency, by timing
};

Evidence weaker(Evidence a, Evidence b) { return std::max(a, b); }

// The scatter of the kernel itself or else of its model.
double scatter_of(const std::vector<Scatter>& scatter, std::string_view model,
                  std::string_view kernel, Evidence evidence, bool rates_alone) {
  double found = kUnmeasured;
  for (const Scatter& one : scatter) {
    if (one.model != model || one.evidence != evidence || one.rates_alone != rates_alone) {
      continue;
    }
    if (one.kernel == kernel) {
      return one.log_sd;
    }
    if (one.kernel.empty()) {
      found = one.log_sd;
    }
  }
  return found;
}

class Resolver {
 public:
  Resolver(const Machine& machine, const Limits& limits, const Calibration& calibration)
      : machine_(machine), limits_(limits), calibration_(calibration) {
    for (const FittedConstant& c : calibration.constants) {
      values_[c.model][{c.constant, c.scope}] = &c;
    }
  }

  [[nodiscard]] Resolved resolve(const Kernel& kernel) const {
    const Model& model = perf::model_of(kernel.op);
    const auto scopes = perf::scopes_of(kernel, machine_);
    const std::string name = perf::kernel_name(kernel);
    const std::string family = perf::family_of(kernel.op, machine_);
    Resolved found;
    const auto values = values_.find(model.name);
    found.constants = perf::resolve(
        model.constants, values == values_.end() ? perf::ScopeValues{} : values->second, scopes);
    int own = 0;
    int relatives = 0;
    std::array<int, kTimings> own_launches{};
    std::array<int, kTimings> related_launches{};
    Reach any;
    for (const Support& support : calibration_.support) {
      if (support.model != model.name) {
        continue;
      }
      const bool same_chip = support.chip == machine_.chip->id;
      const bool same_kernel = support.kernel == name;
      any.widen(support);
      if (same_kernel) {
        found.reach.widen(support);
      }
      const std::size_t timing = static_cast<std::size_t>(support.timing);
      const bool related = same_chip || support.family == family;
      own += same_chip && same_kernel ? support.rows : 0;
      relatives += related ? support.rows : 0;
      own_launches[timing] += same_chip ? support.rows : 0;
      related_launches[timing] += related ? support.rows : 0;
    }
    const auto evidence_of = [](int own_rows, int related_rows) {
      return own_rows >= kOwnRows             ? Evidence::kMeasured
             : related_rows >= kRelativesRows ? Evidence::kFamily
                                              : Evidence::kExtrapolated;
    };
    found.rates = evidence_of(own, relatives);
    for (std::size_t i = 0; i < kTimings; ++i) {
      found.launch[i] = evidence_of(own_launches[i], related_launches[i]);
    }
    if (!found.reach.known) {
      found.reach = any;
    }
    const bool rates_alone = !limits_.has_cores();
    found.log_sd = scatter_of(calibration_.scatter, model.name, name, found.rates,
                              rates_alone && found.rates == Evidence::kExtrapolated);
    found.high = std::exp(kNormal80 * found.log_sd);
    found.low = 1.0 / found.high;
    return found;
  }

 private:
  const Machine& machine_;
  const Limits& limits_;
  const Calibration& calibration_;
  std::map<std::string, perf::ScopeValues, std::less<>> values_;
};

// Some operator of every kind and format, which is all that a kernel's key depends on.
std::vector<Operator> kinds_of_operators() {
  constexpr std::array<Format, 8> kMath{Format::kFp32, Format::kTf32, Format::kBf16, Format::kFp8,
                                        Format::kInt8, Format::kFp6,  Format::kFp4,  Format::kInt4};
  std::vector<Operator> all;
  for (const Format format : kMath) {
    Gemm gemm;
    gemm.math = format;
    GroupedGemm grouped;
    grouped.math = format;
    Attention attention;
    attention.math = format;
    all.insert(all.end(), {gemm, grouped});
    attention.phase = Attention::Phase::kPrefill;
    all.emplace_back(attention);
    attention.phase = Attention::Phase::kDecode;
    all.emplace_back(attention);
    attention.latent = true;
    all.emplace_back(attention);
    attention.kv = Format::kInt4;
    all.emplace_back(attention);
    attention.latent = false;
    all.emplace_back(attention);
    attention.phase = Attention::Phase::kPrefill;
    all.emplace_back(attention);
  }
  for (int kind = 0; kind <= static_cast<int>(Stream::Kind::kOptimizer); ++kind) {
    Stream stream;
    stream.kind = static_cast<Stream::Kind>(kind);
    all.emplace_back(stream);
  }
  for (int kind = 0; kind <= static_cast<int>(Collective::Kind::kBroadcast); ++kind) {
    Collective collective;
    collective.kind = static_cast<Collective::Kind>(kind);
    all.emplace_back(collective);
  }
  for (const auto kind : {ExpertExchange::Kind::kDispatch, ExpertExchange::Kind::kCombine}) {
    ExpertExchange exchange;
    exchange.kind = kind;
    all.emplace_back(exchange);
  }
  return all;
}

}  // namespace

KernelBasis basis_of(const Kernel& kernel, const Machine& machine, const Calibration& calibration) {
  KernelBasis basis;
  basis.kernel = perf::kernel_name(kernel);
  const std::string_view model = perf::model_of(kernel.op).name;
  const std::string family = perf::family_of(kernel.op, machine);
  int nearest = 3;
  for (const Support& support : calibration.support) {
    if (support.model != model) {
      continue;
    }
    const bool same = support.kernel == basis.kernel;
    const int distance = same && support.chip == machine.chip->id ? 0
                         : same && support.family == family       ? 1
                         : same                                   ? 2
                                                                  : 3;
    if (distance < nearest) {
      nearest = distance;
      basis.nearest.clear();
    }
    if (distance == nearest) {
      basis.nearest.push_back(&support);
    }
  }
  return basis;
}

// By kernel, of one machine.
struct ResolvedKernels {
  std::vector<Resolved> resolved;
  std::array<std::uint16_t, kKernelKeys> index{};
};

struct KernelModel::State {
  Limits limits;
  std::shared_ptr<const ResolvedKernels> kernels;

  [[nodiscard]] const Resolved& of(std::size_t key) const {
    return kernels->resolved[kernels->index[key]];
  }
};

KernelModel::KernelModel(const Machine& machine, const Calibration& calibration)
    : state_(std::make_unique<State>()) {
  state_->limits = perf::limits_of(machine);
  auto kernels = std::make_shared<ResolvedKernels>();
  const Resolver resolver(machine, state_->limits, calibration);
  // Kernels without constants of their own share those of their model.
  std::set<std::pair<std::string, std::string>> known;
  for (const Support& support : calibration.support) {
    known.emplace(support.model, support.kernel);
  }
  std::array<std::uint16_t, kModelCount> unknown{};
  unknown.fill(0xffff);
  const auto add = [&](const Kernel& kernel) {
    kernels->resolved.push_back(resolver.resolve(kernel));
    return static_cast<std::uint16_t>(kernels->resolved.size() - 1);
  };
  for (const Operator& op : kinds_of_operators()) {
    const std::size_t model = perf::model_index(op);
    for (std::size_t library = 0; library < kLibraryNames.size(); ++library) {
      for (const Scaling scaling : {Scaling::kNone, Scaling::kTensor, Scaling::kBlock}) {
        Kernel kernel{op, {}};
        kernel.how.library = static_cast<Library>(library);
        kernel.how.scaling = scaling;
        std::uint16_t place = unknown[model];
        if (known.contains({std::string(perf::model_of(op).name), perf::kernel_name(kernel)})) {
          place = add(kernel);
        } else if (place == 0xffff) {
          place = unknown[model] = add(kernel);
        }
        kernels->index[perf::kernel_key(kernel)] = place;
      }
    }
  }
  state_->kernels = std::move(kernels);
}

KernelModel::KernelModel(std::unique_ptr<State> state) : state_(std::move(state)) {}

KernelModel::KernelModel(KernelModel&&) noexcept = default;
KernelModel& KernelModel::operator=(KernelModel&&) noexcept = default;
KernelModel::~KernelModel() = default;

std::optional<Message> KernelModel::refuses(const Kernel& kernel) const {
  return perf::refusal(kernel, state_->limits);
}

const Limits& KernelModel::limits() const { return state_->limits; }

KernelModel KernelModel::with(const Limits& limits) const {
  return KernelModel(std::make_unique<State>(State{limits, state_->kernels}));
}

perf::GemmKernel KernelModel::gemm(Format math, const Execution& how) const {
  Gemm any;
  any.math = math;
  return {math, how, state_->limits, state_->of(perf::kernel_key(any, how)).constants};
}

template <class Op>
KernelCost KernelModel::cost(const Op& op, const Execution& how) const {
  const Resolved& resolved = state_->of(perf::kernel_key(op, how));
  const perf::Demand demand = perf::demand_of(op);
  const perf::Roofline roofline = perf::roofline_of(op, demand, state_->limits);
  // Written where it is returned: a copy of numbers just written waits for them.
  KernelCost cost{perf::evaluate(op, how, demand, state_->limits, resolved.constants), demand.ops,
                  demand.bytes, roofline.least()};
  perf::raise_to(roofline, cost.parts);
  return cost;
}
template <>
KernelCost KernelModel::cost(const Gemm& op, const Execution& how) const {
  return gemm(op.math, how).cost(op);
}
template KernelCost KernelModel::cost(const GroupedGemm&, const Execution&) const;
template KernelCost KernelModel::cost(const Attention&, const Execution&) const;
template KernelCost KernelModel::cost(const Stream&, const Execution&) const;
template KernelCost KernelModel::cost(const Collective&, const Execution&) const;
template KernelCost KernelModel::cost(const ExpertExchange&, const Execution&) const;

KernelCost KernelModel::cost(const Kernel& kernel) const {
  return std::visit([&](const auto& op) { return cost(op, kernel.how); }, kernel.op);
}

KernelTime KernelModel::time(const Kernel& kernel) const {
  const Resolved& resolved = state_->of(perf::kernel_key(kernel));
  const perf::Parts parts = perf::predict(kernel, state_->limits, resolved.constants);
  KernelTime time;
  const double total = perf::total(parts);
  time.total = Seconds{total};
  const Evidence launch = resolved.launch[static_cast<std::size_t>(kernel.how.timing)];
  time.rests = {resolved.rates, resolved.rates, resolved.rates, launch};
  std::size_t greatest = 3;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    time.parts[i] = Seconds{parts[i]};
    greatest = parts[i] > parts[greatest] ? i : greatest;
  }
  time.bound = static_cast<Bound>(greatest);
  // A part that makes up less than this of the time does not decide how far it can be trusted.
  constexpr double kMatters = 0.2;
  time.evidence = Evidence::kMeasured;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] >= kMatters * total) {
      time.evidence = weaker(time.evidence, time.rests[i]);
    }
  }
  const double beyond = resolved.reach.beyond(perf::shape_of(kernel.op));
  time.outside_fitted_range = beyond > 0.0;
  if (beyond > 0.0) {
    const double factor = std::exp(kNormal80 * std::hypot(resolved.log_sd, kBeyond * beyond));
    time.low = Seconds{total / factor};
    time.high = Seconds{total * factor};
  } else {
    time.low = Seconds{total * resolved.low};
    time.high = Seconds{total * resolved.high};
  }
  return time;
}

}  // namespace redline

#pragma once
// How long one operator takes on one chip or one group of chips: a central value with its parts, an
// 80 % interval, and what the answer rests on.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/catalog.h"
#include "redline/chip.h"
#include "redline/error.h"
#include "redline/message.h"
#include "redline/operator.h"
#include "redline/units.h"

namespace redline::data {
struct FileSet;
}
namespace redline::perf {
class GemmKernel;
struct Limits;
}  // namespace redline::perf

namespace redline {

// Which kernel runs decides as much as the shape: the same product in fp8 with one scale a tensor
// and with one scale a block are different kernels.
enum class Library : std::uint8_t {
  kUnstated,
  kTorch,  // the vendor's own BLAS and kernels, as PyTorch calls them
  kTrtllm,
  kDeepgemm,
  kFlashinfer,
  kFlashattention3,
  kFlashattention4,
  kCudnn,
  kFlashmla,
  kNccl,
  kDeepep,
  kXla,
  kFlashattention2,
};
// How the measurement was timed; an engine that replays CUDA graphs sees kGraph.
enum class Timing : std::uint8_t { kGraph, kEvent, kHost };
enum class Scaling : std::uint8_t { kNone, kTensor, kBlock };

// Names in machine output and in files, by value.
inline constexpr std::array<std::string_view, 13> kLibraryNames{
    "any",   "torch",    "trtllm", "deepgemm", "flashinfer", "flashattention3", "flashattention4",
    "cudnn", "flashmla", "nccl",   "deepep",   "xla",        "flashattention2"};
inline constexpr std::array<std::string_view, 3> kTimingNames{"graph", "event", "host"};
inline constexpr std::array<std::string_view, 3> kScalingNames{"none", "tensor", "block"};

struct Execution {
  Library library = Library::kUnstated;
  Timing timing = Timing::kGraph;
  Scaling scaling = Scaling::kNone;
  bool quantizes = false;  // the activations are quantised inside the time
  bool repeats = false;    // a benchmark that runs one kernel again and again: caches stay warm
  // Of attention on a cache: each query head reads keys and values for itself, as FlashAttention-2
  // does for sequences of several queries, and for those of one that prompts stand beside.
  bool lone_heads = false;
};

struct Kernel {
  Operator op;
  Execution how;
};

// kMeasured: constants fitted on this chip and operator. kFamily: on chips of its architecture.
// kExtrapolated: the chip is known from its data sheet alone.
enum class Evidence : std::uint8_t { kMeasured, kFamily, kExtrapolated };
enum class Bound : std::uint8_t { kCompute, kMemory, kNetwork, kLatency };
inline constexpr std::array<std::string_view, 3> kEvidenceNames{"measured", "family",
                                                                "extrapolated"};

// The parts of a time and what binds it, in this order, and their names in machine output.
inline constexpr std::array<std::string_view, 4> kPartNames{"compute", "memory", "network",
                                                            "latency"};

struct KernelTime {
  Seconds total{};
  Seconds low{}, high{};            // 80 % interval, p10 to p90
  std::array<Seconds, 4> parts{};   // compute, memory, network, latency; they add up to total
  std::array<Evidence, 4> rests{};  // what each part rests on
  Bound bound = Bound::kLatency;    // the greatest part
  Evidence evidence = Evidence::kExtrapolated;  // the weakest of the parts that matter
  bool outside_fitted_range = false;            // larger or smaller than any fitted shape
};

// What joins the chips of a group, as plain numbers. Unknown: nullopt.
struct Network {
  Topology topology = Topology::kBus;
  bool reduces = false;                // the switch adds up (NVLink SHARP)
  std::optional<BytesPerSecond> link;  // of one chip to its node, one direction, all links
  int domain = 1;                      // chips that the link joins
  std::optional<BytesPerSecond> nic;   // of one chip to other nodes, one direction
  std::string fabric;                  // id of the record; scope of fitted constants
};

// What joins chips of this kind: their link, with the fabric that has it, and the network cards of
// `system`, or else of the first system of the catalogue that is built of them. A chip without a
// link, or with one of unknown bandwidth, has the host's bus alone.
[[nodiscard]] Network network_of(const Chip& chip, const System* system, const Catalog& catalog);

// One measured row, in the vocabulary of data/measured.
struct MeasuredKernel {
  std::string id;
  std::string chip;    // id
  std::string source;  // id
  std::string group;   // rows of one group are fitted or held out together
  Kernel kernel;
  Seconds value{};
  std::string suspect;  // why the row is not to be trusted; empty: it is
};

// Half of the groups, by a hash of the name: the rows that constants are fitted on. The others are
// for reporting.
[[nodiscard]] bool is_fitted(const MeasuredKernel& row);

// One fitted number: what is added to the logarithm of a constant within a scope.
struct FittedConstant {
  std::string model;     // "gemm"
  std::string constant;  // "matrix_fraction"
  std::string scope;  // "" everywhere, "kernel deepgemm/fp8/block", "architecture hopper", "chip …"
  double log_value = 0.0;
  double log_sd = 0.0;
  int rows = 0;                      // fitted rows that it acts on
  std::vector<std::string> sources;  // ids, of those rows
};

// How far rows that a fit did not see scatter about it: the 80 % quantile of
// |log(measured / predicted)|, over that of a standard normal. Rows are left out by group for
// kMeasured, by chip for kFamily, by architecture for kExtrapolated.
struct Scatter {
  std::string model;
  std::string kernel;  // "": all of the model
  Evidence evidence = Evidence::kExtrapolated;
  bool rates_alone = false;  // the chip's cores, clock and cache are not known either
  double log_sd = 0.0;
  int rows = 0;
};

// What rows there are of a kernel on a chip, and how far their shapes reach: m, n, k of a product;
// see docs/equations.md for the others.
struct Support {
  std::string model;
  std::string kernel;
  std::string chip;
  std::string family;  // of the chip, or of its fabric where messages are measured
  Timing timing = Timing::kGraph;
  int rows = 0;
  std::array<double, 3> low{}, high{};
  std::vector<std::string> sources;
};

struct Calibration {
  std::vector<FittedConstant> constants;
  std::vector<Scatter> scatter;
  std::vector<Support> support;
};

// A chip with what joins it to others. The chip must outlive the machine.
struct Machine {
  const Chip* chip = nullptr;
  Network network{};
  // What one core of this architecture issues in a cycle, by format: the greatest among the chips
  // of one architecture. A cut-down part keeps it, while its data sheet caps the whole.
  std::array<double, 10> ops_per_core_cycle{};
};

// The machine of a chip; `relatives` are those of the catalogue, of which the ones of the same
// architecture count.
[[nodiscard]] Machine machine_of(const Chip& chip, const std::vector<Chip>& relatives);

// What a constant is before fitting; nothing for a name that no model has.
struct ConstantStart {
  double value = 0.0;
  std::string_view unit;
  std::string_view meaning;
};
[[nodiscard]] std::optional<ConstantStart> constant_start(std::string_view model,
                                                          std::string_view constant);

// Fits all constants to the rows, in a fixed order and from fixed starting values: the same rows
// give the same constants. Suspect rows, and rows whose chip is not among `machines`, are left out.
[[nodiscard]] Calibration fit_constants(const std::vector<MeasuredKernel>& rows,
                                        const std::map<std::string, Machine>& machines);

// The same with `scatter`, for which every model is fitted some twenty times with rows left out.
[[nodiscard]] Calibration calibrate(const std::vector<MeasuredKernel>& rows,
                                    const std::map<std::string, Machine>& machines);

// The calibration of a data set, from its calibration/kernels.toml; empty if it has none.
[[nodiscard]] Loaded<Calibration> load_calibration(const data::FileSet& files);
// The text of such a file: the same for the same calibration, byte for byte.
[[nodiscard]] std::string calibration_text(const Calibration& calibration);

// The rows nearest to a kernel on a machine: of the kernel on the chip, else on its family, else on
// any chip, else of its operator.
struct KernelBasis {
  std::string kernel;  // "deepgemm/fp8/block"
  std::vector<const Support*> nearest;
};
[[nodiscard]] KernelBasis basis_of(const Kernel& kernel, const Machine& machine,
                                   const Calibration& calibration);

// Seconds by part, in the order of Bound; operations of matrix units, least bytes of memory and
// the seconds that these take at the rates of the data sheet, all 0 for messages.
struct KernelCost {
  std::array<double, 4> parts{};
  double ops = 0.0, bytes = 0.0, least_s = 0.0;
  [[nodiscard]] constexpr double seconds() const {
    return parts[0] + parts[1] + parts[2] + parts[3];
  }
};

// The model of one machine: constants are resolved once, an evaluation is a pure function.
class KernelModel {
 public:
  KernelModel(const Machine& machine, const Calibration& calibration);
  KernelModel(KernelModel&&) noexcept;
  KernelModel& operator=(KernelModel&&) noexcept;
  ~KernelModel();

  // Why this kernel cannot be predicted without guessing, such as a format that the chip has no
  // rate for; nothing if it can.
  [[nodiscard]] std::optional<Message> refuses(const Kernel& kernel) const;

  // Seconds of the same by part, without error bars: what sums over many kernels want. Of each type
  // that an `Operator` holds.
  template <class Op>
  [[nodiscard]] KernelCost cost(const Op& op, const Execution& how) const;
  [[nodiscard]] KernelCost cost(const Kernel& kernel) const;
  // Of a kernel that is not refused.
  [[nodiscard]] KernelTime time(const Kernel& kernel) const;

  // What products that run this way share, whatever their shapes (perf/gemm.h).
  [[nodiscard]] perf::GemmKernel gemm(Format math, const Execution& how) const;
  [[nodiscard]] const perf::Limits& limits() const;
  // The same constants on a machine of other limits: what a search over chips asks.
  [[nodiscard]] KernelModel with(const perf::Limits& limits) const;

 private:
  struct State;
  explicit KernelModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace redline

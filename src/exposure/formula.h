#pragma once
// Formulas of a scenario: read once with the place of every problem, then worked out for each
// sample from a row of numbers.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redline/date.h"
#include "redline/error.h"

#include "exposure/value_kind.h"

namespace redline::exposure {

// A number in the row that a formula reads.
struct Slot {
  std::uint32_t index = 0;
  ValueKind kind;
  bool cents = false;  // the row has a hundred times the value
};

// What stands between the brackets of a function of the world, such as `revenue(h20, FY26Q2)`: the
// texts of its arguments.
struct WorldCall {
  std::string name;
  std::vector<std::string> arguments;
};

// What names mean. An error gets the place of the name; one without a message was told before.
class FormulaNames {
 public:
  virtual ~FormulaNames() = default;
  [[nodiscard]] virtual Result<Slot> value(std::string_view name) = 0;
  // Numbers of the row whose sum is meant.
  [[nodiscard]] virtual Result<std::vector<Slot>> call(const WorldCall& call) = 0;
  // Names that could be meant, for help.
  [[nodiscard]] virtual std::vector<std::string> names() const = 0;
};

class Formula {
 public:
  // Reads `text`. Every problem has `where->column` as the place in the text (from 0) and
  // `where->length`; the caller puts the file there.
  [[nodiscard]] static Loaded<Formula> parse(std::string_view text, FormulaNames& names);
  // A row's number as it is.
  [[nodiscard]] static Formula of(Slot slot);
  [[nodiscard]] static Formula constant(double value, ValueKind kind = {});

  // The values of kLanes rows: `columns` has that many numbers of each slot. `out` has room for as
  // many.
  static constexpr std::size_t kLanes = 64;
  void work_out(std::span<const double* const> columns, double* out) const;
  [[nodiscard]] const ValueKind& kind() const { return kind_; }
  // The slots that it reads, each once.
  [[nodiscard]] std::vector<std::uint32_t> reads() const;

 private:
  friend class FormulaReader;

  enum class Op : std::uint8_t {
    kConstant,
    kLoad,
    kLoadCents,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kPower,
    kNegate,
    kMin,
    kMax,
    kExp,
    kLog,
    kSqrt,
    kAbs,
    kLess,
    kAtMost,
    kMore,
    kAtLeast,
    kIf,
    kClamp,
  };
  struct Step {
    Op op;
    std::uint32_t slot;
    double value;
  };
  static constexpr std::size_t kDeepest = 64;  // numbers that wait

  std::vector<Step> steps_;
  ValueKind kind_;
};

}  // namespace redline::exposure

#pragma once
// A chip with more or less of one resource: what a search's answer hangs on.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/kernel.h"

#include "app/report.h"

namespace redline::app {

enum class Resource : std::uint8_t { kCompute, kMemoryBandwidth, kMemoryCapacity, kLink, kNetwork };
inline constexpr std::array<std::string_view, 5> kResourceNames{
    "compute", "memory_bandwidth", "memory_capacity", "link", "network"};

struct Variation {
  Resource resource = Resource::kCompute;
  double percent = 0.0;  // up and down
};
// "10%", "±10%", "+-10" …: above 0 and up to 99.
[[nodiscard]] std::optional<double> percent_of(std::string_view text);
// "memory_bandwidth=10%,link=±50%". Every problem goes to `problems`.
[[nodiscard]] std::vector<Variation> read_variations(std::string_view text,
                                                     std::vector<std::string>& problems);

// What a machine is of, with a chip of its own.
struct VariedMachine {
  std::shared_ptr<Chip> chip;
  Machine machine;
};
// All of its rates in every format under kCompute; the rest of the chip as it is.
[[nodiscard]] VariedMachine varied(const Machine& machine, Resource resource, double factor);

}  // namespace redline::app

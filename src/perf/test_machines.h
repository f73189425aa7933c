#pragma once
// Chips of the data set and the calibration it keeps, for tests and benchmarks.

#include <string>

#include "redline/kernel.h"

#include "data/files.h"

namespace redline::test {

struct World {
  Catalog catalog;
  Calibration calibration;
};

inline const World& world() {
  static const World kWorld = [] {
    const auto files = data::read_file_set({REDLINE_TEST_DATA});
    CatalogParts parts;
    parts.geography = false;
    parts.systems = parts.fabrics = true;
    auto catalog = load_catalog(*files, parts);
    auto calibration = load_calibration(*files);
    return World{std::move(*catalog), std::move(*calibration)};
  }();
  return kWorld;
}

// The chip must outlive it.
inline Machine machine_of(const Chip& chip) {
  Machine found = redline::machine_of(chip, world().catalog.chips);
  found.network = network_of(chip, nullptr, world().catalog);
  return found;
}

inline Machine machine(const std::string& id) { return machine_of(*world().catalog.chip(id)); }

inline Kernel gemm(std::int64_t m, std::int64_t n, std::int64_t k, Format format = Format::kBf16) {
  Kernel kernel;
  kernel.op = Gemm{m, n, k, format, format, Format::kBf16, format};
  kernel.how.library = Library::kTrtllm;
  kernel.how.scaling = format == Format::kFp8 ? Scaling::kTensor : Scaling::kNone;
  return kernel;
}

inline Kernel all_reduce(double bytes, std::int64_t ranks) {
  Kernel kernel;
  kernel.op = Collective{Collective::Kind::kAllReduce, Bytes{bytes}, ranks, 0};
  kernel.how.library = Library::kNccl;
  return kernel;
}

}  // namespace redline::test

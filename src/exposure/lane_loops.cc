#include "exposure/lane_loops.h"

namespace redline::exposure {

REDLINE_LANES void fill_lanes(double* out, double value, std::size_t columns) {
  for (std::size_t k = 0; k < columns; ++k) {
    each([&](std::size_t i) { out[k * kN + i] = value; });
  }
}

}  // namespace redline::exposure

#pragma once
// What the charts share about points and polygons.

#include <vector>

#include "results/chart.h"

namespace redline::results {

[[nodiscard]] inline std::vector<double> values_of(const std::vector<Point>& points,
                                                   double Point::*member) {
  std::vector<double> values;
  values.reserve(points.size());
  for (const Point& point : points) {
    values.push_back(point.*member);
  }
  return values;
}

// Whether a closed polygon holds a point, by the even-odd rule.
[[nodiscard]] inline bool contains(const std::vector<Coordinate>& polygon, double x, double y) {
  bool within = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Coordinate& a = polygon[i];
    const Coordinate& b = polygon[j];
    if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x) {
      within = !within;
    }
  }
  return within;
}

}  // namespace redline::results

#include "results/label_layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

namespace redline::results {
namespace {

constexpr double kGap = 3.0;           // between a marker and its label, px
constexpr double kNearby = 48.0;       // points within this crowd one another, px
constexpr double kCrossingCost = 8.0;  // as bad as this many steps down the list of directions
constexpr double kRingCost = 12.0;     // a leader is worse than any direction without one

struct Direction {
  double x;
  double y;
};
// Right first: text reads from its point. The diagonals are steep or flat, so labels of neighbours
// interleave.
constexpr std::array<Direction, 12> kDirections{{{1, 0},
                                                 {0.82, -0.57},
                                                 {0.82, 0.57},
                                                 {-1, 0},
                                                 {0, -1},
                                                 {0, 1},
                                                 {-0.82, -0.57},
                                                 {-0.82, 0.57},
                                                 {0.5, -0.87},
                                                 {0.5, 0.87},
                                                 {-0.5, -0.87},
                                                 {-0.5, 0.87}}};
// How much further out each ring lies, px; emphasised labels may use all of them.
constexpr std::array<double, 9> kRings{0, 9, 18, 30, 44, 62, 84, 112, 144};
constexpr std::size_t kOrdinaryRings = 5;
constexpr int kRounds = 6;

Box marker_box(const LabelRequest& p) {
  return {p.x - p.radius, p.y - p.radius, p.x + p.radius, p.y + p.radius};
}

double shifted(double centre, double direction, double reach, double size) {
  const double at = centre + direction * reach;
  if (direction > 0.6) {
    return at;
  }
  if (direction < -0.6) {
    return at - size;
  }
  return at - size / 2 + direction * size / 2;
}

PlacedLabel candidate(const LabelRequest& p, Direction d, double ring) {
  const double reach = p.radius + kGap + ring;
  const double x0 = shifted(p.x, d.x, reach, p.width);
  const double y0 = shifted(p.y, d.y, reach, p.height);
  PlacedLabel label{true, {x0, y0, x0 + p.width, y0 + p.height}, ring > 0, {}};
  const double to_x = std::clamp(p.x, x0, x0 + p.width);
  const double to_y = std::clamp(p.y, y0 + p.height * 0.2, y0 + p.height * 0.8);
  const double length = std::max(1e-9, std::hypot(to_x - p.x, to_y - p.y));
  const double start = std::min(1.0, p.radius / length);
  label.line = {p.x + (to_x - p.x) * start, p.y + (to_y - p.y) * start, to_x, to_y};
  return label;
}

class Placer {
 public:
  explicit Placer(const LabelScene& scene) : scene_(scene), placed_(scene.points.size()) {}

  std::vector<PlacedLabel> run() {
    std::vector<std::size_t> turns = order();
    // An emphasised label that found no place gets the first choice of another round.
    for (int round = 0; round < kRounds; ++round) {
      placed_.assign(scene_.points.size(), {});
      std::for_each(turns.begin(), turns.end(), [&](std::size_t i) { place(i); });
      const auto failed = [&](std::size_t i) {
        const LabelRequest& point = scene_.points[i];
        return point.emphasis && point.width > 0 && !placed_[i].shown;
      };
      if (std::none_of(turns.begin(), turns.end(), failed)) {
        break;
      }
      std::stable_partition(turns.begin(), turns.end(), failed);
    }
    return placed_;
  }

 private:
  // Emphasised first, then those with the fewest neighbours: they cost the others least.
  std::vector<std::size_t> order() const {
    const auto& points = scene_.points;
    std::vector<std::size_t> crowd(points.size(), 0);
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t j = 0; j < points.size(); ++j) {
        const double away = std::hypot(points[i].x - points[j].x, points[i].y - points[j].y);
        crowd[i] += i != j && away < kNearby ? 1U : 0U;
      }
    }
    std::vector<std::size_t> order(points.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      if (points[a].emphasis != points[b].emphasis) {
        return points[a].emphasis;
      }
      return crowd[a] < crowd[b];
    });
    return order;
  }

  void place(std::size_t i) {
    const LabelRequest& point = scene_.points[i];
    if (point.width > 0 && !choose(i, false) && point.emphasis) {
      choose(i, true);
    }
  }

  // `relaxed`: the leader may pass over markers that are not emphasised.
  bool choose(std::size_t i, bool relaxed) {
    const LabelRequest& point = scene_.points[i];
    const std::size_t rings = point.emphasis ? kRings.size() : kOrdinaryRings;
    std::optional<double> best;
    for (std::size_t ring = 0; ring < rings; ++ring) {
      for (std::size_t d = 0; d < kDirections.size(); ++d) {
        const PlacedLabel label = candidate(point, kDirections[d], kRings[ring]);
        if (!allowed(label, i, relaxed)) {
          continue;
        }
        const double cost = static_cast<double>(ring) * kRingCost + static_cast<double>(d) +
                            kCrossingCost * crossings(label);
        if (!best || cost < *best) {
          best = cost;
          placed_[i] = label;
        }
      }
    }
    return best.has_value();
  }

  bool allowed(const PlacedLabel& label, std::size_t self, bool relaxed) const {
    if (!inside(label.box, scene_.area)) {
      return false;
    }
    const auto blocked = [&](const Box& box) {
      return overlap(label.box, box) || (label.leader && crosses(label.line, box));
    };
    for (std::size_t j = 0; j < placed_.size(); ++j) {
      const PlacedLabel& other = placed_[j];
      const Box marker = marker_box(scene_.points[j]);
      const bool passable = relaxed && !scene_.points[j].emphasis;
      if (j != self && (passable ? overlap(label.box, marker) : blocked(marker))) {
        return false;
      }
      if (other.shown && (blocked(other.box) || (other.leader && crosses(other.line, label.box)))) {
        return false;
      }
    }
    return !overlap(label.box, marker_box(scene_.points[self])) &&
           std::none_of(scene_.obstacles.begin(), scene_.obstacles.end(),
                        [&](const Box& box) { return overlap(label.box, box); });
  }

  double crossings(const PlacedLabel& label) const {
    return static_cast<double>(
        std::count_if(scene_.soft_lines.begin(), scene_.soft_lines.end(),
                      [&](const Segment& line) { return crosses(line, label.box); }));
  }

  const LabelScene& scene_;
  std::vector<PlacedLabel> placed_;
};

}  // namespace

bool overlap(const Box& a, const Box& b) {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

bool inside(const Box& inner, const Box& outer) {
  return inner.x0 >= outer.x0 && inner.x1 <= outer.x1 && inner.y0 >= outer.y0 &&
         inner.y1 <= outer.y1;
}

// Liang-Barsky: the part of the segment within each slab, narrowed until empty.
bool crosses(const Segment& s, const Box& box) {
  double from = 0.0;
  double to = 1.0;
  const auto clip = [&](double delta, double distance_low, double distance_high) {
    if (std::abs(delta) < 1e-12) {
      return distance_low < 0 && distance_high > 0;
    }
    const double a = distance_low / delta;
    const double b = distance_high / delta;
    from = std::max(from, std::min(a, b));
    to = std::min(to, std::max(a, b));
    return from < to;
  };
  return clip(s.x1 - s.x0, box.x0 - s.x0, box.x1 - s.x0) &&
         clip(s.y1 - s.y0, box.y0 - s.y0, box.y1 - s.y0);
}

std::vector<PlacedLabel> place_labels(const LabelScene& scene) { return Placer(scene).run(); }

}  // namespace redline::results

#pragma once
// Labels beside points: a greedy placement that never lets a label cover what matters.

#include <cstddef>
#include <string>
#include <vector>

namespace redline::results {

// Pixels; y grows downwards.
struct Box {
  double x0 = 0.0;
  double y0 = 0.0;
  double x1 = 0.0;
  double y1 = 0.0;
};
[[nodiscard]] bool overlap(const Box& a, const Box& b);
[[nodiscard]] bool inside(const Box& inner, const Box& outer);

struct Segment {
  double x0 = 0.0;
  double y0 = 0.0;
  double x1 = 0.0;
  double y1 = 0.0;
};
[[nodiscard]] bool crosses(const Segment& segment, const Box& box);

struct LabelRequest {
  double x = 0.0;  // centre of the marker, px
  double y = 0.0;
  double radius = 4.0;  // of the marker
  double width = 0.0;   // of the text; 0: a marker without a label
  double height = 0.0;
  bool emphasis = false;
};

struct LabelScene {
  Box area{};  // labels stay inside
  std::vector<LabelRequest> points{};
  std::vector<Box> obstacles{};       // never covered
  std::vector<Segment> soft_lines{};  // better not crossed
};

struct PlacedLabel {
  bool shown = false;
  Box box;
  bool leader = false;  // moved away: a line joins marker and label
  Segment line;
};

// One answer per point, in their order. Emphasised labels are placed first; a label is left out
// only where each of some sixty positions (a hundred if emphasised) would cover a marker, another
// label or an obstacle, or its leader would cross one of the first two. As a last resort the leader
// of an emphasised label may pass over ordinary markers.
[[nodiscard]] std::vector<PlacedLabel> place_labels(const LabelScene& scene);

}  // namespace redline::results

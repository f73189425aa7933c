#pragma once
// A path told by the events that it hangs on: at each branch one comes within the quarters or does
// not, with the share of worlds and what the path earns in them.

#include <vector>

#include "exposure/run.h"

namespace redline::exposure {

struct TreeBranch {
  int event = kNone;  // place in Model::events that tells it from its sibling; none: all worlds
  bool comes = false;
  std::size_t depth = 0;                     // of the root 0
  double share = 1.0;                        // of all worlds
  double mean = 0.0, low = 0.0, high = 0.0;  // net of its worlds, USD; 5 and 95 % of them
};

// A branch before those that it splits into, the one in which the event comes first.
using PathTree = std::vector<TreeBranch>;

// The tree of each option, from worlds that were drawn with `inputs` = inputs_of(model). Asked are
// the events that open, close or end a line that not every option has, and what must come before
// them; of those the four whose coming tells most of the variance of the option's net, in the order
// of the file. A branch of fewer than a fiftieth of all worlds is not split off, nor one that tells
// less than a hundredth of what the most telling event does.
[[nodiscard]] std::vector<PathTree> path_trees(const Model& model, const std::vector<Input>& inputs,
                                               const Choices& all);

}  // namespace redline::exposure

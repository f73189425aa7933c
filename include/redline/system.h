#pragma once
// A server, rack or pod: chips, the links among them and to the outside, power and price.

#include <optional>
#include <string>
#include <vector>

#include "redline/chip.h"

namespace redline {

struct IntraNode {
  std::string topology;
  std::optional<Fact<BytesPerSecond>> bandwidth;  // per chip
  Direction direction = Direction::kBidirectional;
};

struct ScaleOut {
  std::optional<int> nics_per_node;
  std::optional<Fact<BytesPerSecond>> nic_rate;  // of one NIC
  Direction direction = Direction::kPerDirection;
};

struct NodePower {
  std::optional<Fact<Watts>> node;
};
struct NodePrice {
  std::optional<Fact<Usd>> node;
};
struct Cluster {
  std::optional<int> nodes;
  std::optional<int> chips;
  std::string fabric;
};

struct System {
  std::string id;
  std::string name;
  std::string vendor;
  std::vector<std::string> aliases;
  std::string chip;  // id
  int chips_per_node = 0;
  IntraNode intra_node;
  ScaleOut scale_out;
  NodePower power;
  NodePrice price;
  std::optional<Cluster> cluster;
};

}  // namespace redline

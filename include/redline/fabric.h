#pragma once
// How the links of chips are put together: what decides which algorithms a collective can use.

#include <cstdint>
#include <string>
#include <vector>

namespace redline {

enum class Topology : std::uint8_t {
  kSwitch,  // every chip has its whole bandwidth to any other
  kMesh,    // a link for each pair of chips
  kRing,    // links to two neighbours
  kTorus,   // links to the neighbours along two or three axes
  kBus,     // no links: messages go through the host
};

struct Fabric {
  std::string id;
  std::string name;
  std::vector<std::string> links;  // names of links, as chips have them
  Topology topology = Topology::kBus;
  bool reduces = false;  // the switch adds up what it forwards (NVLink SHARP)
  std::vector<std::string> sources;
};

}  // namespace redline

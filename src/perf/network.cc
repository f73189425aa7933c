// What joins chips, from the facts of chip, system and fabric.

#include <algorithm>

#include "redline/kernel.h"

namespace redline {
namespace {

// Chips of a node where neither chip nor system says how many a link joins.
constexpr int kUsualNode = 8;

const System* system_with(const Chip& chip, const Catalog& catalog) {
  const auto found = std::find_if(catalog.systems.begin(), catalog.systems.end(),
                                  [&chip](const System& s) { return s.chip == chip.id; });
  return found == catalog.systems.end() ? nullptr : &*found;
}

const Fabric* fabric_with(const std::string& link, const Catalog& catalog) {
  const auto found =
      std::find_if(catalog.fabrics.begin(), catalog.fabrics.end(), [&link](const Fabric& fabric) {
        return std::find(fabric.links.begin(), fabric.links.end(), link) != fabric.links.end();
      });
  return found == catalog.fabrics.end() ? nullptr : &*found;
}

double one_direction(Direction direction) {
  return direction == Direction::kBidirectional ? 0.5 : 1.0;
}

std::optional<BytesPerSecond> nic_of(const System& system) {
  const ScaleOut& out = system.scale_out;
  if (!out.nics_per_node || !out.nic_rate || !out.nic_rate->value || system.chips_per_node <= 0) {
    return std::nullopt;
  }
  return *out.nic_rate->value *
         (one_direction(out.direction) * *out.nics_per_node / system.chips_per_node);
}

}  // namespace

Network network_of(const Chip& chip, const System* system, const Catalog& catalog) {
  system = system != nullptr ? system : system_with(chip, catalog);
  Network network;
  if (chip.link && chip.link->kind == LinkKind::kLink) {
    network.link = chip.link->per_direction();
    if (!network.link && system != nullptr && system->intra_node.bandwidth &&
        system->intra_node.bandwidth->value) {
      network.link =
          *system->intra_node.bandwidth->value * one_direction(system->intra_node.direction);
    }
  }
  const std::string link = network.link ? chip.link->name : "none";
  if (const Fabric* fabric = fabric_with(link, catalog)) {
    network.topology = fabric->topology;
    network.reduces = fabric->reduces;
    network.fabric = fabric->id;
  }
  const int node = system != nullptr ? system->chips_per_node : kUsualNode;
  network.domain = chip.link && chip.link->domain_size ? *chip.link->domain_size : node;
  if (!network.link) {
    network.domain = node;
  }
  network.nic = system != nullptr ? nic_of(*system) : std::nullopt;
  return network;
}

}  // namespace redline

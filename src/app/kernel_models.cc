#include "app/kernel_models.h"

#include <fmt/format.h>

namespace redline::app {

Machine machine_in(const Catalog& catalog, const Chip& chip) {
  Machine machine = machine_of(chip, catalog.chips);
  machine.network = network_of(chip, nullptr, catalog);
  return machine;
}

std::map<std::string, Machine> all_machines(const Catalog& catalog) {
  std::map<std::string, Machine> machines;
  for (const Chip& chip : catalog.chips) {
    machines.emplace(chip.id, machine_in(catalog, chip));
  }
  return machines;
}

std::shared_ptr<const KernelModel> KernelModels::of(const Catalog& catalog,
                                                    const Chip& chip) const {
  return of(catalog, machine_in(catalog, chip));
}

std::shared_ptr<const KernelModel> KernelModels::of(const Catalog& catalog,
                                                    const Machine& machine) const {
  const auto make = [&] { return std::make_shared<const KernelModel>(machine, calibration_); };
  if (catalog.chip(machine.chip->id) != machine.chip) {
    return make();
  }
  const Network& network = machine.network;
  const auto rate = [](const auto& value) { return value ? value->base() : -1.0; };
  const std::string key = fmt::format("{} {} {} {}", machine.chip->id, network.domain,
                                      rate(network.link), rate(network.nic));
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const KernelModel>& model = models_[key];
  if (!model) {
    model = make();
  }
  return model;
}

}  // namespace redline::app

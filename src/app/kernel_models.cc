#include "app/kernel_models.h"

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
  const bool known = catalog.chip(chip.id) == &chip;
  const auto make = [&] {
    return std::make_shared<const KernelModel>(machine_in(catalog, chip), calibration_);
  };
  if (!known) {
    return make();
  }
  const std::lock_guard lock(mutex_);
  std::shared_ptr<const KernelModel>& model = models_[chip.id];
  if (!model) {
    model = make();
  }
  return model;
}

}  // namespace redline::app

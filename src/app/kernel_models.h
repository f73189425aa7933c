#pragma once
// The models of kernels on the chips of a data set, each resolved when it is first asked for.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "redline/catalog.h"
#include "redline/kernel.h"

namespace redline::app {

class KernelModels {
 public:
  explicit KernelModels(Calibration calibration) : calibration_(std::move(calibration)) {}

  [[nodiscard]] const Calibration& calibration() const { return calibration_; }

  // The model of a chip of the catalogue or of a chip from elsewhere. Safe in many threads.
  [[nodiscard]] std::shared_ptr<const KernelModel> of(const Catalog& catalog,
                                                      const Chip& chip) const;
  // The model of a machine, whose network may be another than that of the chip's usual system.
  [[nodiscard]] std::shared_ptr<const KernelModel> of(const Catalog& catalog,
                                                      const Machine& machine) const;

 private:
  Calibration calibration_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const KernelModel>, std::less<>> models_;
};

// A chip with its relatives and with what joins it to others.
[[nodiscard]] Machine machine_in(const Catalog& catalog, const Chip& chip);
// Of every chip of the catalogue, by id.
[[nodiscard]] std::map<std::string, Machine> all_machines(const Catalog& catalog);

}  // namespace redline::app

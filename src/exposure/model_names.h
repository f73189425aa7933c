#pragma once
// What the names in a formula mean in a model.

#include <map>
#include <string>

#include "exposure/model.h"

namespace redline::exposure {

class ModelNames : public FormulaNames {
 public:
  explicit ModelNames(Model& model) : model_(model) {}

  [[nodiscard]] Result<Slot> value(std::string_view name) override;
  [[nodiscard]] Result<std::vector<Slot>> call(const WorldCall& call) override;
  [[nodiscard]] std::vector<std::string> names() const override;

  // Whether results of lines and firms may be read: not before they are there.
  bool results = false;

 protected:
  // The place of a quantity or event, made ready first where that is still to do. None if there is
  // no such name.
  [[nodiscard]] virtual Result<std::optional<SlotIndex>> event(std::string_view name);
  [[nodiscard]] virtual std::vector<std::string> event_names() const;

  Model& model_;

 private:
  [[nodiscard]] Result<std::vector<Slot>> day_call(const WorldCall& call);
  [[nodiscard]] Result<std::vector<Slot>> result_call(const WorldCall& call);
};

// Names of quantities, events, lines: letters, digits and _, a letter first, "." between parts.
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace redline::exposure

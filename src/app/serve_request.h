#pragma once
// A search for a way to serve as it is asked for: the places that pools may stand on, the space,
// the limits and what is made least.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/serving_search.h"

#include "app/list_fields.h"
#include "app/step_request.h"
#include "app/vary.h"

namespace redline::app {

// Chips of one kind in one choice of formats. `fields` are those of `estimate` that say the same.
struct ServePlace {
  StepRequest request;
  CostRate cost;
  Json fields;
  std::size_t variant = 0;  // of weights and cache, as they were asked for
  bool own = true;          // chips that decode; else of a pool for prompts alone
};

// A question with all that it points to.
struct ServeModels {
  std::vector<VariedMachine> machines;
  std::vector<std::shared_ptr<const KernelModel>> kernels;
  std::vector<std::unique_ptr<StepModel>> steps;
  ServingQuestion question;
};

class ServeRequest {
 public:
  ServeRequest(const Workspace& w, const Json& json, Code code)
      : w_(w), json_(json), fields_(json), code_(code) {}
  ServeRequest(const ServeRequest&) = delete;
  ServeRequest& operator=(const ServeRequest&) = delete;

  // Every problem of the fields at once.
  [[nodiscard]] Loaded<bool> read();

  // The question, where `variation` is given with so many times the resource of the own chip.
  [[nodiscard]] ServeModels models(const std::optional<Variation>& variation = {},
                                   double factor = 1.0) const;

  [[nodiscard]] const StepRequest& request() const { return *base_; }
  [[nodiscard]] const ServePlace& place(std::size_t site) const { return places_[site]; }
  [[nodiscard]] const ServePlace& prompt_place(std::size_t site) const {
    return prompt_places_[site];
  }
  // Why nothing can be said on the chip asked for; none where something can.
  [[nodiscard]] const std::optional<Message>& refusal() const { return refusal_; }
  [[nodiscard]] const std::vector<Message>& assumptions() const { return assumptions_; }
  [[nodiscard]] const std::vector<Variation>& variations() const { return variations_; }
  [[nodiscard]] std::size_t top() const { return top_; }

 private:
  void problem(std::string message, std::vector<std::string> help = {});
  [[nodiscard]] std::optional<StepRequest> read_step(StepKind kind, const Json& fields);
  [[nodiscard]] Json shared_fields() const;
  void read_formats();
  void read_places(const Json& fields, bool own);
  void read_prompt_chips();
  void add_place(const Json& fields, std::size_t variant, bool own);
  void read_limits();
  // Whether what it is counted in is known; says so where it is not.
  bool allowed(ServingObjective objective);
  void read_objectives();
  void read_dimensions();
  double seconds(std::string_view name);
  [[nodiscard]] std::unique_ptr<StepModel> steps_of(const ServePlace& place, const Machine& machine,
                                                    const KernelModel& kernels) const;

  const Workspace& w_;
  const Json& json_;
  Fields fields_;
  ListFields lists_{fields_, [this](std::string message, std::vector<std::string> help) {
                      problem(std::move(message), std::move(help));
                    }};
  Code code_;
  Diagnostics errors_;
  std::optional<StepRequest> base_;
  std::vector<std::string> formats_, cache_formats_;  // words; empty: the model's own
  std::vector<ServePlace> places_, prompt_places_;
  std::optional<Message> refusal_;
  std::vector<Message> assumptions_;
  std::size_t top_ = 5;
  std::vector<Variation> variations_;
  ServingQuestion question_;  // without sites
};

[[nodiscard]] const std::vector<std::string_view>& serve_search_fields();

}  // namespace redline::app

#pragma once
// A search for the best part that a rule lets through, as it is asked for: the rules, the silicon
// that a vendor has, the work that parts are judged by.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/chip_search.h"

#include "app/step_request.h"
#include "app/workspace.h"
#include "data/schema.h"

namespace redline::app {

// Work as files have it.
struct WorkAsked {
  ReplyPhase phase = ReplyPhase::kDecode;
  double weight = 1.0;
  std::string model, dtype, engine, ttft, tpot;
  std::optional<int> prompt, answer, seq;
  [[nodiscard]] Json fields() const;  // but for phase and weight
};
// The field 'work' of a request.
[[nodiscard]] Json work_fields(const std::vector<WorkAsked>& list);
struct WorkMix {
  std::vector<WorkAsked> workload;
};

// A workload with all that it points to.
struct ReplyWork {
  std::string name;  // "decode deepseek-r1"
  StepRequest request;
  std::shared_ptr<const KernelModel> kernels;
  std::unique_ptr<StepModel> steps;
  ReplyWorkload workload;
  std::optional<Message> refusal;       // why nothing can be said of the base part at it
  [[nodiscard]] double log_sd() const;  // of its speeds
};

// A question with all that it points to. Not to be moved.
struct ReplyRequest {
  Silicon silicon;
  const DieRecord* die = nullptr;  // that the vendor starts from
  const Chip* base = nullptr;      // the part that uses most of it
  Question question;               // whose date is that on which the rules asked for bind
  Date known{};                    // facts of later dates are not used
  Date binds_from{};               // the first day on which one of the rules asked for bound
  std::vector<std::string> rules;  // ids asked for
  bool exceptions = false;
  std::vector<Threshold> limits;      // of the rules, that parts could meet, as the texts have them
  std::vector<MovedThreshold> moved;  // of those, taken as if they stood elsewhere
  bool part_only = false;             // the part and the front are asked for, no prices of limits
  std::vector<std::unique_ptr<ReplyWork>> works;
  ReplyQuestion reply;
  ReplyBody base_body;  // the die as it stands
  std::size_t top = 5;
  std::vector<Message> assumptions;
  std::optional<Message> refusal;  // why nothing can be said of the base part
};

// A die by its id, or by a part that is made of it; null where there is none.
[[nodiscard]] const DieRecord* die_named(const Workspace& workspace, const Silicon& silicon,
                                         const std::string& name);
// As the part that has most of it, or cut down like it.
[[nodiscard]] bool made_of(const Catalog& catalog, const DieRecord& die, const Chip& chip);

// A chip that is made of a die, as a part of it: its cores, memory and links, capped at its TPP.
[[nodiscard]] Reply part_as_sold(const Chip& chip, const ReplyRequest& request);

// Id of what the largest open model of that time was, to serve or to train.
[[nodiscard]] std::string usual_model(Date known, bool trains);

// A chip of the catalogue at some work, as it is sold, by the plans and batches that parts are
// tried with.
struct ChipAtWork {
  std::vector<double> tokens_per_s;  // of each; 0: it does not fit, or is too slow
  std::vector<Message> refusals;     // of each: why nothing can be said of it; empty where it can
  double scatter = 0.0;              // standard deviation of the logarithm of such a speed
};
// `work` as the field of that name in a request; models known by `known`. Errors: every problem of
// the fields at once.
[[nodiscard]] Loaded<ChipAtWork> chip_at_work(const Workspace& workspace, const Chip& chip,
                                              const Json& work, Date known, Code field_code);

// A file of work, for --objective mix:FILE: its problems, and what `data schema mix` has.
[[nodiscard]] Loaded<WorkMix> read_mix(const Workspace& workspace, const std::string& file,
                                       const std::string& text);
[[nodiscard]] data::TypeInfo mix_type();

// Errors: every problem of the fields at once.
[[nodiscard]] Loaded<std::unique_ptr<ReplyRequest>> read_reply_request(const Workspace& workspace,
                                                                       const Json& fields,
                                                                       Code field_code);
[[nodiscard]] const std::vector<std::string_view>& reply_fields();

}  // namespace redline::app

#pragma once
// Reads one published run: what was run, as requests have it, and what was measured.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "redline/simulation.h"
#include "redline/step.h"

#include "app/step_fields.h"
#include "app/step_row.h"

namespace redline::app {

// Steps of rows that differ in their load alone, worked out once. For several threads.
class LoadTables {
 public:
  // Of a run that several rows are of.
  struct Outcome {
    double ttft_s = 0.0, tpot_s = 0.0, latency_s = 0.0, tokens_per_s = 0.0;
  };
  Outcome outcome(const std::string& run, const std::function<Outcome()>& simulate);
  std::shared_ptr<const StepTable> of(
      const std::string& key, const std::function<std::shared_ptr<const StepTable>()>& make);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const StepTable>> tables_;
  struct Run {
    std::once_flag once;
    Outcome outcome;
  };
  std::map<std::string, std::shared_ptr<Run>> runs_;
};

struct LoadPool;
struct LoadRun;

class RowReader {
 public:
  RowReader(const Workspace& workspace, const Json& fields,
            std::shared_ptr<LoadTables> tables = std::make_shared<LoadTables>());
  StepRow read();

 private:
  void leave(Message reason);
  void assume(std::string_view text, std::initializer_list<Message::Argument> values = {});
  [[nodiscard]] bool checked(const Diagnostics& problems);
  std::string plain(const Json& fields, std::string_view name) const;
  void read_identity();
  void read_machine();
  std::int64_t product_of_plan() const;
  void read_model();
  // Ranks that do not divide the experts hold redundant copies of some (DeepSeek-V3 2024, 3.4.2).
  void fill_experts();
  // Where the heads are not said.
  void divide_heads();
  void read_engine();

  // Training.
  void read_training();
  ZeroStage zero_of(const TrainingPlan& plan);
  Recompute recompute_of();
  TrainingPlan training_plan();
  std::int64_t microbatches(const TrainingPlan& plan);
  // Of the steps that were measured.
  double training_seconds(const TrainingPlan& plan, const TrainingEstimate& estimate);
  // Of all layers without the head, three passes.
  double layers_ops(const TrainingPlan& plan) const;
  // Of what a row names, "activations" or "params+optimizer", else of all.
  void read_memory(TrainingPlan plan);

  // Serving.
  void read_serving();
  std::optional<std::int64_t> batch_of() const;
  struct Lengths {
    std::int64_t prompt = 0, output = 0, cached = 0;  // cached: the mean while decoding
  };
  std::optional<Lengths> lengths_of() const;
  std::optional<StepModel::Timer> timer(const ServingPlan& plan, const InferenceRequest& request);
  void time_serving(const ServingPlan& plan, std::int64_t batch, const Lengths& lengths,
                    std::int64_t drafted);
  // Under load: simulated, and for fitting constants a mean step.
  struct Requests {
    TrafficSpec traffic;
    std::int64_t count = 0;
  };
  void read_load();
  ServingPlan load_plan(const Json& parallelism);
  [[nodiscard]] const SourceRun* told_elsewhere() const;
  static double accepted_of(std::int64_t drafts);
  int read_drafts(ServingPlan& plan, const SourceRun* told);
  [[nodiscard]] std::int64_t read_step_tokens(const SourceRun* told, std::int64_t users) const;
  [[nodiscard]] std::optional<Requests> stated_requests() const;
  [[nodiscard]] std::optional<Requests> drawn_requests(std::optional<std::int64_t> users) const;
  bool ready(LoadPool& pool, std::int64_t prompt, std::int64_t step_tokens);
  void predict_load(const std::shared_ptr<LoadRun>& run);
  void draw_again(SimulationSpec& spec, std::int64_t prompts);
  void refuse_unreadable(const ServingPlan& plan, std::int64_t context, std::int64_t decodes);
  std::optional<std::int64_t> users_of(ServingPlan& plan, bool pools) const;
  void time_load(const LoadRun& run);
  void time_answers(const LoadRun& run);
  void time_first_token(const LoadRun& run);
  // A pool for prompts that is never idle, by the measured times of both phases and the number of
  // users alone (Little's law).
  struct FullPool {
    double per_s = 0.0;    // requests
    double waiting = 0.0;  // requests without a first token
    InferenceRequest step{};
    double prompts = 0.0;  // of one step of all ranks
  };
  std::optional<FullPool> full_pool(const LoadRun& run) const;
  void time_prompts(const LoadRun& run, const FullPool& full);
  // A step that is faster than reading the weights once is something else than it says.
  void refuse_impossible(const ServingPlan& plan);

  const Workspace& w_;
  const Json& row_json_;
  Fields row_, system_, model_fields_, par_, shape_;
  StepRow out_;
  const Chip* chip_ = nullptr;
  Machine machine_;
  std::int64_t chips_ = 1;
  int node_ranks_ = 1;
  LlmModel model_;
  Precision precision_;
  const Engine* engine_ = nullptr;
  std::shared_ptr<const KernelModel> kernels_;
  std::shared_ptr<const StepModel> steps_;
  std::shared_ptr<LoadTables> tables_;
  std::int64_t batch_scale_ = 1;  // ranks that a stated batch is of, for each that there is
};

// Probability that a draft holds if those before did, where a row does not say: DeepSeek-V3 accepts
// 85 to 90 % of the first (technical report, section 5.4.3); of later ones, which its module was
// not trained for, fewer hold.
inline constexpr double kDraftAccepted = 0.85, kDraftsAccepted = 0.8;

}  // namespace redline::app

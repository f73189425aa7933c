#include "app/step_row.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include <fmt/format.h>

#include "app/kernel_models.h"
#include "app/published_accuracy.h"
#include "app/row_reader.h"

namespace redline::app {
namespace {

// "8x400 Gb/s", "4x Omni-Path 100 Gb/s per node", "1600 Gb/s per node", "400 Gb/s per GPU": bytes a
// second of one chip, one direction.
std::optional<double> stated_nic(const std::string& words, double chips_per_node) {
  static const std::regex kCards(R"((\d+)\s*x[^;,]*?(\d+)\s*gb/s)");
  static const std::regex kPlain(R"((\d+)\s*gb/s\s*(?:rdma |ib |roce )?per\s+(node|gpu|die|npu))");
  constexpr double kGbit = 1e9 / 8.0;
  std::smatch found;
  if (std::regex_search(words, found, kCards)) {
    return std::stod(found[1]) * std::stod(found[2]) * kGbit / chips_per_node;
  }
  if (std::regex_search(words, found, kPlain)) {
    return std::stod(found[1]) * kGbit / (found[2] == "node" ? chips_per_node : 1.0);
  }
  return std::nullopt;
}

// "trtllm 1.0.0rc3" is of the generation trtllm-1.0.
const Engine* stated_generation(const Engine& engine, const std::string& words) {
  static const std::regex kVersion(R"(^\S+ (\d+\.\d+)\.)");
  std::smatch found;
  const bool said = std::regex_search(words, found, kVersion);
  return said ? find_engine(fmt::format("{}-{}", engine.name, found[1].str())) : nullptr;
}

// "NVIDIA GH200-96GB": which of the memories that a part is sold with.
std::optional<std::string> stated_memory(const std::string& words) {
  static const std::regex kMemory(R"((\d+)\s?GB)");
  std::smatch found;
  return std::regex_search(words, found, kMemory) ? std::optional(found[1].str()) : std::nullopt;
}

}  // namespace

RowReader::RowReader(const Workspace& workspace, const Json& fields,
                     std::shared_ptr<LoadTables> tables)
    : w_(workspace),
      row_json_(fields),
      row_(fields),
      system_(part_of(fields, "system")),
      model_fields_(part_of(fields, "model")),
      par_(part_of(fields, "parallelism")),
      shape_(part_of(fields, "shape")),
      tables_(std::move(tables)) {}

StepRow RowReader::read() {
  read_identity();
  if (!out_.unanswered) {
    read_machine();
  }
  if (!out_.unanswered) {
    read_model();
  }
  if (!out_.unanswered) {
    read_engine();
    if (out_.phase == "train") {
      read_training();
    } else if (is_under_load(out_.phase)) {
      read_load();
    } else {
      read_serving();
    }
  }
  out_.measured.id = out_.id;
  out_.measured.chip = out_.chip_id;
  out_.measured.source = out_.source;
  out_.measured.group = out_.group;
  out_.measured.training = out_.phase == "train";
  return std::move(out_);
}

void RowReader::leave(Message reason) {
  if (!out_.unanswered) {
    out_.unanswered = std::move(reason);
  }
}

void RowReader::assume(std::string_view text, std::initializer_list<Message::Argument> values) {
  out_.assumptions.emplace_back(text, values);
}

std::string RowReader::plain(const Json& fields, std::string_view name) const {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void RowReader::read_identity() {
  out_.id = plain(row_json_, "id");
  out_.group = plain(row_json_, "group");
  out_.group = out_.group.empty() ? out_.id : out_.group;
  const auto source = row_json_.find("source");
  if (source != row_json_.end()) {
    out_.source = source->is_object() ? plain(*source, "key") : plain(row_json_, "source");
  }
  out_.phase = row_.text("phase");
  out_.metric = plain(row_json_, "metric");
  out_.unit = plain(row_json_, "unit");
  out_.value = row_.number("value").value_or(0.0);
  if (out_.phase == kAccuracyPhase) {
    leave("accuracy against tokens is no time of a step: `redline estimate reasoning` takes it");
  }
  if (out_.value <= 0.0) {
    leave("the measured value is not said");
  }
  if (out_.phase == "train-lora") {
    leave("low-rank adapters leave most gradients of weights out: not modelled");
  }
  if (out_.phase.rfind("train", 0) == 0) {
    out_.phase = "train";
  }
  constexpr std::array<std::string_view, 5> kPhases{"train", "prefill", "decode", "serving-static",
                                                    "serving-batch1"};
  const bool steps = std::find(kPhases.begin(), kPhases.end(), out_.phase) != kPhases.end();
  if (!out_.unanswered && !steps && !is_under_load(out_.phase)) {
    leave({"the phase '{phase}' is not one that is modelled", {{"phase", out_.phase}}});
  }
  if (row_.has("spec_level") && row_.text("spec_level") != "full") {
    leave("the row does not say enough: its spec_level is not full");
  }
}

void RowReader::read_machine() {
  const Json& system = part_of(row_json_, "system");
  std::string name = plain(system, "chip_id");
  out_.chip_id = name;
  name = name.empty() ? plain(system, "chip") : name;
  const auto chips = find_chips(w_, name);
  if (!chips || chips->size() != 1) {
    leave({"no chip called '{name}'", {{"name", name}}});
    return;
  }
  chip_ = w_.catalog.chip(chips->front().id);
  if (chip_ == nullptr) {
    leave({"no chip called '{name}'", {{"name", name}}});
    return;
  }
  if (const auto memory = stated_memory(plain(system, "chip"))) {
    const Chip* sold_with = w_.catalog.chip(fmt::format("{}-{}gb", chip_->id, *memory));
    chip_ = sold_with != nullptr ? sold_with : chip_;
  }
  out_.chip_id = chip_->id;
  if (contains(plain(system, "chip"), "1 GCD")) {
    leave("measured on one die of a package of two");
  }
  machine_ = machine_in(w_.catalog, *chip_);
  const auto chips_used = system_.count("chips");
  chips_ = chips_used.value_or(product_of_plan());
  const std::int64_t nodes = system_.count("nodes").value_or(0);
  const std::int64_t per_node = nodes > 0 ? std::max<std::int64_t>(1, chips_ / nodes) : 8;
  const int domain = std::max(1, machine_.network.domain);
  node_ranks_ = static_cast<int>(
      std::min({chips_, std::int64_t{domain}, nodes > 1 ? per_node : std::int64_t{domain}}));
  if (const auto nic = stated_nic(system_.text("interconnect"), node_ranks_)) {
    machine_.network.nic = BytesPerSecond{*nic};
  }
  if (!machine_.network.nic && chips_ > node_ranks_) {
    constexpr double kUsualNic = 50e9;  // 400 Gb/s
    constexpr int kUsualServer = 8;
    const auto bus = chip_->host_bus ? chip_->host_bus->per_direction() : std::nullopt;
    if (nodes <= 1 && chips_ <= kUsualServer && bus) {
      machine_.network.nic = bus;
      assume("bridges join {count} chips, the host's bus the others of the server",
             {{"count", std::to_string(domain)}});
    } else {
      machine_.network.nic = BytesPerSecond{kUsualNic};
      assume("400 Gb/s of network for each chip");
    }
  }
}

std::int64_t RowReader::product_of_plan() const {
  double product = 1.0;
  for (const char* name : {"tp", "pp", "dp", "cp"}) {
    product *= static_cast<double>(par_.count(name).value_or(1));
  }
  constexpr double kMostChips = 1e8;
  const auto chips = static_cast<std::int64_t>(std::min(product, kMostChips));
  return std::max({chips, par_.count("world").value_or(1), par_.count("ep").value_or(1),
                   par_.count("pp_layer_split").value_or(1)});
}

void RowReader::read_model() {
  auto model = model_of_fields(model_fields_);
  if (!model) {
    leave("the dimensions of the model are not said");
    return;
  }
  model_ = std::move(*model);
  precision_ = precision_of_words(row_.text("precision"));
  fill_experts();
  divide_heads();
}

void RowReader::fill_experts() {
  const auto ranks = par_.count("ep");
  if (!model_.moe || !ranks || out_.phase == "train" || model_.moe->experts % *ranks == 0) {
    return;
  }
  const std::int64_t held = (model_.moe->experts + *ranks - 1) / *ranks;
  model_.moe->experts = static_cast<int>(held * *ranks);
  assume("copies of experts fill {count} places", {{"count", std::to_string(held * *ranks)}});
}

void RowReader::divide_heads() {
  const auto tensor = static_cast<int>(par_.count("tp").value_or(1));
  if (!model_fields_.has("heads") && model_.shape.heads % tensor != 0) {
    model_.shape.heads += tensor - model_.shape.heads % tensor;
    model_.shape.kv_heads = model_.shape.heads;
  }
}

void RowReader::read_engine() {
  const std::string stated = shape_.text("engine") + row_.text("engine");
  for (const Engine& one : engines()) {
    if (stated.rfind(one.name, 0) == 0) {
      engine_ = &one;
    }
  }
  if (engine_ == nullptr) {
    const Source* source = w_.catalog.source(out_.source);
    engine_ = source != nullptr ? find_engine(source->engine) : nullptr;
  }
  if (engine_ == nullptr) {
    engine_ = find_engine(out_.phase != "train"        ? "sglang"
                          : row_.text("date") < "2021" ? "megatron-2020"
                          : row_.text("date") < "2023" ? "megatron-2021"
                                                       : "megatron-core");
    assume("the engine is {engine}", {{"engine", std::string(engine_->name)}});
  }
  if (stated.empty() || stated != engine_->name) {
    const Engine* versioned = stated_generation(*engine_, stated);
    engine_ = versioned != nullptr ? versioned : &generation_of(*engine_, row_.text("date"));
    if (!engine_->shards_by.empty() && par_.number("zero").value_or(0.0) >= 2.0) {
      engine_ = find_engine(engine_->shards_by);
      assume("the engine is {engine}", {{"engine", std::string(engine_->name)}});
    }
  }
  out_.engine = engine_->name;
  out_.measured.engine = engine_->fitted_as();
  out_.measured.variant = step_variant(model_, precision_);
  out_.plans = fmt::format("{} {} on {} x {}, {}", model_.id, out_.measured.variant, chips_,
                           out_.chip_id, engine_->name);
  kernels_ = w_.kernels->of(w_.catalog, machine_);
  steps_ = std::make_shared<const StepModel>(machine_, *kernels_, w_.kernels->calibration(),
                                             *engine_, out_.measured.variant);
}

bool RowReader::checked(const Diagnostics& problems) {
  if (problems.empty()) {
    return true;
  }
  leave({"{problem}", {{"problem", problems.front().message}}});
  return false;
}

bool is_under_load(std::string_view phase) {
  constexpr std::array<std::string_view, 4> kPhases{"serving", "serving-offline", "serving-agg",
                                                    "serving-disagg"};
  return std::find(kPhases.begin(), kPhases.end(), phase) != kPhases.end();
}

bool is_step_row(const Json& fields) { return fields.contains("phase"); }

StepRow read_step_row(const Workspace& workspace, const Json& fields) {
  return RowReader(workspace, fields).read();
}

namespace {

// As the data set has it, or as it is published.
const Json* first_token_of(const Json& row) {
  for (const Json* fields : {&row, &part_of(row, "other_metrics")}) {
    if (const auto found = fields->find("ttft_ms"); found != fields->end()) {
      return &*found;
    }
  }
  return nullptr;
}

// The same run, of which the time to the first token is known as well.
Json with_first_token(const Json& row, const Json& milliseconds) {
  Json other = row;
  other["id"] = row.value("id", Json()).is_string() ? row["id"].get<std::string>() + "-ttft" : "";
  if (row.value("metric", Json()) == "tpot" && row.value("unit", Json()) == "ms") {
    other["tpot_ms"] = row.value("value", Json());
  }
  other["metric"] = "ttft";
  other["unit"] = "ms";
  other["value"] = milliseconds;
  return other;
}

}  // namespace

Loaded<std::vector<StepRow>> step_rows(const Workspace& workspace, std::string file,
                                       std::string text) {
  const auto parsed = data::parse_json_rows(std::move(file), std::move(text));
  if (!parsed) {
    return tl::unexpected(parsed.error());
  }
  std::vector<StepRow> rows;
  const auto tables = std::make_shared<LoadTables>();
  for (const data::JsonRow& one : parsed->rows) {
    if (!is_step_row(one.value)) {
      continue;
    }
    StepRow row = RowReader(workspace, one.value, tables).read();
    if (row.id.empty()) {
      row.id = row.measured.id = fmt::format("line {}", parsed->span(one).line);
      row.group = row.measured.group = row.group.empty() ? row.id : row.group;
    }
    const auto unanswered = row.unanswered;
    rows.push_back(std::move(row));
    if (const Json* first = first_token_of(one.value)) {
      StepRow& other = rows.emplace_back(
          RowReader(workspace, with_first_token(one.value, *first), tables).read());
      if (unanswered) {  // what is wrong with the run is wrong with it, too
        other.unanswered = unanswered;
      }
    }
  }
  return rows;
}

Loaded<std::vector<StepRow>> kept_steps(const Workspace& workspace) {
  std::vector<StepRow> all;
  Diagnostics errors;
  for (const data::DataFile* file : workspace.files.under("measured")) {
    auto rows = step_rows(workspace, file->display, file->text);
    if (!rows) {
      errors.insert(errors.end(), rows.error().begin(), rows.error().end());
      continue;
    }
    std::copy_if(std::move_iterator(rows->begin()), std::move_iterator(rows->end()),
                 std::back_inserter(all),
                 [](const StepRow& row) { return row.phase != kAccuracyPhase; });
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return all;
}

bool is_timed(const StepRow& row) {
  return !row.unanswered && row.kind != MetricKind::kMemory && row.measured.seconds;
}

std::vector<MeasuredStep> measured_steps(const std::vector<StepRow>& rows) {
  std::vector<MeasuredStep> times;
  for (const StepRow& row : rows) {
    if (is_timed(row)) {
      times.push_back(row.measured);
    }
  }
  return times;
}

}  // namespace redline::app

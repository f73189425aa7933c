#include "app/validate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "app/accuracy.h"
#include "app/estimate_text.h"
#include "app/kernel_models.h"
#include "app/measured.h"
#include "app/step_row.h"
#include "base/for_each_index.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Column;
using results::Table;
using results::Words;

struct Skipped {
  std::string id, source, chip, op;
  Message reason;
};

// Cells of rows, MAPE, median, bias and coverage.
void append_cells(const Accuracy& a, std::vector<Cell>& row) {
  row.emplace_back(static_cast<std::int64_t>(a.rows.size()));
  if (a.rows.empty()) {
    row.resize(row.size() + 4);
    return;
  }
  row.insert(row.end(), {a.mape(), a.median(), a.bias(), a.coverage()});
}

void append_columns(std::vector<Column>& columns) {
  columns.insert(columns.end(),
                 {{"predicted", "Rows", "", Align::kRight},
                  {"mape_percent", "MAPE", "%", Align::kRight, 3},
                  {"median_percent", "Median", "%", Align::kRight, 3},
                  {"bias_percent", "Bias", "%", Align::kRight, 3},
                  {"interval_coverage_percent", "Inside 80 %", "%", Align::kRight, 3}});
}

// The order that the docs and the design name operators in.
std::string operator_group(const std::string& op) {
  constexpr auto kNccl = std::to_array<std::string_view>(
      {"all_reduce", "all_gather", "reduce_scatter", "all_to_all", "send_recv", "broadcast"});
  return std::find(kNccl.begin(), kNccl.end(), op) != kNccl.end() ? "collectives" : op;
}

// Rows of operators and of whole steps.
struct Measurements {
  std::vector<KernelRequest> kernels;
  std::vector<StepRow> steps;
};

class Validation {
 public:
  Validation(const Workspace& w, const Measurements& kept, const Measurements& rows,
             unsigned threads)
      : w_(w), kept_(kept), rows_(rows), threads_(threads) {
    for (const KernelRequest& one : kept.kernels) {
      if (!one.unanswered && one.row.suspect.empty() && is_fitted(one.row)) {
        fitted_.insert(one.row.id);
      }
    }
    fitted_.merge(fitted_steps(measured_steps(kept.steps)));
  }

  void predict() {
    const auto part_of = [this](const std::string& id) {
      return fitted_.contains(id) ? Part::kFitted : Part::kHeldOut;
    };
    for (const KernelRequest& row : rows_.kernels) {
      add(row, *w_.kernels, part_of(row.row.id), /*skip=*/true);
    }
    simulate_rows();
    for (const StepRow& row : rows_.steps) {
      add(row, row.constants, part_of(row.id), /*skip=*/true);
    }
  }

  // Constants fitted on all other chips; error bars as the calibration has them for strangers.
  void predict_without_chip() {
    std::set<std::string> chips;
    for (const KernelRequest& row : rows_.kernels) {
      if (!row.unanswered && row.row.suspect.empty()) {
        chips.insert(row.row.chip);
      }
    }
    const std::vector<MeasuredKernel> all = usable(kept_.kernels);
    const std::map<std::string, Machine> machines = all_machines(w_.catalog);
    for (const std::string& chip : chips) {
      std::vector<MeasuredKernel> others;
      std::copy_if(all.begin(), all.end(), std::back_inserter(others),
                   [&chip](const MeasuredKernel& one) { return one.chip != chip; });
      Calibration without = fit_constants(others, machines);
      without.scatter = w_.kernels->calibration().scatter;
      const KernelModels models(std::move(without));
      for (const KernelRequest& row : rows_.kernels) {
        if (row.row.chip == chip) {
          add(row, models, Part::kLeftOut, /*skip=*/false);
        }
      }
    }
    predict_steps_without_chip();
  }

  [[nodiscard]] Accuracy of(Part part) const {
    Accuracy found;
    for (const Predicted& one : predicted_) {
      if (one.part == part) {
        found.rows.push_back(&one);
      }
    }
    return found;
  }

  // By what `name` gives, one part.
  template <class Name>
  [[nodiscard]] std::map<std::string, Accuracy> by(Part part, const Name& name) const {
    std::map<std::string, Accuracy> found;
    for (const Predicted& one : predicted_) {
      if (one.part == part) {
        found[name(one)].rows.push_back(&one);
      }
    }
    return found;
  }

  [[nodiscard]] const std::vector<Predicted>& predicted() const { return predicted_; }
  [[nodiscard]] const std::vector<Skipped>& skipped() const { return skipped_; }

 private:
  void add(const KernelRequest& row, const KernelModels& models, Part part, bool skip) {
    std::optional<Message> reason = row.unanswered;
    if (!reason && !row.row.suspect.empty()) {
      reason = Message("suspect: {why}", {{"why", row.row.suspect}});
    }
    std::shared_ptr<const KernelModel> model;
    if (!reason) {
      model = models.of(w_.catalog, *row.chip);
      reason = model->refuses(row.row.kernel);
    }
    if (!reason) {
      const KernelTime time = model->time(row.row.kernel);
      predicted_.push_back({row.row.id, row.row.source, row.row.chip, row.op, "", part,
                            time.total.base(), time.low.base(), time.high.base(),
                            row.row.value.base(), time.evidence, row.assumptions});
    } else if (skip) {
      skipped_.push_back({row.row.id, row.row.source, row.row.chip, row.op, std::move(*reason)});
    }
  }

  void add(const StepRow& row, const StepConstants& constants, Part part, bool skip) {
    const std::string op = operator_of(row);
    if (row.unanswered) {
      if (skip) {
        skipped_.push_back({row.id, row.source, row.chip_id, op, *row.unanswered});
      }
      return;
    }
    Predicted one{row.id, row.source, row.chip_id, op,        row.plans,          part,
                  0.0,    0.0,        0.0,         row.value, constants.evidence, row.assumptions};
    if (row.kind == MetricKind::kMemory) {
      one.predicted = row.predicted_bytes;
    } else if (const auto found = simulated_.find(row.id); found != simulated_.end()) {
      one.predicted = found->second;
    } else {
      const double slower = row.measured.seconds(constants.values) / row.measured.measured_s;
      one.predicted = row.value * (row.kind == MetricKind::kTime ? slower : 1.0 / slower);
    }
    const double of_steps = interval_factor(constants);
    const double factor = row.simulated ? std::max(of_steps, load_factor(row)) : of_steps;
    one.low = one.predicted / factor;
    one.high = one.predicted * factor;
    predicted_.push_back(std::move(one));
  }

  // Each by itself, on all threads.
  void simulate_rows() {
    std::vector<std::pair<const StepRow*, double>> runs;
    for (const StepRow& row : rows_.steps) {
      if (row.simulated && !row.unanswered) {
        runs.emplace_back(&row, 0.0);
      }
    }
    if (!runs.empty() && &rows_ != &kept_) {  // some of the data set's, for the intervals
      constexpr std::size_t kEvery = 16;
      for (std::size_t i = 0; i < kept_.steps.size(); i += kEvery) {
        const StepRow& row = kept_.steps[i];
        if (row.simulated && !row.unanswered) {
          runs.emplace_back(&row, 0.0);
        }
      }
    }
    // Rows of one run stand beside each other, and would wait for one another.
    std::stable_partition(runs.begin(), runs.end(),
                          [](const auto& one) { return !is_first_token(*one.first); });
    for_each_index(runs.size(), threads_,
                   [&runs](std::size_t i) { runs[i].second = runs[i].first->simulated(); });
    // How wrong runs whose constants were fitted are says how wrong others of their kind may be.
    std::map<std::string, std::vector<double>> errors;
    for (const auto& [row, predicted] : runs) {
      simulated_[row->id] = predicted;
      const bool first = is_first_token(*row);
      const std::string run = first ? row->id.substr(0, row->id.rfind("-ttft")) : row->id;
      if (fitted_.contains(run)) {
        const double error = std::fabs(std::log(row->value / predicted));
        errors[operator_of(*row)].push_back(error);
        errors[kind_of(*row)].push_back(error);
      }
    }
    for (auto& [kind, of_kind] : errors) {
      constexpr std::size_t kFew = 20;
      constexpr double kWider = 1.5;  // constants were fitted on these, and to some of their errors
      if (of_kind.size() >= kFew) {
        const auto place = of_kind.begin() + static_cast<std::ptrdiff_t>(of_kind.size() * 4 / 5);
        std::nth_element(of_kind.begin(), place, of_kind.end());
        load_factors_[kind] = std::exp(kWider * *place);
      }
    }
  }
  // To the ends of its interval: as of its phase, where enough runs of it were fitted.
  double load_factor(const StepRow& row) const {
    for (const std::string& kind : {operator_of(row), kind_of(row)}) {
      if (const auto found = load_factors_.find(kind); found != load_factors_.end()) {
        return found->second;
      }
    }
    return 1.0;
  }
  static std::string kind_of(const StepRow& row) {
    return is_first_token(row) ? "first token" : "throughput";
  }
  static bool is_first_token(const StepRow& row) {
    return row.metric.find("ttft") != std::string::npos;
  }

  // Runs under load are many, and fitting again for every chip long: they are left out of this.
  static bool is_fitted_again(const StepRow& row) { return is_timed(row) && !row.simulated; }
  void predict_steps_without_chip() {
    std::set<std::string> chips;
    for (const StepRow& row : rows_.steps) {
      if (is_fitted_again(row)) {
        chips.insert(row.chip_id);
      }
    }
    for (const std::string& chip : chips) {
      std::vector<MeasuredStep> others;
      for (const StepRow& row : kept_.steps) {
        if (is_fitted_again(row) && row.chip_id != chip) {
          others.push_back(row.measured);
        }
      }
      Calibration without = calibrate_steps(others, w_.catalog, /*scatter=*/false);
      without.scatter = w_.kernels->calibration().scatter;
      for (const StepRow& row : rows_.steps) {
        const Chip* found = w_.catalog.chip(row.chip_id);
        if (row.chip_id == chip && is_fitted_again(row) && found != nullptr) {
          add(row,
              step_constants(row.measured.training, row.measured.engine, row.measured.variant,
                             *found, without),
              Part::kLeftOut, /*skip=*/false);
        }
      }
    }
  }

  static std::string operator_of(const StepRow& row) {
    return row.kind == MetricKind::kMemory        ? "memory"
           : row.simulated && is_first_token(row) ? row.phase + std::string(kFirstTokenOp)
                                                  : row.phase;
  }

  const Workspace& w_;
  const Measurements& kept_;
  const Measurements& rows_;
  unsigned threads_;
  std::map<std::string, double> simulated_;     // of rows under load, by id
  std::map<std::string, double> load_factors_;  // by phase, and of all of a kind
  std::set<std::string> fitted_;
  std::vector<Predicted> predicted_;
  std::vector<Skipped> skipped_;
};

Json row_json(const Predicted& p) {
  return {{"id", p.id},
          {"source", p.source},
          {"chip", p.chip},
          {"operator", p.op},
          {"part", word_of(p.part)},
          {"predicted", p.predicted},
          {"interval", {p.low, p.high}},
          {"measured", p.measured},
          {"error_percent", p.error_percent()},
          {"inside_interval", p.inside()},
          {"evidence", kEvidenceNames[static_cast<std::size_t>(p.evidence)]},
          {"assumptions", texts_json(p.assumptions)}};
}

using GroupKey = std::tuple<std::string, std::string, std::string, Part>;

// By source, chip, operator and part, with the rows that were skipped.
std::map<GroupKey, Accuracy> groups_of(const Validation& v, const std::vector<Part>& parts) {
  std::map<GroupKey, Accuracy> groups;
  for (const Predicted& one : v.predicted()) {
    if (std::find(parts.begin(), parts.end(), one.part) != parts.end()) {
      groups[{one.source, one.chip, one.op, one.part}].rows.push_back(&one);
    }
  }
  for (const Skipped& one : v.skipped()) {
    ++groups[{one.source, one.chip, one.op, parts.back()}].skipped;
  }
  return groups;
}

Table groups_table(const std::map<GroupKey, Accuracy>& groups) {
  Table table;
  table.columns = {{"source", "Source", "", Align::kLeft},
                   {"chip", "Chip", "", Align::kLeft},
                   {"operator", "Operator", "", Align::kLeft},
                   {"part", "Part", "", Align::kLeft}};
  append_columns(table.columns);
  table.columns.push_back({"worst", "Worst row", "", Align::kLeft});
  table.columns.push_back({"worst_error_percent", "Worst", "%", Align::kRight, 3});
  for (const auto& [key, accuracy] : groups) {
    const auto& [source, chip, op, part] = key;
    std::vector<Cell> row{source, chip, op, std::string(word_of(part))};
    append_cells(accuracy, row);
    if (!accuracy.rows.empty()) {
      row.emplace_back(accuracy.worst().id);
      row.emplace_back(accuracy.worst().error_percent());
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// One row a name, the accuracy of each part beside it.
template <class Name>
Table parts_table(const Validation& v, const std::vector<Part>& parts, std::string_view key,
                  std::string_view title, const Name& name) {
  Table table;
  table.columns = {{std::string(key), std::string(title), "", Align::kLeft},
                   {"part", "Part", "", Align::kLeft}};
  append_columns(table.columns);
  std::map<std::pair<std::string, Part>, Accuracy> all;
  for (const Part part : parts) {
    for (auto& [one, accuracy] : v.by(part, name)) {
      all[{one, part}] = accuracy;
    }
  }
  for (const auto& [place, accuracy] : all) {
    std::vector<Cell> row{place.first, std::string(word_of(place.second))};
    append_cells(accuracy, row);
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table skipped_table(const Validation& v, const Words& say) {
  std::map<std::string, std::int64_t> reasons;
  for (const Skipped& one : v.skipped()) {
    ++reasons[say(one.reason)];
  }
  Table table;
  table.title = "Skipped";
  table.columns = {{"rows", "Rows", "", Align::kRight}, {"reason", "Reason", "", Align::kLeft}};
  for (const auto& [reason, count] : reasons) {
    table.rows.push_back({count, reason});
  }
  return table;
}

std::string percent(double value) { return fmt::format("{:.1f} %", value); }

std::string headline_of(std::string_view text, const Accuracy& a, const Words& say) {
  return say(text, {{"count", std::to_string(a.rows.size())},
                    {"mape", percent(a.mape())},
                    {"median", percent(a.median())},
                    {"bias", fmt::format("{:+.1f} %", a.bias())},
                    {"inside", percent(a.coverage())}});
}

void describe(const Validation& v, const std::vector<Part>& parts, const Words& say,
              Answer& answer) {
  constexpr std::array<std::string_view, 3> kTexts{
      "Fitted on: {count} rows, MAPE {mape}, median {median}, bias {bias}, {inside} inside the "
      "interval",
      "Not fitted on: {count} rows, MAPE {mape}, median {median}, bias {bias}, {inside} inside the "
      "80 % interval",
      "One chip left out: {count} rows, MAPE {mape}, median {median}, bias {bias}, {inside} inside "
      "the 80 % interval"};
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {  // what counts most stands first
    const Accuracy a = v.of(*part);
    if (!a.rows.empty()) {
      answer.blocks.emplace_back(
          Headline{headline_of(kTexts[static_cast<std::size_t>(*part)], a, say)});
    }
  }
  for (const auto& [text, kind] :
       {std::pair{"Training steps, mean over {count} sources: {all} (not fitted on: {held})",
                  Runs::kTraining},
        std::pair{"Serving steps, mean over {count} sources: {all} (not fitted on: {held})",
                  Runs::kServing},
        std::pair{"Serving under load, throughput and TPOT, mean over {count} sources: {all} (not "
                  "fitted on: {held})",
                  Runs::kLoad},
        std::pair{"Serving under load, TTFT, mean over {count} sources: {all} (not fitted on: "
                  "{held})",
                  Runs::kFirstToken}}) {
    const SourceMeans means = means_over_sources(v.predicted(), kind);
    if (means.sources > 0) {
      answer.blocks.emplace_back(Headline{say(text, {{"count", std::to_string(means.sources)},
                                                     {"all", percent(means.all)},
                                                     {"held", percent(means.held_out)}})});
    }
  }
  if (const PlanOrder order = plan_order(v.predicted()); order.apart > 0) {
    const double share =
        100.0 * static_cast<double>(order.ordered) / static_cast<double>(order.apart);
    answer.blocks.emplace_back(
        Headline{say("Order of training plans: {share} of {count} pairs that differ by more than "
                     "runs of one plan do",
                     {{"share", percent(share)}, {"count", std::to_string(order.apart)}})});
    answer.blocks.emplace_back(Headline{
        say("Rank correlation of training plans: {apart} over {count} models and systems with such "
            "pairs, {all} over all {groups}",
            {{"apart", fmt::format("{:.3f}", order.mean_apart)},
             {"count", std::to_string(order.groups_apart)},
             {"all", fmt::format("{:.3f}", order.mean_correlation)},
             {"groups", std::to_string(order.groups)}})});
  }
  const auto add = [&](std::string_view key, std::string_view title, const auto& name) {
    answer.blocks.emplace_back(said_cells(parts_table(v, parts, key, title, name), {"part"}, say));
  };
  add("operator", "Operator", [](const Predicted& r) { return operator_group(r.op); });
  add("chip", "Chip", [](const Predicted& r) { return r.chip; });
  add("source", "Source",
      [](const Predicted& r) { return r.source.empty() ? std::string("?") : r.source; });
  if (!v.skipped().empty()) {
    answer.blocks.emplace_back(say(skipped_table(v, say)));
  }
}

template <class T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

// Of the user's files; without any, of the data set.
Loaded<Measurements> rows_of_files(const Workspace& w, const std::vector<std::string>& files) {
  Measurements all;
  Diagnostics errors;
  for (const std::string& path : files) {
    auto text = data::read_text_file(path);
    if (!text) {
      errors.push_back(std::move(text).error());
      continue;
    }
    auto rows = measured_rows(w, path, *text);
    auto steps = step_rows(w, path, std::move(*text));
    if (!rows) {
      errors.insert(errors.end(), rows.error().begin(), rows.error().end());
      continue;
    }
    append(all.kernels, std::move(*rows));
    append(all.steps, std::move(*steps));
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return all;
}

Loaded<Measurements> rows_of_data(const Workspace& w) {
  auto kernels = kept_measurements(w);
  if (!kernels) {
    return tl::unexpected(std::move(kernels).error());
  }
  auto steps = kept_steps(w);
  if (!steps) {
    return tl::unexpected(std::move(steps).error());
  }
  return Measurements{std::move(*kernels), std::move(*steps)};
}

}  // namespace

Loaded<Answer> validate(const Workspace& w, const ValidateRequest& request, const Words& say) {
  const auto kept = rows_of_data(w);
  if (!kept) {
    return tl::unexpected(kept.error());
  }
  Measurements own;
  if (!request.files.empty()) {
    auto read = rows_of_files(w, request.files);
    if (!read) {
      return tl::unexpected(std::move(read).error());
    }
    own = std::move(*read);
  }
  const Measurements& rows = request.files.empty() ? *kept : own;
  Validation v(w, *kept, rows, std::max(1U, request.threads));
  v.predict();
  std::vector<Part> shown{Part::kFitted, Part::kHeldOut};
  if (request.leave_one_chip_out) {
    v.predict_without_chip();
    shown = {Part::kLeftOut};
  }
  std::vector<Part> parts{Part::kFitted, Part::kHeldOut};
  if (request.leave_one_chip_out) {
    parts.push_back(Part::kLeftOut);
  }

  Accuracy whole;
  Json list = Json::array();
  for (const Predicted& one : v.predicted()) {
    if (std::find(shown.begin(), shown.end(), one.part) != shown.end()) {
      whole.rows.push_back(&one);
      list.push_back(row_json(one));
    }
  }
  whole.skipped = v.skipped().size();
  const std::map<GroupKey, Accuracy> groups = groups_of(v, shown);
  Json group_list = Json::array();
  for (const auto& [key, accuracy] : groups) {
    const auto& [source, chip, op, part] = key;
    Json group{{"source", source}, {"chip", chip}, {"operator", op}, {"part", word_of(part)}};
    group.update(accuracy_json(accuracy));
    group_list.push_back(std::move(group));
  }
  Json operators = Json::array();
  for (const Part part : parts) {
    for (const auto& [op, accuracy] :
         v.by(part, [](const Predicted& r) { return operator_group(r.op); })) {
      Json group{{"operator", op}, {"part", word_of(part)}};
      group.update(accuracy_json(accuracy));
      operators.push_back(std::move(group));
    }
  }
  Json skipped = Json::array();
  for (const Skipped& one : v.skipped()) {
    skipped.push_back({{"id", one.id}, {"reason", one.reason.english()}});
  }
  Json result{{"summary", accuracy_json(whole)}};
  for (const Part part : parts) {
    std::string name(word_of(part));
    std::replace(name.begin(), name.end(), '-', '_');
    result[name] = accuracy_json(v.of(part));
  }
  result["operators"] = std::move(operators);
  result["mean_over_sources"] = sources_json(v.predicted());
  result["plan_order"] = order_json(v.predicted());
  result["plan_pairs"] = pairs_json(v.predicted());
  result["groups"] = std::move(group_list);
  result["rows"] = std::move(list);
  result["skipped"] = std::move(skipped);

  Answer answer;
  answer.command = "validate";
  answer.as_of = w.date;
  answer.results.push_back(std::move(result));
  answer.table = groups_table(groups);
  describe(v, parts, say, answer);
  return answer;
}

}  // namespace redline::app

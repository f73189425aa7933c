#include "app/estimate.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "app/estimate_text.h"
#include "app/kernel_models.h"
#include "app/kernel_request.h"

namespace redline::app {
namespace {

using results::Align;
using results::Table;
using results::Words;

template <std::size_t N, class E>
std::string_view named(const std::array<std::string_view, N>& names, E value) {
  return names[static_cast<std::size_t>(value)];
}

struct Estimate {
  KernelRequest request;
  KernelTime time;
  KernelBasis basis;
  std::vector<std::string> sources;  // of the constants, by id
};

Json sizes_json(const Estimate& e, const Json& fields) {
  Json json = Json::object();
  for (const OperatorFields& one : operator_fields()) {
    if (one.op != e.request.op) {
      continue;
    }
    for (const auto* names : {&one.needed, &one.optional}) {
      for (const std::string_view name : *names) {
        const auto found = fields.find(name);
        if (found != fields.end() && !found->is_null()) {
          json[std::string(name)] = *found;
        }
      }
    }
  }
  return json;
}

Json estimate_json(const Estimate& e, const Json& fields) {
  const KernelTime& t = e.time;
  const bool known = !e.request.unanswered;
  const auto or_null = [known](auto value) { return known ? Json(value) : Json(nullptr); };
  Json breakdown = Json::object();
  Json rests = Json::object();
  for (std::size_t i = 0; i < kPartNames.size(); ++i) {
    const std::string name(kPartNames[i]);
    breakdown[name + "_s"] = t.parts[i].base();
    rests[name] = named(kEvidenceNames, t.rests[i]);
  }
  return {{"op", e.request.op},
          {"chip", e.request.row.chip},
          {"kernel", or_null(e.basis.kernel)},
          {"shape", sizes_json(e, fields)},
          {"time_s", or_null(t.total.base())},
          {"interval_s", known ? Json{t.low.base(), t.high.base()} : Json(nullptr)},
          {"evidence", or_null(named(kEvidenceNames, t.evidence))},
          {"bound", or_null(named(kPartNames, t.bound))},
          {"breakdown", known ? breakdown : Json(nullptr)},
          {"rests_on", known ? rests : Json(nullptr)},
          {"outside_fitted_range", or_null(t.outside_fitted_range)},
          {"reason", known ? Json(nullptr) : Json(e.request.unanswered->english())},
          {"assumptions", texts_json(e.request.assumptions)},
          {"sources", e.sources}};
}

Table parts_table(const KernelTime& time) {
  Table table;
  table.columns = {{"part", "Part", "", Align::kLeft},
                   {"time_us", "Time", "µs", Align::kRight, 4},
                   {"share_percent", "Share", "%", Align::kRight, 3},
                   {"rests_on", "Rests on", "", Align::kLeft}};
  const double total = time.total.base();
  for (std::size_t i = 0; i < kPartNames.size(); ++i) {
    const double part = time.parts[i].base();
    if (part > 0.0) {
      table.rows.push_back({std::string(kPartNames[i]), part * 1e6, 100.0 * part / total,
                            std::string(named(kEvidenceNames, time.rests[i]))});
    }
  }
  return table;
}

// One row a result, for CSV.
Table flat_table(const Estimate& e) {
  Table table;
  table.columns = {{"op", "Operator", "", Align::kLeft},
                   {"chip", "Chip", "", Align::kLeft},
                   {"time_s", "Time", "s"},
                   {"low_s", "p10", "s"},
                   {"high_s", "p90", "s"},
                   {"evidence", "Evidence", "", Align::kLeft},
                   {"bound", "Bound", "", Align::kLeft}};
  if (e.request.unanswered) {
    table.rows.push_back({e.request.op, e.request.row.chip});
  } else {
    table.rows.push_back({e.request.op, e.request.row.chip, e.time.total.base(), e.time.low.base(),
                          e.time.high.base(), std::string(named(kEvidenceNames, e.time.evidence)),
                          std::string(named(kPartNames, e.time.bound))});
  }
  return table;
}

std::string evidence_text(Evidence evidence, const Words& say) {
  switch (evidence) {
    case Evidence::kMeasured:
      return say("measured: constants fitted on this chip and kernel");
    case Evidence::kFamily:
      return say("family: constants fitted on relatives of this chip, or on other kernels on it");
    case Evidence::kExtrapolated:
      break;
  }
  return say("extrapolated: this chip is known from its data sheet alone");
}

void describe(const Estimate& e, const Words& say, std::vector<Block>& blocks) {
  const KernelRequest& r = e.request;
  if (r.unanswered) {
    blocks.emplace_back(
        Headline{say("{op} on {chip}: not known", {{"op", r.op}, {"chip", r.row.chip}})});
    blocks.emplace_back(Paragraph{say(*r.unanswered), 2});
    return;
  }
  const KernelTime& t = e.time;
  blocks.emplace_back(Headline{say("{op} on {chip}: {time} (80 % interval {low} to {high})",
                                   {{"op", r.op},
                                    {"chip", r.row.chip},
                                    {"time", time_text(t.total.base())},
                                    {"low", time_text(t.low.base())},
                                    {"high", time_text(t.high.base())}})});
  blocks.emplace_back(
      Paragraph{say("bound by {bound}", {{"bound", say(named(kPartNames, t.bound), {})}}), 2});
  blocks.emplace_back(Paragraph{evidence_text(t.evidence, say), 2});
  if (t.outside_fitted_range) {
    blocks.emplace_back(Paragraph{say("smaller or larger than any shape that constants were fitted "
                                      "on: the interval is wider"),
                                  2});
  }
  blocks.emplace_back(said_cells(parts_table(t), {"part", "rests_on"}, say));
  std::string rows;
  std::set<std::string> chips;
  int count = 0;
  for (const Support* support : e.basis.nearest) {
    chips.insert(support->chip);
    count += support->rows;
  }
  if (count > 0) {
    blocks.emplace_back(Paragraph{
        say("kernel {kernel}; nearest measurements: {count} rows on {chips}, from {sources}",
            {{"kernel", e.basis.kernel},
             {"count", std::to_string(count)},
             {"chips", fmt::format("{}", fmt::join(chips, ", "))},
             {"sources", fmt::format("{}", fmt::join(e.sources, ", "))}}),
        0});
  } else {
    blocks.emplace_back(Paragraph{
        say("there are no measurements of such an operator: the interval is a guess"), 0});
  }
  if (!r.assumptions.empty()) {
    std::string text;
    for (const Message& assumption : r.assumptions) {
      text += (text.empty() ? "" : "; ") + say(assumption);
    }
    blocks.emplace_back(Paragraph{say("Taken as given: {what}.", {{"what", text}}), 0});
  }
}

Estimate estimate_of(const Workspace& w, KernelRequest request) {
  Estimate e;
  e.request = std::move(request);
  if (e.request.unanswered) {
    return e;
  }
  const Chip& chip = *e.request.chip;
  const std::shared_ptr<const KernelModel> model = w.kernels->of(w.catalog, chip);
  e.request.unanswered = model->refuses(e.request.row.kernel);
  if (e.request.unanswered) {
    return e;
  }
  e.time = model->time(e.request.row.kernel);
  const Machine machine = machine_in(w.catalog, chip);
  e.basis = basis_of(e.request.row.kernel, machine, w.kernels->calibration());
  std::set<std::string> sources;
  for (const Support* support : e.basis.nearest) {
    sources.insert(support->sources.begin(), support->sources.end());
  }
  e.sources.assign(sources.begin(), sources.end());
  return e;
}

}  // namespace

Loaded<Answer> estimate_kernel(const Workspace& w, const Json& fields, const Words& say) {
  std::vector<FieldProblem> problems;
  KernelRequest request = read_kernel_request(w, fields, problems);
  if (!problems.empty()) {
    Diagnostics errors;
    for (const FieldProblem& one : problems) {
      errors.push_back({Code::kBatchField, one.message, std::nullopt, {}, {}});
    }
    return tl::unexpected(std::move(errors));
  }
  const Estimate estimate = estimate_of(w, std::move(request));
  Answer answer;
  answer.command = "estimate-kernel";
  answer.as_of = w.date;
  answer.request = fields;
  answer.request["command"] = answer.command;
  answer.results.push_back(estimate_json(estimate, fields));
  answer.table = flat_table(estimate);
  describe(estimate, say, answer.blocks);
  return answer;
}

Loaded<Json> kernel_fields(const std::string& chip, const std::string& op,
                           const std::vector<std::string>& words) {
  Json fields{{"chip", chip}, {"op", op}};
  Diagnostics errors;
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      errors.push_back({Code::kBadOptionValue,
                        fmt::format("'{}': expected FIELD=VALUE", word),
                        std::nullopt,
                        {"for example m=4096 dtype=fp8"},
                        {}});
      continue;
    }
    const std::string value = word.substr(equals + 1);
    Json parsed = Json::parse(value, nullptr, /*allow_exceptions=*/false);
    const bool plain = parsed.is_number() || parsed.is_boolean();
    fields[word.substr(0, equals)] = plain ? parsed : Json(value);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return fields;
}

}  // namespace redline::app

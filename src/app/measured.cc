#include "app/measured.h"

#include <map>

#include <fmt/format.h>

namespace redline::app {

Loaded<std::vector<KernelRequest>> measured_rows(const Workspace& workspace, std::string file,
                                                 std::string text) {
  const auto parsed = data::parse_json_rows(std::move(file), std::move(text));
  if (!parsed) {
    return tl::unexpected(parsed.error());
  }
  std::vector<KernelRequest> rows;
  Diagnostics errors;
  for (const data::JsonRow& one : parsed->rows) {
    if (one.value.contains("phase")) {
      continue;  // a whole step, see step_row.h
    }
    std::vector<FieldProblem> problems;
    KernelRequest request = read_kernel_request(workspace, one.value, problems);
    for (const FieldProblem& problem : problems) {
      errors.push_back(
          {Code::kRowField, problem.message, parsed->span(one, problem.field), {}, {}});
    }
    if (!request.unanswered && request.row.value.base() <= 0.0) {
      request.unanswered = Message("the measured time is not said (value_s)");
    }
    if (request.row.id.empty()) {
      request.row.id = fmt::format("line {}", parsed->span(one).line);
      request.row.group = request.row.group.empty() ? request.row.id : request.row.group;
    }
    rows.push_back(std::move(request));
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return rows;
}

Loaded<std::vector<KernelRequest>> kept_measurements(const Workspace& workspace) {
  std::vector<KernelRequest> all;
  std::map<std::string, std::size_t> places;
  Diagnostics errors;
  for (const data::DataFile* file : workspace.files.under("measured")) {
    auto rows = measured_rows(workspace, file->display, file->text);
    if (!rows) {
      errors.insert(errors.end(), rows.error().begin(), rows.error().end());
      continue;
    }
    for (KernelRequest& row : *rows) {
      const auto [place, added] = places.try_emplace(row.row.id, all.size());
      if (added) {
        all.push_back(std::move(row));
      } else {
        all[place->second] = std::move(row);
      }
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return all;
}

std::vector<MeasuredKernel> usable(const std::vector<KernelRequest>& rows) {
  std::vector<MeasuredKernel> list;
  for (const KernelRequest& one : rows) {
    if (!one.unanswered && one.row.suspect.empty()) {
      list.push_back(one.row);
    }
  }
  return list;
}

}  // namespace redline::app

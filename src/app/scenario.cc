#include "app/scenario.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "data/fields.h"

namespace redline::data {

template <>
struct Record<app::ScenarioInput> {
  using I = app::ScenarioInput;
  static constexpr std::string_view kName = "input";
  static constexpr std::string_view kDoc = "A fact that was known on the day of the scenario.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &I::id, {.required = true, .doc = "Unique in the file."}),
        field("date", &I::date, {.required = true, .doc = "When it became known."}),
        field("what", &I::what, {.required = true, .doc = "What it is."}),
        field("value", &I::value, {.doc = "The figure, if it is one."}),
        field("basis", &I::basis, {.doc = "How the figure came about."}),
        field("source", &I::source, {.required = true, .doc = "Ids of data/sources."}),
    };
  }
};
template <>
struct Record<app::Scenario> {
  using S = app::Scenario;
  static constexpr std::string_view kName = "scenario";
  static constexpr std::string_view kDoc = "The inputs of a decision brief.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &S::id, {.required = true, .doc = "Unique; the name of the file."}),
        field("title", &S::title, {.required = true, .doc = "Title of the brief."}),
        field("as_of", &S::as_of, {.required = true, .doc = "No input is dated later."}),
        field("subject", &S::subject, {.required = true, .doc = "The chip in question."}),
        field("to", &S::to, {.required = true, .doc = "Destination, ISO code."}),
        field("before", &S::before, {.required = true, .doc = "Day before the change."}),
        field("after", &S::after, {.required = true, .doc = "Day after the change."}),
        field("claims", &S::claims, {.doc = "Claims to check, a file of data/claims."}),
        field("input", &S::inputs, {.doc = "Facts known on the day."}),
    };
  }
};

}  // namespace redline::data

namespace redline::app {
namespace {

Loaded<NamedText> scenario_text(const Workspace& workspace, const std::string& name) {
  auto found = text_named(workspace, "scenarios", name);
  if (!found) {
    return tl::unexpected(std::move(found).error());
  }
  if (*found) {
    return std::move(**found);
  }
  std::vector<std::string> names;
  for (const data::DataFile* file : workspace.files.under("scenarios")) {
    names.push_back(stem_of(*file));
  }
  std::vector<std::string> help{fmt::format("scenarios: {}", fmt::join(names, ", "))};
  const auto near = nearest_names(name, {names.begin(), names.end()});
  if (!near.empty()) {
    help.insert(help.begin(), fmt::format("did you mean '{}'?", near.front()));
  }
  return tl::unexpected(Diagnostics{{Code::kUnknownRecord,
                                     fmt::format("there is no scenario '{}'", name),
                                     std::nullopt,
                                     std::move(help),
                                     {}}});
}

void check(const Workspace& workspace, const Scenario& scenario, const data::Node& root,
           Diagnostics& errors) {
  const auto report = [&errors](Code code, std::string message, const data::Node& node,
                                std::string help) {
    errors.push_back({code, std::move(message), node.span(), {std::move(help)}, {}});
  };
  const std::vector<data::Node> nodes = root.find("input").items();
  for (std::size_t i = 0; i < scenario.inputs.size(); ++i) {
    const ScenarioInput& input = scenario.inputs[i];
    if (input.date > scenario.as_of) {
      report(Code::kInconsistent,
             fmt::format("input '{}' is dated {}, after the scenario ({})", input.id,
                         format_date(input.date), format_date(scenario.as_of)),
             nodes[i].find("date"), "a brief rests on what was known on its day");
    }
    for (const std::string& source : input.source) {
      if (workspace.catalog.source(source) == nullptr) {
        report(Code::kUnknownReference, fmt::format("there is no source '{}'", source),
               nodes[i].find("source"), "define it in data/sources, or correct the id");
      }
    }
  }
  if (workspace.catalog.chip(scenario.subject) == nullptr) {
    report(Code::kUnknownReference, fmt::format("there is no chip '{}'", scenario.subject),
           root.find("subject"), "`redline data list chips` shows all");
  }
  if (!workspace.catalog.geography.find_place(scenario.to)) {
    report(Code::kUnknownReference, fmt::format("there is no place '{}'", scenario.to),
           root.find("to"), "`redline data list places` shows all");
  }
  const auto claims = workspace.files.under("claims");
  if (!scenario.claims.empty() &&
      std::none_of(claims.begin(), claims.end(), [&scenario](const data::DataFile* file) {
        return file->relative == fmt::format("claims/{}.toml", scenario.claims);
      })) {
    report(Code::kUnknownReference, fmt::format("there are no claims '{}'", scenario.claims),
           root.find("claims"), "name a file of data/claims");
  }
  if (scenario.after < scenario.before || scenario.after > scenario.as_of) {
    report(Code::kInconsistent, "the dates must come in the order before, after, as_of",
           root.find("after"), "correct the dates");
  }
}

}  // namespace

Loaded<Scenario> load_scenario(const Workspace& workspace, const std::string& name) {
  auto text = scenario_text(workspace, name);
  if (!text) {
    return tl::unexpected(std::move(text).error());
  }
  Diagnostics errors;
  const data::Document document(text->first, std::move(text->second), errors);
  data::Reader reader(errors, document.damaged());
  Scenario scenario;
  if (data::read_record(document.root(), scenario, reader) && !document.damaged()) {
    check(workspace, scenario, document.root(), errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return scenario;
}

data::TypeInfo scenario_type() { return data::Codec<Scenario>::info(); }

}  // namespace redline::app

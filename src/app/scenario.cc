#include "app/scenario.h"

#include <algorithm>
#include <set>

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
struct EnumNames<app::StepKind> {
  static constexpr NameList<app::StepKind, 3> kNames{{{"train", app::StepKind::kTrain},
                                                      {"prefill", app::StepKind::kPrefill},
                                                      {"decode", app::StepKind::kDecode}}};
};
template <>
struct Record<app::WorthUse> {
  using U = app::WorthUse;
  static constexpr std::string_view kName = "use";
  static constexpr std::string_view kDoc = "What chips are put to.";
  static constexpr auto fields() {
    return std::tuple{
        field("kind", &U::kind, {.required = true, .doc = "What is done."}),
        field("model", &U::model, {.required = true, .doc = "Language model, an id."}),
    };
  }
};
template <>
struct Record<app::WorthQuestion> {
  using W = app::WorthQuestion;
  static constexpr std::string_view kName = "worth";
  static constexpr std::string_view kDoc =
      "Uses in which the subject is set beside other chips; without it the brief has no such "
      "section.";
  static constexpr auto fields() {
    return std::tuple{
        field("reference", &W::reference, {.required = true, .doc = "The chip that is 100 %."}),
        field("chips", &W::chips,
              {.required = true, .doc = "Chips besides the subject and the reference."}),
        field("claim", &W::claim,
              {.doc = "Claim of `claims` that states the subject's share, such as 30 percent."}),
        field("use", &W::uses, {.required = true, .doc = "Uses."}),
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
        field("worth", &S::worth, {.doc = "What the subject is worth beside other chips."}),
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

// What is wrong between the parts of a scenario and with what it refers to.
class ScenarioCheck {
 public:
  ScenarioCheck(const Workspace& workspace, Scenario& scenario, const data::Node& root,
                Diagnostics& errors)
      : w_(workspace), s_(scenario), root_(root), errors_(errors) {}

  void check() {
    check_inputs();
    check_chip(s_.subject, root_.find("subject"));
    if (!w_.catalog.geography.find_place(s_.to)) {
      report(Code::kUnknownReference, fmt::format("there is no place '{}'", s_.to),
             root_.find("to"), "`redline data list places` shows all");
    }
    const bool claims = check_claims();
    if (s_.after < s_.before || s_.after > s_.as_of) {
      report(Code::kInconsistent, "the dates must come in the order before, after, as_of",
             root_.find("after"), "correct the dates");
    }
    if (s_.worth) {
      check_worth(*s_.worth, root_.find("worth"), claims);
    }
  }

 private:
  void report(Code code, std::string message, const data::Node& node, std::string help) {
    errors_.push_back({code, std::move(message), node.span(), {std::move(help)}, {}});
  }

  void check_inputs() {
    const std::vector<data::Node> nodes = root_.find("input").items();
    for (std::size_t i = 0; i < s_.inputs.size(); ++i) {
      const ScenarioInput& input = s_.inputs[i];
      if (input.date > s_.as_of) {
        report(Code::kInconsistent,
               fmt::format("input '{}' is dated {}, after the scenario ({})", input.id,
                           format_date(input.date), format_date(s_.as_of)),
               nodes[i].find("date"), "a brief rests on what was known on its day");
      }
      for (const std::string& source : input.source) {
        if (w_.catalog.source(source) == nullptr) {
          report(Code::kUnknownReference, fmt::format("there is no source '{}'", source),
                 nodes[i].find("source"), "define it in data/sources, or correct the id");
        }
      }
    }
  }

  const Chip* check_chip(const std::string& id, const data::Node& node) {
    const Chip* chip = w_.catalog.chip(id);
    if (chip == nullptr) {
      report(Code::kUnknownReference, fmt::format("there is no chip '{}'", id), node,
             "`redline data list chips` shows all");
    }
    return chip;
  }

  // Whether the scenario names claims that are there.
  bool check_claims() {
    const auto files = w_.files.under("claims");
    const std::string file = fmt::format("claims/{}.toml", s_.claims);
    const bool known = std::any_of(files.begin(), files.end(), [&file](const data::DataFile* one) {
      return one->relative == file;
    });
    if (!s_.claims.empty() && !known) {
      report(Code::kUnknownReference, fmt::format("there are no claims '{}'", s_.claims),
             root_.find("claims"), "name a file of data/claims");
    }
    return known;
  }

  void check_worth(WorthQuestion& worth, const data::Node& node, bool claims) {
    std::set<std::string> seen{s_.subject};
    check_compared(worth.reference, node.find("reference"), seen);
    const std::vector<data::Node> chips = node.find("chips").items();
    for (std::size_t i = 0; i < worth.chips.size(); ++i) {
      check_compared(worth.chips[i], chips[i], seen);
    }
    const std::vector<data::Node> uses = node.find("use").items();
    for (std::size_t i = 0; i < worth.uses.size(); ++i) {
      if (!find_model(w_, worth.uses[i].model)) {
        report(Code::kUnknownReference, fmt::format("there is no model '{}'", worth.uses[i].model),
               uses[i].find("model"), "`redline data list models` shows all");
      }
    }
    if (!worth.claim.empty()) {
      check_claim(worth, node.find("claim"), claims);
    }
  }

  // A chip of the comparison: there, public on the day, and named once.
  void check_compared(const std::string& id, const data::Node& node, std::set<std::string>& seen) {
    const Chip* chip = check_chip(id, node);
    if (chip == nullptr) {
      return;
    }
    const auto& first = chip->announced ? chip->announced : chip->launched;
    if (first && first->latest() > s_.as_of) {
      report(
          Code::kInconsistent,
          fmt::format("chip '{}' was announced after the scenario ({})", id, format_date(s_.as_of)),
          node, "a brief rests on what was known on its day");
    }
    if (!seen.insert(id).second) {
      report(Code::kDuplicateId, fmt::format("chip '{}' stands twice", id), node,
             "the subject and the reference are compared without being listed");
    }
  }

  void check_claim(WorthQuestion& worth, const data::Node& node, bool claims) {
    if (!claims) {
      if (s_.claims.empty()) {
        report(Code::kInconsistent, "a claim is named, but the scenario has no claims", node,
               "add claims = \"NAME\", a file of data/claims");
      }
      return;
    }
    auto stated = claimed_share(w_, s_.claims, worth.claim);
    if (!stated) {
      Error error = std::move(stated).error();
      error.where = node.span();
      errors_.push_back(std::move(error));
      return;
    }
    worth.claimed = std::move(*stated);
  }

  const Workspace& w_;
  Scenario& s_;
  const data::Node& root_;
  Diagnostics& errors_;
};

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
    ScenarioCheck(workspace, scenario, document.root(), errors).check();
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return scenario;
}

data::TypeInfo scenario_type() { return data::Codec<Scenario>::info(); }

}  // namespace redline::app

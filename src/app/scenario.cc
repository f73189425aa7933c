#include "app/scenario.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "redline/distribution.h"

#include "app/reasoning_request.h"
#include "app/reply_backtest.h"
#include "app/rule_space.h"
#include "data/fields.h"
#include "exposure/scenario_records.h"

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
struct Record<app::BuyerQuestion> {
  using B = app::BuyerQuestion;
  static constexpr std::string_view kName = "buyer";
  static constexpr std::string_view kDoc =
      "What a buyer gets for the same money; without it the brief has no such section.";
  static constexpr auto fields() {
    return std::tuple{
        field("chips", &B::chips,
              {.required = true,
               .min = 1,
               .max = 100000,
               .doc = "Chips of the subject; of others what their price buys."}),
        field("others", &B::others, {.required = true, .doc = "Chips that are bought instead."}),
        field("prompts", &B::prompts,
              {.doc = "Chips that take the prompts, while the subject writes the answers."}),
        field("train", &B::train, {.required = true, .doc = "Language model, an id."}),
        field("serve", &B::serve, {.required = true, .doc = "Language model, an id."}),
        field("tokens", &B::tokens,
              {.required = true, .min = 1.0, .doc = "Tokens that are trained on."}),
        field("batch", &B::batch,
              {.required = true, .min = 1, .max = 1000000, .doc = "Sequences of a step."}),
        field("ttft", &B::ttft,
              {.required = true, .min = 1e-6, .doc = "Longest time to the first token."}),
        field("tpot", &B::tpot,
              {.required = true, .min = 1e-6, .doc = "Longest time per output token."}),
    };
  }
};
template <>
struct Record<app::BandwidthQuestion> {
  using B = app::BandwidthQuestion;
  static constexpr std::string_view kName = "bandwidth";
  static constexpr std::string_view kDoc =
      "What users feel of a model on several chips, and what chains of thought cost; without it "
      "the "
      "brief has no such section.";
  static constexpr auto fields() {
    return std::tuple{
        field("chips", &B::chips, {.required = true, .doc = "Chips besides the subject."}),
        field("serve", &B::serve, {.required = true, .doc = "Language model, an id."}),
        field("prompt", &B::prompt,
              {.required = true, .doc = "Tokens of prompts, a distribution."}),
        field("answer", &B::answer,
              {.required = true, .doc = "Tokens of answers, a distribution."}),
        field("ttft", &B::ttft,
              {.required = true, .min = 1e-6, .doc = "Target: time to the first token."}),
        field("tpot", &B::tpot,
              {.required = true, .min = 1e-6, .doc = "Target: time per output token."}),
        field("share_percent", &B::share_percent,
              {.min = 1.0, .max = 100.0, .doc = "Of the requests that keep it (default 90)."}),
        field("rival", &B::rival,
              {.required = true, .doc = "Chip beside which the subject thinks."}),
        field("thinkers", &B::thinkers, {.required = true, .doc = "Language models that think."}),
        field("benchmark", &B::benchmark,
              {.doc = "What the model that is served is asked, as published, such as AIME 2025."}),
    };
  }
};
template <>
struct Record<app::BuiltQuestion> {
  static constexpr std::string_view kName = "built";
  static constexpr std::string_view kDoc =
      "The best parts that rules let through; without it the brief has no such section.";
  static constexpr auto fields() {
    return std::tuple{field("epochs", &app::BuiltQuestion::epochs,
                            {.required = true, .doc = "Of data/backtest, by id."})};
  }
};
template <>
struct Record<app::ImpactQuestion> {
  static constexpr std::string_view kName = "impact";
  static constexpr std::string_view kDoc =
      "The impact statement of the change; without it the brief has no such section.";
  static constexpr auto fields() {
    return std::tuple{field("space", &app::ImpactQuestion::space,
                            {.doc = "Rules to set beside it, a file of data/spaces."})};
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
        field("exposure", &S::exposure,
              {.doc = "What each path costs whom, a file of data/exposure."}),
        field("input", &S::inputs, {.doc = "Facts known on the day."}),
        field("worth", &S::worth, {.doc = "What the subject is worth beside other chips."}),
        field("buyer", &S::buyer, {.doc = "What a buyer gets for the same money."}),
        field("bandwidth", &S::bandwidth,
              {.doc = "What users feel, and what chains of thought cost."}),
        field("built", &S::built, {.doc = "What vendors would build instead."}),
        field("impact", &S::impact, {.doc = "What the change of rules did."}),
    };
  }
};

}  // namespace redline::data

namespace redline::app {
namespace {

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
    if (!s_.exposure.empty()) {
      check_exposure(root_.find("exposure"));
    }
    if (s_.after < s_.before || s_.after > s_.as_of) {
      report(Code::kInconsistent, "the dates must come in the order before, after, as_of",
             root_.find("after"), "correct the dates");
    }
    if (s_.worth) {
      check_worth(*s_.worth, root_.find("worth"), claims);
    }
    if (s_.buyer) {
      check_buyer(*s_.buyer, root_.find("buyer"));
    }
    if (s_.bandwidth) {
      check_bandwidth(*s_.bandwidth, root_.find("bandwidth"));
    }
    if (s_.built) {
      check_built(*s_.built, root_.find("built"));
    }
    if (s_.impact) {
      check_impact(*s_.impact, root_.find("impact"));
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

  // Its formulas and figures are read where it is worked out.
  void check_exposure(const data::Node& node) {
    const auto files = w_.files.under("exposure");
    const auto found = std::find_if(files.begin(), files.end(), [&](const data::DataFile* one) {
      return stem_of(*one) == s_.exposure;
    });
    if (found == files.end()) {
      report(Code::kUnknownReference, fmt::format("there is no exposure '{}'", s_.exposure), node,
             "name a file of data/exposure");
      return;
    }
    const data::Document document((*found)->display, (*found)->text, errors_);
    data::Reader reader(errors_, document.damaged());
    exposure::ExposureRecord record;
    if (exposure::read_exposure(document.root(), record, reader) && record.as_of > s_.as_of) {
      report(Code::kInconsistent,
             fmt::format("exposure '{}' is of {}, after the scenario ({})", s_.exposure,
                         format_date(*record.as_of), format_date(s_.as_of)),
             node, "a brief rests on what was known on its day");
    }
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
      check_model(worth.uses[i].model, uses[i].find("model"));
    }
    if (!worth.claim.empty()) {
      check_claim(worth, node.find("claim"), claims);
    }
  }

  void check_buyer(const BuyerQuestion& buyer, const data::Node& node) {
    std::set<std::string> alone{s_.subject};
    std::set<std::string> beside{s_.subject};
    const auto check_list = [&](const std::vector<std::string>& chips, std::string_view name,
                                std::set<std::string>& seen) {
      const std::vector<data::Node> nodes = node.find(name).items();
      for (std::size_t i = 0; i < chips.size(); ++i) {
        check_compared(chips[i], nodes[i], seen);
      }
    };
    check_list(buyer.others, "others", alone);
    check_list(buyer.prompts, "prompts", beside);
    check_model(buyer.train, node.find("train"));
    check_model(buyer.serve, node.find("serve"));
  }

  void check_bandwidth(const BandwidthQuestion& q, const data::Node& node) {
    std::set<std::string> seen{s_.subject};
    const std::vector<data::Node> chips = node.find("chips").items();
    for (std::size_t i = 0; i < q.chips.size(); ++i) {
      check_compared(q.chips[i], chips[i], seen);
    }
    std::set<std::string> beside{s_.subject};
    check_compared(q.rival, node.find("rival"), beside);
    check_model(q.serve, node.find("serve"));
    const std::vector<data::Node> thinkers = node.find("thinkers").items();
    for (std::size_t i = 0; i < q.thinkers.size(); ++i) {
      check_model(q.thinkers[i], thinkers[i]);
    }
    for (const auto& [text, name] : {std::pair{&q.prompt, "prompt"}, {&q.answer, "answer"}}) {
      if (const auto read = Distribution::parse(*text); !read || !(read->mean() >= 1.0)) {
        report(Code::kDistributionSyntax,
               read ? "the mean must be at least one token" : read.error().message, node.find(name),
               "write it as '500 to 4k'; docs/distributions.md has all forms");
      }
    }
    if (!q.benchmark.empty() && errors_.empty()) {
      const Json fields{{"chip", {s_.subject}}, {"model", q.serve}, {"benchmark", q.benchmark}};
      if (const auto read = read_reasoning(w_, fields, Code::kInconsistent); !read) {
        report(Code::kInconsistent, read.error().front().message, node.find("benchmark"),
               "name one that is published of the model, or leave it out");
      }
    }
  }

  void check_built(const BuiltQuestion& q, const data::Node& node) {
    const auto known = load_reply_epochs(w_);
    const std::vector<data::Node> epochs = node.find("epochs").items();
    for (std::size_t i = 0; known && i < q.epochs.size(); ++i) {
      const auto found = std::find_if(known->begin(), known->end(),
                                      [&](const ReplyEpoch& one) { return one.id == q.epochs[i]; });
      if (found == known->end()) {
        report(Code::kUnknownReference, fmt::format("there is no epoch '{}'", q.epochs[i]),
               epochs[i], "data/backtest has them");
      } else if (found->known > s_.as_of) {
        report(Code::kInconsistent,
               fmt::format("epoch '{}' is of facts until {}", found->id, format_date(found->known)),
               epochs[i], "no input may be dated after the scenario");
      }
    }
  }

  void check_impact(const ImpactQuestion& q, const data::Node& node) {
    if (q.space.empty()) {
      return;
    }
    const auto space = read_rule_space(w_, q.space, Code::kOutOfRange);
    if (!space) {
      report(Code::kInconsistent, space.error().front().message, node.find("space"),
             "a file of data/spaces, or a .toml file");
    } else if ((*space)->known > s_.as_of) {
      report(Code::kInconsistent,
             fmt::format("space '{}' is of facts until {}", q.space, format_date((*space)->known)),
             node.find("space"), "no input may be dated after the scenario");
    }
  }

  void check_model(const std::string& model, const data::Node& node) {
    if (!find_model(w_, model)) {
      report(Code::kUnknownReference, fmt::format("there is no model '{}'", model), node,
             "`redline data list models` shows all");
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
  auto text = needed_text(workspace, "scenarios", name, "scenario", "scenarios");
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

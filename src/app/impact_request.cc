#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/classify.h"
#include "app/field_reader.h"
#include "app/impact.h"
#include "base/nearest.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

constexpr auto kImpactFields = std::to_array<std::string_view>(
    {"id", "command", "before", "after", "bills", "to", "hq", "as_of", "model", "train_model",
     "unit", "parts", "dies", "exceptions", "justification"});

class ImpactReader : FieldReader {
 public:
  ImpactReader(const Workspace& w, const Json& json, Code code) : FieldReader(json, code), w_(w) {}

  Loaded<std::shared_ptr<const ImpactRequest>> read() {
    refuse_all_but({kImpactFields.begin(), kImpactFields.end()});
    read_rules();
    read_question();
    read_terms();
    read_dies();
    read_unit();
    read_work();
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::make_shared<const ImpactRequest>(std::move(out_));
  }

 private:
  void read_rules() {
    const std::optional<Date> stated = day("as_of");
    const Date today = stated.value_or(w_.date);
    if (flag("bills", false)) {
      read_law("bills", format_date(today), today);
      for (const rules::Instrument& one : w_.rules.book().instruments()) {
        if (one.hypothetical) {
          read_law("bills", fmt::format("{}+{}", format_date(today), to_lower(one.id)), today);
        }
      }
      for (const char* name : {"before", "after"}) {
        if (fields_.has(name)) {
          problem(fmt::format("field '{}' has no meaning with 'bills'", name),
                  {"bills are set against the law of --as-of"});
        }
      }
    } else {
      for (const char* name : {"before", "after"}) {
        if (const std::string spec = plain(name); !spec.empty()) {
          read_law(name, spec, today);
        } else {
          problem(fmt::format("the rules {} the change are not said", name),
                  {"name a date, a rule, a bill or a .toml file, such as 2025-04-08"});
        }
      }
    }
    Date latest{};
    for (const RuleSet& law : out_.laws) {
      latest = std::max(latest, law.as_of);
    }
    out_.known = stated.value_or(std::min(latest, w_.date));
  }

  void read_law(const char* name, const std::string& spec, Date day) {
    auto law = read_rule_set(w_, spec, day);
    if (law) {
      out_.laws.push_back(std::move(*law));
      return;
    }
    for (Error& one : law.error()) {
      one.message = one.where ? one.message : fmt::format("{}: {}", name, one.message);
      errors_.push_back(std::move(one));
    }
  }

  void read_question() {
    ClassifyRequest asked;
    asked.to = plain("to");
    asked.hq = plain("hq");
    auto question = question_of(w_, asked);
    if (!question) {
      errors_.push_back(std::move(question).error());
      return;
    }
    out_.question = std::move(*question);
    if (asked.to.empty()) {
      out_.assumptions.emplace_back(
          "destination {place} (CN is the default)",
          std::initializer_list<Message::Argument>{{"place", out_.question.to}});
    }
  }

  void read_terms() {
    constexpr double kMost = 1e10;
    out_.parts = amount("parts", out_.parts, 1.0, kMost);
    out_.exceptions = flag("exceptions", false);
    out_.justification = plain("justification");
  }

  void read_dies() {
    const auto silicon = load_silicon(w_.files);
    if (!silicon) {
      add(silicon.error());
      return;
    }
    const std::vector<std::string> asked = names_in("dies");
    std::vector<std::string_view> ids;
    for (const DieRecord& die : silicon->dies) {
      ids.push_back(die.id);
      const bool meant = asked.empty()
                             ? die.since <= month_of(out_.known)
                             : std::find(asked.begin(), asked.end(), die.id) != asked.end();
      if (meant) {
        out_.dies.push_back(die.id);
      }
    }
    for (const std::string& one : asked) {
      if (std::find(ids.begin(), ids.end(), one) == ids.end()) {
        errors_.push_back({Code::kUnknownRecord,
                           fmt::format("there is no die '{}'", one),
                           std::nullopt,
                           {fmt::format("dies: {}", fmt::join(ids, ", "))},
                           {}});
      }
    }
  }

  // The part that work is counted in: the one that everybody counts in, of that time.
  void read_unit() {
    const std::string asked = plain("unit");
    if (!asked.empty()) {
      const auto found = find_chips(w_, asked);
      if (!found) {
        add(found.error());
      } else if (found->size() != 1) {
        problem(fmt::format("'{}' names {} chips; one is asked for", asked, found->size()));
      } else {
        out_.unit = w_.catalog.chip(found->front().id);
        if (out_.unit == nullptr) {
          problem(fmt::format("'{}' is no chip of the catalogue", asked));
        }
      }
      return;
    }
    for (const char* usual : {"h100-sxm5", "a100-sxm-80gb"}) {
      const Chip* chip = w_.catalog.chip(usual);
      if (chip != nullptr && (chip->launched_by(out_.known) || out_.unit == nullptr)) {
        out_.unit = chip;
        if (chip->launched_by(out_.known)) {
          break;
        }
      }
    }
    if (out_.unit == nullptr) {
      problem("no part to count work in is in the catalogue", {"name one with --unit"});
    }
  }

  void read_work() {
    const std::string serves = plain_or("model", usual_model(out_.known, false));
    const std::string trains = plain_or("train_model", usual_model(out_.known, true));
    // No longer than the model takes.
    int prompt = 2048;
    int answer = 512;
    int question = 512;
    int thoughts = 16384;  // of a chain on a hard task
    if (const auto model = find_model(w_, serves); model && model->shape.max_positions) {
      const int most = *model->shape.max_positions;
      answer = std::min(answer, most / 4);
      prompt = std::min(prompt, most - answer);
      question = std::min(question, most / 4);
      thoughts = std::min(thoughts, most - question);
    }
    const auto served = [&serves](const char* phase, int in, std::optional<int> out) {
      Json work{{"phase", phase}, {"model", serves}, {"prompt", in}};
      if (out) {
        work["answer"] = *out;
      }
      return Json::array({std::move(work)});
    };
    constexpr int kSequence = 4096;
    Json training{{"phase", "train"}, {"model", trains}};
    if (const auto model = find_model(w_, trains); model && model->shape.max_positions) {
      training["seq"] = std::min(kSequence, *model->shape.max_positions);
    }
    out_.work = {Json::array({std::move(training)}), served("prefill", prompt, std::nullopt),
                 served("decode", prompt, answer), served("decode", question, thoughts)};
    if (out_.unit == nullptr || !errors_.empty()) {
      return;
    }
    // Whether the models can be had at all is seen on the part that work is counted in.
    std::set<std::string> told;
    for (const Json& work : out_.work) {
      const auto tried = chip_at_work(w_, *out_.unit, work, out_.known, code_);
      if (!tried) {
        for (const Error& error : tried.error()) {
          if (told.insert(error.message).second) {
            errors_.push_back(error);
          }
        }
      }
    }
  }

  const Workspace& w_;
  ImpactRequest out_;
};

}  // namespace

Loaded<std::shared_ptr<const ImpactRequest>> read_impact_request(const Workspace& workspace,
                                                                 const Json& fields,
                                                                 Code field_code) {
  return ImpactReader(workspace, fields, field_code).read();
}

}  // namespace redline::app

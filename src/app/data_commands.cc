#include "app/data_commands.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "redline/quantity.h"
#include "redline/silicon.h"

#include "app/claims.h"
#include "app/exposure_asks.h"
#include "app/exposure_backtest.h"
#include "app/market_text.h"
#include "app/published_accuracy.h"
#include "app/record_table.h"
#include "app/reply_backtest.h"
#include "app/reply_request.h"
#include "app/rule_space.h"
#include "app/scenario.h"
#include "base/nearest.h"
#include "catalog/model_text.h"
#include "catalog/record_kinds.h"
#include "catalog/records.h"
#include "data/node.h"
#include "rules/instrument_records.h"
#include "rules/rule_book.h"
#include "silicon/silicon_kind.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

// All kinds of records with field tables.
const std::vector<RecordKind>& all_kinds() {
  static const std::vector<RecordKind> kKinds = [] {
    std::vector<RecordKind> kinds = record_kinds();
    kinds.push_back(silicon_kind());
    return kinds;
  }();
  return kKinds;
}

struct FoundRecord {
  std::string_view folder;
  std::string id;
  const Chip* chip = nullptr;
  const LlmModel* model = nullptr;
};

// The record of any kind that is called so; chips first, since most questions are about them.
Result<FoundRecord> find_any(const Workspace& w, const std::string& name) {
  const auto chips = find_records(names_of(w.catalog.chips), name, "chip", Code::kUnknownRecord);
  if (chips && chips->size() == 1) {
    const Chip& chip = w.catalog.chips[chips->front()];
    return FoundRecord{"chips", chip.id, &chip};
  }
  if (!chips && chips.error().code == Code::kAmbiguousName) {
    return tl::unexpected(chips.error());
  }
  const auto systems = find_records(names_of(w.catalog.systems), name, "system");
  if (systems && systems->size() == 1) {
    return FoundRecord{"systems", w.catalog.systems[systems->front()].id};
  }
  const auto models = find_records(names_of(w.catalog.models), name, "model");
  if (models && models->size() == 1) {
    const LlmModel& model = w.catalog.models[models->front()];
    return FoundRecord{"models", model.id, nullptr, &model};
  }
  if (const rules::Instrument* rule = w.rules.book().find(name)) {
    return FoundRecord{"rules", rule->id};
  }
  for (const auto* list : {&chips, &systems, &models}) {
    if (*list && (*list)->size() > 1) {
      return fail(Code::kAmbiguousName, fmt::format("'{}' matches several records", name),
                  {"name one of them; `redline data list` shows all"});
    }
  }
  std::vector<std::string> pool;
  for (const Chip& c : w.catalog.chips) {
    pool.push_back(c.id);
  }
  for (const System& s : w.catalog.systems) {
    pool.push_back(s.id);
  }
  for (const LlmModel& m : w.catalog.models) {
    pool.push_back(m.id);
  }
  for (const auto& i : w.rules.book().instruments()) {
    pool.push_back(i.id);
  }
  for (const MarketFigure& f : w.catalog.market.figures) {
    pool.push_back(f.id);
  }
  std::vector<std::string> help;
  const auto near = nearest_names(name, {pool.begin(), pool.end()});
  if (!near.empty()) {
    help.push_back(fmt::format("similar names: {}", fmt::join(near, ", ")));
  }
  help.emplace_back("`redline data list` shows the kinds of records");
  return fail(Code::kUnknownRecord,
              fmt::format("no chip, system, model or rule is called '{}'", name), std::move(help));
}

// Files that are no records of the catalogue.
constexpr std::pair<std::string_view, data::TypeInfo (*)()> kFileTypes[] = {
    {"instrument", rules::instrument_type},
    {"scenario", scenario_type},
    {"claims", claims_type},
    {"mix", mix_type},
    {"backtest", backtest_type},
    {"space", space_type},
    {"exposure", exposure::exposure_type},
    {"precedents", exposure::precedents_type},
    {"resolutions", resolutions_type}};

// The record kind a file is about: by its schema line, its folder or a key of its own; else a chip.
std::string kind_of_file(const std::string& file, std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  std::vector<std::string> kinds{"instrument", "exposure", "precedents", "resolutions",
                                 "mix",        "backtest", "space"};
  for (const RecordKind& kind : all_kinds()) {
    kinds.emplace_back(kind.name);
  }
  for (const std::string& kind : kinds) {
    if (first.find(kind + ".schema.json") != std::string_view::npos) {
      return kind;
    }
  }
  for (const RecordKind& kind : all_kinds()) {
    if (file.find(fmt::format("{}/", kind.folder)) != std::string::npos) {
      return std::string(kind.name);
    }
  }
  if (file.find("rules/") != std::string::npos) {
    return "instrument";
  }
  // A key that only one kind of record has.
  static constexpr std::pair<std::string_view, std::string_view> kMarks[] = {
      {"[[option]]", "exposure"},       {"\n[shape]", "model"},    {"\nchips_per_node", "system"},
      {"\njurisdiction", "instrument"}, {"\nlinks = [", "fabric"}, {"[[place]]", "places"},
      {"[[group]]", "groups"},          {"[[source]]", "sources"}, {"[[claim]]", "claims"},
      {"[[figure]]", "market"},         {"[[period]]", "market"},  {"[[event]]", "market"},
      {"[[statement]]", "market"},      {"[[node]]", "silicon"},   {"[[memory]]", "silicon"},
      {"[packaging]", "silicon"},       {"[[die]]", "silicon"},    {"[[series]]", "precedents"},
      {"[[question]]", "resolutions"},  {"[[workload]]", "mix"},   {"[[epoch]]", "backtest"},
      {"[[threshold]]", "space"}};
  for (const auto& [mark, kind] : kMarks) {
    if (text.find(mark) != std::string_view::npos) {
      return std::string(kind);
    }
  }
  return "chip";
}

Answer show_record(const Workspace& w, const std::string& id, RecordText record,
                   std::optional<Table> derived) {
  Answer answer = table_answer("data-show", std::move(record.table), w.date);
  answer.blocks.insert(answer.blocks.begin(), Headline{fmt::format("{} ({})", id, record.file)});
  answer.results = Json::array({std::move(record.json)});
  if (derived) {
    answer.results[0]["derived"] = results::to_json(*derived);
    answer.blocks.emplace_back(std::move(*derived));
  }
  return answer;
}

// A language model from a config.json.
Loaded<Answer> show_config(const Workspace& w, const std::string& name) {
  const auto model = find_model(w, name);
  if (!model) {
    return tl::unexpected(model.error());
  }
  return show_record(w, model->id, record_of_text(name, model_toml(*model)),
                     parameter_table(*model));
}

Answer predicate_names(const Workspace& w, const Words& say) {
  Table table;
  table.title = "Names in predicates";
  table.columns = {{"name", "Name", "", Align::kLeft},
                   {"kind", "Kind", "", Align::kLeft},
                   {"unit", "Unit", "", Align::kLeft},
                   {"doc", "Meaning", "", Align::kLeft}};
  static constexpr std::string_view kKinds[] = {"number", "true or false", "text", "place", "date"};
  for (const rules::NameInfo& info : rules::kNames) {
    table.rows.push_back({std::string(info.name),
                          std::string(kKinds[static_cast<std::size_t>(info.kind)]),
                          std::string(info.unit), std::string(info.doc)});
  }
  for (const CountryGroup& group : w.catalog.geography.groups) {
    table.rows.push_back({group.id, std::string("group"), std::string(), group.title});
  }
  Answer answer = table_answer("data-schema", std::move(table), w.date);
  answer.blocks = {said_cells(answer.table, {"doc"}, say)};
  return answer;
}

}  // namespace

Loaded<Answer> data_show(const Workspace& w, const std::string& name) {
  if (name.ends_with(".json")) {
    return show_config(w, name);
  }
  if (auto market = show_market(w, name)) {
    return std::move(*market);
  }
  const auto found = find_any(w, name);
  if (!found) {
    return tl::unexpected(Diagnostics{found.error()});
  }
  auto record = record_of(w, found->folder, found->id);
  RL_CHECK(record.has_value());
  std::optional<Table> derived;
  if (found->chip != nullptr) {
    derived = derived_table(*found->chip);
  } else if (found->model != nullptr) {
    derived = parameter_table(*found->model);
  }
  return show_record(w, found->id, std::move(*record), std::move(derived));
}

Loaded<Answer> data_check(const Workspace& w, const std::vector<std::string>& files,
                          const Words& say) {
  Diagnostics errors;
  for (const std::string& file : files) {
    auto text = data::read_text_file(file);
    if (!text) {
      errors.push_back(std::move(text).error());
      continue;
    }
    const std::string kind = kind_of_file(file, *text);
    Diagnostics found;
    if (kind == "instrument") {
      found = rules::check_instrument(file, std::move(*text), w.catalog.geography);
    } else if (kind == "exposure") {
      found = check_exposure(w, file);
    } else if (kind == "precedents") {
      found = check_precedents(w, file, *text);
    } else if (kind == "resolutions") {
      found = check_resolutions(w, file, *text);
    } else if (kind == "mix") {
      const auto mix = read_mix(w, file, *text);
      found = mix ? Diagnostics{} : mix.error();
    } else if (kind == "backtest") {
      found = check_backtest(w, file, *text);
    } else if (kind == "space") {
      const auto space = read_rule_space(w, file, Code::kInconsistent);
      found = space ? Diagnostics{} : space.error();
    } else if (kind == "claims") {
      const auto judged = judge_claims(w, file);
      found = judged ? Diagnostics{} : judged.error();
    } else {
      for (const RecordKind& record : all_kinds()) {
        if (record.name == kind) {
          found = record.check(file, std::move(*text));
        }
      }
    }
    errors.insert(errors.end(), found.begin(), found.end());
  }
  if (files.empty()) {
    // Chips, rules and the rest were checked when the workspace was opened.
    for (const data::DataFile* file : w.files.under("claims")) {
      if (const auto judged = judge_claims(w, file->display); !judged) {
        errors.insert(errors.end(), judged.error().begin(), judged.error().end());
      }
    }
    if (const auto silicon = load_silicon(w.files); !silicon) {
      errors.insert(errors.end(), silicon.error().begin(), silicon.error().end());
    }
    if (const auto epochs = load_reply_epochs(w); !epochs) {
      errors.insert(errors.end(), epochs.error().begin(), epochs.error().end());
    }
    if (const auto points = published_accuracy(w); !points) {
      errors.insert(errors.end(), points.error().begin(), points.error().end());
    }
    for (const data::DataFile* file : w.files.under("spaces")) {
      if (stem_of(*file).find('/') != std::string::npos) {
        continue;  // a rule that spaces refer to
      }
      if (const auto space = read_rule_space(w, file->display, Code::kInconsistent); !space) {
        errors.insert(errors.end(), space.error().begin(), space.error().end());
      }
    }
    const Diagnostics exposure = check_exposure_data(w);
    errors.insert(errors.end(), exposure.begin(), exposure.end());
    for (const data::DataFile* file : w.files.under("scenarios")) {
      const auto scenario = load_scenario(w, file->display);
      if (!scenario) {
        errors.insert(errors.end(), scenario.error().begin(), scenario.error().end());
      }
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  Answer answer;
  answer.command = "data-check";
  answer.as_of = w.date;
  const std::size_t count = files.empty() ? w.files.files.size() : files.size();
  answer.results.push_back({{"files", count}, {"problems", 0}, {"data_hash", w.files.hash}});
  answer.table.columns = {{"files", "Files", "", Align::kRight},
                          {"problems", "Problems", "", Align::kRight}};
  answer.table.rows.push_back({static_cast<std::int64_t>(count), std::int64_t{0}});
  answer.blocks.emplace_back(
      Headline{say("{count} files, no problem", {{"count", fmt::to_string(count)}})});
  if (files.empty()) {
    answer.blocks.emplace_back(Paragraph{say("data hash {hash}", {{"hash", w.files.hash}}), 0});
  }
  return answer;
}

Result<Answer> data_schema(const Workspace& w, const std::string& kind, const Words& say) {
  std::vector<std::string_view> names{"predicate", "formula"};
  for (const auto& [name, type] : kFileTypes) {
    names.push_back(name);
  }
  for (const RecordKind& record : all_kinds()) {
    names.push_back(record.name);
  }
  Answer answer;
  answer.command = "data-schema";
  answer.as_of = w.date;
  answer.table.columns = {{"record", "Record", "", Align::kLeft},
                          {"key", "Key", "", Align::kLeft},
                          {"type", "Type", "", Align::kLeft},
                          {"required", "", "", Align::kLeft},
                          {"doc", "Meaning", "", Align::kLeft}};
  if (kind == "predicate") {
    return predicate_names(w, say);
  }
  if (kind == "formula") {
    return table_answer("data-schema", formula_table(), w.date);
  }
  std::vector<std::pair<std::string_view, data::TypeInfo>> types;
  for (const auto& [name, type] : kFileTypes) {
    if (kind.empty() || kind == name) {
      types.emplace_back(name, type());
    }
  }
  for (const RecordKind& record : all_kinds()) {
    if (kind.empty() || kind == record.name) {
      types.emplace_back(record.name, record.type());
    }
  }
  if (types.empty()) {
    std::vector<std::string> help{fmt::format("kinds: {}", fmt::join(names, ", "))};
    return fail(Code::kUnknownRecord, fmt::format("there is no schema '{}'", kind),
                std::move(help));
  }
  for (const auto& [name, type] : types) {
    Table keys;
    keys.title = say("Keys of {record}", {{"record", std::string(name)}});
    keys.columns = answer.table.columns;
    for (const data::KeyRow& row : data::key_rows(type)) {
      keys.rows.push_back({std::string(name), row.key, row.type,
                           std::string(row.required ? "required" : ""), row.doc});
      answer.table.rows.push_back(keys.rows.back());
    }
    const std::string schema = data::json_schema(type);
    answer.results.push_back(Json::parse(schema));
    answer.blocks.emplace_back(Verbatim{schema});
    answer.document.emplace_back(Paragraph{std::string(type.doc), 0});
    answer.document.emplace_back(std::move(keys));
  }
  return answer;
}

Result<Answer> data_new(const Workspace& w, const NewRecordRequest& request) {
  static constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"chip", "chips"}, {"system", "systems"}, {"model", "models"}};
  const auto kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                 [&](const auto& k) { return k.first == request.kind; });
  if (kind == std::end(kKinds)) {
    return fail(Code::kUnknownRecord, fmt::format("cannot make a new '{}'", request.kind),
                {"kinds: chip, system, model"});
  }
  const std::string default_like = request.kind == "chip"     ? "h20-96gb"
                                   : request.kind == "system" ? "hgx-h20-8"
                                                              : "llama-3.1-8b";
  const std::string like = request.like.empty() ? default_like : request.like;
  RL_TRY(found, find_any(w, like));
  if (found.folder != kind->second) {
    return fail(Code::kUnknownRecord, fmt::format("'{}' is not a {}", like, request.kind));
  }
  const data::DataFile* file = file_of(w, found.folder, found.id);
  RL_CHECK(file != nullptr);
  const std::string id = request.id.empty() ? "my-" + request.kind : request.id;
  std::string text;
  std::size_t begin = 0;
  while (begin < file->text.size()) {
    const std::size_t end = std::min(file->text.find('\n', begin), file->text.size());
    const std::string_view line = std::string_view(file->text).substr(begin, end - begin);
    begin = end + 1;
    if (line.rfind("[[published]]", 0) == 0) {
      break;  // figures of others about the other part; they stand last
    }
    // Aliases would make two records answer to one name, and a letter that names the family would
    // catch the new part by name.
    if (line.rfind("#:schema", 0) == 0 || line.rfind("aliases", 0) == 0 ||
        line.rfind("family", 0) == 0) {
      continue;
    }
    if (line.rfind("id = ", 0) == 0) {
      text += fmt::format("id = \"{}\"\n", id);
    } else if (line.rfind("name = ", 0) == 0) {
      text += fmt::format("name = \"{} (like {})\"\n", id, found.id);
    } else {
      text += std::string(line) + "\n";
    }
  }
  Answer answer;
  answer.command = "data-new";
  answer.as_of = w.date;
  const std::string head =
      fmt::format("# A {} of your own, begun from {}. Edit it, then try:\n#   redline {} {}.toml\n",
                  request.kind, found.id, request.kind == "chip" ? "classify" : "data check", id);
  answer.blocks.emplace_back(Verbatim{head + text});
  answer.table.columns = {{"toml", "TOML", "", Align::kLeft}};
  answer.table.rows.push_back({head + text});
  answer.results.push_back({{"kind", request.kind}, {"id", id}, {"toml", head + text}});
  return answer;
}

}  // namespace redline::app

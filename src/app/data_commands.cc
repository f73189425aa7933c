#include "app/data_commands.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "redline/quantity.h"

#include "app/scenario.h"
#include "base/nearest.h"
#include "catalog/record_kinds.h"
#include "catalog/records.h"
#include "data/node.h"
#include "rules/instrument_records.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;

// A record's file, for showing every value with what stands beside it.
const data::DataFile* file_of(const Workspace& w, std::string_view folder, const std::string& id) {
  const data::DataFile* found = nullptr;
  for (const data::DataFile* file : w.files.under(folder)) {
    const std::string ending = "/" + to_lower(id) + ".toml";
    const std::string path = to_lower(file->relative);
    if (path.size() >= ending.size() &&
        path.compare(path.size() - ending.size(), ending.size(), ending) == 0) {
      found = file;  // later layers win
    }
  }
  return found;
}

Json json_of(const data::Node& node) {
  switch (node.kind()) {
    case data::NodeKind::kString:
      return std::string(*node.string());
    case data::NodeKind::kInteger:
      return *node.integer();
    case data::NodeKind::kFloat:
      return std::isfinite(*node.number()) ? Json(*node.number()) : Json();
    case data::NodeKind::kBool:
      return *node.boolean();
    case data::NodeKind::kDate: {
      const auto date = node.date();
      return date ? Json(format_date(*date)) : Json();
    }
    case data::NodeKind::kArray: {
      Json list = Json::array();
      for (const data::Node& item : node.items()) {
        list.push_back(json_of(item));
      }
      return list;
    }
    case data::NodeKind::kTable: {
      Json object = Json::object();
      for (const auto& entry : node.entries()) {
        object[std::string(entry.key)] = json_of(entry.value);
      }
      return object;
    }
    case data::NodeKind::kTime:
    case data::NodeKind::kAbsent:
      break;
  }
  return nullptr;
}

std::string plain_text(const Json& json) {
  if (json.is_string()) {
    return json.get<std::string>();
  }
  if (json.is_array()) {
    std::string text;
    for (const Json& item : json) {
      text += (text.empty() ? "" : ", ") + plain_text(item);
    }
    return text;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_fact(const Json& json) { return json.is_object() && json.contains("basis"); }

// One row a value: key, value with unit and bounds, basis, sources.
void add_fact(const Json& fact, const std::string& path, std::string_view reading, Table& table) {
  const auto text = [&fact](const char* name) {
    return fact.contains(name) ? plain_text(fact[name]) : std::string();
  };
  std::string value = text("value");
  if (fact.contains("range") && fact["range"].is_array() && fact["range"].size() == 2) {
    value += fmt::format("{}{} to {}", value.empty() ? "" : ", ", plain_text(fact["range"][0]),
                         plain_text(fact["range"][1]));
  }
  if (!reading.empty()) {
    value += fmt::format(", {}", reading);
  }
  const std::string confidence = text("confidence");
  const std::string date = text("date");
  table.rows.push_back({path, value,
                        text("basis") + (confidence.empty() ? "" : ", " + confidence) +
                            (date.empty() ? "" : ", " + date),
                        text("source")});
}

void add_rows(const Json& json, const std::string& path, Table& table) {
  // What a figure can be read two ways by stands beside it: sparsity of a rate, direction of a
  // link.
  const auto reading = [&json](const std::string& key) -> std::string {
    const char* beside = key == "rate" ? "sparsity" : key == "bandwidth" ? "direction" : nullptr;
    return beside != nullptr && json.contains(beside) ? plain_text(json[beside]) : std::string();
  };
  for (const auto& [key, value] : json.items()) {
    const std::string at = path.empty() ? key : fmt::format("{}.{}", path, key);
    if (is_fact(value)) {
      add_fact(value, key == "rate" ? path : at, reading(key), table);
    } else if ((key == "sparsity" && json.contains("rate")) ||
               (key == "direction" && json.contains("bandwidth"))) {
      continue;
    } else if (value.is_object()) {
      add_rows(value, at, table);
    } else if (value.is_array() && !value.empty() && value.front().is_object()) {
      std::size_t n = 0;
      for (const Json& item : value) {
        add_rows(item, fmt::format("{}[{}]", at, n++), table);
      }
    } else {
      table.rows.push_back({at, plain_text(value), std::string(), std::string()});
    }
  }
}

// The legal quantities that follow from a chip's values.
Table derived_table(const Chip& chip) {
  const LegalQuantities q = legal_quantities(chip);
  Table table;
  table.title = "What follows";
  table.columns = {
      {"quantity", "Quantity", "", Align::kLeft}, {"value", "Value", "", Align::kRight, 7},
      {"low", "Low", "", Align::kRight, 5},       {"high", "High", "", Align::kRight, 5},
      {"unit", "Unit", "", Align::kLeft},         {"from", "From", "", Align::kLeft}};
  const auto add = [&table](std::string_view name, const Estimate& e) {
    const rules::NameInfo* info = rules::find_name(name);
    table.rows.push_back({std::string(name), e.value ? Cell{*e.value} : Cell{}, e.bounds.low,
                          std::isfinite(e.bounds.high) ? Cell{e.bounds.high} : Cell{},
                          std::string(info->unit), e.from});
  };
  add("tpp", q.tpp);
  add("pd", q.pd);
  add("die", q.die);
  add("io_bidir", q.io_bidir);
  add("letter_io", q.letter_io);
  add("dram_bw", q.dram_bw);
  add("mbd", q.mbd);
  add("atc", q.atc);
  add("node_nm", q.node_nm);
  return table;
}

struct Found {
  std::string_view folder;
  std::string id;
  const Chip* chip = nullptr;
};

// The record of any kind that is called so; chips first, since most questions are about them.
Result<Found> find_any(const Workspace& w, const std::string& name) {
  const auto chips = find_records(names_of(w.catalog.chips), name, "chip", Code::kUnknownRecord);
  if (chips && chips->size() == 1) {
    const Chip& chip = w.catalog.chips[chips->front()];
    return Found{"chips", chip.id, &chip};
  }
  if (!chips && chips.error().code == Code::kAmbiguousName) {
    return tl::unexpected(chips.error());
  }
  const auto systems = find_records(names_of(w.catalog.systems), name, "system");
  if (systems && systems->size() == 1) {
    return Found{"systems", w.catalog.systems[systems->front()].id, nullptr};
  }
  const auto models = find_records(names_of(w.catalog.models), name, "model");
  if (models && models->size() == 1) {
    return Found{"models", w.catalog.models[models->front()].id, nullptr};
  }
  if (const rules::Instrument* rule = w.rules.book().find(name)) {
    return Found{"rules", rule->id, nullptr};
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
  std::vector<std::string> help;
  const auto near = nearest_names(name, {pool.begin(), pool.end()});
  if (!near.empty()) {
    help.push_back(fmt::format("similar names: {}", fmt::join(near, ", ")));
  }
  help.emplace_back("`redline data list` shows the kinds of records");
  return fail(Code::kUnknownRecord,
              fmt::format("no chip, system, model or rule is called '{}'", name), std::move(help));
}

// The record kind a file is about: by its schema line, its folder or a key of its own; else a chip.
std::string kind_of_file(const std::string& file, std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  std::vector<std::string> kinds{"instrument"};
  for (const RecordKind& kind : record_kinds()) {
    kinds.emplace_back(kind.name);
  }
  for (const std::string& kind : kinds) {
    if (first.find(kind + ".schema.json") != std::string_view::npos) {
      return kind;
    }
  }
  for (const RecordKind& kind : record_kinds()) {
    if (file.find(fmt::format("{}/", kind.folder)) != std::string::npos) {
      return std::string(kind.name);
    }
  }
  if (file.find("rules/") != std::string::npos) {
    return "instrument";
  }
  // A key that only one kind of record has.
  static constexpr std::pair<std::string_view, std::string_view> kMarks[] = {
      {"\n[shape]", "model"},  {"\nchips_per_node", "system"}, {"\njurisdiction", "instrument"},
      {"[[place]]", "places"}, {"[[group]]", "groups"},        {"[[source]]", "sources"}};
  for (const auto& [mark, kind] : kMarks) {
    if (text.find(mark) != std::string_view::npos) {
      return std::string(kind);
    }
  }
  return "chip";
}

Answer predicate_names(const Workspace& w) {
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
  return table_answer("data-schema", std::move(table), w.date);
}

}  // namespace

Result<Answer> data_show(const Workspace& w, const std::string& name) {
  RL_TRY(found, find_any(w, name));
  const data::DataFile* file = file_of(w, found.folder, found.id);
  RL_CHECK(file != nullptr);
  Diagnostics ignored;  // the workspace was checked when it was opened
  const data::Document document(file->display, file->text, ignored);
  const Json record = json_of(document.root());
  Table table;
  table.columns = {{"key", "Key", "", Align::kLeft},
                   {"value", "Value", "", Align::kLeft},
                   {"basis", "Basis", "", Align::kLeft},
                   {"source", "Source", "", Align::kLeft}};
  add_rows(record, "", table);
  Answer answer = table_answer("data-show", std::move(table), w.date);
  answer.blocks.insert(answer.blocks.begin(),
                       Headline{fmt::format("{} ({})", found.id, file->display)});
  answer.results = Json::array({record});
  if (found.chip != nullptr) {
    Table derived = derived_table(*found.chip);
    answer.results[0]["derived"] = results::to_json(derived);
    answer.blocks.emplace_back(std::move(derived));
  }
  return answer;
}

Loaded<Answer> data_check(const Workspace& w, const std::vector<std::string>& files) {
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
    } else {
      for (const RecordKind& record : record_kinds()) {
        if (record.name == kind) {
          found = record.check(file, std::move(*text));
        }
      }
    }
    errors.insert(errors.end(), found.begin(), found.end());
  }
  if (files.empty()) {
    // Chips, rules and the rest were checked when the workspace was opened.
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
  answer.blocks.emplace_back(Headline{fmt::format("{} files, no problem", count)});
  if (files.empty()) {
    answer.blocks.emplace_back(Paragraph{fmt::format("data hash {}", w.files.hash), 0});
  }
  return answer;
}

Result<Answer> data_schema(const Workspace& w, const std::string& kind) {
  std::vector<std::string_view> names{"instrument", "predicate", "scenario"};
  for (const RecordKind& record : record_kinds()) {
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
    return predicate_names(w);
  }
  std::vector<std::pair<std::string_view, data::TypeInfo>> types;
  if (kind.empty() || kind == "instrument") {
    types.emplace_back("instrument", rules::instrument_type());
  }
  if (kind.empty() || kind == "scenario") {
    types.emplace_back("scenario", scenario_type());
  }
  for (const RecordKind& record : record_kinds()) {
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
    keys.title = fmt::format("Keys of {}", name);
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

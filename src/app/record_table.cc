#include "app/record_table.h"

#include <cmath>

#include <fmt/format.h>

#include "base/nearest.h"
#include "data/node.h"
#include "rules/quantities.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;

Json json_of_node(const data::Node& node) {
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
        list.push_back(json_of_node(item));
      }
      return list;
    }
    case data::NodeKind::kTable: {
      Json object = Json::object();
      for (const auto& entry : node.entries()) {
        object[std::string(entry.key)] = json_of_node(entry.value);
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

}  // namespace

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

std::optional<RecordText> record_of(const Workspace& w, std::string_view folder,
                                    const std::string& id) {
  const data::DataFile* file = file_of(w, folder, id);
  if (file == nullptr) {
    return std::nullopt;
  }
  return record_of_text(file->display, file->text);
}

RecordText record_of_text(const std::string& file, std::string text) {
  Diagnostics ignored;  // the text was checked when it was read
  const data::Document document(file, std::move(text), ignored);
  RecordText record{file, json_of_node(document.root()), {}};
  record.table.columns = {{"key", "Key", "", Align::kLeft},
                          {"value", "Value", "", Align::kLeft},
                          {"basis", "Basis", "", Align::kLeft},
                          {"source", "Source", "", Align::kLeft}};
  add_rows(record.json, "", record.table);
  return record;
}

Table parameter_table(const LlmModel& model) {
  const ParameterCount count = parameter_count(model);
  Table table;
  table.title = "What follows";
  table.columns = {{"quantity", "Quantity", "", Align::kLeft},
                   {"value", "Value", "", Align::kRight, 7},
                   {"unit", "Unit", "", Align::kLeft}};
  const auto add = [&table](std::string name, double value) {
    table.rows.push_back({std::move(name), value, std::string("parameters")});
  };
  add("total", count.total);
  add("active", count.active);
  add("embedding", count.embedding);
  if (model.mtp) {
    add("mtp", count.mtp);
  }
  return table;
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

}  // namespace redline::app

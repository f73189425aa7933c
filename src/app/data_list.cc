// `redline data list`: one table a kind of record.

#include <algorithm>

#include <fmt/format.h>

#include "redline/silicon.h"

#include "app/data_commands.h"
#include "app/market_text.h"
#include "base/nearest.h"
#include "catalog/records.h"
#include "rules/instrument_records.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

Cell known(std::string text) { return text.empty() ? Cell{} : Cell{std::move(text)}; }
Cell date_cell(const std::optional<PartialDate>& date) {
  return date ? Cell{format_date(*date)} : Cell{};
}

Table list_chips(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"name", "Name", "", Align::kLeft},
                   {"status", "Status", "", Align::kLeft},
                   {"launched", "Launched", "", Align::kLeft},
                   {"tpp", "TPP", "", Align::kRight, 6},
                   {"pd", "PD", "", Align::kRight, 3},
                   {"dram_bw_gb_per_s", "DRAM", "GB/s", Align::kRight}};
  for (const Chip& chip : w.catalog.chips) {
    const LegalQuantities q = legal_quantities(chip);
    const auto cell = [](const Estimate& e) { return e.value ? Cell{*e.value} : Cell{}; };
    table.rows.push_back({chip.id, chip.name, std::string(data::name_of(chip.status)),
                          date_cell(chip.launched), cell(q.tpp), cell(q.pd), cell(q.dram_bw)});
  }
  return table;
}

Table list_systems(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"name", "Name", "", Align::kLeft},
                   {"chip", "Chip", "", Align::kLeft},
                   {"chips_per_node", "Chips a node", "", Align::kRight}};
  for (const System& s : w.catalog.systems) {
    table.rows.push_back({s.id, s.name, s.chip, static_cast<std::int64_t>(s.chips_per_node)});
  }
  return table;
}

Table list_fabrics(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"name", "Name", "", Align::kLeft},
                   {"topology", "Topology", "", Align::kLeft},
                   {"reduces", "Reduces", "", Align::kLeft},
                   {"links", "Links", "", Align::kLeft}};
  for (const Fabric& f : w.catalog.fabrics) {
    table.rows.push_back({f.id, f.name, std::string(data::name_of(f.topology)), f.reduces,
                          fmt::format("{}", fmt::join(f.links, ", "))});
  }
  return table;
}

Table list_models(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"name", "Name", "", Align::kLeft},
                   {"released", "Released", "", Align::kLeft},
                   {"layers", "Layers", "", Align::kRight},
                   {"hidden", "Hidden", "", Align::kRight, 6},
                   {"parameters", "Parameters", "", Align::kRight, 12},
                   {"active_parameters", "Active", "", Align::kRight, 12}};
  for (const LlmModel& m : w.catalog.models) {
    const ParameterCount count = parameter_count(m);
    table.rows.push_back({m.id, m.name, date_cell(m.released),
                          static_cast<std::int64_t>(m.shape.layers),
                          static_cast<std::int64_t>(m.shape.hidden), count.total, count.active});
  }
  return table;
}

Table list_rules(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"jurisdiction", "By", "", Align::kLeft},
                   {"kind", "Kind", "", Align::kLeft},
                   {"issued", "Issued", "", Align::kLeft},
                   {"effective", "Effective", "", Align::kLeft},
                   {"title", "Title", "", Align::kLeft}};
  for (const rules::Instrument& i : w.rules.book().instruments()) {
    std::optional<Date> first;
    for (const rules::Version& v : i.versions) {
      if (v.effective && (!first || *v.effective < *first)) {
        first = v.effective;
      }
    }
    table.rows.push_back({i.id, i.jurisdiction, std::string(data::name_of(i.kind)),
                          date_cell(i.issued), first ? Cell{format_date(*first)} : Cell{},
                          i.title});
  }
  return table;
}

Table list_places(const Workspace& w) {
  Table table;
  table.columns = {{"code", "Code", "", Align::kLeft},
                   {"name", "Name", "", Align::kLeft},
                   {"groups", "Groups today", "", Align::kLeft}};
  for (const Place& place : w.catalog.geography.places) {
    std::string groups;
    for (const CountryGroup& group : w.catalog.geography.groups) {
      if (w.catalog.geography.is_member(place.code, group.id, w.date)) {
        groups += (groups.empty() ? "" : " ") + group.id;
      }
    }
    table.rows.push_back({place.code, place.name.en, groups});
  }
  return table;
}

Table list_groups(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"title", "Title", "", Align::kLeft},
                   {"members", "Members on the data date", "", Align::kLeft}};
  for (const CountryGroup& group : w.catalog.geography.groups) {
    std::string members;
    for (const Place& place : w.catalog.geography.places) {
      if (w.catalog.geography.is_member(place.code, group.id, w.date)) {
        members += (members.empty() ? "" : " ") + place.code;
      }
    }
    table.rows.push_back({group.id, group.title, members});
  }
  return table;
}

Table list_sources(const Workspace& w) {
  Table table;
  table.columns = {{"id", "Id", "", Align::kLeft},
                   {"kind", "Kind", "", Align::kLeft},
                   {"title", "Title", "", Align::kLeft},
                   {"url", "Address", "", Align::kLeft}};
  for (const Source& s : w.catalog.sources) {
    table.rows.push_back({s.id, s.kind, s.title, known(s.url)});
  }
  return table;
}

Table list_dies(const Workspace& w) {
  Table table;
  table.columns = {
      {"id", "Id", "", Align::kLeft},         {"name", "Name", "", Align::kLeft},
      {"vendor", "Vendor", "", Align::kLeft}, {"node", "Node", "", Align::kLeft},
      {"memory", "Memory", "", Align::kLeft}, {"area_mm2", "Area", "mm2", Align::kRight},
      {"chip", "Part", "", Align::kLeft}};
  // What cannot be read is told by `redline data check`.
  const auto silicon = load_silicon(w.files);
  for (const DieRecord& d : silicon ? silicon->dies : std::vector<DieRecord>()) {
    table.rows.push_back({d.id, d.name, d.vendor, d.node, d.memory, d.area_mm2, d.chip});
  }
  return table;
}

struct ListKind {
  std::string_view name;
  Table (*make)(const Workspace&);
};
constexpr ListKind kLists[] = {{"chips", list_chips},     {"systems", list_systems},
                               {"fabrics", list_fabrics}, {"dies", list_dies},
                               {"models", list_models},   {"rules", list_rules},
                               {"places", list_places},   {"groups", list_groups},
                               {"sources", list_sources}, {"market", market_table}};

}  // namespace

Result<Answer> data_list(const Workspace& w, const std::string& kind, const Words& say) {
  // What people read is said in their language; machine formats keep the data's own texts.
  const auto answer_of = [&](Table table) {
    Answer answer = table_answer("data-list", std::move(table), w.date);
    answer.blocks = {said_cells(answer.table, {"status", "kind", "title", "name"}, say)};
    return answer;
  };
  if (kind.empty()) {
    Table table;
    table.columns = {{"kind", "Kind", "", Align::kLeft}, {"records", "Records", "", Align::kRight}};
    for (const ListKind& list : kLists) {
      table.rows.push_back(
          {std::string(list.name), static_cast<std::int64_t>(list.make(w).rows.size())});
    }
    return table_answer("data-list", std::move(table), w.date);
  }
  std::vector<std::string_view> names;
  for (const ListKind& list : kLists) {
    names.push_back(list.name);
    if (list.name == kind || list.name == kind + "s") {
      return answer_of(list.make(w));
    }
  }
  std::vector<std::string> help{fmt::format("kinds: {}", fmt::join(names, ", "))};
  const auto near = nearest_names(kind, names);
  if (!near.empty()) {
    help.insert(help.begin(), fmt::format("did you mean '{}'?", near.front()));
  }
  return fail(Code::kUnknownRecord, fmt::format("there is no kind of record '{}'", kind),
              std::move(help));
}

}  // namespace redline::app

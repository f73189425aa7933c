// Loads records from files, checks them one by one and against each other.

#include "redline/catalog.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/nearest.h"
#include "catalog/market_loader.h"
#include "catalog/record_folder.h"
#include "data/files.h"

namespace redline {
namespace {

using data::DataFile;
using data::Document;

std::string stem_of(const std::string& relative) {
  const auto slash = relative.rfind('/');
  const std::string name = slash == std::string::npos ? relative : relative.substr(slash + 1);
  return name.substr(0, name.size() - std::string_view(".toml").size());
}

// A folder with one record a file, named after its id.
template <class R>
std::vector<R> load_folder(const data::FileSet& files, std::string_view folder, std::string noun,
                           Catalog& catalog, Diagnostics& errors) {
  RecordFolder<R> records(noun, catalog.replaced, errors);
  for (const DataFile* file : files.under(folder)) {
    const Document document(file->display, file->text, errors);
    auto record = read_document<R>(document, errors);
    if (!record) {
      continue;
    }
    const SourceSpan id_span = document.root().find("id").span();
    if (record->id != stem_of(file->relative)) {
      errors.push_back({Code::kIdMismatch,
                        fmt::format("the id '{}' is not the name of its file", record->id),
                        id_span,
                        {fmt::format("write id = \"{}\", or rename the file to {}.toml",
                                     stem_of(file->relative), record->id)},
                        {}});
      continue;
    }
    records.add(std::move(*record), *file, id_span);
  }
  return records.take();
}

void load_geography(const data::FileSet& files, Catalog& catalog, Diagnostics& errors) {
  // An overlay's places and groups replace those of the same code or id.
  std::map<std::string, Place> places;
  std::map<std::string, CountryGroup> groups;
  for (const DataFile* file : files.under("places")) {
    const Document document(file->display, file->text, errors);
    if (document.root().find("place")) {
      if (auto read = read_document<data::PlacesFile>(document, errors)) {
        for (Place& place : read->places) {
          places[place.code] = std::move(place);
        }
      }
      continue;
    }
    if (auto read = read_document<data::GroupsFile>(document, errors)) {
      for (CountryGroup& group : read->groups) {
        if (file->layer > 0 && groups.contains(group.id)) {
          catalog.replaced.push_back(fmt::format("group {} by {}", group.id, file->display));
        }
        groups[group.id] = std::move(group);
      }
      auto& aliases = catalog.geography.aliases;
      aliases.insert(aliases.end(), read->aliases.begin(), read->aliases.end());
    }
  }
  for (auto& [code, place] : places) {
    catalog.geography.places.push_back(std::move(place));
  }
  for (auto& [id, group] : groups) {
    catalog.geography.groups.push_back(std::move(group));
  }
}

void load_sources(const data::FileSet& files, Catalog& catalog, Diagnostics& errors) {
  RecordFolder<Source> sources("source", catalog.replaced, errors);
  for (const DataFile* file : files.under("sources")) {
    const Document document(file->display, file->text, errors);
    auto read = read_document<data::SourcesFile>(document, errors);
    if (!read) {
      continue;
    }
    const std::vector<data::Node> nodes = document.root().find("source").items();
    for (std::size_t i = 0; i < read->sources.size(); ++i) {
      sources.add(std::move(read->sources[i]), *file, nodes[i].find("id").span());
    }
  }
  catalog.sources = sources.take();
}

// Things that only show when records meet: ids that must exist, values that must agree.
class CrossCheck {
 public:
  CrossCheck(const data::FileSet& files, const Catalog& catalog, Diagnostics& errors)
      : catalog_(catalog), errors_(errors) {
    for (const Source& source : catalog.sources) {
      known_.insert(source.id);
    }
    for (const std::string_view folder : {"chips", "systems", "models", "places", "rules",
                                          "scenarios", "market", "claims", "silicon"}) {
      for (const DataFile* file : files.under(folder)) {
        check_file(*file);
      }
    }
    for (const DataFile* file : files.under("sources")) {
      Diagnostics ignored;  // reported when the file was loaded
      const Document document(file->display, file->text, ignored);
      for (const data::Node& source : document.root().find("source").items()) {
        check_node(source.find("run"));
      }
    }
  }

 private:
  void check_file(const DataFile& file) {
    Diagnostics ignored;  // reported when the file was loaded
    const Document document(file.display, file.text, ignored);
    check_node(document.root());
    check_chip(document.root().find("chip"));
    for (const data::Node& die : document.root().find("die").items()) {
      check_chip(die.find("chip"));
    }
  }

  void check_chip(const data::Node& chip) {
    if (const auto id = chip.string(); id && catalog_.chip(*id) == nullptr) {
      report(chip, *id, "chip");
    }
  }

  void check_node(const data::Node& node) {
    for (const data::Node::Entry& entry : node.entries()) {
      if (entry.key == "source" || entry.key == "sources") {
        check_sources(entry.value);
      } else {
        check_node(entry.value);
      }
    }
    for (const data::Node& item : node.items()) {
      check_node(item);
    }
  }

  void check_sources(const data::Node& value) {
    if (const auto one = value.string(); one && !known_.contains(*one)) {
      report(value, *one, "source");
    }
    for (const data::Node& item : value.items()) {
      check_sources(item);
    }
  }

  void report(const data::Node& node, std::string_view id, std::string_view noun) {
    Error error{
        Code::kUnknownReference, fmt::format("there is no {} '{}'", noun, id), node.span(), {}, {}};
    const std::vector<std::string_view> pool(known_.begin(), known_.end());
    const auto near = noun == "source" ? nearest_names(id, pool) : std::vector<std::string_view>{};
    if (!near.empty()) {
      error.help.push_back(fmt::format("did you mean '{}'?", near.front()));
    }
    error.help.push_back(fmt::format("define it in data/{}s, or correct the id", noun));
    errors_.push_back(std::move(error));
  }

  const Catalog& catalog_;
  Diagnostics& errors_;
  std::set<std::string, std::less<>> known_;
};

template <class R>
const R* find_by_id(const std::vector<R>& records, std::string_view id) {
  const auto found = std::lower_bound(records.begin(), records.end(), id,
                                      [](const R& r, std::string_view key) { return r.id < key; });
  return found != records.end() && found->id == id ? &*found : nullptr;
}

}  // namespace

const Chip* Catalog::chip(std::string_view id) const { return find_by_id(chips, id); }
const Source* Catalog::source(std::string_view id) const { return find_by_id(sources, id); }

Loaded<Catalog> load_catalog(const data::FileSet& files, const CatalogParts& parts) {
  Catalog catalog;
  Diagnostics errors;
  if (parts.chips) {
    catalog.chips = load_folder<Chip>(files, "chips", "chip", catalog, errors);
  }
  if (parts.systems) {
    catalog.systems = load_folder<System>(files, "systems", "system", catalog, errors);
  }
  if (parts.fabrics) {
    catalog.fabrics = load_folder<Fabric>(files, "fabrics", "fabric", catalog, errors);
  }
  if (parts.models) {
    catalog.models = load_folder<LlmModel>(files, "models", "model", catalog, errors);
  }
  if (parts.geography) {
    load_geography(files, catalog, errors);
  }
  if (parts.market) {
    load_market(files, catalog, errors);
  }
  if (parts.sources) {
    load_sources(files, catalog, errors);
    CrossCheck(files, catalog, errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return catalog;
}

namespace {

template <class R>
Loaded<R> parse_record(const std::string& file, std::string text) {
  Diagnostics errors;
  const Document document(file, std::move(text), errors);
  auto record = read_document<R>(document, errors);
  if (!record) {
    return tl::unexpected(std::move(errors));
  }
  return std::move(*record);
}

}  // namespace

Loaded<Chip> parse_chip(const std::string& file, std::string text) {
  return parse_record<Chip>(file, std::move(text));
}

Loaded<LlmModel> parse_model(const std::string& file, std::string text) {
  return parse_record<LlmModel>(file, std::move(text));
}

}  // namespace redline

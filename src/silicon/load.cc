// Reads data/silicon: records with the basis of each value become plain numbers.

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "base/nearest.h"
#include "catalog/record_folder.h"
#include "silicon/silicon_records.h"

namespace redline {
namespace {

using data::DataFile;
using data::Document;
using data::Node;

constexpr double kGiga = 1e9;

template <class T>
struct IsFact : std::false_type {};
template <class T>
struct IsFact<Fact<T>> : std::true_type {};
template <class T>
struct IsFacts : std::false_type {};
template <class T>
struct IsFacts<std::vector<Fact<T>>> : std::true_type {};

double plain(double value) { return value; }
template <Dimension D>
double plain(Quantity<D> value) {
  return value.base();
}

template <class T>
double value_of(const Fact<T>& fact) {
  return plain(*fact.value);
}
template <class T>
double value_of(const std::optional<Fact<T>>& fact) {
  return fact ? value_of(*fact) : 0.0;
}
double gb_s(const std::optional<Fact<BytesPerSecond>>& rate) { return value_of(rate) / kGiga; }

template <class T>
Spread spread_of(const Fact<T>& fact) {
  const double value = value_of(fact);
  return fact.range ? Spread{plain(fact.range->low), value, plain(fact.range->high)}
                    : Spread{value, value, value};
}

// Sources of all values of a record, each once, in its order.
class Sources {
 public:
  template <class R>
  void add_record(const R& record) {
    std::apply([&](const auto&... f) { (add_field(record.*(f.member), f.key), ...); },
               data::Record<R>::fields());
  }
  std::vector<std::string> take() { return std::move(ids_); }

 private:
  template <class T>
  void add_field(const T& value, std::string_view key) {
    // Other lists of ids name other records.
    if (!std::is_same_v<T, std::vector<std::string>> || key == "source") {
      add(value);
    }
  }
  template <class T>
  void add(const T& value) {
    if constexpr (IsFact<T>::value) {
      add(value.sources);
    } else if constexpr (IsFacts<T>::value) {
      for (const auto& one : value) {
        add(one);
      }
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
      for (const std::string& id : value) {
        if (std::find(ids_.begin(), ids_.end(), id) == ids_.end()) {
          ids_.push_back(id);
        }
      }
    } else if constexpr (data::IsRecord<T>) {
      add_record(value);
    }
  }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value) {
      add(*value);
    }
  }

  std::vector<std::string> ids_;
};
template <class R>
std::vector<std::string> sources_of(const R& record) {
  Sources sources;
  sources.add_record(record);
  return sources.take();
}

ProcessNode node_of(const NodeFacts& facts) {
  return {.id = facts.id,
          .name = facts.name,
          .nanometres = facts.nanometres,
          .logic_mtr_mm2 = value_of(facts.logic_mtr_mm2),
          .sram_mm2_mb = value_of(facts.sram_mm2_mb),
          .switching = value_of(facts.switching),
          .wafer_usd = spread_of(facts.wafer),
          .defects_cm2 = spread_of(facts.defects_cm2),
          .mask_usd = value_of(facts.masks),
          .since = month_of(facts.since),
          .sources = sources_of(facts)};
}

MemoryKind memory_of(const MemoryFacts& facts) {
  std::vector<int> sizes_since;
  for (const PartialDate& date : facts.sizes_since) {
    sizes_since.push_back(month_of(date));
  }
  std::vector<Spread> prices;
  for (const Fact<double>& price : facts.usd_gb_of_sizes) {
    prices.push_back(spread_of(price));
  }
  return {.id = facts.id,
          .name = facts.name,
          .stacked = facts.stacked,
          .bits = facts.bits,
          .gbit_s = facts.gbit_s,
          .gigabytes = facts.gigabytes,
          .sizes_since = std::move(sizes_since),
          .usd_per_gb = spread_of(facts.usd_gb),
          .usd_per_gb_of = std::move(prices),
          .interface_mm2 = value_of(facts.interface),
          .controller_mtr = value_of(facts.controller_mtr),
          .package_mm2 = value_of(facts.package),
          .picojoule_bit = spread_of(facts.picojoule_bit),
          .since = month_of(facts.since),
          .sources = sources_of(facts)};
}

HostMemory host_memory_of(const HostMemoryFacts& facts) {
  return {.id = facts.id,
          .name = facts.name,
          .gb_s = value_of(facts.bandwidth) / kGiga,
          .gigabytes = value_of(facts.capacity) / kGiga,
          .bus_gb_s = gb_s(facts.bus),
          .usd_per_gb = spread_of(facts.usd_gb),
          .picojoule_bit = value_of(facts.picojoule_bit),
          .since = month_of(facts.since),
          .sources = sources_of(facts)};
}

PackagingTerms packaging_of(const PackagingFacts& facts) {
  return {.interposer_usd_mm2 = value_of(facts.interposer_usd_mm2),
          .interposer_scale = value_of(facts.interposer_scale),
          .substrate_usd_mm2 = value_of(facts.substrate_usd_mm2),
          .substrate_scale = value_of(facts.substrate_scale),
          .bond_yield = spread_of(facts.bond_yield),
          .largest_interposer_mm2 = value_of(facts.largest_interposer),
          .bridged_usd_mm2 = value_of(facts.bridged_usd_mm2),
          .bridged_bond_yield = spread_of(facts.bridged_bond_yield),
          .test_usd = spread_of(facts.test),
          .board_test_usd = spread_of(facts.board_test),
          .sources = sources_of(facts)};
}

DieSpec spec_of(const DieSpecFacts& facts) {
  DieSpec spec;
  spec.cores = value_of(facts.cores);
  spec.core_ops = value_of(facts.core_ops);
  spec.vector_lanes = value_of(facts.vector_lanes);
  spec.core_sram_kb = value_of(facts.core_sram_kb);
  spec.cache_mb = value_of(facts.cache_mb);
  spec.memory_units = value_of(facts.memory_units);
  spec.link_gb_s = gb_s(facts.link);
  spec.host_lanes = value_of(facts.host_lanes);
  spec.graphics_mm2 = value_of(facts.graphics);
  spec.fp64_lanes = value_of(facts.fp64_lanes);
  spec.control_mtr_per_core = value_of(facts.control_mtr_per_core);
  spec.fabric_mtr_per_core = value_of(facts.fabric_mtr_per_core);
  spec.bridge_gb_s = gb_s(facts.bridge);
  spec.bridge_mm2_gb_s = value_of(facts.bridge_mm2_gb_s);
  if (facts.link_mm2_gb_s) {
    spec.link_mm2_gb_s = value_of(facts.link_mm2_gb_s);
  }
  return spec;
}

DieParts published_of(const PublishedParts& facts) {
  DieParts parts{};
  parts[index_of(DiePart::kCores)] = value_of(facts.cores);
  parts[index_of(DiePart::kFabric)] = value_of(facts.fabric);
  parts[index_of(DiePart::kCache)] = value_of(facts.cache);
  parts[index_of(DiePart::kMemory)] = value_of(facts.memory);
  parts[index_of(DiePart::kLinks)] = value_of(facts.links);
  parts[index_of(DiePart::kHostBus)] = value_of(facts.host_bus);
  parts[index_of(DiePart::kGraphics)] = value_of(facts.graphics);
  parts[index_of(DiePart::kOther)] = value_of(facts.other);
  return parts;
}

DieRecord die_of(const DieFacts& facts) {
  DieRecord die;
  die.id = facts.id;
  die.name = facts.name;
  die.vendor = facts.vendor;
  die.node = facts.node;
  die.memory = facts.memory;
  die.spec = spec_of(facts.spec);
  die.area_mm2 = value_of(facts.area);
  if (facts.published) {
    die.published = published_of(*facts.published);
  }
  die.chip = facts.chip;
  die.since = month_of(facts.since);
  die.link_step_gb_s = gb_s(facts.link_step);
  die.sold_as_workstation = facts.sold_as_workstation;
  die.dies = facts.dies;
  die.units_on = facts.units_on;
  die.unit_gb = facts.unit_gb;
  if (facts.base) {
    die.base = {facts.base->node, value_of(facts.base->area), facts.base->count};
  }
  die.area_estimated = facts.area.basis == Basis::kEstimated;
  die.host_gb_s = value_of(facts.host_bus) / kGiga;
  die.clock_ghz = value_of(facts.clock) / kGiga;
  die.host_memory = facts.host_memory;
  die.sources = sources_of(facts);
  return die;
}

// A fact with bounds alone does for a question of law, not for a model.
class ValueCheck {
 public:
  explicit ValueCheck(Diagnostics& errors) : errors_(errors) {}

  template <class R>
  void record(const R& record, const Node& node) {
    std::apply([&](const auto&... f) { (one(record.*(f.member), node.find(f.key)), ...); },
               data::Record<R>::fields());
  }
  template <class R>
  void records(const std::vector<R>& records, const Node& list) {
    const std::vector<Node> nodes = list.items();
    for (std::size_t i = 0; i < records.size(); ++i) {
      record(records[i], nodes[i]);
    }
  }

  // At least one, each above the one before.
  void ascending(const std::vector<double>& values, const Node& node) {
    const bool rises =
        std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) == values.end();
    if (values.empty() || !rises) {
      errors_.push_back({Code::kInconsistent,
                         "a list of grades has one at least, and each is above the one before",
                         node.span(),
                         {},
                         {}});
    }
  }

 private:
  template <class T>
  void one(const T& value, const Node& node) {
    if constexpr (IsFact<T>::value) {
      if (!value.known()) {
        errors_.push_back({Code::kMissingKey,
                           "the value is missing: a model cannot reckon with bounds alone",
                           node.span(),
                           {"add value = … between the bounds, with basis = \"estimated\""},
                           {}});
      }
    } else if constexpr (IsFacts<T>::value) {
      const std::vector<Node> nodes = node.items();
      for (std::size_t i = 0; i < value.size(); ++i) {
        one(value[i], nodes[i]);
      }
    } else if constexpr (data::IsRecord<T>) {
      record(value, node);
    }
  }
  template <class T>
  void one(const std::optional<T>& value, const Node& node) {
    if (value) {
      one(*value, node);
    }
  }

  Diagnostics& errors_;
};

// References between records, once all are there.
class ReferenceCheck {
 public:
  ReferenceCheck(const Silicon& silicon, Diagnostics& errors)
      : silicon_(silicon), errors_(errors) {}

  void file(const DataFile& file) {
    Diagnostics ignored;  // reported when the file was read
    const Document document(file.display, file.text, ignored);
    for (const Node& die : document.root().find("die").items()) {
      reference(die.find("node"), "node", silicon_.nodes);
      reference(die.find("memory"), "kind of memory", silicon_.memories);
      reference(die.find("base").find("node"), "node", silicon_.nodes);
      for (const Node& one : die.find("host_memory").items()) {
        reference(one, "memory of a host", silicon_.host_memories);
      }
      unit(die);
    }
  }

 private:
  template <class R>
  void reference(const Node& node, std::string_view noun, const std::vector<R>& records) {
    const auto id = node.string();
    std::vector<std::string_view> ids;
    for (const R& record : records) {
      ids.push_back(record.id);
    }
    if (!id || std::find(ids.begin(), ids.end(), *id) != ids.end()) {
      return;
    }
    Error error{Code::kUnknownReference,
                fmt::format("there is no {} '{}'", noun, *id),
                node.span(),
                {},
                {}};
    if (const auto near = nearest_names(*id, ids); !near.empty()) {
      error.help.push_back(fmt::format("did you mean '{}'?", near.front()));
    }
    error.help.emplace_back("define it in data/silicon, or correct the id");
    errors_.push_back(std::move(error));
  }

  void unit(const Node& die) {
    const auto kind = die.find("memory").string();
    const auto size = die.find("unit_gb").number();
    const MemoryKind* memory = kind ? silicon_.memory(*kind) : nullptr;
    if (memory == nullptr || !size ||
        std::find(memory->gigabytes.begin(), memory->gigabytes.end(), *size) !=
            memory->gigabytes.end()) {
      return;
    }
    errors_.push_back({Code::kInconsistent,
                       fmt::format("{} has no unit of {} GB", memory->name, *size),
                       die.find("unit_gb").span(),
                       {fmt::format("sizes: {}", fmt::join(memory->gigabytes, ", "))},
                       {}});
  }

  const Silicon& silicon_;
  Diagnostics& errors_;
};

template <class R>
const R* find_by_id(const std::vector<R>& records, std::string_view id) {
  const auto found =
      std::find_if(records.begin(), records.end(), [id](const R& r) { return r.id == id; });
  return found == records.end() ? nullptr : &*found;
}

class SiliconLoader {
 public:
  explicit SiliconLoader(Diagnostics& errors)
      : errors_(errors),
        nodes_("node", silicon_.replaced, errors),
        memories_("kind of memory", silicon_.replaced, errors),
        host_memories_("memory of a host", silicon_.replaced, errors),
        dies_("die", silicon_.replaced, errors) {}

  void add(const DataFile& file) {
    const Document document(file.display, file.text, errors_);
    auto read = read_document<SiliconFile>(document, errors_);
    if (!read) {
      complete_ = false;
      return;
    }
    add_all(read->nodes, document.root().find("node"), file, nodes_);
    add_all(read->memories, document.root().find("memory"), file, memories_);
    add_all(read->host_memories, document.root().find("host_memory"), file, host_memories_);
    add_all(read->dies, document.root().find("die"), file, dies_);
    if (!read->packaging) {
      return;
    }
    if (packaging_ == &file || (packaging_ != nullptr && packaging_->layer == file.layer)) {
      errors_.push_back({Code::kDuplicateId,
                         "packaging stands twice",
                         document.root().find("packaging").span(),
                         {fmt::format("the other is in {}", packaging_->display)},
                         {}});
      return;
    }
    packaging_ = &file;
    silicon_.packaging = packaging_of(*read->packaging);
  }

  Silicon take() {
    take_all(nodes_, silicon_.nodes, node_of);
    take_all(memories_, silicon_.memories, memory_of);
    take_all(host_memories_, silicon_.host_memories, host_memory_of);
    take_all(dies_, silicon_.dies, die_of);
    return std::move(silicon_);
  }
  // No file had problems that could make a record seem missing.
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] bool has_packaging() const { return packaging_ != nullptr; }

 private:
  template <class R>
  void add_all(std::vector<R>& records, const Node& list, const DataFile& file,
               RecordFolder<R>& folder) {
    const std::vector<Node> nodes = list.items();
    for (std::size_t i = 0; i < records.size(); ++i) {
      folder.add(std::move(records[i]), file, nodes[i].find("id").span());
    }
  }
  template <class R, class T>
  static void take_all(RecordFolder<R>& folder, std::vector<T>& out, T (*make)(const R&)) {
    for (const R& record : folder.take()) {
      out.push_back(make(record));
    }
  }

  Diagnostics& errors_;
  Silicon silicon_;
  RecordFolder<NodeFacts> nodes_;
  RecordFolder<MemoryFacts> memories_;
  RecordFolder<HostMemoryFacts> host_memories_;
  RecordFolder<DieFacts> dies_;
  const DataFile* packaging_ = nullptr;
  bool complete_ = true;
};

}  // namespace

void check_record(const SiliconFile& file, const data::Document& document, Diagnostics& errors) {
  const Node root = document.root();
  ValueCheck check(errors);
  check.records(file.nodes, root.find("node"));
  check.records(file.memories, root.find("memory"));
  check.records(file.host_memories, root.find("host_memory"));
  check.records(file.dies, root.find("die"));
  if (file.packaging) {
    check.record(*file.packaging, root.find("packaging"));
  }
  const std::vector<Node> memories = root.find("memory").items();
  for (std::size_t i = 0; i < file.memories.size(); ++i) {
    check.ascending(file.memories[i].gbit_s, memories[i].find("gbit_s"));
    check.ascending(file.memories[i].gigabytes, memories[i].find("gigabytes"));
    const MemoryFacts& facts = file.memories[i];
    const auto one_each = [&](const char* key, std::string_view what, std::size_t count) {
      if (count != 0 && count != facts.gigabytes.size()) {
        errors.push_back({Code::kInconsistent,
                          fmt::format("{} {} for {} sizes", count, what, facts.gigabytes.size()),
                          memories[i].find(key).span(),
                          {"give one for each of 'gigabytes', or none"},
                          {}});
      }
    };
    one_each("sizes_since", "dates", facts.sizes_since.size());
    one_each("usd_gb_of_sizes", "prices", facts.usd_gb_of_sizes.size());
  }
}

int month_of(const PartialDate& date) {
  constexpr int kHundred = 100;
  return date.year * kHundred + static_cast<int>(std::max(date.month, 1U));
}

int month_of(Date date) {
  const std::chrono::year_month_day day{date};
  return month_of(PartialDate{static_cast<int>(day.year()), unsigned{day.month()}, 0});
}

std::vector<double> MemoryKind::sizes_by(int month) const {
  std::vector<double> sizes;
  for (std::size_t i = 0; i < gigabytes.size(); ++i) {
    if ((sizes_since.empty() ? since : sizes_since[i]) <= month) {
      sizes.push_back(gigabytes[i]);
    }
  }
  return sizes;
}

const Spread& MemoryKind::price_of(double unit_gb) const {
  if (usd_per_gb_of.empty()) {
    return usd_per_gb;
  }
  const auto above = std::upper_bound(gigabytes.begin(), gigabytes.end(), unit_gb);
  const auto place = std::max<std::ptrdiff_t>(0, above - gigabytes.begin() - 1);
  return usd_per_gb_of[static_cast<std::size_t>(place)];
}

const ProcessNode* Silicon::node(std::string_view id) const { return find_by_id(nodes, id); }
const MemoryKind* Silicon::memory(std::string_view id) const { return find_by_id(memories, id); }
const HostMemory* Silicon::host_memory(std::string_view id) const {
  return find_by_id(host_memories, id);
}
const DieRecord* Silicon::die(std::string_view id) const { return find_by_id(dies, id); }

Loaded<Silicon> load_silicon(const data::FileSet& files) {
  Diagnostics errors;
  SiliconLoader loader(errors);
  const std::vector<const DataFile*> found = files.under("silicon");
  for (const DataFile* file : found) {
    loader.add(*file);
  }
  const bool complete = loader.complete();
  const bool packaged = loader.has_packaging();
  Silicon silicon = loader.take();
  if (complete) {
    ReferenceCheck references(silicon, errors);
    for (const DataFile* file : found) {
      references.file(*file);
    }
    if (!packaged && !found.empty()) {
      errors.push_back({Code::kMissingKey,
                        "no file has the terms of packaging",
                        SourceSpan{found.back()->display, 0, 0, 1, ""},
                        {"copy [packaging] of data/silicon/packaging.toml"},
                        {}});
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return silicon;
}

}  // namespace redline

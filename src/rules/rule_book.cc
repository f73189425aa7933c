#include "rules/rule_book.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/nearest.h"
#include "rules/instrument_records.h"

namespace redline::data {

bool Codec<rules::Predicate>::read(const Node& node, rules::Predicate& out, Reader& reader,
                                   const FieldOptions&) {
  const auto text = node.string();
  if (!text) {
    reader.wrong_type(node, "a predicate in quotes");
    return false;
  }
  auto parsed = rules::parse_predicate(*text);
  if (!parsed) {
    Error error = std::move(parsed.error().error);
    error.where = node.span_within(parsed.error().offset, parsed.error().length);
    reader.add(std::move(error), node);
    return false;
  }
  out = std::move(*parsed);
  return true;
}

}  // namespace redline::data

namespace redline::rules {
namespace {

using data::DataFile;
using data::Document;

std::string file_stem(const std::string& relative) {
  const auto slash = relative.rfind('/');
  const std::string name = slash == std::string::npos ? relative : relative.substr(slash + 1);
  return name.substr(0, name.size() - std::string_view(".toml").size());
}

// Groups can only be checked once the geography is there.
void check_groups(const data::Node& node, const Geography& geography, Diagnostics& errors) {
  for (const data::Node& item : node.items()) {
    check_groups(item, geography, errors);
  }
  for (const data::Node::Entry& entry : node.entries()) {
    const bool is_predicate = entry.key == "when" || entry.key == "where" || entry.key == "unless";
    const auto text = entry.value.string();
    if (!is_predicate || !text) {
      check_groups(entry.value, geography, errors);
      continue;
    }
    const auto parsed = parse_predicate(*text);
    if (!parsed) {
      continue;  // reported when the record was read
    }
    for (const rules::Node& n : parsed->nodes) {
      if (n.op != Op::kInGroup) {
        continue;
      }
      const std::string& group = parsed->literals[static_cast<std::size_t>(n.a)];
      if (geography.find_group(group) == nullptr) {
        std::vector<std::string_view> pool;
        for (const CountryGroup& g : geography.groups) {
          pool.push_back(g.id);
        }
        errors.push_back({Code::kPredicateName,
                          fmt::format("there is no country group '{}'", group),
                          entry.value.span_within(n.begin, n.end - n.begin),
                          {fmt::format("groups: {}", fmt::join(pool, ", "))},
                          {}});
      }
    }
  }
}

void check_dates(const Instrument& instrument, const data::Node& root, Diagnostics& errors) {
  const std::vector<data::Node> nodes = root.find("version").items();
  for (std::size_t i = 0; i < instrument.versions.size(); ++i) {
    const Version& v = instrument.versions[i];
    if (!v.effective && !instrument.hypothetical) {
      errors.push_back({Code::kMissingKey,
                        "this version has no 'effective'",
                        nodes[i].span(),
                        {"add effective = YYYY-MM-DD; only a bill (hypothetical = true) has none"},
                        {}});
      continue;
    }
    const auto not_before = [&](const std::optional<Date>& date, std::string_view key) {
      if (date && v.effective && *date < *v.effective) {
        errors.push_back({Code::kInconsistent,
                          fmt::format("'{}' is before 'effective'", key),
                          nodes[i].find(key).span(),
                          {},
                          {}});
      }
    };
    not_before(v.compliance, "compliance");
    not_before(v.until, "until");
    not_before(v.not_enforced_from, "not_enforced_from");
  }
}

// Tags that clauses refer to must be those of some test, or the clause would never hold.
void check_items(const data::Node& node, const std::vector<std::string>& known,
                 Diagnostics& errors) {
  for (const data::Node& item : node.items()) {
    check_items(item, known, errors);
  }
  for (const data::Node::Entry& entry : node.entries()) {
    if (entry.key != "items") {
      check_items(entry.value, known, errors);
      continue;
    }
    for (const data::Node& tag : entry.value.items()) {
      const auto text = tag.string();
      if (!text || std::find(known.begin(), known.end(), *text) != known.end()) {
        continue;
      }
      const std::vector<std::string_view> pool(known.begin(), known.end());
      std::vector<std::string> help{fmt::format("tags: {}", fmt::join(known, ", "))};
      const auto near = nearest_names(*text, pool);
      if (!near.empty()) {
        help.insert(help.begin(), fmt::format("did you mean '{}'?", near.front()));
      }
      errors.push_back({Code::kUnknownReference,
                        fmt::format("no test has the tag '{}'", *text),
                        tag.span(),
                        std::move(help),
                        {}});
    }
  }
}

bool refers_to_unknown_item(const Instrument& instrument, const std::vector<std::string>& known) {
  const auto unknown = [&known](const auto& clauses) {
    return std::any_of(clauses.begin(), clauses.end(), [&known](const auto& clause) {
      return std::any_of(clause.items.begin(), clause.items.end(), [&known](const auto& item) {
        return std::find(known.begin(), known.end(), item) == known.end();
      });
    });
  };
  return std::any_of(instrument.versions.begin(), instrument.versions.end(),
                     [&unknown](const Version& v) {
                       return unknown(v.licenses) || unknown(v.reviews) || unknown(v.exceptions) ||
                              unknown(v.flags) || unknown(v.conditions);
                     });
}

}  // namespace

Loaded<RuleBook> RuleBook::load(const data::FileSet& files, const Geography& geography,
                                std::vector<std::string>& replaced) {
  RuleBook book;
  book.geography_ = geography;
  Diagnostics errors;
  std::map<std::string, std::pair<Instrument, const DataFile*>> found;
  for (const DataFile* file : files.under("rules")) {
    const Document document(file->display, file->text, errors);
    const std::size_t before = errors.size();
    data::Reader reader(errors, document.damaged());
    Instrument instrument;
    data::read_record(document.root(), instrument, reader);
    check_groups(document.root(), geography, errors);
    if (errors.size() != before || document.damaged()) {
      continue;
    }
    check_dates(instrument, document.root(), errors);
    const SourceSpan id_span = document.root().find("id").span();
    if (to_lower(instrument.id) != file_stem(file->relative)) {
      errors.push_back({Code::kIdMismatch,
                        fmt::format("the id '{}' is not the name of its file", instrument.id),
                        id_span,
                        {fmt::format("rename the file to {}.toml", to_lower(instrument.id))},
                        {}});
      continue;
    }
    const auto old = found.find(instrument.id);
    if (old != found.end() && old->second.second->layer == file->layer) {
      errors.push_back({Code::kDuplicateId,
                        fmt::format("rule '{}' stands twice", instrument.id),
                        id_span,
                        {fmt::format("the other is in {}", old->second.second->display)},
                        {}});
      continue;
    }
    if (old != found.end()) {
      replaced.push_back(fmt::format("rule {} by {}", instrument.id, file->display));
    }
    const std::string id = instrument.id;
    found[id] = {std::move(instrument), file};
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  for (auto& [id, entry] : found) {
    book.instruments_.push_back(std::move(entry.first));
  }
  book.index();
  if (book.items_.size() > kMostItems) {
    return tl::unexpected(Diagnostics{
        {Code::kInconsistent,
         fmt::format("the rules use {} item tags; {} are possible", book.items_.size(), kMostItems),
         std::nullopt,
         {"give tests that the same license clauses name the same item"},
         {}}});
  }
  for (const Instrument& instrument : book.instruments_) {
    if (refers_to_unknown_item(instrument, book.items_)) {
      // Read once more for the place of the tag; this happens only on the way to an error.
      const DataFile& file = *found.at(instrument.id).second;
      Diagnostics ignored;
      const Document document(file.display, file.text, ignored);
      check_items(document.root(), book.items_, errors);
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return book;
}

void RuleBook::index() {
  const auto add_item = [this](const std::string& item) {
    if (std::find(items_.begin(), items_.end(), item) == items_.end()) {
      items_.push_back(item);
    }
  };
  for (const Place& place : geography_.places) {
    symbols_.intern(place.code);
  }
  for (const Instrument& instrument : instruments_) {
    for (const std::string& addressee : instrument.addressees) {
      symbols_.intern(addressee);
    }
    for (const Version& version : instrument.versions) {
      for (const TestClause& test : version.tests) {
        add_item(test.item);
      }
      for_each_predicate(version, [this](const Predicate& predicate) {
        for (const std::string& literal : predicate.literals) {
          symbols_.intern(literal);
          named_texts_.insert(to_lower(literal));
        }
        for (const Node& node : predicate.nodes) {
          if (node.op == Op::kInGroup) {
            named_groups_.insert(predicate.literals[static_cast<std::size_t>(node.a)]);
          }
        }
      });
    }
  }
}

const Instrument* RuleBook::find(std::string_view id) const {
  const auto found = std::find_if(
      instruments_.begin(), instruments_.end(),
      [wanted = to_lower(id)](const Instrument& i) { return to_lower(i.id) == wanted; });
  return found == instruments_.end() ? nullptr : &*found;
}

std::uint32_t RuleBook::item_bits(const std::vector<std::string>& items) const {
  std::uint32_t bits = 0;
  for (const std::string& item : items) {
    const auto found = std::find(items_.begin(), items_.end(), item);
    if (found != items_.end()) {
      bits |= 1U << static_cast<unsigned>(found - items_.begin());
    }
  }
  return bits;
}

std::string RuleBook::place_key(std::string_view place, Date date) const {
  std::string key = named_texts_.count(to_lower(place)) != 0 ? std::string(place) : std::string();
  for (const std::string& group : named_groups_) {
    key += geography_.is_member(place, group, date) ? '+' : '-';
  }
  return key;
}

std::vector<Date> RuleBook::boundaries() const {
  std::set<Date> dates;
  const auto after = [](Date date) { return date + std::chrono::days{1}; };
  for (const Instrument& instrument : instruments_) {
    for (const Version& v : instrument.versions) {
      for (const std::optional<Date>& date : {v.effective, v.compliance, v.not_enforced_from}) {
        if (date) {
          dates.insert(*date);
        }
      }
      if (v.until) {
        dates.insert(after(*v.until));
      }
      for_each_predicate(v, [&](const Predicate& predicate) {
        for (const Node& node : predicate.nodes) {
          if (node.op == Op::kCompareDate) {
            const Date date{std::chrono::days{static_cast<int>(node.number)}};
            dates.insert(date);
            dates.insert(after(date));
          }
        }
      });
    }
  }
  for (const CountryGroup& group : geography_.groups) {
    for (const GroupMember& member : group.members) {
      if (member.from) {
        dates.insert(*member.from);
      }
      if (member.until) {
        dates.insert(after(*member.until));
      }
    }
  }
  for (const PlaceAlias& alias : geography_.aliases) {
    if (alias.from) {
      dates.insert(*alias.from);
    }
  }
  return {dates.begin(), dates.end()};
}

Diagnostics check_instrument(const std::string& file, std::string text,
                             const Geography& geography) {
  Diagnostics errors;
  const Document document(file, std::move(text), errors);
  data::Reader reader(errors, document.damaged());
  Instrument instrument;
  if (data::read_record(document.root(), instrument, reader)) {
    check_dates(instrument, document.root(), errors);
  }
  check_groups(document.root(), geography, errors);
  return errors;
}

data::TypeInfo instrument_type() { return data::Codec<Instrument>::info(); }

Standing standing(const Instrument& instrument, const Version& version, Date date,
                  const std::vector<std::string>& with) {
  if (instrument.hypothetical) {
    const bool on = std::any_of(with.begin(), with.end(), [&](const std::string& id) {
      return to_lower(id) == to_lower(instrument.id);
    });
    return on ? Standing::kBinding : Standing::kAbsent;
  }
  if (!version.effective || date < *version.effective || (version.until && date > *version.until)) {
    return Standing::kAbsent;
  }
  if (version.not_enforced_from && date >= *version.not_enforced_from) {
    return Standing::kNotEnforced;
  }
  if (version.compliance && date < *version.compliance) {
    return Standing::kNotYetDue;
  }
  return Standing::kBinding;
}

}  // namespace redline::rules

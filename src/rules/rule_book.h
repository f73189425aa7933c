#pragma once
// All instruments of a data set, checked, with their texts as symbols.

#include <set>
#include <string>
#include <vector>

#include "redline/place.h"

#include "data/files.h"
#include "data/schema.h"
#include "rules/instrument.h"
#include "rules/program.h"

namespace redline::rules {

// How a version stands on a date.
enum class Standing : std::uint8_t {
  kAbsent,       // not yet effective, or ended
  kNotYetDue,    // in the text, compliance date to come
  kNotEnforced,  // in the text, not enforced
  kBinding,
};

// Tags of items are bits of one word.
inline constexpr std::size_t kMostItems = 32;

class RuleBook {
 public:
  [[nodiscard]] static Loaded<RuleBook> load(const data::FileSet& files, const Geography& geography,
                                             std::vector<std::string>& replaced);

  [[nodiscard]] const std::vector<Instrument>& instruments() const { return instruments_; }
  [[nodiscard]] const Instrument* find(std::string_view id) const;
  [[nodiscard]] const Geography& geography() const { return geography_; }
  [[nodiscard]] const SymbolTable& symbols() const { return symbols_; }
  // Tags of items, in order of first appearance; clauses hold them as bits.
  [[nodiscard]] const std::vector<std::string>& items() const { return items_; }
  [[nodiscard]] std::uint32_t item_bits(const std::vector<std::string>& items) const;

  // All that predicates can tell of a place (ISO code) on a day: its groups that some predicate
  // names, and its code if one does. Two places of the same key get the same answers to the same
  // questions, as destinations or as owners; the United States and the country of export apart.
  [[nodiscard]] std::string place_key(std::string_view place, Date date) const;

  // Every day on which some answer may change: dates of versions, groups and predicates.
  [[nodiscard]] std::vector<Date> boundaries() const;

 private:
  void index();

  std::vector<Instrument> instruments_;  // by id
  Geography geography_;
  SymbolTable symbols_;
  std::vector<std::string> items_;
  std::set<std::string> named_groups_;
  std::set<std::string> named_texts_;  // in lower case
};

// For `data check FILE` and `data schema instrument`.
[[nodiscard]] Diagnostics check_instrument(const std::string& file, std::string text,
                                           const Geography& geography);
[[nodiscard]] data::TypeInfo instrument_type();

// A bill counts as law, from any date, if its id is in `with`.
[[nodiscard]] Standing standing(const Instrument& instrument, const Version& version, Date date,
                                const std::vector<std::string>& with);

// Calls `use` with every predicate of a version.
template <class F>
void for_each_predicate(const Version& version, const F& use) {
  for (const auto& c : version.tests) {
    use(c.when), use(c.unless);
  }
  for (const auto& c : version.licenses) {
    use(c.where);
  }
  for (const auto& c : version.reviews) {
    use(c.when);
  }
  for (const auto& c : version.exceptions) {
    use(c.when);
  }
  for (const auto& c : version.grants) {
    use(c.when);
  }
  for (const auto& c : version.duties) {
    use(c.when);
  }
  for (const auto& c : version.flags) {
    use(c.when);
  }
  for (const auto& c : version.conditions) {
    use(c.when);
  }
  for (const auto& c : version.fees) {
    use(c.when);
  }
  for (const auto& c : version.measures) {
    use(c.when);
  }
  for (const auto& c : version.checklists) {
    use(c.when);
    for (const auto& entry : c.entries) {
      use(entry.when);
    }
  }
}

}  // namespace redline::rules

#pragma once
// Countries and territories, and the dated country groups of the Export Administration Regulations.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/date.h"

namespace redline {

struct PlaceName {
  std::string en;
  std::string zh_hans;
  std::string zh_hant;
};

struct Place {
  std::string code;  // ISO 3166-1 alpha-2
  PlaceName name;
  std::vector<std::string> aliases;
};

struct GroupMember {
  std::string place;
  std::optional<Date> from;   // absent: always
  std::optional<Date> until;  // last day
  std::string note;
};

struct CountryGroup {
  std::string id;  // "D5"
  std::string title;
  std::string source;
  std::vector<GroupMember> members;
};

// A place that shares the groups of another from a day on, as Hong Kong does with China.
struct PlaceAlias {
  std::string place;
  std::string treated_as;
  std::optional<Date> from;
};

struct Geography {
  std::vector<Place> places;
  std::vector<CountryGroup> groups;
  std::vector<PlaceAlias> aliases;

  // The place called so: code, name in any language or alias, in any case. Errors: kUnknownPlace.
  [[nodiscard]] Result<std::string> find_place(std::string_view name) const;
  [[nodiscard]] bool is_member(std::string_view place, std::string_view group, Date date) const;
  [[nodiscard]] const CountryGroup* find_group(std::string_view id) const;
  [[nodiscard]] std::string name_of(std::string_view code) const;  // English; the code if unknown
};

}  // namespace redline

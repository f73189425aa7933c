#include <algorithm>

#include <fmt/format.h>

#include "redline/place.h"

#include "base/nearest.h"

namespace redline {

Result<std::string> Geography::find_place(std::string_view name) const {
  for (const Place& place : places) {
    if (place.code == name) {
      return place.code;
    }
  }
  const std::string wanted = to_lower(name);
  std::vector<std::string_view> pool;
  for (const Place& place : places) {
    if (to_lower(place.code) == wanted || to_lower(place.name.en) == wanted ||
        place.name.zh_hans == name || place.name.zh_hant == name ||
        std::any_of(place.aliases.begin(), place.aliases.end(),
                    [&](const std::string& alias) { return to_lower(alias) == wanted; })) {
      return place.code;
    }
    pool.push_back(place.name.en);
    pool.insert(pool.end(), place.aliases.begin(), place.aliases.end());
  }
  std::vector<std::string> help;
  for (const std::string_view near : nearest_names(name, pool)) {
    help.push_back(fmt::format("similar name: {}", near));
  }
  help.emplace_back("use an ISO code or an English name: CN, HK, MO, AE, \"Saudi Arabia\"");
  return fail(Code::kUnknownPlace, fmt::format("no country or territory called '{}'", name),
              std::move(help));
}

const CountryGroup* Geography::find_group(std::string_view id) const {
  const auto found = std::find_if(groups.begin(), groups.end(),
                                  [id](const CountryGroup& group) { return group.id == id; });
  return found == groups.end() ? nullptr : &*found;
}

bool Geography::is_member(std::string_view place, std::string_view group, Date date) const {
  for (const PlaceAlias& alias : aliases) {
    if (alias.place == place && (!alias.from || *alias.from <= date)) {
      place = alias.treated_as;
    }
  }
  const CountryGroup* found = find_group(group);
  return found != nullptr &&
         std::any_of(found->members.begin(), found->members.end(), [&](const GroupMember& m) {
           return m.place == place && (!m.from || *m.from <= date) &&
                  (!m.until || date <= *m.until);
         });
}

std::string Geography::name_of(std::string_view code) const {
  const auto found = std::find_if(places.begin(), places.end(),
                                  [code](const Place& place) { return place.code == code; });
  return found == places.end() ? std::string(code) : found->name.en;
}

}  // namespace redline

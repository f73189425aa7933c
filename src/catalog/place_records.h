#pragma once
// Field tables of places, country groups and sources, and of the files that hold several of them.

#include "redline/catalog.h"

#include "data/fields.h"

namespace redline::data {

template <>
struct Record<PlaceName> {
  static constexpr std::string_view kName = "name";
  static constexpr std::string_view kDoc = "A name in three languages.";
  static constexpr auto fields() {
    return std::tuple{
        field("en", &PlaceName::en, {.required = true, .doc = "English."}),
        field("zh-Hans", &PlaceName::zh_hans, {.doc = "Simplified Chinese."}),
        field("zh-Hant", &PlaceName::zh_hant, {.doc = "Traditional Chinese."}),
    };
  }
};
template <>
struct Record<Place> {
  static constexpr std::string_view kName = "place";
  static constexpr std::string_view kDoc = "A country or territory.";
  static constexpr auto fields() {
    return std::tuple{
        field("code", &Place::code, {.required = true, .doc = "ISO 3166-1 alpha-2."}),
        field("name", &Place::name, {.required = true, .doc = "Names."}),
        field("aliases", &Place::aliases, {.doc = "Other English names."}),
    };
  }
};
template <>
struct Record<GroupMember> {
  static constexpr std::string_view kName = "member";
  static constexpr std::string_view kDoc = "Membership of a place in a group, with its dates.";
  static constexpr auto fields() {
    return std::tuple{
        field("place", &GroupMember::place, {.required = true, .doc = "ISO code."}),
        field("from", &GroupMember::from, {.doc = "First day."}),
        field("until", &GroupMember::until, {.doc = "Last day."}),
        field("note", &GroupMember::note, {.doc = "How certain the dates are."}),
    };
  }
};
template <>
struct Record<CountryGroup> {
  static constexpr std::string_view kName = "group";
  static constexpr std::string_view kDoc = "A country group.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &CountryGroup::id, {.required = true, .doc = "D5, A1 …"}),
        field("title", &CountryGroup::title, {.doc = "What the group is for."}),
        field("source", &CountryGroup::source, {.required = true, .doc = "Id of data/sources."}),
        field("member", &CountryGroup::members, {.doc = "Members."}),
    };
  }
};
template <>
struct Record<PlaceAlias> {
  static constexpr std::string_view kName = "alias";
  static constexpr std::string_view kDoc = "A place that shares the groups of another.";
  static constexpr auto fields() {
    return std::tuple{
        field("place", &PlaceAlias::place, {.required = true, .doc = "ISO code."}),
        field("treated_as", &PlaceAlias::treated_as, {.required = true, .doc = "ISO code."}),
        field("from", &PlaceAlias::from, {.doc = "First day."}),
    };
  }
};

template <>
struct Record<Source> {
  static constexpr std::string_view kName = "source";
  static constexpr std::string_view kDoc = "Where a fact comes from.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &Source::id, {.required = true, .doc = "Unique over all source files."}),
        field("title", &Source::title, {.required = true, .doc = "Short title."}),
        field("url", &Source::url, {.doc = "Address."}),
        field("kind", &Source::kind, {.required = true, .doc = "Kind of source."}),
        field("verification", &Source::verification, {.doc = "read or recalled."}),
        field("engine", &Source::engine, {.doc = "Software that its measurements ran on."}),
        field("published", &Source::published, {.doc = "When it appeared."}),
    };
  }
};

// Files that hold several records.
struct PlacesFile {
  std::vector<Place> places;
};
struct GroupsFile {
  std::vector<CountryGroup> groups;
  std::vector<PlaceAlias> aliases;
};
struct SourcesFile {
  std::vector<Source> sources;
};
template <>
struct Record<PlacesFile> {
  static constexpr std::string_view kName = "file of places";
  static constexpr std::string_view kDoc = "Places.";
  static constexpr auto fields() {
    return std::tuple{field("place", &PlacesFile::places, {.doc = "Places."})};
  }
};
template <>
struct Record<GroupsFile> {
  static constexpr std::string_view kName = "file of groups";
  static constexpr std::string_view kDoc = "Country groups.";
  static constexpr auto fields() {
    return std::tuple{field("group", &GroupsFile::groups, {.doc = "Groups."}),
                      field("alias", &GroupsFile::aliases, {.doc = "Aliases."})};
  }
};
template <>
struct Record<SourcesFile> {
  static constexpr std::string_view kName = "file of sources";
  static constexpr std::string_view kDoc = "Sources.";
  static constexpr auto fields() {
    return std::tuple{field("source", &SourcesFile::sources, {.doc = "Sources."})};
  }
};

}  // namespace redline::data

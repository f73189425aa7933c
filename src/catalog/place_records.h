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
struct EnumNames<StepRoom> {
  static constexpr NameList<StepRoom, 3> kNames{
      {{"fixed", StepRoom::kFixed},
       {"prompt-and-users", StepRoom::kPromptAndUsers},
       {"prompt-and-answer", StepRoom::kPromptAndAnswer}}};
};

template <>
struct Record<SourceRun> {
  static constexpr std::string_view kName = "run of a source";
  static constexpr std::string_view kDoc =
      "What rows of a source leave out about their runs, as another source has it. The first that "
      "fits a row holds.";
  static constexpr auto fields() {
    using R = SourceRun;
    return std::tuple{
        field("engine", &R::engine,
              {.doc = "Software as the rows state it, or how that begins (default: any)."}),
        field("model", &R::model, {.doc = "Model as the rows name it (default: any)."}),
        field("from", &R::from, {.doc = "First day of the runs."}),
        field("prompts", &R::prompts, {.doc = "Tokens of their prompts (default: any)."}),
        field("answers", &R::answers, {.doc = "Tokens of their answers (default: any)."}),
        field("tensor", &R::tensor, {.doc = "Ranks that tensors are split over (default: any)."}),
        field("rows", &R::rows, {.doc = "Ids of the rows (default: any)."}),
        field("drafts", &R::drafts, {.min = 1.0, .doc = "Tokens that a step guesses ahead."}),
        field("drafts_data_parallel", &R::drafts_data_parallel,
              {.min = 1.0, .doc = "The same where ranks have sequences of their own."}),
        field("step_tokens", &R::step_tokens,
              {.min = 1.0, .doc = "Most tokens of a step; with step_room no less than these."}),
        field("step_room", &R::step_room,
              {.doc = "fixed (default); prompt-and-users: a prompt and a token of each user; "
                      "prompt-and-answer: both of a request."}),
        field("step_spare", &R::step_spare,
              {.min = 0.0, .doc = "Tokens of a step beyond those that step_room has."}),
        field("wait_steps", &R::wait_steps,
              {.min = 0.0, .doc = "Steps that new prompts wait for more while others decode."}),
        field("wait_share", &R::wait_share,
              {.min = 0.0,
               .max = 1.0,
               .doc = "Or until a step would have this share of its tokens."}),
        field(
            "together_steps", &R::together_steps,
            {.min = 0.0, .doc = "Steps that prompts wait until each data-parallel rank has one."}),
        field("gather_steps", &R::gather_steps,
              {.min = 0.0, .doc = "Steps that they then wait for more."}),
        field("prompt_pool", &R::prompt_pool,
              {.min = 1.0,
               .doc = "Different prompts that requests are drawn from, which a cache of prefixes "
                      "finds again (default: each its own)."}),
        field("wide_cache", &R::wide_cache,
              {.doc = "Keys and values are cached in 16 bits, whatever the weights."}),
        field("source", &R::source, {.required = true, .doc = "Ids of the sources that say so."}),
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
        field("ranks_named_twice", &Source::ranks_named_twice,
              {.doc = "Its rows count the tensor's ranks and the experts' as if they were other "
                      "chips: 64 of 8."}),
        field("run", &Source::runs, {.doc = "What its rows leave out about runs."}),
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

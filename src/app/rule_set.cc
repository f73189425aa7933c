#include "app/rule_set.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "app/list_fields.h"
#include "base/nearest.h"
#include "data/node.h"
#include "rules/rule_book.h"

namespace redline::app {
namespace {

std::optional<Date> first_day_of(const rules::Instrument& instrument) {
  std::optional<Date> first;
  for (const rules::Version& version : instrument.versions) {
    if (version.effective && (!first || *version.effective < *first)) {
      first = version.effective;
    }
  }
  return first;
}

// An instrument of the user's: the workspace with it laid over the rules, and its id.
struct OwnRule {
  std::shared_ptr<const Workspace> workspace;
  std::string id;
};
Loaded<OwnRule> with_file(const Workspace& workspace, const std::string& path) {
  auto text = read_users_file(workspace, path);
  if (!text) {
    return tl::unexpected(Diagnostics{std::move(text).error()});
  }
  // Of records of the data the file has the name of the id; of the user's it may have any.
  Diagnostics ignored;  // reported when the rules are read
  const data::Document document(path, *text, ignored);
  const std::string id(document.root().find("id").string().value_or(path));
  auto more = std::make_shared<Workspace>(workspace);
  const int layer = more->files.files.empty() ? 1 : more->files.files.back().layer + 1;
  more->files.files.push_back(
      {fmt::format("rules/{}.toml", to_lower(id)), path, std::move(*text), layer});
  auto rules = Rules::load(more->files, more->catalog.geography, more->replaced);
  if (!rules) {
    return tl::unexpected(std::move(rules).error());
  }
  more->rules = std::move(*rules);
  return OwnRule{std::move(more), id};
}

}  // namespace

Result<NamedRule> rule_named(const Rules& rules, std::string_view name) {
  NamedRule named;
  std::vector<std::string_view> ids;
  const std::string asked = to_lower(name);
  for (const rules::Instrument& one : rules.book().instruments()) {
    ids.push_back(one.id);
    const std::string id = to_lower(one.id);
    if (id != asked && id.rfind(asked + "-", 0) != 0) {
      continue;
    }
    named.ids.push_back(one.id);
    if (const auto first = first_day_of(one)) {
      named.first = named.first ? std::min(*named.first, *first) : *first;
      named.last = named.last ? std::max(*named.last, *first) : *first;
    } else {
      named.bills.push_back(one.id);
    }
  }
  if (!named.ids.empty()) {
    return named;
  }
  std::vector<std::string> help;
  for (const std::string_view near : nearest_names(name, ids)) {
    help.push_back(fmt::format("similar rule: {}", near));
  }
  help.emplace_back("`redline data list rules` shows all");
  return tl::unexpected(Error{Code::kUnknownRecord,
                              fmt::format("there is no rule '{}'", name),
                              std::nullopt,
                              std::move(help),
                              {}});
}

Loaded<RuleSet> read_rule_set(const Workspace& workspace, const std::string& spec, Date otherwise) {
  RuleSet set;
  set.name = spec;
  // Not owned: the caller's.
  set.workspace = {std::shared_ptr<const Workspace>(), &workspace};
  Diagnostics errors;
  std::optional<Date> said;   // by the user
  std::optional<Date> named;  // of the instruments
  std::optional<Date> files;  // of those of the user's
  const auto later = [](std::optional<Date>& day, const std::optional<Date>& than) {
    if (than && (!day || *day < *than)) {
      day = than;
    }
  };
  for (std::size_t begin = 0; begin <= spec.size();) {
    const std::size_t end = std::min(spec.find('+', begin), spec.size());
    const std::string part = spec.substr(begin, end - begin);
    begin = end + 1;
    if (part.size() > 5 && part.ends_with(".toml")) {
      auto more = with_file(*set.workspace, part);
      if (!more) {
        errors.insert(errors.end(), more.error().begin(), more.error().end());
        continue;
      }
      set.workspace = std::move(more->workspace);
      const rules::Instrument* one = set.workspace->rules.book().find(more->id);
      RL_CHECK(one != nullptr);  // it was read
      set.ids.push_back(one->id);
      const auto first = first_day_of(*one);
      later(files, first);
      if (!first) {
        set.with.push_back(one->id);
      }
    } else if (!part.empty() && std::isdigit(static_cast<unsigned char>(part.front())) != 0) {
      auto day = parse_date(part);
      if (!day) {
        errors.push_back(std::move(day).error());
        continue;
      }
      later(said, *day);
    } else {
      auto rule = rule_named(set.workspace->rules, part);
      if (!rule) {
        errors.push_back(std::move(rule).error());
        continue;
      }
      set.ids.insert(set.ids.end(), rule->ids.begin(), rule->ids.end());
      set.with.insert(set.with.end(), rule->bills.begin(), rule->bills.end());
      later(named, rule->last);
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  later(said, named);
  if (!said) {
    said = otherwise;
  }
  later(said, files);
  set.as_of = *said;
  return set;
}

}  // namespace redline::app

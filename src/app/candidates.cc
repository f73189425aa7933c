#include "app/candidates.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>

#include "redline/error.h"

#include "data/files.h"
#include "rules/quantities.h"

namespace redline::app {
namespace {

namespace fs = std::filesystem;

std::string_view folder_of(Names names) {
  switch (names) {
    case Names::kChips:
      return "chips";
    case Names::kSystems:
      return "systems";
    case Names::kModels:
      return "models";
    case Names::kRules:
    case Names::kBills:
      return "rules";
    case Names::kPlaces:
      return "places";
    case Names::kScenarios:
      break;
  }
  return "scenarios";
}

// What stands in quotes behind `key` at the beginning of a line; the whole of TOML is not needed
// for a suggestion.
std::optional<std::string> quoted_behind(std::string_view line, std::string_view key) {
  if (line.substr(0, key.size()) != key) {
    return std::nullopt;
  }
  const std::size_t open = line.find('"', key.size());
  const std::size_t close =
      open == std::string_view::npos ? std::string_view::npos : line.find('"', open + 1);
  return close == std::string_view::npos
             ? std::nullopt
             : std::optional(std::string(line.substr(open + 1, close - open - 1)));
}

using Suggestions = std::map<std::string, Candidate>;

void add(Suggestions& found, const std::string& word, std::string note) {
  if (!word.empty()) {
    found[word] = {word, std::move(note)};
  }
}

void read(std::string_view text, Names names, Suggestions& found) {
  std::string word;
  std::string note;
  bool bill = false;
  const auto flush = [&] {
    if (names != Names::kBills || bill) {
      add(found, word, note);
    }
    word.clear();
  };
  const std::string_view id = names == Names::kPlaces ? "code = " : "id = ";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (auto value = quoted_behind(line, id)) {
      flush();
      word = std::move(*value);
      note.clear();
    } else if (note.empty()) {
      if (auto name = quoted_behind(line, "name = ")) {
        note = std::move(*name);
      } else if (auto title = quoted_behind(line, "title = ")) {
        note = std::move(*title);
      }
    }
    bill |= line.rfind("hypothetical = true", 0) == 0;
  }
  flush();
}

}  // namespace

std::vector<Candidate> candidates(const std::vector<std::string>& folders, Names names) {
  Suggestions found;
  for (const std::string& folder : folders) {
    std::error_code code;
    const fs::path place = fs::path(folder) / folder_of(names);
    for (fs::recursive_directory_iterator file(place, code), end; !code && file != end;
         file.increment(code)) {
      if (file->path().extension() == ".toml") {
        if (const auto text = data::read_text_file(file->path().string())) {
          read(*text, names, found);
        }
      }
    }
  }
  std::vector<Candidate> list;
  for (auto& [word, candidate] : found) {
    list.push_back(std::move(candidate));
  }
  return list;
}

std::vector<Candidate> quantity_candidates() {
  std::vector<Candidate> list;
  for (const rules::NameInfo& info : rules::kNames) {
    if (info.owner != rules::NameOwner::kCircumstance || info.name == "exporter_role") {
      list.push_back({std::string(info.name), std::string(info.doc)});
    }
  }
  return list;
}

std::vector<Candidate> code_candidates() {
  std::vector<Candidate> list;
  for (const Code code : all_codes()) {
    list.push_back({code_name(code), std::string(code_title(code))});
  }
  return list;
}

}  // namespace redline::app

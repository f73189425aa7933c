#include "results/words.h"

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "redline/error.h"

#include "base/nearest.h"
#include "results/catalogues.h"

namespace redline::results {
namespace {

constexpr auto kTags = std::to_array<std::string_view>({"en", "zh-Hans", "zh-Hant"});

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

}  // namespace

struct Words::Catalogue {
  std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> texts;

  explicit Catalogue(std::string_view json) {
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    RL_CHECK(parsed.is_object());
    texts.reserve(parsed.size());
    for (const auto& [english, translated] : parsed.items()) {
      texts.emplace(english, translated.get<std::string>());
    }
  }
  [[nodiscard]] const std::string* find(std::string_view text) const {
    const auto found = texts.find(text);
    return found == texts.end() || found->second.empty() ? nullptr : &found->second;
  }
};

const Words::Catalogue& Words::catalogue_of(Language language) {
  if (language == Language::kSimplifiedChinese) {
    static const Catalogue simplified{catalogue_text(language)};
    return simplified;
  }
  static const Catalogue traditional{catalogue_text(language)};
  return traditional;
}

std::string_view catalogue_text(Language language) {
  return language == Language::kSimplifiedChinese    ? kSimplifiedCatalogue
         : language == Language::kTraditionalChinese ? kTraditionalCatalogue
                                                     : "{}";
}

std::span<const std::string_view> language_tags() { return kTags; }
std::string_view tag_of(Language language) { return kTags[static_cast<std::size_t>(language)]; }

std::optional<Language> find_language(std::string_view tag) {
  for (std::size_t i = 0; i < kTags.size(); ++i) {
    if (equal_ignoring_case(tag, kTags[i])) {
      return static_cast<Language>(i);
    }
  }
  return std::nullopt;
}

Language language_of_locale(std::string_view locale) {
  const std::string_view name = locale.substr(0, locale.find_first_of(".@"));
  if (name.size() < 2 || !equal_ignoring_case(name.substr(0, 2), "zh") ||
      (name.size() > 2 && name[2] != '_' && name[2] != '-')) {
    return Language::kEnglish;
  }
  const auto has = [name](std::string_view part) {
    return name.find(part) != std::string_view::npos;
  };
  const bool traditional = has("TW") || has("HK") || has("MO") || has("Hant");
  return traditional ? Language::kTraditionalChinese : Language::kSimplifiedChinese;
}

Words::Words(Language language)
    : language_(language),
      catalogue_(language == Language::kEnglish ? nullptr : &catalogue_of(language)) {}

bool Words::knows(std::string_view text) const {
  return catalogue_ == nullptr || catalogue_->find(text) != nullptr;
}

std::string Words::operator()(std::string_view text,
                              const std::vector<Message::Argument>& args) const {
  if (catalogue_ == nullptr) {
    return fill_template(text, args);
  }
  std::vector<Message::Argument> said = args;
  for (auto& [name, value] : said) {
    if (const std::string* translated = catalogue_->find(value)) {
      value = *translated;
    }
  }
  const std::string* translated = catalogue_->find(text);
  return fill_template(translated == nullptr ? text : *translated, said);
}

std::string Words::operator()(const Message& message) const {
  return (*this)(message.text, message.args);
}

CellWords Words::cells() const { return {"?", (*this)("unknown"), (*this)("yes"), (*this)("no")}; }

Table Words::operator()(Table table) const {
  if (catalogue_ == nullptr) {
    return table;
  }
  table.title = (*this)(table.title);
  for (Column& column : table.columns) {
    column.title = (*this)(column.title);
  }
  for (std::string& note : table.notes) {
    note = (*this)(note);
  }
  return table;
}

}  // namespace redline::results

#pragma once
// The languages people read. English texts stand in the code and the data; a catalogue
// (data/i18n/*.json, also read by the pages) gives each one in the other languages. Identifiers,
// codes, flags and machine output are never translated.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redline/message.h"

#include "results/table.h"

namespace redline::results {

enum class Language : std::uint8_t { kEnglish, kSimplifiedChinese, kTraditionalChinese };

// "en", "zh-Hans", "zh-Hant" (BCP 47), in the order of the enumeration.
[[nodiscard]] std::span<const std::string_view> language_tags();
[[nodiscard]] std::string_view tag_of(Language language);
// One of the tags, in any case.
[[nodiscard]] std::optional<Language> find_language(std::string_view tag);
// The language of a locale name such as "zh_TW.UTF-8"; English where there is none of ours.
[[nodiscard]] Language language_of_locale(std::string_view locale);

// The catalogue as JSON: {"English text": "translation", …}; "{}" for English.
[[nodiscard]] std::string_view catalogue_text(Language language);

// Says texts in one language. A text that the catalogue lacks is said in English.
class Words {
 public:
  explicit Words(Language language = Language::kEnglish);

  [[nodiscard]] Language language() const { return language_; }

  // The text, with {name} filled in. An argument that is itself in the catalogue (the name of a
  // country, a text of the data) is translated too.
  [[nodiscard]] std::string operator()(const Message& message) const;
  [[nodiscard]] std::string operator()(std::string_view text,
                                       const std::vector<Message::Argument>& args) const;

  // Whether the catalogue has this text (English has every text).
  [[nodiscard]] bool knows(std::string_view text) const;

  [[nodiscard]] CellWords cells() const;
  // The table with its title, column titles and notes said in this language; cells stay.
  [[nodiscard]] Table operator()(Table table) const;

 private:
  struct Catalogue;
  static const Catalogue& catalogue_of(Language language);

  Language language_;
  const Catalogue* catalogue_;  // null for English
};

}  // namespace redline::results

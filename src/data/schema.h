#pragma once
// What a field table says about its types: turned into a JSON Schema (draft-07 subset) and docs.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redline/units.h"

namespace redline::data {

struct KeyInfo;

struct TypeInfo {
  enum class Kind : std::uint8_t {
    kText,
    kBoolean,
    kInteger,
    kNumber,
    kDate,
    kPartialDate,
    kQuantity,
    kChoice,
    kList,
    kRecord,
  };

  Kind kind = Kind::kText;
  Dimension dimension;
  std::vector<std::string_view> choices;
  std::vector<TypeInfo> item;  // one element for a list
  std::string_view name;       // of a record
  std::string_view doc;
  std::vector<KeyInfo> keys;

  [[nodiscard]] static TypeInfo of(Kind kind);
  [[nodiscard]] static TypeInfo text();
  [[nodiscard]] static TypeInfo boolean();
  [[nodiscard]] static TypeInfo integer();
  [[nodiscard]] static TypeInfo number();
  [[nodiscard]] static TypeInfo date();
  [[nodiscard]] static TypeInfo partial_date();
  [[nodiscard]] static TypeInfo quantity(Dimension dimension);
  [[nodiscard]] static TypeInfo choice(std::vector<std::string_view> choices);
  [[nodiscard]] static TypeInfo list(TypeInfo item);
  [[nodiscard]] static TypeInfo record(std::string_view name, std::string_view doc);
  void add_key(std::string_view key, bool required, std::string_view doc, TypeInfo type);
};

struct KeyInfo {
  std::string_view key;
  bool required = false;
  std::string_view doc;
  TypeInfo type;
};

// Here, because a vector of KeyInfo needs the complete type.
inline TypeInfo TypeInfo::text() { return of(Kind::kText); }
inline TypeInfo TypeInfo::boolean() { return of(Kind::kBoolean); }
inline TypeInfo TypeInfo::integer() { return of(Kind::kInteger); }
inline TypeInfo TypeInfo::number() { return of(Kind::kNumber); }
inline TypeInfo TypeInfo::date() { return of(Kind::kDate); }
inline TypeInfo TypeInfo::partial_date() { return of(Kind::kPartialDate); }

// JSON Schema (the draft-07 subset that editors understand) of a record, pretty-printed.
[[nodiscard]] std::string json_schema(const TypeInfo& record);

// One row a key, nested records with dotted keys: for `data schema` and the reference docs.
struct KeyRow {
  std::string key;
  std::string type;
  bool required = false;
  std::string doc;
};
[[nodiscard]] std::vector<KeyRow> key_rows(const TypeInfo& record);

}  // namespace redline::data

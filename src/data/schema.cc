#include "data/schema.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "redline/quantity.h"

namespace redline::data {
namespace {

using Json = nlohmann::ordered_json;
using Kind = TypeInfo::Kind;

Json schema_of(const TypeInfo& type);

Json record_schema(const TypeInfo& type) {
  Json schema{{"type", "object"}};
  if (!type.doc.empty()) {
    schema["description"] = std::string(type.doc);
  }
  Json properties = Json::object();
  Json required = Json::array();
  for (const KeyInfo& key : type.keys) {
    Json property = schema_of(key.type);
    if (!key.doc.empty()) {
      property["description"] = std::string(key.doc);
    }
    properties[std::string(key.key)] = std::move(property);
    if (key.required) {
      required.push_back(std::string(key.key));
    }
  }
  schema["properties"] = std::move(properties);
  if (!required.empty()) {
    schema["required"] = std::move(required);
  }
  schema["additionalProperties"] = false;
  return schema;
}

Json schema_of(const TypeInfo& type) {
  switch (type.kind) {
    case Kind::kText:
      return {{"type", "string"}};
    case Kind::kBoolean:
      return {{"type", "boolean"}};
    case Kind::kInteger:
      return {{"type", "integer"}};
    case Kind::kNumber:
      return {{"type", "number"}};
    case Kind::kDate:
      return {{"type", "string"}, {"format", "date"}};
    case Kind::kPartialDate:
      return {{"type", "string"}, {"pattern", "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}};
    case Kind::kQuantity: {
      const DimensionWords words = dimension_words(type.dimension);
      return {{"type", "string"},
              {"pattern", "^[-+0-9.eE]+ *[A-Za-z]"},
              {"examples", Json::array({std::string(words.example)})}};
    }
    case Kind::kChoice: {
      Json values = Json::array();
      for (const std::string_view choice : type.choices) {
        values.push_back(std::string(choice));
      }
      return {{"type", "string"}, {"enum", std::move(values)}};
    }
    case Kind::kList:
      return {{"type", "array"}, {"items", schema_of(type.item.front())}};
    case Kind::kRecord:
      return record_schema(type);
  }
  return Json::object();
}

std::string type_words(const TypeInfo& type) {
  switch (type.kind) {
    case Kind::kText:
      return "text";
    case Kind::kBoolean:
      return "true or false";
    case Kind::kInteger:
      return "integer";
    case Kind::kNumber:
      return "number";
    case Kind::kDate:
      return "date";
    case Kind::kPartialDate:
      return "date, day or month optional";
    case Kind::kQuantity: {
      const DimensionWords words = dimension_words(type.dimension);
      return fmt::format("{}, \"{}\"", words.name, words.example);
    }
    case Kind::kChoice:
      return fmt::format("{}", fmt::join(type.choices, " | "));
    case Kind::kList:
      return "list of " + type_words(type.item.front());
    case Kind::kRecord:
      return std::string(type.name);
  }
  return {};
}

void collect(const TypeInfo& record, const std::string& prefix, std::vector<KeyRow>& rows) {
  for (const KeyInfo& key : record.keys) {
    const TypeInfo* inner = &key.type;
    std::string path = prefix + std::string(key.key);
    if (inner->kind == Kind::kList) {
      inner = &inner->item.front();
    }
    rows.push_back({path, type_words(key.type), key.required, std::string(key.doc)});
    // Facts all look alike; their keys are documented once.
    if (inner->kind == Kind::kRecord && inner->name != "fact") {
      collect(*inner, path + (key.type.kind == Kind::kList ? "[]." : "."), rows);
    }
  }
}

}  // namespace

TypeInfo TypeInfo::of(Kind kind) {
  TypeInfo type;
  type.kind = kind;
  return type;
}
TypeInfo TypeInfo::quantity(Dimension dimension) {
  TypeInfo type = of(Kind::kQuantity);
  type.dimension = dimension;
  return type;
}
TypeInfo TypeInfo::choice(std::vector<std::string_view> choices) {
  TypeInfo type = of(Kind::kChoice);
  type.choices = std::move(choices);
  return type;
}
TypeInfo TypeInfo::list(TypeInfo item) {
  TypeInfo type = of(Kind::kList);
  type.item.push_back(std::move(item));
  return type;
}
TypeInfo TypeInfo::record(std::string_view name, std::string_view doc) {
  TypeInfo type = of(Kind::kRecord);
  type.name = name;
  type.doc = doc;
  return type;
}
void TypeInfo::add_key(std::string_view key, bool required, std::string_view key_doc,
                       TypeInfo type) {
  keys.push_back({key, required, key_doc, std::move(type)});
}

std::string json_schema(const TypeInfo& record) {
  Json schema = record_schema(record);
  Json out{{"$schema", "http://json-schema.org/draft-07/schema#"},
           {"title", fmt::format("Redline {}", record.name)}};
  out.update(schema);
  return out.dump(2) + "\n";
}

std::vector<KeyRow> key_rows(const TypeInfo& record) {
  std::vector<KeyRow> rows;
  collect(record, "", rows);
  return rows;
}

}  // namespace redline::data

// Reads the config.json that Hugging Face publishes with a language model.

#include <algorithm>

#include <fmt/format.h>

#include "redline/catalog.h"

#include "base/nearest.h"
#include "catalog/config_shape.h"

namespace redline {
namespace {

using data::JsonKind;
using data::JsonNode;

std::string known_families() {
  std::vector<std::string_view> names;
  for (const ConfigFamily& family : config_families()) {
    names.push_back(family.type);
  }
  return fmt::format("known families: {}", fmt::join(names, ", "));
}

const ConfigFamily* family_of_type(std::string_view type) {
  const auto& all = config_families();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [type](const ConfigFamily& one) { return one.type == type; });
  return found == all.end() ? nullptr : &*found;
}

const ConfigFamily* family_of_architecture(const JsonNode& root) {
  for (const JsonNode& item : root.find("architectures").items()) {
    const auto name = item.string();
    for (const ConfigFamily& family : config_families()) {
      if (name == family.architecture) {
        return &family;
      }
    }
  }
  return nullptr;
}

// The language model of a file, which may describe a model of images and text around it.
struct Chosen {
  JsonNode object;
  const ConfigFamily* family = nullptr;
};

Chosen choose(const JsonNode& root, Diagnostics& errors) {
  const JsonNode type = root.find("model_type");
  const auto name = type.string();
  if (type && !name) {
    ConfigFields(root, root, errors).wrong_type(type, "a text");
    return {};
  }
  if (const ConfigFamily* family = name ? family_of_type(*name) : family_of_architecture(root)) {
    return {root, family};
  }
  const JsonNode inner = root.find("text_config");
  const auto inner_name = inner.find("model_type").string();
  const std::string text_name = inner_name ? *inner_name : name.value_or("") + "_text";
  if (inner.kind() == JsonKind::kObject && family_of_type(text_name) != nullptr) {
    return {inner, family_of_type(text_name)};
  }
  if (!name) {
    errors.push_back({Code::kMissingKey,
                      "this config has no 'model_type', and 'architectures' names no family that "
                      "is known",
                      root.span(),
                      {known_families()},
                      {}});
    return {};
  }
  std::vector<std::string_view> names;
  for (const ConfigFamily& family : config_families()) {
    names.push_back(family.type);
  }
  std::vector<std::string> help;
  const auto near = nearest_names(*name, names);
  if (!near.empty()) {
    help.push_back(fmt::format("did you mean \"{}\"?", near.front()));
  }
  help.push_back(known_families());
  errors.push_back({Code::kConfigUnsupported,
                    fmt::format("'model_type' names the family \"{}\", which is not known", *name),
                    type.span(),
                    std::move(help),
                    {}});
  return {};
}

// The last part of a path that names something: "Llama-3.1-70B" of "meta-llama/Llama-3.1-70B/".
// The cache of the hub keeps "models--org--name/snapshots/<hash>".
std::string last_part(std::string_view path) {
  constexpr std::string_view kModels = "models--";
  std::string last;
  bool keep = false;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.substr(0, kModels.size()) == kModels) {
      last = part.substr(part.rfind("--") + 2);
      keep = true;
    } else if (!keep && !part.empty() && part != "." && part != "..") {
      last = part;
    }
  }
  return last;
}

// Lower case, and every run of what an id does not hold as one hyphen.
std::string id_of(std::string_view name) {
  std::string id;
  bool gap = false;
  for (const char c : to_lower(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.') {
      id += gap && !id.empty() ? "-" : "";
      id += c;
      gap = false;
    } else {
      gap = true;
    }
  }
  return id;
}

// A file with a name of its own is called so; a config.json as it says, or as its folder.
std::string name_of(const std::string& path, const JsonNode& root) {
  const auto slash = path.rfind('/');
  const std::string file = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::string stem = file.substr(0, file.rfind('.'));
  const std::string folder = slash == std::string::npos ? "" : last_part(path.substr(0, slash));
  const std::string said = last_part(root.find("_name_or_path").string().value_or(""));
  const bool plain = stem == "config";
  for (const std::string& name : {plain ? said : stem, folder}) {
    if (!id_of(name).empty()) {
      return name;
    }
  }
  return "model";
}

}  // namespace

Loaded<LlmModel> parse_model_config(const std::string& file, std::string text,
                                    const std::string& path) {
  const auto document = data::JsonDocument::parse(file, std::move(text), Code::kConfigSyntax);
  if (!document) {
    return tl::unexpected(document.error());
  }
  Diagnostics errors;
  const JsonNode root = document->root();
  const Chosen chosen = choose(root, errors);
  if (chosen.family == nullptr) {
    return tl::unexpected(std::move(errors));
  }
  ConfigFields fields(chosen.object, root, errors);
  LlmModel model = read_config_model(fields, *chosen.family);
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  model.name = name_of(path.empty() ? file : path, root);
  model.id = id_of(model.name);
  return model;
}

}  // namespace redline

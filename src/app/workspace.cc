#include "app/workspace.h"

#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/build_info.h"
#include "base/nearest.h"
#include "data/fields.h"

namespace redline::data {

struct DatasetFile {
  std::string title;
  Date date{};
};
template <>
struct Record<DatasetFile> {
  static constexpr std::string_view kName = "data set";
  static constexpr std::string_view kDoc = "The data set as a whole.";
  static constexpr auto fields() {
    return std::tuple{
        field("title", &DatasetFile::title, {.doc = "Title."}),
        field("date", &DatasetFile::date, {.required = true, .doc = "Day of the facts."}),
    };
  }
};

}  // namespace redline::data

namespace redline::app {
namespace {

namespace fs = std::filesystem;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

std::string data_folder(const std::string& executable) {
  std::error_code code;
  const fs::path program = fs::weakly_canonical(executable, code);
  std::vector<fs::path> places;
  if (!program.empty()) {
    places.push_back(program.parent_path() / ".." / "share" / "redline" / "data");
    places.push_back(program.parent_path() / ".." / ".." / "data");
  }
  places.emplace_back(kInstalledData);
  places.emplace_back(kSourceData);
  for (const fs::path& place : places) {
    if (fs::is_regular_file(place / "dataset.toml", code)) {
      return place.lexically_normal().string();
    }
  }
  return places.back().string();
}

Loaded<Workspace> open_workspace(const WorkspaceOptions& options) {
  std::vector<std::string> folders{options.base.empty() ? data_folder(options.executable)
                                                        : options.base};
  folders.insert(folders.end(), options.overlays.begin(), options.overlays.end());
  Workspace workspace;
  auto files = data::read_file_set(folders);
  if (!files) {
    return tl::unexpected(std::move(files).error());
  }
  workspace.files = std::move(*files);
  Diagnostics errors;
  for (const data::DataFile& file : workspace.files.files) {
    if (file.relative == "dataset.toml") {
      const data::Document document(file.display, file.text, errors);
      data::Reader reader(errors, document.damaged());
      data::DatasetFile dataset;
      data::read_record(document.root(), dataset, reader);
      workspace.date = dataset.date;
    }
  }
  auto catalog = load_catalog(workspace.files, options.parts);
  if (!catalog) {
    errors.insert(errors.end(), catalog.error().begin(), catalog.error().end());
    // The problems of the rules are reported in the same run, if the places that they need are
    // good.
    const auto places = load_catalog(workspace.files, {.chips = false});
    if (places) {
      std::vector<std::string> ignored;
      const auto rules = Rules::load(workspace.files, places->geography, ignored);
      if (!rules) {
        errors.insert(errors.end(), rules.error().begin(), rules.error().end());
      }
    }
    return tl::unexpected(std::move(errors));
  }
  workspace.catalog = std::move(*catalog);
  workspace.replaced = workspace.catalog.replaced;
  auto rules = Rules::load(workspace.files, workspace.catalog.geography, workspace.replaced);
  if (!rules) {
    errors.insert(errors.end(), rules.error().begin(), rules.error().end());
  } else {
    workspace.rules = std::move(*rules);
  }
  if (options.kernels) {
    auto calibration = load_calibration(workspace.files);
    if (!calibration) {
      errors.insert(errors.end(), calibration.error().begin(), calibration.error().end());
    } else {
      workspace.kernels = std::make_shared<const KernelModels>(std::move(*calibration));
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return workspace;
}

Loaded<NamedText> needed_text(const Workspace& workspace, std::string_view folder,
                              const std::string& name, std::string_view noun,
                              std::string_view listed, std::string_view tail) {
  auto found = text_named(workspace, folder, name);
  if (!found) {
    return tl::unexpected(std::move(found).error());
  }
  if (*found) {
    return std::move(**found);
  }
  std::vector<std::string> names;
  for (const data::DataFile* file : workspace.files.under(folder)) {
    names.push_back(stem_of(*file));
  }
  std::vector<std::string> help{fmt::format("{}: {}{}", listed, fmt::join(names, ", "), tail)};
  if (std::string near = did_you_mean(name, names, ""); !near.empty()) {
    help.insert(help.begin(), std::move(near));
  }
  return tl::unexpected(Diagnostics{{Code::kUnknownRecord,
                                     fmt::format("there is no {} '{}'", noun, name),
                                     std::nullopt,
                                     std::move(help),
                                     {}}});
}

std::string stem_of(const data::DataFile& file) {
  const std::string_view path = file.relative;
  const auto begin = path.find('/') + 1;
  return std::string(path.substr(begin, path.rfind('.') - begin));
}

Result<std::string> read_users_file(const Workspace& workspace, const std::string& name) {
  if (const auto found = workspace.attached.find(name); found != workspace.attached.end()) {
    return found->second;
  }
  if (!workspace.reads_disk) {
    // Records of the data set may name others of it.
    for (const data::DataFile& file : workspace.files.files) {
      if (file.display == name) {
        return file.text;
      }
    }
    return fail(
        Code::kFileUnreadable,
        fmt::format("cannot read '{}': a request here reads no files of this machine", name),
        {fmt::format("send its text along: \"files\": {{\"{}\": \"…\"}}", name)});
  }
  return data::read_text_file(name);
}

Loaded<std::optional<NamedText>> text_named(const Workspace& workspace, std::string_view folder,
                                            const std::string& name) {
  if (name.size() > 5 && ends_with(name, ".toml")) {
    auto text = read_users_file(workspace, name);
    if (!text) {
      return tl::unexpected(Diagnostics{std::move(text).error()});
    }
    return NamedText{name, std::move(*text)};
  }
  std::optional<NamedText> found;
  for (const data::DataFile* file : workspace.files.under(folder)) {
    if (stem_of(*file) == name) {
      found = {file->display, file->text};  // later layers win
    }
  }
  return found;
}

const System* find_system(const Workspace& workspace, const std::string& name) {
  const auto is_glob = name.find_first_of("*?[") != std::string::npos;
  if (is_glob || ends_with(name, ".toml") ||
      find_records(names_of(workspace.catalog.chips), name, "chip", Code::kUnknownChip)) {
    return nullptr;
  }
  const auto found =
      find_records(names_of(workspace.catalog.systems), name, "system", Code::kUnknownRecord);
  return found && found->size() == 1 ? &workspace.catalog.systems[found->front()] : nullptr;
}

Loaded<std::vector<Chip>> find_chips(const Workspace& workspace, const std::string& name) {
  if (ends_with(name, ".toml")) {
    auto text = read_users_file(workspace, name);
    if (!text) {
      return tl::unexpected(Diagnostics{std::move(text).error()});
    }
    auto chip = parse_chip(name, std::move(*text));
    if (!chip) {
      return tl::unexpected(std::move(chip).error());
    }
    return std::vector<Chip>{std::move(*chip)};
  }
  const auto found =
      find_records(names_of(workspace.catalog.chips), name, "chip", Code::kUnknownChip);
  if (!found) {
    return tl::unexpected(Diagnostics{found.error()});
  }
  std::vector<Chip> chips;
  for (const std::size_t i : *found) {
    chips.push_back(workspace.catalog.chips[i]);
  }
  return chips;
}

std::optional<Error> too_many_parts(const Workspace& workspace, std::size_t parts) {
  if (workspace.most_parts == 0 || parts <= workspace.most_parts) {
    return std::nullopt;
  }
  return Error{
      Code::kTooMuch,
      fmt::format("the request asks about more than {} parts at once", workspace.most_parts),
      std::nullopt,
      {"ask in parts"},
      {}};
}

Loaded<LlmModel> find_model(const Workspace& workspace, const std::string& name) {
  const bool is_config = ends_with(name, ".json");
  if (is_config || ends_with(name, ".toml")) {
    auto text = read_users_file(workspace, name);
    if (!text) {
      return tl::unexpected(Diagnostics{std::move(text).error()});
    }
    if (!is_config) {
      return parse_model(name, std::move(*text));
    }
    std::error_code code;
    const fs::path path = fs::absolute(name, code).lexically_normal();
    return parse_model_config(name, std::move(*text), code ? name : path.generic_string());
  }
  const auto& models = workspace.catalog.models;
  const auto found = find_records(names_of(models), name, "model", Code::kUnknownRecord);
  if (!found) {
    return tl::unexpected(Diagnostics{found.error()});
  }
  if (found->size() > 1) {
    std::vector<std::string> help;
    for (const std::size_t i : *found) {
      help.push_back(fmt::format("{} ({})", models[i].id, models[i].name));
    }
    return tl::unexpected(
        Diagnostics{{Code::kAmbiguousName,
                     fmt::format("'{}' stands for {} models", name, found->size()),
                     std::nullopt,
                     std::move(help),
                     {}}});
  }
  return models[found->front()];
}

}  // namespace redline::app

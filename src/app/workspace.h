#pragma once
// The data of one run: files, catalogue and rules, loaded once and never changed.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redline/catalog.h"
#include "redline/verdict.h"

#include "app/kernel_models.h"
#include "data/files.h"

namespace redline::app {

struct WorkspaceOptions {
  std::string base;                   // the data folder; empty: find it
  std::string executable;             // path of the program, to find data installed beside it
  std::vector<std::string> overlays;  // folders laid over it, later wins
  CatalogParts parts;
  bool kernels = false;  // the constants of the models of kernels too
};

// The whole of the data at `base`, and the constants.
[[nodiscard]] inline WorkspaceOptions whole_data(std::string base) {
  WorkspaceOptions options;
  options.base = std::move(base);
  options.parts.systems = options.parts.fabrics = options.parts.models = true;
  options.parts.sources = options.parts.market = true;
  options.kernels = true;
  return options;
}

struct Workspace {
  data::FileSet files;
  Catalog catalog;
  Rules rules;
  // Without constants unless they were asked for.
  std::shared_ptr<const KernelModels> kernels = std::make_shared<const KernelModels>(Calibration{});
  Date date{};                        // of the data set: the default of --as-of
  std::vector<std::string> replaced;  // what overlays replaced, for a note on standard error
  // Texts that came with a request, by the names that it calls them.
  std::map<std::string, std::string> attached;
  bool reads_disk = true;      // whether a request may name files of this machine
  std::size_t most_parts = 0;  // that one request may ask about; 0: any number
};

[[nodiscard]] Loaded<Workspace> open_workspace(const WorkspaceOptions& options);

// The data folder that belongs to a program at this path: installed beside it, else that of the
// source tree.
[[nodiscard]] std::string data_folder(const std::string& executable);

// The text of a file that a request names: one that came with it, else one of this machine.
[[nodiscard]] Result<std::string> read_users_file(const Workspace& workspace,
                                                  const std::string& name);

// The text of a file of a folder of the data, such as "claims", or of a .toml file of the user's,
// with the path that errors show; none if no file of the folder is called so.
using NamedText = std::pair<std::string, std::string>;
[[nodiscard]] Loaded<std::optional<NamedText>> text_named(const Workspace& workspace,
                                                          std::string_view folder,
                                                          const std::string& name);
// The same, of which one has to be there. The error names those that there are: `noun` is
// "scenario", `listed` "scenarios", `tail` what else may be given.
[[nodiscard]] Loaded<NamedText> needed_text(const Workspace& workspace, std::string_view folder,
                                            const std::string& name, std::string_view noun,
                                            std::string_view listed, std::string_view tail = "");
// "april-2025" of "scenarios/april-2025.toml".
[[nodiscard]] std::string stem_of(const data::DataFile& file);

// The system of that very name, unless a chip has it too; null if there is none.
[[nodiscard]] const System* find_system(const Workspace& workspace, const std::string& name);

// A chip by name or glob, or the one in a .toml file of the user's.
[[nodiscard]] Loaded<std::vector<Chip>> find_chips(const Workspace& workspace,
                                                   const std::string& name);

// kTooMuch where one request asks about more parts than it may.
[[nodiscard]] std::optional<Error> too_many_parts(const Workspace& workspace, std::size_t parts);

// One language model: by id, alias or name of the catalogue; in a .toml file of the user's, or in a
// .json file such as the config.json that Hugging Face publishes.
[[nodiscard]] Loaded<LlmModel> find_model(const Workspace& workspace, const std::string& name);

}  // namespace redline::app

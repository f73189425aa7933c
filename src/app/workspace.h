#pragma once
// The data of one run: files, catalogue and rules, loaded once and never changed.

#include <optional>
#include <string>
#include <vector>

#include "redline/catalog.h"
#include "redline/verdict.h"

#include "data/files.h"

namespace redline::app {

struct WorkspaceOptions {
  std::string base;                   // the data folder; empty: find it
  std::string executable;             // path of the program, to find data installed beside it
  std::vector<std::string> overlays;  // folders laid over it, later wins
  CatalogParts parts;
};

struct Workspace {
  data::FileSet files;
  Catalog catalog;
  Rules rules;
  Date date{};                        // of the data set: the default of --as-of
  std::vector<std::string> replaced;  // what overlays replaced, for a note on standard error
};

[[nodiscard]] Loaded<Workspace> open_workspace(const WorkspaceOptions& options);

// A chip by name or glob, or the one in a .toml file of the user's.
[[nodiscard]] Loaded<std::vector<Chip>> find_chips(const Workspace& workspace,
                                                   const std::string& name);

}  // namespace redline::app

#pragma once
// Files that together hold a run, read as one.

#include <vector>

#include "store/row_store.h"

namespace redline::store {

struct Part {
  std::string path;
  Manifest manifest;
};

// The files in the order of their points, if they are finished, of one run, and hold each point
// once. Reports every file that is not and every point that is missing: kFileUnreadable,
// kShardDamaged, kShardUnfinished, kShardForeign, kShardsOverlap, kShardsMissing.
[[nodiscard]] Loaded<std::vector<Part>> gather_parts(const std::vector<std::string>& paths);

// The manifest of the run as one file would have it.
[[nodiscard]] Manifest whole_manifest(const std::vector<Part>& parts);

// The rows of all of them; one file is open at a time.
[[nodiscard]] std::unique_ptr<RowSource> read_parts(std::vector<Part> parts);

}  // namespace redline::store

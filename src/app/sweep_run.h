#pragma once
// `redline search run` and `redline merge`: the rows of a sweep into a file or a stream.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/report.h"
#include "app/sweep.h"
#include "app/workspace.h"
#include "store/row.h"

namespace redline::app {

// Shard k of n, 1 <= k <= n.
struct ShardNumber {
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
};
// "3/64". Errors: kBadOptionValue.
[[nodiscard]] Result<ShardNumber> parse_shard(std::string_view text);
// "shard-0003-of-0064.shard", so that names sort as shards do.
[[nodiscard]] std::string shard_name(const ShardNumber& shard);

// Where rows go. Of a path the suffix says how: .sqlite, .shard, and as text .ndjson, .csv, .json.
struct RowTarget {
  std::string path;  // empty or "-": standard output; a folder: a shard file in it
  std::optional<results::Format> format{};  // stated; else by the suffix
};

struct SweepRun {
  RowTarget target;
  std::optional<ShardNumber> shard{};  // none: the whole sweep
  bool resume = false;
  RunInfo info;         // of the manifest; `seconds` is filled in
  std::string begun;    // time of day, for the manifest
  std::string scratch;  // a file for rows that can only be written when all are known
  std::function<void(std::uint64_t done, std::uint64_t total)> progress{};
  std::function<bool()> stop{};
};

struct SweepOutcome {
  store::Tally tally;        // of the rows that are written or kept
  std::uint64_t points = 0;  // asked for
  bool stopped = false;      // before all points were worked out
  std::string kept;          // the file that holds the rows; empty: a stream
  std::vector<std::string> notes;
  Answer answer;  // a look at the rows, for a person at standard output
};

// Works out a shard of a sweep, on `info.threads` threads. A text of the whole sweep is made of
// PATH.partial, a shard file, when all rows are there; beside it PATH.manifest.json says what of.
// Errors: those of stores and of Sweep::answer; kBadOptionValue for a target that cannot take rows.
[[nodiscard]] Loaded<SweepOutcome> run_sweep(const Workspace& workspace, const Sweep& sweep,
                                             const SweepRun& run, const results::Words& say);

struct Merge {
  std::vector<std::string> inputs;  // shard files, SQLite files, and folders of them
  RowTarget target;
  RunInfo info;
  std::string begun;
};
// The rows of all shards of a run. Errors: those of store::gather_parts and of writing; the shards
// stay as they are.
[[nodiscard]] Loaded<SweepOutcome> merge_shards(const Merge& merge, const results::Words& say);

}  // namespace redline::app

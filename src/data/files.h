#pragma once
// The files of a data set: a base folder, folders laid over it, and the hash of them all.

#include <string>
#include <vector>

#include "redline/error.h"

namespace redline::data {

struct DataFile {
  std::string relative;  // "chips/nvidia/h20-96gb.toml"
  std::string display;   // the path that errors show
  std::string text;
  int layer = 0;  // 0: base; 1, 2 …: folders laid over it, later wins
};

struct FileSet {
  std::vector<DataFile> files;  // by layer, then by relative path
  std::string hash;             // XXH3-128 of names and bytes, hexadecimal
  // The files of one top-level folder, such as "chips".
  [[nodiscard]] std::vector<const DataFile*> under(std::string_view folder) const;
};

// Reads every .toml file below the folders, and every .json file of their folders "measured".
// Reports all folders and files that cannot be read.
[[nodiscard]] Loaded<FileSet> read_file_set(const std::vector<std::string>& folders);

[[nodiscard]] Result<std::string> read_text_file(const std::string& path);

// Writes to a temporary file beside `path` and renames it when complete, so that nothing
// half-written is left and an older file survives a failure.
[[nodiscard]] Result<std::string> write_text_file(const std::string& path, std::string_view text);

// Whether write_text_file can write there, to know before long work. The error is the one that
// writing would end with; nothing is left behind.
[[nodiscard]] Result<void> check_writable(const std::string& path);

}  // namespace redline::data

#include "data/files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/fingerprint.h"

namespace redline::data {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string hash_of(const std::vector<DataFile>& files) {
  Fingerprint fingerprint;
  for (const DataFile& file : files) {
    fingerprint.add(file.relative);
    fingerprint.add(file.text);
  }
  return fingerprint.hex();
}

void read_layer(const std::string& folder, int layer, FileSet& set, Diagnostics& errors) {
  std::error_code code;
  if (!fs::is_directory(folder, code)) {
    errors.push_back({Code::kDirectoryMissing,
                      fmt::format("there is no data folder '{}'", folder),
                      std::nullopt,
                      {"--data takes a folder laid out like the base data"},
                      {}});
    return;
  }
  std::vector<fs::path> paths;
  auto walk = fs::recursive_directory_iterator(folder, code);
  for (; !code && walk != fs::recursive_directory_iterator(); walk.increment(code)) {
    // A link that leads nowhere is taken along, so that reading it reports it.
    std::error_code ignored;
    const fs::file_type type = walk->status(ignored).type();
    const bool measured =
        walk->path().extension() == ".json" && walk->path().parent_path().filename() == "measured";
    if ((walk->path().extension() == ".toml" || measured) &&
        (type == fs::file_type::regular || type == fs::file_type::not_found ||
         type == fs::file_type::none)) {
      paths.push_back(walk->path());
    }
  }
  if (code) {
    errors.push_back({Code::kFileUnreadable,
                      fmt::format("cannot read all of '{}': {}", folder, code.message()),
                      std::nullopt,
                      {},
                      {}});
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    auto text = read_text_file(path.string());
    if (!text) {
      errors.push_back(std::move(text).error());
      continue;
    }
    set.files.push_back({path.lexically_relative(folder).generic_string(),
                         path.lexically_normal().generic_string(), std::move(*text), layer});
  }
}

std::string partial_name(const std::string& path) { return path + ".partial"; }

tl::unexpected<Error> unwritable(const std::string& path, std::string_view why) {
  return fail(Code::kOutputUnwritable, fmt::format("cannot write '{}': {}", path, why),
              {"nothing was written; an older file of that name is as it was"});
}

// The file that takes the name of `path` when it is complete.
Result<File> open_partial(const std::string& path) {
  std::error_code code;
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) {
    fs::create_directories(parent, code);
  }
  File file(std::fopen(partial_name(path).c_str(), "wb"));
  if (!file) {
    return unwritable(path, std::strerror(errno));
  }
  return file;
}

}  // namespace

std::vector<const DataFile*> FileSet::under(std::string_view folder) const {
  std::vector<const DataFile*> found;
  const std::string prefix = std::string(folder) + "/";
  for (const DataFile& file : files) {
    if (file.relative.compare(0, prefix.size(), prefix) == 0) {
      found.push_back(&file);
    }
  }
  return found;
}

Loaded<FileSet> read_file_set(const std::vector<std::string>& folders) {
  FileSet set;
  Diagnostics errors;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    read_layer(folders[i], static_cast<int>(i), set, errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  set.hash = hash_of(set.files);
  return set;
}

Result<std::string> read_text_file(const std::string& path) {
  const auto unreadable = [&path](std::string_view why) {
    return fail(Code::kFileUnreadable, fmt::format("cannot read '{}': {}", path, why));
  };
  std::error_code code;
  if (fs::is_directory(path, code)) {
    return unreadable("it is a folder");
  }
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    return unreadable(std::strerror(errno));
  }
  std::string text;
  char buffer[1 << 16];
  std::size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, file.get())) > 0) {
    text.append(buffer, got);
  }
  if (std::ferror(file.get()) != 0) {
    return unreadable("reading failed");
  }
  return text;
}

Result<std::string> write_text_file(const std::string& path, std::string_view text) {
  auto file = open_partial(path);
  if (!file) {
    return tl::unexpected(std::move(file).error());
  }
  std::error_code code;
  const std::string temporary = partial_name(path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file->get()) == text.size();
  const bool closed = std::fclose(file->release()) == 0;
  if (!written || !closed) {
    const std::string why = std::strerror(errno);
    fs::remove(temporary, code);
    return unwritable(path, why);
  }
  fs::rename(temporary, path, code);
  if (code) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return unwritable(path, code.message());
  }
  return path;
}

Result<void> check_writable(const std::string& path) {
  std::error_code ignored;
  std::vector<fs::path> made;
  for (fs::path folder = fs::path(path).parent_path();
       !folder.empty() && !fs::exists(folder, ignored); folder = folder.parent_path()) {
    made.push_back(folder);
  }
  const auto file = open_partial(path);
  if (file) {
    fs::remove(partial_name(path), ignored);
  }
  for (const fs::path& folder : made) {
    fs::remove(folder, ignored);
  }
  return file ? Result<void>() : tl::unexpected(file.error());
}

}  // namespace redline::data

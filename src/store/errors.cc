#include "store/errors.h"

#include <filesystem>

#include <fmt/format.h>

namespace redline::store {
namespace {

Error error(Code code, std::string message, std::vector<std::string> help) {
  return {code, std::move(message), std::nullopt, std::move(help), {}};
}

}  // namespace

Error unwritable(const std::string& path, std::string_view why, const Tally& kept) {
  return error(
      Code::kOutputUnwritable, fmt::format("cannot write '{}': {}", path, why),
      {kept.rows() == 0 ? std::string("no row is kept")
                        : fmt::format("{} rows are kept and whole", kept.rows()),
       "make room or choose another folder, then run the same command again with --resume"});
}

Error damaged(const std::string& path, std::string_view why) {
  return error(Code::kShardDamaged, fmt::format("{}: {}", path, why),
               {"the same run with --resume keeps what is whole before that and works out the rest",
                "a file whose beginning is damaged has to be removed and worked out anew"});
}

Error foreign(const std::string& path, std::string_view why) {
  return error(Code::kShardForeign, fmt::format("{}: {}", path, why),
               {"the file is as it was; write to another one, or remove it",
                "rows of different sweeps, data or programs are never put together"});
}

Error not_ours(const std::string& path) {
  return error(Code::kOutputForeign,
               fmt::format("'{}' stands there and is no run of Redline", path),
               {"it is as it was; write to another file, or remove it"});
}

Error unfinished(const std::string& path, const Tally& kept) {
  return error(Code::kRunUnfinished, fmt::format("an unfinished run stands in '{}'", path),
               {fmt::format("{} rows are kept; --resume goes on from them", kept.rows()),
                "to begin anew, remove the file"});
}

Error busy(const std::string& path) {
  return error(Code::kRunBusy, fmt::format("another process writes '{}'", path),
               {"wait for it, or end it; what it has written is kept"});
}

Result<void> make_folder_of(const std::string& path) {
  std::error_code code;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) {
    std::filesystem::create_directories(folder, code);
  }
  if (code) {
    return tl::unexpected(unwritable(path, code.message(), {}));
  }
  return {};
}

}  // namespace redline::store

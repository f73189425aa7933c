#pragma once
// Errors that several kinds of store have in common: each says what is kept and how to go on.

#include <string>
#include <string_view>

#include "store/row_store.h"

namespace redline::store {

[[nodiscard]] Error unwritable(const std::string& path, std::string_view why, const Tally& kept);
[[nodiscard]] Error damaged(const std::string& path, std::string_view why);
[[nodiscard]] Error foreign(const std::string& path, std::string_view why);
[[nodiscard]] Error not_ours(const std::string& path);
[[nodiscard]] Error unfinished(const std::string& path, const Tally& kept);
[[nodiscard]] Error busy(const std::string& path);

// Makes the folder that a path lies in, where it is missing.
[[nodiscard]] Result<void> make_folder_of(const std::string& path);

}  // namespace redline::store

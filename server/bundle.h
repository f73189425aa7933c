#pragma once
// The pages, as they were built into the program.

#include <optional>
#include <string_view>

namespace redline::server {

struct BundleFile {
  std::string_view path;  // "/assets/index-C0ffee.js"
  std::string_view text;
};

// None where the program was built without that file, or without pages.
[[nodiscard]] std::optional<BundleFile> bundle_file(std::string_view path);
inline constexpr std::string_view kAnyType = "application/octet-stream";
// By the end of the path; kAnyType where that tells nothing.
[[nodiscard]] std::string_view media_type(std::string_view path);

}  // namespace redline::server

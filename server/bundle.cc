#include "server/bundle.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "server/bundle_files.h"

namespace redline::server {

std::optional<BundleFile> bundle_file(std::string_view path) {
  const std::span<const BundleFile> files = bundle_files();
  const auto found = std::lower_bound(
      files.begin(), files.end(), path,
      [](const BundleFile& file, std::string_view name) { return file.path < name; });
  return found != files.end() && found->path == path ? std::optional(*found) : std::nullopt;
}

std::string_view media_type(std::string_view path) {
  constexpr auto kTypes = std::to_array<std::pair<std::string_view, std::string_view>>({
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
  });
  for (const auto& [end, type] : kTypes) {
    if (path.ends_with(end)) {
      return type;
    }
  }
  return kAnyType;
}

}  // namespace redline::server

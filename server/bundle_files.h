#pragma once
// The files of the pages in the program; written by CMake from web/dist.

#include <span>

#include "server/bundle.h"

namespace redline::server {

// By path.
[[nodiscard]] std::span<const BundleFile> bundle_files();

}  // namespace redline::server

#pragma once
// The real data set, read once for all tests of a program.

#include <gtest/gtest.h>

#include "redline/catalog.h"

#include "data/files.h"

namespace redline::test {

inline const data::FileSet& files() {
  static const data::FileSet kFiles = [] {
    auto set = data::read_file_set({REDLINE_TEST_DATA});
    if (!set) {
      ADD_FAILURE() << render(set.error());
      return data::FileSet{};
    }
    return std::move(*set);
  }();
  return kFiles;
}

inline const Catalog& catalog() {
  static const Catalog kCatalog = [] {
    auto loaded = load_catalog(
        files(),
        {.chips = true, .systems = true, .models = true, .geography = true, .sources = true});
    if (!loaded) {
      ADD_FAILURE() << render(loaded.error());
      return Catalog{};
    }
    return std::move(*loaded);
  }();
  return kCatalog;
}

// A chip of the data set; a test that names one that is not there stops.
inline const Chip& chip(std::string_view id) {
  const Chip* found = catalog().chip(id);
  RL_CHECK(found != nullptr);
  return *found;
}

}  // namespace redline::test

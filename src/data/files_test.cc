// The files of a data set and their hash; writing without half-written files.
#include "data/files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

namespace redline::data {
namespace {

namespace fs = std::filesystem;

// A folder of its own for each test, removed at the end.
class Files : public testing::Test {
 protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "redline-test-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~Files() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  void put(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] std::string hash(const std::vector<std::string>& folders) const {
    std::vector<std::string> full;
    for (const std::string& folder : folders) {
      full.push_back(path(folder));
    }
    return read_file_set(full)->hash;
  }

  fs::path folder_;
};

TEST_F(Files, OnlyTomlFilesAreRead) {
  put("base/chips/a.toml", "x");
  put("base/chips/deep/er/b.toml", "y");
  put("base/chips/notes.txt", "z");
  const auto set = read_file_set({path("base")});
  ASSERT_TRUE(set);
  ASSERT_EQ(set->files.size(), 2U);
  EXPECT_EQ(set->files[0].relative, "chips/a.toml");
  EXPECT_EQ(set->files[1].relative, "chips/deep/er/b.toml");
}

TEST_F(Files, AFolderIsTakenByItsWholeName) {
  put("base/chips/a.toml", "x");
  put("base/chips-old/b.toml", "y");
  EXPECT_EQ(read_file_set({path("base")})->under("chips").size(), 1U);
}

TEST_F(Files, TheHashChangesWithAnyByte) {
  put("base/chips/a.toml", "value = 1\n");
  const std::string before = hash({"base"});
  put("base/chips/a.toml", "value = 2\n");
  EXPECT_NE(hash({"base"}), before);
  put("base/chips/a.toml", "value = 1\n");
  EXPECT_EQ(hash({"base"}), before);
}

TEST_F(Files, TheHashChangesWithAName) {
  put("one/chips/a.toml", "x");
  put("two/chips/b.toml", "x");
  EXPECT_NE(hash({"one"}), hash({"two"}));
}

TEST_F(Files, TheHashChangesIfABoundaryMoves) {
  put("one/a.toml", "xy");
  put("one/b.toml", "z");
  put("two/a.toml", "x");
  put("two/b.toml", "yz");
  EXPECT_NE(hash({"one"}), hash({"two"}));
}

TEST_F(Files, TheHashDoesNotDependOnWhereTheFolderIs) {
  put("one/a.toml", "x");
  put("deep/two/a.toml", "x");
  EXPECT_EQ(hash({"one"}), hash({"deep/two"}));
}

TEST_F(Files, TheHashCoversTheFoldersOnTop) {
  put("base/a.toml", "x");
  put("mine/a.toml", "y");
  EXPECT_NE(hash({"base"}), hash({"base", "mine"}));
}

TEST_F(Files, LayersAreNumberedInOrder) {
  put("base/a.toml", "x");
  put("mine/a.toml", "y");
  const auto set = read_file_set({path("base"), path("mine")});
  ASSERT_EQ(set->files.size(), 2U);
  EXPECT_EQ(set->files[0].layer, 0);
  EXPECT_EQ(set->files[1].layer, 1);
}

TEST_F(Files, EveryFolderThatIsNotThereIsReported) {
  put("base/a.toml", "x");
  const auto set = read_file_set({path("base"), path("no"), path("nor")});
  ASSERT_FALSE(set);
  ASSERT_EQ(set.error().size(), 2U);
  EXPECT_EQ(set.error()[0].code, Code::kDirectoryMissing);
}

TEST_F(Files, AFileGivenAsFolderIsReported) {
  put("a.toml", "x");
  EXPECT_FALSE(read_file_set({path("a.toml")}));
}

TEST_F(Files, AFolderThatMayNotBeReadIsReported) {
  if (geteuid() == 0) {
    GTEST_SKIP() << "root reads every folder";
  }
  put("base/a.toml", "x");
  fs::permissions(path("base"), fs::perms::none);
  const auto set = read_file_set({path("base")});
  fs::permissions(path("base"), fs::perms::owner_all);
  EXPECT_FALSE(set);
}

TEST_F(Files, AFolderWithinThatMayNotBeReadIsReported) {
  if (geteuid() == 0) {
    GTEST_SKIP() << "root reads every folder";
  }
  put("base/a.toml", "x");
  put("base/deep/b.toml", "x");
  fs::permissions(path("base/deep"), fs::perms::none);
  const auto set = read_file_set({path("base")});
  fs::permissions(path("base/deep"), fs::perms::owner_all);
  EXPECT_FALSE(set);
}

TEST_F(Files, ALinkThatLeadsNowhereIsReported) {
  put("base/a.toml", "x");
  fs::create_symlink("nowhere.toml", path("base/b.toml"));
  const auto set = read_file_set({path("base")});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().front().code, Code::kFileUnreadable);
}

TEST_F(Files, AFileThatIsNotThereIsUnreadable) {
  const auto text = read_text_file(path("no.toml"));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kFileUnreadable);
}

TEST_F(Files, AFolderIsNoFile) { EXPECT_FALSE(read_text_file(folder_.string())); }

TEST_F(Files, ZeroBytesAreKept) {
  put("a.bin", std::string("a\0b", 3));
  EXPECT_EQ(read_text_file(path("a.bin"))->size(), 3U);
}

TEST_F(Files, WhatIsWrittenReadsBack) {
  ASSERT_TRUE(write_text_file(path("new/deep/out.json"), "{}\n"));
  EXPECT_EQ(*read_text_file(path("new/deep/out.json")), "{}\n");
}

TEST_F(Files, WritingLeavesNothingElseBehind) {
  ASSERT_TRUE(write_text_file(path("out.json"), "{}\n"));
  int entries = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_)) {
    ++entries;
  }
  EXPECT_EQ(entries, 1);
}

TEST_F(Files, AnOlderFileSurvivesAFailure) {
  // The target is a folder: the rename at the end fails.
  put("out/keep.txt", "old");
  const auto written = write_text_file(path("out"), "new");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::kOutputUnwritable);
  EXPECT_EQ(*read_text_file(path("out/keep.txt")), "old");
  EXPECT_FALSE(fs::exists(path("out.partial")));
}

TEST_F(Files, AFullDiskIsReportedAndLeavesNoPartialFile) {
  if (!fs::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full here";
  }
  // The temporary file leads to a device that is always full.
  fs::create_symlink("/dev/full", path("out.json.partial"));
  const auto written = write_text_file(path("out.json"), std::string(100000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::kOutputUnwritable);
  EXPECT_FALSE(fs::exists(path("out.json")));
  EXPECT_FALSE(fs::is_symlink(path("out.json.partial")));
}

}  // namespace
}  // namespace redline::data

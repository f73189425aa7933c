// Both kinds of store: what is committed stays, what is foreign is refused.

#include "store/row_store.h"

#include <fstream>

#include <rapidcheck/gtest.h>

#include "store/parts.h"
#include "store/test_rows.h"

namespace redline::store {
namespace {

using test::manifest;
using test::row;

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

class AnyStore : public testing::TestWithParam<const char*> {
 protected:
  std::string path_ = test::fresh_folder("any") + "run." + GetParam();
  std::string note_;
};

TEST_P(AnyStore, GivesBackTheRowsItWasGiven) {
  const Manifest m = manifest(23);
  test::write_shard(path_, m);
  const auto source = open_source(path_);
  ASSERT_TRUE(source) << render(source.error());
  EXPECT_TRUE((*source)->finished());
  EXPECT_EQ((*source)->manifest().points, 23U);
  const auto rows = test::rows_of(**source);
  ASSERT_EQ(rows.size(), 23U);
  EXPECT_EQ(rows[7], row(7).text);
}

TEST_P(AnyStore, GoesOnBehindTheLastBatch) {
  const Manifest m = manifest(23);
  {
    const auto store = open_store(path_, m, OpenMode::kFresh, note_);
    for (std::uint64_t point = 0; point < 9; ++point) {
      ASSERT_TRUE((*store)->append(row(point)));
      if (point == 5) {
        ASSERT_TRUE((*store)->commit(6));
      }
    }
  }  // what came after the batch is lost
  const auto store = open_store(path_, m, OpenMode::kResume, note_);
  ASSERT_TRUE(store) << render(store.error());
  EXPECT_EQ((*store)->next(), 6U);
  EXPECT_EQ((*store)->tally().rows(), 6U);
  test::fill(**store, m, 4);
  ASSERT_TRUE((*store)->finish("{}"));
  EXPECT_EQ((*store)->tally().of(Status::kError), 5U);
  EXPECT_EQ(test::rows_of(**open_source(path_)).size(), 23U);
}

TEST_P(AnyStore, PointsThatAreLeftOutAreDone) {
  const Manifest m = manifest(10);
  {
    const auto store = open_store(path_, m, OpenMode::kFresh, note_);
    ASSERT_TRUE((*store)->append(row(2)));
    ASSERT_TRUE((*store)->commit(8));
  }
  const auto store = open_store(path_, m, OpenMode::kResume, note_);
  EXPECT_EQ((*store)->next(), 8U);
  EXPECT_EQ((*store)->tally().rows(), 1U);
}

TEST_P(AnyStore, KeepsAnUnfinishedRunFromASlip) {
  const Manifest m = manifest(10);
  {
    const auto store = open_store(path_, m, OpenMode::kFresh, note_);
    ASSERT_TRUE((*store)->append(row(0)));
    ASSERT_TRUE((*store)->commit(1));
  }
  const auto again = open_store(path_, m, OpenMode::kFresh, note_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kRunUnfinished);
  const auto parts = gather_parts({path_});
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().front().code, Code::kShardUnfinished);
}

TEST_P(AnyStore, ReplacesAFinishedRun) {
  test::write_shard(path_, manifest(10));
  Manifest other = manifest(4);
  other.run_hash = "another";
  test::write_shard(path_, other);
  EXPECT_EQ(test::rows_of(**open_source(path_)).size(), 4U);
}

TEST_P(AnyStore, RefusesRowsOfAnotherRun) {
  test::write_shard(path_, manifest(10));
  for (int what = 0; what < 4; ++what) {
    Manifest other = manifest(10);
    (what == 0   ? other.run_hash
     : what == 1 ? other.data_hash
     : what == 2 ? other.redline
                 : other.as_of) += "x";
    if (what == 3) {
      other = manifest(10, 1, 2);
    }
    const auto store = open_store(path_, other, OpenMode::kResume, note_);
    ASSERT_FALSE(store) << what;
    EXPECT_EQ(store.error().code, Code::kShardForeign);
    EXPECT_FALSE(store.error().help.empty());
  }
  EXPECT_EQ(test::rows_of(**open_source(path_)).size(), 10U);
}

TEST_P(AnyStore, RefusesAFileOfSomeoneElse) {
  write(path_, "some notes\n");
  for (const OpenMode mode : {OpenMode::kFresh, OpenMode::kResume}) {
    const auto store = open_store(path_, manifest(10), mode, note_);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, Code::kOutputForeign);
  }
  EXPECT_EQ(read(path_), "some notes\n");
}

TEST_P(AnyStore, BeginsInAnEmptyFile) {
  write(path_, "");
  const auto store = open_store(path_, manifest(10), OpenMode::kResume, note_);
  ASSERT_TRUE(store) << render(store.error());
  EXPECT_EQ((*store)->next(), 0U);
}

TEST_P(AnyStore, OneProcessWritesAtATime) {
  const Manifest m = manifest(10);
  const auto first = open_store(path_, m, OpenMode::kFresh, note_);
  ASSERT_TRUE((*first)->append(row(0)));
  ASSERT_TRUE((*first)->commit(1));
  const auto second = open_store(path_, m, OpenMode::kResume, note_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kRunBusy);
  ASSERT_TRUE((*first)->append(row(1)));
  EXPECT_TRUE((*first)->commit(2));
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyStore, testing::Values("shard", "sqlite"));

// Whatever becomes of its bytes, a shard never gives rows that were not written, and what is whole
// is kept.
RC_GTEST_PROP(ShardFile, KeepsWhatIsWholeOfAnyDamage, ()) {
  static const std::string kFolder = test::fresh_folder("damage");
  static const std::string kGood = [] {
    test::write_shard(kFolder + "good.shard", manifest(40));
    return read(kFolder + "good.shard");
  }();
  std::string bad = kGood;
  const auto place = *rc::gen::inRange<std::size_t>(kGood.find('\n') + 1, kGood.size());
  if (*rc::gen::arbitrary<bool>()) {
    bad.resize(place);
  } else {
    bad[place] = static_cast<char>(bad[place] ^ (1 << *rc::gen::inRange(0, 8)));
  }
  const std::string path = kFolder + "bad.shard";
  write(path, bad);
  const auto source = open_source(path);
  RC_ASSERT(source.has_value());
  Result<bool> more = true;
  Row one;
  while (more && *more) {
    more = (*source)->next(one);
  }
  RC_ASSERT(!more);
  RC_ASSERT(more.error().code == Code::kShardDamaged);
  std::string note;
  const Manifest m = manifest(40);
  {
    const auto store = open_store(path, m, OpenMode::kResume, note);
    RC_ASSERT(store.has_value());
    for (std::uint64_t point = (*store)->next(); point < m.last; ++point) {
      RC_ASSERT((*store)->append(row(point)).has_value());
    }
    RC_ASSERT((*store)->commit(m.last).has_value());
    RC_ASSERT((*store)->finish("{}").has_value());
  }
  RC_ASSERT(test::rows_of(**open_source(path)) ==
            test::rows_of(**open_source(kFolder + "good.shard")));
}

}  // namespace
}  // namespace redline::store

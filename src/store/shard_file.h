#pragma once
// A shard file: rows of a run as lines of JSON that say themselves what they are of and whether
// they are whole.
//
//   {"redline_shard":MANIFEST}             what the rows are of
//   {"point":0,"status":"done",…}          rows, in the order of their points
//   {"batch":{"next":N,"rows":R,"hash":H}} closes a batch: written and flushed to the disk at once
//   {"end":{"next":N,"rows":R,"hash":H,"run":{…}}}
//
// `hash` is the fingerprint of all bytes before its line, so a batch that is whole vouches for the
// file up to there. What stands behind the last whole batch was cut off by the end of a process and
// is worked out again.

#include "base/fingerprint.h"
#include "store/row_store.h"

namespace redline::store {

[[nodiscard]] Result<std::unique_ptr<RowStore>> open_shard_store(const std::string& path,
                                                                 const Manifest& manifest,
                                                                 OpenMode mode, std::string& note);
[[nodiscard]] Result<std::unique_ptr<RowSource>> open_shard_source(const std::string& path);

// Lines of a file, one in memory at a time.
class LineReader {
 public:
  explicit LineReader(int file) : file_(file) {}

  enum class Got : std::uint8_t { kLine, kTorn, kEnd, kTooLong, kFailed };
  // kTorn: the file ends without a newline; `line` is what stands there.
  Got next(std::string& line);

 private:
  int file_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool over_ = false;
};

// Reads a shard line by line and checks what it reads.
class ShardScan {
 public:
  explicit ShardScan(int file) : lines_(file) {}

  enum class Got : std::uint8_t {
    kRow,
    kBatch,    // everything up to here is whole
    kEnd,      // the closing line: everything is whole
    kOver,     // no more lines
    kTorn,     // the rest of a line that was being written
    kDamaged,  // not what a shard says, or not what its hash says; `problem` tells
  };
  // The first line. An empty file, or one with no whole line, is kTorn.
  Got read_manifest(Manifest& manifest);
  // `row` is set on kRow.
  Got next(Row& row);

  // After kBatch and kEnd: where the next point, and the next byte, would be.
  [[nodiscard]] std::uint64_t next_point() const { return next_point_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const Fingerprint& fingerprint() const { return fingerprint_; }
  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  // Whether the file says of itself that it is a shard, whatever became of it.
  [[nodiscard]] bool begins_as_shard() const { return ours_; }

 private:
  Got damaged(std::string problem);
  Got close(std::string_view json, const char* key, Got what);
  void take(std::string_view line);

  LineReader lines_;
  std::string text_;
  Fingerprint fingerprint_;
  Tally tally_;
  std::uint64_t first_ = 0, last_ = 0;
  std::uint64_t next_point_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t line_ = 0;
  bool ours_ = false;
  bool ended_ = false;
  std::string problem_;
};

}  // namespace redline::store

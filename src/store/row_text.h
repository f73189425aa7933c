#pragma once
// Rows as text: NDJSON, one JSON envelope, or CSV.

#include <atomic>
#include <cstdio>
#include <functional>
#include <optional>

#include "results/writers.h"
#include "store/columns.h"
#include "store/row_store.h"

namespace redline::store {

// Where text goes: a file that appears when it is complete, or a stream that exists.
class TextOutput {
 public:
  // A file beside `path` that takes its name in `finish`; an older file of that name is as it was
  // until then. A path that is no regular file, such as a pipe or a device, is written to as it is.
  [[nodiscard]] static Result<TextOutput> create(const std::string& path);
  [[nodiscard]] static TextOutput stream(std::FILE* stream);

  TextOutput(TextOutput&&) noexcept;
  TextOutput& operator=(TextOutput&&) = delete;
  TextOutput(const TextOutput&) = delete;
  TextOutput& operator=(const TextOutput&) = delete;
  ~TextOutput();

  // Errors: kOutputUnwritable. A reader of a stream that went away is none: `closed` tells, to any
  // thread.
  [[nodiscard]] Result<void> write(std::string_view text);
  [[nodiscard]] Result<void> flush();
  [[nodiscard]] Result<void> finish();
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  TextOutput(std::FILE* file, std::string path, std::string temporary)
      : file_(file), path_(std::move(path)), temporary_(std::move(temporary)) {}
  Result<void> failed();

  std::FILE* file_;
  std::string path_;       // for messages; empty: standard output
  std::string temporary_;  // empty: not a file of ours
  std::atomic<bool> closed_{false};
};

// What stands around the rows of an envelope; `tail` may count them.
struct RowEnvelope {
  std::string head;
  std::function<std::string(const Tally&)> tail;
};

class RowWriter {
 public:
  // Of kJson, kNdjson and kCsv; CSV has the given columns and none that appear later.
  RowWriter(TextOutput& out, results::Format format, RowEnvelope envelope, Columns columns);

  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> row(const Row& row);
  [[nodiscard]] Result<void> end(const Tally& tally);

 private:
  TextOutput& out_;
  results::Format format_;
  RowEnvelope envelope_;
  Columns columns_;
  bool first_ = true;
};

using OpenRows = std::function<std::unique_ptr<RowSource>()>;

// All rows of a source; for CSV they are read twice, to know the columns. Errors: those of both.
[[nodiscard]] Result<Tally> write_rows(const OpenRows& open, results::Format format,
                                       const RowEnvelope& envelope, TextOutput& out);

// Rows that go to a stream as they come; nothing of them can be resumed.
[[nodiscard]] std::unique_ptr<RowStore> stream_store(const Manifest& manifest,
                                                     results::Format format, RowEnvelope envelope,
                                                     TextOutput& out);

}  // namespace redline::store

#pragma once
// One writer at a time, where the file itself cannot be locked: a file beside it is, and goes with
// the writer, however that ends (a lock goes with its process; the empty file may stay).

#include <string>
#include <utility>

#include "redline/error.h"

namespace redline::store {

class WriterLock {
 public:
  // Errors: another process holds it; the folder cannot be written.
  [[nodiscard]] static Result<WriterLock> take(const std::string& path);
  WriterLock(WriterLock&& other) noexcept
      : file_(std::exchange(other.file_, -1)), name_(std::move(other.name_)) {}
  WriterLock& operator=(WriterLock&&) = delete;
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;
  ~WriterLock();

 private:
  WriterLock(int file, std::string name) : file_(file), name_(std::move(name)) {}
  int file_;
  std::string name_;
};

}  // namespace redline::store

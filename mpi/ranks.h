#pragma once
// The few messages between the ranks of a job.

#include <optional>
#include <string>
#include <string_view>

#include "redline/error.h"

namespace redline::mpi {

// What became of a shard.
struct Report {
  enum class What : std::int32_t { kNothingYet, kFinished, kFailed, kStopped };
  What what = What::kNothingYet;
  std::uint64_t shard = 0;
  Diagnostics errors{};  // of kFailed: code, message and help
};

[[nodiscard]] std::string write_report(const Report& report);
[[nodiscard]] Report parse_report(const std::string& bytes);

// A message of MPI. Waiting sleeps instead of spinning, so that a rank without work leaves its core
// to the others.
enum class Tag : int { kReport = 1, kShard, kEnd };
void send(int to, Tag tag, const std::string& bytes);
struct Received {
  int from = 0;
  std::string bytes;
};
// From anyone, if it has come.
[[nodiscard]] std::optional<Received> receive_now(Tag tag);
[[nodiscard]] Received receive(Tag tag);

// The lowest rank for which `mine` is true; none where it is for none.
[[nodiscard]] std::optional<int> first_rank_where(bool mine);
// The text of rank 0.
[[nodiscard]] std::string text_of_first(const std::string& mine);

}  // namespace redline::mpi

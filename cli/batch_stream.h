#pragma once
// Requests from a file or standard input, answers to a file or standard output, in order.

#include <string>

#include "app/workspace.h"

namespace redline::cli {

class BatchStream {
 public:
  BatchStream(const app::Workspace& workspace, unsigned threads)
      : workspace_(workspace), threads_(threads == 0 ? 1 : threads) {}

  // `input` and `output` are paths; "-" or an empty output is the standard stream. Memory does not
  // grow with the number of lines. A broken pipe ends silently. Errors: kFileUnreadable,
  // kOutputUnwritable.
  [[nodiscard]] Result<std::size_t> run(const std::string& input, const std::string& output);

 private:
  [[nodiscard]] std::string answer(const std::vector<std::string>& lines, std::size_t first) const;

  const app::Workspace& workspace_;
  unsigned threads_;
};

}  // namespace redline::cli

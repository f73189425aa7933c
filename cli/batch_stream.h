#pragma once
// Requests from a file or standard input, answers to a file or standard output, in order.

#include <string>
#include <vector>

#include "app/workspace.h"
#include "cli/progress.h"

namespace redline::cli {

class BatchStream {
 public:
  BatchStream(const app::Workspace& workspace, unsigned threads, ProgressOptions progress)
      : workspace_(workspace),
        threads_(threads == 0 ? 1 : threads),
        progress_(std::move(progress)) {}

  // `input` and `output` are paths; "-" or an empty output is the standard stream. Memory does not
  // grow with the number of lines. A broken pipe ends silently. An interrupt finishes the lines in
  // flight and writes what is done. Errors: kFileUnreadable, kOutputUnwritable.
  [[nodiscard]] Result<std::size_t> run(const std::string& input, const std::string& output);

 private:
  // The answers to `lines`, of which the first has this number; `done` is how many of the lines
  // were answered before an interrupt.
  [[nodiscard]] std::string answer(const std::vector<std::string>& lines, std::size_t first,
                                   std::size_t& done, Progress& progress) const;

  const app::Workspace& workspace_;
  unsigned threads_;
  ProgressOptions progress_;
};

}  // namespace redline::cli

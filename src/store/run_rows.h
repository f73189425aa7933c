#pragma once
// Works out the rows of a store on several threads and appends them in the order of their points.

#include <functional>

#include "store/row_store.h"

namespace redline::store {

struct RowRun {
  std::uint64_t last = 0;  // the store's `next` up to but not this point
  unsigned threads = 1;
  // From any thread: the row of a point; none where the run leaves it out. An error ends the run.
  std::function<Result<std::optional<Row>>(std::uint64_t)> work;
  std::function<bool()> stop{};                   // true: no further point is begun
  std::function<void(std::uint64_t)> progress{};  // points done; by one thread at a time
};

// Points are begun in their order, and a bounded number of rows waits for those before it, so
// memory does not grow with the run. What is worked out is committed at least once for each half
// second of work. When stopped, or when a row or the store fails, what is done before that is
// committed. The store is not finished here. Errors: those of the store and of the work.
[[nodiscard]] Result<void> run_rows(RowStore& store, const RowRun& run);

}  // namespace redline::store

#pragma once
// The first rows of a run as a table for a person, and how many ended how.

#include <optional>
#include <vector>

#include "app/report.h"
#include "store/row_store.h"

namespace redline::app {

class RowPreview final : public store::RowStore {
 public:
  explicit RowPreview(store::Manifest manifest)
      : manifest_(std::move(manifest)), next_(manifest_.first) {}

  [[nodiscard]] std::uint64_t next() const override { return next_; }
  [[nodiscard]] const store::Tally& tally() const override { return tally_; }
  [[nodiscard]] bool finished() const override { return false; }
  [[nodiscard]] Result<void> append(const store::Row& row) override;
  [[nodiscard]] Result<void> commit(std::uint64_t next) override;
  [[nodiscard]] Result<void> finish(std::string_view run) override;

  // What is varied, the status, and what else differs among the rows that are shown.
  [[nodiscard]] Answer answer(const results::Words& say, std::optional<Date> as_of) const;

 private:
  store::Manifest manifest_;
  std::uint64_t next_;
  store::Tally tally_;
  std::vector<store::Row> rows_;
};

// "12 done, 3 infeasible, 1 errors", in the language of the reader.
[[nodiscard]] std::string tally_text(const store::Tally& tally, const results::Words& say);

}  // namespace redline::app

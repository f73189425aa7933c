#pragma once
// What the loaders of folders share: duplicates, overlays, one document read through its table.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "redline/catalog.h"

#include "catalog/record_checks.h"
#include "catalog/records.h"
#include "data/files.h"

namespace redline {

// Where each record came from, for duplicates and overlays.
template <class R>
class RecordFolder {
 public:
  // `replaced` takes a note of every record that an overlay replaces.
  RecordFolder(std::string noun, std::vector<std::string>& replaced, Diagnostics& errors)
      : noun_(std::move(noun)), replaced_(replaced), errors_(errors) {}

  void add(R record, const data::DataFile& file, SourceSpan id_span) {
    const auto found = index_.find(record.id);
    if (found == index_.end()) {
      index_[record.id] = records_.size();
      records_.push_back(std::move(record));
      origins_.push_back(&file);
      return;
    }
    const std::size_t at = found->second;
    if (origins_[at]->layer == file.layer) {
      errors_.push_back({Code::kDuplicateId,
                         fmt::format("{} '{}' stands twice", noun_, record.id),
                         std::move(id_span),
                         {fmt::format("the other is in {}", origins_[at]->display)},
                         {}});
      return;
    }
    replaced_.push_back(fmt::format("{} {} by {}", noun_, record.id, file.display));
    records_[at] = std::move(record);
    origins_[at] = &file;
  }

  std::vector<R> take() {
    std::sort(records_.begin(), records_.end(), [](const R& a, const R& b) { return a.id < b.id; });
    return std::move(records_);
  }

 private:
  std::string noun_;
  std::vector<std::string>& replaced_;
  Diagnostics& errors_;
  std::vector<R> records_;
  std::vector<const data::DataFile*> origins_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

template <class R>
std::optional<R> read_document(const data::Document& document, Diagnostics& errors) {
  const std::size_t before = errors.size();
  data::Reader reader(errors, document.damaged());
  R record;
  if (data::read_record(document.root(), record, reader)) {
    check_record(record, document, errors);
  }
  if (document.damaged() || errors.size() != before) {
    return std::nullopt;
  }
  return record;
}

}  // namespace redline

#pragma once
// A record as its file states it: every value with basis and source, and what follows from it.

#include <optional>
#include <string>
#include <string_view>

#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

// The file that holds a record; null if none does.
[[nodiscard]] const data::DataFile* file_of(const Workspace& workspace, std::string_view folder,
                                            const std::string& id);

struct RecordText {
  std::string file;  // as errors show it
  Json json;
  results::Table table;  // key, value with unit and bounds, basis, source
};

// The record of an id in a folder of the data, such as "chips"; none if no file holds it.
[[nodiscard]] std::optional<RecordText> record_of(const Workspace& workspace,
                                                  std::string_view folder, const std::string& id);

// The record that a text of the user's holds.
[[nodiscard]] RecordText record_of_text(const std::string& file, std::string text);

// The parameters that follow from the shape of a language model.
[[nodiscard]] results::Table parameter_table(const LlmModel& model);

// The legal quantities that follow from a chip's values.
[[nodiscard]] results::Table derived_table(const Chip& chip);

}  // namespace redline::app

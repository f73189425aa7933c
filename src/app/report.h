#pragma once
// What a command answers: one result for machines, blocks of text and tables for people.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "redline/date.h"
#include "redline/error.h"

#include "results/table.h"
#include "results/words.h"
#include "results/writers.h"

namespace redline::app {

using Json = nlohmann::ordered_json;

// The answer itself stands first and is emphasised where the terminal can.
struct Headline {
  std::string text;
};
// Prose, wrapped to the terminal with this indentation.
struct Paragraph {
  std::string text;
  int indent = 0;
};
// Shown as it is: examples, schemas, files.
struct Verbatim {
  std::string text;
};
using Block = std::variant<Headline, Paragraph, results::Table, Verbatim>;

// The value, or the one problem as a list of one.
template <class T>
[[nodiscard]] Loaded<T> loaded(Result<T> result) {
  if (!result) {
    return tl::unexpected(Diagnostics{std::move(result).error()});
  }
  return std::move(*result);
}

// For standard error: something that deserves a look, and the flag or file that cures it.
struct Warning {
  std::string text;
  std::string cure;
};

struct Answer {
  std::string command;
  std::optional<Date> as_of;
  Json results = Json::array();
  results::Table table;       // one row a result, for csv and ndjson where no results are nested
  Json run = Json::object();  // what may differ between runs of the same question
  Json request;  // the question as `redline batch` and `replay` take it; null: not replayable
  std::vector<Block> blocks;
  std::vector<Block> document;  // for markdown, where it differs from what a terminal shows
  std::vector<Warning> warnings{};
  bool differs = false;     // a comparison found differences: exit status 1
  bool infeasible = false;  // what is asked for cannot be: exit status 4
};

// Null where there is none.
[[nodiscard]] inline Json json_of(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

[[nodiscard]] inline std::string number(double value, int digits = 3) {
  return results::format_number(value, digits);
}

[[nodiscard]] inline Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(std::string(text));
}

// The table as people read it: the texts of these columns said in their language.
[[nodiscard]] results::Table said_cells(results::Table table,
                                        std::initializer_list<std::string_view> keys,
                                        const results::Words& say);

// An answer that is one table.
[[nodiscard]] Answer table_answer(std::string command, results::Table table, Date as_of);

struct RunInfo {
  std::string data_hash;
  std::uint64_t seed = 1;
  std::string command_line;
  double seconds = 0.0;
  unsigned threads = 1;
};

struct RenderOptions {
  results::Format format = results::Format::kTable;
  int width = 80;
  bool color = false;
  results::Words say{};  // for titles of tables; texts of blocks are said already
};

[[nodiscard]] std::string render(const Answer& answer, const RunInfo& run,
                                 const RenderOptions& options);

// The envelope of an answer on one line, as batch prints it.
[[nodiscard]] std::string render_line(const Answer& answer, const RunInfo& run, const Json& id);

}  // namespace redline::app

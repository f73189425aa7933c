#pragma once
// A sweep: requests of `redline batch` with fields that vary, from a TOML file.
//
//   [request]                   one question, or [[request]] for several about each point
//   command = "search-plan-train"
//   chips = 64
//
//   [vary]                      each key a dimension; points are their product, the last key
//   fastest model = ["llama-3.1-70b", "qwen3-32b"] chip = ["h20", "h100-sxm5"] batch = { from =
//   256, to = 4096, times = 2 }
//
//   [[exclude]]                 points that hold all of these are left out
//   model = "qwen3-32b"
//   batch = [256, 512]
//
// With [[vary]] each table is a dimension whose keys go together, value by value. One of several
// requests says with `takes` which varied fields it is given; "chip=system" gives one under another
// name; `as` says what it is called where its command does not tell. The number of a point gives
// the same values on any machine.

#include <optional>
#include <string>
#include <vector>

#include "app/report.h"
#include "app/workspace.h"
#include "store/manifest.h"
#include "store/row.h"

namespace redline::app {

class Sweep {
 public:
  // Reports every problem of the file with its place. Errors: kFileUnreadable and those of TOML.
  [[nodiscard]] static Loaded<Sweep> read(const std::string& path);
  // The same of a text; `file` is what errors call it.
  [[nodiscard]] static Loaded<Sweep> parse(const std::string& file, std::string text);

  [[nodiscard]] std::uint64_t points() const { return points_; }
  // What rows of it are known by; version, data and date are of the program and its data.
  [[nodiscard]] store::Manifest manifest(const Workspace& workspace, std::uint64_t seed) const;

  // The values of a point by field, in the order of the file.
  [[nodiscard]] Json values(std::uint64_t point) const;
  // None where the point is excluded. Errors: the first request that has a field which its command
  // does not know, at the place of the field in the file: that holds for every point.
  [[nodiscard]] Result<std::optional<store::Row>> answer(const Workspace& workspace,
                                                         std::uint64_t point) const;

 private:
  friend class SweepReader;
  struct Field {
    std::string name;
    std::vector<Json> values;
    SourceSpan where;
  };
  // Fields that go together.
  struct Dimension {
    std::vector<Field> fields;
    [[nodiscard]] std::size_t size() const { return fields.front().values.size(); }
  };
  struct Taken {
    std::string field;   // of the request
    std::string varied;  // the field of a dimension
  };
  struct Request {
    std::string name;  // empty: that of its command
    Json fields;
    std::vector<Taken> takes;
    std::vector<std::pair<std::string, SourceSpan>> places;  // of its fields
  };
  struct Exclusion {
    std::vector<std::pair<std::string, std::vector<Json>>> fields;
  };

  [[nodiscard]] bool excluded(const Json& values) const;
  [[nodiscard]] Json fields_of(const Request& request, const Json& values) const;
  [[nodiscard]] std::optional<Error> unknown_field(const Request& request,
                                                   const Diagnostics& errors) const;

  std::vector<Request> requests_;
  std::vector<Dimension> dimensions_;
  std::vector<Exclusion> exclusions_;
  std::uint64_t points_ = 1;
  std::string definition_;
  std::string hash_;
};

}  // namespace redline::app

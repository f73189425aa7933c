#pragma once
// The values of a range in a sweep: { from = 1, to = 64, times = 2 }, { from = 0.1, to = 0.9, step
// = 0.1 }, { from = 2025-01-01, to = 2025-12-31, months = 1 }.

#include <vector>

#include "app/report.h"
#include "data/fields.h"

namespace redline::app {

class RangeReader {
 public:
  // Reads no more than so many values.
  RangeReader(data::Reader& reader, const data::Node& table, std::size_t most)
      : reader_(reader), table_(table), most_(most) {}

  // None where the range is wrong, which is reported.
  void read(std::vector<Json>& values);

 private:
  void bad(std::string why);
  void read_dates(const data::Node& from, const data::Node& to, std::vector<Json>& values);
  template <class T>
  void read_numbers(T from, T to, std::vector<Json>& values);

  data::Reader& reader_;
  data::Node table_;
  std::size_t most_;
};

}  // namespace redline::app

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "perf/model.h"
#include "perf/test_machines.h"

namespace redline {
namespace {

using test::gemm;
using test::machine;
using test::world;

std::vector<MeasuredKernel> rows_of(const std::string& chip, double factor) {
  const KernelModel model(machine(chip), {});
  std::vector<MeasuredKernel> rows;
  for (std::int64_t m = 64; m <= 8192; m *= 2) {
    for (std::int64_t n = 1024; n <= 8192; n *= 2) {
      MeasuredKernel row;
      row.id = row.group = chip + std::to_string(m) + "x" + std::to_string(n);
      row.chip = chip;
      row.source = "made-up";
      row.kernel = gemm(m, n, 4096);
      row.value = model.time(row.kernel).total * factor;
      rows.push_back(row);
    }
  }
  return rows;
}

std::map<std::string, Machine> machines() {
  std::map<std::string, Machine> all;
  for (const char* chip : {"h100-sxm5", "h200-sxm", "a100-sxm-80gb"}) {
    all.emplace(chip, machine(chip));
  }
  return all;
}

TEST(Calibrate, GivesTheSameConstantsTwice) {
  std::vector<MeasuredKernel> rows = rows_of("h100-sxm5", 1.1);
  const auto more = rows_of("a100-sxm-80gb", 1.2);
  rows.insert(rows.end(), more.begin(), more.end());
  const std::string once = calibration_text(calibrate(rows, machines()));
  EXPECT_EQ(once, calibration_text(calibrate(rows, machines())));
  EXPECT_NE(once.find("made-up"), std::string::npos);
}

TEST(Calibrate, FindsWhatRowsAreMadeWith) {
  const std::vector<MeasuredKernel> rows = rows_of("h100-sxm5", 1.15);
  const KernelModel model(machine("h100-sxm5"), fit_constants(rows, machines()));
  for (const MeasuredKernel& row : rows) {
    const double ratio = model.time(row.kernel).total.base() / row.value.base();
    EXPECT_NEAR(ratio, 1.0, 0.08) << row.id;
  }
}

TEST(Calibrate, LeavesOutSuspectRowsAndUnknownChips) {
  std::vector<MeasuredKernel> rows = rows_of("h100-sxm5", 1.0);
  for (MeasuredKernel& row : rows) {
    row.suspect = "made up";
  }
  EXPECT_TRUE(fit_constants(rows, machines()).constants.empty());
  EXPECT_TRUE(fit_constants(rows_of("h20-96gb", 1.0), machines()).constants.empty());
}

TEST(Calibrate, RowsOfAGroupAreFittedOrHeldOutTogether) {
  MeasuredKernel a;
  MeasuredKernel b;
  int fitted = 0;
  for (int i = 0; i < 200; ++i) {
    a.group = b.group = "group " + std::to_string(i);
    a.id = "a";
    b.id = "b";
    EXPECT_EQ(is_fitted(a), is_fitted(b));
    fitted += is_fitted(a) ? 1 : 0;
  }
  EXPECT_GT(fitted, 70);
  EXPECT_LT(fitted, 130);
}

TEST(Calibrate, TheFileComesBackAsItWasWritten) {
  const Calibration& kept = world().calibration;
  ASSERT_FALSE(kept.constants.empty());
  data::FileSet files;
  files.files.push_back({"calibration/kernels.toml", "kernels.toml", calibration_text(kept), 0});
  const auto again = load_calibration(files);
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(calibration_text(*again), calibration_text(kept));
}

TEST(Calibrate, AWrongFileIsReportedWhole) {
  data::FileSet files;
  files.files.push_back({"calibration/kernels.toml", "kernels.toml",
                         "[[constant]]\nmodel = 3\n[[support]]\nlow = [1]\n", 0});
  const auto wrong = load_calibration(files);
  ASSERT_FALSE(wrong);
  EXPECT_GT(wrong.error().size(), 4u);
}

}  // namespace
}  // namespace redline

#include "perf/gemm.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "perf/test_machines.h"

namespace redline {
namespace {

using perf::GemmKernel;
using perf::Lanes;

// Of all sizes, some of whole tiles, in the formats that libraries multiply.
std::vector<Gemm> products() {
  std::mt19937_64 random(7);
  const auto size = [&](int most) {
    const auto bits = static_cast<int>(random() % static_cast<unsigned>(most));
    return static_cast<std::int64_t>(1 + random() % (std::uint64_t{1} << bits));
  };
  std::vector<Gemm> all;
  for (int i = 0; i < 20000; ++i) {
    Gemm g{.m = size(16), .n = size(17), .k = size(16)};
    if (i % 3 == 0) {
      g.m *= 64;
      g.n *= 64 * (1 + i % 4);
    }
    g.math = i % 2 == 0 ? Format::kBf16 : Format::kInt8;
    g.a = g.b = g.math;
    all.push_back(g);
  }
  return all;
}

GemmKernel kernel_of(const Gemm& g, const KernelModel& model, Library library) {
  return model.gemm(g.math, {.library = library});
}

void expect_same(const KernelCost& a, const KernelCost& b, const Gemm& g) {
  ASSERT_EQ(a.parts, b.parts) << g.m << " " << g.n << " " << g.k;
  ASSERT_EQ(a.ops, b.ops);
  ASSERT_EQ(a.bytes, b.bytes);
  ASSERT_EQ(a.least_s, b.least_s);
}

const KernelModel& a100() {
  static const Machine kMachine = test::machine_of(*test::world().catalog.chip("a100-sxm-80gb"));
  static const KernelModel kModel(kMachine, test::world().calibration);
  return kModel;
}

TEST(GemmKernel, GivesTheSameOnEveryProcessor) {
  if (perf::lanes_here() != Lanes::kFour) {
    GTEST_SKIP() << "no vectors of four doubles here";
  }
  for (const Library library : {Library::kTorch, Library::kDeepgemm}) {
    for (const Gemm& g : products()) {
      GemmKernel two = kernel_of(g, a100(), library);
      GemmKernel four = two;
      two.use(Lanes::kTwo);
      four.use(Lanes::kFour);
      expect_same(two.cost(g), four.cost(g), g);
    }
  }
}

TEST(GemmKernel, RemembersNothingThatMatters) {
  GemmKernel one = a100().gemm(Format::kBf16, {.library = Library::kTorch});
  for (Gemm g : products()) {
    g.math = g.a = g.b = Format::kBf16;
    for (int turn = 0; turn < 2; ++turn) {
      GemmKernel fresh = kernel_of(g, a100(), Library::kTorch);
      expect_same(one.cost(g), fresh.cost(g), g);
      std::swap(g.n, g.k);  // as many operations
    }
  }
}

// Columns of a third of a power of two are counted by a product.
TEST(GemmKernel, CountsWholeColumnsAsByDivision) {
  for (std::int64_t n = 1; n < 2'000'000; ++n) {
    const auto columns = static_cast<double>(n);
    ASSERT_EQ(perf::whole_up(columns * (1.0 / 192.0)), std::ceil(columns / 192.0)) << n;
  }
}

}  // namespace
}  // namespace redline

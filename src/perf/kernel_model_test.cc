#include <cmath>

#include <rapidcheck/gtest.h>

#include "perf/model.h"
#include "perf/test_machines.h"

namespace redline {
namespace {

using test::all_reduce;
using test::gemm;
using test::machine;
using test::world;

std::int64_t size_up_to(std::int64_t most) { return *rc::gen::inRange<std::int64_t>(1, most + 1); }

// A kernel of any kind, of sizes that people ask about.
Kernel any_kernel() {
  Kernel kernel;
  const Format format = *rc::gen::element(Format::kBf16, Format::kFp16, Format::kFp8);
  kernel.how.timing = *rc::gen::element(Timing::kGraph, Timing::kEvent, Timing::kHost);
  kernel.how.library = *rc::gen::element(Library::kUnstated, Library::kTorch, Library::kTrtllm,
                                         Library::kDeepgemm, Library::kFlashinfer);
  kernel.how.scaling = *rc::gen::element(Scaling::kNone, Scaling::kTensor, Scaling::kBlock);
  kernel.how.repeats = *rc::gen::arbitrary<bool>();
  kernel.how.quantizes = *rc::gen::arbitrary<bool>();
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      kernel.op = Gemm{size_up_to(8192),
                       size_up_to(16384),
                       size_up_to(16384),
                       format,
                       format,
                       Format::kBf16,
                       format};
      break;
    case 1: {
      GroupedGemm g;
      g.groups = size_up_to(256);
      g.rows = size_up_to(65536);
      g.n = size_up_to(8192);
      g.k = size_up_to(8192);
      g.masked = *rc::gen::arbitrary<bool>();
      g.a = g.b = g.math = format;
      kernel.op = g;
      break;
    }
    case 2:
    case 3: {
      Attention a;
      const bool decode = *rc::gen::arbitrary<bool>();
      a.phase = decode ? Attention::Phase::kDecode : Attention::Phase::kPrefill;
      a.batch = size_up_to(128);
      a.q_len = decode ? 1 : size_up_to(8192);
      a.kv_len = decode ? size_up_to(65536) : a.q_len;
      a.kv_heads = size_up_to(16);
      a.q_heads = a.kv_heads * size_up_to(16);
      a.qk_dim = a.v_dim = 128;
      a.latent = decode && *rc::gen::arbitrary<bool>();
      a.kv = *rc::gen::element(Format::kBf16, Format::kFp8);
      a.causal = *rc::gen::arbitrary<bool>();
      a.window = *rc::gen::element<std::int64_t>(0, 4096);
      kernel.op = a;
      break;
    }
    case 4: {
      Stream s;
      s.kind = *rc::gen::element(Stream::Kind::kSoftmax, Stream::Kind::kRmsNorm);
      s.rows = size_up_to(65536);
      s.columns = size_up_to(16384);
      s.read = s.written = Bytes{2.0 * static_cast<double>(s.rows * s.columns)};
      kernel.op = s;
      break;
    }
    default: {
      Collective c;
      c.kind = *rc::gen::element(Collective::Kind::kAllReduce, Collective::Kind::kAllGather,
                                 Collective::Kind::kAllToAll, Collective::Kind::kSendRecv,
                                 Collective::Kind::kBroadcast);
      c.bytes = Bytes{std::pow(2.0, *rc::gen::inRange(0, 32))};
      c.ranks = size_up_to(64);
      kernel.op = c;
    }
  }
  return kernel;
}

const Chip& any_chip() {
  const std::vector<Chip>& chips = world().catalog.chips;
  return chips[*rc::gen::inRange<std::size_t>(0, chips.size())];
}

Machine machine_with(const Chip& chip) {
  Machine found = machine_of(chip, world().catalog.chips);
  found.network = network_of(chip, nullptr, world().catalog);
  return found;
}

// The model's own evaluation, to change single limits.
double seconds(const Kernel& kernel, const perf::Limits& limits) {
  perf::Constants constants{};
  const perf::Model& model = perf::model_of(kernel.op);
  for (std::size_t i = 0; i < model.constants.size(); ++i) {
    constants[i] = model.constants[i].start;
  }
  return perf::total(perf::predict(kernel, limits, constants));
}

RC_GTEST_PROP(KernelModel, PartsAddUpWithinTheIntervalAndAboveTheRoofline, ()) {
  const Chip& chip = any_chip();
  const KernelModel model(machine_with(chip), world().calibration);
  const Kernel kernel = any_kernel();
  RC_PRE(!model.refuses(kernel));
  const KernelTime time = model.time(kernel);
  double sum = 0.0;
  for (const Seconds part : time.parts) {
    RC_ASSERT(part.base() >= 0.0);
    sum += part.base();
  }
  const auto* message = std::get_if<Collective>(&kernel.op);
  if (message != nullptr && message->ranks == 1) {
    RC_ASSERT(sum == 0.0);
    return;
  }
  RC_ASSERT(std::isfinite(sum) && sum > 0.0);
  RC_ASSERT(std::fabs(sum / time.total.base() - 1.0) < 1e-12);
  RC_ASSERT(time.low < time.total && time.total < time.high);
  RC_ASSERT(time.parts[static_cast<std::size_t>(time.bound)] >= time.parts[0]);
  const perf::Limits limits = perf::limits_of(machine_with(chip));
  if (message == nullptr) {
    RC_ASSERT(sum >= 0.999999 * least_bytes(kernel.op).base() / limits.bandwidth);
  }
  if (const auto* product = std::get_if<Gemm>(&kernel.op)) {
    RC_ASSERT(sum >= 0.999999 * matrix_ops(kernel.op).base() /
                         limits.matrix[perf::index_of(product->math)]);
  }
}

RC_GTEST_PROP(KernelModel, MoreOfAResourceIsNeverSlower, ()) {
  const Chip& chip = any_chip();
  const perf::Limits limits = perf::limits_of(machine_with(chip));
  const Kernel kernel = any_kernel();
  RC_PRE(!perf::refusal(kernel, limits));
  const double before = seconds(kernel, limits);
  const double more = 1.0 + 0.01 * *rc::gen::inRange(1, 400);
  perf::Limits better = limits;
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      better.bandwidth *= more;
      break;
    case 1:
      for (std::size_t i = 0; i < perf::kFormats; ++i) {
        better.matrix[i] *= more;
        better.issue[i] *= more;
      }
      break;
    case 2:
      better.l2 *= more;
      break;
    case 3:
      if (better.network.link) {
        better.network.link = *better.network.link * more;
      }
      break;
    case 4:
      if (better.network.nic) {
        better.network.nic = *better.network.nic * more;
      }
      break;
    default:
      better.host_bus *= more;
  }
  RC_ASSERT(seconds(kernel, better) <= before * (1.0 + 1e-9));
}

// A chip with its data sheet changed, against the model of the chip as it is with the limits of the
// changed one: constants come from the family, so they carry over.
RC_GTEST_PROP(KernelModel, WithOtherLimitsItIsTheModelOfSuchAMachine, ()) {
  const std::string id = *rc::gen::element<std::string>("h100-sxm5", "a100-sxm-80gb", "l40s");
  const Chip& chip = *world().catalog.chip(id);
  Chip cut = chip;
  const double share = 0.1 * *rc::gen::inRange(2, 10);
  const double slower = 0.1 * *rc::gen::inRange(4, 15);
  cut.core.count = static_cast<int>(share * *chip.core.count);
  cut.memory.bandwidth->value = *chip.memory.bandwidth->value * slower;
  Machine machine = machine_with(cut);
  if (machine.network.link) {
    machine.network.link = *machine.network.link * slower;
  }
  const KernelModel own(machine, world().calibration);
  const KernelModel base(machine_with(chip), world().calibration);
  const KernelModel with = base.with(perf::limits_of(machine));
  RC_ASSERT(with.limits().bandwidth == own.limits().bandwidth);
  RC_ASSERT(with.limits().cores == own.limits().cores);
  const Kernel kernel = any_kernel();
  RC_ASSERT(with.refuses(kernel).has_value() == own.refuses(kernel).has_value());
  RC_PRE(!own.refuses(kernel));
  const KernelCost a = with.cost(kernel);
  const KernelCost b = own.cost(kernel);
  RC_ASSERT(a.parts == b.parts);
  RC_ASSERT(a.ops == b.ops);
  RC_ASSERT(a.bytes == b.bytes);
  RC_ASSERT(with.time(kernel).total.base() == own.time(kernel).total.base());
}

TEST(KernelModel, WithItsOwnLimitsNothingChanges) {
  const KernelModel model(machine("h100-sxm5"), world().calibration);
  const KernelModel same = model.with(model.limits());
  for (const Kernel& kernel :
       {gemm(4096, 4096, 4096), gemm(64, 8192, 1024, Format::kFp8), all_reduce(1e8, 8)}) {
    EXPECT_EQ(same.time(kernel).total.base(), model.time(kernel).total.base());
    perf::Limits half = model.limits();
    half.bandwidth *= 0.5;
    half.matrix[perf::index_of(Format::kBf16)] *= 0.5;
    half.matrix[perf::index_of(Format::kFp8)] *= 0.5;
    half.network.link = *half.network.link * 0.5;
    EXPECT_GT(model.with(half).time(kernel).total.base(), model.time(kernel).total.base());
    // The model that it was made from stands.
    EXPECT_EQ(same.time(kernel).total.base(), model.time(kernel).total.base());
  }
}

TEST(KernelModel, KnowsWhatItRestsOn) {
  const Kernel kernel = gemm(4096, 4096, 4096);
  const KernelModel h200(machine("h200-sxm"), world().calibration);
  const KernelModel h800(machine("h800-sxm"), world().calibration);
  const KernelModel ascend(machine("ascend-910b3"), world().calibration);
  EXPECT_EQ(h200.time(kernel).evidence, Evidence::kMeasured);
  EXPECT_EQ(h800.time(kernel).evidence, Evidence::kFamily);
  EXPECT_EQ(ascend.time(kernel).evidence, Evidence::kExtrapolated);
  const auto width = [&](const KernelModel& model) {
    const KernelTime time = model.time(kernel);
    return time.high.base() / time.low.base();
  };
  EXPECT_LT(width(h200), width(h800));
  EXPECT_LT(width(h800), width(ascend));
}

TEST(KernelModel, SaysWhenAShapeLiesBeyondTheFittedOnes) {
  const KernelModel model(machine("h200-sxm"), world().calibration);
  EXPECT_FALSE(model.time(gemm(4096, 4096, 4096)).outside_fitted_range);
  const KernelTime huge = model.time(gemm(4096, 4096, 1 << 22));
  EXPECT_TRUE(huge.outside_fitted_range);
  const KernelTime usual = model.time(gemm(4096, 4096, 4096));
  EXPECT_GT(huge.high.base() / huge.low.base(), usual.high.base() / usual.low.base());
}

TEST(KernelModel, RefusesWhatItWouldHaveToGuess) {
  const KernelModel a100(machine("a100-sxm-80gb"), world().calibration);
  EXPECT_TRUE(a100.refuses(gemm(64, 64, 64, Format::kFp8)));
  EXPECT_FALSE(a100.refuses(gemm(64, 64, 64)));
  const KernelModel l40s(machine("l40s"), world().calibration);
  EXPECT_FALSE(l40s.refuses(all_reduce(1e6, 2)));
  EXPECT_TRUE(l40s.refuses(all_reduce(1e6, 64)));
}

TEST(KernelModel, ASingleChipHasNoCommunication) {
  const KernelModel model(machine("h100-sxm5"), world().calibration);
  EXPECT_EQ(model.time(all_reduce(1e9, 1)).total.base(), 0.0);
}

TEST(KernelModel, AShortMessageTakesLongerAmongMoreChips) {
  const KernelModel model(machine("h200-sxm"), world().calibration);
  double before = 0.0;
  for (const std::int64_t ranks : {2, 4, 8, 16, 32, 64}) {
    const double now = model.time(all_reduce(1e3, ranks)).total.base();
    EXPECT_GT(now, before) << ranks;
    before = now;
  }
}

// A large product on one chip whose every figure is given: 2 m n k operations at 80 % of 1 PFLOP/s,
// and of the droop of 15 % the share that comes in 1.4 ms.
TEST(KernelModel, KnownAnswerOfALargeProduct) {
  perf::Limits limits;
  limits.matrix.fill(1e15);
  limits.issue.fill(1e15);
  limits.bandwidth = 1e13;
  const double ops = 2.0 * 8192 * 8192 * 8192;
  const double boosted = ops / (1e15 * 0.80);
  const double body = boosted * (1.0 + 0.15 * boosted / (boosted + 0.5e-3));
  EXPECT_NEAR(seconds(gemm(8192, 8192, 8192), limits), body, 0.03 * body);
}

// A ring of eight at 1,700 cycles of 1.7 GHz a step: 14 steps, and 7/4 of the message over each
// link.
TEST(KernelModel, KnownAnswerOfARing) {
  perf::Limits limits;
  limits.clock = 1.7e9;
  limits.network.topology = Topology::kSwitch;
  limits.network.link = BytesPerSecond{100e9};
  limits.network.domain = 8;
  const double wire = 1e9 * 1.75 / (100e9 * 0.82 * 8.0 / 8.5);
  const double steps = 14e-6;
  const double expected = wire + steps + 2.0 * std::sqrt(wire * 1e-6) + 9000.0 / 1.7e9;
  EXPECT_NEAR(seconds(all_reduce(1e9, 8), limits), expected, 1e-9);
}

// NCCL gives up flags in every word beyond 16 KiB for each other rank.
TEST(KernelModel, AnAllToAllChangesItsProtocol) {
  perf::Limits limits;
  limits.clock = 1.5e9;
  limits.network.topology = Topology::kSwitch;
  limits.network.link = BytesPerSecond{100e9};
  limits.network.domain = 8;
  Kernel kernel = all_reduce(8.0 * 16384.0, 8);
  std::get<Collective>(kernel.op).kind = Collective::Kind::kAllToAll;
  const double flagged = seconds(kernel, limits);
  std::get<Collective>(kernel.op).bytes = Bytes{8.0 * 16384.0 + 1.0};
  EXPECT_NEAR(seconds(kernel, limits) - flagged, 9000.0 / 1.5e9, 1e-9);
}

// Where matrix units have a memory of their own, as long as either: else one after the other.
TEST(KernelModel, SoftmaxRunsBesideProductsThatKeepTheirSumsApart) {
  perf::Limits limits = perf::limits_of(machine("h100-sxm5"));
  ASSERT_FALSE(limits.matrix_apart);
  EXPECT_TRUE(perf::limits_of(machine("b200")).matrix_apart);
  EXPECT_FALSE(perf::limits_of(machine("rtx-pro-6000-blackwell-server")).matrix_apart);
  Attention a;
  a.batch = 1;
  a.q_len = a.kv_len = 16384;
  a.q_heads = a.kv_heads = 64;
  Kernel kernel;
  for (const std::int64_t width : {64, 128, 256}) {
    a.qk_dim = a.v_dim = width;
    kernel.op = a;
    limits.matrix_apart = false;
    const double after = seconds(kernel, limits);
    limits.matrix_apart = true;
    const double beside = seconds(kernel, limits);
    EXPECT_LT(beside, 0.9 * after);
    EXPECT_GT(beside, 0.45 * after);
  }
}

// FlashAttention-2 packs the query heads of a group only where no sequence has more than one query.
TEST(KernelModel, AHeadByItselfReadsTheCacheForItself) {
  for (const char* id : {"rtx-pro-6000-blackwell-server", "rtx-4090", "a100-sxm-80gb"}) {
    const perf::Limits limits = perf::limits_of(machine(id));
    EXPECT_TRUE(limits.matrix_synchronous) << id;
    Attention a;
    a.phase = Attention::Phase::kDecode;
    a.batch = 128;
    a.q_len = 1;
    a.q_heads = 32;
    a.kv_heads = 8;
    a.qk_dim = a.v_dim = 128;
    Kernel kernel;
    const auto stretch = [&](std::int64_t tokens) {
      a.kv_len = tokens;
      kernel.op = a;
      kernel.how.lone_heads = false;
      const double together = seconds(kernel, limits);
      kernel.how.lone_heads = true;
      return seconds(kernel, limits) / together;
    };
    EXPECT_GT(stretch(512), 1.2) << id;
    // What every head reads again does not outlive the sweep: a group of four reads four times.
    const double many = stretch(65536);
    EXPECT_LE(many, 4.2) << id;
    EXPECT_GT(many, 2.0) << id;
  }
  EXPECT_FALSE(perf::limits_of(machine("h100-sxm5")).matrix_synchronous);
  EXPECT_FALSE(perf::limits_of(machine("b200")).matrix_synchronous);
  Chip said_not = *world().catalog.chip("rtx-4090");
  said_not.core.matrix_synchronous->value = false;
  EXPECT_FALSE(perf::limits_of(test::machine_of(said_not)).matrix_synchronous);
}

// Two sequences with 40 heads each on 78 cores that hold two blocks: 80 blocks, one for most cores
// and two for two of them. On 80 cores all have one.
TEST(KernelModel, DecodingThatBindsOnTheCoresWaitsForTheFullestOne) {
  perf::Limits limits;
  limits.matrix.fill(1e14);
  limits.issue.fill(1e14);
  limits.bandwidth = 1e14;
  limits.clock = 1.5e9;
  Attention a;
  a.phase = Attention::Phase::kDecode;
  a.batch = 2;
  a.q_len = 1;
  a.kv_len = 1 << 16;
  a.kv_heads = 40;
  a.q_heads = 40 * 64;
  a.qk_dim = a.v_dim = 128;
  Kernel kernel;
  kernel.op = a;
  limits.cores = 78;
  const double uneven = seconds(kernel, limits);
  limits.cores = 80;
  const double even = seconds(kernel, limits);
  EXPECT_GT(uneven, 1.5 * even);
}

TEST(Network, ReadsLinkFabricAndCards) {
  const Network h800 = machine("h800-sxm").network;
  EXPECT_EQ(h800.topology, Topology::kSwitch);
  EXPECT_TRUE(h800.reduces);
  EXPECT_EQ(h800.domain, 8);
  ASSERT_TRUE(h800.link);
  EXPECT_DOUBLE_EQ(h800.link->base(), 200e9);
  ASSERT_TRUE(h800.nic);
  EXPECT_DOUBLE_EQ(h800.nic->base(), 50e9);
  EXPECT_EQ(machine("mi300x").network.topology, Topology::kMesh);
  EXPECT_EQ(machine("l40s").network.topology, Topology::kBus);
  EXPECT_FALSE(machine("l40s").network.link);
}

TEST(Network, EveryLinkOfAChipHasOneFabric) {
  for (const Chip& chip : world().catalog.chips) {
    if (!chip.link) {
      continue;
    }
    int found = 0;
    for (const Fabric& fabric : world().catalog.fabrics) {
      for (const std::string& link : fabric.links) {
        found += link == chip.link->name ? 1 : 0;
      }
    }
    EXPECT_EQ(found, 1) << chip.id << " " << chip.link->name;
  }
}

}  // namespace
}  // namespace redline

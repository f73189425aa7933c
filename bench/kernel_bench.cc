// One operator on one chip: what a search asks millions of times.
#include <benchmark/benchmark.h>

#include "perf/test_machines.h"

namespace redline {
namespace {

const KernelModel& model() {
  static const KernelModel kModel = [] {
    return KernelModel(test::machine("h800-sxm"), test::world().calibration);
  }();
  return kModel;
}

void run(benchmark::State& state, Kernel kernel) {
  const KernelModel& h800 = model();
  for (auto step : state) {
    benchmark::DoNotOptimize(kernel);
    benchmark::DoNotOptimize(h800.time(kernel));
  }
}

void gemm(benchmark::State& state, Library library) {
  Kernel kernel;
  kernel.op =
      Gemm{state.range(0), 7168, 4096, Format::kFp8, Format::kFp8, Format::kBf16, Format::kFp8};
  kernel.how.library = library;
  kernel.how.scaling = library == Library::kDeepgemm ? Scaling::kBlock : Scaling::kTensor;
  run(state, kernel);
}
BENCHMARK_CAPTURE(gemm, trtllm, Library::kTrtllm)->Arg(64)->Arg(4096);
BENCHMARK_CAPTURE(gemm, deepgemm, Library::kDeepgemm)->Arg(64)->Arg(4096);

void grouped_gemm(benchmark::State& state) {
  GroupedGemm op;
  op.groups = 32;
  op.rows = 4096;
  op.n = 4096;
  op.k = 7168;
  op.masked = true;
  op.a = op.b = op.math = Format::kFp8;
  Kernel kernel;
  kernel.op = op;
  kernel.how = {Library::kDeepgemm, Timing::kGraph, Scaling::kBlock, false, false};
  run(state, kernel);
}
BENCHMARK(grouped_gemm);

void attention(benchmark::State& state, Attention::Phase phase, bool latent) {
  Attention op;
  op.phase = phase;
  op.batch = 32;
  op.q_len = phase == Attention::Phase::kDecode ? 1 : 4096;
  op.kv_len = 4096;
  op.q_heads = 128;
  op.kv_heads = latent ? 1 : 8;
  op.qk_dim = latent ? 576 : 128;
  op.v_dim = latent ? 512 : 128;
  op.latent = latent;
  Kernel kernel;
  kernel.op = op;
  kernel.how.library = Library::kTrtllm;
  run(state, kernel);
}
BENCHMARK_CAPTURE(attention, prefill, Attention::Phase::kPrefill, false);
BENCHMARK_CAPTURE(attention, decode, Attention::Phase::kDecode, false);
BENCHMARK_CAPTURE(attention, latent_decode, Attention::Phase::kDecode, true);

void collective(benchmark::State& state, Collective::Kind kind) {
  Kernel kernel;
  kernel.op = Collective{kind, Bytes{16e6}, state.range(0), 0};
  kernel.how.library = Library::kNccl;
  run(state, kernel);
}
BENCHMARK_CAPTURE(collective, all_reduce, Collective::Kind::kAllReduce)->Arg(8)->Arg(64);
BENCHMARK_CAPTURE(collective, all_to_all, Collective::Kind::kAllToAll)->Arg(64);

// What a search pays once for each machine.
void resolve(benchmark::State& state) {
  const Machine machine = test::machine("h800-sxm");
  for (auto step : state) {
    benchmark::DoNotOptimize(KernelModel(machine, test::world().calibration));
  }
}
BENCHMARK(resolve)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();

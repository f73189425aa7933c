// The software that Redline knows: which kernels it runs and what it fuses or overlaps.

#include <algorithm>
#include <utility>

#include "redline/step.h"

namespace redline {
namespace {

// A generation of an engine, from a date on, that differs in its constants alone.
constexpr Engine later(Engine of, std::string_view name, std::string_view since,
                       std::string_view about) {
  of.family = std::exchange(of.name, name);
  of.since = since;
  of.about = about;
  return of;
}

constexpr Engine kMegatronCore{
    .name = "megatron-core",
    .trains = true,
    .about = "Megatron-LM with Megatron Core, NeMo, Megatron Bridge; 2023 to 2025",
    .virtual_stages = 4,
    .shares = true};
// Of engines that gather whole tokens within a node, and exchange them beyond it.
constexpr int kOneNode = 8;

constexpr Engine kTrtllm{.name = "trtllm",
                         .serves = true,
                         .gathers_experts = kOneNode,
                         .about = "TensorRT-LLM, until 2023",
                         .share_of_rest = true,
                         .whole_prompts = true,
                         .whole_requests = true};
constexpr Engine kSglang{.name = "sglang",
                         .serves = true,
                         .narrow_gemm = Library::kDeepgemm,
                         .scaling = Scaling::kBlock,
                         .attention = Library::kFlashinfer,
                         .about = "SGLang",
                         .prompts_first = true,
                         .memory_share = 0.88,
                         .rare_looks = true};

constexpr auto kEngines = std::to_array<Engine>({
    kMegatronCore,
    later(kMegatronCore, "megatron-core-26.02", "2026-02",
          "the same, containers of 26.02 and 26.04"),
    later(kMegatronCore, "megatron-core-26.06", "2026-06", "the same, containers from 26.06"),
    {.name = "megatron-2021",
     .trains = true,
     .flash_attention = false,
     .dropout = true,
     .about = "Megatron-LM with pipelines, until flash attention",
     .shards_by = "megatron-deepspeed"},
    {.name = "megatron-2022",
     .trains = true,
     .flash_attention = false,
     .dropout = true,
     .about = "the same, messages of a tensor behind gradients of weights",
     .family = "megatron-2021",
     .since = "2022-05",
     .hides_tensor = true,
     .constants = "megatron-2021"},
    {.name = "megatron-deepspeed",
     .trains = true,
     .flash_attention = false,
     .dropout = true,
     .about = "Megatron-LM on DeepSpeed's pipelines and ZeRO, GPT-NeoX; until flash attention"},
    {.name = "megatron-2020",
     .trains = true,
     .flash_attention = false,
     .dropout = true,
     .about = "the first Megatron-LM: few fused kernels"},
    {.name = "llama-4d",
     .trains = true,
     .about = "Meta's own of Llama 3: FSDP, tensor, context and interleaved pipelines",
     .virtual_stages = 8,
     .shares = true},
    {.name = "fsdp",
     .trains = true,
     .gradients = Format::kBf16,
     .about = "PyTorch FSDP with flash attention"},
    {.name = "internevo", .trains = true, .gradients = Format::kBf16, .about = "InternEvo"},
    {.name = "hai-llm",
     .trains = true,
     .narrow_gemm = Library::kDeepgemm,
     .scaling = Scaling::kBlock,
     .attention = Library::kFlashattention3,
     .overlaps_experts = true,
     .about = "DeepSeek's own: fp8 by blocks, DualPipe"},
    {.name = "maxtext", .trains = true, .about = "MaxText on XLA"},
    {.name = "mindspeed", .trains = true, .about = "MindSpeed-LLM on Ascend"},
    kTrtllm,
    later(kTrtllm, "trtllm-0.15", "2024-01", "the same of 2024"),
    later(kTrtllm, "trtllm-1.0", "2025", "the same from 2025"),
    later(kTrtllm, "trtllm-1.1", "2025-10", "the same from 1.1, overlapped with its host"),
    later(kTrtllm, "trtllm-1.2", "2026-01-15", "the same from 1.2"),
    kSglang,
    later(kSglang, "sglang-0.5", "2025-09", "the same from 0.5"),
    {.name = "vllm",
     .serves = true,
     .narrow_gemm = Library::kDeepgemm,
     .scaling = Scaling::kBlock,
     .attention = Library::kFlashattention3,
     .gathers_experts = kOneNode,
     .about = "vLLM"},
    {.name = "deepseek",
     .serves = true,
     .narrow_gemm = Library::kDeepgemm,
     .scaling = Scaling::kBlock,
     .attention = Library::kFlashattention3,
     .overlaps_experts = true,
     .about = "DeepSeek's own, two halves of a batch beside each other"},
    {.name = "cloudmatrix",
     .serves = true,
     .overlaps_experts = true,
     .about = "CloudMatrix-Infer on Ascend"},
    {.name = "gpt-fast", .serves = true, .about = "compiled PyTorch with CUDA graphs"},
    {.name = "lmdeploy", .serves = true, .about = "LMDeploy TurboMind"},
    {.name = "llama.cpp", .serves = true, .about = "llama.cpp, layers split over chips"},
});

}  // namespace

std::span<const Engine> engines() { return kEngines; }

const Engine* find_engine(std::string_view name) {
  const auto* found = std::find_if(kEngines.begin(), kEngines.end(),
                                   [name](const Engine& one) { return one.name == name; });
  return found == kEngines.end() ? nullptr : found;
}

const Engine& generation_of(const Engine& engine, std::string_view date) {
  const Engine* latest = &engine;
  for (const Engine& one : kEngines) {
    if (one.family == engine.name && one.since <= date) {
      latest = &one;
    }
  }
  return *latest;
}

}  // namespace redline

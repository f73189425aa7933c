#pragma once
// How what a search for a way to serve found is told.

#include <optional>
#include <string>
#include <vector>

#include "app/search_report.h"
#include "app/search_serve.h"

namespace redline::app {

// What keeps every way from being feasible, and with what change one is.
struct ServeCure {
  enum class Binding : std::uint8_t {
    kDivisibility,
    kMemory,
    kChips,
    kTtft,
    kTpot,
    kTogether,
    kEach
  };
  Binding binding = Binding::kDivisibility;
  Bytes needs{};           // kMemory: of the leanest plan
  std::int64_t chips = 0;  // kChips, kMemory: with which something is feasible; 0: not known
  int tensor = 0;          // kMemory: the same
  // The least of each that keeps the limit on the other; kEach: of all.
  double ttft_s = 0.0, tpot_s = 0.0;
};

// "tp 4, batch 48, fp8 with bf16 cache, chunks of 512 tokens", or with a pool for prompts.
[[nodiscard]] Message scheme_message(const ServeRequest& request, const ServingScheme& scheme);
[[nodiscard]] std::string objective_text(ServingObjective objective, double score);
[[nodiscard]] Json scheme_json(const ServeRequest& request, const ServingQuestion& question,
                               const SearchHit& hit, const ServeAnswer& answer);
[[nodiscard]] results::Table schemes_table(const ServeRequest& request, const ServeSearch& found,
                                           const results::Words& say);

void describe_schemes(const ServeRequest& request, const ServingQuestion& question,
                      const ServeSearch& found, const std::vector<Sensitivity>& sensitivities,
                      const SearchRun& run, const results::Words& say, Answer& answer);
// `cure`: none where its search was stopped.
void describe_no_scheme(const ServeRequest& request, const ServingQuestion& question,
                        const std::optional<ServeCure>& cure, const results::Words& say, Json& json,
                        Answer& answer);

}  // namespace redline::app

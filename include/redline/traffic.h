#pragma once
// Requests as they come to a cluster that serves a language model: when, how long, what they share.
// Drawn from distributions, or read from a trace.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "redline/distribution.h"
#include "redline/error.h"

namespace redline {

// What one request asks for. `prefix` names the blocks of `block_tokens` that its prompt begins
// with, each by a number that stands for the tokens of the prompt up to its end: two requests with
// the same number share everything up to there. The last may reach beyond the prompt.
struct TrafficRequest {
  std::int64_t prompt = 1;  // tokens
  std::int64_t answer = 1;  // tokens
  int priority = 0;         // lower goes first
  std::span<const std::uint64_t> prefix{};
  std::int64_t block_tokens = 0;
};

// How requests come: at gaps that are exponential (Poisson) or gamma, at a rate that follows the
// day, from users who ask again after they were answered, all at once, or as a trace says.
enum class ArrivalProcess : std::uint8_t { kPoisson, kGamma, kDiurnal, kUsers, kAtOnce, kTrace };

struct TraceRow {
  double time_s = 0.0;  // from the first
  std::int64_t prompt = 1, answer = 1;
  int priority = 0;
  std::size_t first_block = 0, blocks = 0;  // of Trace::blocks
};
struct Trace {
  std::vector<TraceRow> rows;  // in the order of their times
  std::vector<std::uint64_t> blocks;
  std::int64_t block_tokens = 512;
};

struct TrafficSpec {
  ArrivalProcess process = ArrivalProcess::kPoisson;
  double rate = 1.0;    // requests a second; of a trace: 0 leaves its times as they are
  double gap_cv = 1.0;  // kGamma: coefficient of variation of the gaps
  double swing = 0.5;   // kDiurnal: from the mean to the peak, as a share of the mean
  double period_s = 86400.0;
  std::int64_t users = 0;  // kUsers
  Distribution think_s = Distribution::constant(0.0);
  Distribution prompt = Distribution::constant(2048.0);  // tokens
  Distribution answer = Distribution::constant(512.0);
  // Prompts that begin alike: one of so many prefixes, chosen by Zipf's law, of so many tokens.
  std::int64_t prefixes = 0;
  double prefix_zipf = 1.0;
  Distribution prefix_tokens = Distribution::constant(0.0);
  std::vector<double> priority_shares{};  // of priority 0, 1, …; empty: all 0
  const Trace* trace = nullptr;
};

// Requests by number: a pure function of seed and number, so that runs at other rates, on other
// clusters or by other threads meet the same requests (common random numbers).
class Traffic {
 public:
  static constexpr std::int64_t kPrefixBlock = 64;  // tokens of a block of drawn prefixes
  static constexpr std::int64_t kMostPrefixes = 1'000'000;
  // Of a prompt or an answer; longer draws are cut, longer ones of a trace refused.
  static constexpr std::int64_t kMostTokens = 10'000'000;

  // Needs a rate, a swing of 0 to 1, a period above 0, a gap_cv of 0 or one that
  // Distribution::gamma takes, shares of priorities that are not all 0, and kTrace a trace, which
  // has to live as long.
  Traffic(const TrafficSpec& spec, std::uint64_t seed);

  // Fills in request `number`; its prefix lives in `scratch` or in the trace.
  void request(std::uint64_t number, TrafficRequest& found,
               std::vector<std::uint64_t>& scratch) const;
  // When request `number` comes, given when the one before came (0 before the first). Infinite
  // where a trace ends. Not for kUsers.
  [[nodiscard]] double arrival_s(std::uint64_t number, double before_s) const;
  // How long the user of request `number` waits before it, after the answer to the one before.
  [[nodiscard]] double think_s(std::uint64_t number) const;

  [[nodiscard]] const TrafficSpec& spec() const { return spec_; }

 private:
  void add_prefix(std::uint64_t group, TrafficRequest& found,
                  std::vector<std::uint64_t>& scratch) const;

  TrafficSpec spec_;
  std::uint64_t seed_;
  double trace_scale_ = 1.0;                             // of times
  Distribution gap_;                                     // of kGamma, with mean 1
  std::vector<double> prefix_shares_, priority_shares_;  // cumulative
};

// Reads a trace: CSV or JSONL (chosen by its first line). Fields, by any of their names:
// time (timestamp, TIMESTAMP, arrival, arrival_s, arrived_at), prompt (input_length, input_tokens,
// ContextTokens, num_prefill_tokens), answer (output_length, output_tokens, GeneratedTokens,
// num_decode_tokens), hash_ids (JSONL; blocks of 512 tokens), prefix (a name) with prefix_tokens,
// priority. Case does not matter; fields of other names are left out. Numbers are seconds but for
// `timestamp` of JSONL, which is milliseconds; a date with a time of day stands for seconds from
// the first. Named prefixes have blocks of Traffic::kPrefixBlock tokens. Errors, up to a thousand
// at once: kTraceRow for a length that is missing or not positive, a time that is missing or before
// that of the row above, a name that is nearly one of these, a prefix or blocks longer than their
// prompt; kCsvSyntax, kJsonSyntax.
[[nodiscard]] Loaded<Trace> read_trace(std::string file, std::string text);

}  // namespace redline

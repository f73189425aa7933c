#include "redline/traffic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "redline/random.h"

#include "sim/prefix_block.h"

namespace redline {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

// One stream of random numbers for each thing that is drawn, so that a change to one of them
// leaves the others as they were.
enum Stream : std::uint64_t {
  kGapStream = 1,
  kPromptStream,
  kAnswerStream,
  kPrefixStream,
  kPrefixTokensStream,
  kPriorityStream,
  kThinkStream,
};

std::int64_t tokens_of(double drawn, double least) {
  const auto most = static_cast<double>(Traffic::kMostTokens);
  return static_cast<std::int64_t>(std::round(std::clamp(drawn, least, most)));
}

std::vector<double> zipf_shares(std::int64_t ranks, double exponent) {
  std::vector<double> shares;
  shares.reserve(static_cast<std::size_t>(ranks));
  double sum = 0.0;
  for (std::int64_t rank = 1; rank <= ranks; ++rank) {
    shares.push_back(sum += std::pow(static_cast<double>(rank), -exponent));
  }
  for (double& share : shares) {
    share /= sum;
  }
  return shares;
}

std::size_t rank_of(const std::vector<double>& shares, double p) {
  const auto found = std::lower_bound(shares.begin(), shares.end(), p);
  return std::min(static_cast<std::size_t>(found - shares.begin()), shares.size() - 1);
}

double trace_scale(const TrafficSpec& spec) {
  const std::vector<TraceRow>& rows = spec.trace->rows;
  const double span = rows.empty() ? 0.0 : rows.back().time_s - rows.front().time_s;
  if (!(spec.rate > 0.0) || !(span > 0.0)) {
    return 1.0;
  }
  return static_cast<double>(rows.size() - 1) / span / spec.rate;
}

// When a rate of mean 1 that follows a sine has brought `work` more than at `before`: the root of
//   t - before + swing period / 2pi (cos(2pi before / period) - cos(2pi t / period)) = work.
double diurnal_arrival(const TrafficSpec& spec, double before, double work) {
  const double turn = 2.0 * std::numbers::pi / spec.period_s;
  const auto brought = [&](double t) {  // the difference of cosines without cancellation
    return t - before +
           2.0 * spec.swing / turn * std::sin(0.5 * turn * (before + t)) *
               std::sin(0.5 * turn * (t - before));
  };
  double low = before + work / (1.0 + spec.swing);
  double high = before + work + spec.swing * 2.0 / turn;
  double t = before + work;
  constexpr int kMostSteps = 80;
  for (int step = 0; step < kMostSteps && low < high; ++step) {
    const double missing = work - brought(t);
    (missing > 0.0 ? low : high) = t;
    const double newton = t + missing / (1.0 + spec.swing * std::sin(turn * t));
    // Also where the rate is 0, and Newton's step infinite or undefined.
    const double next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (next == t || std::fabs(missing) <= 1e-14 * work) {
      break;
    }
    t = next;
  }
  return std::max(t, before);
}

}  // namespace

Traffic::Traffic(const TrafficSpec& spec, std::uint64_t seed) : spec_(spec), seed_(seed) {
  RL_CHECK(spec.rate >= 0.0 && spec.swing >= 0.0 && spec.swing <= 1.0 && spec.period_s > 0.0);
  RL_CHECK(spec.prefixes >= 0 && spec.prefixes <= kMostPrefixes);
  if (spec.process == ArrivalProcess::kTrace) {
    RL_CHECK(spec.trace != nullptr);
    trace_scale_ = trace_scale(spec);
  }
  // A coefficient of variation of 0 stands for even gaps, of 1 for Poisson's.
  gap_ = spec.process != ArrivalProcess::kGamma ? Distribution::constant(1.0)
         : spec.gap_cv == 0.0                   ? Distribution::constant(1.0)
                                                : Distribution::gamma(1.0, spec.gap_cv);
  prefix_shares_ = zipf_shares(spec.prefixes, spec.prefix_zipf);
  double sum = 0.0;
  for (const double share : spec.priority_shares) {
    RL_CHECK(share >= 0.0);
    priority_shares_.push_back(sum += share);
  }
  RL_CHECK(priority_shares_.empty() || sum > 0.0);
  for (double& share : priority_shares_) {
    share /= sum;
  }
}

void Traffic::request(std::uint64_t number, TrafficRequest& found,
                      std::vector<std::uint64_t>& scratch) const {
  found = {};
  if (spec_.process == ArrivalProcess::kTrace) {
    const Trace& trace = *spec_.trace;
    RL_CHECK(number < trace.rows.size());
    const TraceRow& row = trace.rows[number];
    found.prompt = row.prompt;
    found.answer = row.answer;
    found.priority = row.priority;
    found.prefix = std::span(trace.blocks).subspan(row.first_block, row.blocks);
    found.block_tokens = trace.block_tokens;
    return;
  }
  const auto draw = [&](Stream stream) { return uniform(seed_, stream, number); };
  found.prompt = tokens_of(spec_.prompt.quantile(draw(kPromptStream)), 1.0);
  found.answer = tokens_of(spec_.answer.quantile(draw(kAnswerStream)), 1.0);
  if (!priority_shares_.empty()) {
    found.priority = static_cast<int>(rank_of(priority_shares_, draw(kPriorityStream)));
  }
  if (!prefix_shares_.empty()) {
    add_prefix(rank_of(prefix_shares_, draw(kPrefixStream)), found, scratch);
  }
}

// The length belongs to the prefix, so that all prompts of a group begin with as much in common.
// The last token of a prompt is always worked out, for it gives the first of the answer.
void Traffic::add_prefix(std::uint64_t group, TrafficRequest& found,
                         std::vector<std::uint64_t>& scratch) const {
  const double drawn = spec_.prefix_tokens.quantile(uniform(seed_, kPrefixTokensStream, group));
  const std::int64_t blocks = std::min(tokens_of(drawn, 0.0), found.prompt - 1) / kPrefixBlock;
  scratch.clear();
  for (std::int64_t i = 0; i < blocks; ++i) {
    scratch.push_back(prefix_block(group, static_cast<std::uint64_t>(i)));
  }
  found.prefix = scratch;
  found.block_tokens = kPrefixBlock;
}

double Traffic::arrival_s(std::uint64_t number, double before_s) const {
  RL_CHECK(spec_.process != ArrivalProcess::kUsers);
  if (spec_.process == ArrivalProcess::kAtOnce) {
    return 0.0;
  }
  if (spec_.process == ArrivalProcess::kTrace) {
    const std::vector<TraceRow>& rows = spec_.trace->rows;
    return number < rows.size() ? rows[number].time_s * trace_scale_ : kNever;
  }
  if (spec_.rate == 0.0) {
    return kNever;
  }
  const double p = uniform(seed_, kGapStream, number);
  if (spec_.process == ArrivalProcess::kGamma) {
    return before_s + gap_.quantile(p) / spec_.rate;
  }
  const double gap = -std::log1p(-p) / spec_.rate;
  return spec_.process == ArrivalProcess::kDiurnal ? diurnal_arrival(spec_, before_s, gap)
                                                   : before_s + gap;
}

double Traffic::think_s(std::uint64_t number) const {
  return std::max(0.0, spec_.think_s.quantile(uniform(seed_, kThinkStream, number)));
}

}  // namespace redline

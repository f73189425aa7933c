// Tokens to the ranks of their experts and back (DeepEP, 2025): kernels of low latency send every
// copy straight through the network cards; those of high throughput send one copy to each node and
// spread it there over the links.

#include <algorithm>
#include <cmath>

#include "perf/model.h"

namespace redline::perf {
namespace {

enum Constant : std::size_t { kNic, kLink, kFixed, kStep, kConstants };

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"nic_fraction", "1", Part::kNetwork, 0.9, 0.1, 0.1, 0.05, 0.0, 0.03,
     "reached share of the network cards"},
    {"link_fraction", "1", Part::kNetwork, 0.78, 0.1, 0.1, 0.05, 0.0, 0.03,
     "reached share of the link"},
    {"fixed_s", "s", Part::kLatency, 8e-6, 0.4, 0.3, 0.1, 0.0, 0.05, "fixed time"},
    {"doubling_s", "s", Part::kLatency, 5e-6, 0.4, 0.3, 0.1, 0.0, 0.05,
     "added with every doubling of the ranks"},
}};

// Tokens a rank up to which the kernels of low latency run, as decoding has them.
constexpr double kLowLatencyTokens = 256.0;
constexpr double kScaleBytes = 1.0 / 32.0;  // one fp32 scale for 128 narrow elements

// Expected number of distinct places that k random choices among n reach.
double distinct(double n, double k) { return n * (1.0 - std::pow(1.0 - 1.0 / n, k)); }

}  // namespace

Parts evaluate(const ExpertExchange& op, const Execution& how, const Demand& /*demand*/,
               const Limits& limits, const Constants& c) {
  if (op.ranks <= 1) {
    return {};
  }
  const Network& network = limits.network;
  const double ranks = as_double(op.ranks);
  const double domain = std::max(1, network.domain);
  const double node = op.ranks_per_node > 0 ? as_double(op.ranks_per_node) : domain;
  const double inside = std::min({ranks, node, domain});
  const double nodes = whole_up(ranks / inside);
  const double width = bytes_per_element(op.format);
  const double token = as_double(op.hidden) * (width + (width <= 1.0 ? kScaleBytes : 0.0));
  const double tokens = as_double(op.tokens_per_rank);
  const double copies = as_double(op.experts_per_token);
  const double link =
      (network.link ? network.link->base() : limits.host_bus) * std::min(1.0, c[kLink]);
  const double nic = network.nic ? network.nic->base() * std::min(1.0, c[kNic]) : 0.0;
  double wire = 0.0;
  if (nic > 0.0 && tokens <= kLowLatencyTokens && how.library == Library::kDeepep) {
    wire = tokens * copies * token / nic;
  } else {
    const double limit = op.nodes_per_token > 0 ? as_double(op.nodes_per_token) : nodes;
    const double reached = std::min(limit, distinct(nodes, copies));
    const double spread = distinct(ranks, copies) * (inside - 1.0) / inside;
    const double across =
        nodes > 1.0 ? tokens * reached * (nodes - 1.0) / nodes * token / nic : 0.0;
    wire = std::max(across, tokens * spread * token / link);
  }
  const double latency = c[kFixed] + c[kStep] * std::log2(ranks);
  return {0.0, 0.0, wire, latency};
}

const Model& exchange_model() {
  static constexpr Model kModel{"exchange", kTable};
  return kModel;
}

}  // namespace redline::perf

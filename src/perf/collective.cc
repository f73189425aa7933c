// Messages among chips: rings, trees that a switch adds up, direct exchange over a mesh, and
// hierarchies across nodes (Thakur, Rabenseifner, Gropp 2005; Patarasuk and Yuan 2009).

#include <algorithm>
#include <cmath>

#include "perf/launch.h"
#include "perf/model.h"

namespace redline::perf {
namespace {

enum Constant : std::size_t {
  kLink,
  kFewRanks,
  kSwitch,
  kNic,
  kStep,
  kNicStep,
  kPipeline,
  kBuffered,
  kGraph,
  kEvent,
  kHost,
  kConstants,
};

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"link_fraction", "1", Part::kNetwork, 0.82, 0.1, 0.1, 0.15, 0.05, 0.03,
     "reached share of the link among many ranks"},
    {"few_ranks", "1", Part::kNetwork, 0.5, 0.5, 0.3, 0.4, 0.0, 0.0,
     "ranks by which a group is too small to fill its links"},
    {"switch_fraction", "1", Part::kNetwork, 0.65, 0.15, 0.0, 0.1, 0.0, 0.05,
     "reached share of the link where the switch adds up"},
    {"nic_fraction", "1", Part::kNetwork, 0.85, 0.2, 0.1, 0.1, 0.0, 0.05,
     "reached share of the network cards"},
    {"step_cycles", "cycles", Part::kLatency, 1700.0, 0.4, 0.3, 0.3, 0.0, 0.05,
     "one step of a ring"},
    {"nic_step_s", "s", Part::kLatency, 6e-6, 0.4, 0.2, 0.1, 0.0, 0.05,
     "one step across the network"},
    {"pipeline", "1", Part::kNetwork, 2.0, 0.4, 0.3, 0.2, 0.0, 0.0,
     "cost of cutting a message into chunks, each of which waits for a step"},
    {"buffered_cycles", "cycles", Part::kLatency, 9000.0, 0.5, 0.0, 0.3, 0.0, 0.0,
     "added where an all-to-all goes through buffers and not with a flag in every word"},
    graph_launch(9000.0, {0.4, 0.3, 0.3, 0.1, 0.1}),
    event_launch(8e-6, {0.5, 0.3, 0.2, 0.0, 0.1}),
    host_launch(8e-6, {0.5, 0.3, 0.2, 0.0, 0.1}),
}};

using Kind = Collective::Kind;

// Bytes that each of n ranks sends, of a message of one byte.
double sent_share(Kind kind, double n) {
  switch (kind) {
    case Kind::kAllReduce:
      return 2.0 * (n - 1.0) / n;
    case Kind::kAllGather:
    case Kind::kReduceScatter:
    case Kind::kAllToAll:
      return (n - 1.0) / n;
    case Kind::kSendRecv:
    case Kind::kBroadcast:
      return 1.0;
  }
  return 1.0;
}

double steps_of(Kind kind, double n) {
  switch (kind) {
    case Kind::kAllReduce:
      return 2.0 * (n - 1.0);
    case Kind::kAllGather:
    case Kind::kReduceScatter:
    case Kind::kBroadcast:
      return n - 1.0;
    case Kind::kAllToAll:  // to all others at once
    case Kind::kSendRecv:
      return 1.0;
  }
  return 1.0;
}

// How much of a chip's links a pattern can use at once in a group of n.
double usable(Kind kind, const Network& network, double n) {
  switch (network.topology) {
    case Topology::kSwitch:
    case Topology::kBus:
      return 1.0;
    case Topology::kMesh: {
      // A link for each pair: those to chips outside the group idle.
      const double others = std::max(1.0, network.domain - 1.0);
      return kind == Kind::kSendRecv ? 1.0 / others : std::min(1.0, (n - 1.0) / others);
    }
    case Topology::kRing:  // messages to all others travel n/4 hops on average
      return kind == Kind::kAllToAll ? std::min(1.0, 4.0 / n) : kind == Kind::kSendRecv ? 0.5 : 1.0;
    case Topology::kTorus:  // of two axes: sqrt(n)/2 hops
      return kind == Kind::kAllToAll   ? std::min(1.0, 2.0 / std::sqrt(n))
             : kind == Kind::kSendRecv ? 0.25
                                       : 1.0;
  }
  return 1.0;
}

// Bytes for one other rank up to which point-to-point messages carry a flag in every word (the
// protocol LL, NCCL_P2P_LL_THRESHOLD): slower on the wire, without synchronising.
constexpr double kFlagged = 16384.0;

// Time of `wire` seconds of transfer that is cut into chunks. With c chunks the transfer and c
// times some multiple of `step` add up; at the best c what is added goes with sqrt(step wire).
double chunked(double step, double wire, double cost) {
  return wire + cost * std::sqrt(step * wire);
}

}  // namespace

Parts evaluate(const Collective& op, const Execution& how, const Demand& /*demand*/,
               const Limits& limits, const Constants& c) {
  if (op.ranks <= 1) {
    return {};
  }
  const Network& network = limits.network;
  const double n = as_double(op.ranks);
  const double bytes = op.bytes.base();
  const double domain = std::max(1, network.domain);
  const double node = op.ranks_per_node > 0 ? as_double(op.ranks_per_node) : domain;
  const double inside = std::min({n, node, domain});
  const double nodes = whole_up(n / inside);
  const double step = c[kStep] / clock_of(limits);
  double wire = 0.0;
  double latency = 0.0;
  if (inside > 1.0) {
    const bool reduced_before = nodes > 1.0 && op.kind == Kind::kAllToAll;
    // Of an all-to-all across nodes only the part for this node stays inside.
    const double share = reduced_before ? (inside - 1.0) / n : sent_share(op.kind, inside);
    const double link = network.link ? network.link->base() : limits.host_bus;
    const double reached = std::min(1.0, c[kLink] * inside / (inside + c[kFewRanks]));
    latency = steps_of(op.kind, inside) * step;
    if (op.kind == Kind::kAllToAll && bytes / n > kFlagged) {
      latency += c[kBuffered] / clock_of(limits);
    }
    wire = chunked(step, bytes * share / (link * reached * usable(op.kind, network, inside)),
                   c[kPipeline]);
    if (network.reduces && op.kind == Kind::kAllReduce) {
      // Each chip sends its tensor up once and gets the sum of its part for all.
      const double once = bytes * (1.0 + 1.0 / inside) / (link * std::min(1.0, c[kSwitch]));
      wire = std::min(wire, chunked(step, once, c[kPipeline]));
    }
  }
  if (nodes > 1.0) {
    // Every chip has its share of the cards and of the tensor, after the part inside the node.
    const double part =
        op.kind == Kind::kAllToAll || op.kind == Kind::kSendRecv || op.kind == Kind::kBroadcast
            ? 1.0
            : 1.0 / inside;
    const double share = op.kind == Kind::kAllToAll ? (n - inside) / n : sent_share(op.kind, nodes);
    const double nic = network.nic->base() * std::min(1.0, c[kNic]);
    wire += chunked(c[kNicStep], bytes * part * share / nic, c[kPipeline]);
    latency += steps_of(op.kind, nodes) * c[kNicStep];
  }
  latency += launch_of(how, c[kGraph], c[kEvent], c[kHost], limits);
  return {0.0, 0.0, wire, latency};
}

const Model& collective_model() {
  static constexpr Model kModel{"collective", kTable};
  return kModel;
}

}  // namespace redline::perf

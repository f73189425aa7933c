#include "app/built.h"

#include <algorithm>

namespace redline::app {
namespace {

class Work {
 public:
  Work(const Workspace& w, unsigned threads) : w_(w) { run_.threads = std::max(1U, threads); }

  Loaded<BuiltEpoch> work_out(const ReplyEpoch& epoch) {
    BuiltEpoch built{epoch, {}};
    bool first = true;
    for (const EpochReply& one : epoch.reply) {
      BuiltPart part;
      part.asked = one;
      // Side by side parts must do the same: what the least of them can.
      part.asked.cards = !epoch.cards.empty();
      const ReplyDetail detail{.front = true, .prices = first, .robustness = false};
      first = false;
      auto report =
          work_out_reply(w_, reply_fields_of(epoch, part.asked), run_, detail, Code::kOutOfRange);
      if (!report) {
        return tl::unexpected(std::move(report).error());
      }
      part.report = std::move(*report);
      part.shipped = one.shipped.empty() ? nullptr : w_.catalog.chip(one.shipped);
      if (part.shipped != nullptr) {
        Reply sold = assess_as_sold(w_, *part.report.request, *part.shipped);
        if (sold.value > 0.0) {
          part.shipped_as_part = std::move(sold);
        }
      }
      built.parts.push_back(std::move(part));
    }
    return built;
  }

 private:
  const Workspace& w_;
  SearchRun run_;
};

}  // namespace

Loaded<BuiltReport> work_out_built(const Workspace& workspace, const Scenario& scenario,
                                   unsigned threads) {
  RL_CHECK(scenario.built.has_value());
  auto epochs = load_reply_epochs(workspace);
  if (!epochs) {
    return tl::unexpected(std::move(epochs).error());
  }
  BuiltReport report;
  for (const std::string& id : scenario.built->epochs) {
    for (const ReplyEpoch& epoch : *epochs) {
      if (epoch.id == id) {
        auto built = Work(workspace, threads).work_out(epoch);
        if (!built) {
          return tl::unexpected(std::move(built).error());
        }
        report.epochs.push_back(std::move(*built));
      }
    }
  }
  return report;
}

}  // namespace redline::app

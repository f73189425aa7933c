#include "exposure/path_tree.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "redline/forecast_score.h"

namespace redline::exposure {
namespace {

constexpr std::size_t kMostEvents = 4;
constexpr double kLeastShare = 0.02;
constexpr double kLeastTold = 0.01;  // of what the event tells that tells most

class Trees {
 public:
  Trees(const Model& model, const std::vector<Input>& inputs, const Choices& all)
      : model_(model), all_(all), samples_(all.net.samples()) {
    const double end = model.firms.front().quarters.back().last + 1.0;
    comes_.resize(model.events.size());
    for (std::size_t e = 0; e < model.events.size(); ++e) {
      const auto input = std::find_if(inputs.begin(), inputs.end(), [&](const Input& one) {
        return one.event && one.id == model.events[e].id;
      });
      if (input == inputs.end()) {
        continue;  // it happened: there is no other branch
      }
      const auto column = static_cast<std::size_t>(input - inputs.begin());
      comes_[e].resize(samples_);
      for (std::size_t s = 0; s < samples_; ++s) {
        comes_[e][s] = all.inputs[s * inputs.size() + column] < end;
      }
    }
  }

  PathTree of(std::size_t option) {
    option_ = option;
    events_ = telling(asked(option));
    tree_.clear();
    grow({}, everywhere(), 0);
    return std::move(tree_);
  }

 private:
  [[nodiscard]] double net(std::size_t sample) const {
    return all_.net.worth[sample * all_.net.options + option_];
  }

  // Of several options; the lines of a single one are all its own.
  [[nodiscard]] bool is_everywhere(std::size_t line) const {
    return model_.options.size() > 1 &&
           std::all_of(model_.options.begin(), model_.options.end(), [line](const Option& one) {
             return std::find(one.lines.begin(), one.lines.end(), line) != one.lines.end();
           });
  }

  // Of the lines of the option alone, with what must come before; in the order of the file.
  [[nodiscard]] std::vector<std::size_t> asked(std::size_t option) const {
    std::set<std::string_view> ids;
    const auto add = [&](const std::vector<SlotIndex>& slots) {
      for (const EventInfo& event : model_.events) {
        if (std::find(slots.begin(), slots.end(), event.slot) != slots.end()) {
          ids.insert(event.id);
        }
      }
    };
    for (const std::size_t l : model_.options[option].lines) {
      if (!is_everywhere(l)) {
        const Line& line = model_.lines[l];
        add(line.opens), add(line.closes), add(line.ends);
      }
    }
    // An event stands in the file before or after what waits for it, so until nothing is new.
    for (std::size_t before = 0; before != ids.size();) {
      before = ids.size();
      for (const EventInfo& event : model_.events) {
        if (ids.count(event.id) != 0) {
          ids.insert(event.after.begin(), event.after.end());
        }
      }
    }
    std::vector<std::size_t> events;
    for (std::size_t e = 0; e < model_.events.size(); ++e) {
      if (ids.count(model_.events[e].id) != 0 && !comes_[e].empty()) {
        events.push_back(e);
      }
    }
    return events;
  }

  [[nodiscard]] std::vector<std::size_t> everywhere() const {
    std::vector<std::size_t> worlds(samples_);
    std::iota(worlds.begin(), worlds.end(), std::size_t{0});
    return worlds;
  }

  // What it tells of the net of these worlds: the variance between those with and without it, as a
  // part of the variance over all.
  [[nodiscard]] double told_by(std::size_t event, const std::vector<std::size_t>& worlds) const {
    double sum[2] = {}, count[2] = {};
    for (const std::size_t s : worlds) {
      sum[comes_[event][s]] += net(s);
      count[comes_[event][s]] += 1.0;
    }
    if (count[0] == 0.0 || count[1] == 0.0) {
      return 0.0;
    }
    const double gap = sum[1] / count[1] - sum[0] / count[0];
    return count[0] * count[1] / (count[0] + count[1]) / static_cast<double>(samples_) * gap * gap;
  }

  // Those whose coming tells most.
  [[nodiscard]] std::vector<std::size_t> telling(const std::vector<std::size_t>& events) {
    const std::vector<std::size_t> worlds = everywhere();
    std::vector<std::pair<double, std::size_t>> told;
    for (const std::size_t e : events) {
      told.emplace_back(told_by(e, worlds), e);
    }
    std::stable_sort(told.begin(), told.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    told.resize(std::min(told.size(), kMostEvents));
    least_told_ = told.empty() ? 0.0 : kLeastTold * told.front().first;
    std::vector<std::size_t> best;
    for (const auto& [variance, event] : told) {
      if (variance > 0.0) {
        best.push_back(event);
      }
    }
    std::sort(best.begin(), best.end());
    return best;
  }

  void grow(TreeBranch branch, const std::vector<std::size_t>& worlds, std::size_t next) {
    std::vector<double> nets;
    nets.reserve(worlds.size());
    for (const std::size_t s : worlds) {
      nets.push_back(net(s));
    }
    std::sort(nets.begin(), nets.end());
    branch.share = static_cast<double>(nets.size()) / static_cast<double>(samples_);
    branch.mean = std::accumulate(nets.begin(), nets.end(), 0.0) / static_cast<double>(nets.size());
    branch.low = sample_quantile(nets, 0.05);
    branch.high = sample_quantile(nets, 0.95);
    tree_.push_back(branch);
    for (; next < events_.size(); ++next) {
      const std::size_t event = events_[next];
      std::vector<std::size_t> with, without;
      for (const std::size_t s : worlds) {
        (comes_[event][s] ? with : without).push_back(s);
      }
      const auto least = static_cast<std::size_t>(kLeastShare * static_cast<double>(samples_));
      if (std::min(with.size(), without.size()) <= least || told_by(event, worlds) < least_told_) {
        continue;  // it cannot come here, or comes for sure, or changes nothing
      }
      for (const bool comes : {true, false}) {
        TreeBranch part;
        part.event = static_cast<int>(event);
        part.comes = comes;
        part.depth = branch.depth + 1;
        grow(part, comes ? with : without, next + 1);
      }
      return;
    }
  }

  const Model& model_;
  const Choices& all_;
  std::size_t samples_;
  std::vector<std::vector<bool>> comes_;  // event x sample; empty: it happened
  std::size_t option_ = 0;
  std::vector<std::size_t> events_;
  double least_told_ = 0.0;
  PathTree tree_;
};

}  // namespace

std::vector<PathTree> path_trees(const Model& model, const std::vector<Input>& inputs,
                                 const Choices& all) {
  std::vector<PathTree> trees(model.options.size());
  if (all.net.samples() == 0) {
    return trees;
  }
  Trees grown(model, inputs, all);
  for (std::size_t o = 0; o < trees.size(); ++o) {
    trees[o] = grown.of(o);
  }
  return trees;
}

}  // namespace redline::exposure

// What published points say of the accuracy of a way to spend tokens.

#include <algorithm>

#include <fmt/format.h>

#include "app/published_accuracy.h"

namespace redline::app {
namespace {

std::string whole(double value) { return fmt::format("{:.0f}", value); }

class Judge {
 public:
  Judge(const TaskCurves& curves, const Way& way, bool extrapolate)
      : curves_(curves), way_(way), extrapolate_(extrapolate) {}

  Judgement judge() {
    if (curves_.benchmark.empty()) {
      leave("no benchmark is named");
      return std::move(out_);
    }
    if (curves_.empty()) {
      leave("no accuracy of this model on this benchmark is published");
      return std::move(out_);
    }
    // Points against samples were taken at the length of chains that the model has of itself.
    if (!length_is_known()) {
      return std::move(out_);
    }
    if (way_.samples == 1) {
      chain();
    } else if (way_.method == Reasoning::kMajority) {
      along(curves_.majority, static_cast<double>(way_.samples));
    } else if (way_.method == Reasoning::kBestOf) {
      best_of();
    } else {
      revision();
    }
    return std::move(out_);
  }

 private:
  void flag(std::string_view name) {
    if (std::find(out_.flags.begin(), out_.flags.end(), name) == out_.flags.end()) {
      out_.flags.emplace_back(name);
    }
  }
  void leave(Message reason) { out_.reason = std::move(reason); }
  void beyond(Message reason) {
    out_.reason = std::move(reason);
    out_.outside = true;
  }

  bool length_is_known() {
    const auto tokens = static_cast<double>(way_.tokens);
    const AccuracyCurve& known = curves_.tokens.curve;
    if (known.empty()) {
      flag("tokens-assumed");
    }
    const bool outside =
        known.empty() ? curves_.max_tokens && tokens > *curves_.max_tokens : !known.covers(tokens);
    if (!outside) {
      return true;
    }
    if (extrapolate_) {
      flag("extrapolated");
      return true;
    }
    if (known.empty()) {
      beyond({"published with answers of at most {most} tokens",
              {{"most", whole(*curves_.max_tokens)}}});
    } else if (known.points().size() == 1) {
      beyond({"published at {tokens} tokens alone",
              {{"tokens", whole(known.points().front().spent)}}});
    } else {
      beyond({"published from {first} to {last} tokens alone",
              {{"first", whole(known.points().front().spent)},
               {"last", whole(known.points().back().spent)}}});
    }
    return false;
  }

  void take(const PublishedCurve& from, const Accuracy& accuracy) {
    out_.accuracy = accuracy;
    if (accuracy.interpolated) {
      flag("interpolated");
    }
    if (accuracy.extrapolated) {
      flag("extrapolated");
    }
    if (from.recalled) {
      flag("recalled-figure");
    }
  }

  void along(const PublishedCurve& from, double spent) {
    const AccuracyCurve& curve = from.curve;
    // One chain says nothing of more.
    const bool single = !curve.empty() && curve.points().back().spent == 1.0;
    if (curve.empty() || (single && spent > 1.0)) {
      leave("nothing is published of this way to spend tokens");
      return;
    }
    if (const auto found = curve.at(spent, extrapolate_)) {
      take(from, *found);
      return;
    }
    beyond({"published for {first} to {last} samples alone",
            {{"first", whole(curve.points().front().spent)},
             {"last", whole(curve.points().back().spent)}}});
  }

  void chain() {
    if (!curves_.tokens.curve.empty()) {
      take(curves_.tokens,
           *curves_.tokens.curve.at(static_cast<double>(way_.tokens), extrapolate_));
    } else if (!curves_.chain.curve.empty()) {
      take(curves_.chain, *curves_.chain.curve.at(1.0));
    } else {
      along(curves_.majority, 1.0);
    }
  }

  void best_of() {
    const auto samples = static_cast<double>(way_.samples);
    if (curves_.best_of.curve.points().size() > 1) {
      along(curves_.best_of, samples);
      return;
    }
    const auto one = curves_.chain.curve.at(1.0);
    if (!one) {
      leave("nothing is published of this way to spend tokens");
      return;
    }
    const auto vote = curves_.majority.curve.at(samples);
    out_.bounds = best_of_bounds(one->value, vote ? vote->value : 0.0, samples);
    flag("bounds-only");
    if (curves_.chain.recalled) {
      flag("recalled-figure");
    }
    leave(
        "no coverage is published: at least what a vote reaches, at most 1 - (1 - p)^N, which "
        "takes problems for equally hard");
  }

  void revision() {
    const auto passes = static_cast<double>(way_.samples);
    for (const PublishedCurve& one : curves_.revisions) {
      if (one.series == way_.series && (one.curve.covers(passes) || extrapolate_)) {
        take(one, *one.curve.at(passes, extrapolate_));
        if (one.at_least) {
          flag("passes-at-least");
        }
        return;
      }
    }
    const double samples = passes * curves_.passes_like_samples;
    if (extrapolate_ && samples > 0.0 && curves_.best_of.curve.covers(samples)) {
      take(curves_.best_of, *curves_.best_of.curve.at(samples));
      flag("extrapolated");
      flag("ratio-of-another-model");
      return;
    }
    leave("nothing is published of this way to spend tokens");
    for (const PublishedCurve& one : curves_.revisions) {
      if (one.series == way_.series) {
        beyond({"published for {first} to {last} passes alone",
                {{"first", whole(one.curve.points().front().spent)},
                 {"last", whole(one.curve.points().back().spent)}}});
      }
    }
  }

  const TaskCurves& curves_;
  const Way& way_;
  bool extrapolate_;
  Judgement out_;
};

}  // namespace

Judgement judge(const TaskCurves& curves, const Way& way, bool extrapolate) {
  return Judge(curves, way, extrapolate).judge();
}

}  // namespace redline::app

#include "app/published_accuracy.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "app/scales.h"
#include "data/json_rows.h"

namespace redline::app {
namespace {

constexpr double kDigits = 1e6;

class PointReader {
 public:
  PointReader(const data::JsonRows& rows, const data::JsonRow& row, Diagnostics& errors)
      : rows_(rows), row_(row), errors_(errors) {}

  PublishedPoint read() {
    PublishedPoint point;
    point.id = text("id");
    point.source = text("source");
    const auto model = row_.value.find("model");
    if (model != row_.value.end() && model->is_object()) {
      point.checkpoint = model->value("name", std::string());
      point.record = model->value("record", std::string());
    }
    if (point.checkpoint.empty()) {
      wrong("model", "an object with a name");
    }
    point.benchmark = text("benchmark");
    const std::string method = text("method");
    const auto* known = std::find(kReasoningNames.begin(), kReasoningNames.end(), method);
    if (known == kReasoningNames.end()) {
      wrong("method", fmt::format("one of {}", fmt::join(kReasoningNames, ", ")));
    } else {
      point.method = static_cast<Reasoning>(known - kReasoningNames.begin());
    }
    point.series = row_.value.value("series", std::string());
    point.at_least = row_.value.contains("least_passes");
    point.spent = number(point.at_least                         ? "least_passes"
                         : point.method == Reasoning::kRevision ? "passes"
                                                                : "samples")
                      .value_or(1.0);
    point.equal_samples = number("equal_samples").value_or(0.0);
    point.mean_tokens = number("mean_tokens");
    point.max_tokens = number("max_tokens");
    point.problems = static_cast<int>(number("problems").value_or(0.0));
    point.recalled = row_.value.value("confidence", std::string()) == "recalled";
    if (point.equal_samples == 0.0) {
      // As a share it has the digits that its percentage has.
      point.accuracy = std::round(number("value").value_or(0.0) * kDigits) / (kDigits * kPercent);
      if (point.accuracy <= 0.0 || point.accuracy > 1.0 || text("unit") != "%") {
        wrong("value", "a percentage above 0 and up to 100");
      }
    }
    return point;
  }

 private:
  void wrong(std::string_view name, std::string_view expected) {
    errors_.push_back({Code::kRowField,
                       fmt::format("field '{}' must be {}", name, expected),
                       rows_.span(row_, name),
                       {},
                       {}});
  }
  std::string text(std::string_view name) {
    const auto found = row_.value.find(name);
    if (found == row_.value.end() || !found->is_string()) {
      wrong(name, "a text");
      return {};
    }
    return found->get<std::string>();
  }
  std::optional<double> number(std::string_view name) {
    const auto found = row_.value.find(name);
    if (found == row_.value.end()) {
      return std::nullopt;
    }
    if (!found->is_number() || found->get<double>() <= 0.0) {
      wrong(name, "a number above zero");
      return std::nullopt;
    }
    return found->get<double>();
  }

  const data::JsonRows& rows_;
  const data::JsonRow& row_;
  Diagnostics& errors_;
};

std::string bare(std::string_view text) {
  std::string found;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      found += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return found;
}

// Points of one way, told apart by what was spent.
class CurveBuilder {
 public:
  void add(double spent, const PublishedPoint& point) {
    points_.push_back({spent, point.accuracy, point.problems});
    curve_.recalled |= point.recalled;
    curve_.at_least |= point.at_least;
    curve_.series = point.method == Reasoning::kRevision ? point.series : std::string();
  }
  [[nodiscard]] bool empty() const { return points_.empty(); }
  [[nodiscard]] PublishedCurve take() {
    curve_.curve = AccuracyCurve(std::move(points_));
    return std::move(curve_);
  }

 private:
  std::vector<AccuracyPoint> points_;
  PublishedCurve curve_;
};

// Of two points at one place the better read one stands first.
std::vector<const PublishedPoint*> points_of(const std::vector<PublishedPoint>& points,
                                             std::string_view checkpoint,
                                             std::string_view benchmark) {
  std::vector<const PublishedPoint*> found;
  for (const PublishedPoint& one : points) {
    if (one.equal_samples == 0.0 && same_words(one.checkpoint, checkpoint) &&
        same_words(one.benchmark, benchmark)) {
      found.push_back(&one);
    }
  }
  std::stable_sort(
      found.begin(), found.end(),
      [](const PublishedPoint* a, const PublishedPoint* b) { return !a->recalled && b->recalled; });
  return found;
}

}  // namespace

bool same_words(std::string_view a, std::string_view b) { return bare(a) == bare(b); }

Loaded<std::vector<PublishedPoint>> published_accuracy(const Workspace& workspace) {
  std::vector<PublishedPoint> all;
  Diagnostics errors;
  for (const data::DataFile* file : workspace.files.under("measured")) {
    if (file->text.find(kAccuracyPhase) == std::string::npos) {
      continue;  // long files of other rows need not be read for this
    }
    const auto rows = data::parse_json_rows(file->display, file->text);
    if (!rows) {
      errors.insert(errors.end(), rows.error().begin(), rows.error().end());
      continue;
    }
    for (const data::JsonRow& row : rows->rows) {
      const auto phase = row.value.find("phase");
      if (phase == row.value.end() || *phase != kAccuracyPhase) {
        continue;
      }
      PublishedPoint point = PointReader(*rows, row, errors).read();
      const auto same = [&point](const PublishedPoint& one) { return one.id == point.id; };
      const auto earlier = std::find_if(all.begin(), all.end(), same);
      (earlier == all.end() ? all.emplace_back() : *earlier) = std::move(point);
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return all;
}

TaskCurves curves_of(const std::vector<PublishedPoint>& points, std::string_view checkpoint,
                     std::string_view benchmark) {
  TaskCurves found;
  found.checkpoint = checkpoint;
  found.benchmark = benchmark;
  CurveBuilder chain, tokens, majority, best_of;
  std::vector<std::pair<std::string, CurveBuilder>> revisions;
  for (const PublishedPoint* one : points_of(points, checkpoint, benchmark)) {
    found.checkpoint = one->checkpoint;
    found.benchmark = one->benchmark;
    found.problems = std::max(found.problems, one->problems);
    if (std::find(found.sources.begin(), found.sources.end(), one->source) == found.sources.end()) {
      found.sources.push_back(one->source);
    }
    if (one->max_tokens) {
      found.max_tokens = std::max(found.max_tokens.value_or(0.0), *one->max_tokens);
    }
    // One sample and one pass are a chain, whatever would choose among more.
    const bool single = one->spent == 1.0;
    if (single && chain.empty()) {
      chain.add(1.0, *one);
    }
    if (single && one->mean_tokens) {
      tokens.add(*one->mean_tokens, *one);
    }
    if (one->method == Reasoning::kMajority) {
      majority.add(one->spent, *one);
    }
    if (one->method == Reasoning::kBestOf) {
      best_of.add(one->spent, *one);
    }
    if (one->method == Reasoning::kRevision) {
      auto place = std::find_if(revisions.begin(), revisions.end(),
                                [one](const auto& each) { return each.first == one->series; });
      if (place == revisions.end()) {
        place = revisions.insert(revisions.end(), {one->series, {}});
      }
      place->second.add(one->spent, *one);
    }
  }
  // A vote of one is a chain.
  for (const PublishedPoint* one : points_of(points, checkpoint, benchmark)) {
    if (one->method == Reasoning::kChain && !majority.empty()) {
      majority.add(1.0, *one);
    }
  }
  for (const PublishedPoint& one : points) {
    if (one.equal_samples > 0.0) {
      found.passes_like_samples = one.equal_samples / one.spent;
    }
  }
  found.chain = chain.take();
  found.tokens = tokens.take();
  found.majority = majority.take();
  found.best_of = best_of.take();
  for (auto& [series, builder] : revisions) {
    found.revisions.push_back(builder.take());
  }
  return found;
}

}  // namespace redline::app

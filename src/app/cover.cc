#include "app/cover.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "app/built_text.h"
#include "app/exposure_text.h"
#include "app/verdict_html.h"
#include "app/verdict_text.h"
#include "app/worth_text.h"
#include "results/svg.h"
#include "results/text_template.h"

namespace redline::app {
namespace {

using results::DotWhisker;
using results::Html;
using results::KeyFigure;
using results::plain;
using results::WhiskerRow;
using results::Words;

constexpr double kWidth = 420.0;  // of a plot of the cover, px

// Among the figures that newly catch the part, the one that it exceeds by most; null: there is
// none.
const ComparisonLine* widest_margin(const Verdict& before, const Verdict& after) {
  const ComparisonLine* widest = nullptr;
  for (const ComparisonLine& line : after.tests) {
    const bool old = std::any_of(before.tests.begin(), before.tests.end(),
                                 [&](const ComparisonLine& b) { return b.rule == line.rule; });
    if (!old && line.met == Tri::kYes && line.value && line.margin_percent &&
        (widest == nullptr || *line.margin_percent > *widest->margin_percent)) {
      widest = &line;
    }
  }
  return widest;
}

// The quantity nearest to its limit from below: how close the part was designed to the line.
std::string closest_text(const Flip& flip, const Words& say) {
  return say(
      "Under the earlier thresholds the part stood just outside: its {quantity} of {value} was "
      "{percent} % away from {limit}, at which the answer changes.",
      {{"quantity", flip.quantity},
       {"value", fmt::format("{:.6g}", flip.from)},
       {"percent", fmt::format("{:.2f}", std::fabs(flip.change_percent))},
       {"limit", fmt::format("{:g}", flip.to)}});
}

std::string widest_text(const ComparisonLine& line, const Verdict& after, const Words& say) {
  return say(
      "Under the new requirement it stands far inside: its {quantity} of {value} {unit} is "
      "{percent} % above the limit of {limit} ({paragraph}).",
      {{"quantity", line.quantity},
       {"value", fmt::format("{:g}", *line.value)},
       {"unit", line.unit},
       {"percent", fmt::format("{:.0f}", *line.margin_percent)},
       {"limit", fmt::format("{:g}", line.limit)},
       {"paragraph", after.paragraph}});
}

// What the answers were, with {answer} still to be filled in.
struct AnswerSentence {
  std::string text;
  const Verdict* verdict = nullptr;
};
std::array<AnswerSentence, 2> answer_sentences(const Workspace& w, const BriefFacts& facts,
                                               const Words& say) {
  const Verdict& b = facts.before;
  const Verdict& a = facts.after;
  return {{{say("On {date}, the {chip} to {place}: {answer}.",
                {{"date", format_date(b.as_of)},
                 {"chip", facts.subject->name},
                 {"place", w.catalog.geography.name_of(facts.scenario.to)}}),
            &b},
           {a.rule.empty() ? say("On {date}: {answer}.", {{"date", format_date(a.as_of)}})
                           : say("On {date}: {answer}, through {rule}.",
                                 {{"date", format_date(a.as_of)}, {"rule", a.rule}}),
            &a}}};
}

DotWhisker small_plot(std::string id, std::string description) {
  DotWhisker plot;
  plot.id = "cover-" + std::move(id);
  plot.description = std::move(description);
  plot.width = kWidth;
  return plot;
}

KeyFigure figure_of(std::string number, std::string caption, const DotWhisker& plot,
                    std::string section) {
  return {std::move(number), std::move(caption), results::render_svg(plot), std::move(section)};
}

WhiskerRow margin_row(const std::string& quantity, double value, double limit,
                      const std::string& unit, const Words& say) {
  WhiskerRow row;
  row.label = quantity;
  row.value = row.low = row.high = 100.0 * value / limit;
  row.text = say("{value} of {limit}", {{"value", results::format_number(value, 5)},
                                        {"limit", results::format_number(limit, 5)}});
  row.tooltip = fmt::format("{}: {} {}", quantity, row.text, unit);
  row.emphasis = true;
  return row;
}

std::optional<KeyFigure> margins(const BriefFacts& facts, const Words& say) {
  const auto& flip = facts.before.nearest_flip;
  const ComparisonLine* widest = widest_margin(facts.before, facts.after);
  if (!flip && widest == nullptr) {
    return std::nullopt;
  }
  DotWhisker plot = small_plot(
      "margins", say("Dot plot of the figures of the part as shares of the limits that they were "
                     "held against; the tables of tests give the values."));
  plot.title = say("Figures and limits");
  plot.x = {say("Share of the limit"), "%", true};
  plot.marks.push_back({100.0, say("the limit")});
  if (flip && flip->to > 0.0) {
    plot.groups.push_back({format_date(facts.before.as_of),
                           {margin_row(flip->quantity, flip->from, flip->to, flip->unit, say)}});
  }
  if (widest == nullptr) {
    return figure_of(
        fmt::format("{} %", results::format_number(std::fabs(flip->change_percent), 3)),
        say("away from the nearest limit on {date}", {{"date", format_date(facts.before.as_of)}}),
        plot, "#why-caught");
  }
  plot.groups.push_back(
      {format_date(facts.after.as_of),
       {margin_row(widest->quantity, *widest->value, widest->limit, widest->unit, say)}});
  return figure_of(fmt::format("{} %", results::format_number(*widest->margin_percent, 3)),
                   say("above the limit on {date}", {{"date", format_date(facts.after.as_of)}}),
                   plot, "#why-caught");
}

std::optional<KeyFigure> shares(const WorthReport& report, const Words& say) {
  DotWhisker plot = small_plot("shares", say("Dot plot of the shares, use by use, with their 80 % "
                                             "intervals; the tables give the values."));
  plot.title = say("Share of one {reference}", {{"reference", short_name(report.reference())}});
  plot.x = {say("Share"), "%", true};
  plot.marks.push_back({100.0, short_name(report.reference())});
  results::WhiskerGroup group{short_name(report.subject()), {}};
  std::vector<double> known;
  for (const UseWorth& use : report.uses) {
    const auto share = use.share(use.subject());
    WhiskerRow row;
    row.label = row.tooltip = use_name(use, say);
    row.text = say("not known");
    if (share) {
      known.push_back(share->value);
      row.value = 100.0 * share->value;
      row.low = 100.0 * share->low;
      row.high = 100.0 * share->high;
      row.text = say("{share} % ({low} to {high})", {{"share", percent_text(share->value)},
                                                     {"low", percent_text(share->low)},
                                                     {"high", percent_text(share->high)}});
      row.tooltip += ": " + row.text;
    }
    group.rows.push_back(std::move(row));
  }
  if (known.empty()) {
    return std::nullopt;
  }
  plot.groups.push_back(std::move(group));
  const auto [least, most] = std::minmax_element(known.begin(), known.end());
  const std::string low = percent_text(*least), high = percent_text(*most);
  return figure_of(
      low == high ? low + " %" : say("{low} to {high} %", {{"low", low}, {"high", high}}),
      say("of the work of one {reference}, use by use",
          {{"reference", short_name(report.reference())}}),
      plot, "#worth");
}

std::optional<KeyFigure> paths(const ExposureReport& report, const Words& say) {
  if (report.result.samples == 0) {
    return std::nullopt;
  }
  const exposure::Model& m = *report.model;
  const std::size_t net = report.places().total(exposure::FirmMeasure::kNet);
  constexpr double kUnit = exposure::kCentsAUsd * kGusd;
  DotWhisker plot = small_plot("paths", say("Dot plot of the net of each path, mean and the range "
                                            "of 90 % of worlds; the table gives the values."));
  plot.title = say("Net of each path");
  plot.x = {say("Net"), "GUSD"};
  results::WhiskerGroup group{say("mean, and 5 to 95 % of worlds"), {}};
  for (std::size_t o = 0; o < m.options.size(); ++o) {
    const Tally& tally = report.account(o, net).tally;
    WhiskerRow row;
    row.label = say(m.options[o].title);
    row.value = tally.mean() / kUnit;
    row.low = tally.quantile(0.05) / kUnit;
    row.high = tally.quantile(0.95) / kUnit;
    row.text = say("{value} ({low} to {high})", {{"value", number(*row.value, 2)},
                                                 {"low", number(row.low, 2)},
                                                 {"high", number(row.high, 2)}});
    row.tooltip = fmt::format("{}: {} GUSD", row.label, row.text);
    row.emphasis = o == report.best;
    group.rows.push_back(std::move(row));
  }
  plot.groups.push_back(std::move(group));
  const double best = report.account(report.best, net).tally.mean() / kUnit;
  return figure_of(fmt::format("{} GUSD", number(best, 2)),
                   say("net of '{option}', the path that earns most",
                       {{"option", say(m.options[report.best].title)}}),
                   plot, "#three-paths");
}

}  // namespace

std::vector<std::string> margin_sentences(const BriefFacts& facts, const Words& say) {
  std::vector<std::string> sentences;
  if (facts.before.nearest_flip) {
    sentences.push_back(closest_text(*facts.before.nearest_flip, say));
  }
  if (const auto* widest = widest_margin(facts.before, facts.after); widest != nullptr) {
    sentences.push_back(widest_text(*widest, facts.after, say));
  }
  return sentences;
}

results::Html cover_answer(const Workspace& workspace, const BriefFacts& facts, const Words& say) {
  Html answer;
  for (const auto& [text, verdict] : answer_sentences(workspace, facts, say)) {
    if (!answer.markup().empty()) {
      answer += plain(sentence_gap(say));
    }
    answer += marked_up(text, {{"answer", results::strong(answer_words(*verdict, say))}});
  }
  return answer;
}

std::vector<std::string> cover_sentences(const Workspace& workspace, const BriefFacts& facts,
                                         const Words& say) {
  std::string answer;
  for (const auto& [text, verdict] : answer_sentences(workspace, facts, say)) {
    answer += answer.empty() ? "" : sentence_gap(say);
    answer += results::fill_template(text, {{"answer", answer_words(*verdict, say)}});
  }
  std::vector<std::string> sentences{answer};
  if (const auto margins = margin_sentences(facts, say); !margins.empty()) {
    sentences.push_back(margins.back());
  }
  if (facts.worth) {
    sentences.push_back(worth_span(*facts.worth, say));
  }
  if (facts.built) {
    if (const auto built = built_findings(*facts.built, say); !built.empty()) {
      sentences.push_back(built.back());
    }
  }
  if (facts.exposure && facts.exposure->result.samples > 0) {
    sentences.push_back(exposure_headline(*facts.exposure, say));
  }
  return sentences;
}

std::vector<KeyFigure> cover_figures(const BriefFacts& facts, const Words& say) {
  std::vector<KeyFigure> figures;
  const auto add = [&figures](std::optional<KeyFigure> figure) {
    if (figure) {
      figures.push_back(std::move(*figure));
    }
  };
  add(margins(facts, say));
  if (facts.worth) {
    add(shares(*facts.worth, say));
  }
  if (facts.exposure) {
    add(paths(*facts.exposure, say));
  }
  return figures;
}

}  // namespace redline::app

// The two plots of what a chip is worth.

#include <algorithm>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "app/worth_text.h"

namespace redline::app {
namespace {

using results::DotWhisker;
using results::WhiskerRow;
using results::Words;

std::string usd(double value) { return results::format_number(value, 2); }

DotWhisker empty_plot(std::string_view id, const Words& say) {
  DotWhisker plot;
  plot.id = std::string(id);
  // In the order of Evidence.
  plot.series = {{say("constants fitted on the chip itself")},
                 {say("constants fitted on relatives")},
                 {say("known from its data sheet alone")}};
  return plot;
}

WhiskerRow row_of(const WorthReport& report, const UseWorth& use, std::size_t i, const Words& say) {
  const ChipInUse& one = use.chips[i];
  WhiskerRow row;
  row.label = short_name(*report.chips[i]);
  row.emphasis = i == 0;
  row.tooltip = report.chips[i]->name;
  if (!one.answer) {
    row.text = say("not known");
    row.tooltip = fmt::format("{}: {}", report.chips[i]->name, say(one.reason));
    return row;
  }
  row.series = static_cast<std::size_t>(one.answer->time().evidence);
  return row;
}

void place(WhiskerRow& row, const Spread& spread, std::string text) {
  row.value = spread.value;
  row.low = spread.low;
  row.high = spread.high;
  row.tooltip += ": " + text;
  row.text = std::move(text);
}

// The key has no kinds of evidence that no row rests on.
void trim_key(DotWhisker& plot) {
  std::size_t used = 0;
  for (const results::WhiskerGroup& group : plot.groups) {
    for (const WhiskerRow& row : group.rows) {
      used = row.value ? std::max(used, row.series + 1) : used;
    }
  }
  plot.series.resize(used);
}

}  // namespace

DotWhisker share_plot(const WorthReport& report, const Words& say) {
  const std::string reference = short_name(report.reference());
  DotWhisker plot = empty_plot("worth-share", say);
  plot.title = say("What one chip does of the work of one {reference}", {{"reference", reference}});
  plot.subtitle =
      say("Tokens a second, each chip on the plan that suits it; the bar is the 80 % interval, the "
          "figures on the right say the same");
  plot.description =
      say("Dot plot of chips, grouped by use, with the share of {reference} that each has and its "
          "80 % interval; the tables give the values.",
          {{"reference", reference}});
  plot.x = {say("Share of {reference}", {{"reference", reference}}), "%", true};
  if (report.claimed) {
    plot.marks.push_back(
        {100.0 * report.claimed->share,
         say("the article: {share} %", {{"share", percent_text(report.claimed->share)}})});
  }
  plot.marks.push_back({100.0, fmt::format("{}: 100 %", reference)});
  for (const UseWorth& use : report.uses) {
    results::WhiskerGroup group{use_name(use, say), {}};
    for (std::size_t i = 0; i < use.chips.size(); ++i) {
      if (i == 1) {
        continue;  // the reference is the rule at 100 %
      }
      WhiskerRow row = row_of(report, use, i, say);
      if (const auto share = use.share(use.chips[i])) {
        place(row, {100.0 * share->value, 100.0 * share->low, 100.0 * share->high},
              say("{share} % ({low} to {high})", {{"share", percent_text(share->value)},
                                                  {"low", percent_text(share->low)},
                                                  {"high", percent_text(share->high)}}));
      } else if (row.text.empty()) {
        row.text = say("not known");
      }
      group.rows.push_back(std::move(row));
    }
    plot.groups.push_back(std::move(group));
  }
  trim_key(plot);
  return plot;
}

DotWhisker cost_plot(const WorthReport& report, const Words& say) {
  DotWhisker plot = empty_plot("worth-cost", say);
  plot.title = say("What a million tokens costs");
  plot.subtitle = say(
      "Cost of owning the chip; the bar is the 80 % interval of its speed, its price being taken "
      "as it is");
  plot.description = say(
      "Dot plot of chips, grouped by use, with the cost of a million tokens on each and its 80 % "
      "interval; the tables give the values.");
  plot.x = {say("Cost of a million tokens"), "USD", true};
  for (const UseWorth& use : report.uses) {
    results::WhiskerGroup group{use_name(use, say), {}};
    for (std::size_t i = 0; i < use.chips.size(); ++i) {
      const ChipInUse& one = use.chips[i];
      WhiskerRow row = row_of(report, use, i, say);
      const auto cost = one.answer ? one.answer->usd_per_million_tokens() : std::nullopt;
      if (cost) {
        const Spread rate = rate_of(*one.answer);
        const Spread spread{*cost, *cost * rate.value / rate.high, *cost * rate.value / rate.low};
        place(row, spread,
              say("{usd} USD ({low} to {high})", {{"usd", usd(spread.value)},
                                                  {"low", usd(spread.low)},
                                                  {"high", usd(spread.high)}}));
      } else if (one.answer) {
        row.text = say("price not known");
      }
      group.rows.push_back(std::move(row));
    }
    plot.groups.push_back(std::move(group));
  }
  trim_key(plot);
  return plot;
}

}  // namespace redline::app

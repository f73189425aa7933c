// The trees of paths, as a table, a plot and JSON.

#include <fmt/format.h>

#include "app/exposure_text.h"

namespace redline::app {
namespace {

using exposure::PathTree;
using exposure::TreeBranch;
using results::Align;
using results::Table;
using results::Words;

// "ask for licenses", "The first license for the H20 is issued: yes".
std::string branch_name(const ExposureReport& report, std::size_t option, const TreeBranch& branch,
                        const Words& say) {
  const exposure::Model& m = *report.model;
  if (branch.event == exposure::kNone) {
    return say(m.options[option].title);
  }
  const std::string& what = m.events[static_cast<std::size_t>(branch.event)].what;
  return say("{event}: {answer}",
             {{"event", say(what)}, {"answer", branch.comes ? say("yes") : say("no")}});
}

Json branch_json(const exposure::Model& model, const PathTree& tree, std::size_t& at) {
  const TreeBranch& branch = tree[at++];
  Json json{{"event", branch.event == exposure::kNone
                          ? Json(nullptr)
                          : Json(model.events[static_cast<std::size_t>(branch.event)].id)},
            {"comes", branch.event == exposure::kNone ? Json(nullptr) : Json(branch.comes)},
            {"share", branch.share},
            {"net_usd", {{"mean", branch.mean}, {"p5", branch.low}, {"p95", branch.high}}}};
  Json branches = Json::array();
  while (at < tree.size() && tree[at].depth > branch.depth) {
    branches.push_back(branch_json(model, tree, at));
  }
  json["branches"] = std::move(branches);
  return json;
}

}  // namespace

Json exposure_tree_json(const ExposureReport& report, std::size_t option) {
  if (option >= report.trees.size() || report.trees[option].empty()) {
    return nullptr;
  }
  std::size_t at = 0;
  return branch_json(*report.model, report.trees[option], at);
}

Table exposure_trees(const ExposureReport& report, const Words& say) {
  Table table;
  table.title = "What each path hangs on: net by what comes, GUSD over all quarters";
  table.columns = {{"branch", "Path, and what comes", "", Align::kLeft, 4, 50},
                   {"share", "Worlds", "%", Align::kRight, 2},
                   {"net", "Net", "", Align::kRight, 2},
                   {"net_range", "5-95 %", "", Align::kRight}};
  for (std::size_t o = 0; o < report.trees.size(); ++o) {
    for (const TreeBranch& one : report.trees[o]) {
      // Spaces that neither a page nor a wrapped line drops.
      std::string name;
      for (std::size_t i = 0; i < one.depth; ++i) {
        name += "\u00A0\u00A0";
      }
      table.rows.push_back(
          {name + branch_name(report, o, one, say), 100.0 * one.share, one.mean / kGusd,
           say("{low} to {high}",
               {{"low", number(one.low / kGusd, 2)}, {"high", number(one.high / kGusd, 2)}})});
    }
  }
  if (!table.rows.empty()) {
    table.notes.push_back(say(
        "Of the events that a path waits for, the four whose coming by the end of the quarters "
        "tells most of its net; a branch of fewer than 2 % of worlds, or one that changes next to "
        "nothing, is not split off."));
  }
  return table;
}

results::DotWhisker exposure_tree_plot(const ExposureReport& report, const Words& say) {
  results::DotWhisker plot;
  plot.id = "exposure-trees";
  plot.title = say("What each path hangs on");
  plot.subtitle = say(
      "Net in the worlds of each branch: the mean, and the range that holds 90 % of them; beside "
      "it the share of worlds");
  plot.description =
      say("Trees of the paths: each branch an event that comes within the quarters or does not, "
          "with the share of worlds and the net in them; the table gives the values.");
  plot.x = {say("Net"), "GUSD"};
  plot.label_share = 0.46;
  for (std::size_t o = 0; o < report.trees.size(); ++o) {
    if (report.trees[o].size() < 2) {
      continue;  // it hangs on none
    }
    results::WhiskerGroup group{say(report.model->options[o].title), {}};
    for (const TreeBranch& one : report.trees[o]) {
      const bool root = one.event == exposure::kNone;
      results::WhiskerRow row;
      row.label = root ? say("all worlds") : branch_name(report, o, one, say);
      row.depth = one.depth;
      row.value = one.mean / kGusd;
      row.low = one.low / kGusd;
      row.high = one.high / kGusd;
      row.emphasis = root;
      row.text = say("{share} %: {net}",
                     {{"share", number(100.0 * one.share, 2)}, {"net", number(*row.value, 2)}});
      row.tooltip = say("{branch}\n{share} % of worlds; net {net} ({low} to {high}) GUSD",
                        {{"branch", row.label},
                         {"share", number(100.0 * one.share, 2)},
                         {"net", number(*row.value, 2)},
                         {"low", number(row.low, 2)},
                         {"high", number(row.high, 2)}});
      group.rows.push_back(std::move(row));
    }
    plot.groups.push_back(std::move(group));
  }
  return plot;
}

}  // namespace redline::app

// Trees of paths against chances that are known.
#include "exposure/path_tree.h"

#include <gtest/gtest.h>

#include "exposure/test_scenario.h"

namespace redline::exposure {
namespace {

std::vector<PathTree> trees_of(const Model& model, std::uint64_t samples = kMany) {
  const auto inputs = inputs_of(model);
  return path_trees(model, inputs, choices(model, inputs, samples, options_of(samples)));
}

TEST(PathTree, TellsThreeGatesOneAfterTheOther) {
  const Model model = model_of(
      scenario(happens("told", "happened = 2025-04-09") + happens("gate", "probability = 0.8") +
               happens("prc", "after = [\"gate\"]\nprobability = 0.3") +
               happens("order", "after = [\"prc\"]\nprobability = 0.5") +
               sold("prize", "opens = [\"told\", \"order\"]\ndemand = \"10 GUSD\"\nmargin = 0.6") +
               choice("apply", "\"prize\"") + choice("rest", "")));
  const auto trees = trees_of(model);
  ASSERT_EQ(trees.size(), 2U);
  struct Known {
    const char* event;
    bool comes;
    std::size_t depth;
    double share;
  };
  const Known known[] = {{"gate", true, 1, 0.8},   {"prc", true, 2, 0.24},
                         {"order", true, 3, 0.12}, {"order", false, 3, 0.12},
                         {"prc", false, 2, 0.56},  {"gate", false, 1, 0.2}};
  const PathTree& tree = trees[0];
  ASSERT_EQ(tree.size(), 1 + std::size(known));
  EXPECT_EQ(tree[0].event, kNone);
  EXPECT_EQ(tree[0].share, 1.0);
  for (std::size_t i = 0; i < std::size(known); ++i) {
    const TreeBranch& one = tree[i + 1];
    EXPECT_EQ(model.events[static_cast<std::size_t>(one.event)].id, known[i].event) << i;
    EXPECT_EQ(one.comes, known[i].comes) << i;
    EXPECT_EQ(one.depth, known[i].depth) << i;
    EXPECT_NEAR(one.share, known[i].share, 0.001) << i;
  }
  // All of it is earned where the order comes, and then it is sure.
  EXPECT_GT(tree[3].mean, 1.0 * kBn);
  EXPECT_DOUBLE_EQ(tree[3].low, tree[3].high);
  for (const std::size_t nothing : {4U, 5U, 6U}) {
    EXPECT_EQ(tree[nothing].mean, 0.0) << nothing;
  }
  EXPECT_NEAR(tree[0].mean, tree[3].share * tree[3].mean, 1.0);
  // A path without lines hangs on nothing.
  ASSERT_EQ(trees[1].size(), 1U);
  EXPECT_EQ(trees[1][0].mean, 0.0);
}

TEST(PathTree, BranchesMakeUpWhatTheyComeFrom) {
  const Model model = model_of(h20_text());
  const auto trees = trees_of(model);
  std::size_t splits = 0;
  for (const PathTree& tree : trees) {
    for (std::size_t i = 0; i < tree.size(); ++i) {
      double share = 0.0, net = 0.0;
      for (std::size_t k = i + 1; k < tree.size() && tree[k].depth > tree[i].depth; ++k) {
        if (tree[k].depth == tree[i].depth + 1) {
          share += tree[k].share;
          net += tree[k].share * tree[k].mean;
        }
      }
      if (share > 0.0) {
        ++splits;
        EXPECT_NEAR(share, tree[i].share, 1e-12);
        EXPECT_NEAR(net, tree[i].share * tree[i].mean, 1e-6 * kBn);
      }
      EXPECT_LE(tree[i].low, tree[i].high);
      EXPECT_GE(tree[i].share, 0.02);
    }
  }
  EXPECT_GE(splits, 4U);
}

TEST(PathTree, AsksTheFourEventsThatTellMost) {
  std::string body, lines;
  for (int e = 0; e < 6; ++e) {
    body += happens(fmt::format("e{}", e), "probability = 0.5");
  }
  for (int e = 0; e < 6; ++e) {
    body += sold(fmt::format("l{}", e),
                 fmt::format("opens = [\"e{0}\"]\ndemand = \"{1} GUSD\"\nmargin = 0.5", e, e + 1));
    lines += fmt::format("{}\"l{}\"", e == 0 ? "" : ", ", e);
  }
  const Model model = model_of(scenario(body + choice("all", lines) + choice("none", "")));
  const PathTree tree = trees_of(model)[0];
  EXPECT_EQ(tree.size(), 31U);  // sixteen leaves, and what leads to them
  for (const TreeBranch& one : tree) {
    EXPECT_TRUE(one.event == kNone || one.event >= 2) << one.event;
    EXPECT_LE(one.depth, 4U);
  }
}

TEST(PathTree, OfASingleOptionAllLinesAreAsked) {
  const Model model = model_of(scenario(
      happens("e", "probability = 0.5") +
      sold("l", "opens = [\"e\"]\ndemand = \"1 GUSD\"\nmargin = 0.5") + choice("all", "\"l\"")));
  EXPECT_EQ(trees_of(model)[0].size(), 3U);
}

TEST(PathTree, WithoutWorldsThereIsNone) {
  const Model model = model_of(h20_text());
  for (const PathTree& tree : path_trees(model, inputs_of(model), Choices{})) {
    EXPECT_TRUE(tree.empty());
  }
}

}  // namespace
}  // namespace redline::exposure

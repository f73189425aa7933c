#pragma once
// Scenarios of a few lines, for tests of models and worlds.

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "exposure/model.h"
#include "exposure/run.h"

namespace redline::exposure {

// A scenario of 2025-04-17 with one firm, "us", whose year ends as NVIDIA's does, four quarters
// and, where `body` has none, an option without lines. `head` stands before the first table.
inline std::string scenario(const std::string& body, const std::string& head = "quarters = 4\n") {
  const std::string text = "id = \"s\"\ntitle = \"S\"\nas_of = 2025-04-17\n" + head +
                           "[[firm]]\nid = \"us\"\ntitle = \"Us\"\nyear_ends = 1\n" + body;
  return text.find("[[option]]") != std::string::npos
             ? text
             : text + "\n[[option]]\nid = \"stay\"\ntitle = \"stay\"\nlines = []\n";
}

inline Model model_of(const std::string& text, const ScenarioContext& context = {}) {
  auto model = read_model("s.toml", text, context);
  EXPECT_TRUE(model) << render(model.error()) << text;
  RL_CHECK(model.has_value());
  return std::move(*model);
}

inline const QuantityInfo& quantity(const Model& model, std::string_view id) {
  const auto found = std::find_if(model.quantities.begin(), model.quantities.end(),
                                  [&](const QuantityInfo& one) { return one.id == id; });
  RL_CHECK(found != model.quantities.end());
  return *found;
}

inline std::size_t answer_index(const Model& model, std::string_view id) {
  const auto found = std::find_if(model.answers.begin(), model.answers.end(),
                                  [&](const AnswerInfo& one) { return one.id == id; });
  RL_CHECK(found != model.answers.end());
  return static_cast<std::size_t>(found - model.answers.begin());
}

// --- Problems

struct Problem {
  int line = 0, column = 0;
  Code code{};
  friend auto operator<=>(const Problem&, const Problem&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Problem& one) {
    return out << one.line << ':' << one.column << ' ' << code_name(one.code);
  }
};

inline Diagnostics problems_of(const std::string& text, const ScenarioContext& context = {}) {
  auto model = read_model("s.toml", text, context);
  return model ? Diagnostics{} : std::move(model).error();
}

// Reads a scenario in which '@' marks each place of a problem; their codes are `codes`, in the
// order of the file.
inline void expect_problems(const std::string& marked, const std::vector<Code>& codes,
                            const ScenarioContext& context = {}) {
  std::string text;
  std::vector<Problem> expected;
  int line = 1, column = 1;
  for (const char c : marked) {
    if (c == '@') {
      ASSERT_LT(expected.size(), codes.size());
      expected.push_back({line, column, codes[expected.size()]});
      continue;
    }
    text += c;
    line += c == '\n' ? 1 : 0;
    column = c == '\n' ? 1 : column + 1;
  }
  ASSERT_EQ(expected.size(), codes.size());
  const Diagnostics errors = problems_of(text, context);
  std::vector<Problem> found;
  for (const Error& error : errors) {
    ASSERT_TRUE(error.where.has_value()) << error.message;
    EXPECT_EQ(error.where->file, "s.toml") << error.message;
    EXPECT_FALSE(error.help.empty()) << error.message;
    found.push_back({error.where->line, error.where->column, error.code});
  }
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, expected) << render(errors) << text;
}

// The only problem of a scenario.
inline Error only_problem(const std::string& text, const ScenarioContext& context = {}) {
  const Diagnostics errors = problems_of(text, context);
  EXPECT_EQ(errors.size(), 1U) << render(errors) << text;
  return errors.empty() ? Error{} : errors.front();
}

// --- Texts of tables

inline std::string number(const std::string& id, const std::string& rest) {
  return fmt::format("[[quantity]]\nid = \"{}\"\nwhat = \"W\"\n{}\n", id, rest);
}
inline std::string drawn(const std::string& id, const std::string& literal) {
  return number(id, fmt::format("value = \"{}\"", literal));
}
inline std::string happens(const std::string& id, const std::string& rest) {
  return fmt::format("[[event]]\nid = \"{}\"\nwhat = \"W\"\n{}\n", id, rest);
}
inline std::string sold(const std::string& id, const std::string& rest) {
  return fmt::format("[[line]]\nid = \"{}\"\nwhat = \"W\"\n{}\n", id, rest);
}
inline std::string choice(const std::string& id, const std::string& lines) {
  return fmt::format("[[option]]\nid = \"{}\"\ntitle = \"T\"\nlines = [{}]\n", id, lines);
}
inline std::string asked(const std::string& id, const std::string& formula) {
  return fmt::format("[[answer]]\nid = \"{}\"\nwhat = \"W\"\nformula = \"{}\"\n", id, formula);
}
inline std::string tie(const std::string& a, const std::string& b, double value) {
  return fmt::format("[[correlation]]\nbetween = [\"{}\", \"{}\"]\nvalue = {}\n", a, b, value);
}

// The H20's kind of case, with something of everything.
inline std::string h20_text(const std::string& license = "0.6") {
  return scenario(
      drawn("a_quarter", "5 to 9 GUSD") + drawn("chance", license) + drawn("margin", "0.5 to 0.6") +
          happens("told", "happened = 2025-04-09") +
          happens("license",
                  "after = [\"told\"]\nprobability = \"chance\"\n"
                  "delay = \"uniform(0, 300) days\"") +
          happens("veto", "rate = 0.5") +
          sold("h20",
               "demand = \"a_quarter\"\nmargin = \"margin\"\ncloses = [\"told\"]\n"
               "stock = \"2 to 3 GUSD\"\nstock_reusable = 0.2\n"
               "commitments = \"3 GUSD\"\ncancellable = 0.1\nreusable = 0.3") +
          sold("licensed",
               "demand = \"a_quarter\"\nmargin = \"margin\"\nopens = [\"license\"]\n"
               "ends = [\"veto\"]\nconversion = \"uniform(0.1, 0.4)\"\n"
               "stock_of = \"h20\"\nsupply = \"1 GUSD\"\nsupply_lead = \"90 days\"\n"
               "share = 0.15") +
          sold("freed", "replaces = \"h20\"\nmargin = 0.7\nfungible = 0.3\nlead = \"100 days\"") +
          choice("wait", "") + choice("apply", "\"licensed\"") +
          choice("both", "\"licensed\", \"freed\"") + asked("sold", "revenue(licensed)") +
          asked("part", "by(license, 2025-12-31)") +
          asked("back", "released(h20) + released(licensed)"),
      "quarters = 4\nalways = [\"h20\"]\n");
}

// --- Runs

inline constexpr double kBn = 1e9;
inline constexpr std::uint64_t kMany = std::uint64_t{1} << 16U;

inline RunOptions options_of(std::uint64_t samples, std::uint64_t seed = 1,
                             SampleDesign design = SampleDesign::kSobol) {
  RunOptions options;
  options.samples = samples;
  options.seed = seed;
  options.design = design;
  return options;
}

// A model and what its worlds gave.
struct Ran {
  Model model;
  RunResult result;

  explicit Ran(Model of, const RunOptions& options = options_of(kMany))
      : model(std::move(of)), result(run(model, options)) {}

  [[nodiscard]] const Account& account(std::string_view id, std::size_t option = 0) const {
    return result.of[option][Accounts(model).answer(answer_index(model, id))];
  }
  [[nodiscard]] const Tally& tally(std::string_view id, std::size_t option = 0) const {
    return account(id, option).tally;
  }
  // Of what is kept by base units.
  [[nodiscard]] double scale(std::string_view id) const {
    return result.scales[answer_index(model, id)];
  }
  [[nodiscard]] double mean(std::string_view id, std::size_t option = 0) const {
    return tally(id, option).mean() / scale(id);
  }
  [[nodiscard]] double deviation(std::string_view id) const {
    return tally(id).deviation() / scale(id);
  }
  [[nodiscard]] double quantile(std::string_view id, double level) const {
    return tally(id).quantile(level) / scale(id);
  }
  [[nodiscard]] double total(FirmMeasure measure, std::size_t option = 0) const {
    return result.of[option][Accounts(model).total(measure)].tally.mean() / kCentsAUsd;
  }
  [[nodiscard]] double quarter(FirmMeasure measure, std::size_t q, std::size_t option = 0) const {
    return result.of[option][Accounts(model).of(measure, q)].tally.mean() / kCentsAUsd;
  }
};

}  // namespace redline::exposure

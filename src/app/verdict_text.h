#pragma once
// Verdicts in words and tables, for every front end and for the brief.

#include <string>
#include <string_view>
#include <vector>

#include "redline/place.h"
#include "redline/verdict.h"

#include "app/report.h"
#include "results/words.h"

namespace redline::app {

// "LICENSE REQUIRED, presumption of denial": the answer in a few words.
[[nodiscard]] std::string answer_words(const Verdict& verdict, const results::Words& say);
// "h20-96gb to China on 2025-04-16: LICENSE REQUIRED …".
[[nodiscard]] std::string headline(const Geography& geography, const Verdict& verdict,
                                   const results::Words& say);

// What the verdict is about: a chip, a board or server with it, or technology for it.
[[nodiscard]] std::string subject_words(const Verdict& verdict, const results::Words& say);

// What an application asks for, with what is met, unknown and to be certified: as a table, and as
// lines for a terminal, where nothing may be cut.
[[nodiscard]] results::Table checklist_table(const Checklist& list, const results::Words& say);

// "yes", "no" or "?".
[[nodiscard]] std::string truth_word(Tri tri, const results::Words& say);
// Conditions and fees, and the measures of the destination, a line each.
[[nodiscard]] std::vector<std::string> condition_lines(const Verdict& verdict,
                                                       const results::Words& say);
[[nodiscard]] std::vector<std::string> side_lines(const Verdict& verdict,
                                                  const results::Words& say);

// Every comparison with its limit and margin.
[[nodiscard]] results::Table comparison_table(const Verdict& verdict, const results::Words& say);
// One row a verdict: all columns for machines, or what fits a terminal of 80 columns.
[[nodiscard]] results::Table verdict_table(const std::vector<Verdict>& verdicts);
[[nodiscard]] results::Table compact_table(const std::vector<Verdict>& verdicts,
                                           const results::Words& say);

// The whole verdict for a person, with the working if `why`.
struct VerdictStyle {
  bool why = false;
  const results::Words& say;
};
void add_verdict(const Geography& geography, const Verdict& verdict, const VerdictStyle& style,
                 std::vector<Block>& blocks);
// A title and its items, said already; nothing if there are none.
void add_list(std::vector<Block>& blocks, std::string_view title,
              const std::vector<std::string>& items);

// A text for a person, "-" where there is none; for machines, empty where there is none.
[[nodiscard]] results::Cell text_cell(std::string_view text);
[[nodiscard]] results::Cell null_cell(std::string_view text);

}  // namespace redline::app

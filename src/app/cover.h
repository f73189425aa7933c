#pragma once
// The first sheet of a brief: the answer in a handful of sentences and figures.

#include <string>
#include <vector>

#include "app/brief_facts.h"
#include "results/html.h"

namespace redline::app {

// May it ship, and by how far not; what is it worth; what would be built instead; what does it cost
// whom. What a scenario does not ask is left out.
[[nodiscard]] std::vector<std::string> cover_sentences(const Workspace& workspace,
                                                       const BriefFacts& facts,
                                                       const results::Words& say);
// The first of them with the answers in bold.
[[nodiscard]] results::Html cover_answer(const Workspace& workspace, const BriefFacts& facts,
                                         const results::Words& say);
// The margins, the shares and the paths.
[[nodiscard]] std::vector<results::KeyFigure> cover_figures(const BriefFacts& facts,
                                                            const results::Words& say);

// How near the part stood to its limits before, and how far over them it stands after; empty where
// there is no such limit.
[[nodiscard]] std::vector<std::string> margin_sentences(const BriefFacts& facts,
                                                        const results::Words& say);

}  // namespace redline::app

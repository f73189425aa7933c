#pragma once
// What pages about verdicts share: their frame, tables and lists.

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "redline/catalog.h"
#include "redline/verdict.h"

#include "results/html.h"
#include "results/words.h"

namespace redline::app {

// The frame of a page in one language, with the note that it is no legal advice.
[[nodiscard]] results::HtmlOptions page_options(std::string title, std::string subtitle,
                                                const results::Words& say);

// A sentence in which some words are marked up: {name} of a piece gives its markup.
[[nodiscard]] results::Html marked_up(
    std::string_view sentence,
    std::initializer_list<std::pair<std::string_view, results::Html>> pieces);

// Every comparison with its instrument; what would turn the answer.
[[nodiscard]] results::Table tests_table(const Verdict& verdict, std::string title,
                                         const results::Words& say);
[[nodiscard]] results::Table flips_table(const Verdict& verdict, std::string title,
                                         const results::Words& say);

// Lists without their headings.
void add_working(const Verdict& verdict, const results::Words& say, results::HtmlPage& page);
void add_flags(const Verdict& verdict, const results::Words& say, results::HtmlPage& page);
void add_assumptions(const Verdict& verdict, const results::Words& say, results::HtmlPage& page);
void add_sources(const Catalog& catalog, const std::set<std::string>& ids,
                 const results::Words& say, results::HtmlPage& page);

}  // namespace redline::app

#pragma once
// Tables and prose for a terminal. Nothing is ever wider than asked for.

#include <string>
#include <string_view>

#include "results/table.h"
#include "results/utf8.h"

namespace redline::results {

struct TextOptions {
  int width = 80;      // cells; 0: as wide as it needs
  bool color = false;  // ANSI bold and dim; nothing is said by colour alone
  CellWords words{};
  // Said under a table in which text was cut; empty says nothing.
  std::string cut_note = "Some text is cut to fit (\xE2\x80\xA6); --format csv has it whole.";
};

// The title, aligned columns with units in the header, the notes; lines end in a newline. Numbers
// are never cut: where the table is too wide, first headers and then text columns wrap, then long
// text is cut with an ellipsis and a note; where even that is too wide, each row becomes a block of
// "title: value" lines.
[[nodiscard]] std::string render_text(const Table& table, const TextOptions& options = {});

// Text broken into lines of at most `width` cells, each begun with `indent` spaces, without a
// newline at the end.
[[nodiscard]] std::string wrap(std::string_view text, int width, int indent = 0);

}  // namespace redline::results

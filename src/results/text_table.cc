#include "results/text_table.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace redline::results {
namespace {

constexpr int kGap = 2;             // cells between columns
constexpr int kLeastTextWidth = 8;  // a text column narrower than this is unreadable
constexpr int kWholeWord = 8;       // a Chinese word of a header as short as this is not broken
constexpr std::size_t kMostLines = 3;
constexpr int kUnlimited = std::numeric_limits<int>::max() / 4;

struct Layout {
  std::vector<std::string> headers;
  std::vector<std::vector<std::string>> cells;  // [row][column], printable, on one line
  std::vector<int> widths;
  bool fits = false;
};

std::string styled(std::string_view text, std::string_view code, bool color) {
  return color && !text.empty() ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

bool is_text_column(const Table& table, std::size_t column) {
  return table.columns[column].align == Align::kLeft &&
         std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
           return std::holds_alternative<std::string>(cell_at(row, column));
         });
}

int total_width(const std::vector<int>& widths) {
  return std::accumulate(widths.begin(), widths.end(), 0) +
         kGap * std::max(0, static_cast<int>(widths.size()) - 1);
}

// Takes cells from the widest column that is wider than its least, until the table fits.
bool shrink(std::vector<int>& widths, const std::vector<int>& least, int width) {
  for (int excess = total_width(widths) - width; excess > 0; --excess) {
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] > least[i] && (widest == widths.size() || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    if (widest == widths.size()) {
      return false;
    }
    --widths[widest];
  }
  return true;
}

// Cells that a header needs so that no word of it is broken. Any two characters of a Chinese word
// could be parted, but a short one reads badly so.
int unbroken_header(std::string_view header) {
  int widest = widest_piece(header);
  while (!header.empty()) {
    const std::string_view word = header.substr(0, header.find(' '));
    const int width = display_width(word);
    widest = width <= kWholeWord ? std::max(widest, width) : widest;
    header.remove_prefix(std::min(header.size(), word.size() + 1));
  }
  return widest;
}

Layout lay_out(const Table& table, const TextOptions& options, int width) {
  Layout layout;
  layout.cells.resize(table.rows.size());
  std::vector<int> wrapped_header;
  std::vector<int> least;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    layout.headers.push_back(printable(header_text(table.columns[i])));
    int content = 1;
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const Cell& cell = cell_at(table.rows[r], i);
      layout.cells[r].push_back(printable(format_cell(cell, table.columns[i], options.words)));
      content = std::max(content, display_width(layout.cells[r].back()));
    }
    const std::string& header = layout.headers.back();
    const int most = table.columns[i].widest > 0 ? table.columns[i].widest : width;
    const int natural = std::min({width, most, std::max(content, display_width(header))});
    const int word = unbroken_header(header);
    layout.widths.push_back(natural);
    wrapped_header.push_back(std::min(natural, std::max(content, word)));
    least.push_back(is_text_column(table, i) ? std::min(natural, std::max(kLeastTextWidth, word))
                                             : wrapped_header.back());
  }
  // Headers give way before text does, and numbers never.
  layout.fits = shrink(layout.widths, wrapped_header, width) || shrink(layout.widths, least, width);
  return layout;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// The lines of one cell: at most kMostLines, the last of them cut where there is more.
std::vector<std::string> cell_lines(std::string_view text, int width, bool& cut) {
  std::vector<std::string> lines = wrap_lines(text, width);
  if (lines.size() > kMostLines) {
    std::string rest = lines[kMostLines - 1];
    for (std::size_t i = kMostLines; i < lines.size(); ++i) {
      rest += ' ' + lines[i];
    }
    lines.resize(kMostLines);
    lines.back() = truncate_to_width(rest, width);
    cut = true;
  }
  return lines;
}

struct RowStyle {
  std::string_view code;  // ANSI; empty for none
  bool bottom = false;    // header cells stand on the rule
  bool whole = false;     // never cut
};

void append_row(std::string& out, const Table& table, const Layout& layout,
                const std::vector<std::string>& texts, const RowStyle& style, bool& cut) {
  std::vector<std::vector<std::string>> columns;
  std::size_t height = 1;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    columns.push_back(style.whole ? wrap_lines(texts[i], layout.widths[i])
                                  : cell_lines(texts[i], layout.widths[i], cut));
    height = std::max(height, columns.back().size());
  }
  for (std::size_t line = 0; line < height; ++line) {
    std::string text;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::size_t skip = style.bottom ? height - columns[i].size() : 0;
      const bool here = line >= skip && line - skip < columns[i].size();
      const std::string_view cell = here ? std::string_view(columns[i][line - skip]) : "";
      text.append(i == 0 ? 0 : kGap, ' ');
      text += table.columns[i].align == Align::kRight ? pad_left(cell, layout.widths[i])
                                                      : pad_right(cell, layout.widths[i]);
    }
    out += styled(trimmed(std::move(text)), style.code, !style.code.empty()) + '\n';
  }
}

bool append_grid(std::string& out, const Table& table, const Layout& layout, bool color) {
  bool cut = false;
  const RowStyle header{.code = color ? "1" : "", .bottom = true, .whole = true};
  append_row(out, table, layout, layout.headers, header, cut);
  std::string rule;
  for (std::size_t i = 0; i < layout.widths.size(); ++i) {
    rule.append(i == 0 ? 0 : kGap, ' ').append(static_cast<std::size_t>(layout.widths[i]), '-');
  }
  out += styled(rule, "2", color) + '\n';
  for (const auto& row : layout.cells) {
    append_row(out, table, layout, row, {}, cut);
  }
  return cut;
}

// One block per row, for a terminal too narrow for the grid: nothing is lost.
void append_blocks(std::string& out, const Layout& layout, int width) {
  for (std::size_t r = 0; r < layout.cells.size(); ++r) {
    out += r == 0 ? "" : "\n";
    for (std::size_t i = 0; i < layout.headers.size(); ++i) {
      const std::string text = fmt::format("{}: {}", layout.headers[i], layout.cells[r][i]);
      const std::vector<std::string> lines = wrap_lines(text, width);
      for (const std::string& line : lines) {
        out += trimmed(line) + '\n';
      }
    }
  }
}

void append_prose(std::string& out, std::string_view text, int width, std::string_view code) {
  for (const std::string& line : wrap_lines(printable(text), width)) {
    out += styled(line, code, !code.empty()) + '\n';
  }
}

}  // namespace

std::string wrap(std::string_view text, int width, int indent) {
  const int margin = std::max(0, indent);
  std::string out;
  for (const std::string& line : wrap_lines(text, (width > 0 ? width : kUnlimited) - margin)) {
    out += out.empty() ? "" : "\n";
    out += line.empty() ? "" : std::string(static_cast<std::size_t>(margin), ' ') + line;
  }
  return out;
}

std::string render_text(const Table& table, const TextOptions& options) {
  const int width = options.width > 0 ? options.width : kUnlimited;
  std::string out;
  if (!table.title.empty()) {
    append_prose(out, table.title, width, options.color ? "1" : "");
    out += '\n';
  }
  const Layout layout = lay_out(table, options, width);
  bool cut = false;
  if (!table.columns.empty() && layout.fits) {
    cut = append_grid(out, table, layout, options.color);
  } else {
    append_blocks(out, layout, width);
  }
  const bool say_cut = cut && !options.cut_note.empty();
  if (!table.notes.empty() || say_cut) {
    out += '\n';
  }
  for (const std::string& note : table.notes) {
    append_prose(out, note, width, "");
  }
  if (say_cut) {
    append_prose(out, options.cut_note, width, options.color ? "2" : "");
  }
  return out;
}

}  // namespace redline::results

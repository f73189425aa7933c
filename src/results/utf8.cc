#include "results/utf8.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>

#include "results/unicode_ranges.h"

namespace redline::results {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";  // U+2026

bool in_ranges(std::span<const CodePointRange> ranges, char32_t c) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t v, const CodePointRange& r) { return v < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// They reorder what follows, so a name could display as something it is not.
bool is_bidi_control(char32_t c) {
  return c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

// Punctuation that must not begin a line (closing marks of Chinese and Japanese text).
bool cannot_begin_line(char32_t c) {
  static constexpr char32_t kClosing[] = {0x3001, 0x3002, 0x3009, 0x300B, 0x300D,
                                          0x300F, 0x3011, 0xFF01, 0xFF09, 0xFF0C,
                                          0xFF1A, 0xFF1B, 0xFF1F, 0x2019, 0x201D};
  return std::find(std::begin(kClosing), std::end(kClosing), c) != std::end(kClosing);
}

// Opening marks, which must not end a line.
bool cannot_end_line(char32_t c) {
  static constexpr char32_t kOpening[] = {0x3008, 0x300A, 0x300C, 0x300E,
                                          0x3010, 0xFF08, 0x2018, 0x201C};
  return std::find(std::begin(kOpening), std::end(kOpening), c) != std::end(kOpening);
}

struct LeadByte {
  int length = 0;  // 0: not a lead byte
  char32_t bits = 0;
  char32_t least = 0;  // smaller values are overlong
};

LeadByte lead_byte(unsigned char b) {
  if (b < 0x80) {
    return {1, b, 0};
  }
  if (b >= 0xC2 && b < 0xE0) {
    return {2, b & 0x1FU, 0x80};
  }
  if (b >= 0xE0 && b < 0xF0) {
    return {3, b & 0x0FU, 0x800};
  }
  if (b >= 0xF0 && b < 0xF5) {
    return {4, b & 0x07U, 0x10000};
  }
  return {};
}

// A piece that may not be broken: a run without spaces, or one wide character with what must
// follow.
struct Piece {
  std::string text;
  int width = 0;
  bool space_before = false;
};

std::vector<Piece> split_pieces(std::string_view line) {
  std::vector<Piece> pieces;
  bool space = false;
  bool open = false;     // the last piece may still grow
  bool opening = false;  // the last character takes the next one along
  for (std::size_t pos = 0; pos < line.size();) {
    const char32_t c = next_code_point(line, pos);
    if (c == ' ' || c == '\t') {
      space = true;
      open = opening = false;
      continue;
    }
    const int width = code_point_width(c);
    const bool stick = !space && !pieces.empty() && (width == 0 || opening || cannot_begin_line(c));
    if (!stick && (width == 2 || !open)) {
      pieces.push_back({"", 0, space});
    }
    append_utf8(pieces.back().text, c);
    pieces.back().width += width;
    space = false;
    open = width != 2 && !cannot_begin_line(c);
    opening = cannot_end_line(c);
  }
  return pieces;
}

void wrap_paragraph(std::string_view paragraph, int width, std::vector<std::string>& lines) {
  std::string line;
  int used = 0;
  const auto flush = [&] {
    lines.push_back(line);
    line.clear();
    used = 0;
  };
  for (const Piece& piece : split_pieces(paragraph)) {
    const int gap = piece.space_before && used > 0 ? 1 : 0;
    if (used > 0 && used + gap + piece.width > width) {
      flush();
    } else {
      line.append(static_cast<std::size_t>(gap), ' ');
      used += gap;
    }
    if (piece.width <= width) {
      line += piece.text;
      used += piece.width;
      continue;
    }
    for (std::size_t pos = 0; pos < piece.text.size();) {
      const char32_t c = next_code_point(piece.text, pos);
      if (used > 0 && used + code_point_width(c) > width) {
        flush();
      }
      append_utf8(line, c);
      used += code_point_width(c);
    }
  }
  flush();
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& pos) {
  const LeadByte lead = lead_byte(static_cast<unsigned char>(text[pos++]));
  if (lead.length == 0) {
    return kReplacement;
  }
  char32_t value = lead.bits;
  for (int i = 1; i < lead.length; ++i) {
    if (pos >= text.size()) {
      return kReplacement;
    }
    const auto next = static_cast<unsigned char>(text[pos]);
    if ((next & 0xC0U) != 0x80U) {
      return kReplacement;
    }
    value = (value << 6U) | (next & 0x3FU);
    ++pos;
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value < lead.least || value > 0x10FFFF || surrogate ? kReplacement : value;
}

void append_utf8(std::string& out, char32_t c) {
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | ((static_cast<std::uint32_t>(c) >> shift) & 0x3FU)));
  };
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0U | (c >> 6U)));
    tail(0);
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0U | (c >> 12U)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0U | (c >> 18U)));
    tail(12);
    tail(6);
    tail(0);
  }
}

int code_point_width(char32_t c) {
  if (is_control(c)) {
    return 0;
  }
  if (c < 0x300) {
    return 1;
  }
  if (in_ranges(kZeroRanges, c)) {
    return 0;
  }
  return in_ranges(kWideRanges, c) ? 2 : 1;
}

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t pos = 0; pos < text.size();) {
    width += code_point_width(next_code_point(text, pos));
  }
  return width;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t pos = 0; pos < text.size();) {
    const char32_t c = next_code_point(text, pos);
    if (c == '\n' || c == '\t') {
      out.push_back(' ');
    } else if (c == '\r') {
      continue;
    } else {
      append_utf8(out, is_control(c) || is_bidi_control(c) ? kReplacement : c);
    }
  }
  return out;
}

std::string truncate_to_width(std::string_view text, int width) {
  if (display_width(text) <= width) {
    return std::string(text);
  }
  if (width <= 0) {
    return "";
  }
  std::string out;
  int used = 0;
  for (std::size_t pos = 0; pos < text.size();) {
    const char32_t c = next_code_point(text, pos);
    if (used + code_point_width(c) > width - 1) {
      break;
    }
    append_utf8(out, c);
    used += code_point_width(c);
  }
  return out.append(kEllipsis);
}

std::string pad_right(std::string_view text, int width) {
  std::string out(text);
  out.append(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
  return out;
}

std::string pad_left(std::string_view text, int width) {
  std::string out(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
  return out.append(text);
}

std::vector<std::string> wrap_lines(std::string_view text, int width) {
  std::vector<std::string> lines;
  const int room = std::max(width, 2);  // one wide character must fit
  while (true) {
    const std::size_t end = text.find('\n');
    wrap_paragraph(text.substr(0, end), room, lines);
    if (end == std::string_view::npos) {
      return lines;
    }
    text.remove_prefix(end + 1);
  }
}

int widest_piece(std::string_view text) {
  int widest = 0;
  for (const Piece& piece : split_pieces(text)) {
    widest = std::max(widest, piece.width);
  }
  return widest;
}

std::string escape_markup(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t pos = 0; pos < text.size();) {
    const char32_t c = next_code_point(text, pos);
    const bool allowed = c == '\n' || c == '\t' || (!is_control(c) && (c & 0xFFFEU) != 0xFFFEU);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        append_utf8(out, allowed && !is_bidi_control(c) ? c : kReplacement);
    }
  }
  return out;
}

}  // namespace redline::results

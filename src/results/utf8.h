#pragma once
// UTF-8 for output: widths on a terminal, and text made safe for terminals and for markup.
// Malformed bytes read as U+FFFD and never fail.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace redline::results {

// The code point at text[pos]; moves `pos` past it. Needs pos < text.size(). A malformed sequence
// gives U+FFFD and moves on by its valid prefix, at least one byte.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& pos);

void append_utf8(std::string& out, char32_t code_point);

// Terminal cells of one code point: 0 (combining, controls), 1 or 2 (East Asian wide).
[[nodiscard]] int code_point_width(char32_t code_point);

// Terminal cells of a text on one line.
[[nodiscard]] int display_width(std::string_view text);

// Valid UTF-8 on one line: line breaks and tabs become spaces; control characters (terminal
// escapes) and bidirectional overrides become U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

// At most `width` cells; what was cut is marked by an ellipsis.
[[nodiscard]] std::string truncate_to_width(std::string_view text, int width);

// Padded with spaces to `width` cells, on the right or (for numbers) on the left.
[[nodiscard]] std::string pad_right(std::string_view text, int width);
[[nodiscard]] std::string pad_left(std::string_view text, int width);

// Lines of at most `width` cells, broken at spaces, between wide characters, and inside a word only
// where it is wider than a line. A newline in the text starts a new line. Never empty.
[[nodiscard]] std::vector<std::string> wrap_lines(std::string_view text, int width);

// Cells of the widest part that wrap_lines would not break if it had room.
[[nodiscard]] int widest_piece(std::string_view text);

// Safe as text and as a quoted attribute in HTML and XML: & < > " ' are escaped, what XML does not
// allow becomes U+FFFD.
[[nodiscard]] std::string escape_markup(std::string_view text);

}  // namespace redline::results

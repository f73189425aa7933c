#pragma once
// One self-contained page: headings with a contents list, prose, tables, figures. Nothing loaded
// from outside, the same bytes for the same calls. Light, dark and print styles inside. Complete
// without scripts; where they run, page.js adds tooltips to the plots, and sorts and filters
// tables.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/table.h"

namespace redline::results {

// Text that is markup already. Only the functions below make one, and they escape what they are
// given, so no hostile name can become markup.
class Html {
 public:
  Html() = default;
  Html& operator+=(const Html& other) { return markup_ += other.markup_, *this; }
  friend Html operator+(Html a, const Html& b) { return a += b; }
  [[nodiscard]] const std::string& markup() const { return markup_; }

  // Vouches for `markup`: only for text this program wrote itself, such as an SVG of svg.h.
  [[nodiscard]] static Html trusted(std::string markup);

 private:
  std::string markup_;
};

[[nodiscard]] Html plain(std::string_view text);
[[nodiscard]] Html strong(std::string_view text);
[[nodiscard]] Html emphasis(std::string_view text);
[[nodiscard]] Html inline_code(std::string_view text);
// A link to http, https, mailto or a place in this page ("#id"); any other address gives the text
// alone.
[[nodiscard]] Html link(std::string_view text, std::string_view url);

enum class Callout : std::uint8_t { kNote, kCaution, kUnknown };

struct HtmlOptions {
  std::string title{};
  std::string subtitle{};
  std::string language = "en";  // BCP 47
  std::string contents_title = "Contents";
  std::string skip_link = "Skip to the text";
  std::string footer{};
  CellWords words{};
  std::string filter_label = "Filter the rows";
  std::string rows_shown = "{n} of {m} rows";
  bool contents = true;
};

struct Figure {
  std::string svg{};  // of render_svg
  std::string caption{};
  std::string source{};  // "Source: ..."
};

// A figure of a cover: its number in large, what it says, and the section ("#id") that has the
// rest.
struct KeyFigure {
  std::string number{};
  std::string caption{};
  std::string svg{};
  std::string section{};
};

class HtmlPage {
 public:
  explicit HtmlPage(HtmlOptions options);

  // What stands before the contents, and on a sheet of its own in print. Once a page.
  HtmlPage& cover(std::string_view title, const std::vector<Html>& sentences,
                  const std::vector<KeyFigure>& figures);

  // Levels 2 to 4; levels 2 and 3 stand in the contents. The id is made from the text where none is
  // given, and made unique.
  HtmlPage& heading(int level, std::string_view text, std::string_view id = "");
  HtmlPage& paragraph(std::string_view text) { return paragraph(plain(text)); }
  HtmlPage& paragraph(const Html& content);
  // The answer first: a larger opening paragraph.
  HtmlPage& lead(const Html& content);
  HtmlPage& list(const std::vector<Html>& items, bool ordered = false);
  HtmlPage& definitions(const std::vector<std::pair<std::string, Html>>& entries);
  // The first column names its row where it holds text. Unknown cells read "?" with a title.
  HtmlPage& table(const Table& table);
  HtmlPage& figure(const Figure& figure);
  HtmlPage& callout(Callout kind, std::string_view title, const Html& content);
  HtmlPage& code(std::string_view text);
  // JSON for programs that read the page; no browser runs or shows it.
  HtmlPage& data(std::string_view id, std::string_view json);
  // What is added between the two is folded away; print shows it. May be nested.
  HtmlPage& open_details(std::string_view summary);
  HtmlPage& close_details();

  // The whole document, UTF-8, ending in a newline.
  [[nodiscard]] std::string finish() const;

 private:
  struct Entry {
    int level;
    std::string id;
    std::string text;  // escaped
  };
  [[nodiscard]] std::string unique_id(std::string_view wanted);
  // The name of a table's region; those of the same title are counted.
  [[nodiscard]] std::string region_name(const std::string& title);
  [[nodiscard]] std::string contents() const;

  HtmlOptions options_;
  std::string cover_;
  std::string body_;
  std::vector<Entry> entries_;
  std::vector<std::string> ids_;
  std::map<std::string, int> regions_;
  int open_details_ = 0;
};

// The style sheet of the page, for other pages that want to look alike.
[[nodiscard]] std::string_view html_style();
// Its Content-Security-Policy: its own style and script, and nothing else.
[[nodiscard]] std::string html_policy();

}  // namespace redline::results

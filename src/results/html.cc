#include "results/html.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/page_script.h"
#include "results/utf8.h"

namespace redline::results {
namespace {

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

Html wrapped(std::string_view tag, std::string_view text) {
  return Html::trusted(fmt::format("<{0}>{1}</{0}>", tag, escape_markup(text)));
}

// Letters, digits and whatever is not ASCII; the rest becomes single hyphens.
std::string slug(std::string_view text) {
  std::string out;
  for (std::size_t pos = 0; pos < text.size();) {
    char32_t c = next_code_point(text, pos);
    c = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
        (c >= 0xC0 && c != 0xFFFD && code_point_width(c) > 0 && !(c >= 0x2000 && c < 0x2E80));
    if (kept) {
      append_utf8(out, c);
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  if (out.ends_with('-')) {
    out.pop_back();
  }
  return out.empty() ? "section" : out;
}

std::string cell_content(const Cell& cell, const Column& column, const CellWords& words) {
  if (is_unknown(cell)) {
    return fmt::format("<abbr class=\"q\" title=\"{}\">{}</abbr>",
                       escape_markup(words.unknown_title), escape_markup(words.unknown));
  }
  return escape_markup(format_cell(cell, column, words));
}

constexpr int kSentence = 40;  // cells; wider text is prose, which a narrow screen must not squeeze
constexpr int kShort = 12;     // as wide as a date with a mark; such text is never broken

// The class of a column: "num", "prose", "short" or none.
std::string_view class_of(const Table& table, std::size_t column) {
  if (table.columns[column].align == Align::kRight) {
    return "num";
  }
  int widest = 0;
  for (const auto& row : table.rows) {
    if (const auto* text = std::get_if<std::string>(&cell_at(row, column))) {
      widest = std::max(widest, display_width(*text));
    }
  }
  return widest > kSentence ? "prose" : widest <= kShort ? "short" : "";
}

std::string class_attribute(std::string_view name) {
  return name.empty() ? std::string() : fmt::format(" class=\"{}\"", name);
}

std::string header_cell(const Column& column, std::string_view column_class) {
  const std::string& name = column.title.empty() ? column.key : column.title;
  const std::string unit = column.unit.empty() ? ""
                                               : fmt::format(" <span class=\"unit\">{}</span>",
                                                             escape_markup(column.unit));
  const bool breaks = column_class == "short" && display_width(name) > kShort;
  return fmt::format("<th scope=\"col\"{}>{}{}</th>", class_attribute(breaks ? "" : column_class),
                     escape_markup(name), unit);
}

std::string data_block(std::string_view id, std::string_view json) {
  // Inside a script element only "</" and "<!--" could end or change the text.
  std::string safe;
  for (const char c : json) {
    safe += c == '<' ? std::string("\\u003c") : std::string(1, c);
  }
  return fmt::format("<script type=\"application/json\" id=\"{}\">{}</script>\n", id, safe);
}

// What page.js says, and page.js itself.
std::string scripts(const HtmlOptions& options) {
  const nlohmann::json words{{"filter", options.filter_label}, {"shown", options.rows_shown}};
  const std::string json = words.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return data_block("page-words", json) + "<script>" + kPageScript + "</script>\n";
}

std::string table_row(const Table& table, const std::vector<Cell>& row,
                      const std::vector<std::string_view>& classes, const CellWords& words) {
  std::string out = "<tr>";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Cell& cell = cell_at(row, i);
    const bool names_row = i == 0 && std::holds_alternative<std::string>(cell);
    const std::string_view tag = names_row ? "th" : "td";
    out += fmt::format("<{}{}{}>{}</{}>", tag, names_row ? " scope=\"row\"" : "",
                       class_attribute(classes[i] == "prose" ? "" : classes[i]),
                       cell_content(cell, table.columns[i], words), tag);
  }
  return out + "</tr>\n";
}

}  // namespace

Html Html::trusted(std::string markup) {
  Html html;
  html.markup_ = std::move(markup);
  return html;
}

Html plain(std::string_view text) { return Html::trusted(escape_markup(text)); }
Html strong(std::string_view text) { return wrapped("strong", text); }
Html emphasis(std::string_view text) { return wrapped("em", text); }
Html inline_code(std::string_view text) { return wrapped("code", text); }

Html link(std::string_view text, std::string_view url) {
  if (!starts_with_any(url, {"https://", "http://", "mailto:", "#"})) {
    return plain(text);
  }
  return Html::trusted(fmt::format("<a href=\"{}\"{}>{}</a>", escape_markup(url),
                                   url.starts_with('#') ? "" : " rel=\"noopener noreferrer\"",
                                   escape_markup(text)));
}

HtmlPage::HtmlPage(HtmlOptions options)
    : options_(std::move(options)), ids_{"top", "text", "contents-title"} {}

std::string HtmlPage::unique_id(std::string_view wanted) {
  const std::string base = slug(wanted);
  std::string id = base;
  for (int n = 2; std::find(ids_.begin(), ids_.end(), id) != ids_.end(); ++n) {
    id = fmt::format("{}-{}", base, n);
  }
  ids_.push_back(id);
  return id;
}

std::string HtmlPage::region_name(const std::string& title) {
  const int n = ++regions_[title];
  return n == 1 ? title : fmt::format("{} ({})", title, n);
}

HtmlPage& HtmlPage::heading(int level, std::string_view text, std::string_view id) {
  const int depth = std::clamp(level, 2, 4);
  const std::string name = unique_id(id.empty() ? text : id);
  const std::string safe = escape_markup(text);
  body_ += fmt::format("<h{0} id=\"{1}\">{2}</h{0}>\n", depth, name, safe);
  entries_.push_back({depth, name, safe});
  return *this;
}

HtmlPage& HtmlPage::data(std::string_view id, std::string_view json) {
  body_ += data_block(id, json);
  return *this;
}

HtmlPage& HtmlPage::cover(std::string_view title, const std::vector<Html>& sentences,
                          const std::vector<KeyFigure>& figures) {
  const std::string id = unique_id("cover");
  cover_ = fmt::format("<section class=\"cover\" aria-labelledby=\"{0}\"><h2 id=\"{0}\">{1}</h2>\n",
                       id, escape_markup(title));
  cover_ += "<ol>\n";
  for (const Html& sentence : sentences) {
    cover_ += fmt::format("<li>{}</li>\n", sentence.markup());
  }
  cover_ += "</ol>\n<div class=\"keys\">\n";
  for (const KeyFigure& figure : figures) {
    cover_ += fmt::format(
        "<figure><figcaption><p class=\"key\">{}</p><p "
        "class=\"what\">{}</p></figcaption>\n{}</figure>\n",
        escape_markup(figure.number), link(figure.caption, figure.section).markup(), figure.svg);
  }
  cover_ += "</div>\n</section>\n";
  return *this;
}

HtmlPage& HtmlPage::paragraph(const Html& content) {
  body_ += fmt::format("<p>{}</p>\n", content.markup());
  return *this;
}

HtmlPage& HtmlPage::lead(const Html& content) {
  body_ += fmt::format("<p class=\"lead\">{}</p>\n", content.markup());
  return *this;
}

HtmlPage& HtmlPage::list(const std::vector<Html>& items, bool ordered) {
  const std::string_view tag = ordered ? "ol" : "ul";
  body_ += fmt::format("<{}>\n", tag);
  for (const Html& item : items) {
    body_ += fmt::format("<li>{}</li>\n", item.markup());
  }
  body_ += fmt::format("</{}>\n", tag);
  return *this;
}

HtmlPage& HtmlPage::definitions(const std::vector<std::pair<std::string, Html>>& entries) {
  body_ += "<dl>\n";
  for (const auto& [term, meaning] : entries) {
    body_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape_markup(term), meaning.markup());
  }
  body_ += "</dl>\n";
  return *this;
}

HtmlPage& HtmlPage::table(const Table& table) {
  // The container scrolls, so it must be reachable by keyboard and have a name.
  body_ += fmt::format(
      "<div class=\"table\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"{}\">\n<table>\n",
      escape_markup(region_name(table.title.empty() ? options_.title : table.title)));
  if (!table.title.empty()) {
    body_ += fmt::format("<caption>{}</caption>\n", escape_markup(table.title));
  }
  body_ += "<thead><tr>";
  std::vector<std::string_view> classes;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    classes.push_back(class_of(table, i));
    body_ += header_cell(table.columns[i], classes.back());
  }
  body_ += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    body_ += table_row(table, row, classes, options_.words);
  }
  body_ += "</tbody>\n</table></div>\n";
  if (!table.notes.empty()) {
    body_ += "<div class=\"notes\">";
    for (const std::string& note : table.notes) {
      body_ += fmt::format("<p>{}</p>", escape_markup(note));
    }
    body_ += "</div>\n";
  }
  body_ += "</div>\n";
  return *this;
}

HtmlPage& HtmlPage::figure(const Figure& figure) {
  body_ += fmt::format(
      "<figure><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      "aria-label=\"{}\">\n{}</div>\n",
      escape_markup(figure.caption), figure.svg);
  if (!figure.caption.empty() || !figure.source.empty()) {
    body_ += "<figcaption>";
    if (!figure.caption.empty()) {
      body_ += fmt::format("<p class=\"what\">{}</p>", escape_markup(figure.caption));
    }
    if (!figure.source.empty()) {
      body_ += fmt::format("<p>{}</p>", escape_markup(figure.source));
    }
    body_ += "</figcaption>";
  }
  body_ += "</figure>\n";
  return *this;
}

HtmlPage& HtmlPage::callout(Callout kind, std::string_view title, const Html& content) {
  static constexpr std::array<std::string_view, 3> kClasses{"note", "caution", "unknown"};
  body_ += fmt::format(
      "<div class=\"callout {}\" role=\"note\"><p class=\"head\">{}</p><p>{}</p></div>\n",
      kClasses[static_cast<std::size_t>(kind)], escape_markup(title), content.markup());
  return *this;
}

HtmlPage& HtmlPage::code(std::string_view text) {
  body_ += fmt::format("<pre tabindex=\"0\"><code>{}</code></pre>\n", escape_markup(text));
  return *this;
}

HtmlPage& HtmlPage::open_details(std::string_view summary) {
  body_ += fmt::format("<details><summary>{}</summary>\n", escape_markup(summary));
  ++open_details_;
  return *this;
}

HtmlPage& HtmlPage::close_details() {
  if (open_details_ > 0) {
    body_ += "</details>\n";
    --open_details_;
  }
  return *this;
}

std::string HtmlPage::contents() const {
  std::string out = fmt::format(
      "<nav aria-labelledby=\"contents-title\"><h2 id=\"contents-title\">{}</h2>\n<ol>\n",
      escape_markup(options_.contents_title));
  for (const Entry& entry : entries_) {
    if (entry.level < 4) {
      out += fmt::format("<li{}><a href=\"#{}\">{}</a></li>\n",
                         entry.level == 3 ? " class=\"sub\"" : "", entry.id, entry.text);
    }
  }
  return out + "</ol></nav>\n";
}

std::string HtmlPage::finish() const {
  const std::string title = escape_markup(options_.title);
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n"
      "<body id=\"top\">\n<a class=\"skip\" href=\"#text\">{}</a>\n<div class=\"page\">\n"
      "<header><h1>{}</h1>",
      escape_markup(options_.language), escape_markup(html_policy()), title, html_style(),
      escape_markup(options_.skip_link), title);
  if (!options_.subtitle.empty()) {
    out += fmt::format("<p>{}</p>", escape_markup(options_.subtitle));
  }
  out += "</header>\n" + cover_;
  if (options_.contents && entries_.size() > 1) {
    out += contents();
  }
  out += "<main id=\"text\">\n" + body_;
  for (int i = 0; i < open_details_; ++i) {
    out += "</details>\n";
  }
  out += "</main>\n";
  if (!options_.footer.empty()) {
    out += fmt::format("<footer>{}</footer>\n", escape_markup(options_.footer));
  }
  return out + "</div>\n" + scripts(options_) + "</body>\n</html>\n";
}

std::string html_policy() {
  return fmt::format(
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}'; img-src data:",
      kPageScriptHash);
}

}  // namespace redline::results

#include "app/report.h"

#include <algorithm>

#include "app/build_info.h"
#include "results/envelope.h"
#include "results/text_table.h"

namespace redline::app {
namespace {

results::EnvelopeMeta meta_of(const Answer& answer, const RunInfo& run) {
  return {answer.command, std::string(kVersion), run.data_hash,
          answer.as_of ? format_date(*answer.as_of) : std::string(), run.seed};
}

Json run_of(const Answer& answer, const RunInfo& run) {
  Json json{{"command_line", run.command_line},
            {"seconds", run.seconds},
            {"threads", run.threads},
            {"host", std::string(kPlatform)}};
  json.update(answer.run);
  if (!answer.request.is_null()) {
    json["request"] = answer.request;
  }
  return json;
}

class TextBlocks {
 public:
  explicit TextBlocks(const RenderOptions& options) : options_(options) {}

  void operator()(const Headline& headline) {
    const std::string text = results::wrap(headline.text, options_.width);
    out_ += options_.color ? "\x1b[1m" + text + "\x1b[0m\n" : text + "\n";
  }
  void operator()(const Paragraph& paragraph) {
    out_ += results::wrap(paragraph.text, options_.width, paragraph.indent) + "\n";
  }
  void operator()(const results::Table& table) {
    results::TextOptions text;
    text.width = options_.width;
    text.color = options_.color;
    text.words = options_.say.cells();
    text.cut_note = options_.say(text.cut_note);
    out_ += results::render_text(options_.say(table), text);
  }
  void operator()(const Verbatim& verbatim) { out_ += verbatim.text; }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  const RenderOptions& options_;
  std::string out_;
};

std::string markdown(const Answer& answer, const results::Words& say) {
  std::string out;
  for (const Block& block : answer.document.empty() ? answer.blocks : answer.document) {
    if (const auto* headline = std::get_if<Headline>(&block)) {
      out += "**" + headline->text + "**\n\n";
    } else if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      out += paragraph->text + "\n\n";
    } else if (const auto* table = std::get_if<results::Table>(&block)) {
      out += results::write_markdown(say(*table), say.cells()) + "\n";
    } else if (const auto* verbatim = std::get_if<Verbatim>(&block)) {
      out += "```\n" + verbatim->text + "```\n\n";
    }
  }
  return out;
}

std::string ndjson(const Answer& answer) {
  std::string out;
  for (const Json& result : answer.results) {
    out += results::dump_json(result, results::JsonStyle::kCompact) + "\n";
  }
  return out;
}

}  // namespace

results::Table said_cells(results::Table table, std::initializer_list<std::string_view> keys,
                          const results::Words& say) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (std::find(keys.begin(), keys.end(), table.columns[i].key) == keys.end()) {
      continue;
    }
    for (auto& row : table.rows) {
      if (auto* text = i < row.size() ? std::get_if<std::string>(&row[i]) : nullptr) {
        *text = say(*text);
      }
    }
  }
  return table;
}

Answer table_answer(std::string command, results::Table table, Date as_of) {
  Answer answer;
  answer.command = std::move(command);
  answer.as_of = as_of;
  answer.results = results::to_json(table);
  answer.blocks.emplace_back(table);
  answer.table = std::move(table);
  return answer;
}

std::string render(const Answer& answer, const RunInfo& run, const RenderOptions& options) {
  switch (options.format) {
    case results::Format::kJson:
      return results::write_envelope(meta_of(answer, run), answer.results, run_of(answer, run));
    case results::Format::kNdjson:
      return ndjson(answer);
    case results::Format::kCsv:
      return results::write_csv(answer.table);
    case results::Format::kMarkdown:
      return markdown(answer, options.say);
    case results::Format::kHtml:
    case results::Format::kTable:
      break;
  }
  TextBlocks text(options);
  for (const Block& block : answer.blocks) {
    std::visit(text, block);
  }
  return text.take();
}

std::string render_line(const Answer& answer, const RunInfo& run, const Json& id) {
  std::string text = results::write_envelope(meta_of(answer, run), answer.results,
                                             run_of(answer, run), results::JsonStyle::kCompact);
  if (id.is_null()) {
    return text;
  }
  // The request's id goes first, so that a reader finds it without parsing the rest.
  return "{\"id\":" + results::dump_json(id, results::JsonStyle::kCompact) + "," + text.substr(1);
}

}  // namespace redline::app

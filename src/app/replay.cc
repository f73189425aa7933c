#include "app/replay.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/batch.h"
#include "app/build_info.h"
#include "app/case_page.h"
#include "data/files.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

Diagnostics unusable(const std::string& path, std::string_view why) {
  return {{Code::kReplayFile,
           fmt::format("{}: {}", path, why),
           std::nullopt,
           {"write one with `redline classify CHIP -o case.json` or `-o case.html`"},
           {}}};
}

// The envelope inside a case page, or the text itself.
std::string_view envelope_in(std::string_view text) {
  const std::string open = fmt::format("<script type=\"application/json\" id=\"{}\">", kCaseData);
  const auto begin = text.find(open);
  if (begin == std::string_view::npos) {
    return text;
  }
  const auto first = begin + open.size();
  return text.substr(first, text.find("</script>", first) - first);
}

struct Difference {
  std::string path;
  Json before;
  Json after;
};

std::string under(const std::string& path, const std::string& key) {
  return path.empty() ? key : fmt::format("{}.{}", path, key);
}

void compare(const Json& before, const Json& after, const std::string& path,
             std::vector<Difference>& out) {
  if (before == after) {
    return;
  }
  if (before.is_object() && after.is_object()) {
    for (const auto& [key, value] : before.items()) {
      compare(value, after.contains(key) ? after[key] : Json("(absent)"), under(path, key), out);
    }
    for (const auto& [key, value] : after.items()) {
      if (!before.contains(key)) {
        out.push_back({under(path, key), Json("(absent)"), value});
      }
    }
    return;
  }
  if (before.is_array() && after.is_array() && before.size() == after.size()) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      compare(before[i], after[i], fmt::format("{}[{}]", path, i), out);
    }
    return;
  }
  out.push_back({path, before, after});
}

std::string short_text(const Json& json) {
  constexpr std::size_t kMost = 120;
  std::string text = json.is_string() ? json.get<std::string>()
                                      : json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kMost) {
    std::size_t end = kMost;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;  // not inside a character
    }
    text.resize(end);
    text += "…";
  }
  return text;
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Loaded<Answer> replay(const Workspace& w, const std::string& path, const Words& say) {
  const auto text = data::read_text_file(path);
  if (!text) {
    return tl::unexpected(Diagnostics{text.error()});
  }
  const Json saved = Json::parse(envelope_in(*text), nullptr, /*allow_exceptions=*/false);
  if (!saved.is_object() || text_of(saved, "schema").rfind("redline.", 0) != 0 ||
      !saved.contains("results")) {
    return tl::unexpected(unusable(path, "this is no answer of Redline"));
  }
  const Json run = saved.value("run", Json::object());
  if (!run.is_object() || !run.contains("request") || !run["request"].is_object()) {
    return tl::unexpected(unusable(path, fmt::format("an answer of '{}' does not hold its request",
                                                     text_of(saved, "schema"))));
  }
  const std::string line = run["request"].dump(-1, ' ', false, Json::error_handler_t::replace);
  const Json now = Json::parse(run_batch_line(w, line, 1));
  std::vector<Difference> differences;
  if (now.contains("error")) {
    differences.push_back({"error", Json("(none)"), now["error"]});
  } else {
    compare(saved["results"], now["results"], "results", differences);
    if (saved["schema"] != now["schema"]) {
      differences.push_back({"schema", saved["schema"], now["schema"]});
    }
  }
  Answer answer;
  answer.command = "replay";
  answer.as_of = w.date;
  answer.differs = !differences.empty();
  const bool same_data = text_of(saved, "data_hash") == w.files.hash;
  const bool same_program = text_of(saved, "redline") == kVersion;
  Json list = Json::array();
  Table& table = answer.table;
  table.columns = {{"path", "Where", "", Align::kLeft},
                   {"before", "Saved", "", Align::kLeft},
                   {"after", "Now", "", Align::kLeft}};
  for (const Difference& d : differences) {
    list.push_back({{"path", d.path}, {"before", d.before}, {"after", d.after}});
    table.rows.push_back({d.path, short_text(d.before), short_text(d.after)});
  }
  answer.results.push_back({{"file", path},
                            {"reproduced", differences.empty()},
                            {"same_data", same_data},
                            {"same_program", same_program},
                            {"request", run["request"]},
                            {"differences", std::move(list)}});
  answer.blocks.emplace_back(Headline{
      differences.empty() ? say("{file}: reproduced, every value is the same", {{"file", path}})
                          : say("{file}: {count} values differ",
                                {{"file", path}, {"count", fmt::to_string(differences.size())}})});
  answer.blocks.emplace_back(
      Paragraph{same_data ? say("the data are the same ({hash})", {{"hash", w.files.hash}})
                          : say("the data have changed: {before} then, {after} now",
                                {{"before", text_of(saved, "data_hash")}, {"after", w.files.hash}}),
                2});
  if (!same_program) {
    answer.blocks.emplace_back(
        Paragraph{say("the program has changed: {before} then, {after} now",
                      {{"before", text_of(saved, "redline")}, {"after", std::string(kVersion)}}),
                  2});
  }
  if (!differences.empty()) {
    answer.blocks.emplace_back(table);
  }
  return answer;
}

}  // namespace redline::app

#include "app/explain.h"

#include <fmt/format.h>

#include "app/build_info.h"

namespace redline::app {

Result<Answer> explain(const std::string& code) {
  Answer answer;
  answer.command = "explain";
  answer.table.columns = {{"code", "Code", "", results::Align::kLeft},
                          {"title", "Meaning", "", results::Align::kLeft}};
  const auto add = [&answer](Code one) {
    answer.table.rows.push_back({code_name(one), std::string(code_title(one))});
    answer.results.push_back({{"code", code_name(one)},
                              {"title", std::string(code_title(one))},
                              {"page", std::string(code_page(one))}});
  };
  if (code.empty()) {
    for (const Code one : all_codes()) {
      add(one);
      answer.document.emplace_back(
          Headline{fmt::format("{}: {}", code_name(one), code_title(one))});
      answer.document.emplace_back(Verbatim{std::string(code_page(one))});
    }
    answer.blocks.emplace_back(answer.table);
    return answer;
  }
  const auto found = find_code(code);
  if (!found) {
    return fail(Code::kUnknownCode, fmt::format("there is no error code '{}'", code),
                {"`redline explain` lists all"});
  }
  add(*found);
  answer.blocks.emplace_back(
      Headline{fmt::format("{}: {}", code_name(*found), code_title(*found))});
  answer.blocks.emplace_back(Verbatim{"\n" + std::string(code_page(*found))});
  return answer;
}

Answer version(const Workspace& workspace) {
  Answer answer;
  answer.command = "version";
  answer.as_of = workspace.date;
  answer.results.push_back({{"redline", std::string(kVersion)},
                            {"data_date", format_date(workspace.date)},
                            {"data_hash", workspace.files.hash},
                            {"compiler", std::string(kCompiler)}});
  answer.table.columns = {{"key", "Key", "", results::Align::kLeft},
                          {"value", "Value", "", results::Align::kLeft}};
  for (const auto& [key, value] : answer.results[0].items()) {
    answer.table.rows.push_back({key, value.get<std::string>()});
  }
  answer.blocks.emplace_back(Headline{fmt::format("redline {}", kVersion)});
  answer.blocks.emplace_back(Paragraph{
      fmt::format("data of {}, hash {}", format_date(workspace.date), workspace.files.hash), 0});
  answer.blocks.emplace_back(Paragraph{fmt::format("built with {}", kCompiler), 0});
  return answer;
}

}  // namespace redline::app

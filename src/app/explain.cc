#include "app/explain.h"

#include <fmt/format.h>

#include "app/build_info.h"
#include "app/error_examples.h"
#include "base/nearest.h"

namespace redline::app {
namespace {

using results::Align;
using results::Words;

// The widest vector instructions that this build uses.
constexpr std::string_view simd_target() {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__)
  return "AVX2";
#elif defined(__AVX__)
  return "AVX";
#elif defined(__SSE2__)
  return "SSE2";
#elif defined(__ARM_NEON)
  return "NEON";
#else
  return "none";
#endif
}

std::string indented(std::string_view text) {
  std::string out;
  bool start = true;
  for (const char c : text) {
    out += start && c != '\n' ? "  " : "";
    out += c;
    start = c == '\n';
  }
  return out;
}

std::string heading(Code code, const Words& say) {
  return fmt::format("{}: {}", code_name(code), say(code_title(code)));
}

// The page: what it means, and how it looks.
void add_page(std::vector<Block>& blocks, Code code, const Words& say) {
  blocks.emplace_back(Headline{heading(code, say)});
  blocks.emplace_back(Verbatim{say(code_page(code))});
  const std::string_view example = error_example(code);
  if (!example.empty()) {
    blocks.emplace_back(Paragraph{say("For example:"), 0});
    blocks.emplace_back(Verbatim{std::string(example)});
  }
}

}  // namespace

Result<Answer> explain(const std::string& code, const Words& say) {
  Answer answer;
  answer.command = "explain";
  answer.table.columns = {{"code", "Code", "", Align::kLeft},
                          {"title", "Meaning", "", Align::kLeft}};
  results::Table shown = answer.table;
  const auto add = [&](Code one) {
    answer.table.rows.push_back({code_name(one), std::string(code_title(one))});
    shown.rows.push_back({code_name(one), say(code_title(one))});
    answer.results.push_back({{"code", code_name(one)},
                              {"title", std::string(code_title(one))},
                              {"page", std::string(code_page(one))},
                              {"command", std::string(code_example(one))}});
  };
  if (code.empty()) {
    for (const Code one : all_codes()) {
      add(one);
    }
    answer.blocks.emplace_back(std::move(shown));
    return answer;
  }
  const auto found = find_code(code);
  if (!found) {
    std::vector<std::string> names;
    for (const Code one : all_codes()) {
      names.push_back(code_name(one));
    }
    std::vector<std::string> help;
    for (const std::string_view near : nearest_names(code, {names.begin(), names.end()})) {
      help.push_back(fmt::format("similar code: {}", near));
    }
    help.emplace_back("`redline explain` lists all");
    return fail(Code::kUnknownCode, fmt::format("there is no error code '{}'", code),
                std::move(help));
  }
  add(*found);
  answer.blocks.emplace_back(Headline{heading(*found, say)});
  answer.blocks.emplace_back(Verbatim{"\n" + say(code_page(*found))});
  const std::string_view example = error_example(*found);
  if (!example.empty()) {
    answer.blocks.emplace_back(Verbatim{"\n" + say("For example:") + "\n\n"});
    answer.blocks.emplace_back(Verbatim{indented(example)});
  }
  add_page(answer.document, *found, say);
  return answer;
}

Answer version(const Workspace& workspace, const Words& say) {
  Json catalogues = Json::array();
  for (const std::string_view tag : results::language_tags()) {
    catalogues.push_back(std::string(tag));
  }
  Answer answer;
  answer.command = "version";
  answer.as_of = workspace.date;
  answer.results.push_back({{"redline", std::string(kVersion)},
                            {"data_date", format_date(workspace.date)},
                            {"data_hash", workspace.files.hash},
                            {"compiler", std::string(kCompiler)},
                            {"build_type", std::string(kBuildType)},
                            {"platform", std::string(kPlatform)},
                            {"simd", std::string(simd_target())},
                            {"mpi", kMpi},
                            {"languages", catalogues}});
  answer.table.columns = {{"key", "Key", "", Align::kLeft}, {"value", "Value", "", Align::kLeft}};
  for (const auto& [key, value] : answer.results[0].items()) {
    answer.table.rows.push_back(
        {key, value.is_string()    ? value.get<std::string>()
              : value.is_boolean() ? std::string(value.get<bool>() ? "yes" : "no")
                                   : fmt::format("{}", fmt::join(results::language_tags(), " "))});
  }
  answer.blocks.emplace_back(Headline{fmt::format("redline {}", kVersion)});
  const auto line = [&answer](std::string text) {
    answer.blocks.emplace_back(Paragraph{std::move(text), 0});
  };
  line(say("data of {date}, hash {hash}",
           {{"date", format_date(workspace.date)}, {"hash", workspace.files.hash}}));
  line(say("built with {compiler}, {type}, for {platform} ({simd}), {mpi}",
           {{"compiler", std::string(kCompiler)},
            {"type", std::string(kBuildType)},
            {"platform", std::string(kPlatform)},
            {"simd", std::string(simd_target())},
            {"mpi", kMpi ? "with MPI" : "without MPI"}}));
  line(say("languages: {tags}",
           {{"tags", fmt::format("{}", fmt::join(results::language_tags(), ", "))}}));
  return answer;
}

}  // namespace redline::app

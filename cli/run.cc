#include "cli/run.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "app/batch.h"
#include "app/brief.h"
#include "app/classify.h"
#include "app/data_commands.h"
#include "app/explain.h"
#include "cli/batch_stream.h"
#include "cli/terminal.h"

namespace redline::cli {
namespace {

using app::Answer;
using app::Workspace;

Result<std::uint64_t> number_option(const Arguments& arguments, std::string_view name,
                                    std::uint64_t otherwise) {
  const std::string text = arguments.value(name);
  if (text.empty()) {
    return otherwise;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(Code::kBadOptionValue, fmt::format("{} {}: expected a whole number", name, text));
  }
  return number;
}

Result<ColorChoice> color_option(const Arguments& arguments) {
  const std::string text = arguments.value("--color");
  if (text.empty() || text == "auto") {
    return ColorChoice::kAuto;
  }
  if (text == "always") {
    return ColorChoice::kAlways;
  }
  if (text == "never") {
    return ColorChoice::kNever;
  }
  return fail(Code::kBadOptionValue,
              fmt::format("--color {}: expected auto, always or never", text));
}

// --lang says it; else the locale does.
Result<results::Language> language_option(const Arguments& arguments) {
  const std::string text = arguments.value("--lang");
  if (text.empty()) {
    return locale_language();
  }
  if (const auto language = results::find_language(text)) {
    return *language;
  }
  return fail(Code::kBadOptionValue, fmt::format("--lang {}: expected {}", text,
                                                 fmt::join(results::language_tags(), ", ")));
}

// --format says it; else the suffix of -o; else a table.
Result<results::Format> format_option(const Arguments& arguments) {
  const std::string name = arguments.value("--format");
  const std::string path = arguments.value("--output");
  auto format = results::Format::kTable;
  if (!name.empty()) {
    const auto found = results::find_format(name);
    if (!found) {
      return fail(Code::kBadOptionValue,
                  fmt::format("--format {}: expected table, json, ndjson, csv or markdown", name));
    }
    format = *found;
  } else if (!path.empty() && path != "-") {
    format = results::find_format_for_path(path).value_or(results::Format::kTable);
  }
  if (format == results::Format::kHtml) {
    return fail(Code::kBadOptionValue, "this command does not write HTML",
                {"`redline report` does; here use table, json, ndjson, csv or markdown"});
  }
  return format;
}

Result<app::ClassifyRequest> classify_request(const Arguments& arguments) {
  app::ClassifyRequest request;
  request.chips = arguments.positional;
  request.to = arguments.value("--to");
  request.hq = arguments.value("--hq");
  request.from = arguments.value("--from");
  request.end_user = arguments.value("--end-user");
  request.why = arguments.has("--why");
  request.timeline = arguments.has("--timeline");
  request.with = arguments.values("--with");
  const auto in_option = [](std::string_view option, Error error) {
    error.code = Code::kBadOptionValue;
    error.message = fmt::format("{}: {}", option, error.message);
    return tl::unexpected(std::move(error));
  };
  if (arguments.has("--as-of")) {
    auto date = parse_date(arguments.value("--as-of"));
    if (!date) {
      return in_option("--as-of", std::move(date).error());
    }
    request.as_of = *date;
  }
  if (arguments.has("--diff")) {
    auto dates = parse_date_range(arguments.value("--diff"));
    if (!dates) {
      return in_option("--diff", std::move(dates).error());
    }
    request.diff = *dates;
  }
  if (request.diff && request.timeline) {
    return fail(Code::kBadOptionValue, "--diff and --timeline exclude each other");
  }
  for (const std::string& text : arguments.values("--set")) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Code::kBadSetting, fmt::format("--set {}: expected KEY=VALUE", text),
                  {"for example --set tpp=2300"});
    }
    request.settings.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  return request;
}

template <class T>
Loaded<T> loaded(Result<T> result) {
  if (!result) {
    return tl::unexpected(Diagnostics{std::move(result).error()});
  }
  return std::move(*result);
}

Loaded<Answer> answer_of(const Arguments& arguments, const Workspace& workspace,
                         results::Format format, const results::Words& say) {
  const std::string_view name = arguments.command->name;
  const std::string first = arguments.positional.empty() ? "" : arguments.positional.front();
  if (name == "classify") {
    auto request = classify_request(arguments);
    if (!request) {
      return tl::unexpected(Diagnostics{std::move(request).error()});
    }
    request->machine = format == results::Format::kJson || format == results::Format::kNdjson;
    return app::classify(workspace, *request, say);
  }
  if (name == "data list") {
    return loaded(app::data_list(workspace, first));
  }
  if (name == "data show") {
    return loaded(app::data_show(workspace, first));
  }
  if (name == "data check") {
    return app::data_check(workspace, arguments.positional);
  }
  if (name == "data schema") {
    return loaded(app::data_schema(workspace, first));
  }
  if (name == "data new") {
    return loaded(
        app::data_new(workspace, {first, arguments.value("--like"), arguments.value("--id")}));
  }
  RL_CHECK(name == "version");
  return app::version(workspace);
}

CatalogParts parts_for(std::string_view command) {
  CatalogParts parts;
  const bool all = command.rfind("data", 0) == 0 || command == "batch" || command == "report";
  parts.systems = parts.models = parts.sources = all;
  return parts;
}

class Runner {
 public:
  Runner(const Invocation& invocation, Terminal terminal, results::Format format,
         results::Language language)
      : in_(invocation),
        terminal_(terminal),
        format_(format),
        say_(language),
        start_(std::chrono::steady_clock::now()) {}

  int run() {
    const std::string_view name = in_.arguments.command->name;
    if (name == "explain") {
      const auto& words = in_.arguments.positional;
      auto answer = app::explain(words.empty() ? "" : words.front());
      return answer ? show(*answer, "") : terminal_.fail(answer.error());
    }
    auto workspace =
        app::open_workspace({"", in_.executable, in_.arguments.values("--data"), parts_for(name)});
    if (!workspace) {
      return terminal_.fail(workspace.error());
    }
    for (const std::string& replaced : workspace->replaced) {
      terminal_.note(fmt::format("note: replaced {}\n", replaced));
    }
    if (name == "batch") {
      return batch(*workspace);
    }
    if (name == "report") {
      return report(*workspace);
    }
    auto answer = answer_of(in_.arguments, *workspace, format_, say_);
    if (!answer) {
      return terminal_.fail(answer.error());
    }
    return show(*answer, workspace->files.hash);
  }

 private:
  [[nodiscard]] app::RunInfo run_info(const std::string& hash) const {
    app::RunInfo info;
    info.data_hash = hash;
    info.seed = number_option(in_.arguments, "--seed", 1).value_or(1);
    info.command_line = "redline";
    for (const std::string& word : in_.words) {
      info.command_line += " " + word;
    }
    info.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    return info;
  }

  int show(const Answer& answer, const std::string& hash) {
    const std::string path = in_.arguments.value("--output");
    const bool to_file = !path.empty() && path != "-";
    const std::string text = app::render(
        answer, run_info(hash), {format_, terminal_.width(), terminal_.color() && !to_file, say_});
    if (!to_file) {
      return terminal_.out(text);
    }
    const auto written = data::write_text_file(path, text);
    if (!written) {
      return terminal_.fail(written.error());
    }
    terminal_.note(fmt::format("wrote {}\n", path));
    return kDone;
  }

  int batch(const Workspace& workspace) {
    const auto threads = number_option(in_.arguments, "--threads", 1);
    BatchStream stream(workspace, static_cast<unsigned>(threads.value_or(1)));
    const auto& words = in_.arguments.positional;
    const auto done =
        stream.run(words.empty() ? "-" : words.front(), in_.arguments.value("--output"));
    return done ? kDone : terminal_.fail(done.error());
  }

  int report(const Workspace& workspace) {
    const std::string scenario = in_.arguments.positional.front();
    std::string folder = in_.arguments.value("--output");
    if (folder.empty()) {
      folder = "out/" + scenario;
    }
    const auto brief =
        app::write_brief(workspace, {scenario, folder, run_info(workspace.files.hash), say_});
    if (!brief) {
      return terminal_.fail(brief.error());
    }
    std::string text;
    for (const std::string& line : brief->summary) {
      text += line + "\n";
    }
    return terminal_.out(text +
                         fmt::format("wrote {}\nwrote {}\n", brief->json_path, brief->html_path));
  }

  const Invocation& in_;
  Terminal terminal_;
  results::Format format_;
  results::Words say_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

int run(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const auto color = color_option(arguments);
  Terminal terminal(color.value_or(ColorChoice::kAuto));
  if (arguments.help || arguments.command == nullptr) {
    return terminal.out(arguments.command == nullptr ? program_help()
                                                     : help_of(*arguments.command));
  }
  const bool writes_folder = arguments.command->name == "report";
  const auto format =
      writes_folder ? Result<results::Format>(results::Format::kHtml) : format_option(arguments);
  const auto seed = number_option(arguments, "--seed", 1);
  const auto threads = number_option(arguments, "--threads", 1);
  const auto language = language_option(arguments);
  Diagnostics errors;
  if (!language) {
    errors.push_back(language.error());
  }
  if (!color) {
    errors.push_back(color.error());
  }
  if (!format) {
    errors.push_back(format.error());
  }
  if (!seed) {
    errors.push_back(seed.error());
  }
  if (!threads) {
    errors.push_back(threads.error());
  }
  if (!errors.empty()) {
    return terminal.fail(errors);
  }
  return Runner(invocation, terminal, *format, *language).run();
}

}  // namespace redline::cli

#include "cli/run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "app/batch.h"
#include "app/brief.h"
#include "app/calibrate.h"
#include "app/case_page.h"
#include "app/classify.h"
#include "app/compare.h"
#include "app/data_commands.h"
#include "app/die.h"
#include "app/estimate.h"
#include "app/estimate_step.h"
#include "app/explain.h"
#include "app/exposure.h"
#include "app/fail_if.h"
#include "app/impact.h"
#include "app/quota.h"
#include "app/reasoning.h"
#include "app/replay.h"
#include "app/search_chip.h"
#include "app/search_rule.h"
#include "app/search_serve.h"
#include "app/section.h"
#include "app/simulate.h"
#include "app/validate.h"
#include "cli/batch_stream.h"
#include "cli/completions.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/man.h"
#include "cli/print_config.h"
#include "cli/serve_command.h"
#include "cli/settings.h"
#include "cli/sweep_commands.h"

namespace redline::cli {
namespace {

using app::Answer;
using app::Workspace;

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
  request.item = arguments.value("--item");
  request.listed_under = arguments.value("--listed-under");
  request.checklist = arguments.has("--checklist");
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

// A date or a number of units, with the option in its error.
template <class T, class F>
bool read_option(const Arguments& arguments, std::string_view option, std::optional<T>& out,
                 Diagnostics& errors, const F& parse) {
  if (!arguments.has(option)) {
    return true;
  }
  Result<T> value = parse(arguments.value(option));
  if (!value) {
    Error error = std::move(value).error();
    error.code = Code::kBadOptionValue;
    error.message = fmt::format("{}: {}", option, error.message);
    errors.push_back(std::move(error));
    return false;
  }
  out = *value;
  return true;
}

Result<double> parse_units(const std::string& text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end || !std::isfinite(value) || value < 0.0) {
    return fail(Code::kBadOptionValue, fmt::format("'{}' is not a number of units", text),
                {"write a plain number that is not negative, such as 500000"});
  }
  return value;
}

Loaded<app::QuotaRequest> quota_request(const Arguments& arguments) {
  app::QuotaRequest request;
  request.subjects = arguments.positional;
  Diagnostics errors;
  read_option(arguments, "--china-units", request.capped_units, errors, parse_units);
  read_option(arguments, "--us-units", request.against_units, errors, parse_units);
  read_option(arguments, "--planned", request.planned_units, errors, parse_units);
  read_option(arguments, "--since", request.since, errors, parse_date);
  read_option(arguments, "--until", request.until, errors, parse_date);
  read_option(arguments, "--as-of", request.as_of, errors, parse_date);
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return request;
}

std::optional<app::StepKind> step_kind(std::string_view command) {
  if (command == "estimate train") {
    return app::StepKind::kTrain;
  }
  if (command == "estimate prefill") {
    return app::StepKind::kPrefill;
  }
  return command == "estimate decode" ? std::optional(app::StepKind::kDecode) : std::nullopt;
}

// Options are fields of a request by another spelling.
app::Json step_fields_of(const Arguments& arguments) {
  app::Json fields = app::Json::object();
  for (const Option& option : arguments.command->options) {
    if (!arguments.has(option.name)) {
      continue;
    }
    fields[field_name(option)] = arguments.value(option.name);
  }
  return fields;
}

// An interrupted search answers with what it found.
Loaded<Answer> search(const Arguments& arguments, const Workspace& workspace,
                      const Settings& settings, const Terminal& terminal) {
  app::Json fields = step_fields_of(arguments);
  fields.erase("no_prune");
  fields.erase("plot");
  for (const char* knob : {"caps", "slow_memory"}) {
    if (fields.contains(knob)) {
      fields[knob] = false;
    }
  }
  for (const char* knob : {"exceptions", "backtest", "host_memory"}) {
    if (fields.contains(knob)) {
      fields[knob] = true;
    }
  }
  const std::string_view name = arguments.command->name;
  if (name == "search rule" && arguments.has("--seed")) {
    fields["seed"] = settings.seed;
  }
  Progress progress(progress_on_terminal(settings.progress, terminal.width(), terminal.say()), 0);
  app::SearchRun run;
  run.threads = settings.search_threads();
  run.prune = !arguments.has("--no-prune");
  run.plot = arguments.has("--plot");
  run.progress = [&progress](const SearchProgress& now, const std::string& best) {
    progress.update(now.done, now.total, now.evaluated, best);
  };
  run.stop = [] { return interrupted(); };
  catch_interrupts();
  const auto look = name == "search chip"         ? app::search_chip
                    : name == "search rule"       ? app::search_rule
                    : name == "search plan serve" ? app::search_plan_serve
                                                  : app::search_plan_train;
  auto answer = look(workspace, fields, run, Code::kBadOptionValue, terminal.say());
  progress.finish();
  return answer;
}

app::Json impact_fields(const Arguments& arguments) {
  app::Json fields = step_fields_of(arguments);
  constexpr std::array<const char*, 2> kSides{"before", "after"};
  for (std::size_t i = 0; i < std::min(kSides.size(), arguments.positional.size()); ++i) {
    fields[kSides[i]] = arguments.positional[i];
  }
  for (const char* knob : {"exceptions", "bills"}) {
    if (fields.contains(knob)) {
      fields[knob] = true;
    }
  }
  return fields;
}

app::SearchRun threads_of(const Settings& settings) {
  app::SearchRun run;
  run.threads = settings.search_threads();
  return run;
}

// Long work that counts what is done, and may be interrupted.
template <class Work>
auto counted(const Settings& settings, const Terminal& terminal, const Work& work) {
  Progress progress(progress_on_terminal(settings.progress, terminal.width(), terminal.say()), 0);
  app::SearchRun run = threads_of(settings);
  run.progress = [&](const SearchProgress& now, const std::string& part) {
    if (part.empty()) {
      progress.update(now.done, now.total);
    } else {
      progress.update(now.done, now.total, now.done, terminal.say()(part, {}));
    }
  };
  run.stop = [] { return interrupted(); };
  catch_interrupts();
  auto done = work(run);
  progress.finish();
  return done;
}

// Interrupted, it answers with the worlds that it has counted.
Loaded<Answer> run_exposure(const Arguments& arguments, const Workspace& workspace,
                            const Settings& settings, const Terminal& terminal) {
  app::Json fields = step_fields_of(arguments);
  fields["scenario"] = arguments.positional.front();
  fields["seed"] = settings.seed;
  if (fields.contains("backtest")) {
    fields["backtest"] = true;
  }
  return counted(settings, terminal, [&](const app::SearchRun& run) {
    return app::exposure_answer(workspace, fields, run, Code::kBadOptionValue, terminal.say());
  });
}

// An interrupted simulation answers with what it has seen.
Loaded<Answer> run_simulation(const Arguments& arguments, const Workspace& workspace,
                              const Settings& settings, const Terminal& terminal) {
  app::Json fields = step_fields_of(arguments);
  fields.erase("plot");
  fields.erase("trace");
  fields["seed"] = settings.seed;
  Progress progress(progress_on_terminal(settings.progress, terminal.width(), terminal.say()), 0);
  app::SimulateRun run;
  run.threads = settings.search_threads();
  run.plot = arguments.has("--plot");
  run.trace = arguments.value("--trace");
  run.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    progress.update(done, total);
  };
  run.stop = [] { return interrupted(); };
  catch_interrupts();
  const auto simulate =
      arguments.command->name == "simulate capacity" ? app::simulate_capacity : app::simulate_serve;
  auto answer = simulate(workspace, fields, run, Code::kBadOptionValue, terminal.say());
  progress.finish();
  return answer;
}

Loaded<Answer> reasoning(const Arguments& arguments, const Workspace& workspace,
                         const results::Words& say) {
  app::Json fields = step_fields_of(arguments);
  fields.erase("plot");
  if (arguments.has("--extrapolate")) {
    fields["extrapolate"] = true;
  }
  if (!arguments.positional.empty()) {
    fields["chip"] = arguments.positional;
  }
  return app::estimate_reasoning(workspace, fields, Code::kBadOptionValue, say,
                                 arguments.has("--plot"));
}

Loaded<Answer> answer_of(const Arguments& arguments, const Workspace& workspace,
                         const Settings& settings, const Terminal& terminal) {
  const results::Words& say = terminal.say();
  const std::string_view name = arguments.command->name;
  const std::string first = arguments.positional.empty() ? "" : arguments.positional.front();
  if (name == "classify") {
    auto request = classify_request(arguments);
    if (!request) {
      return tl::unexpected(Diagnostics{std::move(request).error()});
    }
    request->machine = settings.format == results::Format::kJson ||
                       settings.format == results::Format::kNdjson || arguments.has("--fail-if");
    const bool long_question = request->timeline || request->diff;
    Progress progress(progress_on_terminal(long_question ? settings.progress : ProgressMode::kOff,
                                           terminal.width(), say),
                      0);
    request->on_progress = [&progress](std::size_t done, std::size_t total) {
      progress.update(done, total);
    };
    return app::classify(workspace, *request, say);
  }
  if (name == "quota") {
    const auto request = quota_request(arguments);
    return request ? app::quota(workspace, *request, say)
                   : Loaded<Answer>(tl::unexpected(request.error()));
  }
  if (name == "estimate kernel" || name == "estimate collective") {
    const auto& words = arguments.positional;
    const auto fields = app::kernel_fields(first, words[1], {words.begin() + 2, words.end()});
    return fields ? app::estimate_kernel(workspace, *fields, say)
                  : Loaded<Answer>(tl::unexpected(fields.error()));
  }
  if (const auto kind = step_kind(name)) {
    return app::estimate_step(workspace, *kind, step_fields_of(arguments), Code::kBadOptionValue,
                              say);
  }
  if (name == "estimate reasoning") {
    return reasoning(arguments, workspace, say);
  }
  if (name == "estimate die") {
    return app::estimate_die(workspace, arguments.positional, say);
  }
  if (name.starts_with("search plan") || name == "search chip" || name == "search rule") {
    return search(arguments, workspace, settings, terminal);
  }
  if (name == "exposure") {
    return run_exposure(arguments, workspace, settings, terminal);
  }
  if (name == "impact") {
    return counted(settings, terminal, [&](const app::SearchRun& run) {
      return app::impact(workspace, impact_fields(arguments), run, Code::kBadOptionValue, say);
    });
  }
  if (name.starts_with("simulate")) {
    return run_simulation(arguments, workspace, settings, terminal);
  }
  if (name == "compare") {
    app::CompareRequest request{arguments.positional, arguments.value("--model"),
                                step_fields_of(arguments)};
    request.terms.erase("model");
    return app::compare(workspace, request, say);
  }
  if (name == "validate") {
    return app::validate(
        workspace,
        {arguments.positional, arguments.has("--leave-one-chip-out"), settings.search_threads()},
        say);
  }
  if (name == "replay") {
    return app::replay(workspace, first, say);
  }
  if (name == "data list") {
    return app::loaded(app::data_list(workspace, first, say));
  }
  if (name == "data show") {
    return app::data_show(workspace, first);
  }
  if (name == "data check") {
    return app::data_check(workspace, arguments.positional, say);
  }
  if (name == "data schema") {
    return app::loaded(app::data_schema(workspace, first, say));
  }
  if (name == "data new") {
    return app::loaded(
        app::data_new(workspace, {first, arguments.value("--like"), arguments.value("--id")}));
  }
  RL_CHECK(name == "version");
  return app::version(workspace, say);
}

bool needs_kernels(std::string_view command) {
  if (command == "estimate die") {
    return false;
  }
  return command.starts_with("estimate") || command.starts_with("search") ||
         command.starts_with("simulate") || command == "compare" || command == "impact" ||
         command == "exposure" || command == "validate" || command == "calibrate" ||
         command == "batch" || command == "serve" || command == "replay" || command == "report" ||
         command == "data check";
}

CatalogParts parts_for(std::string_view command) {
  CatalogParts parts;
  const bool all = command.rfind("data", 0) == 0 || command == "batch" || command == "serve" ||
                   command == "report";
  const bool runs = command == "validate" || command == "calibrate";
  parts.models = all || command == "replay" || step_kind(command) || command == "compare" ||
                 command == "impact" || command == "exposure" || command == "estimate reasoning" ||
                 command.starts_with("search") || command.starts_with("simulate");
  parts.sources = parts.models || runs;
  parts.market = parts.models;
  parts.systems = parts.sources || command == "classify" || needs_kernels(command);
  parts.fabrics = parts.sources || needs_kernels(command);
  return parts;
}

// Answers that need no data.
std::optional<Result<Answer>> plain_answer(const Arguments& arguments, const results::Words& say) {
  const std::string_view name = arguments.command->name;
  const auto& words = arguments.positional;
  const std::string first = words.empty() ? "" : words.front();
  if (name == "explain") {
    return app::explain(first, say);
  }
  if (name == "completions") {
    return completions(first);
  }
  if (name == "man") {
    return manual_page(fmt::format("{}", fmt::join(words, " ")), say);
  }
  return std::nullopt;
}

class Runner {
 public:
  Runner(const Invocation& invocation, Terminal terminal, const Settings& settings)
      : in_(invocation),
        terminal_(terminal),
        settings_(settings),
        start_(std::chrono::steady_clock::now()) {}

  int run() {
    if (in_.arguments.has("--print-config")) {
      return terminal_.out(print_config(in_.arguments, in_.executable, settings_));
    }
    if (in_.arguments.has("--fail-if")) {
      auto condition = app::FailIf::parse(in_.arguments.value("--fail-if"));
      if (!condition) {
        return terminal_.fail(condition.error());
      }
      fail_if_ = std::move(*condition);
    }
    warn_of_options();
    return terminal_.status(answer());
  }

 private:
  int answer() {
    if (const auto plain = plain_answer(in_.arguments, terminal_.say())) {
      return *plain ? show(**plain, "") : terminal_.fail(plain->error());
    }
    const std::string_view name = in_.arguments.command->name;
    if (name == "merge") {
      return end(merge_command(in_.arguments, settings_, run_info(""), terminal_), "");
    }
    auto workspace = app::open_workspace(
        {"", in_.executable, in_.arguments.values("--data"), parts_for(name), needs_kernels(name)});
    if (!workspace) {
      return terminal_.fail(workspace.error());
    }
    for (const std::string& replaced : workspace->replaced) {
      terminal_.note(terminal_.say()("note: replaced {record}", {{"record", replaced}}));
    }
    if (name == "batch") {
      return batch(*workspace);
    }
    if (name == "serve") {
      return serve_command(in_.arguments, std::move(*workspace), in_.executable, settings_,
                           terminal_);
    }
    if (name == "search run") {
      const std::string& hash = workspace->files.hash;
      return end(search_run(in_.arguments, *workspace, settings_, run_info(hash), terminal_), hash);
    }
    if (name == "report") {
      return report(*workspace);
    }
    if (const std::string path = output_file(); !path.empty()) {
      if (const auto writable = data::check_writable(path); !writable) {
        return terminal_.fail(writable.error());
      }
    }
    if (name == "calibrate") {
      return calibrate(*workspace);
    }
    if (name == "classify" && settings_.format == results::Format::kHtml) {
      return case_page(*workspace);
    }
    if (name == "impact" && settings_.format == results::Format::kHtml) {
      auto page = counted(settings_, terminal_, [&](const app::SearchRun& run) {
        return app::write_impact(*workspace, impact_fields(in_.arguments), run,
                                 run_info(workspace->files.hash), terminal_.say());
      });
      return page ? write_text(*page) : fail_or_interrupted(page.error());
    }
    auto found = answer_of(in_.arguments, *workspace, settings_, terminal_);
    if (!found) {
      return fail_or_interrupted(found.error());
    }
    const int status = show(*found, workspace->files.hash);
    return interrupted() && (status == kDone || status == kNoAnswer) ? kInterrupted : status;
  }

  // Work that was interrupted may have nothing whole to say.
  int fail_or_interrupted(const Diagnostics& errors) {
    const int status = terminal_.fail(errors);
    return interrupted() ? kInterrupted : status;
  }

  // Empty: standard output.
  [[nodiscard]] std::string output_file() const {
    std::string path = in_.arguments.value("--output");
    return path == "-" ? std::string() : path;
  }

  [[nodiscard]] app::RunInfo run_info(const std::string& hash) const {
    app::RunInfo info;
    info.data_hash = hash;
    info.seed = settings_.seed;
    info.threads = settings_.search_threads();
    info.command_line = "redline";
    for (const std::string& word : in_.words) {
      info.command_line += " " + word;
    }
    info.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    return info;
  }

  // What the line asks for and will not get is likely a slip.
  void warn_of_options() {
    const results::Words& say = terminal_.say();
    const std::string path = in_.arguments.value("--output");
    const std::filesystem::path suffix = std::filesystem::path(path).extension();
    const std::string_view name = in_.arguments.command->name;
    const bool chooses = name == "classify" || name == "quota" || name == "version" ||
                         name == "data list" || name == "data show" || name == "data check";
    if (chooses && !suffix.empty() && !in_.arguments.has("--format") &&
        !results::find_format_for_path(path)) {
      terminal_.warn(
          say("the suffix of '{path}' names no format; it is written as a table", {{"path", path}}),
          say("choose one with --format, or end the name in .json, .ndjson, .csv or .md"));
    }
    for (const char* option : {"--why", "--checklist"}) {
      if (in_.arguments.has(option) && settings_.format == results::Format::kCsv) {
        terminal_.warn(say("CSV has no place for what {option} asks for", {{"option", option}}),
                       say("--format json, markdown or table has it"));
      }
    }
  }

  // The results that hold --fail-if; none where it is not given.
  Result<std::vector<std::size_t>> holding(const Answer& answer) const {
    return fail_if_ ? fail_if_->holding(answer.results) : std::vector<std::size_t>{};
  }

  // The exit status of an answer that was written.
  int judge(const Answer& answer, const std::vector<std::size_t>& found, int status) const {
    if (status != kDone || found.empty()) {
      return status != kDone     ? status
             : answer.infeasible ? kNoAnswer
             : answer.differs    ? kFailIf
                                 : status;
    }
    terminal_.note(terminal_.say()(
        found.size() == 1 ? "--fail-if holds for {first}: {condition}"
                          : "--fail-if holds for {first} and {count} more: {condition}",
        {{"first", app::FailIf::name_of(answer.results[found.front()], found.front())},
         {"count", std::to_string(found.size() - 1)},
         {"condition", in_.arguments.value("--fail-if")}}));
    return kFailIf;
  }

  int show(const Answer& answer, const std::string& hash) {
    const auto found = holding(answer);
    if (!found) {
      return terminal_.fail(found.error());
    }
    for (const app::Warning& warning : answer.warnings) {
      terminal_.warn(warning.text, warning.cure);
    }
    return judge(answer, *found, write(answer, hash));
  }

  // Of a sweep; what it shows besides comes to standard output.
  int end(const SweepEnd& sweep, const std::string& hash) {
    if (!sweep.answer || sweep.answer->blocks.empty()) {
      return sweep.status;
    }
    const int shown = show(*sweep.answer, hash);
    return sweep.status == kDone ? shown : sweep.status;
  }

  int case_page(const Workspace& workspace) {
    auto request = classify_request(in_.arguments);
    if (!request) {
      return terminal_.fail(request.error());
    }
    auto page =
        app::write_case(workspace, *request, run_info(workspace.files.hash), terminal_.say());
    if (!page) {
      return terminal_.fail(page.error());
    }
    if (!fail_if_) {
      return write_text(*page);
    }
    const auto answer = app::classify(workspace, *request, terminal_.say());
    if (!answer) {
      return terminal_.fail(answer.error());
    }
    const auto found = holding(*answer);
    return found ? judge(*answer, *found, write_text(*page)) : terminal_.fail(found.error());
  }

  int write(const Answer& answer, const std::string& hash) {
    return write_text(app::render(answer, run_info(hash),
                                  {settings_.format, terminal_.width(),
                                   terminal_.color() && output_file().empty(), terminal_.say()}));
  }

  int write_text(const std::string& text) {
    const std::string path = output_file();
    if (path.empty()) {
      return terminal_.out(text);
    }
    const auto written = data::write_text_file(path, text);
    if (!written) {
      return terminal_.fail(written.error());
    }
    terminal_.note(terminal_.say()("wrote {path}", {{"path", path}}));
    return kDone;
  }

  int batch(const Workspace& workspace) {
    catch_interrupts();
    BatchStream stream(
        workspace, settings_.stream_threads(),
        progress_on_terminal(settings_.progress, terminal_.width(), terminal_.say()));
    const auto& words = in_.arguments.positional;
    const auto done =
        stream.run(words.empty() ? "-" : words.front(), in_.arguments.value("--output"));
    if (!done) {
      return terminal_.fail(done.error());
    }
    if (interrupted()) {
      terminal_.note(terminal_.say()("interrupted: {count} lines are answered",
                                     {{"count", std::to_string(*done)}}));
      return kInterrupted;
    }
    return kDone;
  }

  // The file of constants where -o names one; else the answer.
  int calibrate(const Workspace& workspace) {
    const auto& words = in_.arguments.positional;
    const bool steps = !words.empty() && words.front() == "steps";
    const bool check = in_.arguments.has("--check");
    const auto done = steps ? app::calibrate_engines(workspace, check, terminal_.say())
                            : app::calibrate_kernels(workspace, check, terminal_.say());
    if (!done) {
      return terminal_.fail(done.error());
    }
    const std::filesystem::path path = in_.arguments.value("--output");
    return path.extension() == ".toml" ? write_text(done->text)
                                       : show(done->answer, workspace.files.hash);
  }

  int report(const Workspace& workspace) {
    const std::string scenario = in_.arguments.positional.front();
    if (in_.arguments.has("--section")) {
      const auto section =
          app::report_section(workspace, {scenario, in_.arguments.value("--section"),
                                          settings_.search_threads(), terminal_.say()});
      return section ? show(*section, workspace.files.hash) : terminal_.fail(section.error());
    }
    std::string folder = in_.arguments.value("--output");
    if (folder.empty()) {
      folder = "out/" + scenario;
    }
    const auto brief = counted(settings_, terminal_, [&](const app::SearchRun& how) {
      return app::write_brief(
          workspace, {scenario, folder, run_info(workspace.files.hash), terminal_.say(), how});
    });
    if (!brief) {
      return fail_or_interrupted(brief.error());
    }
    std::string text;
    for (const std::string& line : brief->summary) {
      text += line + "\n";
    }
    for (const std::string& path : {brief->json_path, brief->html_path}) {
      text += terminal_.say()("wrote {path}", {{"path", path}}) + "\n";
    }
    return terminal_.out(text);
  }

  const Invocation& in_;
  Terminal terminal_;
  Settings settings_;
  std::optional<app::FailIf> fail_if_{};
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

int run(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const auto settings = read_settings(arguments);
  // Help may be asked for without a command, and then --lang is among the words alone.
  const bool read = settings && arguments.help == Help::kNone;
  Terminal terminal(read ? settings->terminal : peek_terminal(invocation.words));
  if (arguments.help != Help::kNone) {
    const results::Words& say = terminal.say();
    const bool full = arguments.help == Help::kFull;
    return terminal.out(arguments.command != nullptr ? full ? full_help(*arguments.command, say)
                                                            : short_help(*arguments.command, say)
                        : arguments.group.empty() ? program_help(full, say)
                                                     : group_help(arguments.group, say));
  }
  if (!settings) {
    return terminal.fail(settings.error());
  }
  return Runner(invocation, terminal, *settings).run();
}

}  // namespace redline::cli

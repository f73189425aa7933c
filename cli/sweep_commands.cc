#include "cli/sweep_commands.h"

#include <chrono>
#include <filesystem>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/row_preview.h"
#include "cli/interrupt.h"

namespace redline::cli {
namespace {

// Answers to be shown are those of a run that went nowhere else.
SweepEnd end_of(Loaded<app::SweepOutcome> outcome, const Settings& settings, bool to_file,
                Terminal& terminal) {
  if (!outcome) {
    return {terminal.fail(outcome.error())};
  }
  SweepEnd end{tell_sweep(*outcome, terminal)};
  const bool shown =
      settings.format == results::Format::kTable || settings.format == results::Format::kMarkdown;
  if (!to_file && shown) {
    end.answer = std::move(outcome->answer);
  }
  return end;
}

}  // namespace

std::string time_of_day() {
  return fmt::format(
      "{:%FT%TZ}",
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

app::RowTarget row_target(const Arguments& arguments, const Settings& settings) {
  app::RowTarget target{arguments.value("--output")};
  if (arguments.has("--format")) {
    target.format = settings.format;
  }
  return target;
}

int tell_sweep(const app::SweepOutcome& outcome, Terminal& terminal) {
  const results::Words& say = terminal.say();
  for (const std::string& note : outcome.notes) {
    terminal.note(note);
  }
  const std::uint64_t rows = outcome.tally.rows();
  if (outcome.stopped) {
    terminal.note(
        outcome.kept.empty()
            ? say("interrupted: {rows} rows are written", {{"rows", fmt::to_string(rows)}})
            : say("interrupted: {rows} rows are kept in {path}; the same command with "
                  "--resume goes on from them",
                  {{"rows", fmt::to_string(rows)}, {"path", outcome.kept}}));
    return kInterrupted;
  }
  if (!outcome.kept.empty()) {
    terminal.note(say("wrote {path}", {{"path", outcome.kept}}));
    terminal.note(say("{rows} rows: {tally}", {{"rows", fmt::to_string(rows)},
                                               {"tally", app::tally_text(outcome.tally, say)}}));
  }
  if (rows > 0 && outcome.tally.of(store::Status::kError) == rows) {
    terminal.warn(say("every row is an error"),
                  say("look at one in the output, and at the fields of the request"));
  }
  return kDone;
}

SweepEnd search_run(const Arguments& arguments, const app::Workspace& workspace,
                    const Settings& settings, const app::RunInfo& info, Terminal& terminal) {
  auto sweep = app::Sweep::read(arguments.positional.front());
  if (!sweep) {
    return {terminal.fail(sweep.error())};
  }
  app::SweepRun run;
  if (arguments.has("--shard")) {
    const auto shard = app::parse_shard(arguments.value("--shard"));
    if (!shard) {
      return {terminal.fail(shard.error())};
    }
    run.shard = *shard;
  }
  std::error_code ignored;
  run.target = row_target(arguments, settings);
  run.resume = arguments.has("--resume");
  run.info = info;
  run.begun = time_of_day();
  run.scratch =
      (std::filesystem::temp_directory_path(ignored) / fmt::format("redline-{}.shard", ::getpid()))
          .string();
  catch_interrupts();
  run.stop = [] { return interrupted(); };
  Progress progress(progress_on_terminal(settings.progress, terminal.width(), terminal.say()), 0);
  run.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    progress.update(done, total);
  };
  auto outcome = app::run_sweep(workspace, *sweep, run, terminal.say());
  progress.finish();
  return end_of(std::move(outcome), settings, !run.target.path.empty(), terminal);
}

SweepEnd merge_command(const Arguments& arguments, const Settings& settings,
                       const app::RunInfo& info, Terminal& terminal) {
  const app::Merge merge{arguments.positional, row_target(arguments, settings), info,
                         time_of_day()};
  return end_of(app::merge_shards(merge, terminal.say()), settings, !merge.target.path.empty(),
                terminal);
}

}  // namespace redline::cli

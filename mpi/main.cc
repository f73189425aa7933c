// redline-mpi: a sweep on many machines. Every rank is this program.

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <mpi.h>

#include <fmt/format.h>

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/settings.h"
#include "cli/sweep_commands.h"
#include "mpi/job.h"
#include "mpi/ranks.h"

namespace redline::mpi {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUsage =
    "Usage: mpirun -n RANKS redline-mpi search run SWEEP.toml -o PATH [--shards N] [--resume]\n"
    "       [--threads N] [--data DIR]\n\n"
    "Runs a sweep as `redline search run` does, on all ranks. The sweep is cut into N shards\n"
    "(default 256), each a file in PATH.shards, a folder that all ranks must see; PATH is made of\n"
    "them in the end. A job that ended in any way goes on with --resume, on any number of ranks.\n"
    "PATH ends in .sqlite, .ndjson, .csv or .json.\n";

constexpr std::uint64_t kUsualShards = 256;

Error wrong(std::string message, std::string help) {
  return {Code::kBadOptionValue, std::move(message), std::nullopt, {std::move(help)}, {}};
}

// Everything that is read before the ranks begin to work.
struct Ready {
  cli::Arguments arguments;
  cli::Settings settings;
  app::Workspace workspace;
  std::optional<app::Sweep> sweep;
  Job job;
};

// Takes --shards N out of the words: `redline` itself has no use for it.
Result<std::uint64_t> take_shards(std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), "--shards");
  if (found == words.end()) {
    return std::uint64_t{0};
  }
  std::uint64_t shards = 0;
  const std::string text = found + 1 == words.end() ? std::string() : *(found + 1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), shards);
  if (error != std::errc() || end != text.data() + text.size() || shards < 1 ||
      shards > store::kMostShards) {
    return tl::unexpected(wrong(fmt::format("--shards {}: expected a number of shards", text),
                                fmt::format("from 1 to {}", store::kMostShards)));
  }
  words.erase(found, found + 2);
  return shards;
}

// How many shards the run was cut into whose files stand in the folder; 0 where there are none.
std::uint64_t shards_in(const std::string& folder) {
  std::error_code code;
  auto walk = fs::directory_iterator(folder, code);
  for (; !code && walk != fs::directory_iterator(); walk.increment(code)) {
    const std::string name = walk->path().stem().string();
    const auto of = name.rfind("-of-");
    std::uint64_t shards = 0;
    if (walk->path().extension() == ".shard" && of != std::string::npos &&
        std::from_chars(name.data() + of + 4, name.data() + name.size(), shards).ec ==
            std::errc()) {
      return shards;
    }
  }
  return 0;
}

Loaded<void> plan_shards(Ready& ready, std::uint64_t asked) {
  Job& job = ready.job;
  job.folder = job.target.path + ".shards/";
  const std::uint64_t there = shards_in(job.folder);
  const auto problem = [](Error error) { return tl::unexpected(Diagnostics{std::move(error)}); };
  if (there > 0 && !ready.arguments.has("--resume")) {
    return problem({Code::kRunUnfinished,
                    fmt::format("an unfinished run stands in '{}'", job.folder),
                    std::nullopt,
                    {"--resume goes on from the shards that are kept there",
                     "to begin anew, remove the folder"},
                    {}});
  }
  if (there > 0 && asked > 0 && asked != there) {
    return problem(
        wrong(fmt::format("--shards {}: the run in '{}' is cut into {}", asked, job.folder, there),
              "leave --shards out to go on with it"));
  }
  job.shards = there > 0   ? there
               : asked > 0 ? asked
                           : std::clamp<std::uint64_t>(ready.sweep->points(), 1, kUsualShards);
  return {};
}

Loaded<void> prepare(std::vector<std::string> words, const std::string& executable, Ready& ready) {
  const auto failed = [](auto error) { return tl::unexpected(Diagnostics{std::move(error)}); };
  const auto shards = take_shards(words);
  if (!shards) {
    return failed(shards.error());
  }
  auto arguments = cli::parse_arguments(words);
  if (!arguments) {
    return failed(arguments.error());
  }
  ready.arguments = std::move(*arguments);
  if (ready.arguments.command == nullptr || ready.arguments.command->name != "search run" ||
      ready.arguments.has("--shard")) {
    return failed(wrong("redline-mpi runs a whole sweep: search run SWEEP.toml -o PATH",
                        "redline-mpi --help tells more"));
  }
  auto settings = cli::read_settings(ready.arguments);
  if (!settings) {
    return tl::unexpected(settings.error());
  }
  ready.settings = *settings;
  CatalogParts parts;
  parts.models = parts.sources = parts.market = parts.systems = parts.fabrics = true;
  auto workspace =
      app::open_workspace({"", executable, ready.arguments.values("--data"), parts, true});
  if (!workspace) {
    return tl::unexpected(workspace.error());
  }
  ready.workspace = std::move(*workspace);
  auto sweep = app::Sweep::read(ready.arguments.positional.front());
  if (!sweep) {
    return tl::unexpected(sweep.error());
  }
  ready.sweep = std::move(*sweep);
  Job& job = ready.job;
  job.workspace = &ready.workspace;
  job.sweep = &*ready.sweep;
  job.target = cli::row_target(ready.arguments, ready.settings);
  if (job.target.path.empty() || job.target.path == "-" ||
      job.target.path.find_last_not_of('/') + 1 != job.target.path.size()) {
    return failed(
        wrong("the output of a job is a file: name it with -o", "such as -o result.sqlite"));
  }
  job.info.data_hash = ready.workspace.files.hash;
  job.info.seed = ready.settings.seed;
  job.info.threads = ready.settings.stream_threads();
  job.info.command_line = fmt::format("redline-mpi {}", fmt::join(words, " "));
  job.begun = cli::time_of_day();
  job.stop = [] { return cli::interrupted(); };
  return plan_shards(ready, *shards);
}

// What rank 0 says when all ranks are done.
int conclude(const Ready& ready, const JobEnd& end, cli::Terminal& terminal) {
  const Job& job = ready.job;
  const results::Words& say = terminal.say();
  const auto kept = [&] {
    terminal.note(
        say("finished shards are kept in {folder}; the same command with --resume goes "
            "on from them",
            {{"folder", job.folder}}));
  };
  if (!end.complete) {
    const int status = end.problem.empty() ? cli::kInterrupted : terminal.fail(end.problem);
    kept();
    return status;
  }
  auto outcome = app::merge_shards({{job.folder}, job.target, job.info, job.begun}, say);
  if (!outcome) {
    const int status = terminal.fail(outcome.error());
    kept();
    return status;
  }
  std::error_code ignored;
  fs::remove_all(job.folder, ignored);
  return terminal.status(cli::tell_sweep(*outcome, terminal));
}

int lead_and_conclude(Ready& ready, int ranks, cli::Terminal& terminal) {
  cli::Progress progress(
      cli::progress_on_terminal(ready.settings.progress, terminal.width(), terminal.say()), 0);
  ready.job.progress = [&progress](std::uint64_t done, std::uint64_t total) {
    progress.update(done, total);
  };
  const JobEnd end = lead(ready.job, ranks);
  progress.finish();
  const int status = conclude(ready, end, terminal);
  release(ranks);
  return status;
}

int run(const std::vector<std::string>& words, const std::string& executable) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const bool help = words.empty() || std::find(words.begin(), words.end(), "--help") != words.end();
  if (help) {
    return rank == 0 ? cli::Terminal({}).out(kUsage) : 0;
  }
  Ready ready;
  auto prepared = prepare(words, executable, ready);
  cli::Terminal terminal(prepared ? ready.settings.terminal : cli::peek_terminal(words));
  // The lowest rank that cannot begin says why, for all.
  const auto tell = [&](bool bad, const Diagnostics& errors) -> std::optional<int> {
    const auto first = first_rank_where(bad);
    if (!first) {
      return std::nullopt;
    }
    return *first == rank ? terminal.fail(errors) : 0;
  };
  if (const auto status = tell(!prepared, prepared ? Diagnostics() : prepared.error())) {
    return *status;
  }
  const auto manifest = ready.sweep->manifest(ready.workspace, ready.settings.seed);
  const std::string mine = manifest.data_hash + manifest.run_hash + manifest.redline;
  const bool other = text_of_first(mine) != mine;
  if (const auto status =
          tell(other, {{Code::kShardForeign,
                        fmt::format("rank {} has other data, another sweep or another program than "
                                    "rank 0",
                                    rank),
                        std::nullopt,
                        {"give all ranks the same files; nothing was written"},
                        {}}})) {
    return *status;
  }
  cli::catch_interrupts();
  if (rank == 0) {
    return lead_and_conclude(ready, ranks, terminal);
  }
  follow(ready.job);
  return 0;
}

}  // namespace
}  // namespace redline::mpi

int main(int argc, char** argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const std::vector<std::string> words(argv + 1, argv + argc);
  const int status = redline::mpi::run(words, argc > 0 ? argv[0] : "");
  MPI_Finalize();
  return status;
}

#include "app/sweep_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "app/build_info.h"
#include "app/row_preview.h"
#include "data/files.h"
#include "results/envelope.h"
#include "store/errors.h"
#include "store/parts.h"
#include "store/row_text.h"
#include "store/run_rows.h"

namespace redline::app {
namespace {

namespace fs = std::filesystem;
using results::Format;
using results::Words;

constexpr std::string_view kCommand = "search-run";

tl::unexpected<Diagnostics> failed(Error error) {
  return tl::unexpected(Diagnostics{std::move(error)});
}

enum class Kind : std::uint8_t {
  kStore,   // a shard file or SQLite, which can be resumed
  kText,    // a text file, made when all rows are there
  kStream,  // standard output, a pipe or a device
};

struct Target {
  Kind kind = Kind::kStream;
  std::string path;
  Format format = Format::kTable;
};

bool takes_rows(Format format) {
  return format == Format::kNdjson || format == Format::kCsv || format == Format::kJson;
}

Result<Target> target_of(const RowTarget& asked, const std::optional<ShardNumber>& shard) {
  Target target{Kind::kStream, asked.path, asked.format.value_or(Format::kTable)};
  if (asked.path.empty() || asked.path == "-") {
    target.path.clear();
    return target;
  }
  std::error_code code;
  if (fs::is_directory(asked.path, code) || asked.path.ends_with('/')) {
    target.kind = Kind::kStore;
    target.path = (fs::path(asked.path) / shard_name(shard.value_or(ShardNumber{}))).string();
    return target;
  }
  const bool special = fs::exists(asked.path, code) && !fs::is_regular_file(asked.path, code);
  if (!asked.format) {
    target.format = results::find_format_for_path(asked.path).value_or(Format::kTable);
  }
  if (!asked.format && !special &&
      (store::is_sqlite_path(asked.path) || asked.path.ends_with(".shard"))) {
    target.kind = Kind::kStore;
    return target;
  }
  if (!takes_rows(target.format)) {
    return fail(Code::kBadOptionValue,
                fmt::format("rows cannot be written to '{}' like this", asked.path),
                {"end the name in .sqlite, .ndjson, .csv, .json or .shard"});
  }
  target.kind = special ? Kind::kStream : Kind::kText;
  if (target.kind == Kind::kText && shard) {
    if (target.format != Format::kNdjson) {
      return fail(Code::kBadOptionValue,
                  fmt::format("a shard is not written as {}", results::format_name(target.format)),
                  {"end the name in .shard, .ndjson or .sqlite, or name a folder; `redline merge` "
                   "makes CSV and JSON of all shards"});
    }
    target.kind = Kind::kStore;  // the lines of a shard file are NDJSON
  }
  return target;
}

Json tally_json(const store::Tally& tally) {
  Json json = Json::object();
  for (std::size_t i = 0; i < store::kStatusNames.size(); ++i) {
    json[std::string(store::kStatusNames[i])] = tally.of(static_cast<store::Status>(i));
  }
  return json;
}

// How rows came to be, which is no result.
class RunRecord {
 public:
  RunRecord(const RunInfo& info, std::string begun)
      : info_(info), begun_(std::move(begun)), from_(std::chrono::steady_clock::now()) {}

  [[nodiscard]] Json json(const store::Manifest& m, const store::Tally& tally) const {
    const std::chrono::duration<double> more = std::chrono::steady_clock::now() - from_;
    return {{"command_line", info_.command_line},
            {"begun", begun_},
            {"seconds", info_.seconds + more.count()},
            {"threads", info_.threads},
            {"host", std::string(kPlatform)},
            {"run_hash", m.run_hash},
            {"points", m.points},
            {"shard", fmt::format("{}/{}", m.shard, m.shards)},
            {"rows", tally_json(tally)}};
  }
  [[nodiscard]] std::string text(const store::Manifest& m, const store::Tally& tally) const {
    return results::dump_json(json(m, tally), results::JsonStyle::kCompact);
  }

  [[nodiscard]] store::RowEnvelope envelope(const store::Manifest& m) const {
    return {
        results::envelope_head({std::string(kCommand), m.redline, m.data_hash, m.as_of, m.seed}),
        [this, m](const store::Tally& tally) { return results::envelope_tail(json(m, tally)); }};
  }

 private:
  RunInfo info_;
  std::string begun_;
  std::chrono::steady_clock::time_point from_;
};

// A text file of rows, and beside it what they are of.
Result<store::Tally> write_text(const Target& target, const store::OpenRows& open,
                                const RunRecord& record) {
  const store::Manifest manifest = open()->manifest();
  auto out = store::TextOutput::create(target.path);
  if (!out) {
    return tl::unexpected(out.error());
  }
  auto tally = store::write_rows(open, target.format, record.envelope(manifest), *out);
  if (!tally) {
    return tally;
  }
  const std::string sidecar =
      fmt::format("{{\"redline_run\":{},\"run\":{}}}\n", store::write_manifest(manifest),
                  record.text(manifest, *tally));
  if (auto written = data::write_text_file(target.path + ".manifest.json", sidecar); !written) {
    return tl::unexpected(written.error());
  }
  if (auto done = out->finish(); !done) {
    return tl::unexpected(done.error());
  }
  return tally;
}

// Whether a text file stands there that is made of all rows of this very run.
std::optional<store::Tally> complete_text(const std::string& path,
                                          const store::Manifest& manifest) {
  std::error_code code;
  const auto text = data::read_text_file(path + ".manifest.json");
  const Json json = text ? Json::parse(*text, nullptr, /*allow_exceptions=*/false) : Json();
  if (!fs::is_regular_file(path, code) || !json.is_object() || !json.contains("redline_run")) {
    return std::nullopt;
  }
  const auto other =
      store::parse_manifest(results::dump_json(json["redline_run"], results::JsonStyle::kCompact));
  if (!other || !store::range_difference(manifest, *other).empty()) {
    return std::nullopt;
  }
  store::Tally tally;
  const Json run = json.value("run", Json::object());
  const Json rows = run.is_object() ? run.value("rows", Json::object()) : Json::object();
  for (std::size_t i = 0; i < store::kStatusNames.size(); ++i) {
    const auto found = rows.find(std::string(store::kStatusNames[i]));
    if (found != rows.end() && found->is_number_unsigned()) {
      tally.add(static_cast<store::Status>(i), found->get<std::uint64_t>());
    }
  }
  return tally;
}

class SweepRunner {
 public:
  SweepRunner(const Workspace& workspace, const Sweep& sweep, const SweepRun& run, const Words& say)
      : workspace_(workspace),
        sweep_(sweep),
        run_(run),
        say_(say),
        record_(run.info, run.begun),
        manifest_(sweep.manifest(workspace, run.info.seed)) {
    const ShardNumber shard = run.shard.value_or(ShardNumber{});
    store::take_shard(manifest_, shard.shard, shard.shards);
    outcome_.points = manifest_.last - manifest_.first;
  }

  Loaded<SweepOutcome> operator()() {
    auto target = target_of(run_.target, run_.shard);
    if (!target) {
      return failed(target.error());
    }
    if (target->kind == Kind::kStream && run_.resume) {
      return failed({Code::kBadOptionValue,
                     "--resume goes on with a file, and none is named",
                     std::nullopt,
                     {"name it with -o, such as -o result.sqlite"},
                     {}});
    }
    Result<void> done;
    switch (target->kind) {
      case Kind::kStore:
        done = to_store(target->path);
        break;
      case Kind::kText:
        done = to_text(*target);
        break;
      case Kind::kStream:
        done = to_stream(*target);
        break;
    }
    if (!done) {
      return failed(done.error());
    }
    return std::move(outcome_);
  }

 private:
  // `gone`: nobody reads what is written any more.
  Result<void> work(store::RowStore& store, const std::function<bool()>& gone = {}) {
    const std::uint64_t first = store.next();
    store::RowRun rows;
    rows.last = manifest_.last;
    rows.threads = run_.info.threads;
    rows.work = [this](std::uint64_t point) { return sweep_.answer(workspace_, point); };
    rows.stop = [this, &gone] { return (run_.stop && run_.stop()) || (gone && gone()); };
    if (run_.progress) {
      rows.progress = [this, first](std::uint64_t next) {
        run_.progress(next - first, manifest_.last - first);
      };
    }
    auto done = store::run_rows(store, rows);
    outcome_.tally = store.tally();
    outcome_.stopped = store.next() < manifest_.last && !(gone && gone());
    if (!done || store.next() < manifest_.last || store.finished()) {
      return done;
    }
    return store.finish(record_.text(manifest_, store.tally()));
  }

  Result<void> to_store(const std::string& path) {
    std::string note;
    auto store = store::open_store(
        path, manifest_, run_.resume ? store::OpenMode::kResume : store::OpenMode::kFresh, note);
    if (!store) {
      return tl::unexpected(store.error());
    }
    if (!note.empty()) {
      outcome_.notes.push_back(std::move(note));
    }
    outcome_.kept = path;
    return work(**store);
  }

  Result<void> to_text(const Target& target) {
    const std::string partial = target.path + ".partial";
    std::error_code code;
    if (run_.resume && !fs::exists(partial, code)) {
      if (const auto tally = complete_text(target.path, manifest_)) {
        outcome_.kept = target.path;
        outcome_.tally = *tally;
        return {};
      }
    }
    if (auto done = to_store(partial); !done || outcome_.stopped) {
      return done;
    }
    auto tally = write_text(
        target, [&partial] { return store::open_source(partial).value(); }, record_);
    if (!tally) {
      Error error = std::move(tally).error();
      error.help = {fmt::format("all rows are kept in {}", partial),
                    "make room, then run the same command again with --resume"};
      return tl::unexpected(std::move(error));
    }
    fs::remove(partial, code);
    outcome_.kept = target.path;
    return {};
  }

  Result<void> to_stream(const Target& target) {
    if (target.format == Format::kTable || target.format == Format::kMarkdown) {
      RowPreview preview(manifest_);
      auto done = work(preview);
      outcome_.answer = preview.answer(say_, workspace_.date);
      return done;
    }
    auto out = target.path.empty() ? Result<store::TextOutput>(store::TextOutput::stream(stdout))
                                   : store::TextOutput::create(target.path);
    if (!out) {
      return tl::unexpected(out.error());
    }
    if (target.format != Format::kCsv) {
      const auto store =
          store::stream_store(manifest_, target.format, record_.envelope(manifest_), *out);
      auto done = work(*store, [&out] { return out->closed(); });
      return done && !outcome_.stopped ? out->finish() : done;
    }
    // Which columns there are is known when all rows are.
    auto done = to_store(run_.scratch);
    outcome_.kept.clear();
    if (done && !outcome_.stopped) {
      const auto tally =
          store::write_rows([this] { return store::open_source(run_.scratch).value(); },
                            target.format, record_.envelope(manifest_), *out);
      done = tally ? out->finish() : Result<void>(tl::unexpected(tally.error()));
    }
    std::error_code ignored;
    fs::remove(run_.scratch, ignored);
    return done;
  }

  const Workspace& workspace_;
  const Sweep& sweep_;
  const SweepRun& run_;
  const Words& say_;
  RunRecord record_;
  store::Manifest manifest_;
  SweepOutcome outcome_;
};

// Files, and of folders the shards in them.
Loaded<std::vector<std::string>> files_of(const std::vector<std::string>& inputs) {
  std::vector<std::string> files;
  for (const std::string& input : inputs) {
    std::error_code code;
    if (!fs::is_directory(input, code)) {
      files.push_back(input);
      continue;
    }
    std::vector<std::string> found;
    auto walk = fs::directory_iterator(input, code);
    for (; !code && walk != fs::directory_iterator(); walk.increment(code)) {
      const std::string path = walk->path().string();
      if (path.ends_with(".shard") || store::is_sqlite_path(path)) {
        found.push_back(path);
      }
    }
    if (code || found.empty()) {
      return failed({Code::kFileUnreadable,
                     code ? fmt::format("cannot read '{}': {}", input, code.message())
                          : fmt::format("there is no shard in '{}'", input),
                     std::nullopt,
                     {"shards end in .shard or .sqlite"},
                     {}});
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Result<void> copy_rows(const store::OpenRows& open, store::RowStore& to) {
  const auto rows = open();
  constexpr std::size_t kBytesOfBatch = std::size_t{4} << 20U;
  std::size_t pending = 0;
  store::Row row;
  while (true) {
    const auto more = rows->next(row);
    if (!more) {
      return tl::unexpected(more.error());
    }
    if (!*more) {
      return to.commit(rows->manifest().last);
    }
    auto done = to.append(row);
    pending += row.text.size();
    if (done && pending > kBytesOfBatch) {
      pending = 0;
      done = to.commit(to.next());
    }
    if (!done) {
      return done;
    }
  }
}

// A store that appears when it is complete.
Result<store::Tally> write_store(const std::string& path, const store::OpenRows& open,
                                 const RunRecord& record) {
  std::error_code code;
  if (fs::exists(path, code)) {
    const auto there = store::open_source(path);
    if (!there) {
      return tl::unexpected(store::not_ours(path));
    }
    if (!(*there)->finished()) {
      return tl::unexpected(store::unfinished(path, {}));
    }
  }
  const std::string temporary =
      path + (store::is_sqlite_path(path) ? ".writing.sqlite" : ".writing");
  fs::remove(temporary, code);
  const store::Manifest manifest = open()->manifest();
  store::Tally tally;
  {
    std::string note;
    auto store = store::open_store(temporary, manifest, store::OpenMode::kFresh, note);
    if (!store) {
      return tl::unexpected(store.error());
    }
    auto done = copy_rows(open, **store);
    tally = (*store)->tally();
    done = done ? (*store)->finish(record.text(manifest, tally)) : done;
    if (!done) {
      store->reset();
      fs::remove(temporary, code);
      Error error = std::move(done).error();
      if (error.code == Code::kOutputUnwritable) {
        error.help = {"the shards are as they were; make room, then merge again"};
      }
      return tl::unexpected(std::move(error));
    }
  }
  fs::rename(temporary, path, code);
  if (code) {
    return tl::unexpected(store::unwritable(path, code.message(), {}));
  }
  return tally;
}

}  // namespace

Result<ShardNumber> parse_shard(std::string_view text) {
  ShardNumber number;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, number.shard);
  const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  const auto second = slash ? std::from_chars(first.ptr + 1, end, number.shards)
                            : std::from_chars_result{text.data(), std::errc::invalid_argument};
  if (second.ec != std::errc() || second.ptr != end || number.shard < 1 ||
      number.shard > number.shards || number.shards > store::kMostShards) {
    return fail(Code::kBadOptionValue, fmt::format("--shard {}: expected K/N", text),
                {fmt::format("shard K of N with K from 1 to N, at most {}, such as 3/64",
                             store::kMostShards)});
  }
  return number;
}

std::string shard_name(const ShardNumber& shard) {
  return fmt::format("shard-{:04}-of-{:04}.shard", shard.shard, shard.shards);
}

Loaded<SweepOutcome> run_sweep(const Workspace& workspace, const Sweep& sweep, const SweepRun& run,
                               const Words& say) {
  return SweepRunner(workspace, sweep, run, say)();
}

Loaded<SweepOutcome> merge_shards(const Merge& merge, const Words& say) {
  const auto target = target_of(merge.target, {});
  if (!target) {
    return failed(target.error());
  }
  const auto files = files_of(merge.inputs);
  if (!files) {
    return tl::unexpected(files.error());
  }
  auto parts = store::gather_parts(*files);
  if (!parts) {
    return tl::unexpected(std::move(parts).error());
  }
  const RunRecord record(merge.info, merge.begun);
  const store::OpenRows open = [&parts] { return store::read_parts(*parts); };
  SweepOutcome outcome;
  const store::Manifest manifest = store::whole_manifest(*parts);
  outcome.points = manifest.points;
  Result<store::Tally> tally;
  if (target->kind == Kind::kStore) {
    tally = write_store(target->path, open, record);
  } else if (target->kind == Kind::kText) {
    tally = write_text(*target, open, record);
  } else if (!takes_rows(target->format)) {
    RowPreview preview(manifest);
    const auto done = copy_rows(open, preview);
    outcome.answer = preview.answer(say, std::nullopt);
    tally = done ? Result<store::Tally>(preview.tally()) : tl::unexpected(done.error());
  } else {
    auto out = target->path.empty() ? Result<store::TextOutput>(store::TextOutput::stream(stdout))
                                    : store::TextOutput::create(target->path);
    tally = out ? store::write_rows(open, target->format, record.envelope(manifest), *out)
                : tl::unexpected(out.error());
    if (tally) {
      if (auto done = out->finish(); !done) {
        tally = tl::unexpected(done.error());
      }
    }
  }
  if (!tally) {
    return failed(tally.error());
  }
  outcome.tally = *tally;
  outcome.kept = target->path;
  return outcome;
}

}  // namespace redline::app

#include "store/shard_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "store/errors.h"

namespace redline::store {
namespace {

// An open file, closed with its owner.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File& operator=(File&&) = delete;
  ~File() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// What a shard file holds that is whole.
struct Whole {
  std::uint64_t next = 0;
  std::uint64_t bytes = 0;
  Fingerprint fingerprint{};
  Tally tally{};
  bool finished = false;  // and nothing stands behind
};

class ShardStore final : public RowStore {
 public:
  ShardStore(std::string path, File file, Whole whole)
      : path_(std::move(path)), file_(std::move(file)), kept_(std::move(whole)), now_(kept_) {}

  [[nodiscard]] std::uint64_t next() const override { return now_.next; }
  [[nodiscard]] const Tally& tally() const override { return now_.tally; }
  [[nodiscard]] bool finished() const override { return now_.finished; }

  Result<void> append(const Row& row) override {
    RL_CHECK(row.point >= now_.next);
    add(row.text);
    now_.tally.add(row.status);
    now_.next = row.point + 1;
    return {};
  }

  Result<void> commit(std::uint64_t next) override {
    RL_CHECK(next >= now_.next);
    if (next == kept_.next && buffer_.empty()) {
      return {};
    }
    now_.next = next;
    add(fmt::format("{{\"batch\":{}}}", place("")));
    return flush();
  }

  Result<void> finish(std::string_view run) override {
    add(fmt::format("{{\"end\":{}}}", place(fmt::format(",\"run\":{}", run))));
    now_.finished = true;
    return flush();
  }

  // Begins the file.
  Result<void> begin(const Manifest& manifest) {
    now_.next = manifest.first;
    add(fmt::format("{{\"redline_shard\":{}}}", write_manifest(manifest)));
    return flush();
  }

 private:
  [[nodiscard]] std::string place(std::string_view more) const {
    return fmt::format("{{\"next\":{},\"rows\":{},\"hash\":\"{}\"{}}}", now_.next,
                       now_.tally.rows(), now_.fingerprint.hex(), more);
  }

  void add(std::string_view line) {
    const std::size_t begin = buffer_.size();
    buffer_ += line;
    buffer_ += '\n';
    now_.fingerprint.add_bytes(std::string_view(buffer_).substr(begin));
    now_.bytes += line.size() + 1;
  }

  Result<void> flush() {
    for (std::size_t done = 0; done < buffer_.size();) {
      const ssize_t wrote = ::write(file_.get(), buffer_.data() + done, buffer_.size() - done);
      if (wrote < 0 && errno != EINTR) {
        return give_up(errno);
      }
      done += static_cast<std::size_t>(std::max<ssize_t>(wrote, 0));
    }
    if (::fdatasync(file_.get()) != 0) {
      return give_up(errno);
    }
    buffer_.clear();
    kept_ = now_;
    return {};
  }

  // The file is left as it was after the last batch.
  Result<void> give_up(int why) {
    if (::ftruncate(file_.get(), static_cast<off_t>(kept_.bytes)) == 0) {
      ::lseek(file_.get(), static_cast<off_t>(kept_.bytes), SEEK_SET);
    }
    buffer_.clear();
    now_ = kept_;
    return tl::unexpected(unwritable(path_, std::strerror(why), kept_.tally));
  }

  std::string path_;
  File file_;
  Whole kept_;  // on the disk
  Whole now_;   // and what is buffered
  std::string buffer_;
};

class ShardSource final : public RowSource {
 public:
  ShardSource(std::string path, File file)
      : path_(std::move(path)), file_(std::move(file)), scan_(file_.get()) {}

  Result<void> begin() {
    const auto got = scan_.read_manifest(manifest_);
    if (got == ShardScan::Got::kTorn) {
      return tl::unexpected(damaged(path_, "it has no whole line"));
    }
    if (got == ShardScan::Got::kDamaged) {
      return tl::unexpected(damaged(path_, scan_.problem()));
    }
    finished_ = ends_with_end();
    return {};
  }

  [[nodiscard]] const Manifest& manifest() const override { return manifest_; }
  [[nodiscard]] bool finished() const override { return finished_; }

  Result<bool> next(Row& row) override {
    while (true) {
      switch (scan_.next(row)) {
        case ShardScan::Got::kRow:
          return true;
        case ShardScan::Got::kBatch:
          continue;
        case ShardScan::Got::kEnd:
          ended_ = true;
          continue;
        case ShardScan::Got::kOver:
          return ended_ ? Result<bool>(false)
                        : tl::unexpected(damaged(path_, "its end is missing"));
        case ShardScan::Got::kTorn:
          return tl::unexpected(damaged(path_, "its last line is cut off"));
        case ShardScan::Got::kDamaged:
          return tl::unexpected(damaged(path_, scan_.problem()));
      }
    }
  }

 private:
  // Whether the last line says that the shard is finished; reading on checks it.
  [[nodiscard]] bool ends_with_end() const {
    constexpr off_t kMostOfEnd = 1 << 16;
    struct stat about {};
    if (::fstat(file_.get(), &about) != 0 || about.st_size < 2) {
      return false;
    }
    const off_t begin = std::max<off_t>(0, about.st_size - kMostOfEnd);
    std::string tail(static_cast<std::size_t>(about.st_size - begin), '\0');
    const ssize_t got = ::pread(file_.get(), tail.data(), tail.size(), begin);
    if (got != static_cast<ssize_t>(tail.size()) || tail.back() != '\n') {
      return false;
    }
    tail.pop_back();
    const std::size_t line = tail.rfind('\n');
    return line != std::string::npos && tail.compare(line + 1, 7, "{\"end\":") == 0;
  }

  std::string path_;
  File file_;
  ShardScan scan_;
  Manifest manifest_;
  bool finished_ = false;
  bool ended_ = false;
};

// What stands in a file already.
struct Found {
  bool any = false;      // a manifest at least
  Whole whole{};         // up to the last batch that is
  std::string why{};     // the rows do not belong to this run; empty where they do
  std::string damage{};  // what cannot be kept and why
};

Result<Found> look_into(const std::string& path, int file, const Manifest& manifest) {
  ShardScan scan(file);
  Manifest other;
  Found found;
  auto got = scan.read_manifest(other);
  if (got == ShardScan::Got::kTorn) {
    return found;
  }
  if (got == ShardScan::Got::kDamaged) {
    return tl::unexpected(scan.begins_as_shard() ? damaged(path, scan.problem()) : not_ours(path));
  }
  found.any = true;
  found.why = range_difference(manifest, other);
  Row row;
  do {
    if (got == ShardScan::Got::kBatch) {
      found.whole = {scan.next_point(), scan.bytes(), scan.fingerprint(), scan.tally()};
    }
    found.whole.finished = got == ShardScan::Got::kEnd;
    got = scan.next(row);
  } while (got <= ShardScan::Got::kEnd);
  if (got == ShardScan::Got::kDamaged) {
    found.whole.finished = false;
    found.damage = scan.problem();
  }
  return found;
}

}  // namespace

Result<std::unique_ptr<RowStore>> open_shard_store(const std::string& path,
                                                   const Manifest& manifest, OpenMode mode,
                                                   std::string& note) {
  if (auto made = make_folder_of(path); !made) {
    return tl::unexpected(made.error());
  }
  constexpr mode_t kPermissions = 0666;
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPermissions));
  if (file.get() < 0) {
    return tl::unexpected(unwritable(path, std::strerror(errno), {}));
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return tl::unexpected(busy(path));
  }
  auto found = look_into(path, file.get(), manifest);
  if (!found) {
    return tl::unexpected(found.error());
  }
  const bool resumes = found->any && mode == OpenMode::kResume;
  if (resumes && !found->why.empty()) {
    return tl::unexpected(foreign(path, found->why));
  }
  if (found->any && !resumes && !found->whole.finished && found->whole.tally.rows() > 0) {
    return tl::unexpected(unfinished(path, found->whole.tally));
  }
  const Whole whole = resumes ? std::move(found->whole) : Whole{};
  if (resumes && !found->damage.empty()) {
    note = fmt::format("{}: {}; {} rows before that are kept", path, found->damage,
                       whole.tally.rows());
  }
  if (whole.finished) {
    return std::make_unique<ShardStore>(path, std::move(file), whole);
  }
  const auto end = static_cast<off_t>(whole.bytes);
  if (::ftruncate(file.get(), end) != 0 || ::lseek(file.get(), end, SEEK_SET) != end) {
    return tl::unexpected(unwritable(path, std::strerror(errno), whole.tally));
  }
  auto store = std::make_unique<ShardStore>(path, std::move(file), whole);
  if (!resumes) {
    if (auto begun = store->begin(manifest); !begun) {
      return tl::unexpected(begun.error());
    }
  }
  return store;
}

Result<std::unique_ptr<RowSource>> open_shard_source(const std::string& path) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat about {};
  const bool folder = file.get() >= 0 && ::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode);
  if (file.get() < 0 || folder) {
    return fail(Code::kFileUnreadable,
                fmt::format("cannot read '{}': {}", path,
                            folder ? "it is a folder" : std::strerror(errno)));
  }
  auto source = std::make_unique<ShardSource>(path, std::move(file));
  if (auto begun = source->begin(); !begun) {
    return tl::unexpected(begun.error());
  }
  return source;
}

}  // namespace redline::store

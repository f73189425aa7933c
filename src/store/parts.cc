#include "store/parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/errors.h"

namespace redline::store {
namespace {

std::string points_text(std::uint64_t first, std::uint64_t last) {
  return last - first == 1 ? fmt::format("point {}", first)
                           : fmt::format("points {} to {}", first, last - 1);
}

// Which shards of n hold what is missing.
std::string shards_text(const Manifest& run, std::uint64_t first, std::uint64_t last) {
  constexpr std::size_t kMost = 8;
  std::vector<std::string> list;
  Manifest one = run;
  for (std::uint64_t k = 1; k <= run.shards && list.size() <= kMost; ++k) {
    take_shard(one, k, run.shards);
    if (one.first < last && one.last > first) {
      list.push_back(fmt::format("{}/{}", k, run.shards));
    }
  }
  if (list.size() > kMost) {
    list.back() = "…";
  }
  return fmt::format("{}", fmt::join(list, ", "));
}

class Gathering {
 public:
  void take(const std::string& path) {
    auto source = open_source(path);
    if (!source) {
      problems_.push_back(std::move(source).error());
      return;
    }
    const Manifest& manifest = (*source)->manifest();
    if (!(*source)->finished()) {
      problems_.push_back(
          {Code::kShardUnfinished,
           fmt::format("{}: the shard is not finished", path),
           std::nullopt,
           {"the run that wrote it goes on with --resume; what it has written is kept"},
           {}});
    }
    if (!parts_.empty()) {
      const std::string why = difference(parts_.front().manifest, manifest);
      if (!why.empty()) {
        problems_.push_back(
            {Code::kShardForeign,
             fmt::format("{}: it does not belong together with {}: {}", path, parts_.front().path,
                         why),
             std::nullopt,
             {"merge shards of one sweep, from one set of data and one program; all files are as "
              "they were"},
             {}});
        return;
      }
    }
    parts_.push_back({path, manifest});
  }

  Loaded<std::vector<Part>> finish() {
    std::stable_sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
      return std::pair(a.manifest.first, a.manifest.last) <
             std::pair(b.manifest.first, b.manifest.last);
    });
    // What a problem keeps out would be told again as missing.
    const bool whole = problems_.empty();
    std::uint64_t at = 0;
    const Part* before = nullptr;
    for (const Part& part : parts_) {
      const Manifest& m = part.manifest;
      if (m.first == m.last) {
        continue;
      }
      if (m.first < at) {
        overlap(*before, part, std::min(at, m.last));
      } else if (m.first > at && whole) {
        missing(at, m.first);
      }
      if (m.last > at) {
        at = m.last;
        before = &part;
      }
    }
    if (!parts_.empty() && whole && at < parts_.front().manifest.points) {
      missing(at, parts_.front().manifest.points);
    }
    if (!problems_.empty()) {
      return tl::unexpected(std::move(problems_));
    }
    return std::move(parts_);
  }

 private:
  void overlap(const Part& before, const Part& part, std::uint64_t end) {
    problems_.push_back({Code::kShardsOverlap,
                         fmt::format("{} and {} both hold {}", before.path, part.path,
                                     points_text(part.manifest.first, end)),
                         std::nullopt,
                         {"leave one of them out; both are as they were"},
                         {}});
  }

  void missing(std::uint64_t first, std::uint64_t last) {
    problems_.push_back(
        {Code::kShardsMissing,
         fmt::format("no shard holds {} of the {} points", points_text(first, last),
                     parts_.front().manifest.points),
         std::nullopt,
         {fmt::format("add shard {}, or work it out with --shard; the others are as they were",
                      shards_text(parts_.front().manifest, first, last))},
         {}});
  }

  std::vector<Part> parts_;
  Diagnostics problems_;
};

class PartsSource final : public RowSource {
 public:
  explicit PartsSource(std::vector<Part> parts)
      : parts_(std::move(parts)), manifest_(whole_manifest(parts_)) {}

  [[nodiscard]] const Manifest& manifest() const override { return manifest_; }
  [[nodiscard]] bool finished() const override { return true; }

  Result<bool> next(Row& row) override {
    while (true) {
      if (source_ == nullptr) {
        if (at_ == parts_.size()) {
          return false;
        }
        auto opened = open_source(parts_[at_].path);
        if (!opened) {
          return tl::unexpected(std::move(opened).error());
        }
        source_ = std::move(*opened);
      }
      auto got = source_->next(row);
      if (!got || *got) {
        return got;
      }
      source_.reset();
      ++at_;
    }
  }

 private:
  std::vector<Part> parts_;
  Manifest manifest_;
  std::size_t at_ = 0;
  std::unique_ptr<RowSource> source_;
};

}  // namespace

Loaded<std::vector<Part>> gather_parts(const std::vector<std::string>& paths) {
  Gathering gathering;
  for (const std::string& path : paths) {
    gathering.take(path);
  }
  return gathering.finish();
}

Manifest whole_manifest(const std::vector<Part>& parts) {
  RL_CHECK(!parts.empty());
  Manifest whole = parts.front().manifest;
  take_shard(whole, 1, 1);
  return whole;
}

std::unique_ptr<RowSource> read_parts(std::vector<Part> parts) {
  return std::make_unique<PartsSource>(std::move(parts));
}

}  // namespace redline::store

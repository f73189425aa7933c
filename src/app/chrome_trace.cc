#include "app/chrome_trace.h"

#include <filesystem>

#include <fmt/format.h>

namespace redline::app {
namespace {

constexpr double kMicro = 1e6;

}  // namespace

ChromeTrace::ChromeTrace(std::string path, const ClusterSpec& cluster)
    : path_(std::move(path)), unfinished_(path_ + ".part"), out_(unfinished_, std::ios::binary) {
  out_ << "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
  name_tracks(cluster.pool, 0, cluster.prefill ? "answers" : "replicas");
  if (cluster.prefill) {
    name_tracks(*cluster.prefill, 1, "prompts");
  }
}

ChromeTrace::~ChromeTrace() {
  if (out_.is_open()) {
    out_.close();
    std::error_code ignored;
    std::filesystem::remove(unfinished_, ignored);
  }
}

void ChromeTrace::name_tracks(const PoolSpec& pool, int index, std::string_view name) {
  lanes_[index] = pool.replica.lanes;
  write(fmt::format(R"({{"ph":"M","name":"process_name","pid":{},"args":{{"name":"{}"}}}})", index,
                    name));
  for (int replica = 0; replica < pool.replicas; ++replica) {
    for (int lane = 0; lane < pool.replica.lanes; ++lane) {
      write(fmt::format(
          R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":"replica {}{}"}}}})",
          index, track(index, replica, lane), replica,
          pool.replica.lanes > 1 ? fmt::format(", batch {}", lane) : std::string()));
    }
  }
}

int ChromeTrace::track(int pool, int replica, int lane) const {
  return replica * lanes_[pool] + lane;
}

void ChromeTrace::write(const std::string& event) {
  out_ << (first_ ? "\n" : ",\n") << event;
  first_ = false;
}

void ChromeTrace::step(const Step& s) {
  const std::string_view name = s.prompt_tokens == 0 ? "decode"
                                : s.decodes == 0     ? "prompts"
                                                     : "decode and prompts";
  const int tid = track(s.pool, s.replica, s.lane);
  write(fmt::format(
      R"({{"ph":"X","cat":"step","name":"{}","pid":{},"tid":{},"ts":{:.3f},"dur":{:.3f},)"
      R"("args":{{"sequences":{},"prompt_tokens":{},"waiting":{},"cache_percent":{:.1f}}}}})",
      name, s.pool, tid, s.begin_s * kMicro, s.duration_s * kMicro, s.decodes, s.prompt_tokens,
      s.waiting, 100.0 * s.cache_share));
}

void ChromeTrace::note(std::string_view what, int pool, int replica, double at_s) {
  write(fmt::format(
      R"({{"ph":"i","s":"t","cat":"replica","name":"{}","pid":{},"tid":{},"ts":{:.3f}}})", what,
      pool, track(pool, replica, 0), at_s * kMicro));
}

std::optional<Error> ChromeTrace::finish() {
  out_ << "\n]}\n";
  out_.close();
  std::error_code failed;
  if (out_) {
    std::filesystem::rename(unfinished_, path_, failed);
  }
  if (out_ && !failed) {
    return std::nullopt;
  }
  std::error_code ignored;
  std::filesystem::remove(unfinished_, ignored);
  return Error{Code::kOutputUnwritable,
               fmt::format("cannot write '{}'", path_),
               std::nullopt,
               {"choose a folder that can be written to, on a disk that is not full"},
               {}};
}

}  // namespace redline::app

#include <cerrno>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "store/shard_file.h"

namespace redline::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kBlock = std::size_t{1} << 18U;
// No row is nearly as long: what is has lost its newlines.
constexpr std::size_t kLongestLine = std::size_t{64} << 20U;

constexpr std::string_view kManifestBegin = "{\"redline_shard\":";
constexpr std::string_view kRowBegin = "{\"point\":";
constexpr std::string_view kBatchBegin = "{\"batch\":";
constexpr std::string_view kEndBegin = "{\"end\":";

}  // namespace

LineReader::Got LineReader::next(std::string& line) {
  std::size_t searched = at_;
  while (true) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      line.assign(buffer_, at_, end - at_);
      at_ = end + 1;
      return Got::kLine;
    }
    if (over_) {
      line.assign(buffer_, at_);
      at_ = buffer_.size();
      return line.empty() ? Got::kEnd : Got::kTorn;
    }
    if (buffer_.size() - at_ > kLongestLine) {
      return Got::kTooLong;
    }
    buffer_.erase(0, at_);
    at_ = 0;
    searched = buffer_.size();
    buffer_.resize(searched + kBlock);
    ssize_t got = 0;
    do {
      got = ::read(file_, buffer_.data() + searched, kBlock);
    } while (got < 0 && errno == EINTR);
    buffer_.resize(searched + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) {
      return Got::kFailed;
    }
    over_ = got == 0;
  }
}

ShardScan::Got ShardScan::damaged(std::string problem) {
  problem_ = fmt::format("line {}: {}", line_, problem);
  return Got::kDamaged;
}

void ShardScan::take(std::string_view line) {
  fingerprint_.add_bytes(line);
  fingerprint_.add_bytes("\n");
  bytes_ += line.size() + 1;
}

ShardScan::Got ShardScan::read_manifest(Manifest& manifest) {
  line_ = 1;
  const auto got = lines_.next(text_);
  ours_ = text_.starts_with(kManifestBegin);
  if (got == LineReader::Got::kEnd || got == LineReader::Got::kTorn) {
    // Torn only where it may be the beginning of one.
    const std::string_view begun = std::string_view(text_).substr(0, kManifestBegin.size());
    return text_.empty() || kManifestBegin.starts_with(begun)
               ? Got::kTorn
               : damaged("this is not the beginning of a shard");
  }
  if (got != LineReader::Got::kLine || !text_.starts_with(kManifestBegin) ||
      !text_.ends_with('}')) {
    return damaged("this is not the beginning of a shard");
  }
  auto parsed = parse_manifest(std::string_view(text_).substr(
      kManifestBegin.size(), text_.size() - kManifestBegin.size() - 1));
  if (!parsed) {
    return damaged("the manifest cannot be read; a later Redline may have written it");
  }
  manifest = std::move(*parsed);
  first_ = next_point_ = manifest.first;
  last_ = manifest.last;
  take(text_);
  return Got::kBatch;
}

ShardScan::Got ShardScan::close(std::string_view line, const char* key, Got what) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  const Json body = json.is_object() ? json.value(key, Json()) : Json();
  const auto number = [&body](const char* name) -> std::optional<std::uint64_t> {
    const auto found = body.is_object() ? body.find(name) : body.end();
    return found != body.end() && found->is_number_unsigned()
               ? std::optional(found->get<std::uint64_t>())
               : std::nullopt;
  };
  const auto next = number("next");
  const auto rows = number("rows");
  const auto hash = body.is_object() ? body.find("hash") : body.end();
  if (!next || !rows || hash == body.end() || !hash->is_string()) {
    return damaged("the end of a batch cannot be read");
  }
  if (hash->get_ref<const std::string&>() != fingerprint_.hex() || *rows != tally_.rows()) {
    return damaged("the rows before it are not those that its checksum was taken of");
  }
  if (*next < next_point_ || *next > last_ || (what == Got::kEnd && *next != last_)) {
    return damaged("the points before it are not those of this shard");
  }
  next_point_ = *next;
  ended_ = what == Got::kEnd;
  take(line);
  return what;
}

ShardScan::Got ShardScan::next(Row& row) {
  const auto got = lines_.next(text_);
  if (got == LineReader::Got::kEnd) {
    return Got::kOver;
  }
  ++line_;
  if (got == LineReader::Got::kFailed) {
    return damaged(fmt::format("reading failed: {}", std::strerror(errno)));
  }
  if (ended_) {
    return damaged("something stands behind the end");
  }
  if (got == LineReader::Got::kTorn) {
    return Got::kTorn;
  }
  if (got == LineReader::Got::kTooLong) {
    return damaged("the line is too long for a row");
  }
  if (text_.starts_with(kBatchBegin)) {
    return close(text_, "batch", Got::kBatch);
  }
  if (text_.starts_with(kEndBegin)) {
    return close(text_, "end", Got::kEnd);
  }
  auto parsed = text_.starts_with(kRowBegin) ? parse_row(text_) : std::nullopt;
  if (!parsed) {
    return damaged("this is neither a row nor the end of a batch");
  }
  if (parsed->point < next_point_ || parsed->point >= last_) {
    return damaged(fmt::format("point {} does not belong here", parsed->point));
  }
  next_point_ = parsed->point + 1;
  tally_.add(parsed->status);
  take(text_);
  row = std::move(*parsed);
  return Got::kRow;
}

}  // namespace redline::store

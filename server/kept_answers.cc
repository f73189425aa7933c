#include "server/kept_answers.h"

#include <zlib.h>

namespace redline::server {

std::optional<KeptAnswer> KeptAnswers::find(std::string_view question) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(question);
  if (place == places_.end()) {
    return std::nullopt;
  }
  entries_.splice(entries_.begin(), entries_, place->second);
  return place->second->answer;
}

void KeptAnswers::keep(std::string question, KeptAnswer answer) {
  Entry entry{std::move(question), std::move(answer)};
  constexpr std::size_t kOfNodes = 256;
  entry.bytes = entry.question.size() + entry.answer.body->size() + kOfNodes;
  const std::lock_guard lock(mutex_);
  if (entry.bytes > most_bytes_ / 4 || places_.contains(entry.question)) {
    return;
  }
  bytes_ += entry.bytes;
  entries_.push_front(std::move(entry));
  places_.emplace(entries_.front().question, entries_.begin());
  while (bytes_ > most_bytes_) {
    bytes_ -= entries_.back().bytes;
    places_.erase(entries_.back().question);
    entries_.pop_back();
  }
}

std::size_t KeptAnswers::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::shared_ptr<const std::string> gzipped(std::string_view text) {
  constexpr std::size_t kShort = 1024;
  if (text.size() < kShort) {
    return nullptr;
  }
  z_stream stream{};
  constexpr int kGzip = 16;  // added to the bits of the window: with a header of gzip
  if (deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return nullptr;
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  // zlib does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END || out.size() >= text.size()) {
    return nullptr;
  }
  return std::make_shared<const std::string>(std::move(out));
}

}  // namespace redline::server

#pragma once
// Answers given before. An answer hangs on nothing but its request, the data and the program, so it
// stays true as long as the server runs.

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace redline::server {

struct KeptAnswer {
  std::shared_ptr<const std::string> body;
  bool gzip = false;  // whether the body is compressed
};

class KeptAnswers {
 public:
  explicit KeptAnswers(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  [[nodiscard]] std::optional<KeptAnswer> find(std::string_view question);
  void keep(std::string question, KeptAnswer answer);
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Entry {
    std::string question;
    KeptAnswer answer;
    std::size_t bytes = 0;
  };

  mutable std::mutex mutex_;
  std::size_t most_bytes_, bytes_ = 0;
  std::list<Entry> entries_;  // the one asked for last first
  // Views of the questions of the entries.
  std::unordered_map<std::string_view, std::list<Entry>::iterator> places_;
};

// Compressed for Content-Encoding: gzip; null where the text is short or hardly shrinks.
[[nodiscard]] std::shared_ptr<const std::string> gzipped(std::string_view text);

}  // namespace redline::server

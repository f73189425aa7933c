#pragma once
// The bytes of one connection under limits of size and time. A client that is slow, sends too much
// or is gone costs its own connection and nothing else.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <httplib.h>
#include <string>
#include <string_view>

namespace redline::server {

struct ConnectionLimits {
  std::size_t longest_head = std::size_t{32} << 10U;  // request line and headers
  std::size_t longest_body = std::size_t{1} << 20U;   // with the marks of its chunks
  std::chrono::milliseconds head_time{10'000};        // from the first byte to the last of the head
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds write_time{30'000};  // of one part of an answer
  std::chrono::milliseconds idle_time{5'000};    // between two requests
};

// Why a connection read no further.
enum class CutShort : std::uint8_t { kNo, kGone, kSlow, kLongHead, kLongBody };

// Counts a request while it comes in: where its head ends, and whether it is within limits.
class RequestMeter {
 public:
  explicit RequestMeter(const ConnectionLimits& limits) : limits_(&limits) {}
  void begin();
  // How many bytes may still come; 0: too many have.
  [[nodiscard]] std::size_t room() const;
  void take(std::string_view bytes);
  [[nodiscard]] bool in_head() const { return in_head_; }

 private:
  const ConnectionLimits* limits_;
  std::size_t head_ = 0, body_ = 0;
  int newlines_ = 0;  // one after another, returns between them not counted
  bool in_head_ = true;
};

class SocketStream : public httplib::Stream {
 public:
  // `ending`: the server is; nothing is waited for any more.
  SocketStream(int socket, const ConnectionLimits& limits, const std::atomic<bool>& ending);

  // Waits for the first byte of the next request; false: none comes.
  [[nodiscard]] bool wait_for_request();
  [[nodiscard]] CutShort cut_short() const { return cut_; }
  // Whether the client has closed its end.
  [[nodiscard]] bool is_gone() const;
  // Sends what is left and lets the client read it: closing with bytes unread would tear the answer
  // away. Waits no longer than that.
  void close(std::chrono::milliseconds most = std::chrono::milliseconds(500));

  bool is_readable() const override { return true; }
  bool is_writable() const override;
  ssize_t read(char* data, size_t size) override;
  using httplib::Stream::write;
  ssize_t write(const char* data, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  [[nodiscard]] bool fill();
  [[nodiscard]] bool wait_for(short events, Clock::time_point until) const;

  int socket_;
  const ConnectionLimits& limits_;
  const std::atomic<bool>& ending_;
  RequestMeter meter_;
  Clock::time_point head_until_{}, body_until_{};
  CutShort cut_ = CutShort::kNo;
  std::array<char, 8192> buffer_{};
  std::size_t begin_ = 0, end_ = 0;  // of what was read and not yet taken
};

}  // namespace redline::server

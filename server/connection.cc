#include "server/connection.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace redline::server {
namespace {

void address_of(const sockaddr_storage& address, std::string& ip, int& port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
    port = ntohs(four.sin_port);
  } else if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
    port = ntohs(six.sin6_port);
  }
  ip = text.data();
}

}  // namespace

void RequestMeter::begin() {
  head_ = body_ = 0;
  newlines_ = 0;
  in_head_ = true;
}

std::size_t RequestMeter::room() const {
  return in_head_ ? limits_->longest_head - std::min(head_, limits_->longest_head)
                  : limits_->longest_body - std::min(body_, limits_->longest_body);
}

void RequestMeter::take(std::string_view bytes) {
  std::size_t i = 0;
  for (; i < bytes.size() && in_head_; ++i) {
    ++head_;
    if (bytes[i] == '\n') {
      in_head_ = ++newlines_ < 2;
    } else if (bytes[i] != '\r') {
      newlines_ = 0;
    }
  }
  body_ += bytes.size() - i;
}

SocketStream::SocketStream(int socket, const ConnectionLimits& limits,
                           const std::atomic<bool>& ending)
    : socket_(socket), limits_(limits), ending_(ending), meter_(limits) {}

// Whether the socket becomes ready for `events` until then. Where the server ends, it has a second.
bool SocketStream::wait_for(short events, Clock::time_point until) const {
  constexpr auto kBetweenLooks = std::chrono::milliseconds(100);
  constexpr auto kAtTheEnd = std::chrono::milliseconds(1000);
  bool ends = false;
  while (true) {
    if (!ends && ending_) {
      ends = true;
      until = std::min(until, Clock::now() + (events == POLLIN ? kBetweenLooks : kAtTheEnd));
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    pollfd one{socket_, events, 0};
    const auto wait = std::clamp(left, std::chrono::milliseconds(0), kBetweenLooks);
    if (::poll(&one, 1, static_cast<int>(wait.count())) > 0) {
      return true;
    }
    if (left <= kBetweenLooks && Clock::now() >= until) {
      return false;
    }
  }
}

bool SocketStream::wait_for_request() {
  if (begin_ == end_ && !wait_for(POLLIN, Clock::now() + limits_.idle_time)) {
    return false;
  }
  meter_.begin();
  head_until_ = Clock::now() + limits_.head_time;
  body_until_ = head_until_ + limits_.body_time;
  return true;
}

bool SocketStream::is_gone() const {
  pollfd one{socket_, POLLRDHUP, 0};
  return ::poll(&one, 1, 0) > 0;
}

bool SocketStream::is_writable() const {
  return wait_for(POLLOUT, Clock::now() + limits_.write_time);
}

bool SocketStream::fill() {
  if (!wait_for(POLLIN, meter_.in_head() ? head_until_ : body_until_)) {
    cut_ = CutShort::kSlow;
    return false;
  }
  ssize_t got = 0;
  do {
    got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) {
    cut_ = CutShort::kGone;
    return false;
  }
  begin_ = 0;
  end_ = static_cast<std::size_t>(got);
  return true;
}

ssize_t SocketStream::read(char* data, size_t size) {
  if (cut_ != CutShort::kNo || (begin_ == end_ && !fill())) {
    return -1;
  }
  const std::size_t room = meter_.room();
  if (room == 0) {
    cut_ = meter_.in_head() ? CutShort::kLongHead : CutShort::kLongBody;
    return -1;
  }
  const std::size_t count = std::min({size, end_ - begin_, room});
  std::copy_n(buffer_.data() + begin_, count, data);
  meter_.take({data, count});
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t SocketStream::write(const char* data, size_t size) {
  const auto until = Clock::now() + limits_.write_time;
  std::size_t sent = 0;
  while (sent < size) {
    const ssize_t now = ::send(socket_, data + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (now >= 0) {
      sent += static_cast<std::size_t>(now);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(POLLOUT, until)) {
        return -1;
      }
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

void SocketStream::close(std::chrono::milliseconds most) {
  ::shutdown(socket_, SHUT_WR);
  const auto until = Clock::now() + most;
  for (int reads = 0; reads < 64 && wait_for(POLLIN, until); ++reads) {
    if (::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT) <= 0) {
      break;
    }
  }
  ::close(socket_);
}

void SocketStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    address_of(address, ip, port);
  }
}

void SocketStream::get_local_ip_and_port(std::string& ip, int& port) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    address_of(address, ip, port);
  }
}

}  // namespace redline::server

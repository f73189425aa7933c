#include "server/http_server.h"

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <sys/socket.h>

#include "server/connection.h"
#include "server/problem.h"

namespace redline::server {
namespace {

// What a thread serves right now. httplib's handlers are told of the request alone.
struct Serving {
  const SocketStream* socket = nullptr;  // null in tests
  std::string client;
  std::string accept_encoding;
  std::optional<Response> refusal;
  bool full = false;   // no thread is free: turn it away
  bool whole = false;  // the request was read to its end
  bool has_body = false;
  std::function<CutShort()> cut;  // why the stream reads no further
};
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): of this thread alone
thread_local Serving serving;

// Threads are started as connections come, up to so many. One that comes when all have work is
// turned away at once, by a thread of its own.
class ConnectionThreads : public httplib::TaskQueue {
 public:
  explicit ConnectionThreads(std::size_t most) : most_(most) {
    refuser_ = std::thread([this] {
      serving.full = true;
      work(refused_);
    });
  }

  void enqueue(std::function<void()> connection) override {
    const std::lock_guard lock(mutex_);
    if (idle_ > taken_.size()) {
      taken_.push_back(std::move(connection));
    } else if (threads_.size() < most_) {
      taken_.push_back(std::move(connection));
      threads_.emplace_back([this] { work(taken_); });
    } else {
      refused_.push_back(std::move(connection));
    }
    changed_.notify_all();
  }

  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) {
      thread.join();
    }
    refuser_.join();
  }

 private:
  void work(std::deque<std::function<void()>>& connections) {
    const bool counts = &connections == &taken_;
    std::unique_lock lock(mutex_);
    while (true) {
      idle_ += counts ? 1 : 0;
      changed_.wait(lock, [&] { return ending_ || !connections.empty(); });
      idle_ -= counts ? 1 : 0;
      if (connections.empty()) {
        return;
      }
      const auto connection = std::move(connections.front());
      connections.pop_front();
      lock.unlock();
      connection();
      lock.lock();
    }
  }

  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> taken_, refused_;
  std::size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
  std::thread refuser_;
};

// In memory, for tests and fuzzing.
class TextStream : public httplib::Stream {
 public:
  TextStream(std::string_view input, const ConnectionLimits& limits)
      : input_(input), meter_(limits) {}

  [[nodiscard]] bool at_end() const { return input_.empty(); }
  void begin() { meter_.begin(); }
  [[nodiscard]] CutShort cut_short() const { return cut_; }
  [[nodiscard]] const std::string& output() const { return output_; }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* data, size_t size) override {
    const std::size_t room = meter_.room();
    if (input_.empty() || room == 0) {
      cut_ = input_.empty()     ? CutShort::kGone
             : meter_.in_head() ? CutShort::kLongHead
                                : CutShort::kLongBody;
      return -1;
    }
    const std::size_t count = std::min({size, input_.size(), room});
    std::copy_n(input_.data(), count, data);
    meter_.take({data, count});
    input_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  using httplib::Stream::write;
  ssize_t write(const char* data, size_t size) override {
    output_.append(data, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = "127.0.0.1";
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    get_remote_ip_and_port(ip, port);
  }
  socket_t socket() const override { return -1; }

 private:
  std::string_view input_;
  RequestMeter meter_;
  CutShort cut_ = CutShort::kNo;
  std::string output_;
};

std::string_view reason_of(int status) {
  return status == 408   ? "Request Timeout"
         : status == 413 ? "Payload Too Large"
         : status == 431 ? "Request Header Fields Too Large"
                         : "Service Unavailable";
}

// An answer to a request that was not read to its end.
std::string unread_answer(const Response& response) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
      response.status, reason_of(response.status), response.type, response.body->size(),
      *response.body);
}

Request request_of(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  request.path = from.path;
  request.query.assign(from.params.begin(), from.params.end());
  request.headers.assign(from.headers.begin(), from.headers.end());
  request.body = from.body;
  if (!serving.accept_encoding.empty()) {
    request.headers.emplace_back("Accept-Encoding", serving.accept_encoding);
  }
  request.client = serving.client;
  if (serving.socket != nullptr) {
    request.is_gone = [socket = serving.socket] { return socket->is_gone(); };
  }
  return request;
}

void write_to(httplib::Response& to, const Response& response) {
  to.status = response.status;
  for (const auto& [name, value] : response.headers) {
    to.set_header(name, value);
  }
  if (!response.stream) {
    to.set_content(*response.body, response.type);
    return;
  }
  to.set_chunked_content_provider(response.type, [next = response.stream, part = std::string()](
                                                     size_t, httplib::DataSink& sink) mutable {
    if (!next(part)) {
      sink.done();
      return true;
    }
    return sink.write(part.data(), part.size());
  });
}

}  // namespace

struct HttpServer::Impl : httplib::Server {
  Impl(Service& of, HttpOptions how) : service(of), options(std::move(how)) {
    limits.longest_body = options.guard.longest_body + (std::size_t{64} << 10U);
    set_payload_max_length(options.guard.longest_body);
    new_task_queue = [this] { return new ConnectionThreads(options.most_connections); };
    // Not SO_REUSEPORT: two servers on one port would share its connections in silence.
    set_socket_options([this](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      listening = socket;
    });
    // Else a body that is refused would be asked for first.
    set_expect_100_continue_handler([](const httplib::Request&, httplib::Response& to) {
      constexpr int kContinue = 100;
      if (!serving.refusal) {
        return kContinue;
      }
      const int status = serving.refusal->status;
      write_to(to, *std::exchange(serving.refusal, std::nullopt));
      return status;
    });
    set_tcp_nodelay(true);
    set_keep_alive_max_count(kRequests);
    set_default_headers({{"X-Content-Type-Options", "nosniff"},
                         {"Referrer-Policy", "no-referrer"},
                         {"Cross-Origin-Resource-Policy", "same-origin"}});
    set_pre_routing_handler([this](const httplib::Request& from, httplib::Response& to) {
      serving.whole = from.method != "POST" && !serving.has_body;
      if (serving.refusal) {
        write_to(to, *std::exchange(serving.refusal, std::nullopt));
        return HandlerResponse::Handled;
      }
      if (from.method == "POST") {
        return HandlerResponse::Unhandled;  // its body is read first
      }
      write_to(to, service.answer(request_of(from)));
      return HandlerResponse::Handled;
    });
    // Paths of POST are short and plain; what is none of ours does not match.
    Post("/[a-z0-9/-]{1,64}", [this](const httplib::Request& from, httplib::Response& to) {
      // httplib takes chunks that are not well formed: who knows where they end.
      serving.whole = !from.has_header("Transfer-Encoding");
      write_to(to, service.answer(request_of(from)));
    });
    set_error_handler(HandlerWithResponse([this](const httplib::Request&, httplib::Response& to) {
      if (const auto cut = serving.cut ? answer_to(serving.cut()) : std::nullopt) {
        write_to(to, *cut);
      } else if (to.body.empty()) {
        write_to(to,
                 to.status == 404
                     ? problem(404, Code::kNoResource, "there is nothing to post to there",
                               {"GET /v1 lists what there is"})
                     : problem(to.status, Code::kHttpMalformed, "the request cannot be read", {}));
      }
      if (!serving.whole) {
        to.set_header("Connection", "close");
      }
      return HandlerResponse::Handled;
    }));
    set_exception_handler(
        [](const httplib::Request&, httplib::Response& to, std::exception_ptr thrown) {
          try {
            std::rethrow_exception(std::move(thrown));
          } catch (const std::exception& error) {
            write_to(to, problem(500, Code::kBug, error.what()));
          } catch (...) {
            write_to(to, problem(500, Code::kBug, "an internal error"));
          }
        });
  }

  // To a request that was cut short; none where nobody would read it.
  std::optional<Response> answer_to(CutShort cut) const {
    const auto seconds = [](std::chrono::milliseconds time) {
      return std::chrono::duration<double>(time).count();
    };
    switch (cut) {
      case CutShort::kSlow:
        return problem(408, Code::kHttpMalformed, "the request came too slowly",
                       {fmt::format("its head has {:g} seconds, its body {:g} more",
                                    seconds(limits.head_time), seconds(limits.body_time))});
      case CutShort::kLongHead:
        return problem(431, Code::kHttpMalformed, "the head of the request is too long",
                       {fmt::format("it may have {} bytes", limits.longest_head)});
      case CutShort::kLongBody:
        return problem(413, Code::kHttpMalformed, "the body of the request is too long",
                       {fmt::format("it may have {} bytes", options.guard.longest_body)});
      case CutShort::kNo:
      case CutShort::kGone:
        break;
    }
    return std::nullopt;
  }

  // Looks at a request before its body is read.
  void look_at(httplib::Request& from) {
    serving.accept_encoding = from.get_header_value("Accept-Encoding");
    // httplib would compress answers itself, and with Brotli at its slowest; it would answer many
    // overlapping ranges with many copies.
    from.headers.erase("Accept-Encoding");
    from.ranges.clear();
    serving.client = from.remote_addr + " " + from.get_header_value("User-Agent");
    Request request = request_of(from);
    request.body.clear();
    serving.refusal = refuse(request, from.target, options.guard);
    serving.has_body = from.has_header("Content-Length") || from.has_header("Transfer-Encoding");
    if (serving.refusal && serving.has_body) {
      from.headers.erase("Connection");
      from.headers.emplace("Connection", "close");
    }
  }

  template <class Stream>
  bool serve_one(Stream& stream, bool last) {
    bool closed = false;
    serving.whole = false;
    serving.cut = [&stream] { return stream.cut_short(); };
    const bool served =
        process_request(stream, last, closed, [this](httplib::Request& from) { look_at(from); });
    serving.cut = nullptr;
    if (const auto cut = answer_to(stream.cut_short()); cut && !served) {
      stream.write(unread_answer(*cut));
    }
    // Where a request was refused before its end, what follows on this connection is no request.
    return served && serving.whole && !closed && !last;
  }

  bool process_and_close_socket(socket_t socket) override {
    SocketStream stream(socket, limits, ending);
    if (serving.full) {
      Response response =
          problem(503, Code::kTooMuch, "all connections are taken", {"ask again in some seconds"});
      stream.write(unread_answer(response));
      stream.close(std::chrono::milliseconds(20));  // others wait to be turned away
      return true;
    }
    serving.socket = &stream;
    for (int left = kRequests; left > 0 && stream.wait_for_request(); --left) {
      if (!serve_one(stream, ending || left == 1)) {
        break;
      }
    }
    serving.socket = nullptr;
    stream.close();
    return true;
  }

  static constexpr int kRequests = 10'000;  // of one connection

  Service& service;
  HttpOptions options;
  ConnectionLimits limits;
  std::atomic<bool> ending{false};
  socket_t listening = -1;
};

HttpServer::HttpServer(Service& service, HttpOptions options)
    : impl_(std::make_unique<Impl>(service, std::move(options))) {}

HttpServer::~HttpServer() = default;

Result<int> HttpServer::listen() {
  const HttpOptions& o = impl_->options;
  errno = 0;
  const int port = o.port == 0                           ? impl_->bind_to_any_port(o.host)
                   : impl_->bind_to_port(o.host, o.port) ? o.port
                                                         : -1;
  if (port < 0) {
    return fail(Code::kListen,
                fmt::format("cannot listen on {}, port {}: {}", o.host, o.port,
                            errno != 0 ? std::strerror(errno) : "no such address"),
                {"--port 0 takes a free port"});
  }
  // httplib lets five wait to be accepted; the sixth of a burst would try again after a second.
  constexpr int kBurst = 1024;
  ::listen(impl_->listening, kBurst);
  return port;
}

void HttpServer::run(const std::function<bool()>& stopping) {
  std::atomic<bool> ended{false};
  std::thread listener([this, &ended] {
    impl_->listen_after_bind();
    ended = true;
  });
  // Told to stop before it has begun, it would not.
  while (!impl_->is_running() && !ended) {
    std::this_thread::yield();
  }
  while (!stopping() && !ended) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  impl_->ending = true;
  impl_->service.stop();
  impl_->stop();
  listener.join();
}

std::string HttpServer::exchange(const std::string& input) {
  TextStream stream(input, impl_->limits);
  while (!stream.at_end()) {
    stream.begin();
    if (!impl_->serve_one(stream, false)) {
      break;
    }
  }
  return stream.output();
}

}  // namespace redline::server

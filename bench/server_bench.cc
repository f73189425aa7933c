// `redline serve` as its clients see it: how soon it answers after its start, and classify requests
// a second over loopback on 16 connections, with the latencies that they wait.
//   server_bench REDLINE [SECONDS]

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

[[noreturn]] void give_up(const char* why) {
  fmt::print(stderr, "server_bench: {}\n", why);
  std::exit(1);
}

// The program, serving on a port of its own choice.
class Served {
 public:
  explicit Served(const char* program) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) {
      give_up("no pipe");
    }
    const auto begun = Clock::now();
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      ::execl(program, program, "serve", "--port", "0", nullptr);
      ::_exit(127);
    }
    ::close(pipe[1]);
    std::string line;
    for (char c = 0; line.find('\n') == std::string::npos && ::read(pipe[0], &c, 1) == 1;) {
      line += c;
    }
    start_s = seconds_since(begun);
    const std::size_t colon = line.rfind(':');
    port = colon == std::string::npos ? 0 : std::atoi(line.c_str() + colon + 1);
    if (port == 0) {
      give_up("the program does not serve");
    }
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  int port = 0;
  double start_s = 0.0;

 private:
  pid_t process_ = -1;
};

class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      give_up("no connection");
    }
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(socket_); }

  void ask(const std::string& body) {
    const std::string text = fmt::format(
        "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        body.size(), body);
    if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size())) {
      give_up("the server is gone");
    }
    std::size_t wanted = 0;
    for (got_.clear(); wanted == 0 || got_.size() < wanted;) {
      const ssize_t count = ::recv(socket_, part_.data(), part_.size(), 0);
      if (count <= 0) {
        give_up("an answer is missing");
      }
      got_.append(part_.data(), static_cast<std::size_t>(count));
      const std::size_t head = got_.find("\r\n\r\n");
      if (wanted == 0 && head != std::string::npos) {
        const std::size_t length = got_.find("Content-Length: ");
        wanted = head + 4 + std::strtoull(got_.c_str() + length + 16, nullptr, 10);
      }
    }
    if (!got_.starts_with("HTTP/1.1 200")) {
      give_up(got_.c_str());
    }
  }

 private:
  int socket_;
  std::string got_;
  std::array<char, 65536> part_{};
};

std::string question(std::uint64_t number) {
  return fmt::format(R"({{"chip":"h20","as_of":"2025-04-16","id":{}}})", number);
}

// So many connections ask for some seconds; `anew` makes every question another.
void load(int port, const char* name, bool anew, double seconds) {
  constexpr std::size_t kConnections = 16;
  std::vector<std::vector<double>> waited(kConnections);
  std::vector<std::thread> clients;
  const auto begun = Clock::now();
  for (std::size_t i = 0; i < kConnections; ++i) {
    clients.emplace_back([&, i] {
      Client client(port);
      for (std::uint64_t n = 0; seconds_since(begun) < seconds; ++n) {
        const auto asked = Clock::now();
        client.ask(question(anew ? 1 + n * kConnections + i : 0));
        waited[i].push_back(seconds_since(asked));
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  const double took = seconds_since(begun);
  std::vector<double> all;
  for (const auto& one : waited) {
    all.insert(all.end(), one.begin(), one.end());
  }
  std::sort(all.begin(), all.end());
  const auto at = [&all](double share) {
    return 1e3 * all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  };
  fmt::print("{:<28} {:>9.0f} /s   p50 {:.2f} ms  p90 {:.2f}  p99 {:.2f}  p99.9 {:.2f}\n", name,
             static_cast<double>(all.size()) / took, at(0.5), at(0.9), at(0.99), at(0.999));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    give_up("usage: server_bench REDLINE [SECONDS]");
  }
  const double seconds = argc > 2 ? std::atof(argv[2]) : 5.0;
  const Served served(argv[1]);
  const auto begun = Clock::now();
  {
    Client first(served.port);
    first.ask(question(0));
  }
  fmt::print("start {:.0f} ms, first answer after {:.0f} ms more\n", 1e3 * served.start_s,
             1e3 * seconds_since(begun));
  load(served.port, "classify, one question", false, seconds);
  load(served.port, "classify, every one another", true, seconds);
  return 0;
}

#include "mpi/ranks.h"

#include <chrono>
#include <mpi.h>
#include <thread>

#include <nlohmann/json.hpp>

namespace redline::mpi {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

std::string write_report(const Report& report) {
  Json errors = Json::array();
  for (const Error& error : report.errors) {
    errors.push_back({{"code", static_cast<unsigned>(error.code)},
                      {"message", error.message},
                      {"help", error.help}});
  }
  const Json json{{"what", static_cast<int>(report.what)},
                  {"shard", report.shard},
                  {"errors", std::move(errors)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Report parse_report(const std::string& bytes) {
  const Json json = Json::parse(bytes);  // of this very program
  Report report;
  report.what = static_cast<Report::What>(json["what"].get<int>());
  report.shard = json["shard"].get<std::uint64_t>();
  for (const Json& error : json["errors"]) {
    report.errors.push_back({static_cast<Code>(error["code"].get<unsigned>()),
                             error["message"].get<std::string>(),
                             std::nullopt,
                             error["help"].get<std::vector<std::string>>(),
                             {}});
  }
  return report;
}

void send(int to, Tag tag, const std::string& bytes) {
  MPI_Send(bytes.data(), static_cast<int>(bytes.size()), MPI_BYTE, to, static_cast<int>(tag),
           MPI_COMM_WORLD);
}

std::optional<Received> receive_now(Tag tag) {
  int there = 0;
  MPI_Status status;
  MPI_Iprobe(MPI_ANY_SOURCE, static_cast<int>(tag), MPI_COMM_WORLD, &there, &status);
  if (there == 0) {
    return std::nullopt;
  }
  int size = 0;
  MPI_Get_count(&status, MPI_BYTE, &size);
  Received received{status.MPI_SOURCE, std::string(static_cast<std::size_t>(size), '\0')};
  MPI_Recv(received.bytes.data(), size, MPI_BYTE, status.MPI_SOURCE, static_cast<int>(tag),
           MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return received;
}

Received receive(Tag tag) {
  while (true) {
    if (auto received = receive_now(tag)) {
      return std::move(*received);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::optional<int> first_rank_where(bool mine) {
  int rank = 0;
  int size = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int candidate = mine ? rank : size;
  int first = size;
  MPI_Allreduce(&candidate, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  return first < size ? std::optional(first) : std::nullopt;
}

std::string text_of_first(const std::string& mine) {
  int size = static_cast<int>(mine.size());
  MPI_Bcast(&size, 1, MPI_INT, 0, MPI_COMM_WORLD);
  std::string text = mine;
  text.resize(static_cast<std::size_t>(size));
  MPI_Bcast(text.data(), size, MPI_BYTE, 0, MPI_COMM_WORLD);
  return text;
}

}  // namespace redline::mpi

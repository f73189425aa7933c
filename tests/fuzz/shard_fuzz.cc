// Any bytes as a shard file: rows in their order and within their shard, or word of what is wrong;
// what is whole of it never goes beyond what was read.

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sys/mman.h>

#include "fuzz/invariants.h"
#include "store/columns.h"
#include "store/shard_file.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const int file = memfd_create("shard", 0);
  RL_CHECK(file >= 0);
  RL_CHECK(write(file, bytes, size) == static_cast<ssize_t>(size) && lseek(file, 0, SEEK_SET) == 0);
  store::ShardScan scan(file);
  store::Manifest manifest;
  store::Row row;
  auto got = scan.read_manifest(manifest);
  const bool opened = got == store::ShardScan::Got::kBatch;
  if (opened) {
    RL_CHECK(manifest.first <= manifest.last && manifest.last <= manifest.points);
    RL_CHECK(store::parse_manifest(store::write_manifest(manifest)).has_value());
    store::Columns columns(manifest.dimensions);
    std::uint64_t rows = 0;
    while ((got = scan.next(row)) <= store::ShardScan::Got::kEnd) {
      RL_CHECK(scan.bytes() <= size && scan.next_point() <= manifest.last);
      if (got == store::ShardScan::Got::kRow) {
        ++rows;
        RL_CHECK(row.point >= manifest.first && row.point < manifest.last);
        const auto json = nlohmann::ordered_json::parse(row.text, nullptr, false);
        const auto cells = columns.cells(json);
        RL_CHECK(cells.size() == columns.list().size());
      }
      RL_CHECK(scan.tally().rows() == rows);
    }
  }
  RL_CHECK(got != store::ShardScan::Got::kDamaged || !scan.problem().empty());
  close(file);
  return 0;
}

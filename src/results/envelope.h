#pragma once
// The one JSON document a command writes with --format json.

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace redline::results {

struct EnvelopeMeta {
  std::string command;  // "classify" gives the schema "redline.classify/1"
  std::string version;
  std::string data_hash;
  std::string as_of;  // ISO date; empty is written as null
  std::uint64_t seed = 0;
};

enum class JsonStyle : std::uint8_t { kPretty, kCompact };

// {"schema","redline","data_hash","as_of","seed","results","run"}, in that order. `results` is the
// same for the same question; `run` may differ between runs. Pretty is indented by two spaces,
// compact is one line; both end in a newline. Invalid UTF-8 is replaced, non-finite numbers are
// null, doubles are the shortest that round trip.
[[nodiscard]] std::string write_envelope(const EnvelopeMeta& meta,
                                         const nlohmann::ordered_json& results,
                                         const nlohmann::ordered_json& run,
                                         JsonStyle style = JsonStyle::kPretty);

// The compact envelope cut where its results stand, for results that are too many to hold: the text
// up to and with "[", and from "]" on.
[[nodiscard]] std::string envelope_head(const EnvelopeMeta& meta);
[[nodiscard]] std::string envelope_tail(const nlohmann::ordered_json& run);

// Any JSON value in the same manner, without the closing newline.
[[nodiscard]] std::string dump_json(const nlohmann::ordered_json& value,
                                    JsonStyle style = JsonStyle::kPretty);

}  // namespace redline::results

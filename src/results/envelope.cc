#include "results/envelope.h"

#include <nlohmann/json.hpp>

namespace redline::results {

using nlohmann::ordered_json;

std::string dump_json(const ordered_json& value, JsonStyle style) {
  const int indent = style == JsonStyle::kPretty ? 2 : -1;
  return value.dump(indent, ' ', false, ordered_json::error_handler_t::replace);
}

namespace {

ordered_json begin_envelope(const EnvelopeMeta& meta) {
  ordered_json envelope = ordered_json::object();
  envelope["schema"] = "redline." + meta.command + "/1";
  envelope["redline"] = meta.version;
  envelope["data_hash"] = meta.data_hash;
  envelope["as_of"] = meta.as_of.empty() ? ordered_json() : ordered_json(meta.as_of);
  envelope["seed"] = meta.seed;
  return envelope;
}

}  // namespace

std::string envelope_head(const EnvelopeMeta& meta) {
  std::string head = dump_json(begin_envelope(meta), JsonStyle::kCompact);
  head.pop_back();
  return head + ",\"results\":[";
}

std::string envelope_tail(const ordered_json& run) {
  return "],\"run\":" + dump_json(run, JsonStyle::kCompact) + "}\n";
}

std::string write_envelope(const EnvelopeMeta& meta, const ordered_json& results,
                           const ordered_json& run, JsonStyle style) {
  ordered_json envelope = begin_envelope(meta);
  envelope["results"] = results;
  envelope["run"] = run;
  return dump_json(envelope, style) + '\n';
}

}  // namespace redline::results

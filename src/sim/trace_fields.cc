// Names of fields, numbers and times of traces.

#include <algorithm>
#include <charconv>
#include <cmath>

#include "redline/date.h"

#include "base/nearest.h"
#include "sim/trace_rows.h"

namespace redline {
namespace {

const std::array<TraceFieldWords, kTraceFields>& all_words() {
  static const std::array<TraceFieldWords, kTraceFields> kWords{{
      {"the time", {"arrival_s", "time", "timestamp", "arrival", "arrived_at"}},
      {"the prompt", {"input_tokens", "input_length", "ContextTokens", "num_prefill_tokens"}},
      {"the answer", {"output_tokens", "output_length", "GeneratedTokens", "num_decode_tokens"}},
      {"the blocks of the prompt", {"hash_ids"}},
      {"the name of the prefix", {"prefix"}},
      {"the length of the prefix", {"prefix_tokens"}},
      {"the priority", {"priority"}},
  }};
  return kWords;
}

// A number of so many digits, and nothing else.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') {
      return std::nullopt;
    }
    value = 10 * value + (text[i] - '0');
  }
  return value;
}

// Of "HH:MM" and, at `at`, nothing before.
std::optional<int> minutes(std::string_view text, std::size_t at) {
  const auto hour = digits(text, at, 2), minute = digits(text, at + 3, 2);
  if (!hour || !minute || text[at + 2] != ':' || *hour > 23 || *minute > 59) {
    return std::nullopt;
  }
  return *hour * 60 + *minute;
}

// "", "Z" or "+08:00", in seconds.
std::optional<int> offset_of(std::string_view zone) {
  if (zone.empty() || zone == "Z") {
    return 0;
  }
  const auto found = minutes(zone, 1);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || !found) {
    return std::nullopt;
  }
  return (zone[0] == '-' ? -60 : 60) * *found;
}

}  // namespace

const TraceFieldWords& words_of(TraceField field) {
  return all_words()[static_cast<std::size_t>(field)];
}

std::string names_of(TraceField field) {
  std::string list;
  for (const std::string_view name : words_of(field).names) {
    list += (list.empty() ? "" : ", ") + std::string(name);
  }
  return list;
}

std::optional<TraceField> trace_field(std::string_view name) {
  static const std::map<std::string, TraceField> kFields = [] {
    std::map<std::string, TraceField> fields;
    for (std::size_t i = 0; i < kTraceFields; ++i) {
      for (const std::string_view one : all_words()[i].names) {
        fields.emplace(to_lower(one), static_cast<TraceField>(i));
      }
    }
    return fields;
  }();
  const auto found = kFields.find(to_lower(name));
  return found == kFields.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string_view> meant_name(std::string_view name) {
  constexpr std::size_t kLongName = 8;
  for (const TraceFieldWords& words : all_words()) {
    for (const std::string_view one : words.names) {
      if (edit_distance(name, one) <= (one.size() < kLongName ? 1 : 2)) {
        return one;
      }
    }
  }
  return std::nullopt;
}

TraceCell cell_of(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  TraceCell cell{TraceCell::Kind::kText, 0.0, std::string(text)};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cell.number);
  if (error == std::errc{} && end == text.data() + text.size()) {
    cell.kind = TraceCell::Kind::kNumber;
  }
  return cell;
}

std::optional<TraceTime> parse_trace_time(std::string_view text) {
  constexpr std::size_t kDate = 10, kSeconds = 17, kFraction = 19;  // where they stand
  if (text.size() < kFraction || (text[kDate] != ' ' && text[kDate] != 'T') || text[16] != ':') {
    return std::nullopt;
  }
  const auto date = parse_date(text.substr(0, kDate));
  const auto minute = minutes(text, kDate + 1);
  const auto second = digits(text, kSeconds, 2);
  std::size_t end = kFraction;
  double fraction = 0.0;
  if (end < text.size() && text[end] == '.') {
    const auto last = std::find_if(text.begin() + kFraction + 1, text.end(),
                                   [](char c) { return c < '0' || c > '9'; });
    end = static_cast<std::size_t>(last - text.begin());
    // ".5" of any number of digits; "." alone is none
    std::from_chars(text.data() + kFraction, text.data() + end, fraction);
  }
  const auto offset = offset_of(text.substr(end));
  if (!date || !minute || !second || *second > 60 || !offset) {
    return std::nullopt;
  }
  const std::int64_t days = date->time_since_epoch().count();
  const std::int64_t minutes_of_all = days * 24 * 60 + *minute;
  return TraceTime{minutes_of_all * 60 + *second - *offset, fraction, true};
}

}  // namespace redline

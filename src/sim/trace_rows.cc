#include "sim/trace_rows.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/prefix_block.h"

namespace redline {
namespace {

using Kind = TraceCell::Kind;

constexpr double kMostSeconds = 1e12;
constexpr double kMostTokens = static_cast<double>(Traffic::kMostTokens);
constexpr double kMostPriority = 1e6;
constexpr std::int64_t kHashBlock = 512;

// A cell as messages quote it.
std::string shown(const TraceCell& cell) {
  constexpr std::size_t kLongest = 40;
  return cell.text.size() <= kLongest ? cell.text : cell.text.substr(0, kLongest) + "...";
}

std::int64_t blocks_in(std::int64_t tokens, std::int64_t block) {
  return (tokens + block - 1) / block;
}

}  // namespace

void TraceBuilder::add_problem(SourceSpan where, std::string message,
                               std::vector<std::string> help) {
  errors_.push_back({Code::kTraceRow, std::move(message), std::move(where), std::move(help), {}});
}

void TraceBuilder::add(const RawTraceRow& row, const Locate& locate) {
  const std::size_t before = errors_.size();
  TraceRow taken;
  taken.time_s = time(row, locate).value_or(0.0);
  const auto prompt = whole(row, TraceField::kPrompt, 1.0, kMostTokens, locate);
  const auto answer = whole(row, TraceField::kAnswer, 1.0, kMostTokens, locate);
  taken.prompt = prompt.value_or(1);
  taken.answer = answer.value_or(1);
  if (row.cell(TraceField::kPriority).kind != Kind::kAbsent) {
    const auto found = whole(row, TraceField::kPriority, -kMostPriority, kMostPriority, locate);
    taken.priority = static_cast<int>(found.value_or(0));
  }
  if (prompt) {
    take_hash_ids(row, taken, locate);
    take_prefix(row, taken, locate);
  }
  if (errors_.size() == before) {
    trace_.rows.push_back(taken);
  }
}

std::optional<double> TraceBuilder::time(const RawTraceRow& row, const Locate& locate) {
  const TraceCell& cell = row.cell(TraceField::kTime);
  std::optional<TraceTime> found;
  if (cell.kind == Kind::kNumber && std::fabs(cell.number) <= kMostSeconds) {
    found = TraceTime{0, cell.number, false};
  } else if (cell.kind == Kind::kText) {
    found = parse_trace_time(cell.text);
  }
  if (!found) {
    const bool absent = cell.kind == Kind::kAbsent;
    add_problem(locate(TraceField::kTime),
                absent ? "the time is missing" : fmt::format("'{}' is not a time", shown(cell)),
                {"write seconds, or a date with a time of day: 2023-11-16 18:15:46.68"});
    return std::nullopt;
  }
  if (!first_) {
    first_ = found;
  }
  if (found->dated != first_->dated) {
    add_problem(locate(TraceField::kTime), "times are dates in some rows and numbers in others");
    return std::nullopt;
  }
  if (last_ && found->since(*last_) < 0.0) {
    add_problem(locate(TraceField::kTime), "this time is before that of the row above",
                {"sort the rows by their times"});
  }
  last_ = found;
  return found->since(*first_);
}

std::optional<std::int64_t> TraceBuilder::whole(const RawTraceRow& row, TraceField field,
                                                double least, double most, const Locate& locate) {
  const TraceCell& cell = row.cell(field);
  const std::string what(words_of(field).what);
  if (cell.kind == Kind::kAbsent) {
    add_problem(locate(field), what + " is missing",
                {fmt::format("it is called one of: {}", names_of(field))});
    return std::nullopt;
  }
  if (cell.kind != Kind::kNumber || !(cell.number >= least && cell.number <= most) ||
      cell.number != std::floor(cell.number)) {
    add_problem(locate(field), fmt::format("'{}' cannot be {}", shown(cell), what),
                {fmt::format("write a whole number from {:.0f} to {:.0f}", least, most)});
    return std::nullopt;
  }
  return static_cast<std::int64_t>(cell.number);
}

void TraceBuilder::take_hash_ids(const RawTraceRow& row, TraceRow& taken, const Locate& locate) {
  if (row.hash_ids.empty()) {
    return;
  }
  if (static_cast<std::int64_t>(row.hash_ids.size()) > blocks_in(taken.prompt, kHashBlock)) {
    add_problem(locate(TraceField::kHashIds),
                fmt::format("{} blocks of {} tokens are more than a prompt of {}",
                            row.hash_ids.size(), kHashBlock, taken.prompt),
                {"traces with blocks of another size cannot be read"});
    return;
  }
  if (!named_.empty() || row.cell(TraceField::kPrefix).kind != Kind::kAbsent) {
    add_problem(locate(TraceField::kHashIds), "a trace has either hash_ids or names of prefixes");
    return;
  }
  taken.first_block = trace_.blocks.size();
  taken.blocks = row.hash_ids.size();
  trace_.blocks.insert(trace_.blocks.end(), row.hash_ids.begin(), row.hash_ids.end());
}

void TraceBuilder::take_prefix(const RawTraceRow& row, TraceRow& taken, const Locate& locate) {
  const TraceCell& name = row.cell(TraceField::kPrefix);
  const TraceCell& length = row.cell(TraceField::kPrefixTokens);
  if (name.kind == Kind::kAbsent && length.number == 0.0 && length.kind <= Kind::kNumber) {
    return;
  }
  if (name.kind == Kind::kAbsent || name.kind == Kind::kOther) {
    add_problem(locate(TraceField::kPrefix), "a prefix has a length and no name");
    return;
  }
  const auto tokens = whole(row, TraceField::kPrefixTokens, 0.0, kMostTokens, locate);
  if (!tokens) {
    return;
  }
  if (*tokens > taken.prompt) {
    add_problem(locate(TraceField::kPrefixTokens),
                fmt::format("a prefix of {} tokens is longer than the prompt of {}", *tokens,
                            taken.prompt));
    return;
  }
  if (!trace_.blocks.empty()) {
    add_problem(locate(TraceField::kPrefix), "a trace has either hash_ids or names of prefixes");
    return;
  }
  const auto [place, fresh] = groups_.emplace(name.text, groups_.size());
  if (fresh) {
    blocks_of_.push_back(0);
  }
  // As of drawn requests: whole blocks before the last token of the prompt.
  const std::int64_t blocks = std::min(*tokens, taken.prompt - 1) / Traffic::kPrefixBlock;
  taken.blocks = static_cast<std::size_t>(blocks);
  named_.push_back({trace_.rows.size(), place->second});
  blocks_of_[place->second] = std::max(blocks_of_[place->second], taken.blocks);
}

// The blocks of each prefix stand once; its rows show so many of them from the first.
void TraceBuilder::lay_out_prefixes() {
  if (named_.empty()) {
    return;
  }
  trace_.block_tokens = Traffic::kPrefixBlock;
  std::vector<std::size_t> first_of;
  for (std::size_t group = 0; group < blocks_of_.size(); ++group) {
    first_of.push_back(trace_.blocks.size());
    for (std::size_t block = 0; block < blocks_of_[group]; ++block) {
      trace_.blocks.push_back(prefix_block(group, block));
    }
  }
  for (const NamedPrefix& one : named_) {
    trace_.rows[one.row].first_block = first_of[one.group];
  }
}

Loaded<Trace> TraceBuilder::finish() {
  if (!errors_.empty()) {
    return tl::unexpected(std::move(errors_));
  }
  lay_out_prefixes();
  return std::move(trace_);
}

}  // namespace redline

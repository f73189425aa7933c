// Names as people write them: ids, aliases and globs.

#include <algorithm>

#include <fmt/format.h>

#include "redline/catalog.h"

#include "base/nearest.h"

namespace redline {
namespace {

// Lower case with every run of other characters as one hyphen: "Ascend 910B" is "ascend-910b".
std::string canonical(std::string_view name) {
  std::string out;
  bool gap = false;
  for (const char c : to_lower(name)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || byte >= 0x80;
    if (!keep) {
      gap = !out.empty();
      continue;
    }
    if (gap) {
      out += '-';
      gap = false;
    }
    out += c;
  }
  return out;
}

// Every canonical spelling of a record, the id first.
std::vector<std::string> spellings(const NamedRecord& record) {
  std::vector<std::string> names{canonical(record.id), canonical(record.name)};
  for (const std::string& alias : record.aliases) {
    names.push_back(canonical(alias));
  }
  const std::string vendor = canonical(record.vendor);
  const std::size_t plain = names.size();
  for (std::size_t i = 0; i < plain; ++i) {
    // "nvidia-h20" for "h20", and "h20-96-gb" for the name "NVIDIA H20 96 GB".
    if (names[i].compare(0, vendor.size() + 1, vendor + "-") == 0) {
      names.push_back(names[i].substr(vendor.size() + 1));
    } else if (!vendor.empty()) {
      names.push_back(vendor + "-" + names[i]);
    }
  }
  return names;
}

Result<std::vector<std::size_t>> find_glob(const std::vector<NamedRecord>& records,
                                           std::string_view name, std::string_view noun,
                                           Code unknown) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string vendor_id = canonical(records[i].vendor) + "-" + records[i].id;
    if (glob_match(name, records[i].id) || glob_match(name, vendor_id)) {
      found.push_back(i);
    }
  }
  if (found.empty()) {
    return fail(unknown, fmt::format("no {} matches '{}'", noun, name),
                {fmt::format("`redline data list {}s` shows all {}", noun, records.size())});
  }
  return found;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(text[t])) &&
        pattern[p] != '*') {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

Result<std::vector<std::size_t>> find_records(const std::vector<NamedRecord>& records,
                                              std::string_view name, std::string_view noun,
                                              Code unknown) {
  if (name.find_first_of("*?") != std::string_view::npos) {
    return find_glob(records, name, noun, unknown);
  }
  const std::string wanted = canonical(name);
  std::vector<std::size_t> by_id, by_alias;
  for (std::size_t i = 0; i < records.size() && !wanted.empty(); ++i) {
    const std::vector<std::string> names = spellings(records[i]);
    if (names.front() == wanted || canonical(records[i].vendor) + "-" + names.front() == wanted) {
      by_id.push_back(i);
    } else if (std::find(names.begin(), names.end(), wanted) != names.end()) {
      by_alias.push_back(i);
    }
  }
  const auto& found = by_id.empty() ? by_alias : by_id;
  if (found.size() == 1) {
    return found;
  }
  if (found.size() > 1) {
    std::vector<std::string> help;
    for (const std::size_t i : found) {
      help.push_back(fmt::format("{} ({})", records[i].id, records[i].name));
    }
    return fail(Code::kAmbiguousName,
                fmt::format("'{}' stands for {} {}s", name, found.size(), noun), std::move(help));
  }
  std::vector<std::string> pool;
  for (const NamedRecord& record : records) {
    pool.push_back(record.id);
    pool.insert(pool.end(), record.aliases.begin(), record.aliases.end());
  }
  const auto near = nearest_names(name, {pool.begin(), pool.end()});
  std::vector<std::string> help;
  if (!near.empty()) {
    help.push_back(fmt::format("similar names: {}", fmt::join(near, ", ")));
  }
  help.push_back(fmt::format("`redline data list {}s` shows all {}", noun, records.size()));
  return fail(unknown, fmt::format("no {} called '{}'", noun, name), std::move(help));
}

}  // namespace redline

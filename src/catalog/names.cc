// Names as people write them: ids, aliases and globs.

#include <algorithm>

#include <fmt/format.h>

#include "redline/catalog.h"

#include "base/nearest.h"

namespace redline {
namespace {

// The canonical spelling of a name, character by character: lower case with every run of other
// characters as one hyphen, so "Ascend 910B" is "ascend-910b".
class Spelling {
 public:
  explicit Spelling(std::string_view name) : rest_(name) { skip(); }

  [[nodiscard]] bool ended() const { return rest_.empty(); }
  char next() {
    if (gap_) {
      gap_ = false;
      return '-';
    }
    const char c = to_lower(rest_.front());
    rest_.remove_prefix(1);
    gap_ = skip() && !rest_.empty();
    return c;
  }

 private:
  static bool is_kept(char raw) {
    const char c = to_lower(raw);
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
  }
  bool skip() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && !is_kept(rest_.front())) {
      rest_.remove_prefix(1);
    }
    return rest_.size() != before;
  }

  std::string_view rest_;
  bool gap_ = false;
};

std::string canonical(std::string_view name) {
  std::string out;
  for (Spelling spelling(name); !spelling.ended();) {
    out += spelling.next();
  }
  return out;
}

// Whether `name` is spelled as the two one after the other.
bool is_spelled(std::string_view name, std::string_view first, std::string_view second = {}) {
  Spelling spelling(name);
  for (const std::string_view part : {first, second}) {
    for (const char c : part) {
      if (spelling.ended() || spelling.next() != c) {
        return false;
      }
    }
  }
  return spelling.ended();
}

// A canonical spelling that is looked for, for records of one vendor.
struct Wanted {
  std::string_view whole;
  std::string_view without_vendor;  // empty where it does not begin with the vendor
  std::string_view vendor;          // "nvidia-", or empty

  // With or without the vendor in front: "nvidia-h20" for "h20", and "h20-96-gb" for the name
  // "NVIDIA H20 96 GB".
  [[nodiscard]] bool is(std::string_view name) const {
    return is_spelled(name, whole) ||
           (!without_vendor.empty() && is_spelled(name, without_vendor)) ||
           (!vendor.empty() && is_spelled(name, vendor, whole));
  }
};

Result<std::vector<std::size_t>> find_glob(const std::vector<NamedRecord>& records,
                                           std::string_view name, std::string_view noun,
                                           Code unknown) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string vendor_id = fmt::format("{}-{}", canonical(records[i].vendor), records[i].id);
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
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || to_lower(pattern[p]) == to_lower(text[t])) &&
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
    const NamedRecord& record = records[i];
    const std::string vendor = record.vendor.empty() ? "" : canonical(record.vendor) + "-";
    Wanted spelled{wanted, {}, vendor};
    if (!vendor.empty() && wanted.compare(0, vendor.size(), vendor) == 0) {
      spelled.without_vendor = std::string_view(wanted).substr(vendor.size());
    }
    if (is_spelled(record.id, wanted) ||
        (!spelled.without_vendor.empty() && is_spelled(record.id, spelled.without_vendor))) {
      by_id.push_back(i);
    } else if (spelled.is(record.id) || spelled.is(record.name) ||
               std::any_of(record.aliases.begin(), record.aliases.end(),
                           [&spelled](const std::string& alias) { return spelled.is(alias); })) {
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
  std::vector<std::string_view> pool;
  for (const NamedRecord& record : records) {
    pool.push_back(record.id);
    pool.insert(pool.end(), record.aliases.begin(), record.aliases.end());
  }
  const auto near = nearest_names(name, pool);
  std::vector<std::string> help;
  if (!near.empty()) {
    help.push_back(fmt::format("similar names: {}", fmt::join(near, ", ")));
  }
  help.push_back(fmt::format("`redline data list {}s` shows all {}", noun, records.size()));
  return fail(unknown, fmt::format("no {} called '{}'", noun, name), std::move(help));
}

}  // namespace redline

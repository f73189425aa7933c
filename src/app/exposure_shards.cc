#include "app/exposure_shards.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "data/files.h"

namespace redline::app {
namespace {

// One part as a file has it.
struct Part {
  std::string file;
  ShardNumber shard;
  exposure::RunResult result;
};

Error damaged(const std::string& file) {
  return {Code::kShardDamaged,
          fmt::format("'{}' is no part of an exposure, or is damaged", file),
          std::nullopt,
          {"work that part out again with --shard"},
          {}};
}

Json part_account_json(const exposure::Account& account) {
  return Json::array({account.tally.to_text(), account.undefined});
}
std::optional<exposure::Account> account_of(const Json& json) {
  if (!json.is_array() || json.size() != 2 || !json[0].is_string() ||
      !json[1].is_number_unsigned()) {
    return std::nullopt;
  }
  auto tally = Tally::from_text(json[0].get_ref<const std::string&>());
  if (!tally) {
    return std::nullopt;
  }
  return exposure::Account{std::move(*tally), json[1].get<std::uint64_t>()};
}

class PartReader {
 public:
  PartReader(const Workspace& workspace, const exposure::Model& model,
             const ExposureQuestion& question)
      : w_(workspace), m_(model), q_(question) {}

  Result<Part> read(const std::string& file) const {
    RL_TRY(text, read_users_file(w_, file));
    const Json whole = Json::parse(text, nullptr, false);
    if (!whole.is_object() || !whole.contains("results") || !whole["results"].is_array() ||
        whole["results"].size() != 1 || !whole["results"][0].is_object()) {
      return tl::unexpected(damaged(file));
    }
    const Json& json = whole["results"][0];
    if (const std::string differs = difference(json); !differs.empty()) {
      return fail(Code::kShardForeign, fmt::format("'{}' is of another {}", file, differs),
                  {"parts are of one scenario, data set, program, --samples, --seed and --design"});
    }
    Part part{file, {number(json, "shard"), number(json, "shards")}, {}};
    if (part.shard.shard < 1 || part.shard.shard > part.shard.shards ||
        !read_result(json, part.result)) {
      return tl::unexpected(damaged(file));
    }
    return part;
  }

 private:
  static std::uint64_t number(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
  }

  // In what it differs from the question; empty: in nothing.
  [[nodiscard]] std::string difference(const Json& json) const {
    const auto text = [&](const char* key) {
      const auto found = json.find(key);
      return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    return text("scenario") != q_.scenario         ? "scenario"
           : text("fingerprint") != q_.fingerprint ? "scenario text, data set or program"
           : number(json, "samples") != q_.samples ? "number of samples"
           : number(json, "seed") != q_.seed       ? "seed"
           : text("design") != q_.design           ? "design"
                                                   : "";
  }

  bool read_result(const Json& json, exposure::RunResult& result) const {
    const auto options = json.find("options"), scales = json.find("scales");
    if (options == json.end() || !options->is_array() || options->size() != m_.options.size() ||
        scales == json.end() || !scales->is_array() || scales->size() != m_.answers.size()) {
      return false;
    }
    result.samples = number(json, "worlds");
    result.unsound = number(json, "worlds_without_a_value");
    for (const Json& scale : *scales) {
      if (!scale.is_number()) {
        return false;
      }
      result.scales.push_back(scale.get<double>());
    }
    const exposure::Accounts accounts(m_);
    for (const Json& option : *options) {
      if (!option.is_array() || option.size() != accounts.size()) {
        return false;
      }
      const bool first = result.of.empty();
      result.of.emplace_back();
      for (const Json& one : option) {
        const std::size_t at = result.of.back().size();
        // What is the same under every option is counted under the first alone.
        const bool counted =
            first || at < accounts.answer(0) || m_.answers[at - accounts.answer(0)].of_option;
        auto account = account_of(one);
        if (!account ||
            account->tally.count() + account->undefined != (counted ? result.samples : 0)) {
          return false;
        }
        result.of.back().push_back(std::move(*account));
      }
    }
    return true;
  }

  const Workspace& w_;
  const exposure::Model& m_;
  const ExposureQuestion& q_;
};

// Parts of one cut, each once.
std::optional<Error> gap(std::vector<Part>& parts) {
  std::sort(parts.begin(), parts.end(),
            [](const Part& a, const Part& b) { return a.shard.shard < b.shard.shard; });
  const std::uint64_t shards = parts.front().shard.shards;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].shard.shards != shards) {
      return Error{Code::kShardsOverlap,
                   fmt::format("'{}' is of {} parts, '{}' of {}", parts.front().file, shards,
                               parts[i].file, parts[i].shard.shards),
                   std::nullopt,
                   {"merge the parts of one cut"},
                   {}};
    }
    if (i > 0 && parts[i].shard.shard == parts[i - 1].shard.shard) {
      return Error{Code::kShardsOverlap,
                   fmt::format("'{}' and '{}' are both part {}/{}", parts[i - 1].file,
                               parts[i].file, parts[i].shard.shard, shards),
                   std::nullopt,
                   {"leave one of them out"},
                   {}};
    }
  }
  std::vector<std::string> missing;
  std::size_t at = 0;
  for (std::uint64_t k = 1; k <= shards && missing.size() < 20; ++k) {
    if (at < parts.size() && parts[at].shard.shard == k) {
      ++at;
    } else {
      missing.push_back(fmt::format("{}/{}", k, shards));
    }
  }
  if (missing.empty()) {
    return std::nullopt;
  }
  return Error{Code::kShardsMissing,
               fmt::format("parts are missing: {}", fmt::join(missing, ", ")),
               std::nullopt,
               {"work them out with --shard, and name all files"},
               {}};
}

}  // namespace

Json exposure_part_json(const ExposureQuestion& question, const ShardNumber& shard,
                        const exposure::RunResult& result) {
  Json options = Json::array();
  for (const auto& option : result.of) {
    Json accounts = Json::array();
    for (const exposure::Account& one : option) {
      accounts.push_back(part_account_json(one));
    }
    options.push_back(std::move(accounts));
  }
  return {{"scenario", question.scenario},
          {"fingerprint", question.fingerprint},
          {"samples", question.samples},
          {"seed", question.seed},
          {"design", question.design},
          {"shard", shard.shard},
          {"shards", shard.shards},
          {"worlds", result.samples},
          {"worlds_without_a_value", result.unsound},
          {"scales", result.scales},
          {"options", std::move(options)}};
}

Loaded<exposure::RunResult> merge_exposure_parts(const Workspace& workspace,
                                                 const exposure::Model& model,
                                                 const ExposureQuestion& question,
                                                 const std::vector<std::string>& files) {
  Diagnostics errors;
  std::vector<Part> parts;
  const PartReader reader(workspace, model, question);
  for (const std::string& file : files) {
    if (auto part = reader.read(file)) {
      parts.push_back(std::move(*part));
    } else {
      errors.push_back(std::move(part).error());
    }
  }
  if (errors.empty()) {
    if (auto error = gap(parts)) {
      errors.push_back(std::move(*error));
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  std::uint64_t samples = 0;
  for (const Part& part : parts) {
    samples += part.result.samples;
  }
  if (samples != question.samples) {
    return tl::unexpected(Diagnostics{damaged(files.front())});
  }
  exposure::RunResult whole = std::move(parts.front().result);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    whole.merge(parts[i].result);
  }
  return whole;
}

}  // namespace redline::app

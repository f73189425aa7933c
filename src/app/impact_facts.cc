#include "app/impact_facts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace redline::app {

std::optional<double> change_percent(const Sides<std::optional<PartAtWork>>& sides,
                                     bool per_dollar) {
  const auto measure = [per_dollar](const std::optional<PartAtWork>& part) {
    return !part ? std::nullopt : per_dollar ? part->per_dollar() : part->tokens_per_s;
  };
  const auto before = measure(sides[0]);
  const auto after = measure(sides[1]);
  return before && after ? std::optional(100.0 * (*after / *before - 1.0)) : std::nullopt;
}

double scatter_percent(const Capability& one) { return 100.0 * std::expm1(one.scatter); }

bool beyond_scatter(const Capability& one) {
  const auto& [before, after] = one.per_part;
  if (!before || !after) {
    return before.has_value() != after.has_value();
  }
  return std::abs(std::log(after->tokens_per_s / before->tokens_per_s)) > one.scatter;
}

const LeadTime* lead_time_of(const ImpactReport& report, ReplyKind kind) {
  for (const LeadTime& one : report.lead_times) {
    if (one.kind == kind) {
      return &one;
    }
  }
  return nullptr;
}

Sides<std::vector<Threshold>> moved_limits(const ImpactReport& report) {
  Sides<std::vector<Threshold>> moved;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const auto& others = report.limits[1 - side];
    for (const Threshold& one : report.limits[side]) {
      const bool stays = std::any_of(others.begin(), others.end(), [&one](const Threshold& other) {
        return other.quantity == one.quantity && other.value == one.value;
      });
      if (!stays) {
        moved[side].push_back(one);
      }
    }
  }
  return moved;
}

std::set<std::string> evasions_on(const ImpactReport& report, std::size_t side) {
  std::set<std::string> names;
  for (const DieReply& reply : report.replies) {
    for (const auto* sides : {&reply.per_part, &reply.per_dollar}) {
      if (const auto& best = (*sides)[side]) {
        for (const Message& one : best->evasions) {
          names.emplace(one.english());
        }
      }
    }
  }
  return names;
}

std::vector<Flipping> flippings(const ImpactReport& report) {
  constexpr double kTenth = 10.0;
  constexpr double kWorth = 0.1;  // percent
  std::vector<Flipping> found;
  for (const DieReply& reply : report.replies) {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      for (const ThresholdPrice& price : reply.prices[side]) {
        if (price.percent == kTenth && price.best && price.gain_percent > kWorth) {
          found.push_back({reply.work, side, reply.die, &price});
        }
      }
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Flipping& a, const Flipping& b) {
    return a.price->gain_percent > b.price->gain_percent;
  });
  return found;
}

std::vector<Message> assumptions_of(const ImpactReport& report) {
  const ImpactRequest& request = *report.request;
  std::vector<Message> all = request.assumptions;
  all.push_back(
      {"dies, memory, models, prices and parts on sale are those known by {date}; designs are the "
       "best that redline search chip finds on each die, for each kind of work by itself",
       {{"date", format_date(request.known)}}});
  const auto work = [&request](ImpactWork one, const char* field) {
    const Json& json = request.work[static_cast<std::size_t>(one)].front();
    const auto found = json.find(field);
    return found == json.end()  ? std::string()
           : found->is_string() ? found->get<std::string>()
                                : results::format_number(found->get<double>(), 6);
  };
  all.push_back(
      {"work is counted in {chip}: training of {train}; {serve} with prompts of {prompt} tokens "
       "and answers of {answer}; thinking has prompts of {question} and answers of {thoughts}",
       {{"chip", request.unit->id},
        {"train", work(ImpactWork::kTrain, "model")},
        {"serve", work(ImpactWork::kDecode, "model")},
        {"prompt", work(ImpactWork::kDecode, "prompt")},
        {"answer", work(ImpactWork::kDecode, "answer")},
        {"question", work(ImpactWork::kThinking, "prompt")},
        {"thoughts", work(ImpactWork::kThinking, "answer")}}});
  all.push_back(
      {"buyers take {parts} parts a year under either rule set (--parts); a dollar buys "
       "ownership and electricity of a part in a server, designs at four times what they "
       "cost to make",
       {{"parts", results::format_number(request.parts, 6)}}});
  all.push_back(
      Message("months are what replies to earlier rules took from the day of the rule to the first "
              "part; of "
              "a new die none is known"));
  return all;
}

}  // namespace redline::app

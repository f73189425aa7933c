// The impact statement for machines.

#include <algorithm>
#include <set>

#include "app/classify.h"
#include "app/impact_facts.h"
#include "app/scales.h"

namespace redline::app {
namespace {

Json rules_json(const RuleSet& rules) {
  return {{"name", rules.name},
          {"as_of", format_date(rules.as_of)},
          {"with", rules.with},
          {"instruments", rules.ids}};
}

Json limit_json(const Threshold& one) {
  return {{"quantity", one.quantity}, {"unit", text_or_null(one.unit)}, {"value", one.value}};
}
template <class T, class F>
Json list_json(const std::vector<T>& items, const F& json_of_item) {
  Json list = Json::array();
  for (const T& item : items) {
    list.push_back(json_of_item(item));
  }
  return list;
}

Json changes_json(const std::vector<Change>& changes) {
  return list_json(changes, [](const Change& one) {
    return Json{{"field", one.field}, {"before", one.before}, {"after", one.after}};
  });
}

// Of the answer to one part; `classify` has the rest.
Json answer_json(const Verdict& verdict) {
  const Json all = verdict_json(verdict);
  Json some = Json::object();
  for (const char* field :
       {"outcome", "review", "exception", "eccn", "licenses_granted", "import_duty_percent", "rule",
        "paragraph", "conditions", "fees", "nearest_flip"}) {
    some[field] = all.at(field);
  }
  return some;
}

Json months_json(const ImpactReport& report, ReplyKind kind) {
  const LeadTime* time = lead_time_of(report, kind);
  return time != nullptr ? Json{time->least, time->most} : Json(nullptr);
}

Json part_json(const ImpactReport& report, const std::optional<PartAtWork>& part, double unit) {
  if (!part) {
    return nullptr;
  }
  Json json{{part->chip != nullptr ? "chip" : "die", part->name},
            {"how", kReplyKindNames[static_cast<std::size_t>(part->kind)]},
            {"months", part->chip != nullptr ? Json{0, 0} : months_json(report, part->kind)},
            {"tokens_per_s", part->tokens_per_s},
            {"units", unit > 0.0 ? Json(part->tokens_per_s / unit) : Json(nullptr)},
            {"usd_per_hour", part->usd_per_s ? Json(*part->usd_per_s * kSecondsOfHour) : Json()},
            {"tpp", json_of(part->tpp)}};
  if (part->design) {
    const Reply& design = *part->design;
    json["silicon_tpp"] = design.silicon_tpp;
    json["pd"] = design.pd;
    json["dram_gb_s"] = design.dram_gb_s;
    json["capacity_gb"] = design.capacity_gb;
    json["link_gb_s"] = design.link_gb_s;
    json["cores_on"] = design.cores;
    json["cost_usd"] = design.cost.total.value;
    json["power_w"] = design.power.total();
    json["evasions"] = evasions_json(part->evasions);
  }
  return json;
}

Json sides_json(const ImpactReport& report, const Sides<std::optional<PartAtWork>>& sides,
                double unit, bool per_dollar) {
  return {{"before", part_json(report, sides[0], unit)},
          {"after", part_json(report, sides[1], unit)},
          {"change_percent", json_of(change_percent(sides, per_dollar))}};
}

Json reply_json(const ImpactReport& report, const DieReply& reply) {
  const double unit = report.capability[static_cast<std::size_t>(reply.work)].unit_tokens_per_s;
  return {{"die", reply.die},
          {"work", kImpactWorkNames[static_cast<std::size_t>(reply.work)]},
          {"per_part", sides_json(report, reply.per_part, unit, false)},
          {"per_dollar", sides_json(report, reply.per_dollar, unit, true)},
          {"reason", text_or_null(reply.refusal.english())}};
}

Json capability_json(const ImpactReport& report, const Capability& one) {
  const double unit = one.unit_tokens_per_s;
  const auto raw = [&one](const std::optional<PartAtWork>& part) {
    return part && part->tpp && one.unit_tpp > 0.0 ? Json(*part->tpp / one.unit_tpp) : Json();
  };
  const auto total = [&](const std::optional<PartAtWork>& part) {
    return unit > 0.0 ? Json(part ? report.request->parts * part->tokens_per_s / unit : 0.0)
                      : Json(nullptr);
  };
  const auto times = [](const std::optional<PartAtWork>& a, const std::optional<PartAtWork>& b) {
    return a && b ? Json(a->tokens_per_s / b->tokens_per_s) : Json(nullptr);
  };
  return {
      {"work", kImpactWorkNames[static_cast<std::size_t>(one.work)]},
      {"workload", report.request->work[static_cast<std::size_t>(one.work)].front()},
      {"unit_tokens_per_s", unit > 0.0 ? Json(unit) : Json(nullptr)},
      {"on_sale", sides_json(report, one.on_sale, unit, false)},
      {"licensed", sides_json(report, one.licensed, unit, false)},
      {"per_part", sides_json(report, one.per_part, unit, false)},
      {"per_dollar", sides_json(report, one.per_dollar, unit, true)},
      {"raw_units", {{"before", raw(one.per_part[0])}, {"after", raw(one.per_part[1])}}},
      {"total_units", {{"before", total(one.per_part[0])}, {"after", total(one.per_part[1])}}},
      {"best_sold", part_json(report, one.free, unit)},
      {"domestic", part_json(report, one.domestic, unit)},
      {"domestic_per_dollar", part_json(report, one.domestic_per_dollar, unit)},
      {"times_domestic",
       {{"before", times(one.per_part[0], one.domestic)},
        {"after", times(one.per_part[1], one.domestic)}}},
      {"advantage_kept",
       {{"before", times(one.free, one.per_part[0])}, {"after", times(one.free, one.per_part[1])}}},
      {"scatter_percent", scatter_percent(one)},
      {"beyond_scatter", beyond_scatter(one)}};
}

Json stake_json(const StakeFigure& one) {
  const MarketFigure& figure = *one.figure;
  const auto bounds = figure.bounds();
  Json json{{"chip", one.chip},
            {"figure", figure.id},
            {"what", figure.what},
            {"by", text_or_null(figure.by)},
            {"period", text_or_null(figure.period)},
            {"forecast", figure.forecast},
            {"published", format_date(*figure.published)},
            {"sources", Json(figure.sources)}};
  json["usd"] = Json::array({bounds->low, bounds->high});
  return json;
}

Json price_json(const Flipping& one) {
  return {{"work", kImpactWorkNames[static_cast<std::size_t>(one.work)]},
          {"side", one.side == 0 ? "before" : "after"},
          {"die", one.die},
          {"quantity", one.price->threshold.quantity},
          {"limit", one.price->threshold.value},
          {"unit", text_or_null(one.price->threshold.unit)},
          {"loosened_percent", one.price->percent},
          {"gain_percent", one.price->gain_percent}};
}

Json evasion_list(const std::set<std::string>& names) { return Json(names); }

}  // namespace

Json impact_json(const ImpactReport& report) {
  const ImpactRequest& request = *report.request;
  const bool nothing = report.empty();
  const auto limits = moved_limits(report);
  Json json{
      {"before", rules_json(report.rules(0))},
      {"after", rules_json(report.rules(1))},
      {"to", request.question.to},
      {"headquarters", request.question.hq.empty() ? request.question.to : request.question.hq},
      {"facts_until", format_date(request.known)},
      {"empty", nothing},
      {"limits",
       {{"removed", list_json(limits[0], limit_json)},
        {"added", list_json(limits[1], limit_json)}}},
      {"parts_asked", report.parts_asked},
      {"parts", list_json(report.parts,
                          [](const ChangedPart& one) {
                            return Json{{"chip", one.chip->id},
                                        {"before", answer_json(one.verdict[0])},
                                        {"after", answer_json(one.verdict[1])},
                                        {"changes", changes_json(one.changes)}};
                          })},
      {"places_asked", report.places_asked},
      {"places", list_json(report.places, [](const ChangedPlaces& one) {
         return Json{
             {"where", list_json(one.where,
                                 [](const auto& where) {
                                   return Json{{"to", where.first}, {"headquarters", where.second}};
                                 })},
             {"parts", list_json(one.parts, [](const auto& part) {
                return Json{{"chip", part.first->id}, {"changes", changes_json(part.second)}};
              })}};
       })}};
  json["unit"] = request.unit->id;
  json["parts_a_year"] = request.parts;
  json["capability"] = Json::array();
  json["replies"] = Json::array();
  if (!nothing) {
    for (const Capability& one : report.capability) {
      json["capability"].push_back(capability_json(report, one));
    }
    for (const DieReply& one : report.replies) {
      json["replies"].push_back(reply_json(report, one));
    }
  }
  json["lead_times"] = list_json(report.lead_times, [](const LeadTime& one) {
    return Json{{"how", kReplyKindNames[static_cast<std::size_t>(one.kind)]},
                {"months", {one.least, one.most}},
                {"parts", one.parts}};
  });
  const Sides<std::set<std::string>> evasions{evasions_on(report, 0), evasions_on(report, 1)};
  json["evasions"] = {{"before", evasion_list(evasions[0])}, {"after", evasion_list(evasions[1])}};
  json["revenue_at_stake"] = list_json(report.stake, stake_json);
  json["briefing"] = {{"justification", text_or_null(request.justification)},
                      {"effect_on_leading_firms", nothing ? Json(nullptr) : Json("capability")},
                      {"advantage_kept", nothing ? Json(nullptr) : Json("capability")},
                      {"military_and_cyber_capability", nullptr}};
  json["flips"] = list_json(flippings(report), price_json);
  Json assumptions = Json::array();
  for (const Message& one : assumptions_of(report)) {
    assumptions.push_back(one.english());
  }
  json["assumptions"] = std::move(assumptions);
  return json;
}

}  // namespace redline::app

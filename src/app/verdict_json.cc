#include <cmath>

#include "app/classify.h"

namespace redline::app {
namespace {

Json number_or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}
Json truth(Tri tri) { return tri == Tri::kUnknown ? Json(nullptr) : Json(tri == Tri::kYes); }
Json bounds_json(const Interval<double>& bounds) {
  return Json::array({number_or_null(bounds.low), number_or_null(bounds.high)});
}

Json test_json(const ComparisonLine& line) {
  Json json{{"rule", line.rule},
            {"paragraph", line.paragraph},
            {"quantity", line.quantity},
            {"value", number_or_null(line.value)},
            {"unit", line.unit},
            {"relation", line.relation},
            {"limit", line.limit},
            {"met", truth(line.met)},
            {"margin_percent", number_or_null(line.margin_percent)}};
  if (!line.value) {
    json["bounds"] = bounds_json(line.bounds);
  }
  return json;
}

Json flip_json(const Flip& flip) {
  return {{"quantity", flip.quantity},
          {"unit", flip.unit},
          {"from", flip.from},
          {"to", flip.to},
          {"relation", flip.relation},
          {"change_percent", flip.change_percent},
          {"outcome", std::string(name_of(flip.outcome))},
          {"review", text_or_null(name_of(flip.review))},
          {"exception", text_or_null(name_of(flip.exception))}};
}

Json quantity_json(const QuantityLine& line) {
  return {{"quantity", line.name},
          {"value", number_or_null(line.value)},
          {"bounds", bounds_json(line.bounds)},
          {"unit", line.unit},
          {"from", text_or_null(line.from)}};
}

Json trace_json(const TraceClause& clause) {
  Json atoms = Json::array();
  for (const TraceAtom& atom : clause.atoms) {
    atoms.push_back({{"text", atom.text},
                     {"result", truth(atom.result)},
                     {"detail", text_or_null(atom.detail.english())}});
  }
  return {{"rule", clause.rule},
          {"kind", clause.kind},
          {"paragraph", text_or_null(clause.paragraph)},
          {"text", clause.text},
          {"result", truth(clause.result)},
          {"effect", clause.effect.english()},
          {"atoms", std::move(atoms)}};
}

template <class T, class F>
Json list_json(const std::vector<T>& items, const F& convert) {
  Json list = Json::array();
  for (const T& item : items) {
    list.push_back(convert(item));
  }
  return list;
}

Json checklist_json(const Checklist& list) {
  return {{"name", list.name},
          {"title", list.title},
          {"rule", list.rule},
          {"lines", list_json(list.lines, [](const ChecklistLine& line) {
             return Json{{"text", line.text},
                         {"status", std::string(name_of(line.status))},
                         {"detail", text_or_null(line.detail.english())},
                         {"paragraph", text_or_null(line.paragraph)}};
           })}};
}

Json side_json(const DestinationSide& side) {
  return {
      {"status", text_or_null(side.status)},
      {"measures", list_json(side.measures, [](const SideMeasure& m) {
         return Json{{"rule", m.rule}, {"status", m.status}, {"scope", m.scope}, {"text", m.text}};
       })}};
}

}  // namespace

Json verdict_json(const Verdict& v) {
  Json json{
      {"chip", v.chip},
      {"item",
       {{"form", std::string(name_of(v.form))},
        {"system", text_or_null(v.holder)},
        {"chips", v.holder.empty() ? Json(nullptr) : Json(v.holder_chips)}}},
      {"transaction", std::string(name_of(v.transaction))},
      {"to", v.to},
      {"headquarters", v.hq},
      {"from", v.from},
      {"end_user", text_or_null(v.end_user)},
      {"as_of", format_date(v.as_of)},
      {"outcome", std::string(name_of(v.outcome))},
      {"review", text_or_null(name_of(v.review))},
      {"exception", text_or_null(name_of(v.exception))},
      {"eccn", text_or_null(v.eccn)},
      {"meets", text_or_null(v.meets)},
      {"licenses_granted", v.licenses_granted},
      {"import_duty_percent", number_or_null(v.import_duty_percent)},
      {"rule", text_or_null(v.rule)},
      {"paragraph", text_or_null(v.paragraph)},
      {"unknown_because", text_or_null(v.unknown_because.english())},
      {"possible", v.possible},
      {"tests", list_json(v.tests, test_json)},
      {"conditions", list_json(v.conditions,
                               [](const redline::Condition& c) {
                                 return Json{{"rule", c.rule}, {"kind", c.kind}, {"text", c.text}};
                               })},
      {"fees", list_json(v.fees,
                         [](const Fee& f) {
                           return Json{{"rule", f.rule},
                                       {"percent", f.percent},
                                       {"base", f.base},
                                       {"legal_form", f.legal_form}};
                         })},
      {"nearest_flip", v.nearest_flip ? flip_json(*v.nearest_flip) : Json(nullptr)},
      {"flips", list_json(v.flips, flip_json)},
      {"destination_side", side_json(v.destination_side)},
      {"flags", list_json(v.flags, [](const Flag& f) { return Json(f.name); })},
      {"flag_details", list_json(v.flags,
                                 [](const Flag& f) {
                                   return Json{{"name", f.name},
                                               {"rule", text_or_null(f.rule)},
                                               {"text", f.text.english()}};
                                 })},
      {"borderline", v.borderline},
      {"assumptions", list_json(v.assumptions, [](const Message& m) { return Json(m.english()); })},
      {"quantities", list_json(v.quantities, quantity_json)},
      {"instruments", v.instruments},
      {"sources", v.sources}};
  if (!v.checklists.empty()) {
    json["checklists"] = list_json(v.checklists, checklist_json);
  }
  if (!v.trace.empty()) {
    json["trace"] = list_json(v.trace, trace_json);
  }
  return json;
}

}  // namespace redline::app

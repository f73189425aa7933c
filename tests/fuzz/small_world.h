#pragma once
// A few places and groups, and a sale to China, for targets that need a setting.

#include "redline/place.h"

#include "rules/program.h"

namespace redline::fuzz {

inline Geography small_geography() {
  Geography geography;
  for (const std::string_view code : {"US", "CN", "HK", "MO", "AE", "DE"}) {
    geography.places.push_back({std::string(code), {std::string(code), "", ""}, {}});
  }
  const Date change = make_date(2024, 1, 1);
  geography.groups = {{"D5", "", "", {{"CN", {}, {}, ""}, {"MO", change, {}, ""}}},
                      {"D1", "", "", {{"CN", {}, {}, ""}, {"AE", {}, change, ""}}},
                      {"D4", "", "", {{"AE", {}, {}, ""}}},
                      {"A1", "", "", {{"DE", {}, {}, ""}}},
                      {"A5", "", "", {{"DE", {}, {}, ""}, {"US", {}, {}, ""}}},
                      {"A6", "", "", {}}};
  geography.aliases = {{"HK", "CN", make_date(2020, 12, 23)}};
  return geography;
}

inline rules::Situation small_situation() {
  rules::Situation situation;
  situation.dest = "CN";
  situation.hq = "CN";
  situation.date = make_date(2025, 4, 17);
  return situation;
}

}  // namespace redline::fuzz

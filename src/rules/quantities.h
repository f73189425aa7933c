#pragma once
// The names that predicates may use, with kind, unit and meaning: one table for the parser, the
// evaluator, --set and the docs.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace redline::rules {

enum class NameKind : std::uint8_t { kNumber, kBoolean, kText, kPlace, kDate };

// Numbers of an item, indices into ItemFacts::number.
enum class Number : std::uint8_t {
  kTpp,
  kPd,
  kDie,
  kBitsTops,
  kIoBidir,
  kDramBw,
  kLetterIo,
  kMbd,
  kAtc,
  kNodeNm,
  kYear,
  kCount,
};
enum class Boolean : std::uint8_t {
  kDc,
  kHasHbm,
  kUsAvailable,
  kNonplanar,
  kDesignerApproved,
  kPackagedByFab,
  kPackagedByOsat,
  kCopackaged,
  kCount,
};
enum class Text : std::uint8_t {
  kChip,
  kKind,
  kFamily,
  kVendor,
  kFoundry,
  kDesignerHq,
  kCount,
};
// Facts of the transaction rather than of the item: known once the question is asked.
enum class Circumstance : std::uint8_t {
  kDest,
  kHq,
  kExportFrom,
  kEndUser,
  kExporterRole,
  kForm,
  kDate,
  kCount,
};

enum class NameOwner : std::uint8_t { kNumber, kBoolean, kText, kCircumstance };

struct NameInfo {
  std::string_view name;
  NameKind kind;
  NameOwner owner;
  std::uint8_t index;
  std::string_view unit;
  std::string_view doc;
};

namespace detail {
constexpr NameInfo number(std::string_view name, Number n, std::string_view unit,
                          std::string_view doc) {
  return {name, NameKind::kNumber, NameOwner::kNumber, static_cast<std::uint8_t>(n), unit, doc};
}
constexpr NameInfo boolean(std::string_view name, Boolean b, std::string_view doc) {
  return {name, NameKind::kBoolean, NameOwner::kBoolean, static_cast<std::uint8_t>(b), "", doc};
}
constexpr NameInfo text(std::string_view name, Text t, NameKind kind, std::string_view doc) {
  return {name, kind, NameOwner::kText, static_cast<std::uint8_t>(t), "", doc};
}
constexpr NameInfo circumstance(std::string_view name, Circumstance c, NameKind kind,
                                std::string_view doc) {
  return {name, kind, NameOwner::kCircumstance, static_cast<std::uint8_t>(c), "", doc};
}
}  // namespace detail

inline constexpr auto kNames = std::to_array<NameInfo>({
    detail::number("tpp", Number::kTpp, "TOPS*bit",
                   "Total processing performance: dense, best format, all units of the IC."),
    detail::number("pd", Number::kPd, "TPP/mm2", "Performance density: tpp over die."),
    detail::number("die", Number::kDie, "mm2", "Applicable die area: non-planar logic dies."),
    detail::number("bits_tops", Number::kBitsTops, "TOPS*bit",
                   "Metric of October 2022: bit length per operation times TOPS."),
    detail::number("io_bidir", Number::kIoBidir, "GB/s",
                   "All inputs and outputs except memory, both directions."),
    detail::number("dram_bw", Number::kDramBw, "GB/s", "Total DRAM bandwidth."),
    detail::number("letter_io", Number::kLetterIo, "GB/s",
                   "Input/output bandwidth of the April 2025 letters; their definition is not "
                   "public, the widest reading is used."),
    detail::number("mbd", Number::kMbd, "GB/s/mm2", "Memory bandwidth density of a package."),
    detail::number("atc", Number::kAtc, "transistors", "Aggregated approximated transistor count."),
    detail::number("node_nm", Number::kNodeNm, "nm", "Process node class."),
    detail::number("year", Number::kYear, "year", "Calendar year in which the export completes."),
    detail::boolean("dc", Boolean::kDc, "Designed or marketed for use in datacenters."),
    detail::boolean("has_hbm", Boolean::kHasHbm, "The package contains high-bandwidth memory."),
    detail::boolean("us_available", Boolean::kUsAvailable,
                    "Commercially available in the United States on 2026-01-15."),
    detail::boolean("node_nonplanar_or_16nm", Boolean::kNonplanar,
                    "Made at the 16/14 nm node or below, or with non-planar transistors."),
    detail::boolean("designer_approved_or_authorized", Boolean::kDesignerApproved,
                    "Approved or authorized IC designer of the foundry rule."),
    detail::boolean("packaged_by_fab_outside_mo_d5", Boolean::kPackagedByFab,
                    "Packaged by the fabricator outside Macau and D:5."),
    detail::boolean("packaged_by_approved_osat", Boolean::kPackagedByOsat,
                    "Packaged by an approved OSAT company."),
    detail::boolean("copackaged_with_processor", Boolean::kCopackaged,
                    "Memory in one package with logic whose main function is processing."),
    detail::text("chip", Text::kChip, NameKind::kText, "Id of the chip."),
    detail::text("kind", Text::kKind, NameKind::kText, "accelerator or memory."),
    detail::text("chip_family", Text::kFamily, NameKind::kText, "Family, such as H20."),
    detail::text("vendor", Text::kVendor, NameKind::kText, "Maker."),
    detail::text("foundry", Text::kFoundry, NameKind::kText, "Front-end fabricator."),
    detail::text("designer_hq", Text::kDesignerHq, NameKind::kPlace,
                 "Country of the designer's headquarters."),
    detail::circumstance("dest", Circumstance::kDest, NameKind::kPlace, "Destination."),
    detail::circumstance("hq", Circumstance::kHq, NameKind::kPlace,
                         "Headquarters of the end user or of its ultimate parent."),
    detail::circumstance("export_from", Circumstance::kExportFrom, NameKind::kPlace,
                         "Country of export."),
    detail::circumstance("end_user", Circumstance::kEndUser, NameKind::kText, "End user, by name."),
    detail::circumstance("exporter_role", Circumstance::kExporterRole, NameKind::kText,
                         "vendor, or foundry for a fabricator or OSAT."),
    detail::circumstance("form", Circumstance::kForm, NameKind::kText,
                         "part, board, server or technology."),
    detail::circumstance("date", Circumstance::kDate, NameKind::kDate, "Date of the question."),
});

[[nodiscard]] constexpr const NameInfo* find_name(std::string_view name) {
  for (const NameInfo& info : kNames) {
    if (info.name == name) {
      return &info;
    }
  }
  return nullptr;
}

[[nodiscard]] constexpr const NameInfo& info_of(Number n) {
  return kNames[static_cast<std::size_t>(n)];
}
static_assert(info_of(Number::kYear).name == "year", "numbers stand first, in order");

}  // namespace redline::rules

#pragma once
// A legal instrument as data: dated versions made of clauses, each clause a predicate and an
// effect.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "redline/date.h"
#include "redline/verdict.h"

#include "rules/predicate.h"

namespace redline::rules {

enum class InstrumentKind : std::uint8_t {
  kIsInformedLetter,
  kInterimFinalRule,
  kFinalRule,
  kCorrectingAmendment,
  kGuidance,
  kLicensePractice,
  kProclamation,
  kAnnouncement,
  kDraft,
  kMeasure,
  kBill,
  kBoundary,
};
enum class EvidenceGrade : std::uint8_t {
  kPrimary,
  kFiling,
  kGuidance,
  kPress,
  kSecondary,
  kRecalled,
};
enum class ConditionKind : std::uint8_t { kCertify, kNotify, kComply };
enum class ConditionScope : std::uint8_t {
  kDenial,
  kCaseByCase,
  kApproval,
  kNac,
  kAca,
  kHbm,
  kGrant,
  kAny,
};
enum class MeasureStatus : std::uint8_t {
  kPressure,
  kDiscouraged,
  kCaseByCase,
  kRestricted,
  kBlocked,  // ascending severity
};
enum class MeasureScope : std::uint8_t { kNamed, kGeneral };

// Catches items under a tag that license, review and exception clauses refer to.
struct TestClause {
  std::string item;
  std::string eccn;
  std::string assembly_eccn;    // of a board or server that holds the part; empty: `eccn`
  std::string technology_eccn;  // of the technology for the part; empty: not caught
  std::string paragraph;
  Predicate when;
  Predicate unless;
  std::string unless_paragraph;
};
// Says where items need a license.
struct LicenseClause {
  std::vector<std::string> items;
  Predicate where;
  std::string paragraph;
  bool letter = false;      // no license exception overcomes it
  bool scope_known = true;  // false: where it applies is not public, so it is only possible
};
struct ReviewClause {
  std::vector<std::string> items;
  Predicate when;
  Review policy = Review::kUnstated;
  std::string paragraph;
  bool us_import =
      false;  // its conditions bring the item through US customs, where duty may fall due
};
struct ExceptionClause {
  std::vector<std::string> items;
  LicenseException name = LicenseException::kNone;
  Predicate when;
  std::string paragraph;
};
struct GrantClause {
  Predicate when;
};
struct DutyClause {
  Predicate when;
  double percent = 0.0;
  std::string paragraph;
};
struct FlagClause {
  std::string name;
  std::vector<std::string> items;  // if given: only for items caught under one of these tags
  Predicate when;
  std::string text;
};
struct ConditionClause {
  ConditionScope applies_to = ConditionScope::kAny;
  ConditionKind kind = ConditionKind::kComply;
  std::string text;
  Predicate when;
  std::vector<std::string> items;
};
// kAnswer: met where the answer itself is the exception or the review that the list is for.
enum class ChecklistKind : std::uint8_t { kCheck, kAnswer, kCertify, kDo };
struct ChecklistEntry {
  std::string text;
  ChecklistKind kind = ChecklistKind::kDo;
  Predicate when;  // of a check: holds where it is met
  std::string paragraph;
};
// What a notice or an application asks for, shown where `when` may hold.
struct ChecklistClause {
  std::string name;
  std::string title;
  std::vector<std::string> items;
  Predicate when;
  std::vector<ChecklistEntry> entries;
};
// A cap on what goes to some places as a share of what goes to others, counted in one quantity.
struct VolumeClause {
  std::string quantity;              // of `kNames`
  std::vector<std::string> capped;   // places
  std::vector<std::string> against;  // places
  double percent = 0.0;
  std::string paragraph;
  std::string text;
};
struct FeeClause {
  double percent = 0.0;
  std::string base;
  std::string legal_form;
  Predicate when;
};
struct MeasureClause {
  MeasureStatus status = MeasureStatus::kPressure;
  Predicate when;
  MeasureScope scope = MeasureScope::kNamed;
  std::string text;
};

// A part of an instrument with dates of its own.
struct Version {
  std::string label;
  std::optional<Date> effective;  // absent only in bills
  std::optional<Date> compliance;
  std::optional<Date> until;  // last day
  std::optional<Date> not_enforced_from;
  std::string enforcement_note;
  std::vector<TestClause> tests;
  std::vector<LicenseClause> licenses;
  std::vector<ReviewClause> reviews;
  std::vector<ExceptionClause> exceptions;
  std::vector<GrantClause> grants;
  std::vector<DutyClause> duties;
  std::vector<FlagClause> flags;
  std::vector<ConditionClause> conditions;
  std::vector<FeeClause> fees;
  std::vector<MeasureClause> measures;
  std::vector<ChecklistClause> checklists;
  std::vector<VolumeClause> volumes;
  std::vector<std::string> z_entries;  // other entries in which a caught item gets ".z"
};

struct Instrument {
  std::string id;
  std::string title;
  std::string jurisdiction;
  InstrumentKind kind = InstrumentKind::kFinalRule;
  bool hypothetical = false;
  std::optional<PartialDate> issued;
  std::optional<PartialDate> published;
  std::string citation;
  std::vector<std::string> sources;
  EvidenceGrade confidence = EvidenceGrade::kSecondary;
  std::string summary;
  std::vector<std::string> addressees;  // vendors bound by a letter; empty: everybody
  std::vector<Version> versions;
};

}  // namespace redline::rules

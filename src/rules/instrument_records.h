#pragma once
// Field tables of legal instruments.

#include "data/fields.h"
#include "rules/instrument.h"

namespace redline::data {

template <>
struct EnumNames<rules::InstrumentKind> {
  using K = rules::InstrumentKind;
  static constexpr NameList<K, 12> kNames{{{"is-informed-letter", K::kIsInformedLetter},
                                           {"interim-final-rule", K::kInterimFinalRule},
                                           {"final-rule", K::kFinalRule},
                                           {"correcting-amendment", K::kCorrectingAmendment},
                                           {"guidance", K::kGuidance},
                                           {"license-practice", K::kLicensePractice},
                                           {"proclamation", K::kProclamation},
                                           {"announcement", K::kAnnouncement},
                                           {"draft", K::kDraft},
                                           {"measure", K::kMeasure},
                                           {"bill", K::kBill},
                                           {"boundary", K::kBoundary}}};
};
template <>
struct EnumNames<rules::EvidenceGrade> {
  using G = rules::EvidenceGrade;
  static constexpr NameList<G, 6> kNames{{{"primary", G::kPrimary},
                                          {"filing", G::kFiling},
                                          {"guidance", G::kGuidance},
                                          {"press", G::kPress},
                                          {"secondary", G::kSecondary},
                                          {"recalled", G::kRecalled}}};
};
template <>
struct EnumNames<rules::ConditionKind> {
  using K = rules::ConditionKind;
  static constexpr NameList<K, 3> kNames{
      {{"certify", K::kCertify}, {"notify", K::kNotify}, {"comply", K::kComply}}};
};
template <>
struct EnumNames<rules::ConditionScope> {
  using S = rules::ConditionScope;
  static constexpr NameList<S, 8> kNames{{{"denial", S::kDenial},
                                          {"case-by-case", S::kCaseByCase},
                                          {"approval", S::kApproval},
                                          {"NAC", S::kNac},
                                          {"ACA", S::kAca},
                                          {"HBM", S::kHbm},
                                          {"grant", S::kGrant},
                                          {"any", S::kAny}}};
};
template <>
struct EnumNames<rules::ChecklistKind> {
  using K = rules::ChecklistKind;
  static constexpr NameList<K, 4> kNames{
      {{"check", K::kCheck}, {"answer", K::kAnswer}, {"certify", K::kCertify}, {"do", K::kDo}}};
};
template <>
struct EnumNames<rules::MeasureStatus> {
  using S = rules::MeasureStatus;
  static constexpr NameList<S, 5> kNames{{{"pressure", S::kPressure},
                                          {"discouraged", S::kDiscouraged},
                                          {"case-by-case", S::kCaseByCase},
                                          {"restricted", S::kRestricted},
                                          {"blocked", S::kBlocked}}};
};
template <>
struct EnumNames<rules::MeasureScope> {
  using S = rules::MeasureScope;
  static constexpr NameList<S, 2> kNames{{{"named", S::kNamed}, {"general", S::kGeneral}}};
};
template <>
struct EnumNames<Review> {
  static constexpr NameList<Review, 4> kNames{{{"denial", Review::kDenial},
                                               {"case-by-case", Review::kCaseByCase},
                                               {"approval", Review::kApproval},
                                               {"unstated", Review::kUnstated}}};
};
template <>
struct EnumNames<LicenseException> {
  static constexpr NameList<LicenseException, 2> kNames{
      {{"NAC", LicenseException::kNac}, {"ACA", LicenseException::kAca}}};
};

template <>
struct Codec<rules::Predicate> {
  static bool read(const Node& node, rules::Predicate& out, Reader& reader, const FieldOptions&);
  static TypeInfo info() { return TypeInfo::text(); }
};

template <>
struct Record<rules::TestClause> {
  using T = rules::TestClause;
  static constexpr std::string_view kName = "test";
  static constexpr std::string_view kDoc = "Which items are caught.";
  static constexpr auto fields() {
    return std::tuple{
        field("item", &T::item, {.required = true, .doc = "Tag that other clauses refer to."}),
        field("eccn", &T::eccn, {.doc = "Export control classification number, if it gives one."}),
        field("assembly_eccn", &T::assembly_eccn, {.doc = "Of a board or server that holds it."}),
        field("technology_eccn", &T::technology_eccn,
              {.doc = "Of the technology for it; absent: technology is not caught."}),
        field("paragraph", &T::paragraph, {.required = true, .doc = "Cited as deciding."}),
        field("when", &T::when, {.required = true, .doc = "Predicate over the item."}),
        field("unless", &T::unless, {.doc = "Exclusion."}),
        field("unless_paragraph", &T::unless_paragraph, {.doc = "Where the exclusion stands."}),
    };
  }
};
template <>
struct Record<rules::LicenseClause> {
  using T = rules::LicenseClause;
  static constexpr std::string_view kName = "license";
  static constexpr std::string_view kDoc = "Where items need a license.";
  static constexpr auto fields() {
    return std::tuple{
        field("items", &T::items, {.required = true, .doc = "Tags."}),
        field("where", &T::where, {.required = true, .doc = "Predicate over the transaction."}),
        field("paragraph", &T::paragraph, {.doc = "Citation."}),
        field("letter", &T::letter, {.doc = "No license exception overcomes it."}),
        field("scope_known", &T::scope_known, {.doc = "false: where it applies is not public."}),
    };
  }
};
template <>
struct Record<rules::ReviewClause> {
  using T = rules::ReviewClause;
  static constexpr std::string_view kName = "review";
  static constexpr std::string_view kDoc = "License review policy; the newest that holds decides.";
  static constexpr auto fields() {
    return std::tuple{
        field("items", &T::items, {.required = true, .doc = "Tags."}),
        field("when", &T::when, {.required = true, .doc = "Predicate."}),
        field("policy", &T::policy, {.required = true, .doc = "Policy."}),
        field("paragraph", &T::paragraph, {.doc = "Citation."}),
        field(
            "us_import", &T::us_import,
            {.doc = "Its conditions bring the item through US customs: import duty may fall due."}),
    };
  }
};
template <>
struct Record<rules::ExceptionClause> {
  using T = rules::ExceptionClause;
  static constexpr std::string_view kName = "exception";
  static constexpr std::string_view kDoc = "License exception that overcomes the requirement.";
  static constexpr auto fields() {
    return std::tuple{
        field("items", &T::items, {.required = true, .doc = "Tags."}),
        field("name", &T::name, {.required = true, .doc = "Which exception."}),
        field("when", &T::when, {.required = true, .doc = "Predicate."}),
        field("paragraph", &T::paragraph, {.doc = "Citation."}),
    };
  }
};
template <>
struct Record<rules::GrantClause> {
  static constexpr std::string_view kName = "grant";
  static constexpr std::string_view kDoc = "Licenses are known to be granted to some customer.";
  static constexpr auto fields() {
    return std::tuple{field("when", &rules::GrantClause::when, {.required = true, .doc = "For."})};
  }
};
template <>
struct Record<rules::DutyClause> {
  using T = rules::DutyClause;
  static constexpr std::string_view kName = "duty";
  static constexpr std::string_view kDoc = "Import duty; the first clause that holds decides.";
  static constexpr auto fields() {
    return std::tuple{
        field("when", &T::when, {.required = true, .doc = "Predicate."}),
        field("percent", &T::percent,
              {.required = true, .min = 0, .max = 1000, .doc = "Ad valorem."}),
        field("paragraph", &T::paragraph, {.doc = "Citation."}),
    };
  }
};
template <>
struct Record<rules::FlagClause> {
  using T = rules::FlagClause;
  static constexpr std::string_view kName = "flag";
  static constexpr std::string_view kDoc = "What decides besides, or is not held here.";
  static constexpr auto fields() {
    return std::tuple{
        field("name", &T::name, {.required = true, .doc = "Lower case with hyphens."}),
        field("items", &T::items, {.doc = "Only for items caught under one of these tags."}),
        field("when", &T::when, {.required = true, .doc = "Predicate."}),
        field("text", &T::text, {.required = true, .doc = "What it means."}),
    };
  }
};
template <>
struct Record<rules::ConditionClause> {
  using T = rules::ConditionClause;
  static constexpr std::string_view kName = "condition";
  static constexpr std::string_view kDoc = "What has to be done or certified.";
  static constexpr auto fields() {
    return std::tuple{
        field("applies_to", &T::applies_to, {.required = true, .doc = "Outcome it belongs to."}),
        field("kind", &T::kind, {.required = true, .doc = "Kind of duty."}),
        field("text", &T::text, {.required = true, .doc = "What to do."}),
        field("when", &T::when, {.doc = "Predicate."}),
        field("items", &T::items, {.doc = "Only for items caught under one of these tags."}),
    };
  }
};
template <>
struct Record<rules::ChecklistEntry> {
  using T = rules::ChecklistEntry;
  static constexpr std::string_view kName = "entry";
  static constexpr std::string_view kDoc = "One line of a checklist.";
  static constexpr auto fields() {
    return std::tuple{
        field("text", &T::text, {.required = true, .doc = "What is asked."}),
        field("kind", &T::kind, {.required = true, .doc = "Worked out here, or by whom."}),
        field("when", &T::when, {.doc = "Of a check: where it is met."}),
        field("paragraph", &T::paragraph, {.doc = "Citation."}),
    };
  }
};
template <>
struct Record<rules::ChecklistClause> {
  using T = rules::ChecklistClause;
  static constexpr std::string_view kName = "checklist";
  static constexpr std::string_view kDoc = "What a notice or an application asks for.";
  static constexpr auto fields() {
    return std::tuple{
        field("name", &T::name, {.required = true, .doc = "Such as NAC."}),
        field("title", &T::title, {.required = true, .doc = "What it is for."}),
        field("items", &T::items, {.required = true, .doc = "Tags of items it is open to."}),
        field("when", &T::when, {.required = true, .doc = "Transactions it belongs to."}),
        field("entry", &T::entries, {.required = true, .doc = "Its lines."}),
    };
  }
};
template <>
struct Record<rules::VolumeClause> {
  using T = rules::VolumeClause;
  static constexpr std::string_view kName = "volume";
  static constexpr std::string_view kDoc = "A cap on shipments as a share of other shipments.";
  static constexpr auto fields() {
    return std::tuple{
        field("quantity", &T::quantity, {.required = true, .doc = "Counted, such as tpp."}),
        field("capped", &T::capped, {.required = true, .doc = "Places whose shipments it caps."}),
        field("against", &T::against, {.required = true, .doc = "Places they are compared with."}),
        field("percent", &T::percent,
              {.required = true, .min = 0, .max = 1000, .doc = "At most this share."}),
        field("paragraph", &T::paragraph, {.required = true, .doc = "Citation."}),
        field("text", &T::text, {.required = true, .doc = "What it asks."}),
    };
  }
};
template <>
struct Record<rules::FeeClause> {
  using T = rules::FeeClause;
  static constexpr std::string_view kName = "fee";
  static constexpr std::string_view kDoc = "A payment tied to licences.";
  static constexpr auto fields() {
    return std::tuple{
        field("percent", &T::percent, {.required = true, .min = 0, .max = 100, .doc = "Rate."}),
        field("base", &T::base, {.required = true, .doc = "Of what."}),
        field("legal_form", &T::legal_form, {.doc = "On what footing."}),
        field("when", &T::when, {.required = true, .doc = "Predicate."}),
    };
  }
};
template <>
struct Record<rules::MeasureClause> {
  using T = rules::MeasureClause;
  static constexpr std::string_view kName = "measure";
  static constexpr std::string_view kDoc = "What another state does.";
  static constexpr auto fields() {
    return std::tuple{
        field("status", &T::status, {.required = true, .doc = "Severity."}),
        field("when", &T::when, {.required = true, .doc = "Predicate."}),
        field("scope", &T::scope, {.required = true, .doc = "Aimed at these parts, or general."}),
        field("text", &T::text, {.required = true, .doc = "What it is."}),
    };
  }
};
template <>
struct Record<rules::Version> {
  using T = rules::Version;
  static constexpr std::string_view kName = "version";
  static constexpr std::string_view kDoc = "A part of an instrument with dates of its own.";
  static constexpr auto fields() {
    return std::tuple{
        field("label", &T::label, {.doc = "Which part."}),
        field("effective", &T::effective, {.doc = "First day in the text."}),
        field("compliance", &T::compliance, {.doc = "First day on which it binds, if later."}),
        field("until", &T::until, {.doc = "Last day."}),
        field("not_enforced_from", &T::not_enforced_from, {.doc = "In the text, not enforced."}),
        field("enforcement_note", &T::enforcement_note, {.doc = "Who said so."}),
        field("test", &T::tests, {.doc = "Which items are caught."}),
        field("license", &T::licenses, {.doc = "Where they need a license."}),
        field("review", &T::reviews, {.doc = "Review policy."}),
        field("exception", &T::exceptions, {.doc = "License exceptions."}),
        field("grant", &T::grants, {.doc = "Licenses granted."}),
        field("duty", &T::duties, {.doc = "Import duties."}),
        field("flag", &T::flags, {.doc = "Flags."}),
        field("condition", &T::conditions, {.doc = "Conditions."}),
        field("fee", &T::fees, {.doc = "Fees."}),
        field("measure", &T::measures, {.doc = "Measures of other states."}),
        field("checklist", &T::checklists, {.doc = "What notices and applications ask for."}),
        field("volume", &T::volumes, {.doc = "Caps on volume."}),
        field("z_entries", &T::z_entries,
              {.doc = "Other entries in which an item that is caught gets .z."}),
    };
  }
};
template <>
struct Record<rules::Instrument> {
  using T = rules::Instrument;
  static constexpr std::string_view kName = "instrument";
  static constexpr std::string_view kDoc = "A legal instrument.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &T::id, {.required = true, .doc = "Unique; the file is its lower case."}),
        field("title", &T::title, {.required = true, .doc = "Official or descriptive title."}),
        field("jurisdiction", &T::jurisdiction, {.required = true, .doc = "ISO code."}),
        field("kind", &T::kind, {.required = true, .doc = "Kind of instrument."}),
        field("hypothetical", &T::hypothetical, {.doc = "Not law: switched on by name."}),
        field("issued", &T::issued, {.doc = "Date of issue."}),
        field("published", &T::published, {.doc = "Date of publication."}),
        field("citation", &T::citation, {.doc = "How to cite it."}),
        field("sources", &T::sources, {.required = true, .doc = "Ids of data/sources."}),
        field("confidence", &T::confidence, {.required = true, .doc = "What was read."}),
        field("summary", &T::summary, {.required = true, .doc = "One sentence."}),
        field("addressees", &T::addressees, {.doc = "Vendors that a letter binds."}),
        field("version", &T::versions, {.doc = "Parts with their dates."}),
    };
  }
};

}  // namespace redline::data

#pragma once
// May it ship? The answer for one item, one transaction and one date, with the working.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/catalog.h"
#include "redline/chip.h"
#include "redline/date.h"
#include "redline/error.h"
#include "redline/message.h"
#include "redline/tri.h"

namespace redline {

enum class Outcome : std::uint8_t { kNoLicense, kLicenseException, kUnknown, kLicenseRequired };
// Ascending strictness; kUnknown: the policy depends on something that is not known.
enum class Review : std::uint8_t { kNone, kUnstated, kApproval, kCaseByCase, kDenial, kUnknown };
enum class LicenseException : std::uint8_t { kNone, kNac, kAca };

// What goes: the part as the record describes it (a chip, a memory stack), a board or a server that
// holds it (ECCN 4A090), or the technology to develop or make it (ECCN 3E001).
enum class ItemForm : std::uint8_t { kPart, kBoard, kServer, kTechnology };
// From the United States, from elsewhere to a third country, within one country, or into the
// United States.
enum class Transaction : std::uint8_t { kExport, kReexport, kTransfer, kImport };

[[nodiscard]] std::string_view name_of(Outcome outcome);          // "license-required"
[[nodiscard]] std::string_view name_of(Review review);            // "denial"; "" for none, unknown
[[nodiscard]] std::string_view name_of(LicenseException name);    // "NAC"; "" for none
[[nodiscard]] std::string_view name_of(ItemForm form);            // "server"
[[nodiscard]] std::string_view name_of(Transaction transaction);  // "reexport"

// "license-required, review denial", "license-exception NAC", "no-license".
[[nodiscard]] std::string answer_phrase(Outcome outcome, Review review, LicenseException exception);

namespace rules {
class RuleBook;
}

// A quantity of the item set by the user in place of its data-sheet value.
struct Setting {
  std::string key;
  std::string value;
};

struct Question {
  std::string to;           // ISO code
  std::string hq;           // empty: the destination
  std::string from = "US";  // country of export
  std::string end_user;
  Date as_of{};
  ItemForm form = ItemForm::kPart;
  std::string listed_under{};  // ECCN of another entry that the item stands in, such as 5A992
  std::vector<Setting> settings;
  std::vector<std::string> with;  // ids of bills to be taken as law
};

// One comparison of a quantity with a limit.
struct ComparisonLine {
  std::string rule;
  std::string paragraph;
  std::string quantity;
  std::string unit;
  std::optional<double> value;
  Interval<double> bounds;
  std::string relation;
  double limit = 0.0;
  Tri met = Tri::kUnknown;
  std::optional<double> margin_percent;  // (value - limit) / limit

  friend bool operator==(const ComparisonLine&, const ComparisonLine&) = default;
};

// One clause in the working: its text, its result and the atoms that decided it.
struct TraceAtom {
  std::string text;
  Tri result = Tri::kUnknown;
  Message detail;  // "2368 TOPS*bit, 1.3 % below"
};
struct TraceClause {
  std::string rule;
  std::string kind;  // test, license, review, exception, duty …
  std::string paragraph;
  std::string text;
  Tri result = Tri::kUnknown;
  Message effect;  // what follows if it holds
  std::vector<TraceAtom> atoms;
};

struct Flip {
  std::string quantity;
  std::string unit;
  double from = 0.0;
  double to = 0.0;
  std::string relation;  // "at or above" the value `to`, or "below" it
  double change_percent = 0.0;
  Outcome outcome = Outcome::kUnknown;
  Review review = Review::kNone;
  LicenseException exception = LicenseException::kNone;
};

struct Condition {
  std::string rule;
  std::string kind;  // certify, notify, comply
  std::string text;
};
// What a notice or an application asks for. Checks are worked out from the facts of the case; the
// rest is for the exporter to certify, file or do.
enum class ChecklistStatus : std::uint8_t { kMet, kNotMet, kUnknown, kToCertify, kToDo };
[[nodiscard]] std::string_view name_of(ChecklistStatus status);  // "to-certify"
struct ChecklistLine {
  std::string text;
  ChecklistStatus status = ChecklistStatus::kUnknown;
  Message detail;  // "tpp 15831.2 < 21000, -24.61 %"
  std::string paragraph;
};
struct Checklist {
  std::string name;  // "NAC", "case-by-case"
  std::string title;
  std::string rule;
  std::vector<ChecklistLine> lines;
};

struct Fee {
  std::string rule;
  double percent = 0.0;
  std::string base;
  std::string legal_form;
};
struct Flag {
  std::string name;
  std::string rule;
  Message text;
};
struct SideMeasure {
  std::string rule;
  std::string status;
  std::string scope;
  std::string text;
};
struct DestinationSide {
  std::string status;  // of measures aimed at this part; empty if there is none
  std::vector<SideMeasure> measures;
};

struct QuantityLine {
  std::string name;
  std::string unit;
  std::string doc;
  std::optional<double> value;
  Interval<double> bounds;
  std::string from;
};

struct Verdict {
  std::string chip;
  ItemForm form = ItemForm::kPart;
  std::string holder;  // id of the system that holds the chip, where one was named
  int holder_chips = 0;
  Transaction transaction = Transaction::kExport;
  std::string to;
  std::string hq;
  std::string from;
  std::string end_user;
  Date as_of{};
  Outcome outcome = Outcome::kUnknown;
  Review review = Review::kNone;
  LicenseException exception = LicenseException::kNone;
  std::string eccn;
  std::string meets;  // the paragraph of the part inside, where `eccn` is another entry
  bool licenses_granted = false;
  std::optional<double> import_duty_percent;
  std::string rule;  // the instrument that decides
  std::string paragraph;
  Message unknown_because;            // why, where the outcome or the review is unknown
  std::vector<std::string> possible;  // outcomes that unknown values leave open
  std::vector<QuantityLine> quantities;
  std::vector<ComparisonLine> tests;
  std::vector<TraceClause> trace;
  std::vector<Condition> conditions;
  std::vector<Checklist> checklists;
  std::vector<Fee> fees;
  std::optional<Flip> nearest_flip;
  std::vector<Flip> flips;  // the nearest in each direction of each quantity, nearest first
  std::vector<std::string> borderline;  // specs whose own error bars could turn the verdict
  DestinationSide destination_side;
  std::vector<Flag> flags;
  std::vector<Message> assumptions;
  std::vector<std::string> sources;
  std::vector<std::string> instruments;  // every instrument that took part
};

// What a caller wants besides the outcome; flips and traces cost more than the verdict itself.
struct VerdictDetail {
  bool trace = false;
  bool flips = true;
  bool checklists = false;
};

// Dated instruments, loaded once and shared by any number of threads.
class Rules {
 public:
  [[nodiscard]] static Loaded<Rules> load(const data::FileSet& files, const Geography& geography,
                                          std::vector<std::string>& replaced);
  [[nodiscard]] const rules::RuleBook& book() const { return *book_; }

 private:
  std::shared_ptr<const rules::RuleBook> book_;  // copies share it
};

// One question put to any number of chips: the rules are specialised to it once. Refers to `rules`,
// which must outlive it; safe to share between threads.
class Inquiry {
 public:
  // Errors: kBadSetting, kUnknownRecord for a bill.
  [[nodiscard]] static Result<Inquiry> open(const Rules& rules, Question question);
  ~Inquiry();
  Inquiry(Inquiry&&) noexcept;
  Inquiry& operator=(Inquiry&&) noexcept;

  // Errors: kBadSetting.
  [[nodiscard]] Result<Verdict> classify(const Chip& chip, const VerdictDetail& detail) const;

 private:
  struct Impl;
  explicit Inquiry(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The same for one chip.
[[nodiscard]] Result<Verdict> classify(const Rules& rules, const Chip& chip,
                                       const Question& question, const VerdictDetail& detail);

struct TimelineSpan {
  std::optional<Date> first;  // absent: from before the first rule
  std::optional<Date> last;   // absent: open
  Verdict verdict;
};
// The verdicts of all dates as spans with one answer each.
[[nodiscard]] Result<std::vector<TimelineSpan>> timeline(const Rules& rules, const Chip& chip,
                                                         const Question& question);

struct Change {
  std::string field;
  std::string before;
  std::string after;
};
// The fields in which two verdicts of one item differ, as text.
[[nodiscard]] std::vector<Change> changes_between(const Verdict& before, const Verdict& after);
struct VerdictDiff {
  Verdict before;
  Verdict after;
  std::vector<Change> changes;
  std::vector<std::string> instruments;  // that began, ended or changed between the two dates
};
[[nodiscard]] Result<VerdictDiff> diff(const Rules& rules, const Chip& chip, Question question,
                                       const DateRange& dates);

}  // namespace redline

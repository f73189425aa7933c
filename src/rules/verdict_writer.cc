#include "rules/verdict_writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "rules/instrument_records.h"

namespace redline::rules {
namespace {

void add_unique(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(text);
  }
}

class Writer {
 public:
  Writer(const Case& c, const Chip& chip, const Question& question, Verdict& verdict)
      : c_(c), chip_(chip), question_(question), v_(verdict) {}

  void run() {
    v_.chip = chip_.id;
    v_.to = c_.situation->dest;
    v_.hq = c_.situation->hq;
    v_.from = c_.situation->export_from;
    v_.end_user = c_.situation->end_user;
    v_.form = form_of(*c_.situation);
    v_.transaction = transaction();
    v_.as_of = c_.situation->date;
    v_.outcome = decision().outcome;
    v_.review = decision().review;
    v_.exception = decision().exception;
    write_quantities();
    write_rule();
    write_grants();
    write_duty();
    write_flags();
    write_fees();
    write_conditions();
    write_destination_side();
    write_assumptions();
    write_sources();
  }

 private:
  [[nodiscard]] Transaction transaction() const {
    if (v_.to == "US") {
      return Transaction::kImport;
    }
    return v_.from == "US"    ? Transaction::kExport
           : v_.from == v_.to ? Transaction::kTransfer
                              : Transaction::kReexport;
  }
  // Grants, duties and purchase measures concern goods.
  [[nodiscard]] bool is_goods() const { return v_.form != ItemForm::kTechnology; }

  [[nodiscard]] const Decision& decision() const { return *c_.decision; }
  [[nodiscard]] const Instrument& instrument(const ClauseRef& ref) const {
    return c_.book->instruments()[ref.instrument];
  }
  [[nodiscard]] const Version& version(const ClauseRef& ref) const {
    return instrument(ref).versions[ref.version];
  }

  // Calls `use` for each version that binds on the date.
  template <class F>
  void for_each_binding(const F& use) const {
    for (const Instrument& i : c_.book->instruments()) {
      for (const Version& v : i.versions) {
        if (standing(i, v, c_.situation->date, *c_.with) == Standing::kBinding) {
          use(i, v);
        }
      }
    }
  }

  void write_quantities() {
    for (std::size_t n = 0; n < kCountOf<Number>; ++n) {
      const NameInfo& info = info_of(static_cast<Number>(n));
      QuantityLine line{std::string(info.name), std::string(info.unit), std::string(info.doc),
                        std::nullopt,           c_.sheet->bounds[n],    c_.sheet->from[n]};
      const Interval<double> value = c_.sheet->facts.number[n];
      if (value.is_point()) {
        line.value = value.low;
      }
      v_.quantities.push_back(std::move(line));
    }
  }

  // The test under which the item is caught: of the deciding tag if there is one, else the first.
  [[nodiscard]] const ActiveTest* deciding_test() const {
    const bool decided = decision().license != kNoClause;
    const std::uint32_t wanted = decided ? 1U << decision().item : decision().caught;
    const ActiveTest* maybe = nullptr;
    for (const ActiveTest& test : c_.rules->tests) {
      if (test.standing != Standing::kBinding || (test.item & wanted) == 0) {
        continue;
      }
      const Tri caught =
          evaluate(test.when, c_.sheet->facts) && !evaluate(test.unless, c_.sheet->facts);
      if (caught == Tri::kYes) {
        return &test;
      }
      if (caught == Tri::kUnknown && decided && maybe == nullptr) {
        maybe = &test;
      }
    }
    return maybe;
  }

  // The classification stands wherever the item goes; a letter gives none.
  void write_eccn() {
    for (const ActiveTest& test : c_.rules->tests) {
      const TestClause& clause = version(test.ref).tests[test.ref.clause];
      const std::string& eccn = eccn_of(clause, v_.form);
      const bool caught = test.standing == Standing::kBinding && !eccn.empty() &&
                          (test.item & decision().caught) != 0 &&
                          (evaluate(test.when, c_.sheet->facts) &&
                           !evaluate(test.unless, c_.sheet->facts)) == Tri::kYes;
      if (caught && (v_.eccn.empty() || eccn < v_.eccn)) {
        v_.eccn = eccn;
        v_.meets = eccn == clause.eccn ? "" : clause.eccn;
        in_z_scope_ = !clause.assembly_eccn.empty();
      }
    }
    write_z_entry();
  }

  // An item that stands in another entry, such as 5A992 for its encryption, keeps that number with
  // ".z" where it also meets the figures here.
  void write_z_entry() {
    if (question_.listed_under.empty() || v_.eccn.empty() || !in_z_scope_ || !is_goods()) {
      return;
    }
    for_each_binding([&](const Instrument&, const Version& version) {
      const auto& entries = version.z_entries;
      if (std::find(entries.begin(), entries.end(), question_.listed_under) != entries.end()) {
        v_.meets = v_.eccn;
        v_.eccn = question_.listed_under + ".z";
        z_entry_found_ = true;
      }
    });
  }

  void write_rule() {
    write_eccn();
    const ActiveTest* test = deciding_test();
    if (test != nullptr && v_.outcome != Outcome::kNoLicense) {
      v_.paragraph = version(test->ref).tests[test->ref.clause].paragraph;
      take_part(test->ref);
    }
    if (decision().license == kNoClause) {
      return;
    }
    const ClauseRef license = c_.rules->licenses[static_cast<std::size_t>(decision().license)].ref;
    take_part(license);
    v_.rule = instrument(license).id;
    if (decision().exception_clause != kNoClause) {
      const ClauseRef ref =
          c_.rules->exceptions[static_cast<std::size_t>(decision().exception_clause)].ref;
      take_part(ref);
      v_.rule = instrument(ref).id;
    }
    if (decision().review_clause != kNoClause) {
      const ClauseRef ref =
          c_.rules->reviews[static_cast<std::size_t>(decision().review_clause)].ref;
      take_part(ref);
      // Among several instruments the one that states the strictest policy decides.
      if (v_.outcome == Outcome::kLicenseRequired) {
        v_.rule = instrument(ref).id;
      }
    }
    // A letter that adds its own requirement is part of the answer even where it does not decide.
    for (std::size_t i = 0; i < c_.rules->licenses.size(); ++i) {
      const ActiveLicense& other = c_.rules->licenses[i];
      if (other.standing == Standing::kBinding && (other.items & decision().caught) != 0 &&
          evaluate(other.where, c_.sheet->facts) == Tri::kYes) {
        take_part(other.ref);
      }
    }
  }

  void take_part(const ClauseRef& ref) { add_unique(v_.instruments, instrument(ref).id); }

  void write_grants() {
    if (v_.outcome != Outcome::kLicenseRequired || !is_goods()) {
      return;
    }
    for_each_binding([&](const Instrument& i, const Version& version) {
      for (const GrantClause& grant : version.grants) {
        if (holds(grant.when, c_) == Tri::kYes) {
          v_.licenses_granted = true;
          add_unique(v_.instruments, i.id);
        }
      }
    });
  }

  // The duty at import: of the import itself, or of the import that a review's conditions ask for.
  void write_duty() {
    const bool import = c_.situation->dest == "US";
    bool through_us = false;
    if (decision().review_clause != kNoClause && v_.outcome == Outcome::kLicenseRequired) {
      const ClauseRef ref =
          c_.rules->reviews[static_cast<std::size_t>(decision().review_clause)].ref;
      through_us = version(ref).reviews[ref.clause].us_import;
    }
    if ((!import && !through_us) || !is_goods()) {
      return;
    }
    Situation at_import = *c_.situation;
    at_import.dest = "US";
    Case at = c_;
    at.situation = &at_import;
    for_each_binding([&](const Instrument& i, const Version& version) {
      for (const DutyClause& duty : version.duties) {
        if (v_.import_duty_percent || unknown_duty_) {
          return;
        }
        const Tri applies = holds(duty.when, at);
        if (applies == Tri::kYes) {
          v_.import_duty_percent = duty.percent;
          add_unique(v_.instruments, i.id);
          if (v_.rule.empty()) {
            v_.rule = i.id;
            v_.paragraph = duty.paragraph;
          }
        }
        unknown_duty_ = applies == Tri::kUnknown;
      }
    });
    if (unknown_duty_) {
      v_.unknown_because = "the import duty depends on values that are not known";
    }
  }

  void write_flags() {
    const CaughtItems in_text = caught_items(*c_.rules, c_.sheet->facts, false);
    for_each_binding([&](const Instrument& i, const Version& version) {
      for (const FlagClause& flag : version.flags) {
        const std::uint32_t items = c_.book->item_bits(flag.items);
        const bool concerned = flag.items.empty() || (items & in_text.maybe) != 0;
        if (!concerned || holds(flag.when, c_) != Tri::kYes) {
          continue;
        }
        const bool surely = flag.items.empty() || (items & in_text.yes) != 0;
        v_.flags.push_back(
            {flag.name, i.id,
             surely ? Message(flag.text)
                    : Message("Only if the item is caught: {text}", {{"text", flag.text}})});
      }
    });
    const bool open = v_.outcome != Outcome::kLicenseRequired;
    if (decision().text_not_enforced && open) {
      v_.flags.push_back({"required-by-text-not-enforced", unenforced_rule(Standing::kNotEnforced),
                          "The text in force asks for a license here; its enforcement is "
                          "suspended. A change of enforcement needs no new rule."});
    }
    if (decision().text_not_yet_due && open) {
      v_.flags.push_back({"compliance-date-to-come", unenforced_rule(Standing::kNotYetDue),
                          "A rule in force asks for a license here from a later compliance date."});
    }
    if (decision().not_addressed) {
      v_.flags.push_back({"letter-not-addressed", v_.rule,
                          "The item meets the figures of letters whose known addressees do not "
                          "include its maker; whether it got one is not public."});
    }
    write_jurisdiction();
    for (const std::string& id : *c_.with) {
      v_.flags.push_back({"hypothetical", id, "A bill that is not law is taken as in force."});
    }
  }

  // Whether US rules reach the item at all is taken as given; this says on what footing.
  void write_jurisdiction() {
    if (v_.to == "US" || chip_.designer_hq == "US") {
      return;
    }
    v_.flags.push_back(
        {"jurisdiction-not-evaluated", "",
         v_.from == "US"
             ? "The designer is not in the United States. What stands in the United States is "
               "subject to its rules whatever its origin; elsewhere that depends on origin, de "
               "minimis and foreign direct product, which are not worked out here."
             : "The designer is not in the United States: whether the item is subject to US rules "
               "(origin, de minimis, foreign direct product) is not worked out here."});
  }

  [[nodiscard]] std::string unenforced_rule(Standing wanted) const {
    for (const ActiveLicense& license : c_.rules->licenses) {
      if (license.standing == wanted) {
        return instrument(license.ref).id;
      }
    }
    return {};
  }

  void write_fees() {
    if (!is_goods()) {
      return;
    }
    for_each_binding([&](const Instrument& i, const Version& version) {
      for (const FeeClause& fee : version.fees) {
        const bool due = v_.outcome == Outcome::kLicenseRequired || c_.situation->dest == "US";
        if (due && holds(fee.when, c_) == Tri::kYes) {
          v_.fees.push_back({i.id, fee.percent, fee.base, fee.legal_form});
        }
      }
    });
    if (v_.import_duty_percent && *v_.import_duty_percent > 0.0 && c_.situation->dest != "US") {
      v_.fees.push_back({v_.instruments.back(), *v_.import_duty_percent,
                         "customs value at the import for the test in the United States",
                         "import duty, before end-use exemptions"});
    }
  }

  [[nodiscard]] bool in_scope(const ConditionClause& condition, const Instrument& i) const {
    const auto reviewed_here = [&](Review review) {
      if (v_.outcome != Outcome::kLicenseRequired || v_.review != review ||
          decision().review_clause == kNoClause) {
        return false;
      }
      const auto& clause = c_.rules->reviews[static_cast<std::size_t>(decision().review_clause)];
      return instrument(clause.ref).id == i.id;
    };
    switch (condition.applies_to) {
      case ConditionScope::kDenial:
        return reviewed_here(Review::kDenial);
      case ConditionScope::kCaseByCase:
        return reviewed_here(Review::kCaseByCase);
      case ConditionScope::kApproval:
        return reviewed_here(Review::kApproval);
      case ConditionScope::kNac:
        return v_.exception == LicenseException::kNac;
      case ConditionScope::kAca:
        return v_.exception == LicenseException::kAca;
      case ConditionScope::kHbm:
        return v_.outcome == Outcome::kLicenseRequired && v_.eccn == "3A090.c";
      case ConditionScope::kGrant:
        return v_.licenses_granted;
      case ConditionScope::kAny:
        return v_.outcome != Outcome::kNoLicense;
    }
    return false;
  }

  void write_conditions() {
    for_each_binding([&](const Instrument& i, const Version& version) {
      for (const ConditionClause& condition : version.conditions) {
        const bool concerned = condition.items.empty() || (c_.book->item_bits(condition.items) &
                                                           decision().possibly_caught) != 0;
        const bool applies = condition.when.empty() || holds(condition.when, c_) == Tri::kYes;
        if (concerned && applies && in_scope(condition, i)) {
          v_.conditions.push_back(
              {i.id, std::string(data::name_of(condition.kind)), condition.text});
        }
      }
    });
  }

  void write_destination_side() {
    if (!is_goods()) {
      return;
    }
    std::optional<MeasureStatus> strictest;
    for_each_binding([&](const Instrument& i, const Version& version) {
      for (const MeasureClause& measure : version.measures) {
        if (holds(measure.when, c_) != Tri::kYes) {
          continue;
        }
        v_.destination_side.measures.push_back({i.id, std::string(data::name_of(measure.status)),
                                                std::string(data::name_of(measure.scope)),
                                                measure.text});
        if (measure.scope == MeasureScope::kNamed && (!strictest || *strictest < measure.status)) {
          strictest = measure.status;
        }
      }
    });
    if (strictest) {
      v_.destination_side.status = data::name_of(*strictest);
    }
  }

  // Whether the review that decides asks for availability in the United States.
  [[nodiscard]] bool decided_by_availability() const {
    if (decision().review_clause == kNoClause) {
      return false;
    }
    const ClauseRef ref = c_.rules->reviews[static_cast<std::size_t>(decision().review_clause)].ref;
    const Predicate& when = version(ref).reviews[ref.clause].when;
    return std::any_of(when.nodes.begin(), when.nodes.end(), [](const Node& node) {
      return node.op == Op::kBoolean && kNames[node.name].name == "us_available";
    });
  }

  void write_transaction(std::vector<Message>& list) const {
    const std::string country = c_.book->geography().name_of(v_.from);
    switch (v_.transaction) {
      case Transaction::kExport:
        list.push_back({"exported from {country}", {{"country", country}}});
        break;
      case Transaction::kImport:
        if (v_.from == "US") {
          list.emplace_back("imported into the United States (origin not given)");
        } else {
          list.push_back({"imported from {country}", {{"country", country}}});
        }
        break;
      case Transaction::kTransfer:
        list.push_back({"transferred within {country} (in-country)", {{"country", country}}});
        break;
      case Transaction::kReexport:
        list.push_back({"reexported from {country}", {{"country", country}}});
        break;
    }
    const bool abroad = v_.from != "US" && v_.to != "US";
    if (abroad && chip_.designer_hq == "US") {
      list.emplace_back(
          "subject to US rules outside the United States: of US origin, or made abroad from US "
          "technology (foreign direct product, 734.9)");
    }
    switch (v_.form) {
      case ItemForm::kPart:
        break;
      case ItemForm::kBoard:
      case ItemForm::kServer:
        list.emplace_back(
            "a board or server is judged by the chips in it, each by itself; their figures are not "
            "added up");
        break;
      case ItemForm::kTechnology:
        list.emplace_back(
            "technology is judged by the figures of the part that it serves to develop or make");
        break;
    }
    if (z_entry_found_) {
      list.push_back({"the item stands in {eccn} for its other functions",
                      {{"eccn", question_.listed_under}}});
    } else if (!question_.listed_under.empty()) {
      list.push_back({"{eccn} has no .z paragraph that this item meets on this date",
                      {{"eccn", question_.listed_under}}});
    }
  }

  void write_assumptions() {
    auto& list = v_.assumptions;
    if (question_.hq.empty()) {
      list.push_back(
          {"headquarters and ultimate parent of the end user: {hq} (not given, taken as "
           "the destination)",
           {{"hq", v_.hq}}});
    }
    write_transaction(list);
    if (question_.end_user.empty() && v_.to != "US") {
      list.emplace_back("end user not named: taken as one that no rule names");
    }
    if (std::any_of(v_.conditions.begin(), v_.conditions.end(),
                    [](const Condition& c) { return c.kind == "certify"; })) {
      list.emplace_back("the conditions to be certified are met");
    }
    if (decided_by_availability() && c_.sheet->facts[Boolean::kUsAvailable] == Tri::kYes) {
      list.emplace_back(
          "commercially available in the US on 2026-01-15, as it had shipped by then and is not "
          "made for China alone");
    }
    const bool letter_read = std::any_of(v_.tests.begin(), v_.tests.end(), [](const auto& line) {
      return line.quantity.find("letter_io") != std::string::npos;
    });
    if (letter_read) {
      list.emplace_back(
          "letter_io, whose definition is not public: all links and the host bus, "
          "both directions");
    }
    for (const Setting& setting : question_.settings) {
      list.push_back({"{quantity} set to {value} by the user",
                      {{"quantity", setting.key}, {"value", setting.value}}});
    }
    if (chip_.datacenter && chip_.datacenter->basis == Basis::kDerived &&
        c_.sheet->facts[Boolean::kDc] == to_tri(chip_.datacenter->value)) {
      list.emplace_back(
          *chip_.datacenter->value
              ? "designed or marketed for datacenters, as its market segment says"
              : "not designed or marketed for datacenters, as its market segment says");
    }
  }

  void write_sources() {
    for (const std::string& id : v_.instruments) {
      for (const std::string& source : c_.book->find(id)->sources) {
        add_unique(v_.sources, source);
      }
    }
    const auto take = [this](const auto& fact) {
      if (fact) {
        for (const std::string& source : fact->sources) {
          add_unique(v_.sources, source);
        }
      }
    };
    const std::string format = legal_quantities(chip_).tpp_format;
    for (const FormatSlot& slot : kTppFormats) {
      if (const auto& rate = chip_.compute.*(slot.rate); rate && slot.name == format) {
        take(std::optional(rate->rate));
      }
    }
    take(chip_.die.area);
    take(chip_.memory.bandwidth);
    if (chip_.kind == ChipKind::kMemory) {
      take(chip_.memory.package_area);
    }
  }

  const Case& c_;
  const Chip& chip_;
  const Question& question_;
  Verdict& v_;
  bool unknown_duty_ = false;
  bool in_z_scope_ = false;  // the paragraph that is met has .z counterparts
  bool z_entry_found_ = false;
};

}  // namespace

void write_verdict(const Case& c, const Chip& chip, const Question& question, Verdict& verdict) {
  Writer(c, chip, question, verdict).run();
}

}  // namespace redline::rules

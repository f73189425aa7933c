#include "rules/trace.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rules/instrument_records.h"

namespace redline::rules {
namespace {

bool is_atom(Op op) {
  return op == Op::kBoolean || op == Op::kCompareNumber || op == Op::kCompareDate ||
         op == Op::kTextIn || op == Op::kInGroup;
}

// A comparison of one number, or of a sum, with a limit that is a plain number.
struct NumericAtom {
  std::string quantity;
  std::string unit;
  Interval<double> value;
  double limit = 0.0;
};

std::optional<NumericAtom> numeric_atom(const Predicate& predicate, const Node& node,
                                        const ItemFacts& facts) {
  const auto at = [&](int i) -> const Node& {
    return predicate.nodes[static_cast<std::size_t>(i)];
  };
  if (node.op != Op::kCompareNumber || at(node.b).op != Op::kNumber) {
    return std::nullopt;
  }
  const Node& left = at(node.a);
  NumericAtom atom;
  atom.limit = at(node.b).number;
  if (left.op == Op::kNumberName) {
    const NameInfo& info = kNames[left.name];
    atom.quantity = info.name;
    atom.unit = info.unit;
    atom.value = facts.number[info.index];
    return atom;
  }
  if (left.op == Op::kAdd && at(left.a).op == Op::kNumberName && at(left.b).op == Op::kNumberName) {
    const NameInfo& a = kNames[at(left.a).name];
    const NameInfo& b = kNames[at(left.b).name];
    atom.quantity = fmt::format("{}+{}", a.name, b.name);
    atom.unit = a.unit;
    const Interval<double> x = facts.number[a.index];
    const Interval<double> y = facts.number[b.index];
    atom.value = {x.low + y.low, x.high + y.high};
    return atom;
  }
  return std::nullopt;
}

Tri atom_result(const Predicate& predicate, int node, const Case& c) {
  return evaluate(
      specialise_node(predicate, node, *c.situation, c.book->geography(), c.book->symbols()),
      c.sheet->facts);
}

Message atom_detail(const Predicate& predicate, const Node& node, const Case& c) {
  if (const auto atom = numeric_atom(predicate, node, c.sheet->facts)) {
    if (!atom->value.is_point()) {
      const bool bounded = atom->value.low > 0.0 || std::isfinite(atom->value.high);
      return !bounded ? Message("not known")
                      : Message("known only within {low} to {high} {unit}",
                                {{"low", fmt::format("{:.6g}", atom->value.low)},
                                 {"high", fmt::format("{:.6g}", atom->value.high)},
                                 {"unit", atom->unit}});
    }
    const double margin = (atom->value.low - atom->limit) / atom->limit * 100.0;
    return fmt::format("{:.10g} {}, {:+.2f} %", atom->value.low, atom->unit, margin);
  }
  const NameInfo& info = kNames[node.name];
  if (info.owner != NameOwner::kCircumstance) {
    return {};
  }
  switch (static_cast<Circumstance>(info.index)) {
    case Circumstance::kDest:
      return {"{name} is {value}", {{"name", "dest"}, {"value", c.situation->dest}}};
    case Circumstance::kHq:
      return {"{name} is {value}", {{"name", "hq"}, {"value", c.situation->hq}}};
    case Circumstance::kExportFrom:
      return {"{name} is {value}", {{"name", "export_from"}, {"value", c.situation->export_from}}};
    case Circumstance::kEndUser:
      return c.situation->end_user.empty()
                 ? Message("no end user named")
                 : Message("{name} is {value}",
                           {{"name", "end_user"}, {"value", c.situation->end_user}});
    case Circumstance::kExporterRole:
      return {"{name} is {value}",
              {{"name", "exporter_role"}, {"value", c.situation->exporter_role}}};
    case Circumstance::kForm:
      return {"{name} is {value}", {{"name", "form"}, {"value", c.situation->form}}};
    case Circumstance::kDate:
      return {"{name} is {value}", {{"name", "date"}, {"value", format_date(c.situation->date)}}};
    case Circumstance::kCount:
      break;
  }
  return {};
}

// Collects the working of all clauses, in the order of the book.
class Worker {
 public:
  Worker(const Case& c, bool with_trace) : c_(c), with_trace_(with_trace) {}

  Working run() {
    const CaughtItems in_text = caught_items(*c_.rules, c_.sheet->facts, false);
    concerned_ = in_text.maybe;
    for (const ActiveLicense& license : c_.rules->licenses) {
      reachable_ |= license.items;
    }
    for (const Instrument& instrument : c_.book->instruments()) {
      for (const Version& version : instrument.versions) {
        const Standing stands = standing(instrument, version, c_.situation->date, *c_.with);
        if (stands != Standing::kAbsent) {
          add_version(instrument, version, stands);
        }
      }
    }
    return std::move(working_);
  }

 private:
  // What follows, and that it does not yet or no longer bind.
  static Message effect(Message what, Standing stands) {
    if (stands == Standing::kNotEnforced) {
      what.text += " (in the text, not enforced)";
    } else if (stands == Standing::kNotYetDue) {
      what.text += " (compliance date to come)";
    }
    return what;
  }

  void add_version(const Instrument& instrument, const Version& version, Standing stands) {
    for (const TestClause& test : version.tests) {
      add_test(instrument, test, stands);
    }
    for (const LicenseClause& license : version.licenses) {
      if ((c_.book->item_bits(license.items) & concerned_) != 0) {
        add({instrument.id,
             "license",
             license.paragraph,
             {},
             {},
             effect({"license required for {items}",
                     {{"items", fmt::format("{}", fmt::join(license.items, ", "))}}},
                    stands),
             {}},
            license.where);
      }
    }
    if (stands != Standing::kBinding) {
      return;
    }
    for (const ReviewClause& review : version.reviews) {
      if ((c_.book->item_bits(review.items) & concerned_) != 0) {
        const bool numbers = has_numbers(review.when);
        add({instrument.id,
             "review",
             review.paragraph,
             {},
             {},
             {"review policy {policy}", {{"policy", std::string(name_of(review.policy))}}},
             {}},
            review.when);
        if (numbers && decides_here(review.when)) {
          add_tests(comparisons(review.when, c_, instrument, review.paragraph));
        }
      }
    }
    for (const ExceptionClause& exception : version.exceptions) {
      if ((c_.book->item_bits(exception.items) & concerned_) != 0) {
        add({instrument.id,
             "exception",
             exception.paragraph,
             {},
             {},
             {"license exception {name}", {{"name", std::string(name_of(exception.name))}}},
             {}},
            exception.when);
      }
    }
    for (const DutyClause& duty : version.duties) {
      if (c_.situation->dest == "US") {
        add({instrument.id,
             "duty",
             duty.paragraph,
             {},
             {},
             {"import duty {percent} %", {{"percent", fmt::format("{:g}", duty.percent)}}},
             {}},
            duty.when);
        add_tests(comparisons(duty.when, c_, instrument, duty.paragraph));
      }
    }
  }

  void add_test(const Instrument& instrument, const TestClause& test, Standing stands) {
    const std::uint32_t bit = c_.book->item_bits({test.item});
    const bool memory_test = !kind_fits(test.when);
    const ItemForm form = form_of(*c_.situation);
    if (form == ItemForm::kTechnology && test.technology_eccn.empty()) {
      return;
    }
    const std::string& eccn = eccn_of(test, form);
    // A letter only matters where it can reach; a classification always does.
    if (memory_test || (test.eccn.empty() && (bit & reachable_) == 0)) {
      return;
    }
    add({instrument.id,
         "test",
         test.paragraph,
         {},
         {},
         effect({"item is {item}", {{"item", eccn.empty() ? test.item : eccn}}}, stands),
         {}},
        test.when);
    if (!test.unless.empty()) {
      add({instrument.id,
           "exclusion",
           test.unless_paragraph,
           {},
           {},
           {"item is outside {item}", {{"item", eccn.empty() ? test.item : eccn}}},
           {}},
          test.unless);
    }
    add_tests(comparisons(test.when, c_, instrument, test.paragraph));
    if (!test.unless.empty()) {
      add_tests(comparisons(test.unless, c_, instrument, test.unless_paragraph));
    }
  }

  // A test that asks for the other kind of item, such as memory, says nothing about this one.
  bool kind_fits(const Predicate& predicate) const {
    for (std::size_t i = 0; i < predicate.nodes.size(); ++i) {
      const Node& node = predicate.nodes[i];
      const bool about_role = node.op == Op::kTextIn && (kNames[node.name].name == "kind" ||
                                                         kNames[node.name].name == "exporter_role");
      if (about_role && !node.negated &&
          atom_result(predicate, static_cast<int>(i), c_) == Tri::kNo) {
        return false;
      }
    }
    return true;
  }

  static bool has_numbers(const Predicate& predicate) {
    return std::any_of(predicate.nodes.begin(), predicate.nodes.end(),
                       [](const Node& node) { return node.op == Op::kCompareNumber; });
  }

  // Whether the place and date leave the numbers to decide.
  bool decides_here(const Predicate& predicate) const {
    const Program program =
        specialise(predicate, *c_.situation, c_.book->geography(), c_.book->symbols());
    return !program.is_constant(Tri::kNo);
  }

  void add(TraceClause clause, const Predicate& predicate) {
    if (!with_trace_) {
      return;
    }
    clause.text = predicate.text;
    clause.result = holds(predicate, c_);
    for (std::size_t i = 0; i < predicate.nodes.size(); ++i) {
      const Node& node = predicate.nodes[i];
      if (is_atom(node.op)) {
        clause.atoms.push_back({std::string(predicate.source_of(node)),
                                atom_result(predicate, static_cast<int>(i), c_),
                                atom_detail(predicate, node, c_)});
      }
    }
    working_.trace.push_back(std::move(clause));
  }

  void add_tests(std::vector<ComparisonLine> lines) {
    for (ComparisonLine& line : lines) {
      auto& tests = working_.tests;
      if (std::find(tests.begin(), tests.end(), line) == tests.end()) {
        tests.push_back(std::move(line));
      }
    }
  }

  const Case& c_;
  bool with_trace_;
  std::uint32_t concerned_ = 0;
  std::uint32_t reachable_ = 0;
  Working working_;
};

}  // namespace

const std::string& eccn_of(const TestClause& test, ItemForm form) {
  if (form == ItemForm::kTechnology) {
    return test.technology_eccn;
  }
  const bool assembly = form == ItemForm::kBoard || form == ItemForm::kServer;
  return assembly && !test.assembly_eccn.empty() ? test.assembly_eccn : test.eccn;
}

ItemForm form_of(const Situation& situation) {
  for (const ItemForm form : {ItemForm::kBoard, ItemForm::kServer, ItemForm::kTechnology}) {
    if (situation.form == name_of(form)) {
      return form;
    }
  }
  return ItemForm::kPart;
}

Tri holds(const Predicate& predicate, const Case& c) {
  return evaluate(specialise(predicate, *c.situation, c.book->geography(), c.book->symbols()),
                  c.sheet->facts);
}

std::vector<ComparisonLine> comparisons(const Predicate& predicate, const Case& c,
                                        const Instrument& instrument,
                                        const std::string& paragraph) {
  std::vector<ComparisonLine> lines;
  for (std::size_t i = 0; i < predicate.nodes.size(); ++i) {
    const Node& node = predicate.nodes[i];
    const auto atom = numeric_atom(predicate, node, c.sheet->facts);
    if (!atom) {
      continue;
    }
    ComparisonLine line;
    line.rule = instrument.id;
    line.paragraph = paragraph;
    line.quantity = atom->quantity;
    line.unit = atom->unit;
    line.bounds = atom->value;
    line.relation = symbol(node.compare);
    line.limit = atom->limit;
    line.met = atom_result(predicate, static_cast<int>(i), c);
    if (atom->value.is_point()) {
      line.value = atom->value.low;
      if (atom->limit != 0.0) {
        line.margin_percent = (atom->value.low - atom->limit) / atom->limit * 100.0;
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Working work_out(const Case& c, bool with_trace) { return Worker(c, with_trace).run(); }

}  // namespace redline::rules

#include "exposure/value_kind.h"

#include <utility>

#include <fmt/format.h>

#include "redline/quantity.h"

namespace redline::exposure {
namespace {

std::string unit_words(Dimension dimension) {
  return dimension == Dimension{} ? "a number" : std::string(dimension_words(dimension).name);
}

std::string form_words(const ValueKind& kind) {
  if (kind.form == Form::kStock) {
    return "a stock";
  }
  return kind.length == Length::kNone ? "a flow"
                                      : fmt::format("a flow over a {}", name_of(kind.length));
}

class Merge {
 public:
  Merge(const Side& a, const Side& b) : a_(a), b_(b) {}

  void units() {
    if (a_.kind.dimension != b_.kind.dimension && !a_.bare && !b_.bare) {
      clash(Code::kWrongUnit, unit_words(a_.kind.dimension), unit_words(b_.kind.dimension),
            "only quantities of one unit are added or compared");
    }
  }
  // The geography of both; a side that has none takes that of the other.
  Geography geography() {
    const Geography a = a_.kind.geography, b = b_.kind.geography;
    if (a != Geography::kNone && b != Geography::kNone && a != b) {
      clash(Code::kGeographyClash, fmt::format("counted by {}", name_of(a)),
            fmt::format("counted by {}", name_of(b)),
            "take both by the same geography; plain(x) drops the reading of x where it does not "
            "matter");
    }
    return a == Geography::kNone ? b : a;
  }
  void periods() {
    const ValueKind& a = a_.kind;
    const ValueKind& b = b_.kind;
    if (a.form == Form::kPlain || b.form == Form::kPlain || a_.bare || b_.bare) {
      return;
    }
    if (a.form != b.form) {
      clash(Code::kPeriodClash, form_words(a), form_words(b),
            "a stock and a flow are different things: total(x, n) is what a flow comes to in n of "
            "its periods");
    }
    if (a.length != Length::kNone && b.length != Length::kNone && a.length != b.length) {
      clash(Code::kPeriodClash, fmt::format("of a {}", name_of(a.length)),
            fmt::format("of a {}", name_of(b.length)),
            "bring both to one length: quarterly(x), yearly(x)");
    }
  }
  [[nodiscard]] Merged done(ValueKind kind) { return {kind, std::move(clashes_)}; }

 private:
  void clash(Code code, const std::string& a, const std::string& b, std::string help) {
    clashes_.push_back({code,
                        fmt::format("'{}' is {}, but '{}' is {}", a_.name, a, b_.name, b),
                        std::nullopt,
                        {std::move(help)},
                        {}});
  }

  const Side& a_;
  const Side& b_;
  Diagnostics clashes_;
};

}  // namespace

std::string_view name_of(Geography geography) {
  switch (geography) {
    case Geography::kNone:
      return "none";
    case Geography::kBilling:
      return "billing address";
    case Geography::kHeadquarters:
      return "headquarters";
    case Geography::kShipped:
      return "place of shipment";
  }
  return "?";
}

std::string_view name_of(Length length) {
  switch (length) {
    case Length::kNone:
      return "moment";
    case Length::kQuarter:
      return "quarter";
    case Length::kHalf:
      return "half-year";
    case Length::kYear:
      return "year";
  }
  return "?";
}

std::string describe(const ValueKind& kind) {
  std::string text = unit_words(kind.dimension);
  if (kind.form != Form::kPlain) {
    text += ", " + form_words(kind);
  }
  if (kind.geography != Geography::kNone) {
    text += fmt::format(", by {}", name_of(kind.geography));
  }
  return text;
}

Merged added(const Side& a, const Side& b) {
  Merge merge(a, b);
  merge.units();
  merge.periods();
  ValueKind kind = a.bare || a.kind.form == Form::kPlain ? b.kind : a.kind;
  kind.dimension = a.bare ? b.kind.dimension : a.kind.dimension;
  kind.geography = merge.geography();
  return merge.done(kind);
}

// What is multiplied is scaled: of two flows or stocks there is no product.
Merged multiplied(const Side& a, const Side& b) {
  Merge merge(a, b);
  if (a.kind.form != Form::kPlain && b.kind.form != Form::kPlain) {
    merge.periods();
  }
  ValueKind kind = a.kind.form == Form::kPlain ? b.kind : a.kind;
  kind.dimension = a.kind.dimension + b.kind.dimension;
  kind.geography = merge.geography();
  return merge.done(kind);
}

Merged divided(const Side& a, const Side& b) {
  Merge merge(a, b);
  merge.periods();
  ValueKind kind = a.kind;
  kind.dimension = a.kind.dimension + -b.kind.dimension;
  if (b.kind.form != Form::kPlain) {  // a share of a flow or stock is neither
    kind.form = Form::kPlain;
    kind.length = Length::kNone;
  }
  kind.geography = merge.geography();
  return merge.done(kind);
}

}  // namespace redline::exposure

#pragma once
// Field tables: one list of fields per record, from which come reading, validation, the JSON Schema
// for editors and the reference docs.
//
// A record type R has `template <> struct Record<R>` with a `kName`, a `kDoc` and `fields()`, a
// tuple of field(key, &R::member, options). A member may be text, bool, integer, number, Date,
// PartialDate, a Quantity, an enum with `EnumNames`, another record, optional or vector of these,
// or a Fact. Reading reports every problem with its place and never stops at the first.

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "redline/fact.h"
#include "redline/quantity.h"

#include "data/node.h"
#include "data/schema.h"

namespace redline::data {

struct FieldOptions {
  bool required = false;
  double min = -std::numeric_limits<double>::infinity();  // in base units
  double max = std::numeric_limits<double>::infinity();
  std::string_view doc;
};

template <class R, class T>
struct Field {
  std::string_view key;
  T R::*member;
  FieldOptions options;
};

template <class R, class T>
[[nodiscard]] constexpr Field<R, T> field(std::string_view key, T R::*member,
                                          FieldOptions options) {
  return {key, member, options};
}

// Specialise for each record: kName, kDoc, static constexpr auto fields().
template <class R>
struct Record;

// Specialise for each enum: static constexpr std::array<std::pair<std::string_view, E>, N> kNames.
template <class E>
struct EnumNames;

// The type of kNames.
template <class E, std::size_t N>
using NameList = std::array<std::pair<std::string_view, E>, N>;

template <class E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
  for (const auto& [name, v] : EnumNames<E>::kNames) {
    if (v == value) {
      return name;
    }
  }
  return "?";
}

// Where problems go while a record is read.
class Reader {
 public:
  explicit Reader(Diagnostics& errors, bool damaged = false) : errors_(errors), damaged_(damaged) {}

  void wrong_type(const Node& node, std::string_view expected);
  void out_of_range(const Node& node, const FieldOptions& options, Dimension dimension);
  void not_a_choice(const Node& node, std::string_view text,
                    const std::vector<std::string_view>& choices);
  void unknown_key(const Node::Entry& entry, std::string_view record,
                   const std::vector<std::string_view>& keys);
  void missing_key(const Node& table, std::string_view key, std::string_view record,
                   std::string_view doc);
  void bad_interval(const Node& node, std::string message);
  void add(Error error, const Node& node);

 private:
  Diagnostics& errors_;
  bool damaged_;
};

// Reads one value; false (with the problem reported) if it cannot be used.
template <class T, class Enable = void>
struct Codec;

template <class T>
bool read_value(const Node& node, T& out, Reader& reader, const FieldOptions& options = {}) {
  return Codec<T>::read(node, out, reader, options);
}

template <class R>
concept IsRecord = requires { Record<R>::kName; };
template <class E>
concept IsNamedEnum = requires { EnumNames<E>::kNames; };

template <>
struct Codec<std::string> {
  static bool read(const Node& node, std::string& out, Reader& reader, const FieldOptions&);
  static TypeInfo info() { return TypeInfo::text(); }
};
template <>
struct Codec<bool> {
  static bool read(const Node& node, bool& out, Reader& reader, const FieldOptions&);
  static TypeInfo info() { return TypeInfo::boolean(); }
};
template <>
struct Codec<int> {
  static bool read(const Node& node, int& out, Reader& reader, const FieldOptions& options);
  static TypeInfo info() { return TypeInfo::integer(); }
};
template <>
struct Codec<double> {
  static bool read(const Node& node, double& out, Reader& reader, const FieldOptions& options);
  static TypeInfo info() { return TypeInfo::number(); }
};
template <>
struct Codec<Date> {
  static bool read(const Node& node, Date& out, Reader& reader, const FieldOptions&);
  static TypeInfo info() { return TypeInfo::date(); }
};
template <>
struct Codec<PartialDate> {
  static bool read(const Node& node, PartialDate& out, Reader& reader, const FieldOptions&);
  static TypeInfo info() { return TypeInfo::partial_date(); }
};

// Shared by all quantities; returns base units.
std::optional<double> read_quantity(const Node& node, Dimension dimension, Reader& reader,
                                    const FieldOptions& options);

template <Dimension D>
struct Codec<Quantity<D>> {
  static bool read(const Node& node, Quantity<D>& out, Reader& reader,
                   const FieldOptions& options) {
    const auto base = read_quantity(node, D, reader, options);
    if (base) {
      out = Quantity<D>{*base};
    }
    return base.has_value();
  }
  static TypeInfo info() { return TypeInfo::quantity(D); }
};

template <class E>
struct Codec<E, std::enable_if_t<IsNamedEnum<E>>> {
  static std::vector<std::string_view> choices() {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : EnumNames<E>::kNames) {
      names.push_back(name);
    }
    return names;
  }
  static bool read(const Node& node, E& out, Reader& reader, const FieldOptions&) {
    const auto text = node.string();
    if (!text) {
      reader.wrong_type(node, "one of a few words");
      return false;
    }
    for (const auto& [name, value] : EnumNames<E>::kNames) {
      if (name == *text) {
        out = value;
        return true;
      }
    }
    reader.not_a_choice(node, *text, choices());
    return false;
  }
  static TypeInfo info() { return TypeInfo::choice(choices()); }
};

template <class T>
struct Codec<std::optional<T>> {
  static bool read(const Node& node, std::optional<T>& out, Reader& reader,
                   const FieldOptions& options) {
    T value{};
    if (!Codec<T>::read(node, value, reader, options)) {
      return false;
    }
    out = std::move(value);
    return true;
  }
  static TypeInfo info() { return Codec<T>::info(); }
};

template <class T>
struct Codec<std::vector<T>> {
  static bool read(const Node& node, std::vector<T>& out, Reader& reader,
                   const FieldOptions& options) {
    if (node.kind() != NodeKind::kArray) {
      reader.wrong_type(node, "a list");
      return false;
    }
    bool good = true;
    for (const Node& item : node.items()) {
      T value{};
      if (Codec<T>::read(item, value, reader, options)) {
        out.push_back(std::move(value));
      } else {
        good = false;
      }
    }
    return good;
  }
  static TypeInfo info() { return TypeInfo::list(Codec<T>::info()); }
};

template <class R>
std::vector<std::string_view> keys_of() {
  std::vector<std::string_view> keys;
  std::apply([&keys](const auto&... f) { (keys.push_back(f.key), ...); }, Record<R>::fields());
  return keys;
}

// Reads every field of a record; reports unknown and missing keys too.
template <class R>
bool read_record(const Node& node, R& out, Reader& reader) {
  if (node.kind() != NodeKind::kTable) {
    reader.wrong_type(node, "a table");
    return false;
  }
  bool good = true;
  const auto read_one = [&](const auto& f) {
    const Node value = node.find(f.key);
    if (!value) {
      if (f.options.required) {
        reader.missing_key(node, f.key, Record<R>::kName, f.options.doc);
        good = false;
      }
      return;
    }
    good &= read_value(value, out.*(f.member), reader, f.options);
  };
  std::apply([&read_one](const auto&... f) { (read_one(f), ...); }, Record<R>::fields());
  for (const Node::Entry& entry : node.entries()) {
    const auto keys = keys_of<R>();
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) {
      reader.unknown_key(entry, Record<R>::kName, keys);
      good = false;
    }
  }
  return good;
}

template <class R>
struct Codec<R, std::enable_if_t<IsRecord<R>>> {
  static bool read(const Node& node, R& out, Reader& reader, const FieldOptions&) {
    return read_record(node, out, reader);
  }
  static TypeInfo info() {
    TypeInfo record = TypeInfo::record(Record<R>::kName, Record<R>::kDoc);
    std::apply(
        [&record](const auto&... f) {
          const auto add = [&record]<class Owner, class T>(const Field<Owner, T>& one) {
            record.add_key(one.key, one.options.required, one.options.doc, Codec<T>::info());
          };
          (add(f), ...);
        },
        Record<R>::fields());
    return record;
  }
};

template <>
struct EnumNames<Basis> {
  static constexpr std::array<std::pair<std::string_view, Basis>, 3> kNames{
      {{"stated", Basis::kStated}, {"derived", Basis::kDerived}, {"estimated", Basis::kEstimated}}};
};
template <>
struct EnumNames<Confidence> {
  static constexpr std::array<std::pair<std::string_view, Confidence>, 3> kNames{
      {{"datasheet", Confidence::kDatasheet},
       {"press", Confidence::kPress},
       {"estimate", Confidence::kEstimate}}};
};

// What is common to all facts; `T` only matters for value and range.
struct FactFrame {
  Basis basis = Basis::kEstimated;
  std::optional<Confidence> confidence;
  std::vector<std::string> source;
  std::string date;
  std::string note;
};
bool read_fact_frame(const Node& node, FactFrame& frame, Reader& reader);
TypeInfo fact_info(TypeInfo value);

template <class T>
constexpr bool kOrdered = !std::is_same_v<T, bool>;

template <class T>
struct Codec<Fact<T>> {
  static bool read(const Node& node, Fact<T>& out, Reader& reader, const FieldOptions& options) {
    if (node.kind() != NodeKind::kTable) {
      reader.wrong_type(node, "{ value = …, basis = …, source = […] }");
      return false;
    }
    FactFrame frame;
    bool good = read_fact_frame(node, frame, reader);
    const Node value = node.find("value");
    if (value) {
      T one{};
      if (read_value(value, one, reader, options)) {
        out.value = one;
      } else {
        good = false;
      }
    }
    if constexpr (kOrdered<T>) {
      good &= read_range(node, out, reader, options);
    }
    if (!value && !node.find("range")) {
      reader.missing_key(node, "value", "fact",
                         "the value, or a range where only bounds are known");
      good = false;
    }
    out.basis = frame.basis;
    out.confidence = frame.confidence.value_or(
        frame.basis == Basis::kEstimated ? Confidence::kEstimate : Confidence::kPress);
    out.sources = std::move(frame.source);
    out.date = std::move(frame.date);
    out.note = std::move(frame.note);
    return good;
  }

  static bool read_range(const Node& node, Fact<T>& out, Reader& reader,
                         const FieldOptions& options) {
    const Node range = node.find("range");
    if (!range) {
      return true;
    }
    std::vector<T> ends;
    if (!read_value(range, ends, reader, options)) {
      return false;
    }
    if (ends.size() != 2 || ends[1] < ends[0]) {
      reader.bad_interval(range, "a range is [low, high] with low not above high");
      return false;
    }
    out.range = Interval<T>{ends[0], ends[1]};
    if (out.value && !out.range->contains(*out.value)) {
      reader.bad_interval(range, "the range does not hold the value");
      return false;
    }
    return true;
  }
  static TypeInfo info() { return fact_info(Codec<T>::info()); }
};

}  // namespace redline::data

#include "data/fields.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/nearest.h"

namespace redline::data {
namespace {

bool in_range(double value, const FieldOptions& options) {
  return std::isfinite(value) && value >= options.min && value <= options.max;
}

}  // namespace

void Reader::add(Error error, const Node& node) {
  if (!error.where) {
    error.where = node.span();
  }
  errors_.push_back(std::move(error));
}

void Reader::wrong_type(const Node& node, std::string_view expected) {
  Error error{Code::kWrongType,
              fmt::format("expected {}, found {}", expected, describe(node.kind())),
              node.span(),
              {},
              fmt::format("expected {}", expected)};
  errors_.push_back(std::move(error));
}

void Reader::out_of_range(const Node& node, const FieldOptions& options, Dimension dimension) {
  const bool bounded = std::isfinite(options.max);
  std::string limits =
      bounded ? fmt::format("between {} and {}", format_quantity(options.min, dimension),
                            format_quantity(options.max, dimension))
              : fmt::format("at least {}", format_quantity(options.min, dimension));
  errors_.push_back({Code::kOutOfRange,
                     "the value is out of range",
                     node.span(),
                     {fmt::format("it must be {}", limits)},
                     fmt::format("must be {}", limits)});
}

void Reader::not_a_choice(const Node& node, std::string_view text,
                          const std::vector<std::string_view>& choices) {
  Error error{
      Code::kNotAChoice, fmt::format("'{}' is not allowed here", text), node.span(), {}, {}};
  const auto near = nearest_names(text, choices);
  if (!near.empty()) {
    error.help.push_back(fmt::format("did you mean \"{}\"?", near.front()));
  }
  error.help.push_back(fmt::format("write one of: {}", fmt::join(choices, ", ")));
  errors_.push_back(std::move(error));
}

void Reader::unknown_key(const Node::Entry& entry, std::string_view record,
                         const std::vector<std::string_view>& keys) {
  Error error{Code::kUnknownKey,
              fmt::format("a {} has no key '{}'", record, entry.key),
              entry.key_span,
              {},
              {}};
  const auto near = nearest_names(entry.key, keys);
  if (!near.empty()) {
    error.help.push_back(fmt::format("did you mean '{}'?", near.front()));
  }
  error.help.push_back(fmt::format("keys of a {}: {}", record, fmt::join(keys, ", ")));
  errors_.push_back(std::move(error));
}

void Reader::missing_key(const Node& table, std::string_view key, std::string_view record,
                         std::string_view doc) {
  if (damaged_) {
    return;  // the key may stand in a line that was left out
  }
  Error error{
      Code::kMissingKey, fmt::format("this {} has no '{}'", record, key), table.span(), {}, {}};
  error.help.push_back(doc.empty() ? fmt::format("add {} = …", key)
                                   : fmt::format("add {} = … ({})", key, doc));
  errors_.push_back(std::move(error));
}

void Reader::bad_interval(const Node& node, std::string message) {
  errors_.push_back({Code::kBadInterval, std::move(message), node.span(), {}, {}});
}

bool Codec<std::string>::read(const Node& node, std::string& out, Reader& reader,
                              const FieldOptions&) {
  const auto text = node.string();
  if (!text) {
    reader.wrong_type(node, "a text");
    return false;
  }
  out = std::string(*text);
  return true;
}

bool Codec<bool>::read(const Node& node, bool& out, Reader& reader, const FieldOptions&) {
  const auto value = node.boolean();
  if (!value) {
    reader.wrong_type(node, "true or false");
    return false;
  }
  out = *value;
  return true;
}

bool Codec<int>::read(const Node& node, int& out, Reader& reader, const FieldOptions& options) {
  const auto value = node.integer();
  if (!value) {
    reader.wrong_type(node, "an integer");
    return false;
  }
  if (*value > std::numeric_limits<int>::max() || *value < std::numeric_limits<int>::min() ||
      !in_range(static_cast<double>(*value), options)) {
    reader.out_of_range(node, options, Dimension{});
    return false;
  }
  out = static_cast<int>(*value);
  return true;
}

bool Codec<double>::read(const Node& node, double& out, Reader& reader,
                         const FieldOptions& options) {
  const auto value = node.number();
  if (!value) {
    reader.wrong_type(node, "a number");
    return false;
  }
  if (!in_range(*value, options)) {
    reader.out_of_range(node, options, Dimension{});
    return false;
  }
  out = *value;
  return true;
}

bool Codec<Date>::read(const Node& node, Date& out, Reader& reader, const FieldOptions&) {
  if (const auto value = node.date()) {
    out = *value;
    return true;
  }
  if (const auto text = node.string()) {
    auto parsed = parse_date(*text);
    if (parsed) {
      out = *parsed;
      return true;
    }
    reader.add(std::move(parsed).error(), node);
    return false;
  }
  reader.wrong_type(node, "a date such as 2025-04-17");
  return false;
}

bool Codec<PartialDate>::read(const Node& node, PartialDate& out, Reader& reader,
                              const FieldOptions&) {
  if (const auto value = node.date()) {
    const std::chrono::year_month_day ymd{*value};
    out = {static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
           static_cast<unsigned>(ymd.day())};
    return true;
  }
  const auto text = node.string();
  if (!text) {
    reader.wrong_type(node, "a date such as \"2024-02\"");
    return false;
  }
  auto parsed = parse_partial_date(*text);
  if (!parsed) {
    reader.add(std::move(parsed).error(), node);
    return false;
  }
  out = *parsed;
  return true;
}

std::optional<double> read_quantity(const Node& node, Dimension dimension, Reader& reader,
                                    const FieldOptions& options) {
  const DimensionWords words = dimension_words(dimension);
  const auto text = node.string();
  if (!text) {
    if (node.number()) {
      reader.add({Code::kMissingUnit,
                  "value has no unit",
                  std::nullopt,
                  {fmt::format("write it with a unit, for example \"{}\"", words.example),
                   "`redline explain RL1203` says which units are accepted"},
                  fmt::format("expected {}", words.name)},
                 node);
    } else {
      reader.wrong_type(node, fmt::format("{} such as \"{}\"", words.name, words.example));
    }
    return std::nullopt;
  }
  auto base = parse_quantity(*text, dimension);
  if (!base) {
    reader.add(std::move(base).error(), node);
    return std::nullopt;
  }
  // A physical quantity is never negative, whatever else its field allows.
  FieldOptions limits = options;
  limits.min = std::max(limits.min, 0.0);
  if (!in_range(*base, limits)) {
    reader.out_of_range(node, limits, dimension);
    return std::nullopt;
  }
  return *base;
}

template <>
struct Record<FactFrame> {
  static constexpr std::string_view kName = "fact";
  static constexpr std::string_view kDoc = "A value with its bounds, basis and sources.";
  static constexpr auto fields() {
    return std::tuple{
        field("basis", &FactFrame::basis,
              {.required = true,
               .doc = "How the value came about: stated by a source, derived "
                      "from stated values, or estimated."}),
        field("confidence", &FactFrame::confidence, {.doc = "Who says so."}),
        field("source", &FactFrame::source,
              {.required = true, .doc = "Ids of data/sources that the value rests on."}),
        field("date", &FactFrame::date, {.doc = "When the value was observed."}),
        field("note", &FactFrame::note, {.doc = "What a reader must know to use the value."}),
    };
  }
};

bool read_fact_frame(const Node& node, FactFrame& frame, Reader& reader) {
  bool good = true;
  const auto read_one = [&](const auto& f) {
    const Node value = node.find(f.key);
    if (value) {
      good &= read_value(value, frame.*(f.member), reader, f.options);
    } else if (f.options.required) {
      reader.missing_key(node, f.key, "fact", f.options.doc);
      good = false;
    }
  };
  std::apply([&](const auto&... f) { (read_one(f), ...); }, Record<FactFrame>::fields());
  std::vector<std::string_view> keys = keys_of<FactFrame>();
  keys.insert(keys.begin(), {"value", "range"});
  for (const Node::Entry& entry : node.entries()) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) {
      reader.unknown_key(entry, "fact", keys);
      good = false;
    }
  }
  return good;
}

TypeInfo fact_info(TypeInfo value) {
  TypeInfo info = TypeInfo::record("fact", Record<FactFrame>::kDoc);
  const bool ordered = value.kind != TypeInfo::Kind::kBoolean;
  info.add_key("value", false, "The value; left out where only bounds are known.", value);
  if (ordered) {
    info.add_key("range", false, "Bounds [low, high]: sources differ, or only bounds are known.",
                 TypeInfo::list(std::move(value)));
  }
  TypeInfo frame = Codec<FactFrame>::info();
  for (KeyInfo& key : frame.keys) {
    info.keys.push_back(std::move(key));
  }
  return info;
}

}  // namespace redline::data

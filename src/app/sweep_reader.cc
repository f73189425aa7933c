#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "app/batch.h"
#include "app/sweep.h"
#include "app/sweep_range.h"
#include "base/fingerprint.h"
#include "base/nearest.h"
#include "data/fields.h"
#include "data/files.h"
#include "results/envelope.h"

namespace redline::app {
namespace {

using data::Node;
using data::NodeKind;

constexpr std::size_t kMostValues = 1'000'000;                  // of a field
constexpr std::uint64_t kMostPoints = std::uint64_t{1} << 53U;  // whole numbers in a double

}  // namespace

class SweepReader {
 public:
  SweepReader(const Node& root, Diagnostics& errors, bool damaged)
      : root_(root), errors_(errors), reader_(errors, damaged) {}

  Sweep read() {
    for (const Node::Entry& entry : root_.entries()) {
      if (entry.key == "request") {
        for (const Node& table : tables(entry.value)) {
          read_request(table);
        }
      } else if (entry.key == "vary") {
        read_vary(entry.value);
      } else if (entry.key != "exclude") {
        reader_.unknown_key(entry, "sweep", {"request", "vary", "exclude"});
      }
    }
    if (!root_.find("request")) {
      reader_.missing_key(root_, "request", "sweep", "what is asked about every point");
    }
    for (const Node& table : tables(root_.find("exclude"))) {
      read_exclusion(table);
    }
    join();
    count();
    return std::move(sweep_);
  }

 private:
  void problem(Code code, std::string message, const SourceSpan& where, std::string help) {
    errors_.push_back({code, std::move(message), where, {std::move(help)}, {}});
  }

  // A table, or a list of tables.
  std::vector<Node> tables(const Node& node) {
    if (!node) {
      return {};
    }
    if (node.kind() == NodeKind::kTable) {
      return {node};
    }
    std::vector<Node> list = node.items();
    const bool good = !list.empty() && std::all_of(list.begin(), list.end(), [](const Node& one) {
      return one.kind() == NodeKind::kTable;
    });
    if (!good) {
      reader_.wrong_type(node, "a table");
      return {};
    }
    return list;
  }

  // Null where something in it is no value of a request.
  Json value(const Node& node) {
    switch (node.kind()) {
      case NodeKind::kString:
        return std::string(*node.string());
      case NodeKind::kInteger:
        return *node.integer();
      case NodeKind::kFloat:
        if (std::isfinite(*node.number())) {
          return *node.number();
        }
        break;
      case NodeKind::kBool:
        return *node.boolean();
      case NodeKind::kDate:
        if (const auto date = node.date()) {
          return format_date(*date);
        }
        break;
      case NodeKind::kArray: {
        Json list = Json::array();
        for (const Node& item : node.items()) {
          list.push_back(value(item));
        }
        return list;
      }
      case NodeKind::kTable: {
        Json object = Json::object();
        for (const Node::Entry& entry : node.entries()) {
          object[std::string(entry.key)] = value(entry.value);
        }
        return object;
      }
      case NodeKind::kAbsent:
      case NodeKind::kTime:
        break;
    }
    reader_.wrong_type(node, "a text, a finite number, true, false, a date, a list or a table");
    return nullptr;
  }

  void check_command(const Node& node) {
    const auto name = node.string();
    const auto known = batch_command_names();
    if (!name) {
      reader_.wrong_type(node, "the name of a command of `redline batch`");
    } else if (std::find(known.begin(), known.end(), *name) == known.end()) {
      reader_.not_a_choice(node, *name, known);
    }
  }

  void read_request(const Node& table) {
    Sweep::Request request;
    request.fields = Json::object();
    for (const Node::Entry& entry : table.entries()) {
      if (entry.key == "as") {
        data::read_value(entry.value, request.name, reader_);
      } else if (entry.key != "takes") {
        if (entry.key == "command") {
          check_command(entry.value);
        }
        request.fields[std::string(entry.key)] = value(entry.value);
        request.places.emplace_back(entry.key, entry.key_span);
      }
    }
    sweep_.requests_.push_back(std::move(request));
    request_nodes_.push_back(table);
  }

  void read_vary(const Node& node) {
    if (node.kind() == NodeKind::kTable) {
      for (const Node::Entry& entry : node.entries()) {
        Sweep::Dimension dimension;
        read_field(entry, dimension);
        keep(std::move(dimension));
      }
      return;
    }
    for (const Node& table : tables(node)) {
      Sweep::Dimension dimension;
      for (const Node::Entry& entry : table.entries()) {
        read_field(entry, dimension);
      }
      keep(std::move(dimension));
    }
  }

  void keep(Sweep::Dimension dimension) {
    if (dimension.fields.empty()) {
      return;
    }
    for (const Sweep::Field& field : dimension.fields) {
      if (field.values.size() != dimension.size()) {
        problem(Code::kInconsistent,
                fmt::format("'{}' has {} values and '{}', which goes with it, has {}", field.name,
                            field.values.size(), dimension.fields.front().name, dimension.size()),
                field.where, "fields of one [[vary]] go together, value by value");
        return;
      }
    }
    sweep_.dimensions_.push_back(std::move(dimension));
  }

  void read_field(const Node::Entry& entry, Sweep::Dimension& dimension) {
    Sweep::Field field{std::string(entry.key), {}, entry.key_span};
    varied_nodes_.emplace_back(field.name, entry.key_span);
    const auto same = [&field](const auto& one) { return one.first == field.name; };
    if (std::count_if(varied_nodes_.begin(), varied_nodes_.end(), same) > 1) {
      problem(Code::kDuplicateId, fmt::format("'{}' is varied twice", field.name), entry.key_span,
              "a field belongs to one dimension");
      return;
    }
    if (entry.value.kind() == NodeKind::kTable) {
      RangeReader(reader_, entry.value, kMostValues + 1).read(field.values);
    } else if (entry.value.kind() == NodeKind::kArray) {
      for (const Node& item : entry.value.items()) {
        if (entry.key == "command") {
          check_command(item);
        }
        field.values.push_back(value(item));
      }
    } else {
      reader_.wrong_type(entry.value, "a list of values, or { from = …, to = … }");
      return;
    }
    if (field.values.size() > kMostValues) {
      problem(Code::kOutOfRange,
              fmt::format("'{}' has more than {} values", field.name, kMostValues),
              entry.value.span(), "cut the sweep into several, or vary two fields");
    } else if (!field.values.empty()) {
      dimension.fields.push_back(std::move(field));
    } else if (entry.value.kind() == NodeKind::kArray) {
      problem(Code::kOutOfRange, fmt::format("'{}' has no value", field.name), entry.value.span(),
              "give at least one, or leave the field out");
    }
  }

  const Sweep::Field* varied(std::string_view name) const {
    for (const Sweep::Dimension& dimension : sweep_.dimensions_) {
      for (const Sweep::Field& field : dimension.fields) {
        if (field.name == name) {
          return &field;
        }
      }
    }
    return nullptr;
  }

  // Whether such a field is varied, or would be if its values were right.
  bool known(std::string_view name) const {
    return std::any_of(varied_nodes_.begin(), varied_nodes_.end(),
                       [name](const auto& one) { return one.first == name; });
  }

  void not_varied(std::string_view name, const SourceSpan& where) {
    std::vector<std::string_view> names;
    for (const auto& [field, span] : varied_nodes_) {
      names.push_back(field);
    }
    const auto near = nearest_names(name, names);
    problem(Code::kUnknownReference, fmt::format("no field '{}' is varied", name), where,
            near.empty() ? fmt::format("varied are: {}", fmt::join(names, ", "))
                         : fmt::format("did you mean '{}'?", near.front()));
  }

  void read_exclusion(const Node& table) {
    Sweep::Exclusion exclusion;
    for (const Node::Entry& entry : table.entries()) {
      const Sweep::Field* field = varied(entry.key);
      if (field == nullptr) {
        if (!known(entry.key)) {
          not_varied(entry.key, entry.key_span);
        }
        continue;
      }
      std::vector<Json> values;
      const bool list = entry.value.kind() == NodeKind::kArray;
      for (const Node& item : list ? entry.value.items() : std::vector<Node>{entry.value}) {
        values.push_back(value(item));
        if (std::find(field->values.begin(), field->values.end(), values.back()) ==
            field->values.end()) {
          problem(Code::kUnknownReference, fmt::format("'{}' does not take this value", entry.key),
                  item.span(), "what is excluded is among the values that are varied");
        }
      }
      exclusion.fields.emplace_back(entry.key, std::move(values));
    }
    if (table.entries().empty()) {
      problem(Code::kMissingKey, "this exclusion names no field", table.span(),
              "it would leave every point out");
    }
    sweep_.exclusions_.push_back(std::move(exclusion));
  }

  // What each request takes of what is varied.
  void join() {
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < sweep_.requests_.size(); ++i) {
      take(sweep_.requests_[i], request_nodes_[i].find("takes"));
      check_request(sweep_.requests_[i], request_nodes_[i]);
      for (const Sweep::Taken& one : sweep_.requests_[i].takes) {
        taken.push_back(one.varied);
      }
    }
    for (const auto& [name, where] : varied_nodes_) {
      if (!sweep_.requests_.empty() && varied(name) != nullptr &&
          std::find(taken.begin(), taken.end(), name) == taken.end()) {
        problem(Code::kInconsistent, fmt::format("'{}' is varied, and no request takes it", name),
                where, "add it to `takes`, or leave it out");
      }
    }
    check_names();
  }

  void take(Sweep::Request& request, const Node& node) {
    if (!node) {
      for (const Sweep::Dimension& dimension : sweep_.dimensions_) {
        for (const Sweep::Field& field : dimension.fields) {
          request.takes.push_back({field.name, field.name});
          request.places.emplace_back(field.name, field.where);
        }
      }
      return;
    }
    if (node.kind() != NodeKind::kArray) {
      reader_.wrong_type(node, "a list of fields that are varied");
      return;
    }
    for (const Node& item : node.items()) {
      const auto text = item.string();
      if (!text) {
        reader_.wrong_type(item, "the name of a field that is varied");
        continue;
      }
      const auto equals = text->find('=');
      const std::string field(text->substr(0, equals));
      const std::string from(equals == std::string_view::npos ? *text : text->substr(equals + 1));
      if (varied(from) != nullptr) {
        request.takes.push_back({field, from});
        request.places.emplace_back(field, item.span());
      } else if (!known(from)) {
        not_varied(from, item.span());
      }
    }
  }

  void check_request(const Sweep::Request& request, const Node& node) {
    bool command = request.fields.contains("command");
    for (const Sweep::Taken& one : request.takes) {
      command |= one.field == "command";
      if (request.fields.contains(one.field)) {
        const auto place = std::find_if(request.places.begin(), request.places.end(),
                                        [&one](const auto& p) { return p.first == one.field; });
        problem(Code::kInconsistent,
                fmt::format("'{}' is given here, and varied as well", one.field), place->second,
                "leave it out here, or under `vary`");
      }
    }
    if (!command) {
      reader_.missing_key(node, "command", "request",
                          fmt::format("one of {}", fmt::join(batch_command_names(), ", ")));
    }
  }

  // Answers are told apart by their commands or by `as`.
  void check_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < sweep_.requests_.size() && sweep_.requests_.size() > 1; ++i) {
      const Sweep::Request& request = sweep_.requests_[i];
      std::string name = request.name;
      if (name.empty() && request.fields.value("command", Json()).is_string()) {
        name = request.fields["command"].get<std::string>();
      }
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        problem(Code::kDuplicateId, fmt::format("two requests are called '{}'", name),
                request_nodes_[i].span(), "say what this one is called: as = \"…\"");
      }
      names.push_back(std::move(name));
    }
  }

  void count() {
    for (const Sweep::Dimension& dimension : sweep_.dimensions_) {
      if (sweep_.points_ > kMostPoints / dimension.size()) {
        problem(Code::kOutOfRange, fmt::format("the sweep has more than {} points", kMostPoints),
                dimension.fields.front().where, "vary less");
        return;
      }
      sweep_.points_ *= dimension.size();
    }
    define();
  }

  // What the sweep is, whatever its layout and comments, with the files that it names.
  void define() {
    Json definition = Json::object();
    Diagnostics told_already;
    std::swap(errors_, told_already);
    for (const char* key : {"request", "vary", "exclude"}) {
      if (const Node node = root_.find(key)) {
        definition[key] = value(node);
      }
    }
    std::swap(errors_, told_already);
    sweep_.definition_ = results::dump_json(definition, results::JsonStyle::kCompact);
    Fingerprint fingerprint;
    fingerprint.add(sweep_.definition_);
    add_files(definition, fingerprint);
    sweep_.hash_ = fingerprint.hex();
  }

  static void add_files(const Json& json, Fingerprint& fingerprint) {
    if (json.is_structured()) {
      for (const Json& item : json) {
        add_files(item, fingerprint);
      }
      return;
    }
    const std::string text = json.is_string() ? json.get<std::string>() : std::string();
    if (text.ends_with(".toml") || text.ends_with(".json") || text.ends_with(".csv")) {
      if (const auto file = data::read_text_file(text)) {
        fingerprint.add(*file);
      }
    }
  }

  Node root_;
  Diagnostics& errors_;
  data::Reader reader_;
  Sweep sweep_;
  std::vector<Node> request_nodes_;
  std::vector<std::pair<std::string, SourceSpan>> varied_nodes_;
};

Loaded<Sweep> Sweep::read(const std::string& path) {
  auto text = data::read_text_file(path);
  if (!text) {
    return tl::unexpected(Diagnostics{std::move(text).error()});
  }
  return parse(path, std::move(*text));
}

Loaded<Sweep> Sweep::parse(const std::string& file, std::string text) {
  Diagnostics errors;
  const data::Document document(file, std::move(text), errors);
  Sweep sweep = SweepReader(document.root(), errors, document.damaged()).read();
  if (!errors.empty()) {
    std::stable_sort(errors.begin(), errors.end(), [](const Error& a, const Error& b) {
      const auto place = [](const Error& e) {
        return e.where ? std::pair(e.where->line, e.where->column) : std::pair(0, 0);
      };
      return place(a) < place(b);
    });
    return tl::unexpected(std::move(errors));
  }
  return sweep;
}

}  // namespace redline::app

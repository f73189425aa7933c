// data/calibration: fitted constants with where they come from.

#include <algorithm>

#include <fmt/format.h>

#include "redline/kernel.h"

#include "data/fields.h"
#include "data/files.h"

namespace redline {
namespace data {

// Support as a file has it: lists instead of arrays.
struct SupportRecord {
  std::string model, kernel, chip, family;
  Timing timing = Timing::kGraph;
  int rows = 0;
  std::vector<double> low, high;
  std::vector<std::string> sources;
};

struct CalibrationRecord {
  std::vector<FittedConstant> constants;
  std::vector<Scatter> scatter;
  std::vector<SupportRecord> support;
};

template <>
struct EnumNames<Evidence> {
  static constexpr NameList<Evidence, 3> kNames{{{kEvidenceNames[0], Evidence::kMeasured},
                                                 {kEvidenceNames[1], Evidence::kFamily},
                                                 {kEvidenceNames[2], Evidence::kExtrapolated}}};
};
template <>
struct EnumNames<Timing> {
  static constexpr NameList<Timing, 3> kNames{{{kTimingNames[0], Timing::kGraph},
                                               {kTimingNames[1], Timing::kEvent},
                                               {kTimingNames[2], Timing::kHost}}};
};

template <>
struct Record<FittedConstant> {
  static constexpr std::string_view kName = "constant";
  static constexpr std::string_view kDoc = "A fitted constant within a scope.";
  static constexpr auto fields() {
    return std::tuple{
        field("model", &FittedConstant::model, {.required = true, .doc = "Model of an operator."}),
        field("name", &FittedConstant::constant, {.required = true, .doc = "Constant."}),
        field("scope", &FittedConstant::scope,
              {.doc = "Kernel, architecture, fabric or chip; none: everywhere."}),
        field("log_value", &FittedConstant::log_value,
              {.required = true,
               .min = -20.0,
               .max = 20.0,
               .doc = "What is added to the logarithm of the starting value."}),
        field("log_sd", &FittedConstant::log_sd,
              {.required = true, .min = 0.0, .doc = "Its standard deviation."}),
        field("rows", &FittedConstant::rows,
              {.required = true, .min = 0.0, .doc = "Rows that it acts on."}),
        field("sources", &FittedConstant::sources, {.doc = "Of those rows."}),
    };
  }
};

template <>
struct Record<Scatter> {
  static constexpr std::string_view kName = "scatter";
  static constexpr std::string_view kDoc = "How far rows that a fit did not see scatter about it.";
  static constexpr auto fields() {
    return std::tuple{
        field("model", &Scatter::model, {.required = true, .doc = "Model of an operator."}),
        field("kernel", &Scatter::kernel, {.doc = "Kernel; none: all of the model."}),
        field("evidence", &Scatter::evidence,
              {.required = true, .doc = "What the fit knew of the chip."}),
        field("rates_alone", &Scatter::rates_alone,
              {.doc = "The chip's cores, clock and cache were not known."}),
        field("log_sd", &Scatter::log_sd,
              {.required = true, .min = 0.0, .doc = "Standard deviation of the logarithm."}),
        field("rows", &Scatter::rows, {.required = true, .min = 0.0, .doc = "Rows left out."}),
    };
  }
};

template <>
struct Record<SupportRecord> {
  static constexpr std::string_view kName = "support";
  static constexpr std::string_view kDoc = "The fitted rows of a kernel on a chip.";
  static constexpr auto fields() {
    return std::tuple{
        field("model", &SupportRecord::model, {.required = true, .doc = "Model of an operator."}),
        field("kernel", &SupportRecord::kernel, {.required = true, .doc = "Kernel."}),
        field("chip", &SupportRecord::chip, {.required = true, .doc = "Chip."}),
        field("family", &SupportRecord::family,
              {.required = true, .doc = "Architecture, or fabric of a message."}),
        field("timing", &SupportRecord::timing, {.required = true, .doc = "How it was timed."}),
        field("rows", &SupportRecord::rows, {.required = true, .min = 1.0, .doc = "Rows."}),
        field("low", &SupportRecord::low, {.required = true, .doc = "Least sizes."}),
        field("high", &SupportRecord::high, {.required = true, .doc = "Greatest sizes."}),
        field("sources", &SupportRecord::sources, {.doc = "Of the rows."}),
    };
  }
};

template <>
struct Record<CalibrationRecord> {
  static constexpr std::string_view kName = "calibration";
  static constexpr std::string_view kDoc =
      "Constants of the models of kernels, written by `redline calibrate`.";
  static constexpr auto fields() {
    return std::tuple{
        field("constant", &CalibrationRecord::constants, {.doc = "Fitted constants."}),
        field("scatter", &CalibrationRecord::scatter, {.doc = "Error bars."}),
        field("support", &CalibrationRecord::support, {.doc = "What there are rows of."}),
    };
  }
};

}  // namespace data

namespace {

constexpr std::array<std::string_view, 2> kFiles{"calibration/kernels.toml",
                                                 "calibration/steps.toml"};

using data::CalibrationRecord;
using data::SupportRecord;

std::string quoted(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) {
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", text);
  }
  return "[" + list + "]";
}

std::string numbers(const std::array<double, 3>& values) {
  return fmt::format("[{}, {}, {}]", values[0], values[1], values[2]);
}

// One file of a data set, added to what others hold.
void load_file(const data::FileSet& files, std::string_view name, Calibration& calibration,
               Diagnostics& errors) {
  const data::DataFile* last = nullptr;  // later layers win
  for (const data::DataFile& file : files.files) {
    last = file.relative == name ? &file : last;
  }
  if (last == nullptr) {
    return;
  }
  const data::Document document(last->display, last->text, errors);
  data::Reader reader(errors, document.damaged());
  CalibrationRecord record;
  data::read_record(document.root(), record, reader);
  for (SupportRecord& one : record.support) {
    if (one.low.size() != 3 || one.high.size() != 3) {
      errors.push_back({Code::kInconsistent,
                        fmt::format("{}: support of {} on {}: low and high have three sizes each",
                                    last->display, one.kernel, one.chip),
                        std::nullopt,
                        {"run `redline calibrate` again"},
                        {}});
      continue;
    }
    Support support{one.model,  one.kernel, one.chip,
                    one.family, one.timing, one.rows,
                    {},         {},         std::move(one.sources)};
    std::copy(one.low.begin(), one.low.end(), support.low.begin());
    std::copy(one.high.begin(), one.high.end(), support.high.begin());
    calibration.support.push_back(std::move(support));
  }
  std::move(record.constants.begin(), record.constants.end(),
            std::back_inserter(calibration.constants));
  std::move(record.scatter.begin(), record.scatter.end(), std::back_inserter(calibration.scatter));
}

// What rounds to nothing has no sign.
std::string five_digits(double value) {
  std::string text = fmt::format("{:.5f}", value);
  return text == "-0.00000" ? text.substr(1) : text;
}

}  // namespace

Loaded<Calibration> load_calibration(const data::FileSet& files) {
  Calibration calibration;
  Diagnostics errors;
  for (const std::string_view name : kFiles) {
    load_file(files, name, calibration, errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return calibration;
}

std::string calibration_text(const Calibration& calibration) {
  std::string text =
      "# Constants of the models. Written by `redline calibrate -o`; not for editing.\n";
  const auto out = std::back_inserter(text);
  for (const FittedConstant& c : calibration.constants) {
    fmt::format_to(out,
                   "\n[[constant]]\nmodel = \"{}\"\nname = \"{}\"\nscope = \"{}\"\n"
                   "log_value = {}\nlog_sd = {:.5f}\nrows = {}\nsources = {}\n",
                   c.model, c.constant, c.scope, five_digits(c.log_value), c.log_sd, c.rows,
                   quoted(c.sources));
  }
  for (const Scatter& s : calibration.scatter) {
    fmt::format_to(out,
                   "\n[[scatter]]\nmodel = \"{}\"\nkernel = \"{}\"\nevidence = \"{}\"\n"
                   "rates_alone = {}\nlog_sd = {:.5f}\nrows = {}\n",
                   s.model, s.kernel, kEvidenceNames[static_cast<std::size_t>(s.evidence)],
                   s.rates_alone, s.log_sd, s.rows);
  }
  for (const Support& s : calibration.support) {
    fmt::format_to(out,
                   "\n[[support]]\nmodel = \"{}\"\nkernel = \"{}\"\nchip = \"{}\"\n"
                   "family = \"{}\"\ntiming = \"{}\"\nrows = {}\nlow = {}\nhigh = {}\n"
                   "sources = {}\n",
                   s.model, s.kernel, s.chip, s.family,
                   kTimingNames[static_cast<std::size_t>(s.timing)], s.rows, numbers(s.low),
                   numbers(s.high), quoted(s.sources));
  }
  return text;
}

}  // namespace redline

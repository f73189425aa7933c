// Literals of distributions.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "redline/distribution.h"

#include "base/characters.h"
#include "base/distribution_table.h"
#include "base/nearest.h"

namespace redline {
namespace {

using Kind = DistributionKind;

// Of the standard normal distribution at 95 %.
constexpr double kZ95 = 1.6448536269514722;
constexpr std::size_t kMostParts = 64, kMostValues = 10'000;
constexpr double kMostRanks = 100'000.0, kLeastShape = 0.01, kMostShape = 1e6, kMostMean = 1e6;

struct Form {
  std::string_view name;
  std::string_view usage;
  Kind kind;
  std::size_t numbers;  // 0: any number of them
};
constexpr auto kForms = std::to_array<Form>({
    {"uniform", "uniform(low, high)", Kind::kUniform, 2},
    {"tri", "tri(low, likeliest, high)", Kind::kTriangular, 3},
    {"pert", "pert(low, likeliest, high)", Kind::kPert, 3},
    {"beta", "beta(a, b)", Kind::kBeta, 2},
    {"normal", "normal(mean, deviation)", Kind::kNormal, 2},
    {"lognormal", "lognormal(median, deviation of the logarithm)", Kind::kLognormal, 2},
    {"exponential", "exponential(mean)", Kind::kExponential, 1},
    {"gamma", "gamma(mean, coefficient of variation)", Kind::kGamma, 2},
    {"bernoulli", "bernoulli(probability)", Kind::kBernoulli, 1},
    {"poisson", "poisson(mean)", Kind::kPoisson, 1},
    {"zipf", "zipf(ranks, exponent)", Kind::kZipf, 2},
    {"empirical", "empirical(value, value, ...)", Kind::kEmpirical, 0},
    {"mix", "mix(0.3: 100, 0.7: 200 to 2000)", Kind::kMixture, 0},
});

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Number {
  double value = 0.0;
  std::size_t begin = 0, end = 0;
};

// What is wrong with the numbers of a form: which, and what it has to be.
struct Fault {
  std::size_t which;
  std::string_view must;
};
std::optional<Fault> fault_of(Kind kind, const std::vector<Number>& numbers) {
  const auto value = [&](std::size_t i) { return numbers[i].value; };
  const auto needs = [](bool holds, std::size_t which, std::string_view must) {
    return holds ? std::nullopt : std::optional(Fault{which, must});
  };
  const auto within = [&](std::size_t which, double low, double high, std::string_view must) {
    return needs(value(which) >= low && value(which) <= high, which, must);
  };
  const auto either = [](std::optional<Fault> first, std::optional<Fault> second) {
    return first ? first : second;
  };
  switch (kind) {
    case Kind::kUniform:
      return needs(value(0) < value(1), 1, "must be above the first");
    case Kind::kTriangular:
    case Kind::kPert:
      return either(needs(value(0) <= value(1), 1, "must not be below the first"),
                    needs(value(1) <= value(2) && value(0) < value(2), 2,
                          "must be above the first and not below the second"));
    case Kind::kBeta:
      return either(within(0, kLeastShape, kMostShape, "must be from 0.01 to 1M"),
                    within(1, kLeastShape, kMostShape, "must be from 0.01 to 1M"));
    case Kind::kNormal:
      return needs(value(1) > 0.0, 1, "must be above 0");
    case Kind::kLognormal:
      return either(needs(value(0) > 0.0, 0, "must be above 0"),
                    needs(value(1) > 0.0, 1, "must be above 0"));
    case Kind::kExponential:
      return needs(value(0) > 0.0, 0, "must be above 0");
    case Kind::kGamma:
      return either(
          needs(value(0) > 0.0, 0, "must be above 0"),
          within(1, Distribution::kLeastCv, Distribution::kMostCv, "must be from 0.001 to 10"));
    case Kind::kBernoulli:
      return within(0, 0.0, 1.0, "must be from 0 to 1");
    case Kind::kPoisson:
      return needs(value(0) > 0.0 && value(0) <= kMostMean, 0, "must be above 0 and at most 1M");
    case Kind::kZipf:
      return either(
          needs(value(0) >= 1.0 && value(0) <= kMostRanks && value(0) == std::floor(value(0)), 0,
                "must be a whole number from 1 to 100k"),
          within(1, 0.0, 10.0, "must be from 0 to 10"));
    case Kind::kConstant:
    case Kind::kMixture:
    case Kind::kEmpirical:
      break;
  }
  return std::nullopt;
}

std::vector<double> zipf_shares(double ranks, double exponent) {
  std::vector<double> shares;
  double sum = 0.0;
  for (double rank = 1.0; rank <= ranks; rank += 1.0) {
    shares.push_back(sum += std::pow(rank, -exponent));
  }
  for (double& share : shares) {
    share /= sum;
  }
  return shares;
}

}  // namespace

// A cursor over one literal.
class DistributionReader {
 public:
  explicit DistributionReader(std::string_view text) : text_(text) {}

  Result<Distribution> read() {
    RL_TRY(found, one(true));
    skip_blanks();
    if (at_ < text_.size()) {
      const std::string rest(text_.substr(at_));
      return wrong(at_, text_.size(), fmt::format("'{}' stands behind the end", rest),
                   {"write a range as 2k to 16k, a mean and its deviation as 100 +- 20"});
    }
    return found;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> wrong(std::size_t begin, std::size_t end, std::string message,
                                            std::vector<std::string> help = {}) const {
    const int column = count_characters(text_.substr(0, begin)) + 1;
    const int length = std::max(1, count_characters(text_.substr(begin, end - begin)));
    return tl::unexpected(Error{Code::kDistributionSyntax,
                                fmt::format("at character {}: {}", column, message),
                                SourceSpan{"distribution", 1, column, length, std::string(text_)},
                                std::move(help),
                                {}});
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) {
      ++at_;
    }
  }
  bool take(std::string_view sign) {
    skip_blanks();
    const bool found = text_.substr(at_, sign.size()) == sign;
    at_ += found ? sign.size() : 0;
    return found;
  }
  [[nodiscard]] std::string_view word_here() const {
    std::size_t end = at_;
    while (end < text_.size() && (is_letter(text_[end]) || (end > at_ && is_digit(text_[end])))) {
      ++end;
    }
    return text_.substr(at_, end - at_);
  }

  Result<Number> number() {
    skip_blanks();
    Number found{0.0, at_, at_};
    const std::size_t digits = at_ < text_.size() && text_[at_] == '-' ? at_ + 1 : at_;
    const bool begins = digits < text_.size() && (is_digit(text_[digits]) || text_[digits] == '.');
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), found.value);
    if (!begins || error == std::errc::invalid_argument) {
      return wrong(at_, at_ + 1,
                   at_ < text_.size() ? "this is not a number" : "a number is missing",
                   {"write numbers as 2048, -0.5, 1e-3, 2k or 16M"});
    }
    at_ = static_cast<std::size_t>(end - text_.data());
    const std::string_view suffix = word_here();
    if (suffix == "k" || suffix == "K" || suffix == "M") {
      found.value *= suffix == "M" ? 1e6 : 1e3;
    } else if (!suffix.empty()) {
      return wrong(at_, at_ + suffix.size(),
                   fmt::format("'{}' cannot stand behind a number", suffix),
                   {"k stands for thousands, M for millions"});
    }
    found.end = at_ += suffix.size();
    if (error != std::errc{} || !std::isfinite(found.value)) {
      return wrong(found.begin, found.end, "this number is too large or too small");
    }
    return found;
  }

  // One distribution; `mixes` says whether it may be a mixture.
  Result<Distribution> one(bool mixes) {
    skip_blanks();
    const std::size_t begin = at_;
    const std::string_view name = word_here();
    auto found = name.empty() ? from_number() : from_form(name, mixes);
    if (!found) {
      return found;
    }
    // The least and the greatest number that is drawn.
    for (const double value :
         {found->quantile(0x1p-54), found->quantile(1.0 - 0x1p-53), found->mean()}) {
      if (!std::isfinite(value)) {
        return wrong(begin, at_, "draws of this would be too large for a number");
      }
    }
    return found;
  }

  Result<Distribution> from_number() {
    RL_TRY(first, number());
    skip_blanks();
    if (word_here() == "to") {
      at_ += 2;
      RL_TRY(second, number());
      return range(first, second);
    }
    if (take("±") || take("+-") || take("+/-")) {
      RL_TRY(deviation, number());
      if (deviation.value <= 0.0) {
        return wrong(deviation.begin, deviation.end, "a deviation must be above 0",
                     {"a number alone is a constant"});
      }
      return Distribution(Kind::kNormal, first.value, deviation.value);
    }
    return Distribution::constant(first.value);
  }

  [[nodiscard]] Result<Distribution> range(const Number& low, const Number& high) const {
    if (low.value >= high.value) {
      return wrong(high.begin, high.end, "the end of a range must be above its beginning",
                   {"a number alone is a constant"});
    }
    if (low.value > 0.0) {
      const double spread = std::log(high.value) - std::log(low.value);
      return Distribution(Kind::kLognormal, std::sqrt(low.value) * std::sqrt(high.value),
                          spread / (2.0 * kZ95));
    }
    return Distribution(Kind::kNormal, 0.5 * low.value + 0.5 * high.value,
                        (0.5 * high.value - 0.5 * low.value) / kZ95);
  }

  Result<Distribution> from_form(std::string_view name, bool mixes) {
    const std::size_t begin = at_;
    const auto* form = std::find_if(kForms.begin(), kForms.end(),
                                    [name](const Form& one) { return one.name == name; });
    if (form == kForms.end()) {
      return unknown(name);
    }
    if (form->kind == Kind::kMixture && !mixes) {
      return wrong(begin, begin + name.size(), "a mixture cannot hold a mixture",
                   {"write the parts of the inner one out"});
    }
    at_ += name.size();
    if (!take("(")) {
      return wrong(at_, at_ + 1, fmt::format("'{}' needs its numbers in parentheses", name),
                   {fmt::format("write {}", form->usage)});
    }
    return form->kind == Kind::kMixture ? mixture() : from_numbers(*form, begin);
  }

  [[nodiscard]] tl::unexpected<Error> unknown(std::string_view name) const {
    std::vector<std::string_view> names;
    std::string list;
    for (const Form& form : kForms) {
      names.push_back(form.name);
      list += (list.empty() ? "" : ", ") + std::string(form.name);
    }
    std::vector<std::string> help;
    if (const auto near = nearest_names(name, names); !near.empty()) {
      help.push_back(fmt::format("did you mean '{}'?", near.front()));
    }
    help.push_back(fmt::format("distributions: {}, A to B, A +- B", list));
    return wrong(at_, at_ + name.size(), fmt::format("there is no distribution '{}'", name),
                 std::move(help));
  }

  // Behind one entry of a list: whether another follows.
  Result<bool> another() {
    if (take(",")) {
      return true;
    }
    if (take(")")) {
      return false;
    }
    return wrong(at_, at_ + 1, "a comma or a closing parenthesis is missing");
  }

  Result<Distribution> from_numbers(const Form& form, std::size_t begin) {
    std::vector<Number> numbers;
    for (bool more = true; more;) {
      RL_TRY(next, number());
      numbers.push_back(next);
      RL_TRY(comma, another());
      more = comma;
      if (numbers.size() > kMostValues) {
        return wrong(next.begin, next.end, "there are more than 10,000 values");
      }
    }
    if (form.numbers != 0 && numbers.size() != form.numbers) {
      return wrong(begin, at_,
                   fmt::format("'{}' takes {} number{}, not {}", form.name, form.numbers,
                               form.numbers == 1 ? "" : "s", numbers.size()),
                   {fmt::format("write {}", form.usage)});
    }
    if (const auto fault = fault_of(form.kind, numbers)) {
      const Number& number = numbers[fault->which];
      return wrong(number.begin, number.end, fmt::format("this number {}", fault->must),
                   {fmt::format("write {}", form.usage)});
    }
    return made(form.kind, numbers);
  }

  [[nodiscard]] static Distribution made(Kind kind, const std::vector<Number>& numbers) {
    const auto value = [&](std::size_t i) { return i < numbers.size() ? numbers[i].value : 0.0; };
    if (kind == Kind::kEmpirical) {
      Distribution::Table table;
      for (const Number& number : numbers) {
        table.values.push_back(number.value);
      }
      std::sort(table.values.begin(), table.values.end());
      return with_table({kind, 0.0}, std::move(table));
    }
    const Distribution plain(kind, value(0), value(1), value(2));
    return kind == Kind::kZipf ? with_table(plain, {zipf_shares(value(0), value(1)), {}}) : plain;
  }

  [[nodiscard]] static Distribution with_table(Distribution plain, Distribution::Table table) {
    plain.table_ = std::make_shared<const Distribution::Table>(std::move(table));
    return plain;
  }

  Result<Distribution> mixture() {
    Distribution::Table table;
    double sum = 0.0;
    for (bool more = true; more;) {
      RL_TRY(weight, number());
      if (!(weight.value > 0.0 && weight.value <= 1.0)) {
        return wrong(weight.begin, weight.end, "a weight must be above 0 and at most 1");
      }
      if (!take(":")) {
        return wrong(at_, at_ + 1, "a colon is missing between a weight and its distribution",
                     {"write mix(0.3: 100, 0.7: 200 to 2000)"});
      }
      RL_TRY(part, one(false));
      table.values.push_back(weight.value);
      table.parts.push_back(std::move(part));
      sum += weight.value;
      RL_TRY(comma, another());
      more = comma;
      if (table.parts.size() > kMostParts) {
        return wrong(weight.begin, at_, "a mixture holds at most 64 parts");
      }
    }
    constexpr double kSlack = 1e-6;  // of weights written to so many digits
    if (std::fabs(sum - 1.0) > kSlack) {
      return wrong(at_ - 1, at_, fmt::format("the weights add up to {:.6g}, not to 1", sum));
    }
    for (double& weight : table.values) {
      weight /= sum;
    }
    return with_table({Kind::kMixture, 0.0}, std::move(table));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Result<Distribution> Distribution::parse(std::string_view text) {
  return DistributionReader(text).read();
}

}  // namespace redline

#include "app/reply_backtest.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/scales.h"
#include "app/work_records.h"
#include "data/node.h"

namespace redline::data {

template <>
struct Record<app::EpochReply> {
  using R = app::EpochReply;
  static constexpr std::string_view kName = "reply";
  static constexpr std::string_view kDoc = "A die that a vendor had, and what came of it.";
  static constexpr auto fields() {
    return std::tuple{
        field("die", &R::die, {.required = true, .doc = "Of data/silicon, an id."}),
        field("shipped", &R::shipped, {.doc = "Part that came, an id; without it none did."}),
        field("base", &R::base, {.doc = "Part that it was cut down from, an id."}),
        field("markets", &R::markets,
              {.required = true, .doc = "any, data-center or workstation."}),
        field("cards", &R::cards, {.doc = "Judged by the work of cards."}),
        field("exceptions", &R::exceptions, {.doc = "It went under a license exception."}),
    };
  }
};
template <>
struct Record<app::ReplyEpoch> {
  using E = app::ReplyEpoch;
  static constexpr std::string_view kName = "epoch";
  static constexpr std::string_view kDoc = "A rule, and what was known when it came.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &E::id, {.required = true, .doc = "Unique in the file."}),
        field("title", &E::title, {.required = true, .doc = "For people."}),
        field("rules", &E::rules, {.required = true, .doc = "Instruments, by id."}),
        field("to", &E::to, {.required = true, .doc = "Destination, ISO code."}),
        field("known", &E::known, {.required = true, .doc = "No fact is dated later."}),
        field("work", &E::work, {.required = true, .doc = "What servers are judged by."}),
        field("cards", &E::cards, {.doc = "What cards are judged by."}),
        field("reply", &E::reply, {.required = true, .doc = "Dies and what came of them."}),
    };
  }
};
template <>
struct Record<app::ReplyEpochs> {
  static constexpr std::string_view kName = "epochs";
  static constexpr std::string_view kDoc = "Rules and what vendors shipped after them.";
  static constexpr auto fields() {
    return std::tuple{field("epoch", &app::ReplyEpochs::epoch,
                            {.required = true, .doc = "In the order of their dates."})};
  }
};

}  // namespace redline::data

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

// Less than this is no cut: parts of one kind differ by as much.
constexpr double kCut = 0.95;

struct Specs {
  std::optional<double> tpp, dram_gb_s, capacity_gb, link_gb_s, cores, power_w, price_usd;
};

template <class Unit>
std::optional<double> value_of(const std::optional<Fact<Unit>>& fact, double unit) {
  return fact && fact->value ? std::optional(fact->value->base() / unit) : std::nullopt;
}

Specs specs_of(const Chip& chip) {
  const LegalQuantities legal = legal_quantities(chip);
  Specs specs;
  specs.tpp = legal.tpp.value;
  specs.dram_gb_s = legal.dram_bw.value;
  specs.capacity_gb = value_of(chip.memory.capacity, kGiga);
  if (!chip.link) {
    specs.link_gb_s = 0.0;
  } else if (const auto link = chip.link->bidirectional()) {
    specs.link_gb_s = link->base() / kGiga;
  }
  specs.cores = chip.core.count ? std::optional<double>(*chip.core.count) : std::nullopt;
  specs.power_w = value_of(chip.power.tdp, 1.0);
  specs.price_usd = value_of(chip.price.purchase, 1.0);
  return specs;
}

Specs specs_of(const Reply& part, const ReplyBody& body, double price_factor) {
  Specs specs;
  specs.tpp = part.tpp;
  specs.dram_gb_s = part.dram_gb_s;
  specs.capacity_gb = part.capacity_gb;
  specs.link_gb_s = part.link_gb_s;
  specs.cores = part.cores * body.dies;
  specs.power_w = part.power.total();
  specs.price_usd = part.cost.total.value * price_factor;
  return specs;
}

CutAxis cut_of(const Specs& part, const Specs& base) {
  CutAxis axis = CutAxis::kNone;
  double least = kCut;
  const auto look = [&](CutAxis one, const std::optional<double>& now,
                        const std::optional<double>& before) {
    if (now && before && *before > 0.0 && *now / *before < least) {
      least = *now / *before;
      axis = one;
    }
  };
  look(CutAxis::kCompute, part.tpp, base.tpp);
  look(CutAxis::kMemory, part.dram_gb_s, base.dram_gb_s);
  look(CutAxis::kCapacity, part.capacity_gb, base.capacity_gb);
  look(CutAxis::kLink, part.link_gb_s, base.link_gb_s);
  return axis;
}

// To the nearest limit that the part stays below, in percent of the limit.
std::optional<double> margin_of(const Verdict& verdict) {
  std::optional<double> nearest;
  for (const ComparisonLine& line : verdict.tests) {
    if (line.margin_percent && *line.margin_percent < 0.0 &&
        (!nearest || -*line.margin_percent < *nearest)) {
      nearest = -*line.margin_percent;
    }
  }
  return nearest;
}

class Backtest {
 public:
  Backtest(const Workspace& w, const SearchRun& run) : w_(w), run_(run) {}

  Loaded<BacktestReport> work_out() {
    auto epochs = load_reply_epochs(w_);
    if (!epochs) {
      return tl::unexpected(std::move(epochs).error());
    }
    report_.epochs = std::move(*epochs);
    for (const ReplyEpoch& epoch : report_.epochs) {
      for (const EpochReply& asked : epoch.reply) {
        add(epoch, asked);
      }
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(report_);
  }

 private:
  std::optional<ReplyReport> reply_to(const Json& fields) {
    SearchRun quiet = run_;
    quiet.progress = {};
    auto report = work_out_reply(w_, fields, quiet, {false, false, false}, Code::kOutOfRange);
    if (!report) {
      errors_.insert(errors_.end(), report.error().begin(), report.error().end());
      return std::nullopt;
    }
    return std::move(*report);
  }

  void add(const ReplyEpoch& epoch, const EpochReply& asked) {
    ScoredReply scored;
    scored.epoch = &epoch;
    scored.asked = &asked;
    const Chip* shipped = w_.catalog.chip(asked.shipped);
    const Json fields = reply_fields_of(epoch, asked);
    const auto after = reply_to(fields);
    if (!after) {
      return;
    }
    const ReplyRequest& request = *after->request;
    // The day before the first of the rules binds, for the same silicon and work.
    Json earlier = fields;
    earlier.erase("rule");
    earlier["rules_as_of"] = format_date(day_before(request));
    const auto before = reply_to(earlier);
    if (!before) {
      return;
    }
    scored.closed_form_tpp = closed_form(request);
    scored.refusal = request.refusal;
    if (!after->best.empty()) {
      judge(scored, *after, *before, shipped);
    }
    add_eased(scored, request, day_before(request));
    report_.replies.push_back(std::move(scored));
  }

  [[nodiscard]] Date day_before(const ReplyRequest& request) const {
    return request.binds_from - std::chrono::days{1};
  }

  void judge(ScoredReply& scored, const ReplyReport& after, const ReplyReport& before,
             const Chip* shipped) const {
    const ReplyRequest& request = *after.request;
    const Reply& best = after.best.front();
    const ReplyBody& body = after.bodies[best.body];
    // A rule that changes nothing about the best part calls for no new one; silicon that came when
    // the rule stood had none before.
    constexpr double kSame = 1e-9;
    const bool had_before =
        !before.best.empty() && request.die->since <= month_of(request.binds_from);
    scored.no_new_part =
        had_before && std::abs(best.value / before.best.front().value - 1.0) < kSame;
    scored.proposed = best;
    scored.evasions = evasions_of(best, body, request);
    const double factor = request.reply.price_factor;
    const Specs before_it = !had_before ? specs_of(*request.base)
                                        : specs_of(before.best.front(),
                                                   before.bodies[before.best.front().body], factor);
    const Specs ours = specs_of(best, body, factor);
    scored.proposed_cut = cut_of(ours, before_it);
    if (after.verdict) {
      scored.proposed_margin_percent = margin_of(*after.verdict);
    }
    if (shipped == nullptr) {
      return;
    }
    const Specs theirs = specs_of(*shipped);
    const Chip* base = w_.catalog.chip(scored.asked->base);
    scored.shipped_cut = cut_of(theirs, specs_of(base != nullptr ? *base : *request.base));
    if (const auto verdict = classify(w_.rules, *shipped, request.question, {.flips = false})) {
      scored.shipped_margin_percent = margin_of(*verdict);
    }
    scored.parameters = {{"tpp", "", ours.tpp, theirs.tpp},
                         {"memory_bandwidth", "GB/s", ours.dram_gb_s, theirs.dram_gb_s},
                         {"memory_capacity", "GB", ours.capacity_gb, theirs.capacity_gb},
                         {"link", "GB/s", ours.link_gb_s, theirs.link_gb_s},
                         {"cores", "", ours.cores, theirs.cores},
                         {"power", "W", ours.power_w, theirs.power_w},
                         {"price", "USD", ours.price_usd, theirs.price_usd}};
  }

  // The largest TPP that the rule lets the die have, with all else as the base part has it.
  [[nodiscard]] std::optional<double> closed_form(const ReplyRequest& request) const {
    const LegalQuantities legal = legal_quantities(*request.base);
    if (!legal.tpp.value || !legal.die.value) {
      return std::nullopt;
    }
    auto rules = ReplyRules::open(w_.rules, request.question, *request.base, request.exceptions);
    if (!rules) {
      return std::nullopt;
    }
    std::vector<double> tries = rules->tpp_limits(*legal.die.value);
    std::erase_if(tries, [&](double tpp) { return tpp > *legal.tpp.value; });
    tries.insert(tries.begin(), *legal.tpp.value);
    Reply part = part_as_sold(*request.base, request);
    part.silicon_tpp = *legal.tpp.value;
    ReplyBody body = request.base_body;
    body.workstation = request.reply.bodies.front().workstation;
    for (const double tpp : tries) {
      constexpr double kUnder = 1.0 - 1e-6;
      part.tpp = part.cap = tpp * kUnder;
      const Chip chip = chip_of(part, body, *request.base);
      const auto verdict = classify(w_.rules, chip, request.question, {.flips = false});
      if (verdict && (verdict->outcome == Outcome::kNoLicense ||
                      (request.exceptions && verdict->outcome == Outcome::kLicenseException))) {
        return part.tpp;
      }
    }
    return std::nullopt;
  }

  // Parts that the vendor has, which the rule lets a licence be given for.
  void add_eased(ScoredReply& scored, const ReplyRequest& request, Date before) const {
    Question then = request.question;
    then.as_of = before;
    const auto inquiry_then = Inquiry::open(w_.rules, then);
    const auto inquiry_now = Inquiry::open(w_.rules, request.question);
    RL_CHECK(inquiry_then && inquiry_now);  // the question was read
    for (const Chip& chip : w_.catalog.chips) {
      if (chip.vendor != request.die->vendor || !chip.launched_by(request.known)) {
        continue;
      }
      const auto old = inquiry_then->classify(chip, {.flips = false});
      const auto now = inquiry_now->classify(chip, {.flips = false});
      if (old && now && old->outcome == Outcome::kLicenseRequired &&
          now->outcome == Outcome::kLicenseRequired && old->review == Review::kDenial &&
          (now->review == Review::kCaseByCase || now->review == Review::kApproval)) {
        scored.eased.push_back(chip.id);
      }
    }
  }

  const Workspace& w_;
  const SearchRun& run_;
  Diagnostics errors_;
  BacktestReport report_;
};

// What epochs refer to, each problem with its place, whatever else is wrong with them.
void check_names(const Workspace& w, const data::Node& root, Diagnostics& errors) {
  const auto silicon = load_silicon(w.files);  // its own problems are told where it is asked for
  for (const data::Node& epoch : root.find("epoch").items()) {
    for (const data::Node& reply : epoch.find("reply").items()) {
      const auto unknown = [&](const char* key, std::string_view noun, std::string_view name) {
        errors.push_back({Code::kUnknownReference,
                          fmt::format("there is no {} '{}'", noun, name),
                          reply.find(key).span(),
                          {fmt::format("`redline data list {}s` shows all", noun)},
                          {}});
      };
      if (const auto die = reply.find("die").string(); silicon && die && !silicon->die(*die)) {
        unknown("die", "die", *die);
      }
      for (const char* key : {"base", "shipped"}) {
        if (const auto chip = reply.find(key).string(); chip && !w.catalog.chip(*chip)) {
          unknown(key, "chip", *chip);
        }
      }
    }
  }
}

void check_dates(const Workspace& w, const ReplyEpochs& epochs, const data::Node& root,
                 Diagnostics& errors) {
  const std::vector<data::Node> nodes = root.find("epoch").items();
  for (std::size_t i = 0; i < epochs.epoch.size(); ++i) {
    const ReplyEpoch& epoch = epochs.epoch[i];
    const std::vector<data::Node> replies = nodes[i].find("reply").items();
    for (std::size_t j = 0; j < epoch.reply.size(); ++j) {
      const Chip* shipped = w.catalog.chip(epoch.reply[j].shipped);
      if (shipped == nullptr) {
        continue;
      }
      const auto& came = shipped->launched ? shipped->launched : shipped->announced;
      if (!came || came->latest() <= epoch.known) {
        errors.push_back({Code::kOutOfRange,
                          fmt::format("{}: '{}' is no part that came after {}", epoch.id,
                                      shipped->id, format_date(epoch.known)),
                          replies[j].find("shipped").span(),
                          {"an answer must be later than what may be known"},
                          {}});
      }
    }
  }
}

// --- how it is told

struct Score {
  std::string name;
  int count = 0;
  double sum = 0.0;
  [[nodiscard]] double factor() const { return std::exp(sum / count); }
};

std::vector<Score> scores_of(const BacktestReport& report) {
  std::vector<Score> scores;
  for (const ScoredReply& reply : report.replies) {
    for (const ScoredParameter& one : reply.parameters) {
      const auto error = one.log_error();
      if (!error) {
        continue;
      }
      auto place = std::find_if(scores.begin(), scores.end(),
                                [&](const Score& score) { return score.name == one.name; });
      if (place == scores.end()) {
        scores.push_back({one.name, 0, 0.0});
        place = scores.end() - 1;
      }
      ++place->count;
      place->sum += std::abs(*error);
    }
  }
  return scores;
}

std::optional<double> tpp_of_shipped(const ScoredReply& reply) {
  return reply.parameters.empty() ? std::nullopt : reply.parameters.front().shipped;
}

// Of the largest legal TPP as a proposal.
Score closed_form_score(const BacktestReport& report) {
  Score score{"tpp", 0, 0.0};
  for (const ScoredReply& reply : report.replies) {
    const auto shipped = tpp_of_shipped(reply);
    if (reply.closed_form_tpp && shipped) {
      ++score.count;
      score.sum += std::abs(std::log(*reply.closed_form_tpp / *shipped));
    }
  }
  return score;
}

int right_axes(const BacktestReport& report) {
  return static_cast<int>(
      std::count_if(report.replies.begin(), report.replies.end(), [](const ScoredReply& one) {
        return !one.parameters.empty() && one.proposed_cut == one.shipped_cut;
      }));
}
int scored_parts(const BacktestReport& report) {
  return static_cast<int>(
      std::count_if(report.replies.begin(), report.replies.end(),
                    [](const ScoredReply& one) { return !one.parameters.empty(); }));
}

Json backtest_json(const ScoredReply& one) {
  Json parameters = Json::object();
  for (const ScoredParameter& p : one.parameters) {
    const auto error = p.log_error();
    parameters[p.name] = {
        {"unit", p.unit},
        {"proposed", json_of(p.proposed)},
        {"shipped", json_of(p.shipped)},
        {"error_percent", error ? Json(100.0 * std::expm1(*error)) : Json(nullptr)}};
  }
  const auto axis = [](CutAxis cut) { return kCutAxisNames[static_cast<std::size_t>(cut)]; };
  return {{"epoch", one.epoch->id},
          {"die", one.asked->die},
          {"shipped", text_or_null(one.asked->shipped)},
          {"legal", one.refusal ? Json(nullptr) : Json(one.proposed.has_value())},
          {"no_new_part", one.no_new_part},
          {"proposed_cut", axis(one.proposed_cut)},
          {"shipped_cut", one.parameters.empty() ? Json(nullptr) : Json(axis(one.shipped_cut))},
          {"proposed_margin_percent", json_of(one.proposed_margin_percent)},
          {"shipped_margin_percent", json_of(one.shipped_margin_percent)},
          {"closed_form_tpp", json_of(one.closed_form_tpp)},
          {"parameters", std::move(parameters)},
          {"evasions", evasions_json(one.evasions)},
          {"review_eased", one.eased}};
}

// A row for each parameter of each part.
Table parameter_table(const BacktestReport& report) {
  Table table;
  table.columns = {{"epoch", "Rule", "", Align::kLeft},
                   {"shipped", "Shipped", "", Align::kLeft},
                   {"parameter", "Parameter", "", Align::kLeft},
                   {"unit", "Unit", "", Align::kLeft},
                   {"proposed", "Proposed", "", Align::kRight, 5},
                   {"actual", "Shipped", "", Align::kRight, 5},
                   {"error_percent", "Error", "%", Align::kRight, 3}};
  for (const ScoredReply& one : report.replies) {
    for (const ScoredParameter& p : one.parameters) {
      const auto error = p.log_error();
      table.rows.push_back({one.epoch->id, one.asked->shipped, p.name, p.unit,
                            results::cell_of(p.proposed), results::cell_of(p.shipped),
                            error ? Cell(100.0 * std::expm1(*error)) : Cell()});
    }
  }
  return table;
}

Table part_table(const BacktestReport& report, const Words& say) {
  Table table;
  table.columns = {{"epoch", "Rule", "", Align::kLeft},
                   {"die", "Die", "", Align::kLeft},
                   {"shipped", "Shipped", "", Align::kLeft},
                   {"cut", "Cut", "", Align::kLeft},
                   {"shipped_cut", "Was cut", "", Align::kLeft},
                   {"tpp", "TPP", "", Align::kRight, 5},
                   {"shipped_tpp", "Shipped", "", Align::kRight, 5},
                   {"closed_form", "Geometry", "", Align::kRight, 5},
                   {"margin", "Margin", "%", Align::kRight, 2},
                   {"shipped_margin", "Was", "%", Align::kRight, 2}};
  for (const ScoredReply& one : report.replies) {
    const auto axis = [&](CutAxis cut) {
      return say(std::string(kCutAxisNames[static_cast<std::size_t>(cut)]), {});
    };
    table.rows.push_back(
        {one.epoch->id, one.asked->die,
         one.asked->shipped.empty() ? say("no new part") : one.asked->shipped,
         one.refusal       ? say("not known")
         : !one.proposed   ? say("nothing is legal")
         : one.no_new_part ? say("no new part")
                           : axis(one.proposed_cut),
         one.parameters.empty() ? Cell() : Cell(axis(one.shipped_cut)),
         one.proposed ? Cell(one.proposed->tpp) : Cell(), results::cell_of(tpp_of_shipped(one)),
         results::cell_of(one.closed_form_tpp), results::cell_of(one.proposed_margin_percent),
         results::cell_of(one.shipped_margin_percent)});
  }
  return table;
}

void describe(const BacktestReport& report, const Words& say, std::vector<Block>& blocks) {
  blocks.emplace_back(Headline{say("the axis that was cut is right for {right} of {all} parts",
                                   {{"right", std::to_string(right_axes(report))},
                                    {"all", std::to_string(scored_parts(report))}})});
  for (const ReplyEpoch& epoch : report.epochs) {
    blocks.emplace_back(
        Paragraph{say("{id}: {title}, facts until {date}", {{"id", epoch.id},
                                                            {"title", say(epoch.title, {})},
                                                            {"date", format_date(epoch.known)}}),
                  2});
  }
  blocks.emplace_back(part_table(report, say));
  Table errors;
  errors.title = say("By parameter: how far the proposal is off, as the geometric mean");
  errors.columns = {{"parameter", "Parameter", "", Align::kLeft},
                    {"parts", "Parts", "", Align::kRight},
                    {"off_percent", "Off", "%", Align::kRight, 3}};
  for (const Score& one : scores_of(report)) {
    errors.rows.push_back({one.name, std::int64_t{one.count}, 100.0 * (one.factor() - 1.0)});
  }
  if (const Score closed = closed_form_score(report); closed.count > 0) {
    errors.rows.push_back({say("tpp, by the geometry of the rule alone"),
                           std::int64_t{closed.count}, 100.0 * (closed.factor() - 1.0)});
  }
  blocks.emplace_back(std::move(errors));
  Table parameters = parameter_table(report);
  parameters.title = say("Every parameter");
  blocks.emplace_back(std::move(parameters));
  for (const ScoredReply& one : report.replies) {
    if (!one.eased.empty()) {
      blocks.emplace_back(Paragraph{
          say("{epoch}: the rule eases the review of parts that exist: {parts}",
              {{"epoch", one.epoch->id}, {"parts", fmt::format("{}", fmt::join(one.eased, ", "))}}),
          0});
    }
  }
}

void read_epochs(const Workspace& w, const std::string& file, const std::string& text,
                 std::vector<ReplyEpoch>& found, Diagnostics& errors) {
  const data::Document document(file, text, errors);
  data::Reader reader(errors, document.damaged());
  ReplyEpochs epochs;
  check_names(w, document.root(), errors);
  if (data::read_record(document.root(), epochs, reader)) {
    check_dates(w, epochs, document.root(), errors);
    std::move(epochs.epoch.begin(), epochs.epoch.end(), std::back_inserter(found));
  }
}

}  // namespace

std::optional<double> ScoredParameter::log_error() const {
  return proposed && shipped && *proposed > 0.0 && *shipped > 0.0
             ? std::optional(std::log(*proposed / *shipped))
             : std::nullopt;
}

Loaded<std::vector<ReplyEpoch>> load_reply_epochs(const Workspace& workspace) {
  Diagnostics errors;
  std::vector<ReplyEpoch> found;
  for (const data::DataFile* file : workspace.files.under("backtest")) {
    read_epochs(workspace, file->display, file->text, found, errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return found;
}

Diagnostics check_backtest(const Workspace& workspace, const std::string& file,
                           const std::string& text) {
  Diagnostics errors;
  std::vector<ReplyEpoch> found;
  read_epochs(workspace, file, text, found, errors);
  return errors;
}
data::TypeInfo backtest_type() { return data::Codec<ReplyEpochs>::info(); }

Json reply_fields_of(const ReplyEpoch& epoch, const EpochReply& asked) {
  // What the vendor has, alone in its package.
  return {{"rule", epoch.rules},
          {"to", epoch.to},
          {"as_of", format_date(epoch.known)},
          {"from", asked.die},
          {"markets", asked.markets},
          {"exceptions", asked.exceptions},
          {"work", work_fields(asked.cards ? epoch.cards : epoch.work)}};
}

Loaded<BacktestReport> work_out_backtest(const Workspace& workspace, const SearchRun& run) {
  return Backtest(workspace, run).work_out();
}

Loaded<Answer> search_chip_backtest(const Workspace& workspace, const SearchRun& run,
                                    const Words& say) {
  auto report = work_out_backtest(workspace, run);
  if (!report) {
    return tl::unexpected(std::move(report).error());
  }
  Answer answer;
  answer.command = "search-chip";
  answer.request = {{"command", "search-chip"}, {"backtest", true}};
  for (const ScoredReply& one : report->replies) {
    answer.results.push_back(backtest_json(one));
  }
  answer.table = parameter_table(*report);
  describe(*report, say, answer.blocks);
  return answer;
}

}  // namespace redline::app

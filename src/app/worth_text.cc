#include "app/worth_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "app/step_report.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::HtmlPage;
using results::plain;
using results::Table;
using results::Words;

std::string bound_of(const StepAnswer& a) {
  return std::string(kPartNames[static_cast<std::size_t>(a.time().bound)]);
}
std::string evidence_of(const StepAnswer& a) {
  return std::string(kEvidenceNames[static_cast<std::size_t>(a.time().evidence)]);
}

std::string joined(const std::vector<std::string>& names, const Words& say) {
  return fmt::format("{}", fmt::join(names, say(", ")));
}

// "TP 4, PP 2, DP 128, EP 64": what is more than one, with spaces that do not break.
std::string plan_text(const StepRequest& r, const Words& say) {
  const bool trains = r.kind == StepKind::kTrain;
  const Shard& shard = trains ? r.training.shard : r.serving.shard;
  const std::array<std::pair<const char*, int>, 4> parts{
      {{"TP", shard.tensor},
       {"PP", trains ? r.training.pipeline : r.serving.pipeline},
       {"DP", shard.data},
       {"EP", shard.expert}}};
  std::vector<std::string> words;
  for (const auto& [name, ranks] : parts) {
    if (ranks > 1) {
      words.push_back(fmt::format("{}\u00A0{}", name, ranks));
    }
  }
  return words.empty() ? say("one chip") : fmt::format("{}", fmt::join(words, ",\u00A0"));
}

std::string span_text(const Spread& spread, double scale, int digits, const Words& say) {
  return say("{low} to {high}", {{"low", results::format_number(scale * spread.low, digits)},
                                 {"high", results::format_number(scale * spread.high, digits)}});
}

// The reference has no interval: its share is 100 % by definition.
std::string share_span(const Spread& share, const Words& say) {
  return share.low < share.high ? span_text(share, 100.0, 2, say) : "-";
}

struct KnownUse {
  const UseWorth* use;
  Spread share;  // of the subject
};
std::vector<KnownUse> known_uses(const WorthReport& report) {
  std::vector<KnownUse> known;
  for (const UseWorth& use : report.uses) {
    if (const auto share = use.share(use.subject())) {
      known.push_back({&use, *share});
    }
  }
  return known;
}

// Where the claimed share stands to the interval of each use.
std::vector<std::string> claim_sentences(const WorthReport& report, const Words& say) {
  std::vector<std::string> inside, low, high;
  const double claimed = report.claimed->share;
  for (const KnownUse& one : known_uses(report)) {
    auto& names = claimed < one.share.low ? low : claimed > one.share.high ? high : inside;
    names.push_back(use_name(*one.use, say));
  }
  const std::string share = percent_text(claimed);
  std::vector<std::string> sentences;
  if (!inside.empty()) {
    sentences.push_back(say("The {share} % of the article lies within the 80 % interval of {uses}.",
                            {{"share", share}, {"uses", joined(inside, say)}}));
  }
  if (!low.empty()) {
    sentences.push_back(
        say("{share} % is too low for {uses}.", {{"share", share}, {"uses", joined(low, say)}}));
  }
  if (!high.empty()) {
    sentences.push_back(
        say("{share} % is too high for {uses}.", {{"share", share}, {"uses", joined(high, say)}}));
  }
  return sentences;
}

// What the claim is and what the data sheets give.
std::string claim_and_sheets(const WorthReport& report, const Words& say) {
  const std::string chip = short_name(report.subject());
  const std::string reference = short_name(report.reference());
  std::vector<std::string> sentences;
  if (report.claimed) {
    sentences.push_back(say("{article} gives the {chip} {share} % of the {reference} (claim {id}).",
                            {{"article", say(report.claimed->article)},
                             {"chip", chip},
                             {"share", percent_text(report.claimed->share)},
                             {"reference", reference},
                             {"id", report.claim}}));
  }
  if (report.fp16_ratio && report.memory_bandwidth_ratio) {
    sentences.push_back(
        say("By the data sheets the {chip} has {rate} % of the dense FP16 rate of the {reference} "
            "and {bandwidth} % of its memory bandwidth.",
            {{"chip", chip},
             {"rate", percent_text(*report.fp16_ratio)},
             {"reference", reference},
             {"bandwidth", percent_text(*report.memory_bandwidth_ratio)}}));
  }
  if (report.claimed && !report.claimed->note.empty()) {
    sentences.push_back(say(report.claimed->note));
  }
  return fmt::format("{}", fmt::join(sentences, sentence_gap(say)));
}

std::string use_sentence(const WorthReport& report, const UseWorth& use, const Words& say) {
  const std::string name = use_name(use, say);
  const auto share = use.share(use.subject());
  if (!share) {
    const ChipInUse& missing = use.subject().answer ? use.reference() : use.subject();
    return say("{use}: not known, {reason}.", {{"use", name}, {"reason", say(missing.reason)}});
  }
  const StepAnswer& a = *use.subject().answer;
  std::string text = say(
      "{use}: {share} % of one {reference} (80 % interval {low} to {high} %), bound by {bound}.",
      {{"use", name},
       {"share", percent_text(share->value)},
       {"reference", short_name(report.reference())},
       {"low", percent_text(share->low)},
       {"high", percent_text(share->high)},
       {"bound", say(bound_of(a))}});
  const auto cost = a.usd_per_million_tokens();
  const auto other = use.reference().answer->usd_per_million_tokens();
  if (cost && other) {
    text += sentence_gap(say);
    text += say("A million tokens costs {usd} USD, on the {reference} {other} USD.",
                {{"usd", results::format_number(*cost, 2)},
                 {"reference", short_name(report.reference())},
                 {"other", results::format_number(*other, 2)}});
  }
  return text;
}

std::vector<Cell> table_row(const UseWorth& use, const ChipInUse& one, const Words& say) {
  const StepAnswer& a = *one.answer;
  const Spread rate = rate_of(a);
  const auto share = use.share(one);
  const auto usd = a.usd_per_million_tokens();
  std::vector<Cell> row{rate.value,
                        span_text(rate, 1.0, 3, say),
                        share ? Cell{100.0 * share->value} : Cell{},
                        share ? Cell{share_span(*share, say)} : Cell{},
                        usd ? Cell{*usd} : Cell{},
                        say(bound_of(a)),
                        plan_text(a.request, say)};
  if (use.kind != StepKind::kTrain) {
    row.emplace_back(a.request.batch);
  }
  if (use.kind == StepKind::kDecode) {
    row.emplace_back(1e3 * a.decode->time.total.base() / a.request.serving.tokens_per_step);
  }
  row.emplace_back(say(evidence_of(a)));
  return row;
}

Table use_table(const WorthReport& report, const UseWorth& use, const Words& say) {
  Table table;
  table.title = use_name(use, say);
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"tokens_per_s_per_chip", "Tokens/s", "", Align::kRight, 3},
                   {"interval_tokens_per_s_per_chip", "80 % interval", "", Align::kRight},
                   {"share_percent", "Share", "%", Align::kRight, 2},
                   {"interval_share_percent", "80 % interval", "%", Align::kRight},
                   {"cost_usd_per_million_tokens", "Cost", "USD/M", Align::kRight, 2},
                   {"bound", "Bound", "", Align::kLeft},
                   {"plan", "Plan", "", Align::kLeft}};
  if (use.kind != StepKind::kTrain) {
    table.columns.push_back({"batch", "Batch", "", Align::kRight});
  }
  if (use.kind == StepKind::kDecode) {
    table.columns.push_back({"tpot_ms", "TPOT", "ms", Align::kRight, 2});
  }
  table.columns.push_back({"evidence", "Evidence", "", Align::kLeft});
  for (std::size_t i = 0; i < use.chips.size(); ++i) {
    const ChipInUse& one = use.chips[i];
    const std::string chip = short_name(*report.chips[i]);
    std::vector<Cell> row{chip};
    if (one.answer) {
      const std::vector<Cell> rest = table_row(use, one, say);
      row.insert(row.end(), rest.begin(), rest.end());
      if (!keeps_pace(*one.answer)) {
        table.notes.push_back(
            say("{chip}: no plan that was tried keeps TPOT within {limit} ms.",
                {{"chip", chip}, {"limit", fmt::format("{:g}", 1e3 * kTpotLimit)}}));
      }
    } else {
      table.notes.push_back(
          say("{chip}: not known, {reason}.", {{"chip", chip}, {"reason", say(one.reason)}}));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// "H20 96 GB 13600 (12000 to 15200)"
std::string price_text(const Chip& chip, const Words& say) {
  const auto& price = chip.price.purchase;
  if (!price || !price->value) {
    return say("{chip} not known", {{"chip", short_name(chip)}});
  }
  const std::string text =
      fmt::format("{} {}", short_name(chip), results::format_number(price->value->base(), 6));
  return price->range
             ? fmt::format("{} ({})", text,
                           span_text({0.0, price->range->low.base(), price->range->high.base()},
                                     1.0, 6, say))
             : text;
}

std::string prices(const WorthReport& report, const Words& say) {
  std::vector<std::string> texts;
  for (const Chip* chip : report.chips) {
    texts.push_back(price_text(*chip, say));
  }
  return say("Prices in USD, estimates of press and trade: {prices}.",
             {{"prices", joined(texts, say)}});
}

std::vector<std::string> assumptions(const WorthReport& report, const Words& say) {
  const CostTerms terms;
  return {
      say(terms_of_uses()),
      say("Plans: TP tensor, PP pipeline, DP data and EP expert parallelism; the chips of a plan "
          "are TP × PP × DP. Of each chip, the plan with the most tokens a second and chip among "
          "the usual ones."),
      say("Cost is that of owning: the price and {server} % of it for a share of the server, over "
          "{years} years, in use {used} % of the time, with capital, hosting and power at {kwh} "
          "USD a kWh. Rents are left out: few chips have one, and of another day; redline "
          "compare takes a rent where there is one.",
          {{"server", fmt::format("{:.0f}", 100.0 * (terms.server_factor - 1.0))},
           {"years", fmt::format("{:g}", terms.years)},
           {"used", fmt::format("{:.0f}", 100.0 * terms.utilisation)},
           {"kwh", fmt::format("{:g}", terms.usd_per_kwh)}}),
      say("The error bars of two chips are taken as independent. Measured: constants fitted on "
          "this chip; family: on its relatives; extrapolated: known from its data sheet alone."),
      say("Unlike the rest of this brief, speeds and prices rest on everything published until "
          "{date}.",
          {{"date", format_date(report.data_date)}}),
  };
}

// For a terminal, without what only machines need.
Table compact_table(const WorthReport& report, const UseWorth& use, const Words& say) {
  Table table;
  table.title = use_name(use, say);
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"tokens_per_s_per_chip", "Tokens/s", "", Align::kRight, 3},
                   {"share_percent", "Share", "%", Align::kRight, 2},
                   {"low", "p10", "", Align::kRight, 2},
                   {"high", "p90", "", Align::kRight, 2},
                   {"usd", "USD/M", "", Align::kRight, 2},
                   {"bound", "Bound", "", Align::kLeft},
                   {"evidence", "Evidence", "", Align::kLeft}};
  for (std::size_t i = 0; i < use.chips.size(); ++i) {
    const ChipInUse& one = use.chips[i];
    std::vector<Cell> row{short_name(*report.chips[i])};
    if (one.answer) {
      const auto share = use.share(one);
      const auto usd = one.answer->usd_per_million_tokens();
      const auto percent = [&](double Spread::*end) {
        return share ? Cell{100.0 * ((*share).*end)} : Cell{};
      };
      row.insert(row.end(),
                 {one.answer->tokens_per_s_per_chip(), percent(&Spread::value),
                  percent(&Spread::low), percent(&Spread::high), usd ? Cell{*usd} : Cell{},
                  say(bound_of(*one.answer)), say(evidence_of(*one.answer))});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

// One row a chip and use, for machines.
Table flat_table(const WorthReport& report) {
  Table table;
  for (const std::string_view key :
       {"use", "model", "chip", "tokens_per_s_per_chip", "tokens_low", "tokens_high", "share",
        "share_low", "share_high", "cost_usd_per_million_tokens", "bound", "evidence", "reason"}) {
    table.columns.push_back({std::string(key), std::string(key), "", Align::kLeft});
  }
  for (const UseWorth& use : report.uses) {
    for (const ChipInUse& one : use.chips) {
      std::vector<Cell> row{std::string(kind_name(use.kind)), use.model, one.chip};
      if (!one.answer) {
        row.resize(table.columns.size() - 1);
        row.emplace_back(one.reason.english());
        table.rows.push_back(std::move(row));
        continue;
      }
      const auto add = [&row](const Spread& s) { row.insert(row.end(), {s.value, s.low, s.high}); };
      add(rate_of(*one.answer));
      if (const auto share = use.share(one)) {
        add(*share);
      } else {
        row.resize(row.size() + 3);
      }
      const auto usd = one.answer->usd_per_million_tokens();
      row.insert(row.end(), {usd ? Cell{*usd} : Cell{}, bound_of(*one.answer),
                             evidence_of(*one.answer), Cell{}});
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

Json row_json(const UseWorth& use, const ChipInUse& one) {
  Json json = use_json(one, use.reference());
  json["model"] = use.model;
  return json;
}

}  // namespace

std::string percent_text(double share) { return results::format_number(100.0 * share, 2); }

std::string use_name(const UseWorth& use, const Words& say) {
  switch (use.kind) {
    case StepKind::kTrain:
      return say("{model} training", {{"model", use.model_name}});
    case StepKind::kPrefill:
      return say("{model} prefill", {{"model", use.model_name}});
    case StepKind::kDecode:
      break;
  }
  return say("{model} decode", {{"model", use.model_name}});
}

std::string worth_span(const WorthReport& report, const Words& say) {
  const std::string chip = short_name(report.subject());
  const std::vector<KnownUse> known = known_uses(report);
  if (known.empty()) {
    return say("What the {chip} is worth is not known for any of these uses.", {{"chip", chip}});
  }
  const auto [least, most] = std::minmax_element(
      known.begin(), known.end(),
      [](const KnownUse& a, const KnownUse& b) { return a.share.value < b.share.value; });
  return say(
      "Use by use, one {chip} does the work of {least} % ({use}) to {most} % ({other}) of one "
      "{reference}.",
      {{"chip", chip},
       {"least", percent_text(least->share.value)},
       {"use", use_name(*least->use, say)},
       {"most", percent_text(most->share.value)},
       {"other", use_name(*most->use, say)},
       {"reference", short_name(report.reference())}});
}

std::string worth_finding(const WorthReport& report, const Words& say) {
  std::vector<std::string> sentences{worth_span(report, say)};
  if (report.claimed && !known_uses(report).empty()) {
    const std::vector<std::string> more = claim_sentences(report, say);
    sentences.insert(sentences.end(), more.begin(), more.end());
  }
  return fmt::format("{}", fmt::join(sentences, sentence_gap(say)));
}

void add_worth(const WorthReport& report, const Words& say, HtmlPage& page) {
  page.heading(2, say("What the {chip} is worth", {{"chip", short_name(report.subject())}}),
               "worth");
  page.paragraph(worth_finding(report, say));
  if (const std::string text = claim_and_sheets(report, say); !text.empty()) {
    page.paragraph(text);
  }
  std::vector<results::Html> uses;
  for (const UseWorth& use : report.uses) {
    uses.push_back(plain(use_sentence(report, use, say)));
  }
  page.list(uses);
  page.figure(
      {results::render_svg(share_plot(report, say)), "",
       say("Computed from the records of the chips (redline data show) by the model of redline "
           "compare.")});
  page.figure({results::render_svg(cost_plot(report, say)), "", prices(report, say)});
  for (const UseWorth& use : report.uses) {
    page.table(say(use_table(report, use, say)));
  }
  page.heading(3, say("What this takes as given"), "worth-assumptions");
  std::vector<results::Html> list;
  for (const std::string& text : assumptions(report, say)) {
    list.push_back(plain(text));
  }
  page.list(list);
}

Json worth_json(const WorthReport& report) {
  const auto number = [](const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); };
  Json uses = Json::array();
  for (const UseWorth& use : report.uses) {
    Json chips = Json::array();
    for (const ChipInUse& one : use.chips) {
      chips.push_back(row_json(use, one));
    }
    uses.push_back({{"use", std::string(kind_name(use.kind))},
                    {"model", use.model},
                    {"chips", std::move(chips)}});
  }
  Json claim = nullptr;
  if (report.claimed) {
    claim = {{"id", report.claim}, {"share", report.claimed->share}};
  }
  return {{"subject", report.subject().id},
          {"reference", report.reference().id},
          {"claim", std::move(claim)},
          {"data_sheet",
           {{"fp16_ratio", number(report.fp16_ratio)},
            {"memory_bandwidth_ratio", number(report.memory_bandwidth_ratio)}}},
          {"cost_basis", "ownership"},
          {"tpot_limit_s", kTpotLimit},
          {"uses", std::move(uses)}};
}

Answer worth_answer(const WorthReport& report, const Words& say) {
  Answer answer;
  answer.command = "report";
  answer.table = flat_table(report);
  answer.blocks.emplace_back(Headline{worth_finding(report, say)});
  if (const std::string text = claim_and_sheets(report, say); !text.empty()) {
    answer.blocks.emplace_back(Paragraph{text, 0});
  }
  answer.blocks.emplace_back(Paragraph{});
  for (const UseWorth& use : report.uses) {
    Table table = compact_table(report, use, say);
    table.notes = use_table(report, use, say).notes;
    answer.blocks.emplace_back(std::move(table));
    answer.blocks.emplace_back(Paragraph{});  // a blank line
    for (const ChipInUse& one : use.chips) {
      answer.results.push_back(row_json(use, one));
    }
  }
  for (const std::string& text : assumptions(report, say)) {
    answer.blocks.emplace_back(Paragraph{text, 0});
  }
  return answer;
}

}  // namespace redline::app

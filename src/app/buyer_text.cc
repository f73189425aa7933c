#include "app/buyer_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "app/step_report.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::DotWhisker;
using results::plain;
using results::Table;
using results::Words;

// Answers are written on the first, prompts read on the second.
std::string option_name(const BuyerOption& option) {
  return option.prompts == nullptr
             ? short_name(*option.chip)
             : fmt::format("{} + {}", short_name(*option.chip), short_name(*option.prompts));
}

std::string bound_of(const StepAnswer& a) {
  return std::string(kPartNames[static_cast<std::size_t>(a.time().bound)]);
}

std::string span_text(double low, double high, const Words& say) {
  return say("{low} to {high}", {{"low", number(low)}, {"high", number(high)}});
}

// Of the options that have an answer, the one with the least of a value.
template <class Option>
const Option* least(const std::vector<Option>& options, double Option::*value,
                    bool known(const Option&)) {
  const Option* best = nullptr;
  for (const Option& one : options) {
    if (known(one) && (best == nullptr || one.*value < best->*value)) {
      best = &one;
    }
  }
  return best;
}
bool trains(const TrainingOption& one) { return one.plan.has_value(); }
bool serves(const ServingOption& one) { return one.answer.has_value(); }

Table training_table(const BuyerReport& report, const Words& say) {
  Table table;
  table.title = say("{model} training", {{"model", report.train_name}});
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"chips", "Chips", "", Align::kRight},
                   {"days", "Days", "", Align::kRight, 3},
                   {"interval_days", "80 % interval", "", Align::kRight},
                   {"mfu_percent", "MFU", "%", Align::kRight, 3},
                   {"memory_gb", "Memory", "GB", Align::kRight, 3},
                   {"bound", "Bound", "", Align::kLeft},
                   {"plan", "Plan", "", Align::kLeft}};
  for (const TrainingOption& one : report.training) {
    const std::string name = option_name(one.option);
    std::vector<Cell> row{name};
    if (one.plan) {
      const StepAnswer& a = one.plan->step;
      row.insert(row.end(), {static_cast<std::int64_t>(a.request.chips()), one.days,
                             span_text(one.low, one.high, say), 100.0 * a.training->mfu,
                             a.memory().total().base() / 1e9, say(bound_of(a)), one.plan->text()});
    } else {
      table.notes.push_back(
          say("{chip}: not known, {reason}.", {{"chip", name}, {"reason", say(one.reason)}}));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table serving_table(const BuyerReport& report, const Words& say) {
  Table table;
  table.title = say("{model} serving", {{"model", report.serve_name}});
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"chips", "Chips", "", Align::kRight, 4},
                   {"prompt_chips", "For prompts", "", Align::kRight, 4},
                   {"tokens_per_s", "Tokens/s", "", Align::kRight, 3},
                   {"usd_per_million", "Cost", "USD/M", Align::kRight, 3},
                   {"interval_usd", "80 % interval", "", Align::kRight},
                   {"ttft_s", "TTFT", "s", Align::kRight, 3},
                   {"tpot_ms", "TPOT", "ms", Align::kRight, 3},
                   {"bound", "Bound", "", Align::kLeft},
                   {"plan", "Plan", "", Align::kLeft}};
  for (const ServingOption& one : report.serving) {
    const std::string name = option_name(one.option);
    std::vector<Cell> row{name};
    if (one.answer) {
      const ServingScheme& s = one.answer->scheme;
      row.insert(row.end(), {std::llround(one.chips), std::llround(one.prompt_chips),
                             std::llround(one.tokens_per_s), one.usd_per_million,
                             span_text(one.low, one.high, say), s.ttft_s, 1e3 * s.tpot_s,
                             say(bound_of(one.answer->step)), say(one.plan)});
    } else {
      table.notes.push_back(
          say("{chip}: not known, {reason}.", {{"chip", name}, {"reason", say(one.reason)}}));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::vector<std::string> assumptions(const BuyerReport& report, const Words& say) {
  const BuyerQuestion& q = report.question;
  return {
      say("The money is that of owning {count} chips of the subject, as in the costs above; of "
          "other chips as many as it pays for. Training takes the best number of chips within 15 % "
          "of that, in whole groups of eight nodes.",
          {{"count", std::to_string(q.chips)}}),
      say("Training: {tokens} tokens, {batch} sequences of 4,096 tokens a step, in bf16 or, where "
          "the chip has it, fp8; every plan of redline search plan train. Restarts and failures "
          "are not counted.",
          {{"tokens", fmt::format("{:g}e12", q.tokens / 1e12)},
           {"batch", std::to_string(q.batch)}}),
      say("Serving: prompts of {prompt} tokens and answers of {answer}, TTFT within {ttft} s and "
          "TPOT within {tpot} ms, cheapest of every plan of redline search plan serve; means of a "
          "steady stream without queues, the weights in the model's own format and the cache in 16 "
          "bits. Of two kinds of chips the first writes answers, the second reads prompts.",
          {{"prompt", std::to_string(report.prompt)},
           {"answer", std::to_string(report.answer)},
           {"ttft", number(q.ttft.base())},
           {"tpot", number(1e3 * q.tpot.base())}}),
      say("What the law lets a buyer have is left out here: it stands above. Supply and software "
          "are too."),
  };
}

results::WhiskerRow row_of(const BuyerOption& option, bool emphasis, const Words& say) {
  results::WhiskerRow row;
  row.label = option_name(option);
  row.emphasis = emphasis;
  row.tooltip = row.label;
  row.text = say("not known");
  return row;
}

void place(results::WhiskerRow& row, double value, double low, double high, std::string text) {
  row.value = value;
  row.low = low;
  row.high = high;
  row.tooltip += ": " + text;
  row.text = std::move(text);
}

std::string training_text(const BuyerReport& report, const Words& say) {
  const TrainingOption* best = least(report.training, &TrainingOption::days, trains);
  if (best == nullptr) {
    return say("Which chips train {model} soonest for the money is not known.",
               {{"model", report.train_name}});
  }
  const TrainingOption& own = report.training.front();
  if (best == &own) {
    return say("For the price of {count} {chip} nothing else trains {model} sooner: {days} days.",
               {{"count", std::to_string(report.question.chips)},
                {"chip", short_name(*own.option.chip)},
                {"model", report.train_name},
                {"days", number(own.days)}});
  }
  const std::string count = std::to_string(best->plan->step.request.chips());
  if (!own.plan) {
    return say("For the price of {count} {chip}, {number} {other} train {model} in {days} days.",
               {{"count", std::to_string(report.question.chips)},
                {"chip", short_name(*own.option.chip)},
                {"number", count},
                {"other", short_name(*best->option.chip)},
                {"model", report.train_name},
                {"days", number(best->days)}});
  }
  return say(
      "For the price of {count} {chip}, which train {model} in {days} days, {number} {other} do it "
      "in {fewer}.",
      {{"count", std::to_string(report.question.chips)},
       {"chip", short_name(*own.option.chip)},
       {"model", report.train_name},
       {"days", number(own.days)},
       {"number", count},
       {"other", short_name(*best->option.chip)},
       {"fewer", number(best->days)}});
}

std::string serving_text(const BuyerReport& report, const Words& say) {
  const ServingOption* best = least(report.serving, &ServingOption::usd_per_million, serves);
  if (best == nullptr) {
    return say("What serves {model} cheapest is not known.", {{"model", report.serve_name}});
  }
  std::string text =
      say("{model} is served cheapest on {option}: {usd} USD for a million tokens of answers.",
          {{"model", report.serve_name},
           {"option", option_name(best->option)},
           {"usd", number(best->usd_per_million)}});
  const ServingOption& own = report.serving.front();
  if (best != &own && own.answer) {
    text += sentence_gap(say);
    text += say("The {chip} alone takes {usd}.",
                {{"chip", short_name(*own.option.chip)}, {"usd", number(own.usd_per_million)}});
  }
  const ServingOption* mixed = nullptr;
  for (const ServingOption& one : report.serving) {
    if (one.option.prompts != nullptr && one.answer &&
        (mixed == nullptr || one.usd_per_million < mixed->usd_per_million)) {
      mixed = &one;
    }
  }
  if (mixed != nullptr && mixed != best) {
    text += sentence_gap(say);
    text += say(
        "With prompts on {other} it takes {usd}.",
        {{"other", short_name(*mixed->option.prompts)}, {"usd", number(mixed->usd_per_million)}});
  }
  return text;
}

}  // namespace

std::string buyer_finding(const BuyerReport& report, const Words& say) {
  return training_text(report, say) + std::string(sentence_gap(say)) + serving_text(report, say);
}

DotWhisker training_plot(const BuyerReport& report, const Words& say) {
  DotWhisker plot;
  plot.id = "buyer-training";
  plot.title = say("How long the training takes for the same money");
  plot.subtitle = say("Each on its best plan; the bar is the 80 % interval");
  plot.description =
      say("Dot plot of chips with the days that the training takes; the table gives the values.");
  plot.x = {say("Time"), say("days"), true, 0.0, 0.0};
  plot.series = {{say("what the money buys")}};
  results::WhiskerGroup group{say("{model} training", {{"model", report.train_name}}), {}};
  for (const TrainingOption& one : report.training) {
    results::WhiskerRow row = row_of(one.option, &one == report.training.data(), say);
    if (one.plan) {
      place(
          row, one.days, one.low, one.high,
          say("{days} days ({low} to {high})",
              {{"days", number(one.days)}, {"low", number(one.low)}, {"high", number(one.high)}}));
    }
    group.rows.push_back(std::move(row));
  }
  plot.groups.push_back(std::move(group));
  return plot;
}

DotWhisker serving_plot(const BuyerReport& report, const Words& say) {
  DotWhisker plot;
  plot.id = "buyer-serving";
  plot.title = say("What a million tokens of answers costs, prompts included");
  plot.subtitle = say("Each on its best plan; the bar is the 80 % interval of the decode step");
  plot.description = say(
      "Dot plot of chips, alone and with prompts on others, with the cost of a million tokens; the "
      "table gives the values.");
  plot.x = {say("Cost of a million tokens"), "USD", true, 0.0, 0.0};
  plot.series = {{say("one kind of chip")}, {say("two kinds of chips")}};
  results::WhiskerGroup group{say("{model} serving", {{"model", report.serve_name}}), {}};
  for (const ServingOption& one : report.serving) {
    results::WhiskerRow row = row_of(one.option, &one == report.serving.data(), say);
    row.series = one.option.prompts == nullptr ? 0 : 1;
    if (one.answer) {
      place(row, one.usd_per_million, one.low, one.high,
            say("{usd} USD ({low} to {high})", {{"usd", number(one.usd_per_million)},
                                                {"low", number(one.low)},
                                                {"high", number(one.high)}}));
    }
    group.rows.push_back(std::move(row));
  }
  plot.groups.push_back(std::move(group));
  return plot;
}

void add_buyer(const BuyerReport& report, const Words& say, results::HtmlPage& page) {
  page.heading(2, say("What a buyer would do"), "buyer");
  page.paragraph(buyer_finding(report, say));
  const std::string source =
      say("Computed from the records of the chips (redline data show) by redline search plan.");
  page.figure({results::render_svg(training_plot(report, say)), "", source});
  page.table(say(training_table(report, say)));
  page.figure({results::render_svg(serving_plot(report, say)), "", source});
  page.table(say(serving_table(report, say)));
  page.heading(3, say("What this takes as given"), "buyer-assumptions");
  std::vector<results::Html> list;
  for (const std::string& text : assumptions(report, say)) {
    list.push_back(plain(text));
  }
  page.list(list);
}

Json buyer_json(const BuyerReport& report) {
  const BuyerQuestion& q = report.question;
  Json training = Json::array();
  for (const TrainingOption& one : report.training) {
    Json json{{"chip", one.option.chip->id}};
    if (one.plan) {
      json["days"] = one.days;
      json["interval_days"] = {one.low, one.high};
      json["plan"] = one.plan->text();
      json["step"] = step_json(one.plan->step);
    } else {
      json["days"] = nullptr;
      json["reason"] = one.reason.english();
    }
    training.push_back(std::move(json));
  }
  Json serving = Json::array();
  for (const ServingOption& one : report.serving) {
    Json json{{"chip", one.option.chip->id},
              {"prefill_chip",
               one.option.prompts != nullptr ? Json(one.option.prompts->id) : Json(nullptr)}};
    if (one.answer) {
      const ServingScheme& s = one.answer->scheme;
      json["cost_usd_per_million_tokens"] = one.usd_per_million;
      json["interval_cost"] = {one.low, one.high};
      json["tokens_per_s"] = one.tokens_per_s;
      json["chips"] = one.chips;
      json["prefill_chips"] = one.prompt_chips;
      json["ttft_s"] = s.ttft_s;
      json["tpot_s"] = s.tpot_s;
      json["bound"] = bound_of(one.answer->step);
      json["plan"] = one.plan.english();
    } else {
      json["cost_usd_per_million_tokens"] = nullptr;
      json["reason"] = one.reason.english();
    }
    serving.push_back(std::move(json));
  }
  return {{"chips", q.chips}, {"usd_per_s", report.usd_per_s},
          {"train", q.train}, {"training", std::move(training)},
          {"serve", q.serve}, {"serving", std::move(serving)}};
}

Answer buyer_answer(const BuyerReport& report, const Words& say) {
  Answer answer;
  answer.command = "report";
  answer.results.push_back(buyer_json(report));
  answer.table = serving_table(report, Words());
  answer.blocks.emplace_back(Headline{buyer_finding(report, say)});
  answer.blocks.emplace_back(Paragraph{});
  // What does not fit on a terminal stands below or is left to machines.
  const auto narrow = [&](const Table& wide, std::initializer_list<std::string_view> dropped) {
    Table table;
    table.title = wide.title;
    table.notes = wide.notes;
    std::vector<bool> kept;
    for (const results::Column& column : wide.columns) {
      kept.push_back(std::find(dropped.begin(), dropped.end(), column.key) == dropped.end());
      if (kept.back()) {
        table.columns.push_back(column);
      }
    }
    std::vector<Block> plans;
    for (const auto& row : wide.rows) {
      std::vector<Cell> cells;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (kept[i]) {
          cells.push_back(row[i]);
        }
      }
      table.rows.push_back(std::move(cells));
      if (row.size() == wide.columns.size()) {
        plans.emplace_back(Paragraph{fmt::format("{}: {}", std::get<std::string>(row.front()),
                                                 std::get<std::string>(row.back())),
                                     2});
      }
    }
    answer.blocks.emplace_back(std::move(table));
    std::move(plans.begin(), plans.end(), std::back_inserter(answer.blocks));
    answer.blocks.emplace_back(Paragraph{});
  };
  narrow(training_table(report, say), {"plan"});
  narrow(serving_table(report, say), {"plan", "interval_usd", "ttft_s"});
  for (const std::string& text : assumptions(report, say)) {
    answer.blocks.emplace_back(Paragraph{text, 0});
  }
  return answer;
}

}  // namespace redline::app

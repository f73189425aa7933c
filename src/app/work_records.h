#pragma once
// Field tables of work that parts are judged by.

#include "app/reply_request.h"
#include "data/fields.h"

namespace redline::data {

template <>
struct EnumNames<ReplyPhase> {
  static constexpr NameList<ReplyPhase, 3> kNames{{{"train", ReplyPhase::kTrain},
                                                   {"prefill", ReplyPhase::kPrefill},
                                                   {"decode", ReplyPhase::kDecode}}};
};
template <>
struct Record<app::WorkAsked> {
  using W = app::WorkAsked;
  static constexpr std::string_view kName = "workload";
  static constexpr std::string_view kDoc = "Work that parts are judged by.";
  static constexpr auto fields() {
    return std::tuple{
        field("phase", &W::phase, {.required = true, .doc = "What is done."}),
        field("weight", &W::weight,
              {.min = 1e-6, .doc = "Share of the time of base parts that goes to it."}),
        field("model", &W::model, {.doc = "Language model, an id."}),
        field("dtype", &W::dtype, {.doc = "Number format, such as bf16, fp8, int8."}),
        field("engine", &W::engine, {.doc = "Software that runs it."}),
        field("ttft", &W::ttft, {.doc = "Longest prefill, such as 5s."}),
        field("tpot", &W::tpot, {.doc = "Longest time per output token, such as 50ms."}),
        field("prompt", &W::prompt, {.min = 1, .doc = "Tokens of a prompt."}),
        field("answer", &W::answer, {.min = 1, .doc = "Tokens of an answer."}),
        field("seq", &W::seq, {.min = 1, .doc = "Tokens of a sequence in training."}),
    };
  }
};
template <>
struct Record<app::WorkMix> {
  static constexpr std::string_view kName = "mix";
  static constexpr std::string_view kDoc = "Work that parts are judged by, together.";
  static constexpr auto fields() {
    return std::tuple{field("workload", &app::WorkMix::workload,
                            {.required = true, .doc = "Each with its share."})};
  }
};

}  // namespace redline::data

// Traces: public ones and our own, and what is wrong with others.
#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/traffic.h"

namespace redline {
namespace {

Trace read(const std::string& text) {
  auto found = read_trace("trace", text);
  EXPECT_TRUE(found) << (found ? "" : render(found.error()));
  return found ? *std::move(found) : Trace();
}

// "line:column: message" of each problem.
std::vector<std::string> problems(const std::string& text, Code code = Code::kTraceRow) {
  std::vector<std::string> list;
  const auto found = read_trace("trace", text);
  if (!found) {
    for (const Error& error : found.error()) {
      EXPECT_EQ(error.code, code) << error.message;
      list.push_back(std::to_string(error.where->line) + ":" + std::to_string(error.where->column) +
                     ": " + error.message);
    }
  }
  return list;
}
using Lines = std::vector<std::string>;

std::vector<std::uint64_t> blocks_of(const Trace& trace, std::size_t row) {
  const TraceRow& one = trace.rows.at(row);
  const auto first = trace.blocks.begin() + static_cast<std::ptrdiff_t>(one.first_block);
  return {first, first + static_cast<std::ptrdiff_t>(one.blocks)};
}

TEST(Trace, ReadsTheOneOfAzure) {
  const Trace trace = read(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
      "2023-11-16 18:15:46.6805900,374,44\r\n"
      "2023-11-16 18:15:50.9951690,396,109\r\n"
      "2023-11-17 00:00:00,879,55\r\n");
  ASSERT_EQ(trace.rows.size(), 3U);
  EXPECT_EQ(trace.rows[0].time_s, 0.0);
  EXPECT_NEAR(trace.rows[1].time_s, 4.3145790, 1e-9);
  EXPECT_NEAR(trace.rows[2].time_s, 5.0 * 3600 + 44 * 60 + 13.3194100, 1e-9);
  EXPECT_EQ(trace.rows[1].prompt, 396);
  EXPECT_EQ(trace.rows[1].answer, 109);
  EXPECT_EQ(trace.rows[1].blocks, 0U);
}

TEST(Trace, ReadsTimesWithAnOffset) {
  const Trace trace = read(
      "timestamp,input_tokens,output_tokens\n"
      "2024-05-10 00:00:00.5+00:00,1,1\n"
      "2024-05-10T08:00:01+08:00,1,1\n"
      "2024-05-09T23:00:02.25-01:00,1,1\n"
      "2024-05-10T00:00:03Z,1,1\n");
  ASSERT_EQ(trace.rows.size(), 4U);
  EXPECT_EQ(trace.rows[1].time_s, 0.5);
  EXPECT_EQ(trace.rows[2].time_s, 1.75);
  EXPECT_EQ(trace.rows[3].time_s, 2.5);
}

TEST(Trace, ReadsTheOneOfMooncake) {
  const Trace trace = read(
      R"({"timestamp": 27482, "input_length": 1000, "output_length": 52, "hash_ids": [46, 47]})"
      "\n"
      R"({"timestamp": 30535, "input_length": 1025, "output_length": 26, "hash_ids": [46, 18446744073709551615, 5]})"
      "\n");
  ASSERT_EQ(trace.rows.size(), 2U);
  EXPECT_NEAR(trace.rows[1].time_s, 3.053, 1e-12);
  EXPECT_EQ(trace.block_tokens, 512);
  EXPECT_EQ(blocks_of(trace, 0), (std::vector<std::uint64_t>{46, 47}));
  EXPECT_EQ(blocks_of(trace, 1), (std::vector<std::uint64_t>{46, ~0ULL, 5}));
}

TEST(Trace, ReadsOurOwnWithPrefixesAndPriorities) {
  const Trace trace = read(
      "\xEF\xBB\xBF# a comment\n\n"
      "arrival_s,input_tokens,output_tokens,prefix,prefix_tokens,priority\n"
      "5,300,10,system,128,1\n"
      "5.5,200,10,,,\n\n"
      "6,65,10,system,65,-1\n"
      "7,1000,10,tools,64,\n"
      "8,300,10,system,200,0\n");
  ASSERT_EQ(trace.rows.size(), 5U);
  EXPECT_EQ(trace.rows[1].time_s, 0.5);
  EXPECT_EQ(trace.rows[0].priority, 1);
  EXPECT_EQ(trace.rows[2].priority, -1);
  EXPECT_EQ(trace.block_tokens, Traffic::kPrefixBlock);
  EXPECT_EQ(blocks_of(trace, 0).size(), 2U);
  EXPECT_EQ(blocks_of(trace, 1).size(), 0U);
  EXPECT_EQ(blocks_of(trace, 2).size(), 1U);
  EXPECT_EQ(blocks_of(trace, 4).size(), 3U);
  EXPECT_EQ(blocks_of(trace, 0)[0], blocks_of(trace, 2)[0]);
  EXPECT_EQ(blocks_of(trace, 0)[1], blocks_of(trace, 4)[1]);
  EXPECT_NE(blocks_of(trace, 0)[0], blocks_of(trace, 3)[0]);
}

TEST(Trace, FieldsOfOtherNamesAreLeftOut) {
  const Trace csv = read("type,Timestamp,num_prefill_tokens,num_decode_tokens,turn\nx,1,2,3,4\n");
  ASSERT_EQ(csv.rows.size(), 1U);
  EXPECT_EQ(csv.rows[0].prompt, 2);
  const Trace json = read(
      R"([{"time": 1.5, "input_tokens": 2.0, "output_tokens": 3, "type": [1], "prefix": null},)"
      R"( {"time": 2, "input_tokens": 90, "output_tokens": 3, "prefix": 7, "prefix_tokens": 64}])");
  ASSERT_EQ(json.rows.size(), 2U);
  EXPECT_EQ(json.rows[1].time_s, 0.5);
  EXPECT_EQ(json.rows[1].blocks, 1U);
}

TEST(Trace, TellsEveryWrongLengthAndTimeAtOnce) {
  EXPECT_EQ(problems("time,input_tokens,output_tokens\n"
                     "0,-5,1\n"
                     "1,,1\n"
                     "2,many,0\n"
                     "3,2.5,1e99\n"
                     "2,nan,1\n"
                     "nan,7,1e999\n"
                     ",7,10000001\n"
                     "1e300,7,1\n"),
            (Lines{"2:3: '-5' cannot be the prompt", "3:3: the prompt is missing",
                   "4:3: 'many' cannot be the prompt", "4:8: '0' cannot be the answer",
                   "5:3: '2.5' cannot be the prompt", "5:7: '1e99' cannot be the answer",
                   "6:1: this time is before that of the row above",
                   "6:3: 'nan' cannot be the prompt", "7:1: 'nan' is not a time",
                   "7:7: '1e999' cannot be the answer", "8:1: the time is missing",
                   "8:4: '10000001' cannot be the answer", "9:1: '1e300' is not a time"}));
}

TEST(Trace, TellsThePlaceInLinesOfJson) {
  EXPECT_EQ(
      problems("{\"timestamp\": 0, \"input_length\": 5, \"output_length\": 1}\n"
               "\n"
               "{\"timestamp\": 5, \"input_length\": -5, \"output_length\": 1}\n"
               "{\"timestamp\": 1, \"output_length\": \"1\"}\n"
               "{\"input_length\": 5, \"output_length\": {}}\n"),
      (Lines{"3:18: '-5' cannot be the prompt", "4:2: this time is before that of the row above",
             "4:1: the prompt is missing", "4:18: '1' cannot be the answer",
             "5:1: the time is missing", "5:21: 'object' cannot be the answer"}));
}

TEST(Trace, RefusesBlocksThatCannotBe) {
  const auto row = [](const std::string& ids) {
    return "{\"timestamp\": 0, \"input_length\": 513, \"output_length\": 1, \"hash_ids\": " + ids +
           "}";
  };
  for (const auto* ids : {"3", "[-1]", "[1.5]", "[18446744073709551616]", "[\"a\"]", "[[1]]"}) {
    EXPECT_EQ(problems(row(ids)), (Lines{"1:59: hash_ids are a list of whole numbers from 0"}))
        << ids;
  }
  EXPECT_EQ(problems(row("[1, 2, 3]")),
            (Lines{"1:59: 3 blocks of 512 tokens are more than a prompt of 513"}));
  EXPECT_EQ(problems(row("[1e999]"), Code::kJsonSyntax).size(), 1U);
  EXPECT_EQ(problems(row("[]")), Lines());
  EXPECT_EQ(
      problems(
          row("[1]") + "\n" +
          R"({"timestamp":0,"input_length":5,"output_length":1,"prefix":"a","prefix_tokens":1})"),
      (Lines{"2:51: a trace has either hash_ids or names of prefixes"}));
}

TEST(Trace, RefusesPrefixesThatCannotBe) {
  EXPECT_EQ(problems("time,input_tokens,output_tokens,prefix,prefix_tokens\n"
                     "0,10,1,a,11\n"
                     "0,10,1,,5\n"
                     "0,10,1,a,\n"
                     "0,10,1,,0\n"),
            (Lines{"2:10: a prefix of 11 tokens is longer than the prompt of 10",
                   "3:8: a prefix has a length and no name",
                   "4:10: the length of the prefix is missing"}));
}

TEST(Trace, NeedsColumnsForTimePromptAndAnswer) {
  EXPECT_EQ(problems("time,words\n1,2\n"), (Lines{"1:1: there is no column for the prompt",
                                                  "1:1: there is no column for the answer"}));
  EXPECT_EQ(problems("time,input_tokens,output_tokens,prefix_token\n1,2,3,4\n"),
            (Lines{"1:33: 'prefix_token' is not known"}));
  EXPECT_EQ(problems("time,arrival_s,input_tokens,output_tokens\n1,1,2,3\n"),
            (Lines{"1:6: 'time' and 'arrival_s' both give the time"}));
  EXPECT_EQ(problems("time,input_tokens,output_tokens,hash_ids\n1,2,3,4\n"),
            (Lines{"1:33: hash_ids are read from lines of JSON only"}));
  EXPECT_EQ(
      problems(R"({"time":1,"timestamp":1,"input_tokens":2,"output_tokens":3,"priorty":1})"),
      (Lines{"1:60: 'priorty' is not known", "1:11: 'time' and 'timestamp' both give the time"}));
}

TEST(Trace, NeedsRows) {
  EXPECT_EQ(problems("", Code::kCsvSyntax).size(), 1U);
  EXPECT_EQ(problems("\n# nothing\n", Code::kCsvSyntax).size(), 1U);
  EXPECT_EQ(problems("[]", Code::kJsonSyntax).size(), 1U);
  EXPECT_EQ(problems("time,input_tokens,output_tokens\n"), (Lines{"1:1: the trace has no rows"}));
}

TEST(Trace, RefusesTimesOfTwoKinds) {
  EXPECT_EQ(problems("time,input_tokens,output_tokens\n0,1,1\n2023-11-16 18:15:46,1,1\n"),
            (Lines{"3:1: times are dates in some rows and numbers in others"}));
  for (const auto* time : {"2023-02-30 00:00:00", "2023-11-16", "2023-11-16 24:00:00",
                           "2023-11-16 18:60:00", "2023-11-16 18:15:61", "2023-11-16 18:15:46 PM",
                           "2023-11-16 18:15:46+8", "2023-11-16_18:15:46", "18:15:46"}) {
    EXPECT_EQ(problems("time,input_tokens,output_tokens\n" + std::string(time) + ",1,1\n"),
              (Lines{"2:1: '" + std::string(time) + "' is not a time"}));
  }
}

TEST(Trace, StopsAtAThousandProblems) {
  std::string text = "time,input_tokens,output_tokens\n";
  for (int i = 0; i < 5000; ++i) {
    text += "0,0,1\n";
  }
  EXPECT_EQ(problems(text).size(), 1000U);
}

RC_GTEST_PROP(Trace, WhatIsWrittenReadsBack, ()) {
  std::string csv = "arrival_s,input_tokens,output_tokens\n", json;
  std::vector<TraceRow> rows;
  double time = 0.0;
  const int count = *rc::gen::inRange(1, 50);
  for (int i = 0; i < count; ++i) {
    time += i == 0 ? 0.0 : *rc::gen::inRange(0, 1000) / 8.0;
    TraceRow row{time, *rc::gen::inRange(1, 100000), *rc::gen::inRange(1, 100000), 0, 0, 0};
    rows.push_back(row);
    const std::string prompt = std::to_string(row.prompt), answer = std::to_string(row.answer);
    csv += std::to_string(row.time_s) + "," + prompt + "," + answer + "\n";
    json += "{\"timestamp\": " + std::to_string(row.time_s * 1000) +
            ", \"input_length\": " + prompt + ", \"output_length\": " + answer + "}\n";
  }
  for (const std::string& text : {csv, json}) {
    const auto trace = read_trace("trace", text);
    RC_ASSERT(trace.has_value());
    RC_ASSERT(trace->rows.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      RC_ASSERT(std::fabs(trace->rows[i].time_s - rows[i].time_s) < 1e-9 * (1.0 + time));
      RC_ASSERT(trace->rows[i].prompt == rows[i].prompt);
      RC_ASSERT(trace->rows[i].answer == rows[i].answer);
    }
  }
}

}  // namespace
}  // namespace redline

#pragma once
// The brief of April 2025, worked out once for all tests that read it.

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/brief.h"
#include "app/test_workspace.h"
#include "data/files.h"

namespace redline::app {

struct TestBrief {
  std::string html, json_text;
  Json json;
};

inline TestBrief write_test_brief(const std::string& scenario, const std::string& folder,
                                  unsigned threads) {
  BriefRequest request;
  request.scenario = scenario;
  request.folder = (std::filesystem::temp_directory_path() / ("redline-brief-" + folder)).string();
  std::filesystem::remove_all(request.folder);
  request.run.data_hash = workspace().files.hash;
  request.run.threads = threads;
  const auto files = write_brief(workspace(), request);
  EXPECT_TRUE(files) << render(files.error());
  RL_CHECK(files.has_value());
  TestBrief brief;
  brief.html = *data::read_text_file(files->html_path);
  brief.json_text = *data::read_text_file(files->json_path);
  brief.json = Json::parse(brief.json_text);
  return brief;
}

inline const TestBrief& april_brief() {
  static const TestBrief kBrief = write_test_brief("april-2025", "april", 2);
  return kBrief;
}

}  // namespace redline::app

#include <thread>
#include <zlib.h>

#include <gtest/gtest.h>

#include "server/openapi.h"
#include "server/test_service.h"

namespace redline::server {
namespace {

using app::Json;

Request get(std::string path, std::vector<std::pair<std::string, std::string>> query = {}) {
  Request request;
  request.method = "GET";
  request.path = std::move(path);
  request.query = std::move(query);
  return request;
}
Request post(std::string path, const Json& body) {
  Request request;
  request.method = "POST";
  request.path = std::move(path);
  request.body = body.dump();
  return request;
}
Json json_of(const Response& response) { return Json::parse(*response.body, nullptr, false); }
std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) {
      return value;
    }
  }
  return {};
}
std::string unzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  std::string out(std::size_t{8} << 20U, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Service, AnswersAsBatchDoes) {
  const auto service = test_service();
  const Json request{{"command", "classify"}, {"chip", "h20"}, {"as_of", "2025-04-16"}};
  const Json batch = Json::parse(app::run_batch_line(*test_workspace(), request.dump(), 1));
  Json fields = request;
  fields.erase("command");
  for (const Json& body : {request, fields}) {
    const Response response = service->answer(post("/v1/classify", body));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(json_of(response)["results"], batch["results"]);
    EXPECT_EQ(json_of(response)["schema"], "redline.classify/1");
  }
  const Response by_query =
      service->answer(get("/v1/classify", {{"chip", "h20"}, {"as_of", "2025-04-16"}}));
  EXPECT_EQ(json_of(by_query)["results"], batch["results"]);
}

TEST(Service, ReadsTheValuesOfAQuery) {
  const auto service = test_service();
  const Response response = service->answer(
      get("/v1/classify",
          {{"chip", "h20"}, {"chip", "h100-sxm5"}, {"set", R"({"tpp":2300})"}, {"why", "true"}}));
  ASSERT_EQ(response.status, 200) << *response.body;
  const Json results = json_of(response)["results"];
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0]["tests"][0]["value"], 2300.0);
}

TEST(Service, EchoesTheIdFirst) {
  const auto service = test_service();
  const Response response =
      service->answer(post("/v1/data-show", {{"name", "h20"}, {"id", "seven"}}));
  EXPECT_TRUE(response.body->starts_with("{\"id\":\"seven\",")) << *response.body;
}

TEST(Service, TheEnvelopeNamesTheSeedThatWasUsed) {
  ServiceOptions options;
  options.time_limit = std::chrono::minutes(10);  // sanitizers take their time
  const auto service = test_service(options);
  const Response response = service->answer(
      post("/v1/exposure", {{"scenario", "april-2025"}, {"samples", 256}, {"seed", 7}}));
  EXPECT_EQ(json_of(response)["seed"], 7) << response.body->substr(0, 300);
}

TEST(Service, KeepsOnlyTheFieldsAskedFor) {
  const auto service = test_service();
  const Response response = service->answer(
      get("/v1/classify", {{"chip", "h20"}, {"fields", "chip,tests.limit,nowhere.at.all"}}));
  const Json result = json_of(response)["results"][0];
  ASSERT_EQ(result.size(), 2U) << result;
  EXPECT_EQ(result["chip"], "h20-96gb");
  ASSERT_GT(result["tests"].size(), 1U);
  for (const Json& test : result["tests"]) {
    EXPECT_EQ(test.size(), 1U);
    EXPECT_TRUE(test["limit"].is_number());
  }
}

TEST(Service, SaysWhatIsWrongWithCodeAndHelp) {
  const auto service = test_service();
  const auto code = [&](const Request& request, int status) {
    const Response response = service->answer(request);
    EXPECT_EQ(response.status, status) << *response.body;
    const Json error = json_of(response)["error"];
    EXPECT_FALSE(error["message"].get<std::string>().empty());
    EXPECT_TRUE(error["help"].is_array());
    EXPECT_EQ(error["errors"][0]["code"], error["code"]);
    return error["code"].get<std::string>();
  };
  EXPECT_EQ(code(get("/v1/classify", {{"chip", "h2000"}}), 400), "RL2101");
  EXPECT_EQ(code(get("/v1/classify", {{"chips", "h20"}}), 400), "RL2302");
  EXPECT_EQ(code(get("/v1/clasify"), 404), "RL2504");
  EXPECT_EQ(code(get("/nothing.png"), 404), "RL2504");
  EXPECT_EQ(code(get("/v1/jobs/j000099"), 404), "RL2504");
  EXPECT_EQ(code(post("/v1/version", Json::object()), 405), "RL2504");
  EXPECT_EQ(code(post("/v1/jobs", {{"command", "clasify"}}), 400), "RL2303");
  EXPECT_EQ(code(post("/v1/jobs", {{"command", "report"}, {"folder", "x"}}), 400), "RL2302");
  EXPECT_EQ(code(post("/v1/classify", {{"chip", "h20"}, {"command", "quota"}}), 400), "RL2302");
  Request broken = post("/v1/classify", {});
  for (const std::string& body : {std::string("{\"chip\":"), std::string("[1]"), std::string(),
                                  std::string(100'000, '['), std::string("\xff\xfe")}) {
    broken.body = body;
    EXPECT_EQ(code(broken, 400), "RL2301") << body.substr(0, 20);
  }
  // Several problems at once.
  const Response several =
      service->answer(post("/v1/classify", {{"chip", 7}, {"as_of", "soon"}, {"tpp", 1}}));
  EXPECT_EQ(json_of(several)["error"]["errors"].size(), 3U) << *several.body;
}

TEST(Service, AShortRequestDoesNotAskForEndlessWork) {
  const auto service = test_service();
  const Json many(65, "h20");
  EXPECT_EQ(service->answer(post("/v1/classify", {{"chip", many}})).status, 400);
  EXPECT_EQ(service->answer(post("/v1/jobs", {{"command", "classify"}, {"chip", many}})).status,
            400);
  Json files = Json::object();
  for (int i = 0; i < 65; ++i) {
    files[std::to_string(i)] = "";
  }
  EXPECT_EQ(service->answer(post("/v1/classify", {{"chip", "h20"}, {"files", files}})).status, 400);
}

TEST(Service, DeepBodiesAreRefusedHoweverTheyAreNested) {
  const auto service = test_service();
  for (const char* open : {"[", "{\"a\":"}) {
    std::string text = "{\"chip\":";
    for (int i = 0; i < 100'000; ++i) {
      text += open;
    }
    Request request = post("/v1/classify", {});
    request.body = text;
    EXPECT_EQ(service->answer(request).status, 400);
  }
}

TEST(Service, ReadsNoFilesButThoseThatComeAlong) {
  const auto service = test_service();
  for (const char* path : {"/etc/passwd", "/etc/hostname.toml", "../data/dataset.toml"}) {
    const Response response = service->answer(post("/v1/classify", {{"chip", path}}));
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body->find("root:"), std::string::npos);
  }
  EXPECT_EQ(service->answer(post("/v1/quota", {{"chip", "/etc/passwd.csv"}})).status, 400);
  EXPECT_EQ(
      service
          ->answer(post("/v1/simulate-serve",
                        {{"model", "llama-3.1-8b"}, {"chip", "h20"}, {"traffic", "/etc/passwd"}}))
          .status,
      400);
  const std::string chip =
      "id = \"mine\"\nname = \"Mine\"\nvendor = \"Me\"\nkind = \"accelerator\"\n"
      "status = \"announced\"\ndesigner_hq = \"US\"\nmarket = \"data-center\"\n"
      "[compute.fp16]\nsparsity = \"dense\"\n"
      "rate = { value = \"100 TFLOP/s\", basis = \"estimated\", source = [\"epoch-ml-hardware\"] "
      "}\n";
  const Response own = service->answer(post(
      "/v1/classify", {{"chip", "mine.toml"}, {"to", "CN"}, {"files", {{"mine.toml", chip}}}}));
  ASSERT_EQ(own.status, 200) << *own.body;
  EXPECT_EQ(json_of(own)["results"][0]["chip"], "mine");
  // A mistake in it is shown in its place.
  const Response wrong = service->answer(
      post("/v1/classify",
           {{"chip", "mine.toml"}, {"files", {{"mine.toml", "id = \"mine\"\nnam = 1\n"}}}}));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(json_of(wrong)["error"]["errors"][0]["where"]["file"], "mine.toml");
  EXPECT_EQ(service->answer(post("/v1/classify", {{"chip", "h20"}, {"files", "x"}})).status, 400);
}

TEST(Service, TagsAnswersAndAnswers304) {
  const auto service = test_service();
  Request request = get("/v1/classify", {{"chip", "h20"}});
  const std::string tag = header_of(service->answer(request), "ETag");
  ASSERT_FALSE(tag.empty());
  request.headers = {{"if-none-match", tag}};
  const Response again = service->answer(request);
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body->empty());
  EXPECT_EQ(header_of(again, "ETag"), tag);
  EXPECT_EQ(service->answer(get("/v1/version")).headers.front().first, "ETag");
  Request other = get("/v1/classify", {{"chip", "h100-sxm5"}});
  EXPECT_NE(header_of(service->answer(other), "ETag"), tag);
  other.headers = request.headers;
  EXPECT_EQ(service->answer(other).status, 200);
}

TEST(Service, AnswersKeptAreThoseOfTheVeryQuestion) {
  const auto service = test_service();
  EXPECT_EQ(service->answer(get("/v1/classify", {{"as_of", "2025-04-16"}, {"chip", "h20"}})).status,
            200);
  EXPECT_EQ(service->answer(get("/v1/classify", {{"as_of", "2025-04-16\nchip=h20"}})).status, 400);
  EXPECT_EQ(service->answer(get("/v1/classify", {{"as_of", "2025-04-164:chip3:h20"}})).status, 400);
}

TEST(Service, CompressesWhereItIsAskedTo) {
  const auto service = test_service();
  for (const char* path : {"/v1/data-list", "/openapi.json", "/v1/texts/zh-Hans"}) {
    Request request = get(path);
    if (std::string_view(path) == "/v1/data-list") {
      request.query = {{"kind", "chips"}};
    }
    const std::string plain = *service->answer(request).body;
    for (const char* coding : {"gzip", "br, gzip;q=0.5", "GZIP"}) {
      request.headers = {{"Accept-Encoding", coding}};
      const Response response = service->answer(request);
      EXPECT_EQ(header_of(response, "Content-Encoding"), "gzip") << path;
      EXPECT_LT(response.body->size(), plain.size());
      EXPECT_EQ(unzipped(*response.body).size(), plain.size()) << path;
    }
    for (const char* coding : {"gzip;q=0", "br", "identity"}) {
      request.headers = {{"Accept-Encoding", coding}};
      EXPECT_EQ(header_of(service->answer(request), "Content-Encoding"), "") << coding;
    }
  }
}

TEST(Service, GivesUpWhenTheClientLeavesOrTimeIsUp) {
  ServiceOptions options;
  options.time_limit = std::chrono::milliseconds(50);
  const auto service = test_service(options);
  const Request slow = post("/v1/search-rule", {{"space", "april-2025"}});
  const auto begun = std::chrono::steady_clock::now();
  const Response late = service->answer(slow);
  EXPECT_EQ(late.status, 504) << *late.body;
  EXPECT_EQ(json_of(late)["error"]["code"], "RL2506");
  Request left = slow;
  left.is_gone = [] { return true; };
  EXPECT_EQ(service->answer(left).status, 504);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20));
  service->stop();
  EXPECT_EQ(service->answer(slow).status, 503);
}

TEST(Service, JobsRunToTheSameAnswer) {
  const auto service = test_service();
  const Json request{{"command", "search-plan-train"},
                     {"model", "llama-3.1-8b"},
                     {"chip", "h20"},
                     {"chips", 16},
                     {"batch", 64}};
  const Response added = service->answer(post("/v1/jobs", request));
  ASSERT_EQ(added.status, 202) << *added.body;
  const std::string at = header_of(added, "Location");
  EXPECT_EQ(at, "/v1/jobs/" + json_of(added)["id"].get<std::string>());
  const Response events = service->answer(get(at + "/events"));
  ASSERT_TRUE(events.stream);
  std::string all, part;
  while (events.stream(part)) {
    all += part;
  }
  EXPECT_NE(all.find("\"state\":\"done\""), std::string::npos) << all;
  const Response direct = service->answer(post("/v1/search-plan-train", request));
  EXPECT_EQ(json_of(service->answer(get(at + "/result")))["results"], json_of(direct)["results"]);
  EXPECT_EQ(service->answer(get(at + "/page")).status, 404);
  Request cancel = get(at);
  cancel.method = "DELETE";
  EXPECT_EQ(json_of(service->answer(cancel))["state"], "done");
  EXPECT_EQ(json_of(service->answer(get("/v1/jobs")))["jobs"].size(), 1U);
}

TEST(Service, AJobThatFailsSaysWhy) {
  const auto service = test_service();
  const Response added =
      service->answer(post("/v1/jobs", {{"command", "classify"}, {"chip", "h2000"}}));
  const std::string at = header_of(added, "Location");
  const Response events = service->answer(get(at + "/events"));
  std::string part, all;
  while (events.stream(part)) {
    all += part;
  }
  EXPECT_NE(all.find("\"error\":{\"code\":\"RL2101\""), std::string::npos) << all;
  const Json job = json_of(service->answer(get(at)));
  EXPECT_EQ(job["state"], "failed");
  EXPECT_EQ(job["error"]["code"], "RL2101");
  EXPECT_EQ(service->answer(get(at + "/result")).status, 400);
}

TEST(Service, TheDescriptionIsWhole) {
  const Json document = openapi({});
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_TRUE(document["paths"].contains("/v1/jobs/{id}/events"));
  EXPECT_EQ(document["components"]["schemas"]["Problem"]["required"], Json::array({"error"}));
}

}  // namespace
}  // namespace redline::server

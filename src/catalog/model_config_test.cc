// Models read from their public config.json, held to the records of the catalogue.
#include <gtest/gtest.h>

#include "catalog/model_text.h"
#include "catalog/test_configs.h"
#include "catalog/test_data.h"

namespace redline {
namespace {

const LlmModel& known(std::string_view id) {
  for (const LlmModel& one : test::catalog().models) {
    if (one.id == id) {
      return one;
    }
  }
  RL_CHECK(false && "no such model");
  return test::catalog().models.front();
}

LlmModel read(const std::string& text, const std::string& file = "a/config.json") {
  auto model = parse_model_config(file, text);
  EXPECT_TRUE(model) << render(model.error());
  return model ? std::move(*model) : LlmModel{};
}

// What a record says of structure and formats, as text, so that a difference can be read.
std::string structure(const LlmModel& model) {
  LlmModel bare;
  bare.shape = model.shape;
  bare.mla = model.mla;
  bare.moe = model.moe;
  bare.mtp = model.mtp;
  bare.native = model.native;
  return model_toml(bare);
}

class PublicConfigs : public testing::TestWithParam<test::PublicConfig> {};

TEST_P(PublicConfigs, GiveTheModelOfTheCatalogue) {
  const LlmModel model = read(std::string(GetParam().text));
  const LlmModel& record = known(GetParam().id);
  EXPECT_EQ(structure(model), structure(record));
  EXPECT_EQ(parameter_count(model).total, parameter_count(record).total);
  EXPECT_EQ(parameter_count(model).active, parameter_count(record).active);
  EXPECT_EQ(parameter_count(model).mtp, parameter_count(record).mtp);
}

// As a record, the model passes what the catalogue asks of every model, and reads as itself.
TEST_P(PublicConfigs, AreRecordsOfTheCatalogue) {
  const LlmModel model = read(std::string(GetParam().text));
  const auto again = parse_model("again.toml", model_toml(model));
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_EQ(model_toml(*again), model_toml(model));
}

INSTANTIATE_TEST_SUITE_P(Catalogue, PublicConfigs, testing::ValuesIn(test::kPublicConfigs),
                         [](const auto& one) {
                           std::string name(one.param.id);
                           for (char& c : name) {
                             c = c == '-' || c == '.' ? '_' : c;
                           }
                           return name;
                         });

// The tensors of the language model of google/gemma-3-27b-it hold 27,009,346,304 numbers.
TEST(ModelConfig, OfGemma3Of27bHasTheParametersOfItsWeights) {
  const LlmModel model = read(R"({"model_type": "gemma3", "text_config": {"head_dim": 128,
    "hidden_size": 5376, "intermediate_size": 21504, "model_type": "gemma3_text",
    "num_attention_heads": 32, "num_hidden_layers": 62, "num_key_value_heads": 16,
    "query_pre_attn_scalar": 168, "sliding_window": 1024}, "torch_dtype": "bfloat16"})");
  EXPECT_EQ(parameter_count(model).total, 27009346304.0);
  EXPECT_EQ(model.shape.sliding_window_pattern, 6);
  EXPECT_EQ(model.native.weights, WeightFormat::kBf16);
}

// 14.3B parameters, 2.7B of them used for a token, as the model card says.
TEST(ModelConfig, OfQwen15MoeHasASharedExpertOfItsOwnWidth) {
  const LlmModel model = read(R"({"model_type": "qwen2_moe", "decoder_sparse_step": 1,
    "hidden_size": 2048, "intermediate_size": 5632, "max_position_embeddings": 8192,
    "max_window_layers": 21, "moe_intermediate_size": 1408, "num_attention_heads": 16,
    "num_experts": 60, "num_experts_per_tok": 4, "num_hidden_layers": 24,
    "num_key_value_heads": 16, "shared_expert_intermediate_size": 5632, "sliding_window": 32768,
    "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_sliding_window": false,
    "vocab_size": 151936})");
  EXPECT_EQ(model.moe->shared_experts, 1);
  EXPECT_EQ(model.moe->shared_expert_ffn, 5632);
  EXPECT_FALSE(model.shape.sliding_window);
  EXPECT_NEAR(parameter_count(model).total, 14.3e9, 0.05e9);
  EXPECT_NEAR(parameter_count(model).active + 151936.0 * 2048, 2.7e9, 0.05e9);
}

// 124,439,808 parameters.
TEST(ModelConfig, OfGpt2GoesByItsOwnNames) {
  const LlmModel model = read(R"({"activation_function": "gelu_new", "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"], "n_ctx": 1024, "n_embd": 768, "n_head": 12,
    "n_layer": 12, "n_positions": 1024, "vocab_size": 50257})");
  EXPECT_EQ(parameter_count(model).total, 124439808.0);
  EXPECT_EQ(model.shape.ffn, 3072);
}

// 3,821,079,552 parameters.
TEST(ModelConfig, OfPhi3HasAWindowInAllLayers) {
  const LlmModel model = read(R"({"architectures": ["Phi3ForCausalLM"], "hidden_size": 3072,
    "intermediate_size": 8192, "max_position_embeddings": 4096, "num_attention_heads": 32,
    "num_hidden_layers": 32, "num_key_value_heads": 32, "sliding_window": 2047,
    "tie_word_embeddings": false, "torch_dtype": "bfloat16", "vocab_size": 32064})");
  EXPECT_EQ(parameter_count(model).total, 3821079552.0);
  EXPECT_EQ(model.family, "phi3");
  EXPECT_EQ(model.shape.sliding_window, 2047);
  EXPECT_FALSE(model.shape.sliding_window_pattern);
}

// A small llama with fields put in place of its own; an empty value takes the field out.
std::string llama(const std::vector<std::pair<std::string, std::string>>& changes) {
  std::vector<std::pair<std::string, std::string>> fields{
      {"model_type", "\"llama\""},  {"hidden_size", "64"},         {"num_hidden_layers", "4"},
      {"num_attention_heads", "8"}, {"num_key_value_heads", "4"},  {"intermediate_size", "128"},
      {"vocab_size", "1000"},       {"torch_dtype", "\"float16\""}};
  for (const auto& [key, value] : changes) {
    bool found = false;
    for (auto& field : fields) {
      if (field.first == key) {
        field.second = value;
        found = true;
      }
    }
    if (!found) {
      fields.emplace_back(key, value);
    }
  }
  std::string text = "{";
  for (const auto& [key, value] : fields) {
    if (!value.empty()) {
      text += (text == "{" ? "\n" : ",\n") + ("\"" + key + "\": " + value);
    }
  }
  return text + "}\n";
}

void expect_error(const std::string& text, Code code, std::string_view message, int line) {
  const auto model = parse_model_config("c.json", text);
  ASSERT_FALSE(model) << text;
  ASSERT_EQ(model.error().size(), 1u) << render(model.error());
  const Error& error = model.error().front();
  EXPECT_EQ(error.code, code) << render(error);
  EXPECT_NE(error.message.find(message), std::string::npos) << render(error);
  EXPECT_EQ(error.where->line, line) << render(error);
  EXPECT_EQ(error.where->file, "c.json");
}

TEST(ModelConfig, IsNamedAfterItsFileOrFolder) {
  EXPECT_EQ(read(llama({}), "My Model (v2).json").id, "my-model-v2");
  EXPECT_EQ(read(llama({}), "runs/My_Llama/config.json").id, "my-llama");
  EXPECT_EQ(read(llama({}), "runs/My_Llama/config.json").name, "My_Llama");
  EXPECT_EQ(read(llama({}), "hub/models--org--Llama-9/snapshots/0e9e39f2/config.json").name,
            "Llama-9");
  EXPECT_EQ(read(llama({}), "config.json").id, "model");
  EXPECT_EQ(read(llama({{"_name_or_path", "\"meta-llama/Llama-3.1-8B/\""}}), "x/config.json").id,
            "llama-3.1-8b");
  EXPECT_EQ(read(llama({{"_name_or_path", "\"org/other\""}}), "x/mine.json").id, "mine");
  EXPECT_EQ(parse_model_config("config.json", llama({}), "/x/y/config.json")->id, "y");
}

TEST(ModelConfig, TakesWhatIsNotSaidFromTheFamily) {
  const LlmModel model = read(llama({{"num_key_value_heads", ""}, {"torch_dtype", ""}}));
  EXPECT_EQ(model.shape.kv_heads, 8);
  EXPECT_EQ(model.shape.head_dim, 8);
  EXPECT_FALSE(model.shape.tied_embeddings);
  EXPECT_FALSE(model.shape.attention_bias);
  EXPECT_FALSE(model.native.weights);
  const LlmModel biased = read(llama({{"attention_bias", "true"}, {"mlp_bias", "true"}}));
  EXPECT_TRUE(biased.shape.attention_bias && biased.shape.output_bias && biased.shape.mlp_bias);
  const LlmModel qwen = read(llama({{"model_type", "\"qwen2\""}}));
  EXPECT_TRUE(qwen.shape.attention_bias);
  EXPECT_FALSE(qwen.shape.output_bias);
  EXPECT_EQ(read(llama({{"model_type", "\"mistral\""}})).shape.sliding_window, 4096);
  EXPECT_FALSE(read(llama({{"model_type", "\"mistral\""}, {"sliding_window", "null"}}))
                   .shape.sliding_window);
  EXPECT_TRUE(read(llama({{"model_type", "\"gemma\""}})).shape.tied_embeddings);
}

TEST(ModelConfig, ReadsFormatsOfWeights) {
  const auto weights = [](const std::string& quantization) {
    return read(llama({{"quantization_config", quantization}})).native.weights;
  };
  EXPECT_EQ(weights("null"), WeightFormat::kFp16);
  EXPECT_EQ(weights(R"({"quant_method": "fp8"})"), WeightFormat::kFp8);
  EXPECT_EQ(weights(R"({"quant_method": "gptq", "bits": 4})"), WeightFormat::kInt4);
  EXPECT_EQ(weights(R"({"quant_method": "awq", "bits": 4})"), WeightFormat::kInt4);
  EXPECT_EQ(weights(R"({"quant_method": "compressed-tensors", "format": "float-quantized"})"),
            WeightFormat::kFp8);
  EXPECT_EQ(weights(R"({"quant_method": "compressed-tensors", "format": "pack-quantized",
                        "config_groups": {"group_0": {"weights": {"num_bits": 4}}}})"),
            WeightFormat::kInt4);
  EXPECT_EQ(read(llama({{"torch_dtype", ""}, {"dtype", "\"torch.bfloat16\""}})).native.weights,
            WeightFormat::kBf16);
}

TEST(ModelConfig, RefusesFormatsThatARecordDoesNotHold) {
  const auto with = [](const std::string& text) { return llama({{"quantization_config", text}}); };
  expect_error(with(R"({"quant_method": "gptq", "bits": 3})"), Code::kConfigUnsupported, "'bits'",
               10);
  expect_error(with(R"({"quant_method": "awq"})"), Code::kMissingKey, "'bits'", 10);
  expect_error(with(R"({"quant_method": "bitsandbytes"})"), Code::kConfigUnsupported,
               "'quant_method'", 10);
  expect_error(with(R"({"quant_method": "mxfp4"})"), Code::kConfigUnsupported, "'quant_method'",
               10);
  expect_error(with(R"({"quant_method": 4})"), Code::kWrongType, "'quant_method'", 10);
  expect_error(with("{}"), Code::kConfigUnsupported, "'quant_method'", 10);
  expect_error(with("\"fp8\""), Code::kWrongType, "'quantization_config'", 10);
  expect_error(with(R"({"quant_method": "compressed-tensors", "format": "pack-quantized"})"),
               Code::kMissingKey, "'config_groups'", 10);
  expect_error(llama({{"torch_dtype", "\"int9\""}}), Code::kNotAChoice, "'int9'", 9);
}

TEST(ModelConfig, RefusesAFamilyThatIsNotKnown) {
  const auto model = parse_model_config("c.json", llama({{"model_type", "\"lama\""}}));
  ASSERT_FALSE(model);
  ASSERT_EQ(model.error().size(), 1u);
  const Error& error = model.error().front();
  EXPECT_EQ(error.code, Code::kConfigUnsupported);
  EXPECT_NE(error.message.find("'model_type'"), std::string::npos);
  EXPECT_EQ(error.where->line, 2);
  ASSERT_EQ(error.help.size(), 2u);
  EXPECT_EQ(error.help[0], "did you mean \"llama\"?");
  EXPECT_NE(error.help[1].find("deepseek_v3"), std::string::npos);
  expect_error(llama({{"model_type", ""}}), Code::kMissingKey, "'model_type'", 1);
  expect_error(llama({{"model_type", "7"}}), Code::kWrongType, "'model_type'", 2);
}

TEST(ModelConfig, RefusesAFieldThatIsMissingOrOfTheWrongType) {
  for (const std::string field : {"hidden_size", "num_hidden_layers", "num_attention_heads",
                                  "intermediate_size", "vocab_size"}) {
    expect_error(llama({{field, ""}}), Code::kMissingKey, "'" + field + "'", 1);
    expect_error(llama({{field, "null"}}), Code::kMissingKey, "'" + field + "'", 1);
  }
  expect_error(llama({{"hidden_size", "\"64\""}}), Code::kWrongType, "'hidden_size'", 3);
  expect_error(llama({{"hidden_size", "64.0"}}), Code::kWrongType, "'hidden_size'", 3);
  expect_error(llama({{"tie_word_embeddings", "1"}}), Code::kWrongType, "'tie_word_embeddings'",
               10);
  expect_error(llama({{"attention_bias", "\"no\""}}), Code::kWrongType, "'attention_bias'", 10);
  expect_error(llama({{"hidden_act", "[]"}}), Code::kWrongType, "'hidden_act'", 10);
  expect_error(llama({{"torch_dtype", "16"}}), Code::kWrongType, "'torch_dtype'", 9);
  expect_error(llama({{"model_type", "\"qwen2\""}, {"num_key_value_heads", ""}}), Code::kMissingKey,
               "'num_key_value_heads'", 1);
}

TEST(ModelConfig, NamesAMisspeltField) {
  const auto model =
      parse_model_config("c.json", llama({{"hidden_size", ""}, {"hiden_size", "64"}}));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().front().help.front(), "is 'hiden_size' meant as 'hidden_size'?");
}

TEST(ModelConfig, RefusesAbsurdSizes) {
  for (const char* size : {"0", "-8", "99999999999999999999", "123456789012"}) {
    for (const std::string field : {"hidden_size", "num_hidden_layers", "vocab_size", "head_dim",
                                    "max_position_embeddings", "num_key_value_heads"}) {
      const auto model = parse_model_config("c.json", llama({{field, size}}));
      ASSERT_FALSE(model) << field << size;
      ASSERT_EQ(model.error().size(), 1u) << field << size << render(model.error());
      // A number beyond 64 bits is none that counts.
      EXPECT_TRUE(model.error().front().code == Code::kOutOfRange ||
                  model.error().front().code == Code::kWrongType);
      EXPECT_NE(model.error().front().message.find(field), std::string::npos);
    }
  }
}

TEST(ModelConfig, RefusesSizesThatDoNotFitEachOther) {
  expect_error(llama({{"num_key_value_heads", "3"}}), Code::kInconsistent, "'num_key_value_heads'",
               6);
  expect_error(llama({{"num_attention_heads", "12"}}), Code::kInconsistent, "no multiple", 5);
}

TEST(ModelConfig, ReportsAllProblemsAtOnce) {
  const auto model = parse_model_config(
      "c.json", llama({{"hidden_size", "-1"}, {"vocab_size", ""}, {"intermediate_size", "true"}}));
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().size(), 3u) << render(model.error());
}

using Changes = std::vector<std::pair<std::string, std::string>>;

std::string qwen(Changes changes) {
  Changes all{{"model_type", "\"qwen3_moe\""}, {"num_experts", "8"},
              {"num_experts_per_tok", "2"},    {"moe_intermediate_size", "32"},
              {"decoder_sparse_step", "1"},    {"mlp_only_layers", "[]"}};
  all.insert(all.end(), changes.begin(), changes.end());
  return llama(all);
}

TEST(ModelConfig, TakesTheFirstLayersToBeWithoutExperts) {
  EXPECT_EQ(read(qwen({{"mlp_only_layers", "[1, 0]"}})).moe->dense_layers, 2);
  EXPECT_EQ(read(qwen({{"mlp_only_layers", "[1, 0]"}})).shape.ffn, 128);
  EXPECT_EQ(read(qwen({})).shape.ffn, 0);
}

TEST(ModelConfig, RefusesExpertsThatARecordDoesNotHold) {
  expect_error(qwen({{"decoder_sparse_step", "2"}}), Code::kConfigUnsupported,
               "'decoder_sparse_step'", 13);
  expect_error(qwen({{"mlp_only_layers", "[3]"}}), Code::kConfigUnsupported, "'mlp_only_layers'",
               14);
  expect_error(qwen({{"mlp_only_layers", "[4]"}}), Code::kOutOfRange, "'mlp_only_layers'", 14);
  expect_error(qwen({{"mlp_only_layers", "0"}}), Code::kWrongType, "'mlp_only_layers'", 14);
  expect_error(qwen({{"num_experts_per_tok", "9"}}), Code::kInconsistent, "'num_experts_per_tok'",
               11);
  expect_error(qwen({{"num_experts", ""}}), Code::kMissingKey, "'num_experts'", 1);
  expect_error(qwen({{"moe_intermediate_size", ""}}), Code::kMissingKey, "'moe_intermediate_size'",
               1);
}

std::string deepseek(Changes changes) {
  Changes all{{"model_type", "\"deepseek_v3\""},
              {"q_lora_rank", "null"},
              {"kv_lora_rank", "16"},
              {"qk_nope_head_dim", "8"},
              {"qk_rope_head_dim", "4"},
              {"v_head_dim", "8"},
              {"n_routed_experts", "8"},
              {"num_experts_per_tok", "2"},
              {"moe_intermediate_size", "32"},
              {"first_k_dense_replace", "1"}};
  all.insert(all.end(), changes.begin(), changes.end());
  return llama(all);
}

TEST(ModelConfig, RefusesLatentAttentionThatARecordDoesNotHold) {
  EXPECT_FALSE(read(deepseek({})).mla->q_lora_rank);
  expect_error(deepseek({{"q_lora_rank", ""}}), Code::kMissingKey, "'q_lora_rank'", 1);
  expect_error(deepseek({{"attention_bias", "true"}}), Code::kConfigUnsupported, "'attention_bias'",
               19);
  expect_error(deepseek({{"moe_layer_freq", "2"}}), Code::kConfigUnsupported, "'moe_layer_freq'",
               19);
  expect_error(deepseek({{"first_k_dense_replace", "5"}}), Code::kInconsistent,
               "'first_k_dense_replace'", 18);
}

std::string windowed(const std::string& type, Changes changes) {
  Changes all{{"model_type", "\"" + type + "\""}, {"sliding_window", "16"}};
  all.insert(all.end(), changes.begin(), changes.end());
  return llama(all);
}

TEST(ModelConfig, ReadsWhichLayersHaveAWindow) {
  const auto shape = [](const std::string& text) { return read(text).shape; };
  EXPECT_EQ(shape(windowed("gemma2", {})).sliding_window_pattern, 2);
  EXPECT_EQ(
      shape(windowed("gemma3_text", {{"sliding_window_pattern", "4"}})).sliding_window_pattern, 4);
  EXPECT_FALSE(shape(windowed("gemma2", {{"sliding_window_pattern", "1"}})).sliding_window);
  const std::string sliding = R"("sliding_attention")";
  const std::string full = R"("full_attention")";
  const auto types = [&](std::initializer_list<bool> all) {
    std::string list;
    for (const bool one : all) {
      list += (list.empty() ? "[" : ", ") + (one ? full : sliding);
    }
    return Changes{{"layer_types", list + "]"}};
  };
  EXPECT_EQ(shape(windowed("gemma2", types({0, 0, 1, 0}))).sliding_window_pattern, 3);
  EXPECT_FALSE(shape(windowed("gemma2", types({1, 1, 1, 1}))).sliding_window);
  const ModelShape all = shape(windowed("gemma2", types({0, 0, 0, 0})));
  EXPECT_EQ(all.sliding_window, 16);
  EXPECT_FALSE(all.sliding_window_pattern);
  expect_error(windowed("gemma2", types({1, 0, 0, 0})), Code::kConfigUnsupported, "'layer_types'",
               11);
  expect_error(windowed("gemma2", types({0, 1})), Code::kInconsistent, "'layer_types'", 11);
  expect_error(windowed("gemma2", {{"layer_types", R"(["linear_attention"])"}}),
               Code::kConfigUnsupported, "'layer_types'", 11);
  expect_error(windowed("gemma2", {{"layer_types", "3"}}), Code::kWrongType, "'layer_types'", 11);
}

TEST(ModelConfig, ReadsTheSwitchOfTheWindowOfQwen) {
  const Changes on{{"use_sliding_window", "true"}};
  const auto with = [&](const std::string& first) {
    return windowed("qwen2", {{"use_sliding_window", "true"}, {"max_window_layers", first}});
  };
  EXPECT_FALSE(read(windowed("qwen2", {})).shape.sliding_window);
  EXPECT_EQ(read(with("0")).shape.sliding_window, 16);
  EXPECT_FALSE(read(with("4")).shape.sliding_window);
  expect_error(with("2"), Code::kConfigUnsupported, "'max_window_layers'", 12);
  expect_error(windowed("qwen2", on), Code::kMissingKey, "'max_window_layers'", 1);
}

TEST(ModelConfig, ReadsTheTextOfAModelOfImages) {
  const std::string inner = llama({});
  EXPECT_EQ(read("{\"model_type\": \"llava\", \"text_config\": " + inner + "}").family, "llama");
  EXPECT_FALSE(parse_model_config("c.json", R"({"model_type": "llava", "text_config": {}})"));
  EXPECT_FALSE(parse_model_config("c.json", R"({"model_type": "llava", "text_config": 3})"));
}

TEST(ModelConfig, RefusesWhatIsNotJson) {
  expect_error("{\"model_type\": \"llama\",\n", Code::kConfigSyntax, "JSON", 2);
  expect_error("[]", Code::kConfigSyntax, "JSON object", 1);
  expect_error("", Code::kConfigSyntax, "JSON", 1);
}

}  // namespace
}  // namespace redline

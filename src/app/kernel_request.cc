#include "app/kernel_request.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "redline/quantity.h"

#include "base/nearest.h"

namespace redline::app {
namespace {

using Names = std::vector<std::string_view>;

constexpr double kLargestSize = 1099511627776.0;  // 2^40

// Fields that say what a row is and not what runs.
constexpr std::array<std::string_view, 11> kRowFields{
    "id",      "command",    "op",         "chip",    "source", "group",
    "value_s", "spec_level", "confidence", "suspect", "missing"};
constexpr std::array<std::string_view, 7> kExecutionFields{
    "dtype",           "scaling",     "library", "timing", "includes_quantize",
    "includes_launch", "weight_dtype"};

struct NamedFormat {
  std::string_view name;
  Format format;
};
constexpr auto kFormats = std::to_array<NamedFormat>({
    {"fp32", Format::kFp32},    {"float32", Format::kFp32},  {"tf32", Format::kTf32},
    {"bf16", Format::kBf16},    {"bfloat16", Format::kBf16}, {"fp16", Format::kFp16},
    {"float16", Format::kFp16}, {"half", Format::kFp16},     {"fp8", Format::kFp8},
    {"float8", Format::kFp8},   {"e4m3", Format::kFp8},      {"e5m2", Format::kFp8},
    {"mxfp8", Format::kFp8},    {"int8", Format::kInt8},     {"fp6", Format::kFp6},
    {"mxfp6", Format::kFp6},    {"fp4", Format::kFp4},       {"nvfp4", Format::kFp4},
    {"mxfp4", Format::kFp4},    {"int4", Format::kInt4},
});

struct NamedKind {
  std::string_view op;
  int kind;
};
constexpr auto kStreams = std::to_array<NamedKind>({
    {"softmax", static_cast<int>(Stream::Kind::kSoftmax)},
    {"layernorm", static_cast<int>(Stream::Kind::kLayerNorm)},
    {"rmsnorm", static_cast<int>(Stream::Kind::kRmsNorm)},
});
constexpr auto kCollectives = std::to_array<NamedKind>({
    {"all_reduce", static_cast<int>(Collective::Kind::kAllReduce)},
    {"all_gather", static_cast<int>(Collective::Kind::kAllGather)},
    {"reduce_scatter", static_cast<int>(Collective::Kind::kReduceScatter)},
    {"all_to_all", static_cast<int>(Collective::Kind::kAllToAll)},
    {"send_recv", static_cast<int>(Collective::Kind::kSendRecv)},
    {"broadcast", static_cast<int>(Collective::Kind::kBroadcast)},
});

template <std::size_t N>
std::optional<int> kind_of(const std::array<NamedKind, N>& kinds, std::string_view op) {
  for (const NamedKind& one : kinds) {
    if (one.op == op) {
      return one.kind;
    }
  }
  return std::nullopt;
}

std::string listed(const Names& names) { return fmt::format("{}", fmt::join(names, ", ")); }

class RequestReader {
 public:
  RequestReader(const Workspace& workspace, const Json& fields, std::vector<FieldProblem>& problems)
      : workspace_(workspace), fields_(fields), problems_(problems) {}

  KernelRequest read() {
    request_.op = text("op");
    request_.row.id = identity("id");
    request_.row.source = text("source");
    request_.row.group = text("group");
    request_.row.group = request_.row.group.empty() ? request_.row.id : request_.row.group;
    request_.row.suspect = text("suspect");
    if (const auto value = positive("value_s")) {
      request_.row.value = Seconds{*value};
    }
    read_chip();
    const auto& all = operator_fields();
    const auto found = std::find_if(all.begin(), all.end(), [this](const OperatorFields& one) {
      return one.op == request_.op;
    });
    if (found == all.end()) {
      Names names;
      for (const OperatorFields& one : all) {
        names.push_back(one.op);
      }
      const auto near = nearest_names(request_.op, names);
      leave(request_.op.empty() ? Message("the operator is not said (op)")
            : near.empty()      ? Message("there is no operator '{op}'", {{"op", request_.op}})
                                : Message("there is no operator '{op}', did you mean '{near}'?",
                                          {{"op", request_.op}, {"near", std::string(near.front())}}));
      return std::move(request_);
    }
    for (const std::string_view needed : found->needed) {
      if (take(needed) == nullptr) {
        leave({"{field} is not said", {{"field", std::string(needed)}}});
      }
    }
    read_execution();
    read_operator();
    look_for_unused(*found);
    return std::move(request_);
  }

 private:
  void problem(std::string_view field, std::string message) {
    problems_.push_back({std::string(field), std::move(message)});
  }
  void assume(std::string_view text, std::initializer_list<Message::Argument> arguments = {}) {
    request_.assumptions.emplace_back(text, arguments);
  }
  // The first reason counts.
  void leave(Message why) {
    if (!request_.unanswered) {
      request_.unanswered = std::move(why);
    }
  }

  const Json* take(std::string_view name) const {
    const auto found = fields_.find(name);
    return found == fields_.end() || found->is_null() ? nullptr : &*found;
  }

  std::string text(std::string_view name) {
    const Json* value = take(name);
    if (value == nullptr) {
      return {};
    }
    if (!value->is_string()) {
      problem(name, fmt::format("field '{}' must be a text", name));
      return {};
    }
    return value->get<std::string>();
  }
  std::string identity(std::string_view name) {
    const Json* value = take(name);
    return value != nullptr && value->is_number() ? value->dump() : text(name);
  }
  bool truth(std::string_view name, bool otherwise) {
    const Json* value = take(name);
    if (value == nullptr) {
      return otherwise;
    }
    if (!value->is_boolean()) {
      problem(name, fmt::format("field '{}' must be true or false", name));
      return otherwise;
    }
    return value->get<bool>();
  }
  std::optional<double> positive(std::string_view name) {
    const Json* value = take(name);
    if (value == nullptr) {
      return std::nullopt;
    }
    const double amount = value->is_number() ? value->get<double>() : -1.0;
    if (!std::isfinite(amount) || amount <= 0.0) {
      problem(name, fmt::format("field '{}' must be a number above zero", name));
      return std::nullopt;
    }
    return amount;
  }
  // A size; `otherwise` where the field is missing or wrong.
  std::int64_t size(std::string_view name, std::int64_t otherwise = 1, double least = 1.0) {
    const Json* value = take(name);
    if (value == nullptr) {
      return otherwise;
    }
    const double amount = value->is_number() ? value->get<double>() : -1.0;
    if (!(amount >= least && amount <= kLargestSize && std::floor(amount) == amount)) {
      problem(name,
              fmt::format("field '{}' must be a whole number from {:g} to 2^40", name, least));
      return otherwise;
    }
    return static_cast<std::int64_t>(amount);
  }
  double bytes(std::string_view name) {
    const Json* value = take(name);
    if (value == nullptr) {
      return 0.0;
    }
    if (value->is_string()) {
      const auto parsed = parse_quantity<Bytes>(value->get<std::string>());
      if (parsed && parsed->base() >= 0.0 && std::isfinite(parsed->base())) {
        return parsed->base();
      }
    } else if (value->is_number()) {
      const auto amount = value->get<double>();
      if (std::isfinite(amount) && amount >= 0.0) {
        return amount;
      }
    }
    problem(name,
            fmt::format("field '{}' must be a number of bytes, or a text such as \"4 MiB\"", name));
    return 0.0;
  }
  Format format(std::string_view name, Format otherwise) {
    const std::string word = text(name);
    if (word.empty()) {
      return otherwise;
    }
    for (const NamedFormat& one : kFormats) {
      if (one.name == word) {
        return one.format;
      }
    }
    leave({"there is no number format '{format}' here", {{"format", word}}});
    return otherwise;
  }
  template <class E, std::size_t N>
  std::optional<E> choice(std::string_view name, const std::array<std::string_view, N>& words) {
    const std::string word = text(name);
    if (word.empty()) {
      return std::nullopt;
    }
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) {
      leave({"'{word}' is not one of the known values of {field}: {known}",
             {{"word", word},
              {"field", std::string(name)},
              {"known", listed({words.begin(), words.end()})}}});
      return std::nullopt;
    }
    return static_cast<E>(found - words.begin());
  }

  void read_chip() {
    const std::string name = text("chip");
    request_.row.chip = name;
    if (name.empty()) {
      leave("the chip is not said");
      return;
    }
    if (const Chip* chip = workspace_.catalog.chip(name)) {
      // The workspace outlives every request.
      request_.chip = std::shared_ptr<const Chip>(std::shared_ptr<const Chip>(), chip);
      return;
    }
    auto chips = find_chips(workspace_, name);
    if (!chips) {
      leave({"{problem}", {{"problem", chips.error().front().message}}});
    } else if (chips->size() != 1) {
      leave({"'{name}' means {count} chips",
             {{"name", name}, {"count", std::to_string(chips->size())}}});
    } else if (const Chip* chip = workspace_.catalog.chip(chips->front().id);
               chip != nullptr && !name.ends_with(".toml")) {
      request_.chip = std::shared_ptr<const Chip>(std::shared_ptr<const Chip>(), chip);
      request_.row.chip = chip->id;
    } else {
      request_.chip = std::make_shared<const Chip>(std::move(chips->front()));
      request_.row.chip = request_.chip->id;
    }
  }

  [[nodiscard]] bool is_attention() const {
    return request_.op.starts_with("attention_") || request_.op.starts_with("mla_");
  }
  [[nodiscard]] Library usual_library() {
    if (request_.op == "mla_decode") {
      return Library::kFlashmla;
    }
    if (request_.op == "mla_prefill") {
      return Library::kFlashattention3;
    }
    if (request_.op.starts_with("moe_")) {
      return Library::kDeepep;
    }
    if (kind_of(kCollectives, request_.op)) {
      return Library::kNccl;
    }
    const bool block = text("scaling") == "block";
    if (request_.op == "grouped_gemm" || (request_.op == "gemm" && block)) {
      return Library::kDeepgemm;
    }
    const bool nvidia = request_.chip == nullptr || request_.chip->vendor == "NVIDIA";
    return (request_.op == "gemm" || is_attention()) && nvidia ? Library::kTrtllm : Library::kTorch;
  }

  void read_execution() {
    Execution& how = request_.row.kernel.how;
    const std::string math = text("dtype");
    math_ = format("dtype", Format::kBf16);
    if (math.empty() && !kind_of(kCollectives, request_.op)) {
      assume("operands are bf16");
    }
    if (const auto library = choice<Library>("library", kLibraryNames)) {
      how.library = *library;
    } else {
      how.library = usual_library();
      assume("the library is {library}",
             {{"library", std::string(kLibraryNames[static_cast<std::size_t>(how.library)])}});
    }
    const bool launch = truth("includes_launch", false);
    if (const auto timing = choice<Timing>("timing", kTimingNames)) {
      how.timing = *timing;
    } else {
      how.timing = launch ? Timing::kHost : Timing::kGraph;
      assume(launch ? "timed on the host's clock" : "timed in a CUDA graph, as an engine runs it");
    }
    const bool product = request_.op == "gemm" || request_.op == "grouped_gemm";
    const bool scaled = bytes_per_element(math_) <= 1.0;
    if (const auto scaling = choice<Scaling>("scaling", kScalingNames)) {
      how.scaling = *scaling;
    } else if (product && scaled) {
      how.scaling = how.library == Library::kDeepgemm ? Scaling::kBlock : Scaling::kTensor;
      assume("{format} operands have one scale a {scope}",
             {{"format", math.empty() ? "narrow" : math},
              {"scope", how.scaling == Scaling::kBlock ? "block" : "tensor"}});
    }
    how.quantizes = truth("includes_quantize", false);
    // DeepGEMM's own benchmark clears the caches between runs; others run a kernel again and again.
    how.repeats = how.library != Library::kDeepgemm;
  }

  void read_operator() {
    const std::string& op = request_.op;
    const Format wide = bytes_per_element(math_) < 2.0 ? Format::kBf16 : math_;
    Operator& out = request_.row.kernel.op;
    if (op == "gemm") {
      const Format weights = format("weight_dtype", math_);
      out = Gemm{size("m"), size("n"), size("k"), math_, weights, wide, math_};
    } else if (op == "grouped_gemm") {
      out = grouped(wide);
    } else if (is_attention()) {
      out = attention();
    } else if (op.starts_with("moe_")) {
      out = exchange();
    } else if (const auto kind = kind_of(kCollectives, op)) {
      out = collective(static_cast<Collective::Kind>(*kind));
    } else {
      out = stream();
    }
  }

  GroupedGemm grouped(Format wide) {
    GroupedGemm g;
    g.groups = size("groups");
    g.masked = truth("masked", false);
    const bool drawn = truth("m_is_expected", false);
    const std::int64_t total = take("rows_total") != nullptr ? size("rows_total") : 0;
    if (total > 0 && !(drawn && counts_padding(g, total))) {
      g.rows = total;
    } else {
      g.rows = g.groups * std::min(size("m"), static_cast<std::int64_t>(kLargestSize) / g.groups);
      if (drawn) {
        draw_rows(g);
      }
    }
    g.n = size("n");
    g.k = size("k");
    if (take("masked") == nullptr) {
      assume("the rows of the groups lie one after another (not masked)");
    }
    g.a = g.b = g.math = math_;
    g.c = wide;
    return g;
  }

  // Groups one after another begin at whole tiles. Where rows were drawn and make up whole tiles
  // all the same, the total is that of the buffer.
  static bool counts_padding(const GroupedGemm& g, std::int64_t total) {
    constexpr std::int64_t kTileRows = 128;
    return !g.masked && g.groups > 1 && total % kTileRows == 0;
  }

  // Benchmarks of this form draw int(m U(0.7, 1.3)) rows for each group.
  void draw_rows(GroupedGemm& g) {
    const double m = static_cast<double>(g.rows) / static_cast<double>(g.groups);
    constexpr double kLow = 0.7;
    constexpr double kHigh = 1.3;
    double mean = 0.0;
    constexpr int kSteps = 600;
    for (int i = 0; i < kSteps; ++i) {
      mean += std::floor(m * (kLow + (kHigh - kLow) * (i + 0.5) / kSteps)) / kSteps;
    }
    const auto groups = static_cast<double>(g.groups);
    g.rows = std::max<std::int64_t>(1, std::llround(mean * groups));
    g.hit = std::max(1.0, groups * std::clamp((kHigh - 1.0 / m) / (kHigh - kLow), 0.0, 1.0));
    assume("every group has int(m U(0.7, 1.3)) rows, their expected number here");
  }

  Attention attention() {
    const bool latent = request_.op.starts_with("mla_");
    const bool decode = request_.op.ends_with("_decode");
    Attention a;
    a.phase = decode ? Attention::Phase::kDecode : Attention::Phase::kPrefill;
    a.batch = size("batch");
    a.q_len = decode ? size("q_len") : size("seq");
    a.kv_len = decode ? size("kv_len") : size("kv_len", a.q_len);
    a.q_heads = size("q_heads");
    a.v_dim = size(latent ? "latent_dim" : "head_dim");
    a.qk_dim = a.v_dim + (latent ? size("rope_dim", 0, 0.0) : 0);
    a.kv_heads = !latent ? size("kv_heads") : decode ? 1 : a.q_heads;
    a.latent = latent && decode;
    a.window = size("window_size", 0, 0.0);
    a.causal = truth("causal", true);
    if (!decode && take("causal") == nullptr) {
      assume("attention is causal");
    }
    a.math = math_;
    a.kv = format("kv_dtype", math_);
    if (decode && take("kv_dtype") == nullptr) {
      assume("the cache has the format of the operands");
    }
    const bool several = (decode && !latent && truth("beside_prompts", false)) || a.q_len > 1;
    Execution& how = request_.row.kernel.how;
    how.lone_heads = decode && !latent && several && how.library == Library::kFlashattention2;
    if (a.kv_heads > a.q_heads || a.q_heads % a.kv_heads != 0) {
      problem("kv_heads", "field 'kv_heads' must divide q_heads");
      a.kv_heads = a.q_heads;
    }
    return a;
  }

  Stream stream() {
    Stream s;
    if (request_.op == "gelu") {
      s.kind = Stream::Kind::kGelu;
      s.rows = 1;
      s.columns = size("elements");
    } else {
      s.kind = static_cast<Stream::Kind>(kind_of(kStreams, request_.op).value_or(0));
      s.rows = size("m");
      s.columns = size("n");
    }
    const double moved =
        static_cast<double>(s.rows) * static_cast<double>(s.columns) * bytes_per_element(math_);
    s.read = s.written = Bytes{moved};
    return s;
  }

  Collective collective(Collective::Kind kind) {
    Collective c;
    c.kind = kind;
    c.bytes = Bytes{bytes("bytes")};
    c.ranks = size("ranks", kind == Collective::Kind::kSendRecv ? 2 : 1);
    c.ranks_per_node = per_node(c.ranks);
    return c;
  }

  ExpertExchange exchange() {
    ExpertExchange e;
    const bool dispatch = request_.op == "moe_dispatch";
    e.kind = dispatch ? ExpertExchange::Kind::kDispatch : ExpertExchange::Kind::kCombine;
    e.ranks = size("ranks");
    e.ranks_per_node = per_node(e.ranks);
    e.tokens_per_rank = size("tokens_per_rank");
    e.hidden = size("hidden");
    e.experts_per_token = size("topk");
    e.nodes_per_token = size("nodes_per_token", 0, 0.0);
    e.format = math_;
    if (!dispatch && bytes_per_element(math_) < 2.0) {
      e.format = Format::kBf16;
      assume("results are combined in bf16");
    }
    return e;
  }

  std::int64_t per_node(std::int64_t ranks) {
    const std::int64_t inside = size("ranks_per_node", 0, 0.0);
    if (inside == 0 && ranks > 1) {
      assume("ranks fill one node before the next");
    }
    return std::min(inside, ranks);
  }

  // A field that nobody reads would change the answer in silence if it is a misspelt one.
  void look_for_unused(const OperatorFields& op) {
    Names known(kRowFields.begin(), kRowFields.end());
    known.insert(known.end(), kExecutionFields.begin(), kExecutionFields.end());
    known.insert(known.end(), op.needed.begin(), op.needed.end());
    known.insert(known.end(), op.optional.begin(), op.optional.end());
    for (const auto& [key, value] : fields_.items()) {
      if (std::find(known.begin(), known.end(), key) != known.end() || value.is_null()) {
        continue;
      }
      const auto near = nearest_names(key, known);
      if (near.empty() || take(near.front()) != nullptr) {
        assume("the field {field} is not used", {{"field", key}});
      } else {
        problem(key, fmt::format("'{}' has no field '{}', did you mean '{}'?", request_.op, key,
                                 near.front()));
      }
    }
  }

  const Workspace& workspace_;
  const Json& fields_;
  std::vector<FieldProblem>& problems_;
  KernelRequest request_;
  Format math_ = Format::kBf16;
};

}  // namespace

const std::vector<OperatorFields>& operator_fields() {
  static const std::vector<OperatorFields> kAll{
      {"gemm", {"m", "n", "k"}, {}},
      {"grouped_gemm", {"groups", "m", "n", "k"}, {"masked", "rows_total", "m_is_expected"}},
      {"attention_prefill",
       {"batch", "seq", "q_heads", "kv_heads", "head_dim"},
       {"kv_len", "causal", "window_size", "kv_dtype"}},
      {"attention_decode",
       {"batch", "kv_len", "q_heads", "kv_heads", "head_dim"},
       {"q_len", "window_size", "kv_dtype", "causal", "beside_prompts"}},
      {"mla_prefill",
       {"batch", "seq", "q_heads", "latent_dim", "rope_dim"},
       {"kv_len", "causal", "kv_dtype"}},
      {"mla_decode",
       {"batch", "kv_len", "q_heads", "latent_dim", "rope_dim"},
       {"q_len", "kv_dtype", "causal"}},
      {"softmax", {"m", "n"}, {}},
      {"layernorm", {"m", "n"}, {}},
      {"rmsnorm", {"m", "n"}, {}},
      {"gelu", {"elements"}, {}},
      {"all_reduce", {"bytes", "ranks"}, {"ranks_per_node"}},
      {"all_gather", {"bytes", "ranks"}, {"ranks_per_node"}},
      {"reduce_scatter", {"bytes", "ranks"}, {"ranks_per_node"}},
      {"all_to_all", {"bytes", "ranks"}, {"ranks_per_node"}},
      {"send_recv", {"bytes"}, {"ranks", "ranks_per_node"}},
      {"broadcast", {"bytes", "ranks"}, {"ranks_per_node"}},
      {"moe_dispatch",
       {"ranks", "tokens_per_rank", "hidden", "topk"},
       {"ranks_per_node", "nodes_per_token"}},
      {"moe_combine",
       {"ranks", "tokens_per_rank", "hidden", "topk"},
       {"ranks_per_node", "nodes_per_token"}},
  };
  return kAll;
}

KernelRequest read_kernel_request(const Workspace& workspace, const Json& fields,
                                  std::vector<FieldProblem>& problems) {
  return RequestReader(workspace, fields, problems).read();
}

}  // namespace redline::app

#pragma once
// The facts of a data set as typed records, looked up by the names that people use.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redline/chip.h"
#include "redline/error.h"
#include "redline/fabric.h"
#include "redline/llm_model.h"
#include "redline/market.h"
#include "redline/place.h"
#include "redline/system.h"

namespace redline::data {
struct FileSet;
}

namespace redline {

// What a step of serving has room for besides a number of tokens.
enum class StepRoom : std::uint8_t { kFixed, kPromptAndUsers, kPromptAndAnswer };

// What rows of a source leave out about their runs, as another source has it. The first that fits
// a row holds.
struct SourceRun {
  std::string engine;               // as the rows state it, or how that begins; none: any
  std::string model;                // as the rows name it; none: any
  std::optional<PartialDate> from;  // of the runs
  std::vector<int> prompts;         // their lengths in tokens; none: any
  std::vector<int> answers;         // the same
  std::vector<int> tensor;          // ranks that tensors are split over; none: any
  std::vector<std::string> rows;    // ids, where nothing else tells them apart; none: any
  int drafts = 0;                   // tokens that a step guesses ahead
  int drafts_data_parallel = 0;     // the same where ranks have sequences of their own
  int step_tokens = 0;              // most of a step: no less than so many; 0: not said
  StepRoom step_room = StepRoom::kFixed;
  int step_spare = 0;       // tokens beyond those that it has room for
  int wait_steps = 0;       // that new prompts wait for more of them
  double wait_share = 0.0;  // or until they and what decodes have this share of a step's tokens
  int together_steps = 0;   // that prompts wait until each rank has one
  int gather_steps = 0;     // and then for more of them
  int prompt_pool = 0;  // prompts that requests are drawn from, found again in the cache; 0: new
  bool wide_cache = false;  // of keys and values in 16 bits, whatever the weights
  std::vector<std::string> source;
};

struct Source {
  std::string id;
  std::string title;
  std::string url;
  std::string kind;
  std::string verification;
  std::string engine;  // software that its measurements ran on
  std::optional<PartialDate> published;
  bool ranks_named_twice = false;  // of one plan, as the tensor's and again as the experts'
  std::vector<SourceRun> runs;
};

// What to load: a single question about chips needs no language models.
struct CatalogParts {
  bool chips = true;
  bool systems = false;
  bool fabrics = false;
  bool models = false;
  bool geography = true;
  bool sources = false;
  bool market = false;
};

struct Catalog {
  std::vector<Chip> chips;       // by id
  std::vector<System> systems;   // by id
  std::vector<Fabric> fabrics;   // by id
  std::vector<LlmModel> models;  // by id
  std::vector<Source> sources;   // by id
  Geography geography;
  MarketData market;
  std::vector<std::string> replaced;  // "chip h20-96gb by my-data/chips/h20-96gb.toml"

  [[nodiscard]] const Chip* chip(std::string_view id) const;
  [[nodiscard]] const Source* source(std::string_view id) const;
};

// Reads and checks every record; all problems of all files at once.
[[nodiscard]] Loaded<Catalog> load_catalog(const data::FileSet& files, const CatalogParts& parts);

// One chip from the text of a file of the user's.
[[nodiscard]] Loaded<Chip> parse_chip(const std::string& file, std::string text);

// One language model from the text of a TOML file of the user's.
[[nodiscard]] Loaded<LlmModel> parse_model(const std::string& file, std::string text);

// One language model from the text of a config.json as Hugging Face publishes them; of a model of
// images and text, the part for text. It is named after the file or, if that is called config.json,
// as `_name_or_path` says or as its folder is called: `path` tells it where `file`, the name that
// errors show, does not. Vendor and sources stay empty.
[[nodiscard]] Loaded<LlmModel> parse_model_config(const std::string& file, std::string text,
                                                  const std::string& path = {});

// A name as people write it: id, alias or glob, in any case, with or without the vendor in front.
// Refers to the record.
struct NamedRecord {
  std::string_view id;
  std::string_view vendor;
  std::string_view name;
  std::span<const std::string> aliases;
};
template <class R>
[[nodiscard]] std::vector<NamedRecord> names_of(const std::vector<R>& records) {
  std::vector<NamedRecord> names;
  names.reserve(records.size());
  for (const R& r : records) {
    names.push_back({r.id, r.vendor, r.name, r.aliases});
  }
  return names;
}

// Indices of the records meant by `name`; several only for a glob. Errors: `unknown` with the
// nearest names, kAmbiguousName with the candidates. `noun` is "chip", "model" …
[[nodiscard]] Result<std::vector<std::size_t>> find_records(const std::vector<NamedRecord>& records,
                                                            std::string_view name,
                                                            std::string_view noun,
                                                            Code unknown = Code::kUnknownRecord);

// Shell-like pattern: * any run, ? one character; ASCII case does not matter.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace redline

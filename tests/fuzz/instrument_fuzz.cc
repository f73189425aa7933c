// Any text as the file of a legal instrument: loaded into a rule book of its own, or refused with
// places; what is loaded is activated and decides about an item of which nothing is known.

#include "base/nearest.h"
#include "data/files.h"
#include "data/node.h"
#include "fuzz/invariants.h"
#include "fuzz/small_world.h"
#include "rules/decide.h"

using namespace redline;

namespace {

// The loader wants a file named after the id in it.
std::string file_name(std::string_view text) {
  Diagnostics ignored;
  const data::Document document("fuzz.toml", std::string(text), ignored);
  const auto id = document.root().find("id").string();
  return "rules/" + (id ? to_lower(*id) : std::string("fuzz")) + ".toml";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  data::FileSet files;
  files.files.push_back({file_name(text), "fuzz.toml", std::string(text), 0});
  std::vector<std::string> replaced;
  const auto book = rules::RuleBook::load(files, fuzz::small_geography(), replaced);
  if (!book) {
    fuzz::check_errors(book.error(), text);
    return 0;
  }
  RL_CHECK(book->instruments().size() <= 1);
  const auto dates = book->boundaries();
  const Date date = dates.empty() ? make_date(2025, 4, 17) : dates[dates.size() / 2];
  rules::Situation situation = fuzz::small_situation();
  situation.date = date;
  std::vector<std::string> with;
  for (const rules::Instrument& instrument : book->instruments()) {
    with.push_back(instrument.id);
  }
  const rules::ActiveRules active = rules::activate(*book, situation, with);
  const rules::Decision unknown = rules::decide(active, rules::ItemFacts{});
  RL_CHECK((unknown.caught & ~unknown.possibly_caught) == 0);
  return 0;
}

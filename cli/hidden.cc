#include "cli/hidden.h"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "cli/completions.h"
#include "cli/man.h"
#include "cli/option_table.h"
#include "cli/reference.h"
#include "cli/terminal.h"
#include "data/files.h"

namespace redline::cli {
namespace {

int run_complete(const std::vector<std::string>& words, const std::string& executable) {
  std::size_t cursor = 0;
  if (words.size() < 2 ||
      std::from_chars(words[1].data(), words[1].data() + words[1].size(), cursor).ec !=
          std::errc{} ||
      cursor == 0) {
    return kWrongUsage;
  }
  // The cursor counts the name of the program, which is not among the words.
  return Terminal({}).out(complete({words.begin() + 2, words.end()}, cursor - 1, executable));
}

int share(const std::filesystem::path& folder) {
  const auto write = [&folder](const std::filesystem::path& name, const std::string& text) {
    std::error_code code;
    std::filesystem::create_directories((folder / name).parent_path(), code);
    return data::write_text_file((folder / name).string(), text);
  };
  std::vector<std::pair<std::filesystem::path, std::string>> files{
      {"bash-completion/completions/redline", completion_script("bash")},
      {"zsh/site-functions/_redline", completion_script("zsh")},
      {"fish/vendor_completions.d/redline.fish", completion_script("fish")},
      {"man/man1/redline.1", manual(nullptr, results::Words())}};
  for (const Command& command : commands()) {
    files.emplace_back(fmt::format("man/man1/{}.1", page_name(command)),
                       manual(&command, results::Words()));
  }
  for (const auto& [name, text] : files) {
    const auto written = write(name, text);
    if (!written) {
      return Terminal({}).fail(written.error());
    }
  }
  return kDone;
}

}  // namespace

std::optional<int> run_hidden(const std::vector<std::string>& words,
                              const std::string& executable) {
  if (!words.empty() && words.front() == "__complete") {
    return run_complete(words, executable);
  }
  if (words.size() == 2 && words.front() == "__share") {
    return share(words[1]);
  }
  if (words.size() == 1 && words.front() == "__reference") {
    return Terminal({}).out(reference_page());
  }
  return std::nullopt;
}

}  // namespace redline::cli

#include "cli/completions.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "app/candidates.h"
#include "app/workspace.h"
#include "cli/help.h"
#include "cli/settings.h"

namespace redline::cli {
namespace {

using app::Candidate;
using app::Names;

constexpr std::string_view kBash = R"(# Completion of redline for bash.
_redline() {
  local line current=${COMP_WORDS[COMP_CWORD]} files="" folders=""
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) files=1 ;;
      :folders) folders=1 ;;
      :nospace) compopt -o nospace 2>/dev/null ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "$COMP_CWORD" "${COMP_WORDS[@]:1}" 2>/dev/null)
  [[ $current == "=" ]] && current=
  if [[ $files || $folders ]]; then
    local how=-f
    [[ $files ]] || how=-d
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do
      COMPREPLY+=("$line")
    done < <(compgen "$how" -- "$current")
  fi
}
complete -F _redline redline
)";

constexpr std::string_view kZsh = R"(#compdef redline
# Completion of redline for zsh.
_redline() {
  local line word note files folders
  local -a found options
  while IFS= read -r line; do
    case $line in
      :files) files=1 ;;
      :folders) folders=1 ;;
      :nospace) options=(-S '') ;;
      *)
        word=${line%%$'\t'*}
        note=${${line#$word}#$'\t'}
        found+=("${word//:/\\:}:$note")
        ;;
    esac
  done < <("${words[1]}" __complete $((CURRENT - 1)) "${(@)words[2,-1]}" 2>/dev/null)
  (( ${#found} )) && _describe redline found "${options[@]}"
  if [[ -n $files ]]; then
    _files
  elif [[ -n $folders ]]; then
    _files -/
  fi
}
if [[ ${funcstack[1]} == _redline ]]; then
  _redline "$@"
else
  compdef _redline redline
fi
)";

constexpr std::string_view kFish = R"(# Completion of redline for fish.
function __redline_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l cursor (count $words)
    for line in ($words[1] __complete $cursor $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':folders'
                __fish_complete_directories "$current"
            case ':*'
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c redline -f -a '(__redline_complete)'
)";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return out;
}

// Collects what begins as the word at the cursor does, in any case.
class Lines {
 public:
  Lines(std::string prefix, const std::string& typed)
      : prefix_(std::move(prefix)), typed_(lower(typed)) {}

  void add(std::string_view word, std::string_view note) {
    if (lower(word).rfind(typed_, 0) == 0) {
      // Notes are one line: what stands behind a tab ends at the next.
      std::string line(note.substr(0, note.find('\n')));
      std::replace(line.begin(), line.end(), '\t', ' ');
      text_ += fmt::format("{}{}{}{}\n", prefix_, word, line.empty() ? "" : "\t", line);
    }
  }
  void add(const std::vector<Candidate>& list, std::string_view end = "") {
    for (const Candidate& one : list) {
      add(one.word + std::string(end), one.note);
    }
  }
  void directive(std::string_view name) { text_ += fmt::format(":{}\n", name); }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string prefix_;
  std::string typed_;
  std::string text_;
};

class Completer {
 public:
  Completer(std::vector<std::string> words, const std::string& executable)
      : words_(std::move(words)), executable_(executable), say_(peek_terminal(words_).language) {}

  // `typed` stands at the cursor; `prefix` is what a shell wants before each candidate.
  std::string run(const std::string& typed, bool joined) {
    if (words_.empty() || words_.front() == "help" || words_.front() == "man") {
      Lines lines("", typed);
      add_commands(lines, words_.size() > 1 ? command_named_by(std::span(words_).subspan(1)).group
                                            : std::string());
      if (words_.empty()) {
        lines.add("--help", say_("show this help"));
        lines.add("--version", say_("version of program and data"));
      }
      return lines.take();
    }
    const NamedCommand named = command_named_by(words_);
    const Command* command = named.command;
    if (command == nullptr) {
      Lines lines("", typed);
      if (!named.group.empty() && named.words == words_.size()) {
        add_commands(lines, named.group);
      }
      return lines.take();
    }
    // An option that waits for its value, as a word of its own or behind "=".
    const Option* waiting = nullptr;
    for (std::size_t i = named.words; i < words_.size(); ++i) {
      const Option* option = waiting == nullptr ? find_option(*command, words_[i]) : nullptr;
      waiting = option != nullptr && !option->value.empty() ? option : nullptr;
    }
    if (waiting != nullptr) {
      Lines lines("", typed);
      add_values(lines, waiting->kind, waiting->choices);
      return lines.take();
    }
    const std::size_t equals = typed.find('=');
    if (typed.rfind("--", 0) == 0 && equals != std::string::npos) {
      const Option* option = find_option(*command, typed.substr(0, equals));
      Lines lines(joined ? "" : typed.substr(0, equals + 1), typed.substr(equals + 1));
      if (option != nullptr && !option->value.empty()) {
        add_values(lines, option->kind, option->choices);
      }
      return lines.take();
    }
    Lines lines("", typed);
    if (!typed.empty() && typed.front() == '-') {
      for (const auto& list : {command->options, common_options()}) {
        for (const Option& option : list) {
          lines.add(option.name, say_(option.doc));
        }
      }
      return lines.take();
    }
    if (command->most_arguments != 0) {
      add_values(lines, command->argument_kind, command->choices);
    }
    return lines.take();
  }

 private:
  // The next words of the commands of a group; of all where it is empty.
  void add_commands(Lines& lines, const std::string& group) const {
    const std::string before = group.empty() ? group : group + " ";
    std::string last;
    for (const Command& command : commands()) {
      if (!command.name.starts_with(before)) {
        continue;
      }
      const std::string_view rest = command.name.substr(before.size());
      const std::size_t blank = rest.find(' ');
      const std::string next(rest.substr(0, blank));
      if (next != last) {
        lines.add(next,
                  blank == std::string_view::npos ? say_(command.summary) : before + next + " …");
      }
      last = next;
    }
  }

  std::vector<Candidate> names(Names kind) const {
    std::vector<std::string> folders{app::data_folder(executable_)};
    for (std::size_t i = 0; i + 1 < words_.size(); ++i) {
      if (words_[i] == "--data") {
        folders.push_back(words_[i + 1]);
      }
    }
    return app::candidates(folders, kind);
  }

  void add_values(Lines& lines, ValueKind kind, std::string_view choices) const {
    switch (kind) {
      case ValueKind::kChoice:
        for (const std::string_view choice : choice_list(choices)) {
          lines.add(choice, "");
        }
        return;
      case ValueKind::kChip:
        lines.add(names(Names::kChips));
        lines.add(names(Names::kSystems));
        lines.directive("files");
        return;
      case ValueKind::kRule:
        return lines.add(names(Names::kRules));
      case ValueKind::kBill:
        return lines.add(names(Names::kBills));
      case ValueKind::kRecord:
        for (const Names each : {Names::kChips, Names::kSystems, Names::kModels, Names::kRules}) {
          lines.add(names(each));
        }
        return;
      case ValueKind::kPlace:
        return lines.add(names(Names::kPlaces));
      case ValueKind::kScenario:
        lines.add(names(Names::kScenarios));
        return lines.directive("files");
      case ValueKind::kCode:
        return lines.add(app::code_candidates());
      case ValueKind::kCommand:
        return add_commands(lines, "");
      case ValueKind::kQuantity:
        lines.directive("nospace");
        return lines.add(app::quantity_candidates(), "=");
      case ValueKind::kFile:
        return lines.directive("files");
      case ValueKind::kDirectory:
        return lines.directive("folders");
      case ValueKind::kText:
      case ValueKind::kDate:
      case ValueKind::kDates:
      case ValueKind::kNumber:
      case ValueKind::kCondition:
        return;
    }
  }

  std::vector<std::string> words_;  // before the cursor
  std::string executable_;
  results::Words say_;
};

}  // namespace

std::string completion_script(const std::string& shell) {
  return std::string(shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
}

Result<app::Answer> completions(const std::string& shell) {
  if (shell != "bash" && shell != "zsh" && shell != "fish") {
    return fail(Code::kBadOptionValue, fmt::format("no completion for '{}'", shell),
                {"shells: bash, zsh, fish"});
  }
  app::Answer answer;
  answer.command = "completions";
  const std::string script = completion_script(shell);
  answer.results.push_back({{"shell", shell}, {"script", script}});
  answer.blocks.emplace_back(app::Verbatim{script});
  return answer;
}

std::string complete(std::vector<std::string> words, std::size_t cursor,
                     const std::string& executable) {
  cursor = std::min(cursor, words.size());
  std::string typed = cursor < words.size() ? words[cursor] : std::string();
  words.resize(cursor);
  // Bash: "--format", "=", "js" are three words.
  bool joined = false;
  if (typed == "=" && !words.empty()) {
    typed = words.back() + "=";
    words.pop_back();
    joined = true;
  } else if (words.size() > 1 && words.back() == "=") {
    typed = words[words.size() - 2] + "=" + typed;
    words.resize(words.size() - 2);
    joined = true;
  }
  for (std::size_t i = 0; i + 2 < words.size();) {
    if (words[i + 1] == "=") {
      words[i] += "=" + words[i + 2];
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  words.begin() + static_cast<std::ptrdiff_t>(i) + 3);
    } else {
      ++i;
    }
  }
  return Completer(std::move(words), executable).run(typed, joined);
}

}  // namespace redline::cli

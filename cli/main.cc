// The command line: words to a request, the request to app, its answer to the terminal.

#include <csignal>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/hidden.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "cli/terminal.h"

int main(int argc, char** argv) {
  using namespace redline::cli;
  // A closed pipe shows as a failed write, which ends the output silently.
  std::signal(SIGPIPE, SIG_IGN);
  // So does a limit on the size of files.
  std::signal(SIGXFSZ, SIG_IGN);
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::string program = argc > 0 ? argv[0] : "";
  if (const auto status = run_hidden(words, program)) {
    return *status;
  }
  auto arguments = parse_arguments(words);
  if (!arguments) {
    return Terminal(peek_terminal(words)).fail(arguments.error());
  }
  return run({*arguments, program, words});
}
